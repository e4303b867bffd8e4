"""What came of a run, counted and said."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from modular_faces import summary
from modular_faces.summary_text import summary_is_of, summary_text

REPORT = {
    "layout": "rafdb",
    "left_out": {".txt": 3},
    "unlabelled_pictures": 0,
    "unmatched_labels": 2,
    "ambiguous_labels": 0,
    "first_unmatched": ["x", "y"],
    "first_ambiguous": [],
    "unreadable_label_files": [],
}


@pytest.fixture
def features() -> pa.Table:
    return pa.table(
        {
            "split": ["train", "test", None, "train"],
            "label_name": ["anger", "anger", None, "fear"],
            "found": [True, True, True, False],
            "trusted": [True, True, False, False],
            "success": [True, True, False, False],
            "failure_reason": ["", "", "not_trusted", "no_face"],
            "variant": ["grey_border", "original", "original", None],
            "stage": pa.array([1, 2, 2, None], pa.int16()),
        }
    )


def test_everything_is_counted(features: pa.Table) -> None:
    counted = summary.summarise([features], REPORT, warnings=["mind the gap"])
    assert (counted["pictures"], counted["found"], counted["success"]) == (4, 3, 2)
    assert counted["failures"] == {"no_face": 1, "not_trusted": 1}
    assert counted["stages"] == [
        {"stage": 1, "variant": "grey_border", "success": 1},
        {"stage": 2, "variant": "original", "success": 1},
    ]
    assert counted["labels"] == {
        "anger": {"pictures": 2, "success": 2},
        "fear": {"pictures": 1, "success": 0},
    }
    assert counted["warnings"] == ["mind the gap"]
    assert counted["splits"] == {"test": 1, "train": 2}


def test_the_text_says_what_was_found_and_where_to_look(features: pa.Table, tmp_path: Path) -> None:
    counted = summary.summarise([features], REPORT, warnings=["mind the gap"])
    (tmp_path / "summary.json").write_text(json.dumps(counted))
    lines = summary_text(tmp_path, seconds=12.3).splitlines()
    assert lines[0] == f"{tmp_path.name}: 4 pictures, landmarks found in 2 (50.0 %), 12 s"
    assert lines[1].split() == ["lost", "1", "no_face,", "1", "not_trusted"]
    assert any("2 labels without a picture" in line for line in lines)
    assert "  layout      rafdb; left out: 3 .txt" in lines
    assert any(str(tmp_path / "features_dictionary.csv") in line for line in lines)


def test_without_results_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert summary_text(tmp_path, seconds=None) == ""


def sized(*sides: float) -> pa.Table:
    zeros = [0.0] * len(sides)
    widths = list(sides)
    eyes = [side / 2 for side in sides]
    columns = dict(
        zip(summary.SIZE_COLUMNS, [widths, widths, zeros, eyes, zeros, zeros], strict=True)
    )
    return pa.table(columns)


def test_mixed_sizes_are_mentioned_unless_texture_is_canonical() -> None:
    mixed = sized(100.0, 100.0, 400.0)
    warning = summary.size_warning(mixed, canonical_texture=False)
    assert warning is not None and "canonical_regions" in warning
    assert summary.size_warning(mixed, canonical_texture=True) is None
    assert summary.size_warning(sized(100.0, 110.0), canonical_texture=False) is None


def test_a_summary_of_other_pictures_is_not_that_of_the_run(tmp_path: Path) -> None:
    assert not summary_is_of(tmp_path, pictures=4)
    (tmp_path / "summary.json").write_text('{"pictures": 4}')
    assert summary_is_of(tmp_path, pictures=4)
    assert not summary_is_of(tmp_path, pictures=5)


def test_mixed_sizes_warn_and_name_the_cure() -> None:
    sizes = [100.0] * 5 + [400.0] * 5
    options: dict[str, Any] = {"canonical": False, "max_ratio": 1.5}
    warning = summary.mixed_sizes_warning(sizes, sizes, interoculars=[], **options)
    assert warning is not None
    assert "side of the pictures goes from 100 to 400 px" in warning
    assert "texture.canonical_regions" in warning
    eyes = [float("nan")] + [30.0] * 5 + [90.0] * 5
    assert "between the eyes goes from 30 to 90 px" in str(
        summary.mixed_sizes_warning(sizes, sizes, interoculars=eyes, **options)
    )


@pytest.mark.parametrize(
    ("sizes", "eyes", "canonical"),
    [
        ([100.0, 400.0], [], True),
        ([100.0, 100.0], [], False),
        ([100.0, 400.0], [50.0, 50.0], False),
        ([], [], False),
    ],
)
def test_equal_sizes_or_canonical_texture_do_not_warn(
    sizes: list[float], eyes: list[float], canonical: bool
) -> None:
    warning = summary.mixed_sizes_warning(
        sizes, sizes, interoculars=eyes, canonical=canonical, max_ratio=1.5
    )
    assert warning is None
