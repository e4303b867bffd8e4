"""All instruments side by side, and the pictures on which two disagree most, on a study made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from modular_faces.bridge import Instrument, bridge_text, compare, labels_of, of_decodable
from modular_faces.bridge_figure import bridge_chart, mean_face, summary_chart
from modular_faces.bridge_pictures import disagreement_sheet, worst_pictures
from modular_faces.bridge_summary import EVERY, landmarks_apart, study_frame, summary_table
from modular_faces.bridge_times import pictures_of_parts, seconds_per_picture, write_seconds
from modular_faces.figures import chart_spec

SOME = [8, 36, 45]


def instrument(name: str, shifts: dict[str, float], *, only: list[int] | None = None) -> Instrument:
    """Faces whose outer eye corners lie 50 px apart, moved down by the shift; other points at 0."""
    points = np.zeros((len(shifts), 68, 2))
    points[:, 45, 0] = 50
    points[..., 1] += np.array(list(shifts.values()))[:, None]
    if only is not None:
        missing = np.ones(68, bool)
        missing[only] = False
        points[:, missing] = np.nan
    return Instrument(name, tuple(shifts), points, np.full((len(shifts), 3), np.nan))


A = instrument("mesh original", {"p": 0, "q": 0, "r": 0})
B = instrument("dlib original", {"q": 1, "r": 5, "s": 0})
LABELS = {"p": "joy", "q": "joy", "r": "fear", "s": "fear", "t": None}


def study() -> pa.Table:
    rows = [
        (name, one.name.split()[0], "original", name in one.image_ids or name == "t", trusted)
        for one in (A, B)
        for name in "pqrst"
        for trusted in [name in one.image_ids]
    ]
    names = ("image_id", "backend", "variant", "found", "trusted")
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def frame(labels: dict[str, str | None] = LABELS) -> pd.DataFrame:
    return study_frame(study(), labels)


def row(table: pd.DataFrame, a: str, b: str, label: str, measure: str) -> pd.Series:
    wanted = (table["a"] == a) & (table["b"] == b)
    chosen = table[wanted & (table["label"] == label) & (table["measure"] == measure)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_distance_is_the_mean_of_the_landmarks_both_have() -> None:
    apart = landmarks_apart(A, B)
    assert apart.image_ids == ("q", "r")
    np.testing.assert_allclose(apart.errors, [2, 10])  # 1 and 5 px of 50
    few = instrument("rekognition original", {"q": 2, "r": 4}, only=SOME)
    np.testing.assert_allclose(landmarks_apart(A, few).errors, [4, 8])
    blind = instrument("rekognition original", {"q": 2}, only=[8])
    assert np.isnan(landmarks_apart(A, blind).errors).all()


def test_shares_and_distances_are_those_counted_by_hand() -> None:
    table = summary_table(frame(), [(A, B)], confidence=0.95)
    found = row(table, A.name, "", "all", "found")
    assert (found["n"], found["value"]) == (5, 0.8)
    assert found["low"] < 0.8 < found["high"]
    assert row(table, A.name, "", "joy", "trusted")["value"] == 1
    assert (found["count"], row(table, A.name, "", "all", "trusted")["count"]) == (4, 3)
    for measure, value in (("both", 0.4), ("a_only", 0.2), ("b_only", 0.2), ("neither", 0.2)):
        assert row(table, A.name, B.name, "all", f"trusted_by_{measure}")["value"] == value
    nme = row(table, A.name, B.name, "all", "nme")
    assert (nme["n"], nme["value"], nme["unit"]) == (2, 6.0, "% eyes")
    assert set(table["label"]) == {"all", "joy", "fear"}
    assert not ((table["measure"] == "nme") & (table["label"] == "joy")).any()  # one picture


def test_what_all_and_what_none_trusts_is_counted() -> None:
    table = summary_table(frame(), [(A, B)], confidence=0.95)
    everyone = row(table, EVERY, "", "all", "trusted_by_all")
    nobody = row(table, EVERY, "", "all", "trusted_by_none")
    assert (everyone["n"], everyone["count"], nobody["count"]) == (5, 2, 1)  # q, r; t
    assert row(table, EVERY, "", "joy", "trusted_by_all")["value"] == 0.5


def test_parts_of_the_face_have_their_own_distances() -> None:
    apart = landmarks_apart(A, instrument("dlib original", {"q": 1}, only=SOME))
    known = {name: values[0] for name, values in apart.parts.items() if np.isfinite(values[0])}
    assert known == {"jaw": 2.0, "eyes": 2.0}


def test_a_sample_of_the_successes_counts_for_all_of_them() -> None:
    whole = [(name, "mesh", name not in "ab") for name in "abcdefgh"]
    sample = [(name, "dlib", name != "a") for name in "abcde"]  # both failures, 3 of 6 successes
    columns = zip(*[(n, b, "original", t, t) for n, b, t in (*whole, *sample)], strict=True)
    names = ("image_id", "backend", "variant", "found", "trusted")
    made = pa.table(dict(zip(names, map(list, columns), strict=True)))
    sampled = study_frame(made, {})
    assert sampled.loc[sampled["backend"] == "dlib", "weight"].tolist() == [1, 1, 2, 2, 2]
    table = summary_table(sampled, [], confidence=0.95)
    assert row(table, "dlib original", "", "all", "trusted")["value"] == 0.875  # 7 of 8


def test_pictures_that_cannot_be_read_are_nobodys_failure() -> None:
    manifest = pa.table({"image_id": list("pqrst"), "decodable": [True, True, None, True, False]})
    kept = of_decodable(study(), manifest).column("image_id").to_pylist()
    assert kept == ["p", "q", "s", "p", "q", "s"]
    assert labels_of(manifest) == {}


def test_without_labels_there_is_one_group() -> None:
    assert set(summary_table(frame({}), [(A, B)], confidence=0.9)["label"]) == {"all"}


def test_an_instrument_that_trusts_nothing_has_no_distance() -> None:
    nothing = instrument("dlib original", {})
    table = summary_table(frame({}), [(A, nothing)], confidence=0.95)
    assert "nme" not in set(table["measure"])
    chart_spec(summary_chart(table))


def test_the_figure_shows_both_levels_and_the_distance() -> None:
    spec = str(chart_spec(summary_chart(summary_table(frame({}), [(A, B)], confidence=0.95))))
    for words in ("found", "trusted", "mesh original and dlib original", "6.0"):
        assert words in spec


def test_partly_missing_landmarks_are_compared_where_both_have_them() -> None:
    few = instrument("rekognition original", {"p": 1, "q": 1, "r": 4}, only=SOME)
    rows = compare(A, few, {})
    assert {row.measure for row in rows} == {
        f"{kind}_{k}" for kind in ("x", "y", "distance") for k in SOME
    }
    assert "at worst 4.0 % (landmark 8)" in bridge_text(rows)
    for one, other in ((A, few), (few, A)):
        chart_spec(bridge_chart(one, other, compare(one, other, {})))
    mean = mean_face(few.landmarks)
    assert mean is not None
    assert np.isfinite(mean[SOME]).all()
    assert np.isfinite(mean).sum() == 6


def test_pictures_of_one_come_first_and_then_the_farthest_apart() -> None:
    said = worst_pictures(A, B, seen_by_both=set("pqrst"))
    assert list(said) == ["p", "s", "r", "q"]
    assert said["p"] == "only mesh original trusts"
    assert said["r"] == "10.0 % of eye distance apart"
    assert list(worst_pictures(A, B, seen_by_both=set("qr"))) == ["r", "q"]


def test_many_lost_pictures_leave_room_for_the_others() -> None:
    many = instrument("mesh original", {f"m{k:02d}": 0.0 for k in range(20)} | {"q": 0.0})
    said = worst_pictures(many, B, seen_by_both={*many.image_ids, *B.image_ids})
    assert list(said.values()).count("only mesh original trusts") == 4
    assert list(said.values()).count("only dlib original trusts") == 2
    assert "q" in said


def test_the_sheet_shows_each_picture_twice() -> None:
    grey: NDArray[np.uint8] = np.full((50, 50, 3), 128, np.uint8)

    def pictures(wanted: object) -> list[tuple[str, NDArray[np.uint8]]]:
        assert isinstance(wanted, dict)
        return [(name, grey) for name in wanted]

    sheet = disagreement_sheet(A, B, pictures, seen_by_both=set("pqrst"))
    assert sheet is not None
    assert sheet.size[0] > 6 * 200
    same = instrument("dlib original", {})
    assert disagreement_sheet(same, same, pictures, seen_by_both=set()) is None


def test_times_are_read_from_benchmark_files(tmp_path: Path) -> None:
    folder = tmp_path / "study" / "mesh" / "original"
    folder.mkdir(parents=True)
    for shard, seconds in (("0000", 2.0), ("0001", 1.0)):
        (folder / f"{shard}.tsv").write_text(f"s\tmax_rss\n{seconds}\t-\n")
    counts = {run: len(names) for run, names in pictures_of_parts(study()).items()}
    assert counts == {("mesh", "original"): 5, ("dlib", "original"): 5}
    rows = seconds_per_picture(tmp_path, list(counts), counts)
    ((name, count, seconds),) = rows
    assert (name, count) == ("mesh original", 5)
    assert seconds == pytest.approx(0.6)
    write_seconds(rows, tmp_path / "s.csv")
    assert (tmp_path / "s.csv").read_text().splitlines()[1] == "mesh original,5,0.6000"
