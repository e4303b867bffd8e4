"""Commands do what they say, or say in one line why not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modular_faces.cli import main


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    Image.fromarray(np.full((40, 50, 3), 127, np.uint8)).save(tmp_path / "grey.png")
    return tmp_path / "grey.png"


def test_a_contact_sheet_shows_variants_of_a_config(tmp_path: Path, grey: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("variants: {dark: [{gamma: {gamma: 3.0}}]}")
    out = tmp_path / "sheet.png"
    assert main(["contact-sheet", str(grey), "--config", str(config), "--out", str(out)]) == 0
    with Image.open(out) as sheet:
        assert sheet.width > 8 * 160


def test_an_unknown_variant_is_refused_in_one_line(
    grey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["contact-sheet", str(grey), "--variants", "sharpest"]) == 1
    assert "no variant 'sharpest'; known: original" in capsys.readouterr().err


def test_a_picture_without_a_face_has_its_row(
    grey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(grey)]) == 0
    rows = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert (rows["success"], rows["failure_reason"], rows["width"]) == ("False", "no_face", "50")
    assert (rows["x_0"], rows["color_rgb_r_03_image"]) == ("", "1.0")


def test_a_summary_of_nothing_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(tmp_path)]) == 1
    assert "run the workflow first" in capsys.readouterr().err


def test_a_missing_table_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare-tables", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_free_folder_needs_no_unlocking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["clear-stale-lock"]) == 0
    assert capsys.readouterr().err == ""
