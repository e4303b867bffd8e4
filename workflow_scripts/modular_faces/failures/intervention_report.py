"""What the study of interventions says: tables, figures and findings in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from modular_faces.config_causes import Cause
from modular_faces.failures.counting import counted
from modular_faces.failures.cures import CauseShare
from modular_faces.failures.intervention_figures import (
    dose_chart,
    overlap_chart,
    reverse_chart,
    share_chart,
)
from modular_faces.failures.intervention_rows import overlap_table, share_table
from modular_faces.failures.intervention_tables import Interventions, telling
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.report_parts import (
    Figure,
    StudyReport,
    Table,
    level_in_words,
    share_in_words,
    write_csv,
)
from modular_faces.failures.report_words import interval_in_words
from modular_faces.figures import AnyChart, save_figure

NAME = "interventions"
TITLE = "Interventions: what brings failures back"
QUESTION = "Which single change of a picture brings failures back, beyond what a change without meaning does?"
DECIMALS = dict.fromkeys(
    [
        *("cure_rate", "placebo_rate", "corrected_low", "corrected_high"),
        *(f"{name}{end}" for name in ("share", "adds", "rate") for end in ("", "_low", "_high")),
    ],
    4,
)

Done = Sequence[tuple[Outcome, Interventions]]


def write_interventions(
    done: Done,
    *,
    causes: Mapping[str, Cause],
    folder: Path,
    notes: Iterable[str],
    confidence: float,
) -> StudyReport:
    """Write tables and figures of the study and give its report.

    Parameters
    ----------
    done : sequence of (Outcome, Interventions)
        One for each level that was studied.
    causes : mapping of str to Cause
    folder : Path
        Of the failure study.
    notes : iterable of str
        Sentences that come after the findings.
    confidence : float
        Of the intervals.
    """
    write_csv(
        _with_keys(done, lambda i: share_table(i.shares)), folder / f"{NAME}.csv", decimals=DECIMALS
    )
    overlap = _with_keys(done, lambda i: overlap_table(i.overlap, n=i.n_failures))
    write_csv(overlap, folder / f"{NAME}_overlap.csv", decimals=DECIMALS)
    write_csv(_with_keys(done, lambda i: i.doses), folder / f"{NAME}_doses.csv", decimals=DECIMALS)
    write_csv(
        _with_keys(done, lambda i: i.reverse), folder / f"{NAME}_reverse.csv", decimals=DECIMALS
    )
    remedies = _with_keys(done, lambda i: i.remedies)
    write_csv(remedies, folder / f"{NAME}_remedies.csv", decimals=DECIMALS)
    words = {name: cause.words for name, cause in causes.items()}
    figures = [
        figure
        for outcome, result in done
        for figure in _figures(outcome, result, words, folder, level_in_words(confidence))
    ]
    findings = [
        sentence for outcome, result in done for sentence in _findings(outcome, result, causes)
    ]
    first, result = done[-1]
    return StudyReport(
        study=NAME,
        title=f"{TITLE} ({first.title})",
        question=QUESTION,
        findings=[*findings, *notes],
        figures=figures,
        tables=_TABLES,
        n=_counts(first)
        | {"changed_failures": result.n_failures, "changed_successes": result.n_successes},
    )


def skipped_report(outcome: Outcome, sentence: str, *, folder: Path) -> StudyReport:
    """Write empty tables and give the report of a study that could not be made."""
    for suffix in ("", "_overlap", "_doses", "_reverse", "_remedies"):
        write_csv(pd.DataFrame({"cause": []}), folder / f"{NAME}{suffix}.csv", decimals={})
    return StudyReport(
        study=NAME,
        title=f"{TITLE} ({outcome.title})",
        question=QUESTION,
        skipped=sentence,
        n=_counts(outcome),
    )


def _counts(outcome: Outcome) -> dict[str, int]:
    return {"pictures": len(outcome.failed), "failures": int(outcome.failed.sum())}


_TABLES = [
    Table(
        f"{NAME}.csv",
        "A row per supposed cause: failures that at least one dose of its remedy brought back, the share that as many "
        "placebos bring back, their difference with its interval, the interval corrected for the number of causes, and "
        "what the cause adds to those above it.",
    ),
    Table(f"{NAME}_doses.csv", "A row per single change of failures, placebos among them."),
    Table(
        f"{NAME}_overlap.csv",
        "How many failures each set of remedies brought back; the rows add up to all.",
    ),
    Table(
        f"{NAME}_reverse.csv",
        "A row per change of successes, how many pictures it was tried on, and how many of them it made fail. In a "
        "large sample the doses of a cause are dealt between the successes, so that each gets at least one of them.",
    ),
]


def _with_keys(done: Done, table_of: Callable[[Interventions], pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for outcome, result in done:
        table = table_of(result).copy()
        for place, (key, value) in enumerate(outcome.keys.items()):
            table.insert(place, key, value)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _figures(
    outcome: Outcome, result: Interventions, words: dict[str, str], folder: Path, wide: str
) -> list[Figure]:
    n, level = result.n_failures, outcome.level
    failures = counted(n, "failure")
    successes = counted(result.n_successes, "success", "successes")
    told = telling(result.shares)
    charts: dict[str, tuple[AnyChart, str, str]] = {
        "shares": (
            share_chart(share_table(result.shares), words),
            "What brings failures back",
            f"{failures}, each changed in one respect at a time. A dot is the share that the remedy of a cause "
            "brings back at any of its doses, less the share that as many changes without meaning bring back; the line "
            f"is its {wide} interval. Causes in orange count: they bring back more than chance and more than the "
            "causes above.",
        ),
        "doses": (
            dose_chart(result.doses, words),
            "Every single change",
            f"The share of {failures} that each single change brings back, with its {wide} interval. Changes without "
            "meaning (placebos) show how many failures sit on the edge and come back whatever is done.",
        ),
        "reverse": (
            reverse_chart(result.reverse, words),
            "The reverse: changes of successes",
            f"The share of {successes} that fail after a change, less the share that fails after a placebo, with its "
            f"{wide} interval. A cause that is put in should make successes fail; a remedy should not. Each dose of a "
            "cause was tried on as many of them as its row in the table says.",
        ),
    }
    if told:
        charts["overlap"] = (
            overlap_chart(result.overlap, told, words),
            "The same failures, brought back by several remedies",
            f"Each column is a set of remedies (blue dots) and the number of the {failures} that exactly these "
            "brought back; the column without a blue dot is what none of them brought back.",
        )
    figures = []
    for name, (chart, title, caption) in charts.items():
        stem = f"figures/{NAME}/{name}_{level}"
        save_figure(chart, folder / stem)
        figures.append(
            Figure(
                stem,
                f"{title} ({_at(outcome)})",
                caption,
                f"{title}. {caption}",
                level,
                private=n < 20,
            )
        )
    return figures


def _at(outcome: Outcome) -> str:
    return "no landmarks" if outcome.level == "found" else "no trusted landmarks"


def _findings(outcome: Outcome, result: Interventions, causes: Mapping[str, Cause]) -> list[str]:
    sentences = [
        f"{_at(outcome).capitalize()}: {counted(result.n_failures, 'failure')} and "
        f"{counted(result.n_successes, 'success', 'successes')} were changed in one respect at a time."
    ]
    if result.unrepeated:
        sentences.append(
            f"{counted(result.unrepeated, 'picture')} came out otherwise when nothing was changed; "
            f"{'it is' if result.unrepeated == 1 else 'they are'} left out."
        )
    if result.passed_over:
        sentences.append(
            f"{counted(result.passed_over, 'change')} of single pictures "
            f"{'was' if result.passed_over == 1 else 'were'} not tried because the picture would have become too "
            "large; that counts neither as a cure nor as a loss."
        )
    sentences += [_sentence(share, causes) for share in result.named]
    if not result.named:
        sentences.append(_nothing_named(result.shares, causes))
    for share in result.shares:
        if share.corrected.low > 0 and not share.named and causes[share.cause].box != "frame":
            sentences.append(
                f"{causes[share.cause].remedy.capitalize()} also brought back {interval_in_words(share.share)} "
                "beyond placebo, but hardly any that the causes named above do not explain."
            )
        if causes[share.cause].box == "frame" and share.corrected.low <= 0:
            sentences.append(
                f"No difference between {causes[share.cause].remedy} and placebo found "
                f"({interval_in_words(share.share)})."
            )
        elif causes[share.cause].box == "frame":
            sentences.append(
                f"{causes[share.cause].remedy.capitalize()} brought back {interval_in_words(share.share)} beyond "
                "placebo; that is a way round a failure and tells no cause."
            )
    return sentences


def _nothing_named(shares: Sequence[CauseShare], causes: Mapping[str, Cause]) -> str:
    """Say so, and which remedy of a cause came nearest where its interval without correction exceeds 0."""
    text = "No change found that brings back more failures than changes without meaning do"
    tried = [share for share in shares if causes[share.cause].box != "frame"]
    if not tried:
        return f"{text}."
    text += f", after correction for {counted(len(tried), 'cause')}"
    most = max(tried, key=lambda share: share.share.estimate)
    if most.share.low <= 0:
        return f"{text}."
    beyond = interval_in_words(most.share)
    return f"{text}; nearest to it came {causes[most.cause].remedy}, {beyond} beyond placebo by itself."


def _sentence(share: CauseShare, causes: Mapping[str, Cause]) -> str:
    cause = causes[share.cause]
    return (
        f"{cause.remedy.capitalize()} brought back {share.cured:,} of {counted(share.n, 'failure')} "
        f"({share_in_words(share.cured / share.n)}; as many placebos {share_in_words(share.placebo)}): that "
        f"{cause.words} explains {interval_in_words(share.share)}."
    )
