"""Measure how often the tests of the failure study find something where nothing is, and write it down.

`make calibrate` runs it. Each row draws data without any cause, many times, and counts the draws in which the
study names something. A test that keeps its level of 5 % is wrong no more often than the upper end of the 99 %
binomial band allows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER.parent), str(FOLDER.parent / "unit" / "failures")]

from pixel_chance import p_values_of_chance
from studies import manifest_of
from test_causes_planted import BLACK, DARK, TIGHT, has_margin
from test_rates import simulated

from modular_faces.failures.associations import find_associations
from modular_faces.failures.cures import shares_of_causes
from modular_faces.failures.failure_model import fit_failure_model
from modular_faces.failures.rates import grouping_tests, make_groupings
from modular_faces.inference.correction import holm
from modular_faces.inference.effect_sizes import mann_whitney
from modular_faces.tables import whole_file
from simulated_detector import bright_enough, chance_rule, face_likes, simulate

LEVEL = 0.05
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"


@dataclass(frozen=True)
class Check:
    """One row: what is drawn, and whether the study erred."""

    what: str
    erred: Callable[[int], bool]
    part: float = 1.0
    """Part of the seeds that is drawn, for what takes long."""


def a_cause_among_chance_failures(seed: int) -> bool:
    pictures = face_likes(70, seed=1000 + seed, spoil={})
    return bool(simulate(pictures, chance_rule(0.6, seed)).names)


def a_cause_among_cures_by_chance(seed: int) -> bool:
    """Failures on the edge to various degrees; any change brings them back by chance."""
    generator = np.random.default_rng(seed)
    n = int(generator.integers(10, 400))
    edge = generator.beta(0.5, 2, (n, 1))
    cures = {
        str(k): generator.random((n, doses)) < edge
        for k, doses in enumerate((3, 3, 2, 3, 2, 5, 4, 1))
    }
    placebos = generator.random((n, 5)) < edge
    named = shares_of_causes(cures, placebos, confidence=0.95, least_share=0)
    return any(share.named for share in named)


def a_sign_among_chance_failures(seed: int) -> bool:
    generator = np.random.default_rng(seed)
    n = int(generator.integers(25, 400))
    shared = generator.normal(size=(n, 1))
    values = shared + generator.normal(size=(n, 24))
    failed = np.zeros(n, dtype=bool)
    failed[: n // 3] = True
    signs = {str(k): values[:, k] for k in range(values.shape[1])}
    return bool(find_associations(signs, failed, confidence=0.95, least=0, seed=1))


def a_group_among_chance_failures(seed: int) -> bool:
    parts, descriptors = simulated(300, seed, None)
    groupings = make_groupings(parts, manifest_of(300), descriptors, quantiles=4)
    tests = grouping_tests(parts, groupings, levels=["trusted"], confidence=0.95, seed=1)
    return bool((tests["p_holm"] < LEVEL).any())


def a_difference_between_equal_groups(seed: int) -> bool:
    generator = np.random.default_rng(seed)
    n, m = generator.integers(10, 300, 2)
    first, second = generator.normal(6, 1, n).round(2), generator.normal(6, 1, m).round(2)
    return mann_whitney(first, second, confidence=0.95).p < LEVEL


def a_map_among_chance_failures(seed: int) -> bool:
    """All maps of pixels and edges in one family after Holm, as many as the studies of pixels make."""
    p_values = p_values_of_chance(seed, pictures=140, failures=40, permutations=999)
    return bool((holm(list(p_values.values())) < LEVEL).any())


def _model(seed: int, *, missing: bool) -> bool:
    generator = np.random.default_rng(seed)
    features = pd.DataFrame(generator.normal(size=(240, 6)), columns=list("abcdef"))
    failed = generator.random(240) < 0.3
    if missing:
        features.loc[failed, :] = np.nan
    fit = fit_failure_model(
        features,
        failed,
        np.ones(240),
        [str(place) for place in range(240)],
        folds=4,
        draws=200,
        confidence=0.95,
        seed=seed,
    )
    return fit.better_than_chance


def a_mixture_misses_its_shares(seed: int) -> bool:
    """Of 50 failures 30 are framed tightly, 15 are dark, 5 are black; each interval misses one time in 20."""
    spoil = dict.fromkeys(range(30), TIGHT) | dict.fromkeys(range(30, 45), DARK)
    spoil |= dict.fromkeys(range(45, 50), BLACK)
    pictures = face_likes(90, seed=5000 + seed, spoil=spoil)
    done = simulate(pictures, lambda one: bright_enough(one) and has_margin(one))
    if done.names[:2] != ["tight_framing", "dark"]:
        return True
    planted = {"tight_framing": 0.6, "dark": 0.3}
    return any(
        not low <= planted[name] <= high for name in planted for _, low, high in [done.share(name)]
    )


CHECKS = (
    Check(
        "interventions and verdict on pictures of which a detector loses some at random: a cause or sign is named",
        a_cause_among_chance_failures,
        0.25,
    ),
    Check(
        "interventions: cures at random, failures on the edge to various degrees: a cause is named",
        a_cause_among_cures_by_chance,
    ),
    Check(
        "verdict: failures at random, 24 correlated descriptors: a sign is named",
        a_sign_among_chance_failures,
    ),
    Check(
        "rates: failures at random, all descriptors after Holm: one is significant",
        a_group_among_chance_failures,
    ),
    Check(
        "entropy: two groups of one distribution, Mann-Whitney: p < .05",
        a_difference_between_equal_groups,
    ),
    Check(
        "mean pictures and edges: failures at random, 36 maps after Holm: one is significant",
        a_map_among_chance_failures,
        0.25,
    ),
    Check(
        "model: failures at random: AUC surely above .5",
        partial(_model, missing=False),
        0.1,
    ),
    Check(
        "model: descriptors missing exactly on failures: AUC surely above .5",
        partial(_model, missing=True),
        0.1,
    ),
    Check(
        "mixture of 60 % framing, 30 % darkness, 10 % neither: another order, or a share outside its interval",
        a_mixture_misses_its_shares,
        0.1,
    ),
)
COLUMNS = ("what is drawn, and what counts as an error", "seeds", "errors", "at most", "kept")


def main() -> int:
    """Run all checks and write the table between the marks of a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--page", type=Path, required=True)
    options = parser.parse_args()
    rows = list(_rows(options.seeds))
    table = pd.DataFrame(
        rows,
        columns=list(COLUMNS),
    )
    text = options.page.read_text(encoding="utf-8")
    before, after = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    with whole_file(options.page) as temporary:
        temporary.write_text(f"{before}\n\n{_markdown(table)}\n\n{after}", encoding="utf-8")
    return int((table["kept"] == "no").any())


def _rows(seeds: int) -> Iterable[tuple[str, int, int, int, str]]:
    for check in CHECKS:
        runs = max(1, int(seeds * check.part))
        started = time.monotonic()
        errors = sum(check.erred(seed) for seed in range(runs))
        most = int(stats.binom.ppf(0.995, runs, LEVEL))
        print(
            f"{errors} of {runs}, at most {most} ({time.monotonic() - started:.0f} s): {check.what}",
            flush=True,
        )
        yield check.what, runs, errors, most, "yes" if errors <= most else "no"


def _markdown(table: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
