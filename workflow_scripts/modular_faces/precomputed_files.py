"""The files of a source of outputs: OpenFace's CSVs, Rekognition's JSON, tables and lists."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modular_faces.backends.openface_output import (
    FEATURE_COLUMNS,
    as_number,
    read_records,
    records_of,
)
from modular_faces.backends.rekognition_response import numbers_of

Numbers = Mapping[str, float]

NAME_COLUMNS = (
    "name",
    "image_id",
    "path",
    "image",
    "file",
    "filename",
    "file_name",
    "picture",
    "input",
)
"""Columns that may name the picture, the first that there is."""

_TRUE = {"1", "1.0", "true", "yes", "found"}
_LANDMARKS = frozenset(name for name in FEATURE_COLUMNS if name[:2] in ("x_", "y_"))
_DELIMITERS = {".tsv": "\t"}


@dataclass(frozen=True)
class Seen:
    """What a source says of one name.

    Attributes
    ----------
    name : str
    faces : tuple of mapping of str to float
        Numbers by our names; empty for a picture that was lost, an empty mapping for a face of which only is
        known that it was found.
    """

    name: str
    faces: tuple[Numbers, ...]


def read_source(options: Mapping[str, Any]) -> Iterator[Seen]:
    """Read what a source says, name by name.

    Parameters
    ----------
    options : mapping
        name, path, format, columns, listed.

    Raises
    ------
    ValueError
        Names the source, the file and the cure.
    """
    path = Path(options["path"])
    kind = options["format"] if options["format"] != "auto" else _guess(path, options)
    if kind == "openface" and path.is_dir():
        yield from _openface_folder(path)
    elif kind == "rekognition":
        yield from _rekognition(path)
    elif kind == "list":
        yield from _list(path, listed=options["listed"])
    else:
        yield from _table(path, options)


def _guess(path: Path, options: Mapping[str, Any]) -> str:
    if path.is_dir():
        suffixes = {file.suffix.lower() for file in path.rglob("*")}
        for suffix, kind in ((".csv", "openface"), (".json", "rekognition")):
            if suffix in suffixes:
                return kind
        raise ValueError(
            f"precomputed.sources.{options['name']}.path: {path} holds no .csv and no .json file"
        )
    if path.suffix.lower() in (".json", ".jsonl"):
        return "rekognition"
    return "list" if path.suffix.lower() in (".txt", ".lst") else "table"


def _openface_folder(folder: Path) -> Iterator[Seen]:
    """A picture without CSV, of which only the details were written, was lost."""
    ending = "_of_details.txt"
    written = set()
    for file in sorted(folder.rglob("*.csv")):
        name = file.relative_to(folder).with_suffix("").as_posix()
        written.add(name)
        yield Seen(name, tuple(read_records(file)))
    for file in sorted(folder.rglob(f"*{ending}")):
        name = file.relative_to(folder).as_posix().removesuffix(ending)
        if name not in written:
            yield Seen(name, ())


def _rekognition(path: Path) -> Iterator[Seen]:
    """Responses of DetectFaces: a file for each picture, or one file of {name: response}."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            name = file.relative_to(path).with_suffix("").as_posix()
            yield _rekognition_faces(name, _json(file), file)
        return
    content = _json(path)
    if not isinstance(content, dict) or "FaceDetails" in content:
        raise ValueError(
            f"{path} is not of the form {{picture: response of DetectFaces}}; give a folder with one "
            "file for each picture, or such a file"
        )
    for name, response in content.items():
        yield _rekognition_faces(name, response, path)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from None


def _rekognition_faces(name: str, response: Any, where: Path) -> Seen:
    """Read a response; one of our own cache says itself of which picture it is."""
    try:
        faces = tuple(numbers_of(face) for face in response["FaceDetails"])
        return Seen(response.get("picture", name), faces)
    except (AttributeError, KeyError, TypeError):
        raise ValueError(
            f"{where}: what it says of '{name}' is no response of Rekognition's DetectFaces"
        ) from None


def _list(path: Path, *, listed: str) -> Iterator[Seen]:
    """Lines of names, or of a name and found or lost (comma or tab between)."""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        name, _, word = line.strip().replace("\t", ",").rpartition(",")
        if not name:
            name, word = word, listed
        if name and not name.startswith("#"):
            found = word.strip().lower() in _TRUE
            yield Seen(name.strip(), ({},) if found else ())


def _table(path: Path, options: Mapping[str, Any]) -> Iterator[Seen]:
    header, rows = _rows(path)
    ours = _our_names(header, options, path)
    name_at = ours.index("name")
    found_at = next((ours.index(name) for name in ("found", "success") if name in ours), None)
    numbers_at = [k for k, name in enumerate(ours) if name not in ("", "name", "found", "success")]
    names = [ours[k] for k in numbers_at]
    complete = set(names) >= _LANDMARKS
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise ValueError(
                f"{path}, line {number} has {len(row)} cells, the header {len(header)}"
            )
        if found_at is not None and row[found_at].strip().lower() not in _TRUE:
            yield Seen(row[name_at], ())
            continue
        cells = [row[k] for k in numbers_at]
        where = f"{path}, {row[name_at]}"
        faces: Sequence[Numbers] = (
            list(records_of(names, [cells], where=where))
            if complete
            else [{name: as_number(cell) for name, cell in zip(names, cells, strict=True)}]
        )
        yield Seen(row[name_at], tuple(faces))


def _rows(path: Path) -> tuple[list[str], Iterable[list[str]]]:
    if path.suffix.lower() == ".parquet":
        from modular_faces.tables import read_table

        table = read_table(path)
        columns = [["" if v is None else str(v) for v in c.to_pylist()] for c in table.columns]
        return table.column_names, map(list, zip(*columns, strict=True))
    delimiter = _DELIMITERS.get(path.suffix.lower(), ",")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file, skipinitialspace=True, delimiter=delimiter)) or [[]]
    return [name.strip() for name in header], rows


def _our_names(header: Sequence[str], options: Mapping[str, Any], path: Path) -> list[str]:
    """Our name of each column, empty where we have none."""
    where = f"precomputed.sources.{options['name']}.columns"
    theirs = dict(_spelt_out(options["columns"]))
    known = {"name", "found", "detector_score", "success", *FEATURE_COLUMNS}
    for ours, column in theirs.items():
        if ours not in known:
            raise ValueError(f"{where}: there is no '{ours}'; name, found, confidence, x_0, ...")
        if column not in header:
            raise ValueError(f"{where}: {path} has no column '{column}'; it has {_some(header)}")
    given = {column: ours for ours, column in theirs.items()}
    names = [given.get(column, column if column in known else "") for column in header]
    if "name" not in names:
        lower = [column.lower() for column in header]
        place = next((lower.index(column) for column in NAME_COLUMNS if column in lower), None)
        if place is None:
            raise ValueError(
                f"{where}: no column of {path} names the picture; say which: "
                f"columns: {{name: ...}}; it has {_some(header)}"
            )
        names[place] = "name"
    return names


def _spelt_out(columns: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for ours, theirs in columns.items():
        if "#" in ours:
            yield from ((ours.replace("#", str(k)), theirs.replace("#", str(k))) for k in range(68))
        else:
            yield ours, theirs


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
