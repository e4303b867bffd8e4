"""The results as a data package: what every file is, its digest, and what made it.

`datapackage.json` follows Frictionless Data's Data Package (https://specs.frictionlessdata.io/data-package/),
so that other programs can read and check it. `verify` does so without them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from modular_faces.run_file import file_sha256, graph_text, read_run
from modular_faces.tables import read_table, whole_file

PACKAGE_FILE = "datapackage.json"

SHAREABLE = (
    *("summary.json", "features_dictionary.csv"),
    *("bridge.csv", "backends.csv", "backends_tests.csv"),
    *("provenance/efficiency.csv", "provenance/set_resources.yaml"),
)
"""Files that hold numbers over many pictures and no picture, name of a picture or absolute path."""

_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "html": "text/html",
    "yaml": "application/yaml",
}
_FIELD_TYPES = {"string": "string", "bool": "boolean"}
_PERCEPTION = (
    "Labels and ratings are what raters perceived in a picture; they say nothing about the person."
)


def package_name(dataset: str) -> str:
    """Name of the package of a dataset: lower case, digits, `-` and `_`.

    Examples
    --------
    >>> package_name("RAF_DB")
    'modular-faces-raf_db'
    """
    return f"modular-faces-{re.sub(r'[^a-z0-9_-]', '-', dataset.lower())}"


def all_files(paths: Iterable[str]) -> list[Path]:
    """Files at paths, and inside of those that are folders."""
    return [
        file
        for path in map(Path, paths)
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]


def describe_files(results: Path, files: Iterable[str]) -> list[dict[str, Any]]:
    """Describe files of a results folder as resources of a data package.

    Parameters
    ----------
    results : Path
    files : iterable of str
        Paths inside of it.

    Returns
    -------
    list of dict
        Name, path, format, bytes and SHA-256 of each file; CSV files of features with the type of each column.
    """
    types = _column_types(results / "features_dictionary.csv")
    return [_resource(results, name, types) for name in sorted(files)]


def _resource(results: Path, name: str, types: Mapping[str, str]) -> dict[str, Any]:
    path = results / name
    kind = path.suffix.lstrip(".")
    resource: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9_.-]", "-", name.lower()),
        "path": name,
        "format": kind,
        "mediatype": _MEDIA_TYPES.get(kind, "application/octet-stream"),
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{file_sha256(path)}",
        "type": "table" if kind == "csv" else "file",
    }
    if path.name.startswith("features") and kind == "csv" and "dictionary" not in path.name:
        resource |= {"profile": "tabular-data-resource", "schema": _schema(path, types)}
    return resource


def _column_types(dictionary: Path) -> dict[str, str]:
    if not dictionary.exists():
        return {}
    with dictionary.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["dtype"] for row in csv.DictReader(file)}


def _schema(path: Path, types: Mapping[str, str]) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    return {"fields": [_field(name, types.get(name, "")) for name in names], "missingValues": [""]}


def _field(name: str, dtype: str) -> dict[str, Any]:
    kind = (
        "integer" if "int" in dtype else "number" if "float" in dtype else _FIELD_TYPES.get(dtype)
    )
    field: dict[str, Any] = {"name": name, "type": kind or "any"}
    if kind == "boolean":
        field |= {"trueValues": ["TRUE"], "falseValues": ["FALSE"]}
    return field


def describe_package(
    dataset: str, resources: Sequence[Mapping[str, Any]], *, run: Mapping[str, Any], inputs: str
) -> dict[str, Any]:
    """Describe a results folder as a data package.

    Parameters
    ----------
    dataset : str
    resources : sequence of mapping
        From `describe_files`.
    run : mapping
        From `modular_faces.run_record.describe_run`.
    inputs : str
        From `inputs_digest`.
    """
    return {
        "profile": "data-package",
        "name": package_name(dataset),
        "title": f"modular-faces: {dataset}",
        "description": f"One table from a folder of face pictures, and what made it. {_PERCEPTION}",
        "created": run["date"],
        "version": run["code"]["modular_faces"],
        "resources": list(resources),
        "inputs_sha256": inputs,
        "run": dict(run),
        "graph": graph_text(run["graph"]),
    }


def inputs_digest(manifest: Path) -> str:
    """Digest the names and contents of all pictures, from the manifest."""
    digest = hashlib.sha256()
    for image_id, _, content in _pictures(manifest):
        digest.update(f"{image_id}\0{content or ''}\n".encode())
    return digest.hexdigest()


def _pictures(manifest: Path) -> Iterator[tuple[str, str, str | None]]:
    columns = read_table(manifest, ("image_id", "path", "sha256")).columns
    yield from zip(*(column.to_pylist() for column in columns), strict=True)


def write_package(package: Mapping[str, Any], path: Path) -> None:
    """Write `datapackage.json`."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(package, indent=1, ensure_ascii=False), encoding="utf-8")


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
    path = results / PACKAGE_FILE
    if not path.exists():
        raise ValueError(f"{path} is missing; run the workflow to its end first")
    package = json.loads(path.read_text(encoding="utf-8"))
    problems = [
        f"{one['path']}: {problem}"
        for one in package["resources"]
        if (problem := _changed(results / one["path"], one["hash"].removeprefix("sha256:")))
    ]
    manifest = results / "manifest.parquet"
    count = 0
    if manifest.exists() and inputs_digest(manifest) == package["inputs_sha256"]:
        folder = root or Path(package["run"]["config"]["dataset"]["root"])
        for _, name, content in _pictures(manifest):
            count += 1
            if content and (problem := _changed(folder / name, content)):
                problems.append(f"picture {name}: {problem}")
    return problems, _origin(package, count)


def _changed(path: Path, sha256: str) -> str:
    if not path.is_file():
        return "missing"
    return "" if file_sha256(path) == sha256 else "changed"


def _origin(package: Mapping[str, Any], pictures: int) -> str:
    run = package["run"]
    made = {
        "made": f"{run['date']} on {run['machine']['host']} ({run['machine']['processor']})",
        "from": f"{pictures} pictures, inputs {package['inputs_sha256'][:16]}",
        "with": f"modular-faces {run['code']['modular_faces']}, commit {run['code']['commit']}",
        "model": run["model_sha256"][:16],
        "lock": str(run["lock_sha256"])[:16],
        "snakemake": run["snakemake"].get("snakemake", "?"),
        "landmarks": run["backend"],
        "files": str(len(package["resources"])),
    }
    return "\n".join(f"  {name:<10}{value}" for name, value in made.items())


def share(results: Path, target: Path) -> list[str]:
    """Copy what may be passed on into a folder, as a data package of its own.

    Only files of `SHAREABLE` are copied. What tells of this computer (paths, host, command) is left out of the
    record of the run.

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
    files = [name for name in SHAREABLE if (results / name).exists()]
    for name in files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(results / name, target / name)
    package = describe_package(
        str(run["config"]["dataset"]["name"]),
        describe_files(target, files),
        run=_without_places(run),
        inputs=inputs_digest(results / "manifest.parquet"),
    )
    write_package(package, target / PACKAGE_FILE)
    return files


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
