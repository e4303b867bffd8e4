"""Whether a folder of results is intact, and what it was made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modular_faces.datapackage import (
    PACKAGE_FILE,
    inputs_digest,
    known_runs,
    listed_pictures,
    read_package,
)
from modular_faces.run_file import file_sha256


def verify(results: Path, *, root: Path | None) -> tuple[list[str], str]:
    """Hash the results and the pictures they were made from again.

    Parameters
    ----------
    results : Path
        Folder of the results of a dataset.
    root : Path or None
        Folder of the pictures; where they were, when None.

    Returns
    -------
    problems : list of str
        A line for each file that is missing or changed; empty when the folder is intact.
    origin : str
        What the folder was made from, in a few lines.

    Raises
    ------
    ValueError
        The folder has no data package.
    """
    package = read_package(results)
    if package is None:
        raise ValueError(f"{results / PACKAGE_FILE} is missing; run the workflow to its end first")
    problems = [
        f"{one['path']}: {problem}"
        for one in package["resources"]
        if (problem := _changed(results / one["path"], one["hash"].removeprefix("sha256:")))
    ]
    manifest = results / "manifest.parquet"
    count = 0
    if manifest.exists() and inputs_digest(manifest) == package["inputs_sha256"]:
        folder = root or Path(package["run"]["config"]["dataset"]["root"])
        for _, name, content in listed_pictures(manifest):
            count += 1
            if content and (problem := _changed(folder / name, content)):
                problems.append(f"picture {name}: {problem}")
    return problems, _origin(package, count)


def _changed(path: Path, sha256: str) -> str:
    if not path.is_file():
        return "missing"
    return "" if file_sha256(path) == sha256 else "changed"


def _origin(package: Mapping[str, Any], pictures: int) -> str:
    files = Counter(one.get("run", package["run"]["date"]) for one in package["resources"])
    made = [
        ("made", f"{files[date]} files {date} {_place(run)}")
        for date, run in sorted(known_runs(package).items(), reverse=True)
    ]
    run = package["run"]
    facts = [
        *made,
        ("from", f"{pictures} pictures, inputs {package['inputs_sha256'][:16]}"),
        ("with", f"modular-faces {run['code']['modular_faces']}, commit {run['code']['commit']}"),
        ("model", run["model_sha256"][:16]),
        ("lock", str(run["lock_sha256"])[:16]),
        ("snakemake", run["snakemake"].get("snakemake", "?")),
        ("landmarks", run["backend"]),
        ("files", str(len(package["resources"]))),
    ]
    return "\n".join(f"  {name:<10}{value}" for name, value in facts)


def _place(run: Mapping[str, Any]) -> str:
    machine = run["machine"]
    return f"on {machine.get('host', 'a computer')} ({machine['processor']})"
