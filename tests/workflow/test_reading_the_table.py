"""The table is read by pandas and by R with the types it was written with."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clones import REPOSITORY, TIMEOUT, Clone, read_rows

SNIPPETS = REPOSITORY / "docs" / "snippets"
TEXT = (
    *("image_id", "path", "split", "label_name", "sha256"),
    *("failure_reason", "landmark_source", "variant"),
)


@pytest.fixture(scope="module")
def core(finished: Clone) -> Path:
    return finished.results("features_core.csv")


def test_pandas_gets_numbers_and_missing_values(finished: Clone, core: Path) -> None:
    faces = pd.read_csv(core, dtype={"label": str}).set_index("image_id")
    rows = read_rows(finished.results("features.parquet"))
    assert list(faces.index) == list(rows)
    for name in ("found", "trusted", "success"):
        assert faces[name].dtype == bool
    for name in ("width", "height", "manifest_row"):
        assert faces[name].dtype in (np.int64, np.float64)
    for name in faces.columns:
        if name.startswith(("x_", "y_", "color_rgb", "haralick_", "rating_")) or "_deg" in name:
            assert faces[name].dtype == np.float64, name
            expected = np.array([row[name] for row in rows.values()], dtype=np.float64)
            np.testing.assert_array_equal(np.isnan(faces[name]), np.isnan(expected), name)
            np.testing.assert_allclose(faces[name], expected, rtol=1e-6, err_msg=name)
    lost = faces[~faces.success]
    assert set(lost.failure_reason) >= {"no_face", "unreadable"}
    assert lost[["x_0", "y_67", "yaw_deg"]].isna().all(axis=None)
    assert faces[faces.success].failure_reason.isna().all()


def test_pandas_gets_the_same_from_parquet(finished: Clone) -> None:
    faces = pd.read_parquet(finished.results("features.parquet"))
    assert faces.x_0.dtype == np.float32
    assert faces.success.dtype == bool
    assert faces.x_0.isna().sum() == (~faces.success).sum()


def counted(output: str) -> dict[str, str]:
    """Lines such as `landmarks 14 136` of what a snippet prints."""
    names = ("rows", "columns", "success share", "landmarks", "colour bins of the face")
    return {
        name: line.removeprefix(name).strip()
        for line in output.splitlines()
        for name in names
        if line.startswith(f"{name} ")
    }


def expected_counts(core: Path) -> dict[str, str]:
    faces = pd.read_csv(core)
    good = int(faces.success.sum())
    bins = 4 * 3 + (6 + 3 + 3) + 3 * 3
    return {
        "rows": str(len(faces)),
        "columns": str(faces.shape[1]),
        "success share": f"{good / len(faces):.4g}",
        "landmarks": f"{good} 136",
        "colour bins of the face": f"{good} {bins}",
    }


def output_of(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_snippet_for_pandas_runs(core: Path) -> None:
    output = output_of(sys.executable, SNIPPETS / "read_core.py", core)
    assert counted(output) == expected_counts(core)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_the_snippet_for_r_runs(core: Path) -> None:
    output = output_of("Rscript", SNIPPETS / "read_core.R", core)
    assert counted(output) == expected_counts(core)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_gets_numbers_and_missing_values(core: Path) -> None:
    faces = pd.read_csv(core)
    output = output_of("Rscript", Path(__file__).with_name("read_core.R"), core)
    assert output.split() == [
        *("logical", "numeric", "numeric", "integer", "character"),
        str(int((~faces.success).sum())),
        f"{faces.x_30.sum():.2f}",
    ]
