"""Agreement of two instruments, on numbers worked out by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from modular_faces import bridge
from modular_faces.bridge_figure import bridge_chart, figure_name, mean_face
from modular_faces.bridge_runs import compare_runs
from modular_faces.cli import main
from modular_faces.columns import LANDMARK_COLUMNS, POSE_COLUMNS
from modular_faces.figures import chart_spec
from modular_faces.tables import write_table


def instrument(name: str, shifts: dict[str, float], yaw: float = 0.0) -> bridge.Instrument:
    """Faces whose eyes lie 50 px apart, shifted to the right; yaw grows with the shift."""
    points = np.zeros((len(shifts), 68, 2))
    points[:, 45, 0] = 50
    points[..., 0] += np.array(list(shifts.values()))[:, None]
    angles = np.column_stack([np.full(len(shifts), yaw), np.zeros((len(shifts), 2))])
    return bridge.Instrument(name, tuple(shifts), points, angles)


def measures(rows: list[bridge.Agreement], label: str = bridge.ALL) -> dict[str, bridge.Agreement]:
    return {row.measure: row for row in rows if row.label == label}


def test_bias_and_limits_are_those_of_bland_and_altman() -> None:
    a = instrument("a", {"p": 0, "q": 0, "r": 0, "only_a": 0})
    b = instrument("b", {"r": 3, "q": 2, "p": 1, "only_b": 9})
    row = measures(bridge.compare(a, b, {}))["x_30"]
    assert (row.n, row.unit, row.a, row.b) == (3, "% eyes", "a", "b")
    assert row.bias == pytest.approx(4)  # 1, 2, 3 px of 50
    assert row.sd == pytest.approx(2)
    assert [row.lower, row.upper] == pytest.approx([4 - 3.92, 4 + 3.92])
    assert row.bias_error == pytest.approx(3.92 / 3**0.5)
    assert row.limit_error == pytest.approx(3.92)
    distance = measures(bridge.compare(a, b, {}))["distance_30"]
    assert distance.bias == pytest.approx(4)
    assert distance.unit == "% eyes"


def test_angles_are_compared_the_short_way_round() -> None:
    faces = {"p": 0.0, "q": 0.0}
    rows = bridge.compare(instrument("a", faces, 179), instrument("b", faces, -179), {})
    row = measures(rows)["yaw_deg"]
    assert row.bias == pytest.approx(2)
    assert (row.sd, row.unit) == (0, "degrees")


def test_labels_are_told_apart_and_single_pictures_left_out() -> None:
    a, b = (instrument(name, dict.fromkeys("pqrs", float(name == "b"))) for name in "ab")
    rows = bridge.compare(a, b, {"p": "joy", "q": "joy", "r": "fear", "s": None})
    assert {row.label for row in rows} == {"all", "joy"}
    assert measures(rows, "joy")["x_0"].n == 2
    assert measures(rows)["x_0"].n == 4


def table_of(part: bridge.Instrument, success: list[bool]) -> pa.Table:
    points = part.landmarks.transpose(0, 2, 1).reshape(len(success), 136)
    columns = dict(zip(LANDMARK_COLUMNS, points.T, strict=True))
    columns |= dict(zip(POSE_COLUMNS, part.angles.T, strict=True))
    fixed = {"image_id": list(part.image_ids), "success": success}
    return pa.table(fixed | {"landmark_source": [part.name] * len(success)} | columns)


def test_runs_are_compared_on_faces_both_trust(tmp_path: Path) -> None:
    paths = []
    for name, success in (("one", [True, True, True]), ("two", [True, True, False])):
        part = instrument(name, {"p": 0.0, "q": 1.0, "r": 5.0})
        paths.append(tmp_path / name / "features.parquet")
        write_table(table_of(part, success), paths[-1], metadata={})
    a, b, rows = compare_runs(*paths)
    assert (a.name, b.name, measures(rows)["x_0"].n) == ("one", "two", 2)
    text = bridge.bridge_text(rows)
    assert text.splitlines()[0] == "two minus one: 2 pictures"
    assert "yaw_deg    bias +0.0 degrees" in text
    _, other, _ = compare_runs(paths[0], paths[0])
    assert other.name == str(paths[0])


def test_of_openface_its_own_angles_are_compared(tmp_path: Path) -> None:
    part = instrument("one", {"p": 0.0, "q": 1.0}, yaw=1.0)
    write_table(table_of(part, [True, True]), tmp_path / "a", metadata={})
    own = table_of(part, [True, True])
    for name, value in (("pose_Rx", 0.0), ("pose_Ry", -np.radians(5)), ("pose_Rz", 0.0)):
        own = own.append_column(name, pa.array([value, value]))
    write_table(own, tmp_path / "b", metadata={})
    _, _, rows = compare_runs(tmp_path / "a", tmp_path / "b")
    assert measures(rows)["yaw_deg"].bias == pytest.approx(4, abs=1e-5)


def test_the_command_writes_table_and_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in "ab":
        part = instrument(name, {"p": 0.0, "q": 1.0})
        write_table(table_of(part, [True, True]), tmp_path / name, metadata={})
    out = [tmp_path / f"o.{suffix}" for suffix in ("csv", "svg", "png")]
    tables = [str(tmp_path / name) for name in "ab"]
    assert main(["bridge", *tables, "--out", str(out[0])]) == 0
    assert "b minus a: 2 pictures" in capsys.readouterr().out
    assert all(path.stat().st_size for path in out)


def test_tables_without_faces_in_common_are_refused(tmp_path: Path) -> None:
    for name in "ab":
        part = instrument(name, {name: 0.0, f"{name}2": 0.0})
        write_table(table_of(part, [True, True]), tmp_path / name, metadata={})
    with pytest.raises(ValueError, match="no two pictures have a face in both"):
        compare_runs(tmp_path / "a", tmp_path / "b")
    write_table(pa.table({"image_id": ["a"]}), tmp_path / "c", metadata={})
    with pytest.raises(ValueError, match="has no column 'x_0'; give features"):
        compare_runs(tmp_path / "a", tmp_path / "c")


def test_a_study_pairs_backends_on_one_variant_and_sources_with_all() -> None:
    mesh, wide, openface = ("mesh", "raw"), ("mesh", "wide"), ("openface", "raw")
    before, after = ("precomputed", "before"), ("precomputed", "after")
    assert list(bridge.pairs_of_study([mesh, wide])) == []
    assert list(bridge.pairs_of_study([mesh, wide, openface])) == [(mesh, openface)]
    assert list(bridge.pairs_of_study([mesh, before, after])) == [
        *((mesh, before), (mesh, after), (before, after))
    ]


def test_a_study_is_taken_apart() -> None:
    table = table_of(instrument("a", {"p": 0.0, "q": 0.0}), [True, True])
    study = table.append_column("backend", pa.array(["mesh", "openface"])).append_column(
        "variant", pa.array(["raw", "raw"])
    )
    parts = bridge.instruments_of_study(study)
    assert {key: part.image_ids for key, part in parts.items()} == {
        **{("mesh", "raw"): ("p",), ("openface", "raw"): ("q",)}
    }


def test_the_csv_has_a_row_per_measure() -> None:
    a, b = (instrument(name, {"p": 0.0, "q": 0.0}) for name in "ab")
    rows = list(csv.DictReader(io.StringIO(bridge.agreement_csv(bridge.compare(a, b, {})))))
    assert len(rows) == 3 * 68 + 3
    assert (rows[0]["measure"], rows[0]["bias"], rows[0]["n"]) == ("x_0", "0.0000", "2")


def texts(spec: object) -> str:
    return json.dumps(spec, ensure_ascii=False)


def test_the_figure_shows_landmarks_and_angles() -> None:
    a = instrument("a <1>", {"p": 0.0, "q": 1.0})
    b = instrument("b", {"p": 2.0, "q": 2.0}, yaw=3.0)
    spec = chart_spec(bridge_chart(a, b, bridge.compare(a, b, {})))
    face, angles = spec["hconcat"]
    assert spec["title"] == "b minus a <1>, 2 pictures with a face from both"
    assert angles["vconcat"][0]["title"] == (
        "yaw: bias +3.0 degrees, limits of agreement +3.0 to +3.0"
    )
    ellipses, lines, dots = (layer["data"]["name"] for layer in face["layer"])
    assert lines == dots
    assert {row["landmark"] for row in spec["datasets"][ellipses]} == set(range(68))
    assert len(spec["datasets"][dots]) == 68
    assert figure_name(a.name, b.name) == "a_1___b"


def test_many_pictures_make_a_figure_of_bounded_size() -> None:
    places = {f"p{k}": float(k % 7) for k in range(4000)}
    a, b = instrument("a", places), instrument("b", places, yaw=1.0)
    spec = chart_spec(bridge_chart(a, b, bridge.compare(a, b, {})))
    assert 2 * 3 * 68 < sum(map(len, spec["datasets"].values())) <= 5000


def test_the_figure_says_what_there_is_not() -> None:
    a, b = (instrument(name, {name: 0.0}) for name in "ab")
    shown = texts(chart_spec(bridge_chart(a, b, [])))
    assert "no landmarks from both" in shown
    assert "no angles from both" in shown
    assert mean_face(np.full((1, 68, 2), np.nan)) is None
