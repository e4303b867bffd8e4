"""One picture, without Snakemake."""

from pathlib import Path

import numpy as np
import pytest

from modular_faces import extract
from modular_faces.config_loading import ConfigError

GREY = np.full((40, 50, 3), 127, np.uint8)


def test_an_array_has_no_digest_and_a_file_has(tmp_path: Path) -> None:
    assert extract(GREY)["sha256"] is None
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    row = extract(broken)
    assert row["sha256"] is not None
    assert (row["success"], row["failure_reason"], row["width"]) == (False, "unreadable", None)


def test_the_config_changes_what_is_measured() -> None:
    counted = extract(GREY, config={"color": {"counts": True, "regions": ["image"]}})
    assert counted["color_rgb_r_03_image"] == 2000
    assert "color_rgb_r_03_nose" not in counted


def test_a_wrong_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="'colors' is unknown"):
        extract(GREY, config={"colors": {}})


@pytest.mark.parametrize("wrong", [GREY.astype(np.float32), GREY[..., 0], GREY[:0]])
def test_an_array_that_is_no_picture_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected \(H, W, 3\) uint8"):
        extract(wrong)


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nope.jpg"):
        with pytest.raises(FileNotFoundError, match="no such file"):
            extract(path)
