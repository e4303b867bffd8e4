"""Notebooks are run in their own process and kept with what they show."""

import json
from pathlib import Path

import pytest

from modular_faces.notebooks import run_notebook

ROOT = Path(__file__).parents[2]


def one_cell(path: Path, source: str) -> Path:
    cell: dict[str, object] = {"cell_type": "code", "id": "a", "metadata": {}, "source": source}
    cell |= {"outputs": [], "execution_count": None}
    path.write_text(
        json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    return path


def test_a_notebook_knows_its_results_and_the_library(tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    source = one_cell(
        tmp_path / "in.ipynb",
        "import os, modular_faces; print(os.environ['MODULAR_FACES_RESULTS'], modular_faces.__file__)",
    )
    package = ROOT / "workflow_scripts"
    run_notebook(source, tmp_path / "out.ipynb", results=tmp_path, package=package)
    cell = json.loads((tmp_path / "out.ipynb").read_text())["cells"][0]
    words = "".join(cell["outputs"][0]["text"])
    assert words.split()[0] == str(tmp_path)
    assert str(package) in words


def test_a_cell_that_fails_leaves_no_file(tmp_path: Path) -> None:
    exceptions = pytest.importorskip("nbclient.exceptions")
    source = one_cell(tmp_path / "in.ipynb", "raise ValueError('planted')")
    with pytest.raises(exceptions.CellExecutionError, match="planted"):
        run_notebook(source, tmp_path / "out.ipynb", results=tmp_path, package=tmp_path)
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_no_notebook_is_committed_with_outputs(path: Path) -> None:
    cells = json.loads(path.read_text())["cells"]
    assert cells
    for cell in cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
