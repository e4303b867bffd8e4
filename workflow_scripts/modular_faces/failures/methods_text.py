"""A paragraph for the methods of a paper, with versions, thresholds, numbers, exclusions and citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modular_faces import __version__
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.counting import counted
from modular_faces.failures.methods_references import PAIRED, with_references
from modular_faces.failures.methods_studies import kinds_in_words, study_paragraphs
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.verdict import LevelVerdict

_BACKENDS = {
    "mesh": "the face detector and 478-point mesh of MediaPipe's face landmarker (Kartynnik et al., 2019)",
    "openface": "OpenFace 2.2 (Baltrusaitis et al., 2018)",
    "dlib": "dlib's HOG detector and 68 landmarks (King, 2009; Kazemi & Sullivan, 2014)",
    "rekognition": "Amazon Rekognition's DetectFaces",
    "precomputed": "outputs that existed already",
}


def methods_text(
    verdicts: Sequence[LevelVerdict],
    plan: InterventionPlan,
    *,
    backend: Mapping[str, Any] | None,
    options: Mapping[str, Any],
    parts: int,
    columns: Sequence[str],
    versions: Mapping[str, str],
) -> str:
    """Write a paragraph on whose failures these are, one on each study that was made, and the references.

    Parameters
    ----------
    verdicts : sequence of LevelVerdict
        The stricter level first.
    plan : InterventionPlan
    backend : mapping or None
        Its options, with `accept` and for the mesh `threshold`.
    options : mapping
        Of `modular_faces.stage_options.failure_options` for the methods: what each study was made with.
    parts : int
        Backends on variants that the study looked at.
    columns : sequence of str
        Of the manifest, which say what groups of pictures there are.
    versions : mapping of str to str
        Versions of the libraries by name.

    Returns
    -------
    str
        Markdown.
    """
    outcomes = [one.outcome for one in verdicts]
    paragraphs = [
        _outcome_in_words(verdicts, backend, options["seed"]),
        _changes_in_words(plan, outcomes, options) if plan.conditions else (plan.skipped or ""),
        "" if all(one.skipped for one in verdicts) else _associations_in_words(options),
        *study_paragraphs(outcomes, options, parts=parts, columns=columns),
        f"Software: modular-faces {__version__}, "
        + ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
        + ".",
    ]
    return with_references("# Methods\n\n" + "\n\n".join(text for text in paragraphs if text))


def _outcome_in_words(
    verdicts: Sequence[LevelVerdict], backend: Mapping[str, Any] | None, seed: int
) -> str:
    outcome = verdicts[0].outcome
    instrument = _BACKENDS.get(outcome.backend, outcome.backend)
    where = "as they are" if outcome.variant == "original" else f"as variant '{outcome.variant}'"
    text = f"Landmarks were looked for with {instrument} on the pictures {where}"
    if backend is not None:
        threshold = backend.get("threshold")
        seen = f"detector score at least {threshold}, " if outcome.backend == "mesh" else ""
        text += f" ({seen}landmarks trusted from {backend['accept']})"
    counts = "; ".join(
        f"{int(one.outcome.failed.sum()):,} of {counted(len(one.outcome.failed), 'picture')} failed, "
        f"{'having no landmarks' if one.outcome.level == 'found' else 'having no trusted landmarks'}"
        for one in verdicts
    )
    text += f". {counts[0].upper()}{counts[1:]}."
    if outcome.sampled:
        text += " Successes are a sample, weighted to stand for all."
    if outcome.exclusions:
        text += f" {outcome.exclusions[0].upper()}{outcome.exclusions[1:]}."
    text += _draw_in_words([one.outcome for one in verdicts], seed)
    if outcome.copies:
        text += (
            " Pictures that are copies of each other (identical, nearly so, or mirrored) are no independent "
            "observations: one of each cluster, the first by name, stands for all in every number and sample."
        )
    return text


def _draw_in_words(outcomes: Sequence[Outcome], seed: int) -> str:
    """Say that the pictures are a draw, and what all of them did; empty where they are all."""
    if outcomes[0].drawn_from is None:
        return ""
    whole = " ".join(f"{one.whole_dataset[0].upper()}{one.whole_dataset[1:]}" for one in outcomes)
    return f" These are {outcomes[0].drawn_from}, by a hash of their names (seed {seed}). {whole}"


def _changes_in_words(
    plan: InterventionPlan, outcomes: Sequence[Outcome], options: Mapping[str, Any]
) -> str:
    undo = [one for one in plan.conditions if one.role == "undo"]
    put_in = [one for one in plan.conditions if one.role == "put_in"]
    placebos = [one for one in plan.conditions if one.role == "placebo"]
    causes = len({one.cause for one in undo})
    changed = [one for one in outcomes if plan.failures.get(one.level)]
    drawn = {one.level: _drawn(plan, one) for one in changed}
    most = plan.most_of_a_dose
    several = most is not None and max(successes for _, successes in drawn.values()) > most
    dealt = f" (each to {most:,} of them)" if several else ""
    namable = len({one.cause for one in undo if one.box != "frame"})
    return (
        f"To find causes, {kinds_in_words(changed, lambda one: drawn[one.level])}, drawn by a "
        f"hash of their names (seed {options['seed']}), were changed in one respect at a time and "
        f"looked at again: {len(undo)} remedies of {causes} supposed causes, {len(put_in)} changes that put a "
        f"cause into successes{dealt}, and {len(placebos)} placebos (changes without meaning). Doses of brightness and "
        "contrast were percentiles of the successes, and a cure counted only where the change did not push "
        "the picture beyond their 1st or 99th percentile. A cause's share is the share of failures that at least "
        "one dose of its remedy brought back, less the chance that as many placebos would, with the interval of a "
        f"paired difference ({PAIRED}; {100 * options['confidence']:g} %). It was named where this share, and what it "
        f"adds to causes named before it, exceeded {options['verdict']['least_share']:g} with an interval corrected "
        f"for {namable} causes (Bonferroni). Shares may overlap."
    )


def _drawn(plan: InterventionPlan, outcome: Outcome) -> tuple[int, int]:
    """Failures and successes that were changed."""
    of_kind = (plan.failures, plan.successes)
    failures, successes = (len(image_ids.get(outcome.level, [])) for image_ids in of_kind)
    return failures, successes


def _associations_in_words(options: Mapping[str, Any]) -> str:
    return (
        "Failures that no named cause explained were compared with successes on descriptors of the picture that "
        "need no landmarks. On one half of the pictures, drawn at random, descriptors with a delta of "
        f"at least {options['verdict']['least_association']:g} were chosen: the one with the "
        "largest Cliff's delta first (Cliff, 1996), each further one by van Elteren's test (van Elteren, 1960) within "
        "strata of those before it, p-values corrected by Holm's method (Holm, 1979). On the other half the chosen "
        "ones were tested again, and their shares, effects and intervals come from that half alone (Cox, 1975). They "
        "are reported as associated, not as causes."
    )
