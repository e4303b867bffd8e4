"""Check a configuration before any job starts: one line for every fault, with key, value and cure."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from modular_faces.config import Config, suggestion
from modular_faces.config_landmarks import CascadeStage

_MACHINERY = re.compile(r"literal\[|constrained-|list\[|function-")
"""Parts of a key that stand for types, not for what a person wrote."""

_EXPECTED = {
    "string_pattern_mismatch": "it must begin with a letter and hold letters, digits and _ only, 63 at most",
    "model_type": "keys of its own are expected, such as {key: value}",
    "dict_type": "keys of its own are expected, such as {key: value}",
    "list_type": "a list is expected, such as [a, b]",
    "too_short": "it may not be empty",
}


class ConfigError(ValueError):
    """The configuration cannot be used; the message is one line that names key, value and cure."""


def load_config(raw: Mapping[str, Any]) -> Config:
    """Check a configuration as Snakemake merged it.

    Parameters
    ----------
    raw : mapping
        Nested keys and values as read from YAML.

    Returns
    -------
    Config

    Raises
    ------
    ConfigError
        One line per fault: the key, the value that was seen and the cure.
    """
    try:
        return Config.model_validate(dict(raw))
    except ValidationError as error:
        faults = [_describe(fault) for fault in error.errors()]
        raise ConfigError("; ".join(dict.fromkeys(faults))) from None


def openface_section(raw: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Check the section on OpenFace of config files that follow each other.

    Returns
    -------
    dict
        All keys of the section.

    Raises
    ------
    ConfigError
        As `load_config`.
    """
    merged = {key: value for one in raw for key, value in (one.get("openface") or {}).items()}
    whole = {"dataset": {"name": "check", "root": "."}, "openface": merged}
    return load_config(whole).openface.model_dump()


def _describe(fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"] if not _MACHINERY.match(str(part)))
    kind, seen = fault["type"], fault["input"]
    if kind == "extra_forbidden":
        known = list(_section_at(fault["loc"][:-1]).model_fields)
        word = str(fault["loc"][-1])
        return f"config key '{key}' is unknown{suggestion(word, known)}; known here: {', '.join(known)}"
    if kind == "missing":
        return f"config key '{key}' is missing; config/README.md says what it holds"
    if kind == "value_error":
        return (
            "config: " + str(fault["ctx"]["error"])
            if not key
            else f"config key '{key}': {fault['ctx']['error']}"
        )
    expected = _EXPECTED.get(kind, fault["msg"][0].lower() + fault["msg"][1:])
    return f"config key '{key}' is {seen!r}: {expected}"


def _section_at(location: Sequence[str | int]) -> type[BaseModel]:
    section: type[BaseModel] = Config
    for part in location:
        annotation = (
            section.model_fields[str(part)].annotation if isinstance(part, str) else section
        )
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            section = annotation
        elif part == "cascade":
            section = CascadeStage
    return section


def check_paths(config: Config) -> None:
    """Refuse folders and files that are not there, before any job starts.

    Raises
    ------
    ConfigError
        Names the key, the path and the cure.
    """
    paths = {
        "dataset.root": config.dataset.root,
        "dataset.table": config.dataset.table,
        "dataset.ratings": config.dataset.ratings,
        "landmarks.model": config.landmarks.model,
        "modular.models.people": config.modular.models.people,
        "modular.models.reliability": config.modular.models.reliability,
        "modular.models.judgments": config.modular.models.judgments,
        "failures.groups_table": config.failures.groups_table,
        "failures.truth_table": config.failures.truth_table,
        "dlib.predictor": config.dlib.predictor,
        **{
            f"precomputed.sources.{name}.path": source.path
            for name, source in config.precomputed.sources.items()
        },
    }
    for key, path in paths.items():
        if path is None:
            continue
        if not Path(path).exists():
            raise ConfigError(
                f"config key '{key}' is '{path}', which does not exist (seen from {Path.cwd()}); "
                f"correct it, or say where it is with --config"
            )
        if not os.access(path, os.R_OK):
            raise ConfigError(
                f"config key '{key}' is '{path}', which may not be read; ask for permission"
            )
        if key == "dataset.root" and not Path(path).is_dir():
            raise ConfigError(f"config key '{key}' is '{path}', a file; give the folder it is in")
    asked = {config.landmarks.backend, *(backend for backend, _ in config.study_runs())}
    if "dlib" in asked and find_spec("dlib") is None:
        raise ConfigError(
            "backend dlib needs the package dlib-bin, which is not installed; "
            "`pip install 'modular-faces[dlib]'` or `pip install dlib-bin` (docs/backends.md)"
        )
    if "rekognition" in asked:
        from modular_faces.backends.rekognition_client import RekognitionError, check_access

        try:
            check_access(config.rekognition.model_dump())
        except RekognitionError as error:
            raise ConfigError(str(error)) from None
    if "openface" in asked:
        from modular_faces.backends.openface_command import OpenFaceMissingError, find_program

        try:
            find_program(config.openface.model_dump())
        except OpenFaceMissingError as error:
            raise ConfigError(str(error)) from None


def dataset_name(folder: str) -> str:
    """Make the name of a dataset from that of its folder.

    Examples
    --------
    >>> dataset_name("2024 my pictures")
    'd_2024_my_pictures'
    """
    name = re.sub(r"[^A-Za-z0-9]+", "_", folder).strip("_")
    return (name if name[:1].isalpha() else f"d_{name}")[:63]
