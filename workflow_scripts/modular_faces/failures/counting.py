"""Numbers of things in sentences."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str, nouns: str = "") -> str:
    """Write a number of things.

    Parameters
    ----------
    number : int
    noun : str
        Of one thing.
    nouns : str, optional
        Of several; by default with an s.

    Examples
    --------
    >>> counted(1, "file"), counted(1200, "success", "successes")
    ('1 file', '1,200 successes')
    """
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def enumerated(parts: Sequence[str]) -> str:
    """Join parts of a sentence.

    Examples
    --------
    >>> enumerated(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
