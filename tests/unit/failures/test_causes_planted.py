"""Failures whose cause is known: the verdict names it first, with the right share, and names no decoy."""

from __future__ import annotations

import numpy as np
import pytest

from modular_faces.config_causes import Interventions
from modular_faces.descriptors import (
    border_detail,
    border_mask,
    channel_entropies,
    laplacian_variance,
)
from modular_faces.failures.picture_measures import grey_of
from modular_faces.variants import Steps
from simulated_detector import Picture, bright_enough, chance_rule, face_likes, middle, simulate

N, LOST = 90, 40


def spoilt(steps: Steps, n: int = LOST) -> dict[int, Steps]:
    return dict.fromkeys(range(n), steps)


def sharp_enough(picture: Picture) -> bool:
    grey = grey_of(middle(picture))
    return laplacian_variance(grey) > 5.5 * float(grey.var())


def has_margin(picture: Picture) -> bool:
    """Whether the outermost two pixels on every side show nothing but even background."""
    grey = grey_of(picture)
    frame = np.concatenate(
        [grey[:2].ravel(), grey[-2:].ravel(), grey[:, :2].ravel(), grey[:, -2:].ravel()]
    )
    return float(frame.std()) < 8


def shows_both_halves(picture: Picture) -> bool:
    """Whether most of the middle shows something, whichever way it is turned."""
    grey = grey_of(middle(picture)).astype(float)
    steps = np.abs(np.diff(grey, axis=0))[:, 1:] + np.abs(np.diff(grey, axis=1))[1:]
    return float((steps < 0.5).mean()) < 0.3


DARK: Steps = [{"darken": {"to": 20}}]
BLACK: Steps = [{"kernel": {"weights": [[0.0]]}}]
TIGHT: Steps = [{"crop": {"keep": 0.5}}]


def test_darkness_comes_first() -> None:
    done = simulate(face_likes(N, seed=1, spoil=spoilt(DARK)), bright_enough)
    assert done.names == ["dark"]
    assert done.verdict.causes[0].evidence == "intervened"
    assert done.share("dark")[1] > 0.85


def test_blur_comes_first() -> None:
    pictures = face_likes(N, seed=2, spoil=spoilt([{"blur": {"sigma": 0.8}}]))
    done = simulate(pictures, sharp_enough)
    assert done.names[0] == "blurred"
    assert done.verdict.causes[0].evidence == "intervened"


def test_tight_framing_comes_first() -> None:
    done = simulate(face_likes(N, seed=3, spoil=spoilt(TIGHT)), has_margin)
    assert done.names[0] == "tight_framing"
    assert done.share("tight_framing")[1] > 0.8


@pytest.mark.parametrize("side", ["left", "lower"])
def test_a_covered_half_is_associated_and_comes_first(side: str) -> None:
    pictures = face_likes(N, seed=4, spoil=spoilt([{"cover": {"side": side}}]))
    done = simulate(pictures, shows_both_halves)
    assert done.names[0] == "half_detail"
    first = done.verdict.causes[0]
    assert first.evidence == "associated"
    assert first.words == "half of the picture is covered or empty"
    assert first.share.low > 0.5


def blue_flattened(pictures: dict[str, Picture]) -> dict[str, Picture]:
    for place, picture in enumerate(pictures.values()):
        if place < LOST:
            picture[..., 2] = 128 + picture[..., 2] // 64
    return pictures


def test_low_entropy_in_blue_alone_comes_first_where_nothing_can_be_run() -> None:
    pictures = blue_flattened(face_likes(N, seed=5, spoil={}))
    done = simulate(pictures, lambda picture: channel_entropies(picture)[2] > 3, runnable=False)
    assert done.names[0] == "entropy_b"
    assert "entropy_r" not in done.names
    assert "entropy_g" not in done.names
    assert {one.evidence for one in done.verdict.causes} == {"associated"}


def edges_moved_to_the_border(pictures: dict[str, Picture]) -> dict[str, Picture]:
    for place, picture in enumerate(pictures.values()):
        if place < LOST:
            generator = np.random.default_rng(place)
            even = picture[4:-4, 4:-4].mean()
            edges = even + generator.normal(0, 25, picture.shape[:2])
            picture[:] = np.clip(np.rint(edges), 0, 255).astype(np.uint8)[..., None]
            picture[4:-4, 4:-4] = round(even)
    return pictures


def test_edges_only_at_the_border_come_first_where_nothing_can_be_run() -> None:
    pictures = edges_moved_to_the_border(face_likes(N, seed=6, spoil={}))

    def rule(picture: Picture) -> bool:
        grey = grey_of(picture)
        return border_detail(grey, border_mask(*grey.shape)) < 2

    done = simulate(pictures, rule, runnable=False)
    assert done.names[0] == "border_detail"
    assert done.verdict.causes[0].words == "detail lies at the border of the picture"


def test_decoys_that_only_go_along_are_not_named() -> None:
    """Most dark pictures are grey and coarsely compressed, a few bright ones too; only the dark fails."""
    decoy: Steps = [{"grayscale": {}}, {"jpeg": {"quality": 15}}]
    spoil: dict[int, Steps] = {
        place: [*decoy, *DARK] if place % 5 else DARK for place in range(LOST)
    }
    spoil |= dict.fromkeys(range(LOST, LOST + 8), decoy)
    done = simulate(face_likes(N, seed=7, spoil=spoil), bright_enough)
    assert done.names == ["dark"]
    assert not done.verdict.set_aside


def test_decoys_are_not_named_beside_what_cannot_be_undone() -> None:
    decoy: Steps = [{"grayscale": {}}, {"jpeg": {"quality": 15}}]
    hidden: Steps = [{"cover": {"side": "left"}}]
    spoil: dict[int, Steps] = {
        place: [*decoy, *hidden] if place % 5 else hidden for place in range(LOST)
    }
    spoil |= dict.fromkeys(range(LOST, LOST + 8), decoy)
    done = simulate(face_likes(N, seed=8, spoil=spoil), shows_both_halves)
    assert done.names[0] == "half_detail"
    assert not {"grey", "blockiness", "colorfulness", "saturation"} & set(done.names)


def test_a_mixture_recovers_its_shares() -> None:
    """Of 100 failures 60 are framed tightly, 30 are dark, 10 are black, which nothing undoes."""
    spoil: dict[int, Steps] = dict.fromkeys(range(60), TIGHT)
    spoil |= dict.fromkeys(range(60, 90), DARK)
    spoil |= dict.fromkeys(range(90, 100), BLACK)
    pictures = face_likes(180, seed=9, spoil=spoil)

    def rule(picture: Picture) -> bool:
        return bright_enough(picture) and has_margin(picture)

    done = simulate(pictures, rule)
    assert done.outcome.failed.sum() == 100
    assert done.names[:2] == ["tight_framing", "dark"]
    for cause, planted in (("tight_framing", 0.6), ("dark", 0.3)):
        _, low, high = done.share(cause)
        assert low <= planted <= high


@pytest.mark.parametrize("seed", range(6))
def test_chance_failures_have_no_cause(seed: int) -> None:
    pictures = face_likes(80, seed=20 + seed, spoil={})
    done = simulate(pictures, chance_rule(0.6, seed))
    assert done.names == []


def test_failures_that_cannot_be_repeated_have_no_cause() -> None:
    failed = np.arange(80) % 2 == 0
    done = simulate(face_likes(80, seed=31, spoil={}), lambda picture: True, failed=failed)
    assert done.names == []
    assert done.result is not None
    assert done.result.unrepeated == 40


def test_placebos_alone_name_nothing() -> None:
    """A detector on the edge: any change brings half of the failures back, whatever it is."""
    pictures = face_likes(80, seed=32, spoil={})
    originals = {picture.tobytes() for picture in pictures.values()}

    def rule(picture: Picture) -> bool:
        return picture.tobytes() not in originals or picture.tobytes()[0] % 2 == 0

    assert simulate(pictures, rule).names == []


def test_a_cause_may_not_have_more_doses_than_there_are_placebos() -> None:
    with pytest.raises(ValueError, match="has 3 doses, and there are 1 placebos"):
        Interventions(placebos={"mirrored": [{"mirror": {}}]})
