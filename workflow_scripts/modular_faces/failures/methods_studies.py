"""What each study of the failures did, a paragraph each, for the methods of a paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from modular_faces.failures.counting import counted, enumerated
from modular_faces.failures.descriptor_words import words_of
from modular_faces.failures.groups import LABELS, group_columns
from modular_faces.failures.hash_order import hash_order
from modular_faces.failures.methods_references import INDEPENDENT, PAIRED
from modular_faces.failures.outcome import FEWEST, Outcome
from modular_faces.failures.pairs import CALIPER

Options = Mapping[str, Any]

LEVEL_WORDS: Final = {"found": "no landmarks", "trusted": "no trusted landmarks"}
_CORRECTED: Final = "corrected for their number (Holm, 1979)"
_KERNELS: Final = {
    "sobel": "Sobel gradients of at least {threshold:g} grey levels",
    "laplacian": "responses of the Laplacian of at least {threshold:g} grey levels",
    "canny": "Canny's lines with thresholds of {lower:g} and {threshold:g} grey levels",
}
_PIXEL_MODELS: Final = {
    "linear": "Logistic regression with a ridge penalty",
    "boosted": "Gradient-boosted trees",
}


def study_paragraphs(
    outcomes: Sequence[Outcome], options: Options, *, parts: int, columns: Sequence[str]
) -> Iterator[str]:
    """Say how each study was made, leaving out those that could not be.

    Parameters
    ----------
    outcomes : sequence of Outcome
        The levels that are worked at, the stricter first.
    options : mapping
        Of `modular_faces.stage_options.failure_options` for the methods.
    parts : int
        Backends on variants that the study looked at.
    columns : sequence of str
        Of the manifest.

    Yields
    ------
    str
    """
    if any(len(outcome.failed) for outcome in outcomes):
        yield _rates(outcomes, options, parts)
    compared = [outcome for outcome in outcomes if not outcome.too_few]
    if compared and (groups := _columns_of_groups(outcomes[0], options["groups"], columns)):
        yield _groups(options, groups)
    halved = [outcome for outcome in compared if _counts(outcome)[1] >= 2 * FEWEST]
    if compared:
        yield _permuted(options)
    if halved:
        yield _means(halved, options)
    if compared:
        yield _entropy(options)
        yield _edges(compared, options)
    modelled = [outcome for outcome in compared if _enough_to_model(outcome, options)]
    if modelled:
        yield _model(modelled, options)
    if compared:
        yield _pixels(compared, options)


def kinds_in_words(
    outcomes: Sequence[Outcome], counts_of: Callable[[Outcome], tuple[int, int]]
) -> str:
    """Say how many failures and successes there are at each level.

    Parameters
    ----------
    outcomes : sequence of Outcome
    counts_of : callable
        Gives the failures and the successes of an outcome.

    Returns
    -------
    str
        Such as ``18 failures and 100 successes (no trusted landmarks)``.
    """
    return enumerated(
        [
            f"{counted(failures, 'failure')} and {counted(successes, 'success', 'successes')} "
            f"({LEVEL_WORDS[outcome.level]})"
            for outcome in outcomes
            for failures, successes in [counts_of(outcome)]
        ]
    )


def _counts(outcome: Outcome) -> tuple[int, int]:
    failures = int(outcome.failed.sum())
    return failures, len(outcome.failed) - failures


def _sampled(outcome: Outcome, *, most: int) -> tuple[int, int]:
    failures, successes = _counts(outcome)
    return min(failures, most), min(successes, most)


def _wide(options: Options) -> str:
    return f"{100 * options['confidence']:g} %"


def _rates(outcomes: Sequence[Outcome], options: Options, parts: int) -> str:
    text = f"Failure rates are given with Wilson's interval (Wilson, 1927; {_wide(options)})."
    if parts > 1:
        text += (
            f" The {parts} combinations of backend and variant were compared on the same pictures, each with the same "
            "backend on the pictures of the outcome or, where there was none, with the outcome itself, by the exact "
            f"McNemar test (McNemar, 1947) and the interval of a paired difference ({PAIRED}); the p-values of a "
            f"level were {_CORRECTED}."
        )
    if all(outcome.too_few for outcome in outcomes):
        return text
    named = {"labels": outcomes[0].label, "splits": outcomes[0].split}
    known = [name for name, values in named.items() if values is not None]
    by_name = (
        f", and by chi-squared (by permutation where fewer than 5 pictures were expected in a cell) with Cramer's V "
        f"(Bergsma, 2013) in {enumerated(known)}"
        if known
        else ""
    )
    return (
        f"{text} Failures were compared with successes by the rank-sum test (Mann & Whitney, 1947) with "
        f"Cliff's delta (Cliff, 1996) in descriptors{by_name}; p-values of a level were {_CORRECTED}. Rates over a "
        f"descriptor are those of {options['quantiles']} groups of about equal size."
    )


def _columns_of_groups(
    outcome: Outcome, wanted: Sequence[str] | str, columns: Sequence[str]
) -> list[str]:
    """Columns whose groups were compared; those that the config names may also be of the user's own table."""
    known = [name for name in columns if outcome.label is not None or name not in LABELS]
    return group_columns(known if isinstance(wanted, str) else [*known, *wanted], wanted)


def _groups(options: Options, groups: Sequence[str]) -> str:
    return (
        f"To see who is lost, groups by {enumerated([words_of(name.removesuffix('_name')) for name in groups])} were "
        "each compared with all other pictures by Fisher's exact test and the interval of an independent difference "
        f"({INDEPENDENT}; {_wide(options)}), p-values of a level {_CORRECTED}; ratings were cut into "
        f"{options['quantiles']} groups of about equal size."
    )


def _strata(outcomes: Sequence[Outcome]) -> str:
    labelled = outcomes[0].label is not None
    return f"strata of {'one label and of ' if labelled else ''}grey or coloured pictures alone"


def _permuted(options: Options) -> str:
    return (
        "Maps were compared by permutation of the studentised difference (DiCiccio & Romano, 2017), corrected for all "
        f"places of a map by its largest value (Westfall & Young, 1993), with {options['permutations']:,} permutations."
    )


def _frame(options: Options) -> str:
    return f"brought to one frame (longer side at most {options['side']} pixels)"


def _means(outcomes: Sequence[Outcome], options: Options) -> str:
    most = options["sample"]

    def sampled(outcome: Outcome) -> tuple[int, int]:
        failures, successes = _counts(outcome)
        return min(failures, most), min(successes // 2, most)

    return (
        f"For mean pictures and unusual pixels, all pictures were {_frame(options)}. Means and standard deviations are "
        "those of all pictures. A pixel was called unusual where it lay more than 1 or 2 standard deviations above or "
        "below its mean in one half of the successes, drawn at random. Mean values of red, green, blue and grey, how "
        "often a pixel was unusual, and how much it varied were compared between failures and the other half: "
        f"{kinds_in_words(outcomes, sampled)}, at most {most:,} of a kind, drawn by a hash of their names (seed "
        f"{options['seed']}). Pictures were permuted freely and, where enough could be exchanged, within "
        f"{_strata(outcomes)}; maps of one question were {_CORRECTED}."
    )


def _entropy(options: Options) -> str:
    return (
        "Shannon entropy (Shannon, 1948) of red, green and blue (256 values, in bits) was measured in the whole "
        "picture and in a central oval, the same in all pictures. Differences of medians have percentile bootstrap "
        f"intervals (Efron & Tibshirani, 1993; {options['bootstrap']:,} samples, {_wide(options)}), and groups were "
        "compared by the rank-sum test (Mann & Whitney, 1947) with Cliff's delta (Cliff, 1996), p-values of "
        f"a level {_CORRECTED}; grey pictures were compared apart."
    )


def _edges(outcomes: Sequence[Outcome], options: Options) -> str:
    edges, most = options["edges"], options["sample"]

    sampled = partial(_sampled, most=most)
    threshold = edges["threshold"]
    fixed = _KERNELS[edges["kernel"]].format(threshold=threshold, lower=threshold / 2)
    label = "of the same label and " if outcomes[0].label is not None else ""
    responses = "responses" if edges["kernel"] == "laplacian" else "gradients"
    return (
        f"Edges in grey pictures, {_frame(options)}, were {fixed} and, because a fixed threshold also measures "
        f"contrast, the strongest {100 * edges['strongest']:g} % of the {responses} of each picture. Among "
        f"{kinds_in_words(outcomes, sampled)}, drawn with seed {options['seed']}, failures were paired with successes "
        f"{label}of nearly the same brightness (within {CALIPER:g} standard deviations); fewer than {FEWEST} pairs "
        f"were not compared. Edges were stacked in {counted(edges['draws'], 'draw')} of at most "
        f"{counted(edges['pictures'], 'pair')}. How often each place is an edge, profiles of rows, columns and "
        f"distance from the centre, and orientations were compared over all pairs by permutation within pairs, "
        f"p-values of a level {_CORRECTED}."
    )


def _learnt(outcome: Outcome, options: Options) -> tuple[int, int]:
    """Failures and successes that the model of descriptors learns from."""
    most = options["model"]["pictures"]
    if most >= len(outcome.failed):
        return _counts(outcome)
    drawn = hash_order(outcome.image_ids, seed=options["seed"])[:most]
    failures = int(np.sum(outcome.failed[drawn]))
    return failures, most - failures


def _enough_to_model(outcome: Outcome, options: Options) -> bool:
    model = options["model"]
    fewest: int = max(model["least_failures"], model["folds"])
    return min(_learnt(outcome, options)) >= fewest


def _model(outcomes: Sequence[Outcome], options: Options) -> str:
    model = options["model"]
    return (
        "Gradient-boosted trees predicted failure from descriptors of the picture that need no landmarks, on "
        f"{kinds_in_words(outcomes, lambda outcome: _learnt(outcome, options))}, at most {model['pictures']:,} "
        f"pictures, in {model['folds']} folds, each predicted by a model of the others. The area under the curve (AUC) "
        f"has a percentile bootstrap interval (Efron & Tibshirani, 1993; {options['bootstrap']:,} samples, "
        f"{_wide(options)}), and what predictions rest on is given by SHAP values (Lundberg & Lee, 2017) where that "
        "interval lies above .5. A missing value was taken from a similar picture, which stayed in the same fold, and "
        "no model was told that it was missing. A second model also knew pose and size of the face, on pictures where "
        f"another attempt found one; fewer than {model['least_failures']} failures or successes were not modelled."
    )


def _pixels(outcomes: Sequence[Outcome], options: Options) -> str:
    pixels, most = options["pixels"], options["sample"]

    sampled = partial(_sampled, most=most)
    fewest = min(number for outcome in outcomes for number in sampled(outcome))
    folds = f"{'up to ' if fewest < pixels['folds'] else ''}{pixels['folds']} folds"
    return (
        f"{_PIXEL_MODELS[pixels['model']]} predicted failure from the pixels of small grey pictures (longer side at "
        f"most {pixels['side']} pixels) of {kinds_in_words(outcomes, sampled)}, in {folds} (seed "
        f"{options['seed']}). The AUC and its interval ({_wide(options)}) follow from Cliff's delta (Cliff, 1996). "
        "Where it lay above .5, absolute SHAP values (Lundberg & Lee, 2017), which were made to sum to 1 in each "
        f"picture, were compared between failures and successes, permuted freely and, where enough could be "
        f"exchanged, within {_strata(outcomes)}, p-values {_CORRECTED}."
    )
