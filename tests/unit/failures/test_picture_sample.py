"""Every picture counts once, whatever the shards; samples follow ids and seed alone."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modular_faces.failures.picture_frame import Frame, to_frame
from modular_faces.failures.picture_sample import (
    COMPARISON,
    FAILURES,
    REFERENCE,
    Moments,
    choose,
    groups_of,
    read_chosen,
    read_sample,
)
from modular_faces.packs import PackWriter

FRAME = Frame(4, 4)


def write_pack(path: Path, pictures: dict[str, np.ndarray]) -> Path:
    with PackWriter(path) as pack:
        for image_id, pixels in pictures.items():
            file = BytesIO()
            Image.fromarray(pixels).save(file, "PNG")
            pack.add(image_id, file.getvalue())
    return path


def some_pictures(n: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    shapes = [(4, 4), (8, 8), (4, 6)]
    return {f"p{k}": random.integers(0, 256, (*shapes[k % 3], 3), np.uint8) for k in range(n)}


def test_moments_are_those_of_all_pictures() -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (9, 4, 4, 4), np.uint8)
    first, second = Moments(FRAME), Moments(FRAME)
    for k, picture in enumerate(pictures):
        (first if k < 4 else second).add(picture)
    both = first + second
    assert both.count == 9
    np.testing.assert_allclose(both.mean, pictures.mean(axis=0))
    np.testing.assert_allclose(both.sd, pictures.std(axis=0, ddof=1))


def test_moments_of_one_or_no_picture_and_of_equal_ones() -> None:
    moments = Moments(FRAME)
    assert np.isnan(moments.mean).all()
    moments.add(np.full((4, 4, 4), 255, np.uint8))
    assert (moments.mean == 255).all()
    assert np.isnan(moments.sd).all()
    moments.add(np.full((4, 4, 4), 255, np.uint8))
    assert (moments.sd == 0).all()


def test_successes_are_cut_into_halves_that_do_not_depend_on_their_order() -> None:
    ids = [f"p{k}" for k in range(25)]
    failed = np.arange(25) < 4
    groups = groups_of(ids, failed, seed=3)
    assert (groups[:4] == FAILURES).all()
    assert [int(np.sum(groups == name)) for name in (REFERENCE, COMPARISON)] == [11, 10]
    turned = groups_of(ids[::-1], failed[::-1], seed=3)
    assert turned[::-1].tolist() == groups.tolist()
    assert groups_of(ids, failed, seed=4).tolist() != groups.tolist()


def test_a_sample_is_drawn_from_the_eligible() -> None:
    ids = [f"p{k}" for k in range(40)]
    eligible = np.arange(40) % 2 == 0
    sample = choose(ids, eligible, most=5, seed=1, purpose="x")
    assert len(sample) == 5
    assert set(sample) < {ids[k] for k in range(0, 40, 2)}
    assert sample != choose(ids, eligible, most=5, seed=2, purpose="x")
    assert len(choose(ids, eligible, most=99, seed=1, purpose="x")) == 20


@pytest.mark.parametrize("shards", [1, 3])
def test_everything_is_read_whatever_the_number_of_shards(tmp_path: Path, shards: int) -> None:
    pictures = some_pictures(21)
    ids, failed = list(pictures), np.arange(21) < 6
    packs = [
        write_pack(
            tmp_path / f"{k}.arrow",
            {name: pictures[name] for name in ids[k::shards]} | {f"x{k}": pictures["p0"]},
        )
        for k in range(shards)
    ]
    sample = read_sample(packs, ids, failed, frame=FRAME, most=4, seed=1)
    assert {name: moments.count for name, moments in sample.moments.items()} == {
        FAILURES: 6,
        REFERENCE: 8,
        COMPARISON: 7,
    }
    lost = np.array([to_frame(pictures[name], FRAME) for name in ids[:6]])
    np.testing.assert_allclose(sample.moments[FAILURES].mean, lost.mean(axis=0))
    groups = dict(zip(ids, groups_of(ids, failed, seed=1), strict=True))
    assert int(sample.failed.sum()) == 4
    assert len(sample.image_ids) == 8
    for image_id, picture, fails in zip(
        sample.image_ids, sample.pictures, sample.failed, strict=True
    ):
        assert groups[image_id] == (FAILURES if fails else COMPARISON)
        np.testing.assert_array_equal(picture, to_frame(pictures[image_id], FRAME))
    chosen = read_chosen(packs, ids, failed, frame=FRAME, most=4, seed=1)
    assert [name for name, fails in zip(chosen.image_ids, chosen.failed, strict=True) if fails] == [
        name for name, fails in zip(sample.image_ids, sample.failed, strict=True) if fails
    ]
    assert (len(chosen.failed), chosen.moments) == (8, {})
