"""McNemar's test between two instruments, on a study whose counts are planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modular_faces.bridge_summary import study_frame
from modular_faces.bridge_tests import COLUMNS, paired_tests

MESH, DLIB = "mesh original", "dlib original"


def planted(both: int, mesh_only: int, dlib_only: int, neither: int) -> pd.DataFrame:
    """A study in which every picture that is found is trusted; labels joy and fear in turn."""
    verdicts = np.repeat([(1, 1), (1, 0), (0, 1), (0, 0)], [both, mesh_only, dlib_only, neither], 0)
    ids = [f"p{k:03d}" for k in range(len(verdicts))]
    rows = {
        "image_id": ids * 2,
        "backend": ["mesh"] * len(ids) + ["dlib"] * len(ids),
        "variant": ["original"] * 2 * len(ids),
        "found": verdicts.T.ravel().astype(bool),
        "trusted": verdicts.T.ravel().astype(bool),
    }
    labels: dict[str, str | None] = {name: ("joy", "fear")[k % 2] for k, name in enumerate(ids)}
    return study_frame(pa.table(rows), labels)


def test_counts_difference_and_p_are_those_by_hand() -> None:
    table = paired_tests(planted(20, 7, 1, 2), [(MESH, DLIB)], confidence=0.95)
    assert list(table.columns) == list(COLUMNS)
    whole = table[(table["label"] == "all") & (table["level"] == "trusted")].iloc[0]
    counts = whole[["n", "both", "a_only", "b_only", "neither"]].tolist()
    assert counts == [30, 20, 7, 1, 2]
    assert whole["difference"] == pytest.approx(-0.2)  # 21 of 30 less 27 of 30
    assert whole["low"] < -0.2 < whole["high"]
    assert whole["p"] == pytest.approx(0.0703125)  # 2 (1 + 8) / 2^8


def test_each_family_is_corrected_by_itself() -> None:
    table = paired_tests(planted(20, 7, 1, 2), [(MESH, DLIB)], confidence=0.95)
    whole = table[table["family"] == "all pictures"]
    assert len(whole) == 2  # found and trusted
    np.testing.assert_allclose(whole["p_holm"], [2 * 0.0703125] * 2)
    labelled = table[table["family"] == "label by label"]
    assert set(labelled["label"]) == {"joy", "fear"}
    np.testing.assert_allclose(
        labelled["p_holm"].max(), min(1, labelled["p"].max() * 1), atol=labelled["p"].max()
    )


def test_backends_that_agree_on_every_picture_are_not_told_apart() -> None:
    table = paired_tests(planted(10, 0, 0, 4), [(MESH, DLIB)], confidence=0.95)
    assert (table["difference"] == 0).all()
    assert (table["p_holm"] == 1).all()


def test_without_pairs_there_is_an_empty_table() -> None:
    table = paired_tests(planted(3, 1, 0, 0), [], confidence=0.95)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)
