"""The section of the configuration on the gradients of aligned faces."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from modular_faces.config_values import Distinct, Name, Section

Cell = Annotated[int, Field(ge=4, le=128)]
Share = Annotated[float, Field(gt=0, lt=1)]


class Aligned(Section):
    """Gradients of the face brought to one frame (`aligned.parquet`)."""

    side: Annotated[int, Field(ge=32, le=512)] = 128
    """Side of the frame, in pixels."""
    cells: Annotated[list[Cell], Field(min_length=1), Distinct] = [8, 16]
    """Sides of the cells of the grids on the face, in pixels; each tiles the frame."""
    directions: Annotated[int, Field(ge=4, le=36)] = 8
    """Number of directions in which brightness may rise."""
    eye_distance: Share = 0.6
    """Distance of the outer corners of the eyes as a share of the side; at .5 the frame holds the
    whole face, at .6 brows, eyes and mouth fill it."""
    eye_height: Share = 0.34
    """Height of the line between the eyes from the top, as a share of the side."""
    wide_cell: Cell = 16
    """Side of the cells of the grid on the wide frame, which shows hair and surroundings too."""
    wide_eye_distance: Share = 0.34
    """Distance of the eyes in the wide frame."""
    wide_eye_height: Share = 0.45
    """Height of the line between the eyes in the wide frame."""
    variant: Name = "original"
    """The variant of the picture that is measured."""

    @model_validator(mode="after")
    def _cells_tile_the_frame(self) -> Aligned:
        for cell in (*self.cells, self.wide_cell):
            if self.side % cell or self.side < 2 * cell:
                raise ValueError(
                    f"cells of {cell} pixels do not tile a frame of {self.side}; take a divisor that fits "
                    "in twice"
                )
        return self
