"""The verdict for programs and for the config: what was named, and what to try in which order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from modular_faces.failures.counting import counted
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.verdict import LevelVerdict, NamedCause
from modular_faces.failures.verdict_text import paragraph
from modular_faces.inference.intervals import Interval

NAME = "verdict"
QUESTION = "Why did pictures fail, and what brings them back?"
_DIGITS = 4


def advice(verdict: LevelVerdict) -> str:
    """Say what to try one after the other; empty where nothing helped."""
    rows = list(verdict.remedies.itertuples())
    if not rows:
        return ""
    back = sum(int(str(row.adds)) for row in rows)
    anyway = round(float(str(rows[-1].by_placebos)))
    names = ", then ".join(
        "the whole frame without the detector"
        if row.box == "frame"
        else f"{row.cause} ({row.dose}, {row.adds} more)".replace("_", " ")
        for row in rows
    )
    return (
        f"Tried one after the other, these remedies bring back {back:,} of the {counted(verdict.examined, 'failure')} "
        f"that {'was' if verdict.examined == 1 else 'were'} examined; as many changes without meaning bring back "
        f"{anyway:,}, so that {max(back - anyway, 0):,} are owed to the remedies (chosen and counted on these same "
        f"pictures, so a little too well): {names}. verdict.md holds the lines for the config."
    )


def config_lines(verdict: LevelVerdict) -> str:
    """YAML for the config that tries the remedies one after the other; empty where nothing helped."""
    variants: dict[str, Any] = {}
    stages: list[dict[str, str]] = [{"variant": verdict.outcome.variant}]
    for row in verdict.remedies.itertuples():
        steps = json.loads(str(row.steps))
        name = f"{row.cause}_{row.dose}" if steps else "original"
        if steps:
            variants[name] = steps
        stages.append({"variant": name} | ({"box": "frame"} if row.box == "frame" else {}))
    if len(stages) == 1:
        return ""
    config = {"variants": variants, "landmarks": {"cascade": stages}}
    return str(yaml.safe_dump(config, sort_keys=False, default_flow_style=None, width=100))


def verdict_json(verdicts: Sequence[LevelVerdict]) -> dict[str, Any]:
    """Make the file for programs; flat rows, so that any program can show them as tables."""
    first = verdicts[0]
    texts = {f"text_{one.outcome.level}": paragraph(one) for one in verdicts}
    return {
        "study": NAME,
        "title": f"Verdict: {first.outcome.title}",
        "question": QUESTION,
        **texts,
        "advice": [text for one in verdicts if (text := advice(one))],
        "causes": [row for one in verdicts for row in cause_rows(one)],
        "set_aside": [row for one in verdicts for row in _aside_rows(one)],
        "remedies": [
            {
                "level": one.outcome.level,
                "cause": str(row.cause),
                "dose": str(row.dose),
                "cured": int(str(row.cured)),
                "adds": int(str(row.adds)),
                "by_placebos": round(float(str(row.by_placebos)), 2),
            }
            for one in verdicts
            for row in one.remedies.itertuples()
        ],
        "levels": {one.outcome.level: _level(one) for one in verdicts},
        "n": {
            "pictures": len(first.outcome.failed),
            "failures": int(first.outcome.failed.sum()),
            "examined": first.examined,
            **_drawn_from(first.outcome),
        },
    }


def _drawn_from(outcome: Outcome) -> dict[str, int]:
    """How many pictures there are, where the study is about a draw of them, and how many of those that count failed."""
    whole = outcome.drawn_from
    if whole is None:
        return {}
    return {
        "drawn": whole.drawn,
        "drawn_from": whole.pictures,
        "looked_at_of_all": whole.looked_at,
        "failures_of_all": whole.failed[outcome.level],
    }


def cause_rows(verdict: LevelVerdict) -> list[dict[str, Any]]:
    """Named causes of a level, in order."""
    return [
        verdict.outcome.keys | {"rank": rank} | _row(one) | {"named": True}
        for rank, one in enumerate(verdict.causes, start=1)
    ]


def _aside_rows(verdict: LevelVerdict) -> list[dict[str, Any]]:
    return [verdict.outcome.keys | _row(one) | {"named": False} for one in verdict.set_aside]


def _level(verdict: LevelVerdict) -> dict[str, Any]:
    counts = verdict.pictures["evidence"].value_counts()
    return {
        **verdict.outcome.keys,
        "skipped": verdict.skipped,
        "pictures": len(verdict.outcome.failed),
        "failures": int(verdict.outcome.failed.sum()),
        "failed": _rounded("share", verdict.failed),
        "examined": verdict.examined,
        **_drawn_from(verdict.outcome),
        "unexplained": int(counts.get("none", 0)),
        "on_the_edge": int(counts.get("placebo", 0)),
        "config": config_lines(verdict),
        "notes": verdict.notes,
    }


def _row(one: NamedCause) -> dict[str, Any]:
    return {
        "cause": one.cause,
        "words": one.words,
        "evidence": one.evidence,
        **_rounded("share", one.share),
        "n": one.n,
        "remedy": one.remedy,
        "cured": one.cured,
        "sign": one.sign,
        "sign_words": one.sign_words,
        "cliffs_delta": None if one.delta is None else _number(one.delta.estimate),
        "p": None if one.p is None else float(f"{one.p:.6g}"),
        "measured_on": one.measured or None,
    }


def _rounded(name: str, interval: Interval) -> dict[str, float | None]:
    ends = ("", "_low", "_high")
    return {f"{name}{end}": _number(value) for end, value in zip(ends, interval, strict=True)}


def _number(value: float) -> float | None:
    return None if value != value else round(float(value), _DIGITS)  # noqa: PLR0124 - NaN
