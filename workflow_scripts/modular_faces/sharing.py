"""What of a folder of results may be passed on: numbers over many pictures, and no picture."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modular_faces.datapackage import (
    PACKAGE_FILE,
    describe_files,
    describe_package,
    inputs_digest,
    known_runs,
    read_package,
    write_package,
)
from modular_faces.pages.share_mark import is_page_to_share
from modular_faces.run_file import read_run

SHAREABLE = (
    *("summary.json", "features_dictionary.csv", "aligned_dictionary.csv"),
    *("bridge.csv", "backends.csv", "backends_tests.csv"),
    *("provenance/efficiency.csv", "provenance/set_resources.yaml"),
    *("failures/verdict.json", "failures/verdict.md", "failures/verdict.csv"),
    "failures/methods.md",
    *("modular/scores.csv", "modular/comparisons.csv", "modular/confusion.csv"),
    *("modular/calibration.csv", "modular/specificity.csv", "modular/overlap.csv"),
    *("modular/references.csv", "modular/notes.json", "modular/weights.parquet"),
    *("modular/stability.csv", "modular/alike.csv", "modular/regions.csv"),
)
"""Files that hold numbers over many pictures and no picture, name of a picture or absolute path."""

STUDIES = "failures"
PAGES = ("failures/index.html", "modular/index.html", "backends/index.html")
FRONT_PAGE = "index.html"

OF_ONE_PICTURE = frozenset({"image_id", "path", "file"})
"""A table with one of these columns speaks of single pictures."""


def share(results: Path, target: Path) -> list[str]:
    """Copy what may be passed on into a folder, as a data package of its own.

    Only files of `SHAREABLE` are copied, of the failure study the tables and figures that it does not call private, and
    pages where they were made with `share: true`. What tells of this computer (paths, host, command) is left out of
    the records of the runs.

    Parameters
    ----------
    results : Path
        Folder of the results of a dataset.
    target : Path
        New folder.

    Returns
    -------
    list of str
        The files that were copied.
    """
    if target.exists():
        raise ValueError(f"{target} exists already; give a new folder")
    run = read_run(results)
    files = shareable_files(results)
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(results / name, target / name)
    package = describe_package(
        str(run["config"]["dataset"]["name"]),
        describe_files(target, files),
        run=_without_places(run),
        inputs=inputs_digest(results / "manifest.parquet"),
        before=_package_without_places(results),
    )
    write_package(package, target / PACKAGE_FILE)
    return files


def shareable_files(results: Path) -> list[str]:
    """Name the files of a results folder that may be passed on, sorted."""
    named = [name for name in SHAREABLE if (results / name).exists()]
    pages = [name for name in PAGES if is_page_to_share(results / name)]
    front = [FRONT_PAGE] if pages and is_page_to_share(results / FRONT_PAGE) else []
    return sorted({*named, *pages, *front, *_files_of_studies(results)})


def _files_of_studies(results: Path) -> Iterator[str]:
    """Tables and figures that the reports of the failure study do not call private."""
    from modular_faces.failures.report_parts import read_report

    for path in sorted((results / STUDIES).glob("*.json")):
        figures = results / STUDIES / "figures" / path.stem
        if not figures.is_dir():
            continue
        report = read_report(path)
        yield f"{STUDIES}/{path.name}"
        stems = [figure.stem for figure in report.figures if not figure.private]
        tables = [table.file for table in report.tables if not table.private]
        drawn = [f"{stem}{suffix}" for stem in stems for suffix in (".svg", ".png", ".vl.json")]
        for name in (*drawn, *tables):
            file = results / STUDIES / name
            if file.is_file() and not _is_of_single_pictures(file):
                yield f"{STUDIES}/{name}"


def _is_of_single_pictures(path: Path) -> bool:
    if path.suffix != ".csv":
        return path.suffix == ".parquet"
    with path.open(encoding="utf-8", newline="") as file:
        return not OF_ONE_PICTURE.isdisjoint(next(csv.reader(file), []))


def _package_without_places(results: Path) -> dict[str, Any] | None:
    package = read_package(results)
    if package is None:
        return None
    runs = [_without_places(run) for run in known_runs(package).values()]
    return package | {"earlier_runs": runs[:-1], "run": runs[-1]}


def _without_places(run: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out of the record of a run what tells of the computer or of folders on it."""
    kept = {key: value for key, value in run.items() if key not in ("command", "machine", "config")}
    config = {
        key: value
        for key, value in run["config"].items()
        if key not in ("dataset", "results", "openface", "precomputed")
    }
    config["landmarks"] = {k: v for k, v in config["landmarks"].items() if k != "model"}
    machine = {key: value for key, value in run["machine"].items() if key != "host"}
    return kept | {"config": config, "machine": machine}
