"""A pack gives back the pictures it was given, or is absent."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modular_faces import packs


def png(seed: int, height: int, width: int) -> tuple[bytes, np.ndarray]:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue(), pixels


def test_pictures_come_back_in_order_across_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "BATCH_BYTES", 300)
    made = {f"p{i}": png(i, *shape) for i, shape in enumerate([(4, 5), (1, 1), (9, 3), (2, 2)])}
    with packs.PackWriter(tmp_path / "pack.arrow") as pack:
        for image_id, (content, _) in made.items():
            pack.add(image_id, content)
    back = list(packs.read_pictures(tmp_path / "pack.arrow"))
    assert [image_id for image_id, _ in back] == list(made)
    for image_id, picture in back:
        np.testing.assert_array_equal(picture, made[image_id][1])


def test_an_empty_pack_is_read_as_no_pictures(tmp_path: Path) -> None:
    with packs.PackWriter(tmp_path / "pack.arrow"):
        pass
    assert list(packs.read_pictures(tmp_path / "pack.arrow")) == []


def test_an_interrupted_pack_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), packs.PackWriter(tmp_path / "pack.arrow") as pack:
        pack.add("a", png(0, 2, 2)[0])
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_only_wanted_pictures_are_decoded(tmp_path: Path) -> None:
    with packs.PackWriter(tmp_path / "pack.arrow") as pack:
        pack.add("broken", b"this is no picture")
        pack.add("good", png(0, 2, 2)[0])
    assert [name for name, _ in packs.read_pictures(tmp_path / "pack.arrow", {"good"})] == ["good"]
