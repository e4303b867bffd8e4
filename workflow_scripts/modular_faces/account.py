"""The account of what runs have made: efficiency of the jobs, and the data package of the results.

Rules write both when the table is finished. Studies, models and pages may end later, in the same run or in a later one:
then the account is written once more when the run has succeeded, so that it covers everything and no rule has
to wait for all others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from modular_faces.datapackage import (
    PACKAGE_FILE,
    all_files,
    describe_files,
    describe_package,
    inputs_digest,
    read_package,
    write_package,
)
from modular_faces.efficiency import (
    efficiency_csv,
    efficiency_html,
    efficiency_rows,
    read_uses,
    set_resources_yaml,
)
from modular_faces.run_file import read_run
from modular_faces.tables import whole_file

EFFICIENCY = ("efficiency.csv", "efficiency.html", "set_resources.yaml")
"""Files of the efficiency of the jobs, in the folder `provenance` of the results."""

RULES = ("efficiency", "datapackage")
"""Rules of the account; that they ran makes no account old."""

MANIFEST = "manifest.parquet"


def write_efficiency(results: Path) -> None:
    """Compare what all jobs of a dataset asked for with what they used.

    Parameters
    ----------
    results : Path
        Folder of the results of a dataset.
    """
    rows = efficiency_rows(read_uses(results), read_run(results)["requested"])
    texts = (efficiency_csv(rows), efficiency_html(rows), set_resources_yaml(rows))
    for name, text in zip(EFFICIENCY, texts, strict=True):
        with whole_file(results / "provenance" / name) as temporary:
            temporary.write_text(text, encoding="utf-8")


def write_description(results: Path, dataset: str, paths: Iterable[str]) -> None:
    """Describe the results of a dataset as a data package.

    Parameters
    ----------
    results : Path
    dataset : str
    paths : iterable of str
        Files and folders that a run can make, in the folder of the results; those that are not there are left out.
    """
    package = describe_package(
        dataset,
        describe_files(results, names_inside(results, paths)),
        run=read_run(results),
        inputs=inputs_digest(results / MANIFEST),
        before=read_package(results),
    )
    write_package(package, results / PACKAGE_FILE)


def names_inside(results: Path, paths: Iterable[str]) -> list[str]:
    """Files at paths, as the package names them: seen from the folder of the results."""
    return [path.relative_to(results).as_posix() for path in all_files(paths)]


def renew_account(results: Path, dataset: str, paths: Sequence[str]) -> bool:
    """Write the account once more if something was made after it.

    Parameters
    ----------
    results : Path
    dataset : str
    paths : sequence of str
        As for `write_description`.

    Returns
    -------
    bool
        Whether it was written. Without a manifest there is nothing to give an account of.
    """
    if not (results / MANIFEST).exists() or not is_behind(results, paths):
        return False
    write_efficiency(results)
    write_description(results, dataset, paths)
    for rule in RULES:
        benchmark = results / "benchmarks" / f"{rule}.tsv"
        if benchmark.exists():
            benchmark.touch()  # to Snakemake it is as old as the rule's other files, or the rule runs again
    return True


def is_behind(results: Path, paths: Sequence[str]) -> bool:
    """Whether a job ended, or a file changed, came or went, after the account was written."""
    table = results / "provenance" / EFFICIENCY[0]
    package = read_package(results)
    if package is None or not table.exists():
        return True
    files = all_files(paths)
    if {one["path"] for one in package["resources"]} != set(names_inside(results, paths)):
        return True
    described = _time(results / PACKAGE_FILE)
    return any(_time(path) > _time(table) for path in _benchmarks(results)) or any(
        _time(path) > described for path in files
    )


def _benchmarks(results: Path) -> list[Path]:
    folder = results / "benchmarks"
    return [
        path
        for path in folder.rglob("*.tsv")
        if path.relative_to(folder).with_suffix("").parts[0] not in RULES
    ]


def _time(path: Path) -> int:
    return path.stat().st_mtime_ns
