"""Notebooks that are run on the results of a dataset and kept with what they show."""

from __future__ import annotations

import os
from pathlib import Path

from modular_faces.tables import whole_file

RESULTS_VARIABLE = "MODULAR_FACES_RESULTS"
"""The environment variable by which a notebook knows its folder of results."""
SECONDS_PER_CELL = 600


def run_notebook(
    source: Path, target: str | os.PathLike[str], *, results: Path, package: Path
) -> None:
    """Run a notebook from its first cell to its last and write it with its outputs, whole or not at all.

    Parameters
    ----------
    source : Path
        Without outputs; it is not changed.
    target : path-like
    results : Path
        `results/<dataset>`.
    package : Path
        Folder that holds the library, for the notebook's own process.

    Raises
    ------
    ImportError
        If nbclient is not installed: it is in the extra `notebooks`.
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
    except ImportError as error:
        raise ImportError(
            'notebooks need nbclient and ipykernel; install them with pip install -e ".[notebooks]"'
        ) from error
    notebook = nbformat.read(source, as_version=4)  # type: ignore[no-untyped-call]
    paths = [str(package.resolve()), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths),
        RESULTS_VARIABLE: str(results.resolve()),
    }
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        resources={"metadata": {"path": "."}},
    )
    client.execute(env=environment)
    with whole_file(target) as temporary:
        nbformat.write(notebook, temporary)  # type: ignore[no-untyped-call]
