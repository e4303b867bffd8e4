"""Rows behind the charts of weights."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from modular_faces.modular.mean_face import MeanFace
from modular_faces.modular.weight_rows import (
    arrow_rows,
    cell_rows,
    fewer_spaces,
    long_rows,
    named_rows,
    own_color,
    part_rows,
    stability_rows,
    swatch_rows,
)


def weights(rows: Sequence[tuple[str, str, float, float]]) -> pd.DataFrame:
    """Rows of (module, column, weight, pattern), each with an interval of .1 to either side."""
    made = pd.DataFrame(rows, columns=["module", "column", "weight", "pattern"])
    for view in ("weight", "pattern"):
        made[f"{view}_low"], made[f"{view}_high"] = made[view] - 0.1, made[view] + 0.1
        made[f"{view}_same_sign"] = made[f"{view}_in_top"] = 0.9
    return made.assign(target="fear", spread=0.5)


def test_a_suppressor_has_a_weight_and_no_sure_pattern() -> None:
    rows = long_rows(weights([("color", "a", 2.0, 0.0)])).set_index("view")
    assert rows.loc["weight", ["value", "sure"]].tolist() == [2.0, True]
    assert rows.loc["pattern", ["value", "sure"]].tolist() == [0.0, False]


def test_arrows_are_steps_times_spread_in_one_length_for_all() -> None:
    points = np.zeros((478, 2))
    points[1] = (0.1, 0.2)
    face = MeanFace(plane=points, frontal=points, faces=1)
    given = [
        *(("shape_frontal", "mesh_x_1", 0.0, 0.2), ("shape_frontal", "mesh_y_1", 0.0, 0.0)),
        ("shape_frontal", "mesh_z_1", 9.0, 9.0),
    ]
    arrows, factor = arrow_rows(long_rows(weights(given)), face, "shape_frontal")
    seen = arrows[arrows["view"] == "pattern"].iloc[0]
    assert seen["moved"] == pytest.approx(0.1)
    assert factor == pytest.approx(2.5)
    assert seen[["x", "y", "x2", "y2", "angle"]].tolist() == pytest.approx(
        [0.1, 0.2, 0.35, 0.2, 90]
    )
    assert (seen["part"], bool(seen["sure"])) == ("nose", True)
    unseen = arrows[arrows["view"] == "weight"].iloc[0]
    assert (unseen["x2"], unseen["y2"], bool(unseen["sure"])) == (0.1, 0.2, False)


def test_cells_average_directions_and_lie_where_the_frame_puts_them() -> None:
    given = [
        *(("aligned", "aligned_hog16_r00c00_d022_face", 0.0, 0.2),),
        ("aligned", "aligned_hog16_r00c00_d067_face", 0.0, -0.6),
        ("aligned", "aligned_wide16_r00c00_d067_image", 0.0, 5.0),
    ]
    cells = cell_rows(long_rows(weights(given)), side=128, eye_distance=0.5, eye_height=0.25)
    seen = cells[cells["view"] == "pattern"].iloc[0]
    assert seen["value"] == pytest.approx(-0.2)
    assert seen["strongest"] == "067"
    assert seen[["x", "x2", "y", "y2"]].tolist() == [-1.0, -0.75, -0.5, -0.25]


@pytest.mark.parametrize(
    ("channel", "number", "bins", "color"),
    [
        ("rgb_g", 7, 8, "#00ef00"),
        ("hsv_v", 0, 2, "#404040"),
        ("lab_l", 1, 2, "#bcbcbc"),
        ("hsv_h", 0, 256, "#dc3030"),
    ],
)
def test_a_bin_is_drawn_in_its_own_colour(channel: str, number: int, bins: int, color: str) -> None:
    drawn = [int(own_color(channel, number, bins)[k : k + 2], 16) for k in (1, 3, 5)]
    wanted = [int(color[k : k + 2], 16) for k in (1, 3, 5)]
    np.testing.assert_allclose(drawn, wanted, atol=3)


def test_swatches_are_those_of_one_region() -> None:
    given = [("color", f"color_rgb_r_{k:02d}_{where}", 0.0, k / 10) for k in (0, 1)
             for where in ("nose", "image")]  # fmt: skip
    swatches = swatch_rows(long_rows(weights(given)), "image")
    seen = swatches[swatches["view"] == "pattern"]
    assert seen["bin"].tolist() == [0, 1]
    assert seen["value"].tolist() == [0.0, 0.1]
    assert seen["color"].tolist() == ["#400000", "#c00000"]


def test_parts_are_root_mean_squares_of_their_columns() -> None:
    given = [("texture", "haralick_a_nose", 0, 3.0), ("texture", "haralick_b_nose", 0, 4.0),
             ("texture", "haralick_a_face_oval", 0, 9.0), ("color", "color_x_nose", 0, 9.0)]  # fmt: skip
    parts = part_rows(long_rows(weights(given)), "texture")
    seen = parts[parts["view"] == "pattern"]
    assert seen[["part", "columns"]].to_numpy().tolist() == [["nose", 2]]
    assert seen["value"].item() == pytest.approx(np.sqrt(12.5), abs=1e-4)


def test_the_largest_columns_are_named_whatever_their_sign() -> None:
    given = [("pose", "yaw_deg", 0.0, 0.1), ("pose", "roll_deg", 0.0, -0.5)]
    named = named_rows(long_rows(weights(given)), ["pose"], {"roll_deg": "tilt"}, most=1)
    seen = named[named["view"] == "pattern"]
    assert seen[["column", "words", "value"]].to_numpy().tolist() == [["roll_deg", "tilt", -0.5]]


def test_stability_counts_intervals_without_zero() -> None:
    given = [("pose", "yaw_deg", 0.0, 0.05), ("pose", "roll_deg", 0.0, -0.5)]
    rows = stability_rows(long_rows(weights(given))).set_index("view")
    assert rows.loc["pattern", "share"] == 0.5
    assert rows.loc["weight", "share"] == 0.0


def test_rgb_gives_way_first_where_there_are_too_many_rows() -> None:
    swatches = pd.DataFrame({"channel": ["rgb_r", "hsv_h", "lab_l"]})
    assert fewer_spaces(swatches, most=3)["channel"].tolist() == ["rgb_r", "hsv_h", "lab_l"]
    assert fewer_spaces(swatches, most=2)["channel"].tolist() == ["hsv_h", "lab_l"]
    assert len(fewer_spaces(swatches, most=0)) == 0
