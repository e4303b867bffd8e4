"""What is said of a user's OpenFace."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from modular_faces.cli import main
from modular_faces.config_backends import OpenFace
from modular_faces.openface_check import check_openface, sample_pictures
from openface_double import DOUBLE, ONE, picture


@pytest.fixture(autouse=True)
def _same_python(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_an_installation_that_works() -> None:
    options = OpenFace(path=str(DOUBLE)).model_dump()
    works, text = check_openface(options, {"a": picture((ONE, 60, 50, 149, 139)), "b": picture()})
    assert works
    assert text.splitlines()[0] == f"started as   {DOUBLE}"
    assert "  a: confidence 0.983 (trusted), 711 numbers" in text
    assert "  b: no face" in text
    assert "  b: confidence 0.017 (not trusted, below 0.7), 711 numbers" in text
    assert text.endswith("OpenFace works: landmarks: {backend: openface}")


def test_a_detector_that_sees_nothing_is_told() -> None:
    works, text = check_openface(OpenFace(path=str(DOUBLE)).model_dump(), {"a": picture()})
    assert not works
    assert "does not find what it should" in text


def test_an_installation_without_models() -> None:
    options = OpenFace(path=str(DOUBLE), mloc="model/none.txt").model_dump()
    works, text = check_openface(options, {"a": picture()})
    assert not works
    assert "OpenFace does not work: " in text
    assert "Could not load the landmark detector" in text


def test_the_command_runs_on_three_pictures_of_the_sample(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [pixels.shape for pixels in sample_pictures().values()] == [(100, 100, 3)] * 3
    config = tmp_path / "mine.yaml"
    config.write_text(f"openface: {{path: '{DOUBLE}', accept: 0.01}}\n")
    assert main(["check-openface", "--config", str(config)]) == 1
    said = capsys.readouterr().out
    assert said.count("no face") == 3
    assert said.count("confidence 0.017 (trusted)") == 3
    config.write_text("openface: {pathh: x}\n")
    assert main(["check-openface", "--config", str(config)]) == 1
    assert "did you mean 'path'" in capsys.readouterr().err
