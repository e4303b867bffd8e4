"""The verdict in words: half a page for a reader who knows no statistics, and a file for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from modular_faces.failures.report_parts import p_in_words, share_in_words
from modular_faces.failures.verdict import LevelVerdict, NamedCause
from modular_faces.inference.intervals import Interval

_DIGITS = 4


def verdict_paragraphs(verdicts: Sequence[LevelVerdict]) -> list[str]:
    """Say what the verdict is, a paragraph per level."""
    return [" ".join(_sentences(verdict)) for verdict in verdicts]


def _sentences(verdict: LevelVerdict) -> Iterator[str]:
    yield verdict.outcome.describe()
    if verdict.skipped:
        yield verdict.skipped
        return
    intervened = [one for one in verdict.causes if one.evidence == "intervened"]
    associated = [one for one in verdict.causes if one.evidence == "associated"]
    yield f"{verdict.examined} of the failures were examined."
    if not verdict.causes:
        yield "No cause can be named: nothing that was tried or measured tells these failures from chance."
    for place, one in enumerate(intervened):
        yield _intervened_in_words(one, first=place == 0)
    if len(intervened) > 1:
        yield "Shares overlap where a picture came back under more than one change."
    for one in associated:
        yield _associated_in_words(one, verdict.examined)
    for one in verdict.set_aside:
        yield (
            f"Failures also differ in that {one.words}, but putting that into successes did not make them fail, so "
            "it is no cause."
        )
    yield _remainder(verdict)
    yield from verdict.notes


def _intervened_in_words(one: NamedCause, *, first: bool) -> str:
    begin = "The first cause is that" if first else "Another cause is that"
    return (
        f"{begin} {one.words}: {one.remedy} brought back {one.cured} of {one.n} failures, {_interval(one.share)} "
        "beyond changes without meaning (evidence: intervened)."
    )


def _associated_in_words(one: NamedCause, n: int) -> str:
    assert one.delta is not None and one.p is not None
    return (
        f"Of the failures that no change brought back, more than of the successes share that {one.words}: "
        f"{_interval(one.share)} of the {n} failures beyond what successes show (Cliff's delta "
        f"{one.delta.estimate:.2f}, {p_in_words(one.p)} corrected; evidence: associated, it could not be undone and need not be the cause)."
    )


def _remainder(verdict: LevelVerdict) -> str:
    counts = verdict.pictures["evidence"].value_counts()
    edge, rest = int(counts.get("placebo", 0)), int(counts.get("none", 0))
    text = f"Unexplained remain {rest} of {verdict.examined}"
    if edge:
        text += f", and {edge} more came back after a change without meaning: they sit on the edge"
    return text + "."


def _interval(interval: Interval) -> str:
    low, high = max(interval.low, 0.0), interval.high
    return f"{share_in_words(interval.estimate)} ({share_in_words(low).removesuffix(' %')} to {share_in_words(high)})"


def advice(verdict: LevelVerdict) -> tuple[str, str]:
    """What to put in the config: a sentence, and the YAML; both empty where nothing helped."""
    rows = [] if verdict.remedies.empty else list(verdict.remedies.itertuples())
    if not rows:
        return "", ""
    variants: dict[str, Any] = {}
    stages: list[dict[str, str]] = []
    for row in rows:
        steps = json.loads(str(row.steps))
        name = f"{row.cause}_{row.dose}" if steps else "original"
        if steps:
            variants[name] = steps
        stages.append({"variant": name} | ({"box": "frame"} if row.box == "frame" else {}))
    stages.insert(0, {"variant": verdict.outcome.variant})
    back = int(sum(int(row.adds) for row in rows))
    config = {"variants": variants, "landmarks": {"cascade": stages}}
    return (
        f"Tried one after the other, the changes below bring back {back} of the {verdict.examined} failures that were "
        "examined.",
        yaml.safe_dump(config, sort_keys=False, default_flow_style=None, width=100),
    )


def verdict_json(verdicts: Sequence[LevelVerdict]) -> dict[str, Any]:
    """Make the file for programs: everything the words say, with numbers."""
    paragraphs = verdict_paragraphs(verdicts)
    return {
        "levels": [
            _level(verdict, text) for verdict, text in zip(verdicts, paragraphs, strict=True)
        ]
    }


def _level(verdict: LevelVerdict, text: str) -> dict[str, Any]:
    sentence, config = advice(verdict)
    return {
        **verdict.outcome.keys,
        "title": verdict.outcome.title,
        "text": text,
        "skipped": verdict.skipped,
        "pictures": len(verdict.outcome.failed),
        "failures": int(verdict.outcome.failed.sum()),
        "failed": _numbers(verdict.failed),
        "examined": verdict.examined,
        "causes": [
            {"rank": rank} | _cause(one) for rank, one in enumerate(verdict.causes, start=1)
        ],
        "set_aside": [_cause(one) for one in verdict.set_aside],
        "remedies": [
            {"cause": row.cause, "dose": row.dose, "cured": int(row.cured), "adds": int(row.adds)}
            for row in verdict.remedies.itertuples()
        ],
        "advice": sentence,
        "config": config,
        "unexplained": int((verdict.pictures["evidence"] == "none").sum()),
        "on_the_edge": int((verdict.pictures["evidence"] == "placebo").sum()),
        "notes": verdict.notes,
    }


def _cause(one: NamedCause) -> dict[str, Any]:
    return {
        "cause": one.cause,
        "words": one.words,
        "remedy": one.remedy,
        "evidence": one.evidence,
        "share": _numbers(one.share),
        "n": one.n,
        "cured": one.cured,
        "cliffs_delta": None if one.delta is None else _numbers(one.delta),
        "p": None if one.p is None else round(one.p, 6),
    }


def _numbers(interval: Interval) -> dict[str, float | None]:
    names = ("estimate", "low", "high")
    return {
        name: None if value != value else round(float(value), _DIGITS)  # noqa: PLR0124 - NaN
        for name, value in zip(names, interval, strict=True)
    }
