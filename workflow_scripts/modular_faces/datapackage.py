"""The results as a data package: what every file is, its digest, and what made it.

`datapackage.json` follows Frictionless Data's Data Package (https://specs.frictionlessdata.io/data-package/),
so that other programs can read and check it; `modular_faces.verify` does so without them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from modular_faces.csv_schema import column_types, csv_schema
from modular_faces.run_file import file_sha256, graph_text
from modular_faces.tables import read_table, whole_file

PACKAGE_FILE = "datapackage.json"

_MEDIA_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "png": "image/png",
    "html": "text/html",
    "md": "text/markdown",
    "ipynb": "application/x-ipynb+json",
    "yaml": "application/yaml",
}
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
    """Files that are there at paths, and inside of those that are folders; hidden ones are no results."""
    found = [
        file
        for path in map(Path, paths)
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    return [file for file in found if file.is_file() and not file.name.startswith(".")]


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
        Name, path, format, bytes and SHA-256 of each file; CSV files with the type of each column.
    """
    types = column_types(results / "features_dictionary.csv")
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
        "type": "file",
    }
    schema = csv_schema(path, types) if kind == "csv" else {}
    if schema.get("fields"):
        resource |= {"type": "table", "profile": "tabular-data-resource", "schema": schema}
    return resource


def describe_package(
    dataset: str,
    resources: Sequence[Mapping[str, Any]],
    *,
    run: Mapping[str, Any],
    inputs: str,
    before: Mapping[str, Any] | None,
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
    before : mapping or None
        The package as it was. A file that has not changed since stays a file of the run that made it, so that
        pages and studies of an earlier run, with another config maybe, are not taken for work of this one.
    """
    runs = known_runs(before) | {run["date"]: dict(run)}
    makers = _makers(before)
    described = [
        {**one, "run": makers.get((one["path"], one["hash"]), run["date"])} for one in resources
    ]
    earlier = sorted({one["run"] for one in described} - {run["date"]})
    counted = [runs[date] for date in (*earlier, run["date"])]
    graph = sorted({(first, second) for one in counted for first, second in one["graph"]})
    return {
        "profile": "data-package",
        "name": package_name(dataset),
        "title": f"modular-faces: {dataset}",
        "description": f"One table from a folder of face pictures, and what made it. {_PERCEPTION}",
        "created": run["date"],
        "version": run["code"]["modular_faces"],
        "resources": described,
        "inputs_sha256": inputs,
        "run": dict(run),
        "earlier_runs": counted[:-1],
        "graph": graph_text(graph),
    }


def known_runs(package: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """Records of the runs that made the files of a package, by date."""
    if package is None:
        return {}
    return {run["date"]: run for run in (*package.get("earlier_runs", ()), package["run"])}


def _makers(package: Mapping[str, Any] | None) -> dict[tuple[str, str], str]:
    if package is None:
        return {}
    last = package["run"]["date"]
    return {(one["path"], one["hash"]): one.get("run", last) for one in package["resources"]}


def inputs_digest(manifest: Path) -> str:
    """Digest the names and contents of all pictures, from the manifest."""
    digest = hashlib.sha256()
    for image_id, _, content in listed_pictures(manifest):
        digest.update(f"{image_id}\0{content or ''}\n".encode())
    return digest.hexdigest()


def listed_pictures(manifest: Path) -> Iterator[tuple[str, str, str | None]]:
    """Name, path and SHA-256 of every picture of a manifest; None where it could not be read."""
    columns = read_table(manifest, ("image_id", "path", "sha256")).columns
    yield from zip(*(column.to_pylist() for column in columns), strict=True)


def write_package(package: Mapping[str, Any], path: Path) -> None:
    """Write `datapackage.json`."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(package, indent=1, ensure_ascii=False), encoding="utf-8")


def read_package(results: Path) -> dict[str, Any] | None:
    """Read the package of a results folder; None where there is none."""
    path = results / PACKAGE_FILE
    if not path.exists():
        return None
    package: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return package
