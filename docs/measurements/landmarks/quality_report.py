"""How good the probabilities of `landmark_quality` are, as tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from readings import Readings
from stress import HELD_OUT, NEW_CHANGES

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Looks = tuple[Array, Array, Array]
"""Probability by the first look, by both, and as delivered."""

BINS = 10
RESAMPLES = 1000
SHARES = (0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


def area_under_curve(score: Array, right: Bools) -> float:
    """Probability that a right face scores above a wrong one; ties count half."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    ranks[order] = np.arange(1, len(score) + 1)
    _, inverse = np.unique(score, return_inverse=True)
    sums = np.bincount(inverse, weights=ranks) / np.bincount(inverse)
    positive = int(right.sum())
    if positive in (0, len(right)):
        return float("nan")
    above = sums[inverse][right].sum() - positive * (positive + 1) / 2
    return float(above / (positive * (len(right) - positive)))


def calibration_error(probability: Array, right: Bools) -> float:
    """Expected calibration error: mean gap of probability and share, over ten bins of equal width."""
    place = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = [
        abs(probability[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(BINS)
        if (place == b).any()
    ]
    return float(sum(gaps))


def brier_skill(probability: Array, right: Bools) -> float:
    """One minus the Brier score over that of the base rate; NaN where all are alike."""
    base = right.mean() * (1 - right.mean())
    score = ((probability - right) ** 2).mean()
    return float(1 - score / base) if base > 0 else float("nan")


def report(readings: Readings, looks: Looks, doubtful: tuple[float, float], group: str) -> None:
    """Print the figures of the people of a group.

    Parameters
    ----------
    readings : Readings
    looks : tuple of (n,) float
        As `fit_quality.probabilities` gives them.
    doubtful : (float, float)
        Between these of the first look there is a second one.
    group : str
        Of `fresh`, OMI's people (whom `test` has too) only count in rows of their own.
    """
    delivered = looks[2]
    known = (readings.text("group") == group) & np.isfinite(readings.features[:, 0])
    seen_before = (readings.text("source") == "omi") & (group == "fresh")
    judged = known & ~readings.doubtful
    head = "AUROC first, delivered, both; presence | Brier skill | ECE"
    print(f"| faces of {group} people | n | right % | {head} |\n|---|---|---|---|---|---|")
    for name, here in _sets(readings, known, seen_before).items():
        if here.any():
            print(_line(name, here, readings, looks))
    print("\n| with 95 % intervals over people | people | AUROC | Brier skill | ECE |")
    print("|---|---|---|---|---|")
    for name, here in _sets(readings, known, seen_before).items():
        if here.any():
            print(_interval_line(name, here, readings, delivered))
    print("\n| domain | n accepted | right % | mean quality | ECE | AUROC | looked twice % |")
    print("|---|---|---|---|---|---|---|")
    twice = (looks[0] > doubtful[0]) & (looks[0] < doubtful[1])
    for line in _domains(readings, judged, delivered, twice):
        print(line)
    print("\n| kept, surest first | greatest risk | risk (wrong %) of those kept |\n|---|---|---|")
    pool = judged & readings.accepted & ~seen_before
    for line in _risks(delivered[pool], readings.right[pool]):
        print(line)


def _sets(readings: Readings, known: Bools, seen_before: Bools) -> dict[str, Bools]:
    kind, accepted = readings.text("kind"), readings.accepted
    everybody = known & ~seen_before
    with_doubtful = everybody & (readings.text("source") != "none")
    faces = with_doubtful & ~readings.doubtful
    new = np.isin(kind, sorted(NEW_CHANGES))
    held = np.isin(kind, sorted(HELD_OUT)) | new
    sets = {
        "all faces": faces,
        "accepted faces": faces & accepted,
        "held-out kinds of stress": faces & held,
        "held-out, accepted": faces & held & accepted,
        "of these: kinds thought of afterwards": faces & new,
        "kinds thought of afterwards, accepted": faces & new & accepted,
        "other kinds": faces & ~held,
        "accepted faces and non-faces": everybody & ~readings.doubtful & accepted,
        "OMI's test people, kinds thought of afterwards": known & seen_before & ~readings.doubtful,
    }
    if readings.doubtful[everybody].any():
        sets["all faces, doubtful points too"] = with_doubtful
        sets["held-out kinds, doubtful points too"] = with_doubtful & held
    return sets


def _line(name: str, here: Bools, readings: Readings, looks: Looks) -> str:
    first, both, delivered = looks
    right, presence = readings.right[here], readings.numbers("presence")
    curves = [area_under_curve(p[here], right) for p in (first, delivered, both, presence)]
    return (
        f"| {name} | {here.sum()} | {100 * right.mean():.1f} | "
        + "{:.3f}, {:.3f}, {:.3f}; {:.3f}".format(*curves)
        + f" | {brier_skill(delivered[here], right):.3f} | "
        f"{calibration_error(delivered[here], right):.3f} |"
    )


def _interval_line(name: str, here: Bools, readings: Readings, delivered: Array) -> str:
    """Figures of the delivered probability with percentile intervals, people drawn with replacement."""
    right, quality, person = readings.right[here], delivered[here], readings.text("person")[here]
    rows = [np.flatnonzero(person == one) for one in dict.fromkeys(person.tolist())]
    rng = np.random.default_rng(0)
    drawn = [
        np.concatenate([rows[k] for k in rng.integers(0, len(rows), len(rows))])
        for _ in range(RESAMPLES)
    ]
    cells = []
    for measure in (area_under_curve, brier_skill, calibration_error):
        values = [measure(quality[some], right[some]) for some in drawn]
        low, high = np.nanpercentile(values, [2.5, 97.5])
        cells.append(f"{measure(quality, right):.3f} ({low:.3f} to {high:.3f})")
    return f"| {name} | {len(rows)} | {' | '.join(cells)} |"


def _domains(readings: Readings, judged: Bools, delivered: Array, twice: Bools) -> Iterator[str]:
    kind, source = readings.text("kind"), readings.text("source")
    for where in ("omi", "render", "none"):
        for name in dict.fromkeys(kind[judged & (source == where)].tolist()):
            everything = judged & (source == where) & (kind == name)
            here = everything & readings.accepted
            held = " (held out)" if name in HELD_OUT else " (new)" if name in NEW_CHANGES else ""
            if not here.any():
                yield f"| {where}: {name}{held} | 0 of {everything.sum()} | | | | | |"
                continue
            right = readings.right[here]
            curve = area_under_curve(delivered[here], right)
            yield (
                f"| {where}: {name}{held} | {here.sum()} of {everything.sum()} | "
                f"{100 * right.mean():.1f} | {delivered[here].mean():.3f} | "
                f"{calibration_error(delivered[here], right):.3f} | "
                f"{'' if np.isnan(curve) else f'{curve:.3f}'} | {100 * twice[here].mean():.0f} |"
            )


def _risks(quality: Array, right: Bools) -> Iterator[str]:
    order = np.argsort(-quality, kind="stable")
    wrong = ~right[order]
    for share in SHARES:
        count = max(1, round(share * len(order)))
        least = quality[order][count - 1]
        yield f"| {100 * share:.0f} % | quality >= {least:.3f} | {100 * wrong[:count].mean():.2f} |"
