"""A step is one function whose signature says what its options accept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import numpy as np
import pytest

from modular_faces import geometry
from modular_faces.step_options import (
    Choice,
    Fill,
    Flag,
    Kind,
    Number,
    OnlyWith,
    Weights,
    Whole,
    check_options,
    declared_options,
)
from modular_faces.steps import STEP_OPTIONS, STEPS, Changed, Picture, step
from modular_faces.variants import apply_variant, check_steps, describe_variant


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Number(0.5, 2), [0.5, 1, 2.0], [0.49, 2.01, "1", True, None, float("nan")]),
        (Whole(0, 3), [0, 3], [-1, 4, 1.0, True, "1"]),
        (Choice("a", "b"), ["a", "b"], ["c", 1, None, ["a"]]),
        (Flag(), [True, False], [0, 1, "true", None]),
        (Fill(), [0, 255, "mean"], [-1, 256, 1.5, "grey", True, [0, 0, 0]]),
        (Weights(), [[[1]], [[1, 2, 1]], [[1], [2], [1.5]]], [[], [[]], [[1, 2]], [1], "abc"]),
    ],
)
def test_kinds(kind: Kind, good: list[object], bad: list[object]) -> None:
    assert [kind.accepts(value) for value in good] == [True] * len(good)
    assert [kind.accepts(value) for value in bad] == [False] * len(bad)


def test_options_come_complete_and_in_the_order_of_the_signature() -> None:
    def blur(
        picture: Picture,
        *,
        how: Annotated[str, Choice("box", "gauss")],
        sigma: Annotated[float, Number(0, 9), OnlyWith("how", "gauss")] = 1.5,
    ) -> Changed:
        return picture, geometry.identity()

    declared = declared_options(blur)
    assert [option.required for option in declared.values()] == [True, False]
    complete = check_options("blur", declared, {"sigma": 2, "how": "gauss"})
    assert list(complete.items()) == [("how", "gauss"), ("sigma", 2)]
    assert check_options("blur", declared, {"how": "gauss"}) == {"how": "gauss", "sigma": 1.5}
    assert check_options("blur", declared, {"how": "box"}) == {"how": "box"}
    with pytest.raises(ValueError, match="blur: sigma = 2 has no effect with how = 'box'"):
        check_options("blur", declared, {"how": "box", "sigma": 2})


@pytest.fixture
def own_registry() -> Iterator[None]:
    names = set(STEPS)
    yield
    for name in set(STEPS) - names:
        del STEPS[name], STEP_OPTIONS[name]


@pytest.mark.usefixtures("own_registry")
def test_a_new_step_is_one_function() -> None:
    @step
    def halve(picture: Picture, *, by: Annotated[float, Number(1, 9)] = 2) -> Changed:
        return (picture // by).astype(np.uint8), geometry.identity()

    picture = np.array([[[10, 20, 30]]], dtype=np.uint8)
    np.testing.assert_array_equal(apply_variant(picture, [{"halve": {}}]).picture, picture // 2)
    assert describe_variant("dusk", [{"halve": {}}]) == "dusk: halve by=2"
    with pytest.raises(ValueError, match=r"step 1 \(halve\): by = 10: expected a number from 1"):
        check_steps([{"halve": {"by": 10}}])


def unchecked(picture: Picture, *, by: float) -> Changed:
    return picture, geometry.identity()


def positional(picture: Picture, by: Annotated[float, Number(1, 9)]) -> Changed:
    return picture, geometry.identity()


@pytest.mark.parametrize("function", [unchecked, positional])
def test_a_step_must_say_what_its_options_accept(function: Callable[..., Changed]) -> None:
    with pytest.raises(
        TypeError, match=f"step {function.__name__}: option by must be keyword-only"
    ):
        step(function)
    assert function.__name__ not in STEPS


def test_a_step_may_not_take_the_name_of_another() -> None:
    with pytest.raises(TypeError, match="step mirror exists already"):
        step(STEPS["mirror"])
