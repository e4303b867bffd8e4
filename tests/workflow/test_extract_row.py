"""`extract` gives the row that the workflow gives, for pictures found, lost and unreadable."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clones import Clone, read_rows, tiny_config
from modular_faces import extract

DATASET_COLUMNS = {"image_id", "path", "manifest_row", "split", "label", "label_name"}


@pytest.fixture(scope="module")
def rows(finished: Clone) -> dict[str, dict[str, Any]]:
    return read_rows(finished.results("features.parquet"))


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return bool(np.float32(one) == np.float32(other))
    return one == other and type(one) is type(other)


def test_extract_gives_the_row_of_the_workflow(
    tiny_root: Path, rows: dict[str, dict[str, Any]]
) -> None:
    keys = tiny_config(tiny_root)
    config = {key: keys[key] for key in ("variants", "color")}
    found = [key for key, row in rows.items() if row["success"]]
    lost = ["DATASET/train/1/no_face.png", "DATASET/train/1/text.jpg"]
    assert {rows[key]["failure_reason"] for key in lost} == {"no_face", "unreadable"}
    for key in (*found[:3], *lost):
        row = extract(tiny_root / key, config=config)
        expected = {
            name: value
            for name, value in rows[key].items()
            if name not in DATASET_COLUMNS and not name.startswith("rating_")
        }
        assert row.keys() - DATASET_COLUMNS == expected.keys()
        differing = {n: (row[n], v) for n, v in expected.items() if not same(row[n], v)}
        assert differing == {}
