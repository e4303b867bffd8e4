"""Columns of the table of aligned faces (`aligned`): which grids there are, and what each number says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from modular_faces.dictionary_file import Description

BLOCK: Final = 2
"""Cells on a side of the blocks that gradients are normalised in."""
GRID_OPTIONS: Final = ("side", "cells", "wide_cell", "directions")
"""Options of the stage that the columns depend on."""


def check_grid(*, side: int, cells: Sequence[int]) -> None:
    """Raise ValueError where cells do not tile the frame, or leave no block of two by two."""
    for cell in cells:
        if cell < 1 or side % cell or side // cell < BLOCK:
            raise ValueError(
                f"cells of {cell} pixels do not tile a frame of {side}: take a divisor that fits in twice"
            )


def grids(*, cells: Sequence[int], wide_cell: int) -> Iterator[tuple[str, str, int, str]]:
    """Give name, region, cell and words of each grid, in the order of the columns."""
    yield "wide", "image", wide_cell, "wide frame with hair and surroundings"
    for region, words in (
        ("image", "face frame"),
        ("face", "face frame, all but the face painted over"),
    ):
        for cell in cells:
            yield "hog", region, cell, words


def describe_aligned(
    *, side: int, cells: Sequence[int], wide_cell: int, directions: int
) -> list[Description]:
    """Rows of the data dictionary, in the order of the columns.

    Names are ``aligned_<grid><cell>_r<row>c<column>_d<degrees>_<region>``; degrees are those of the middle of
    the direction (0 right, 90 down).

    Returns
    -------
    list of tuple of str
        (name, module, region, unit, dtype, description, source).
    """
    check_grid(side=side, cells=[*cells, wide_cell])
    middles = [(number + 0.5) * 360 / directions for number in range(directions)]
    return [
        (
            f"aligned_{grid}{cell}_r{row:02d}c{column:02d}_d{int(degrees):03d}_{region}",
            "aligned",
            region,
            "1",
            "float32",
            f"{words}: how strongly brightness rises towards {degrees:g} degrees (0 right, 90 down) "
            f"in row {row}, column {column} of cells of {cell} px",
            "HOG as in OpenCV, mean over blocks",
        )
        for grid, region, cell, words in grids(cells=cells, wide_cell=wide_cell)
        for row in range(side // cell)
        for column in range(side // cell)
        for degrees in middles
    ]


def number_of_columns(*, side: int, cells: Sequence[int], wide_cell: int, directions: int) -> int:
    """How many columns `describe_aligned` describes."""
    of_grids = grids(cells=cells, wide_cell=wide_cell)
    return directions * sum((side // cell) ** 2 for _, _, cell, _ in of_grids)
