"""A paragraph for the methods of a paper, with versions, thresholds, numbers, exclusions and citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modular_faces import __version__
from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.counting import counted
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.verdict import LevelVerdict

_REFERENCES = (
    "Cox, D. R. (1975). A note on data-splitting for the evaluation of significance levels. Biometrika, 62, 441-444. "
    "https://doi.org/10.1093/biomet/62.2.441",
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, "
    "6, 65-70.",
    "Newcombe, R. G. (1998). Improved confidence intervals for the difference between binomial proportions based on "
    "paired data. Statistics in Medicine, 17, 2635-2650. https://doi.org/10.1002/"
    "(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C",
    "van Elteren, P. H. (1960). On the combination of independent two sample tests of Wilcoxon. Bulletin of the "
    "International Statistical Institute, 37, 351-361.",
    "Cliff, N. (1996). Answering ordinal questions with ordinal data using ordinal statistics. Multivariate "
    "Behavioral Research, 31, 331-350. https://doi.org/10.1207/s15327906mbr3103_4",
)
_BACKENDS = {
    "mesh": "the face detector and 478-point mesh of MediaPipe's face landmarker (Kartynnik et al., 2019)",
    "openface": "OpenFace 2.2 (Baltrusaitis et al., 2018)",
    "dlib": "dlib's HOG detector and 68 landmarks (King, 2009; Kazemi & Sullivan, 2014)",
    "rekognition": "Amazon Rekognition's DetectFaces",
    "precomputed": "outputs that existed already",
}
_BACKEND_REFERENCES = {
    "mesh": "Kartynnik, Y., Ablavatski, A., Grishchenko, I., & Grundmann, M. (2019). Real-time facial surface "
    "geometry from monocular video on mobile GPUs. https://arxiv.org/abs/1907.06724",
    "openface": "Baltrusaitis, T., Zadeh, A., Lim, Y. C., & Morency, L.-P. (2018). OpenFace 2.0: Facial behavior "
    "analysis toolkit. FG 2018, 59-66. https://doi.org/10.1109/FG.2018.00019",
}


def methods_text(
    verdicts: Sequence[LevelVerdict],
    plan: InterventionPlan,
    *,
    backend: Mapping[str, Any] | None,
    confidence: float,
    seed: int,
    versions: Mapping[str, str],
) -> str:
    """Write the paragraph, with its references.

    Parameters
    ----------
    verdicts : sequence of LevelVerdict
        The stricter level first.
    plan : InterventionPlan
    backend : mapping or None
        Its options, with `accept` and for the mesh `threshold`.
    confidence : float
    seed : int
    versions : mapping of str to str
        Versions of the libraries by name.

    Returns
    -------
    str
        Markdown.
    """
    outcome = verdicts[0].outcome
    parts = [
        _outcome_in_words(verdicts, backend, seed),
        _changes_in_words(plan, verdicts[0], confidence=confidence, seed=seed)
        if plan.conditions
        else (plan.skipped or ""),
        "Failures that no named cause explained were compared with successes on descriptors of the picture that "
        "need no landmarks. On one half of the pictures, drawn at random, descriptors were chosen: the one with the "
        "largest Cliff's delta first (Cliff, 1996), each further one by van Elteren's test (1960) within strata of "
        "those before it, p-values corrected by Holm's method (1979). On the other half the chosen ones were tested "
        "again, and their shares, effects and intervals come from that half alone (Cox, 1975). "
        "These are reported as associated, not as causes.",
        f"Software: modular-faces {__version__}, "
        + ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
        + ".",
    ]
    references = [*_REFERENCES]
    if outcome.backend in _BACKEND_REFERENCES:
        references.append(_BACKEND_REFERENCES[outcome.backend])
    listed = "\n".join(f"- {reference}" for reference in sorted(references))
    return "# Methods\n\n" + "\n\n".join(p for p in parts if p) + f"\n\n## References\n\n{listed}\n"


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
    plan: InterventionPlan, verdict: LevelVerdict, *, confidence: float, seed: int
) -> str:
    level = verdict.outcome.level
    undo = [one for one in plan.conditions if one.role == "undo"]
    put_in = [one for one in plan.conditions if one.role == "put_in"]
    placebos = [one for one in plan.conditions if one.role == "placebo"]
    causes = len({one.cause for one in undo})
    failures, successes = (len(ids.get(level, [])) for ids in (plan.failures, plan.successes))
    most = plan.most_of_a_dose
    dealt = f" (each to {most} of them)" if most is not None and successes > most else ""
    namable = len({one.cause for one in undo if one.box != "frame"})
    return (
        f"To find causes, {counted(failures, 'failure')} and {counted(successes, 'success', 'successes')}, drawn by a "
        f"hash of their names (seed {seed}), were changed in one respect at a time and "
        f"looked at again: {len(undo)} remedies of {causes} supposed causes, {len(put_in)} changes that put a "
        f"cause into successes{dealt}, and {len(placebos)} placebos (changes without meaning). Doses of brightness and "
        "contrast were percentiles of the successes, and a cure counted only where the change did not push "
        "the picture beyond their 1st or 99th percentile. A cause's share is the share of failures that at least "
        "one dose of its remedy brought back, less the chance that as many placebos would, with Newcombe's "
        f"interval for paired shares (1998; {100 * confidence:g} %). It was named where this share, and what it "
        f"adds to causes named before it, exceeded 0 with an interval corrected for {namable} causes (Bonferroni). "
        "Shares may overlap."
    )
