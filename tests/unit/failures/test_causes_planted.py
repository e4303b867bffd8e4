"""Failures whose cause is known: the verdict names it first, with the right share, and names no decoy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from modular_faces.config_causes import Interventions
from modular_faces.variants import Steps
from plants import BLACK, DARK, DECOY_SIGNS, PLANTS, TIGHT, Plant, has_margin, planted, with_decoys
from simulated_detector import Picture, bright_enough, chance_rule, face_likes, simulate

N, LOST = 90, 40
Draw = Callable[..., dict[str, Picture]]

each_cause = pytest.mark.parametrize("plant", PLANTS.values(), ids=list(PLANTS))
alone_or_with_decoys = pytest.mark.parametrize(
    "draw", [planted, with_decoys], ids=["alone", "with decoys"]
)


@each_cause
@alone_or_with_decoys
def test_the_cause_comes_first(plant: Plant, draw: Draw) -> None:
    """Decoys: most that fail, and a few that do not, are also grey and coarsely compressed."""
    done = simulate(draw(plant, n=N, lost=LOST, seed=6), plant.rule)
    first = done.verdict.causes[0]
    assert first.sign in plant.signs
    assert first.cause in (plant.causes or plant.signs)
    assert first.evidence == ("intervened" if plant.causes else "associated")
    assert first.share.low > 0.4
    assert not DECOY_SIGNS & {name for one in done.verdict.causes for name in (one.cause, one.sign)}
    assert not done.verdict.set_aside


@each_cause
@alone_or_with_decoys
def test_its_sign_comes_first_where_nothing_can_be_run(plant: Plant, draw: Draw) -> None:
    pictures = draw(plant, n=N, lost=LOST, seed=6)
    done = simulate(pictures, plant.rule, runnable=False)
    assert set(done.names) == plant.signs
    assert {one.evidence for one in done.verdict.causes} == {"associated"}


def test_a_covered_half_is_called_so() -> None:
    """Whichever half it is."""
    lower: Steps = [{"cover": {"side": "lower"}}]
    plant = PLANTS["covered half"]
    pictures = face_likes(N, seed=4, spoil=dict.fromkeys(range(LOST), lower))
    first = simulate(pictures, plant.rule, runnable=False).verdict.causes[0]
    assert first.words == "half of the picture is covered or empty"
    assert first.share.low > 0.5


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
    for cause, share in (("tight_framing", 0.6), ("dark", 0.3)):
        _, low, high = done.share(cause)
        assert low <= share <= high


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
