"""The verdict in words: half a page for a reader who knows no statistics."""

from __future__ import annotations

from collections.abc import Iterator

from modular_faces.failures.counting import counted
from modular_faces.failures.report_parts import p_in_words
from modular_faces.failures.report_words import interval_in_words
from modular_faces.failures.verdict import LevelVerdict, NamedCause


def paragraph(verdict: LevelVerdict) -> str:
    """Say what the verdict on one level is."""
    return " ".join(_sentences(verdict))


def _sentences(verdict: LevelVerdict) -> Iterator[str]:
    described = verdict.outcome.describe()
    yield described[0].upper() + described[1:]
    if verdict.skipped:
        yield verdict.skipped
        return
    intervened = [one for one in verdict.causes if one.evidence == "intervened"]
    associated = [one for one in verdict.causes if one.evidence == "associated"]
    yield _examined(verdict.examined, failures=int(verdict.outcome.failed.sum()))
    if not verdict.causes:
        yield "No cause can be named: nothing that was tried or measured goes beyond what chance would show."
    for place, one in enumerate(intervened):
        yield _intervened_in_words(one, first=place == 0)
        yield from _mark_in_words(one)
    if len(intervened) > 1:
        yield "Shares overlap where a picture came back under more than one change."
    for one in associated:
        yield _associated_in_words(one, verdict.examined)
    for one in verdict.set_aside:
        yield (
            f"Failures also differ in that {one.words}{_effect(one)}, but putting that into successes did not "
            "make them fail, so it is no cause."
        )
    yield _remainder(verdict)
    yield from verdict.notes


def _examined(examined: int, *, failures: int) -> str:
    whole = "All failures" if examined == failures else f"{examined:,} of the failures"
    return f"{whole} {'was' if examined == 1 < failures else 'were'} examined."


def _effect(one: NamedCause) -> str:
    if one.delta is None or one.p is None:
        return ""
    return f" (Cliff's delta {one.delta.estimate:.2f}, {p_in_words(one.p)} corrected, n = {one.measured:,})"


def _intervened_in_words(one: NamedCause, *, first: bool) -> str:
    begin = "The first cause is that" if first else "Another cause is that"
    return (
        f"{begin} {one.words}: {one.remedy} brought back {one.cured:,} of {counted(one.n, 'failure')}, "
        f"{interval_in_words(one.share)} beyond changes without meaning (evidence: intervened)."
    )


def _mark_in_words(one: NamedCause) -> Iterator[str]:
    if one.delta is None or one.p is None or one.sign_words == one.words:
        return
    yield (
        f"What marks the failures that it brought back: {one.sign_words} (Cliff's delta {one.delta.estimate:.2f}, "
        f"{one.delta.low:.2f} to {one.delta.high:.2f}, {p_in_words(one.p)} corrected; measured on "
        f"{counted(one.measured, 'failure')})."
    )


def _associated_in_words(one: NamedCause, n: int) -> str:
    assert one.delta is not None and one.p is not None
    return (
        f"Of the failures that no remedy of a named cause brought back, more than of the successes share that "
        f"{one.words}: {interval_in_words(one.share)} of {counted(n, 'failure')} beyond what successes show (Cliff's "
        f"delta {one.delta.estimate:.2f}, {one.delta.low:.2f} to {one.delta.high:.2f}, {p_in_words(one.p)} corrected; "
        f"chosen on one half of the pictures and measured on the other, {counted(one.measured, 'failure')} of it; "
        "evidence: associated, it could not be undone and need not be the cause)."
    )


def _remainder(verdict: LevelVerdict) -> str:
    counts = verdict.pictures["evidence"].value_counts()
    edge, rest = int(counts.get("placebo", 0)), int(counts.get("none", 0))
    text = f"{rest:,} of {verdict.examined:,} {'remains' if rest == 1 else 'remain'} unexplained."
    if edge:
        text += (
            f" {edge:,} more came back after a change without meaning (a placebo): the detector was near its limit "
            f"with {'it' if edge == 1 else 'them'}, and anything may tip the balance."
        )
    return text
