"""The data package: digests known beforehand, types of columns, what may be passed on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from modular_faces.datapackage import (
    all_files,
    describe_files,
    describe_package,
    inputs_digest,
    package_name,
    read_package,
    write_package,
)
from modular_faces.pages.share_mark import PAGE_TO_SHARE
from modular_faces.run_file import graph_text, read_run, write_run
from modular_faces.sharing import share, shareable_files
from modular_faces.tables import write_table
from modular_faces.verify import verify

RUN: dict[str, Any] = {
    "date": "2026-01-02T03:04:05+00:00",
    "command": ["snakemake", "/secret/place"],
    "code": {"modular_faces": "0.1.0", "commit": None},
    "lock_sha256": None,
    "model_sha256": "a" * 64,
    "snakemake": {"snakemake": "9"},
    "backend": "mesh",
    "machine": {"host": "secret-host", "processor": "p", "cores": 2},
    "config": {
        "dataset": {"name": "D", "root": "/secret/place"},
        "results": "/secret/place",
        "landmarks": {"backend": "mesh", "model": "/secret/place"},
        "shards": 3,
    },
    "graph": [["preprocess", "landmarks"]],
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder of results of one picture, with its picture beside it."""
    folder = tmp_path / "results"
    folder.mkdir()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    rows = {"image_id": ["a.jpg", "b.jpg"], "path": ["a.jpg", "b.jpg"], "sha256": [digest, None]}
    write_table(pa.table(rows), folder / "manifest.parquet", metadata={})
    (folder / "features_dictionary.csv").write_text(
        "name,module,region,unit,dtype,description,source\n"
        "image_id,,,,string,,\nsuccess,,,,bool,,\nx_0,,,,float32,,\nstage,,,,int16,,\n"
    )
    (folder / "features_core.csv").write_text("image_id,success,x_0,stage,mine\na.jpg,TRUE,1,1,x\n")
    (folder / "summary.json").write_text("{}")
    write_run(folder, RUN)
    files = ["manifest.parquet", "features_core.csv", "summary.json"]
    package = describe_package(
        "D",
        describe_files(folder, files),
        run=RUN | {"config": RUN["config"] | {"dataset": {"root": str(tmp_path / "pictures")}}},
        inputs=inputs_digest(folder / "manifest.parquet"),
        before=None,
    )
    write_package(package, folder / "datapackage.json")
    return folder


def test_every_file_has_its_size_and_digest(results: Path) -> None:
    (summary,) = describe_files(results, ["summary.json"])
    assert summary["bytes"] == 2
    assert summary["hash"] == f"sha256:{hashlib.sha256(b'{}').hexdigest()}"
    assert summary["type"] == "file"


def test_columns_of_a_table_have_the_types_of_the_dictionary(results: Path) -> None:
    (core,) = describe_files(results, ["features_core.csv"])
    types = {field["name"]: field["type"] for field in core["schema"]["fields"]}
    assert types == {
        "image_id": "string",
        "success": "boolean",
        "x_0": "number",
        "stage": "integer",
        "mine": "any",
    }
    assert core["schema"]["fields"][1]["trueValues"] == ["TRUE"]


def test_a_table_without_columns_is_a_file(results: Path) -> None:
    (results / "empty.csv").write_text("\n")
    (empty,) = describe_files(results, ["empty.csv"])
    assert empty["type"] == "file"
    assert "schema" not in empty


def test_names_are_those_a_package_may_have() -> None:
    assert package_name("RAF DB (2)") == "modular-faces-raf-db--2-"


def test_inputs_are_names_and_contents(results: Path) -> None:
    digest = hashlib.sha256(b"abc").hexdigest()
    expected = hashlib.sha256(f"a.jpg\0{digest}\nb.jpg\0\n".encode()).hexdigest()
    assert inputs_digest(results / "manifest.parquet") == expected


def test_an_intact_folder_has_no_problems_and_says_what_made_it(results: Path) -> None:
    problems, origin = verify(results, root=None)
    assert problems == []
    assert "3 files 2026-01-02T03:04:05+00:00 on secret-host (p)" in origin
    assert "2 pictures" in origin


def test_a_changed_manifest_is_a_problem_and_pictures_are_not_compared_with_it(
    results: Path,
) -> None:
    rows = {"image_id": ["c.jpg"], "path": ["c.jpg"], "sha256": ["0"]}
    write_table(pa.table(rows), results / "manifest.parquet", metadata={})
    assert verify(results, root=None)[0] == ["manifest.parquet: changed"]


def test_a_folder_without_a_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="run the workflow to its end first"):
        verify(tmp_path, root=None)
    with pytest.raises(ValueError, match="run the workflow once more"):
        read_run(tmp_path)


def test_what_is_shared_tells_of_no_place(results: Path, tmp_path: Path) -> None:
    assert share(results, tmp_path / "out") == ["features_dictionary.csv", "summary.json"]
    text = (tmp_path / "out" / "datapackage.json").read_text()
    assert "secret" not in text
    assert json.loads(text)["run"]["config"] == {"landmarks": {"backend": "mesh"}, "shards": 3}


def test_files_of_folders_are_named_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    for name in ("t/b", "t/a", "c", "t/.snakemake_timestamp"):
        (tmp_path / name).touch()
    found = all_files([str(tmp_path / name) for name in ("c", "t", "not_made")])
    assert [path.name for path in found] == ["c", "a", "b"]


def test_the_graph_is_a_flowchart() -> None:
    assert graph_text([["a", "b"], ["b", "c"]]) == "flowchart LR\n    a --> b\n    b --> c\n"


def test_a_file_stays_one_of_the_run_that_made_it(results: Path) -> None:
    later = RUN | {"date": "2026-02-01T00:00:00+00:00", "graph": [["landmarks", "merge"]]}
    (results / "summary.json").write_text('{"changed": 1}')
    package = describe_package(
        "D",
        describe_files(results, ["manifest.parquet", "summary.json", "features_dictionary.csv"]),
        run=later,
        inputs="",
        before=read_package(results),
    )
    assert {one["path"]: one["run"] for one in package["resources"]} == {
        "manifest.parquet": RUN["date"],
        "summary.json": later["date"],
        "features_dictionary.csv": later["date"],
    }
    assert [run["date"] for run in package["earlier_runs"]] == [RUN["date"]]
    assert package["graph"].count("-->") == 2
    write_package(package, results / "datapackage.json")
    _, origin = verify(results, root=None)
    assert origin.splitlines()[0].split() == [
        "made",
        "2",
        "files",
        later["date"],
        *["on", "secret-host", "(p)"],
    ]
    assert origin.splitlines()[1].split()[1:4] == ["1", "files", RUN["date"]]


def test_a_run_that_made_nothing_of_what_is_left_is_forgotten(results: Path) -> None:
    later = RUN | {"date": "2026-02-01T00:00:00+00:00"}
    package = describe_package(
        "D",
        describe_files(results, ["features_dictionary.csv"]),
        run=later,
        inputs="",
        before=read_package(results),
    )
    assert package["earlier_runs"] == []


def make(results: Path, name: str, text: str) -> None:
    path = results / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_of_a_study_what_is_not_private_is_shared(results: Path) -> None:
    figures = [
        {"stem": f"figures/rates/{stem}", "private": private}
        for stem, private in (("by_part", False), ("private_faces", True))
    ]
    tables = [
        {"file": name, "caption": "", "private": private}
        for name, private in (
            ("rates.csv", False),
            ("rates_pictures.csv", True),
            ("rates_named.csv", False),
            ("rates_maps.parquet", False),
        )
    ]
    for figure in figures:
        make(results, f"failures/{figure['stem']}.svg", "<svg/>")
    for table in tables:
        make(results, f"failures/{table['file']}", "variant,failed\nx,1\n")
    make(results, "failures/rates_named.csv", "image_id,failed\na.jpg,1\n")
    make(results, "failures/plan.json", '{"pictures": ["a.jpg"]}')
    make(results, "failures/gallery.json", '{"study": "gallery", "title": "", "question": ""}')
    make(results, "modular/predictions.parquet", "")
    make(results, "modular/scores.csv", "model\n")
    words = {"caption": "", "title": "", "alt": "", "level": None}
    report = {"study": "rates", "title": "", "question": "", "tables": tables}
    report["figures"] = [figure | words for figure in figures]
    make(results, "failures/rates.json", json.dumps(report))
    assert set(shareable_files(results)) - {"summary.json", "features_dictionary.csv"} == {
        *("failures/rates.json", "failures/rates.csv", "failures/figures/rates/by_part.svg"),
        "modular/scores.csv",
    }


@pytest.mark.parametrize("shared", [False, True])
def test_a_page_is_shared_where_it_was_made_for_that(results: Path, shared: bool) -> None:
    head = PAGE_TO_SHARE if shared else ""
    make(results, "failures/index.html", f"<head>{head}<style></style></head>")
    make(results, "modular/index.html", f"<head><style>{PAGE_TO_SHARE}</style></head>")
    make(results, "index.html", f"<head>{PAGE_TO_SHARE}<style></style></head>")
    pages = [name for name in shareable_files(results) if name.endswith(".html")]
    assert pages == (["failures/index.html", "index.html"] if shared else [])


def test_what_is_shared_tells_of_no_place_of_earlier_runs_either(
    results: Path, tmp_path: Path
) -> None:
    package = read_package(results)
    assert package is not None
    (results / "features_core.csv").write_text("image_id\na.jpg\n")
    later = describe_package(
        "D",
        describe_files(results, ["summary.json", "features_core.csv"]),
        run=RUN | {"date": "2026-02-01T00:00:00+00:00"},
        inputs="",
        before=package,
    )
    write_package(later, results / "datapackage.json")
    write_run(results, later["run"])
    share(results, tmp_path / "out")
    text = (tmp_path / "out" / "datapackage.json").read_text()
    assert RUN["date"] in text
    assert "secret" not in text
