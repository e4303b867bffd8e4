"""Study 1, rates, in words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import modular_faces.failures.rates_figures as figures
from modular_faces.failures.counting import counted
from modular_faces.failures.descriptor_words import about_oval, words_of
from modular_faces.failures.outcome import LEVELS, ONE_OF_EACH, Level, Outcome
from modular_faces.failures.parts import StudyParts, part_name
from modular_faces.failures.rates import never_found
from modular_faces.failures.report_parts import (
    Figure,
    StudyReport,
    Table,
    p_in_words,
    share_in_words,
)
from modular_faces.failures.report_words import range_in_words

STRONGEST = 8
"""Descriptors that are drawn: those with the largest effects."""


def rates_report(
    outcomes: dict[Level, Outcome],
    parts: StudyParts,
    rates: pd.DataFrame,
    groups: pd.DataFrame,
    tests: pd.DataFrame,
    *,
    folder: Path,
    confidence: float,
) -> StudyReport:
    """Draw the figures of the study and put its findings into words.

    Parameters
    ----------
    outcomes : dict of str to Outcome
    parts : StudyParts
    rates, groups, tests : pandas.DataFrame
        From `modular_faces.failures.rates`.
    folder : Path
        Of the figures, ``figures/rates`` beside the report.
    confidence : float
        Of the intervals.

    Returns
    -------
    StudyReport
    """
    folder.mkdir(parents=True, exist_ok=True)
    trusted = outcomes["trusted"]
    drawn = _figures(parts, rates, groups, tests, folder, confidence) if len(trusted.failed) else []
    return StudyReport(
        study="rates",
        title=f"How many: {trusted.title}",
        question="How many pictures are lost, what rescues them, and what makes it worse?",
        skipped=None if len(trusted.failed) else trusted.too_few,
        findings=_findings(outcomes, parts, rates, tests) if len(trusted.failed) else [],
        figures=drawn,
        tables=[
            Table(
                "rates.csv",
                "Failure rate of every backend on every variant, with what it rescues and breaks.",
            ),
            Table(
                "rates_by_group.csv",
                "The same rates by label, split and quantiles of every descriptor.",
            ),
            Table("rates_tests.csv", "Whether failures differ from successes, with effect sizes."),
            Table(
                "rates_pictures.csv",
                "Every picture that some part lost, and what rescues or breaks it; of copies of a picture the first.",
                private=True,
            ),
        ],
        n={
            "pictures": len(trusted.failed),
            "failures": int(trusted.failed.sum()),
            "failures_found": int(outcomes["found"].failed.sum()),
            "never_found": int(never_found(parts, "trusted").sum()),
        },
    )


def _findings(
    outcomes: dict[Level, Outcome],
    parts: StudyParts,
    rates: pd.DataFrame,
    tests: pd.DataFrame,
) -> list[str]:
    findings = [outcomes[level].describe() for level in LEVELS]
    findings = [text[0].upper() + text[1:] for text in findings]
    findings += [ONE_OF_EACH] if parts.copies else []
    compared = rates[(rates["level"] == "trusted") & rates["p"].notna()]
    several = len({part[0] for part in parts.parts}) > 1
    for helps in (True, False):
        sign = 1 if helps else -1
        chosen = compared[(compared["p_holm"] < 0.05) & (sign * compared["difference"] > 0)]
        ordered = chosen.sort_values("difference", ascending=not helps, kind="stable")
        findings += [_change(row, helps, several) for row in ordered.itertuples()][:3]
    if len(compared) and not (compared["p_holm"] < 0.05).any():
        findings.append(
            "No difference between parts of the study found after Holm's correction "
            f"({counted(len(compared), 'comparison')})."
        )
    findings += _not_compared(parts, rates[rates["level"] == "trusted"], several)
    trusted = outcomes["trusted"]
    failures, remain = int(trusted.failed.sum()), int(never_found(parts, "trusted").sum())
    if failures and len(parts.parts) > 1:
        findings.append(
            f"Of {counted(failures, 'picture')} without trusted landmarks, {failures - remain:,} "
            f"{'has' if failures - remain == 1 else 'have'} them in at least one other part of the study; "
            f"{remain:,} {'is' if remain == 1 else 'are'} saved by nothing."
        )
    return findings + _differences(trusted, tests)


def _not_compared(parts: StudyParts, rates: pd.DataFrame, several: bool) -> list[str]:
    """What no rate can be given of, and which pictures a part has not seen."""
    sentences = []
    for place, (part, row) in enumerate(zip(parts.parts, rates.itertuples(), strict=True)):
        name = part_name(part, several_backends=several)
        if parts.failures_only[place] and row.n:
            sentences.append(
                f"'{name}' saw only pictures that '{parts.outcome[1]}' lost, of which it rescued "
                f"{row.n - row.failures:,} of {row.n:,}; how many it loses of all pictures is not known."
            )
        if row.too_large:
            sentences.append(
                f"'{name}' would have made {counted(int(row.too_large), 'picture')} too large; no detector saw "
                f"{'it' if row.too_large == 1 else 'them'} so, which counts as neither failure nor success."
            )
    return sentences


def _change(row: object, helps: bool, several: bool) -> str:
    name = part_name((row.backend, row.variant), several_backends=several)  # type: ignore[attr-defined]
    return (
        f"'{name}' loses {_gap(row)} {'fewer' if helps else 'more'} of the pictures "
        f"than '{row.reference}' ({share_in_words(row.rate)} instead of "  # type: ignore[attr-defined]
        f"{share_in_words(row.rate + row.difference)}; rescued {int(row.rescued):,}, broken {int(row.broken):,}, "  # type: ignore[attr-defined]
        f"n = {row.n:,}, {p_in_words(row.p_holm)} after Holm's correction)."  # type: ignore[attr-defined]
    )


def _gap(row: object) -> str:
    """Size of a paired difference of two rates in percentage points, with its interval, whatever its sign."""
    low, high = sorted((abs(row.difference_low), abs(row.difference_high)))  # type: ignore[attr-defined]
    size = share_in_words(abs(row.difference))  # type: ignore[attr-defined]
    ends = range_in_words(low, high)
    return f"{size.removesuffix(' %')} percentage points ({ends.removesuffix(' %')})"


def _differences(trusted: Outcome, tests: pd.DataFrame) -> list[str]:
    if trusted.too_few:
        return [trusted.too_few]
    chosen = tests[(tests["level"] == "trusted") & (tests["p_holm"] < 0.05)]
    if chosen.empty:
        return [
            "No difference between failures and successes found after Holm's correction "
            f"({counted(int((tests['level'] == 'trusted').sum()), 'measure')})."
        ]
    ordered = strongest(chosen)
    first = ordered.head(5)
    words = [f"{words_of(str(row.grouping))} ({_effect(row)})" for row in first.itertuples()]
    return [
        f"Failures differ from successes in {counted(len(chosen), 'measure')} of "
        f"{int((tests['level'] == 'trusted').sum())}, most in {'; '.join(words)}; each p < .05 after Holm's "
        f"correction, {int(ordered['failures'].max()):,} failures, {int(ordered['successes'].max()):,} successes. "
        "A difference is no cause: what changes a picture's fate is in the interventions."
        + about_oval(first["grouping"])
    ]


def _effect(row: object) -> str:
    """Effect with its interval; a delta with its sign, which says who has more."""
    sign = "+" if row.effect_name == "Cliff's delta" else ""  # type: ignore[attr-defined]
    effect, low, high = (
        format(value, f"{sign}.2f")
        for value in (row.effect, row.low, row.high)  # type: ignore[attr-defined]
    )
    return f"{row.effect_name} {effect}, {low} to {high}"  # type: ignore[attr-defined]


def strongest(tests: pd.DataFrame) -> pd.DataFrame:
    """Order tests by the size of their effect."""
    order = tests["effect"].abs().sort_values(ascending=False, kind="stable").index
    return tests.loc[order]


def _figures(
    parts: StudyParts,
    rates: pd.DataFrame,
    groups: pd.DataFrame,
    tests: pd.DataFrame,
    folder: Path,
    confidence: float,
) -> list[Figure]:
    levels = [level for level in LEVELS if parts.lost[level].any()]
    drawn = [
        figures.rates_by_part(rates, groups, level, folder, confidence=confidence)
        for level in levels
    ]
    changed = [level for level in levels if rates["p"][rates["level"] == level].notna().any()]
    drawn += [figures.rescued_and_broken(rates, level, folder) for level in changed]
    failed = [level for level in levels if parts.lost[level][:, parts.column(parts.outcome)].any()]
    for level in failed:
        there = groups[groups["level"] == level]
        if (there["grouping"] == "label").any():
            drawn.append(
                figures.rates_by_label(there, parts.outcome, level, folder, confidence=confidence)
            )
        chosen = _strongest_numbers(tests, level)
        if chosen:
            drawn.append(
                figures.rates_by_quantile(
                    there, chosen, parts.outcome, level, folder, confidence=confidence
                )
            )
    return drawn


def _strongest_numbers(tests: pd.DataFrame, level: Level) -> Sequence[str]:
    if tests.empty:
        return []
    numbers = tests[(tests["level"] == level) & (tests["effect_name"] == "Cliff's delta")]
    names: list[str] = strongest(numbers)["grouping"].head(STRONGEST).tolist()
    return names
