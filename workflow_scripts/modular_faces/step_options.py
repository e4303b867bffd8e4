"""What a step's options may be, declared in the step's own signature.

A step writes ``sigma: Annotated[float, Number(0.1, 50)]`` and need not check ``sigma`` again. This
module imports neither numpy nor OpenCV, so that a config can be checked before anything is loaded.
"""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeGuard, get_args, get_origin, get_type_hints


class Kind(Protocol):
    """A kind of option: knows a good value and says in words what it expects."""

    @property
    def expected(self) -> str:
        """What is expected, to follow the words "expected ..."."""

    def accepts(self, value: object) -> bool:
        """Whether a value from the config is good."""


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True)
class Number:
    """A finite number, whole or not, from ``least`` to ``most``."""

    least: float
    most: float

    @property
    def expected(self) -> str:
        """What is expected."""
        return f"a number from {self.least:g} to {self.most:g}"

    def accepts(self, value: object) -> bool:
        """Whether the value is a number in the range."""
        return _is_number(value) and self.least <= value <= self.most


@dataclass(frozen=True)
class Whole:
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int

    @property
    def expected(self) -> str:
        """What is expected."""
        return f"a whole number from {self.least} to {self.most}"

    def accepts(self, value: object) -> bool:
        """Whether the value is a whole number in the range."""
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.least <= value <= self.most
        )


class Choice:
    """One of some words."""

    def __init__(self, *words: str) -> None:
        self.words = words

    @property
    def expected(self) -> str:
        """What is expected."""
        return f"one of {', '.join(self.words)}"

    def accepts(self, value: object) -> bool:
        """Whether the value is one of the words."""
        return value in self.words


class Flag:
    """True or false."""

    expected = "true or false"

    def accepts(self, value: object) -> bool:
        """Whether the value is a boolean."""
        return isinstance(value, bool)


class Fill:
    """What new pixels hold: a grey level, or the mean colour of the picture."""

    expected = "a whole number from 0 to 255, or mean"

    def accepts(self, value: object) -> bool:
        """Whether the value is a grey level or the word mean."""
        return value == "mean" or Whole(0, 255).accepts(value)


class Weights:
    """The rows of a convolution kernel."""

    expected = (
        "rows of numbers, each row as long as the first, an odd number of rows and columns, "
        "e.g. [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]"
    )

    def accepts(self, value: object) -> bool:
        """Whether the value is an odd by odd table of finite numbers."""
        if not isinstance(value, (list, tuple)) or len(value) % 2 == 0:
            return False
        if not all(isinstance(row, (list, tuple)) for row in value):
            return False
        width = len(value[0])
        return width % 2 == 1 and all(
            len(row) == width and all(_is_number(weight) for weight in row) for row in value
        )


@dataclass(frozen=True)
class OnlyWith:
    """Marks an option that has a meaning only where another option has a certain value."""

    option: str
    value: object


@dataclass(frozen=True)
class Option:
    """One option of a step, as its signature declares it."""

    name: str
    kind: Kind
    default: object
    only_with: OnlyWith | None

    @property
    def required(self) -> bool:
        """Whether the option must be given."""
        return self.default is inspect.Parameter.empty

    def applies(self, options: Mapping[str, object]) -> bool:
        """Whether the option has a meaning beside these other, complete options."""
        return self.only_with is None or options[self.only_with.option] == self.only_with.value


def declared_options(function: Callable[..., Any]) -> dict[str, Option]:
    """Read a step's options from its signature.

    Parameters
    ----------
    function : callable
        Takes the picture first and then keyword-only options, each annotated
        ``Annotated[type, kind]`` or ``Annotated[type, kind, OnlyWith(...)]``.

    Returns
    -------
    dict of str to Option
        In the order of the signature.

    Raises
    ------
    TypeError
        When the function does not have that form.
    """
    hints = get_type_hints(function, include_extras=True)
    _, *parameters = inspect.signature(function).parameters.values()
    declared = {}
    for parameter in parameters:
        hint = hints.get(parameter.name)
        if parameter.kind is not parameter.KEYWORD_ONLY or get_origin(hint) is not Annotated:
            raise TypeError(
                f"step {function.__name__}: option {parameter.name} must be keyword-only and "
                "annotated with what it accepts, e.g. `sigma: Annotated[float, Number(0.1, 50)]`"
            )
        kind, *conditions = get_args(hint)[1:]
        declared[parameter.name] = Option(
            parameter.name, kind, parameter.default, conditions[0] if conditions else None
        )
    return declared


def check_options(
    where: str, declared: Mapping[str, Option], given: Mapping[Any, object]
) -> dict[str, object]:
    """Check the options given to a step and fill in its defaults.

    Parameters
    ----------
    where : str
        How the step is called in error messages.
    declared : mapping of str to Option
        From `declared_options`.
    given : mapping
        Option names and values, as read from the config.

    Returns
    -------
    dict of str to object
        Every option that has a meaning, in the order of the signature.

    Raises
    ------
    ValueError
        One line that names the step, the option, the value and the cure.
    """
    for name, value in given.items():
        if name not in declared:
            raise ValueError(f"{where}: unknown option {name} = {value!r}; {hint(name, declared)}")
        kind = declared[name].kind
        if not kind.accepts(value):
            raise ValueError(f"{where}: {name} = {value!r}: expected {kind.expected}")
    for name, option in declared.items():
        if option.required and name not in given:
            raise ValueError(
                f"{where}: option {name} is missing; give {option.kind.expected}, "
                f"as `{name}: ...` in the step"
            )
    complete = {name: given.get(name, option.default) for name, option in declared.items()}
    for name, option in declared.items():
        if name in given and option.only_with is not None and not option.applies(complete):
            other = option.only_with
            raise ValueError(
                f"{where}: {name} = {given[name]!r} has no effect with {other.option} = "
                f"{complete[other.option]!r}; leave {name} out or set {other.option}: {other.value}"
            )
    return {name: complete[name] for name, option in declared.items() if option.applies(complete)}


def hint(name: object, known: Iterable[str]) -> str:
    """Say which name was perhaps meant, and which there are.

    Parameters
    ----------
    name : object
        The name that is not known.
    known : iterable of str

    Returns
    -------
    str
    """
    names = list(known)
    close = difflib.get_close_matches(str(name), names, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return meant + (f"known are {', '.join(names)}" if names else "it takes no options")
