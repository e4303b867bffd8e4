"""Measure how often the tests of the failure study find something where nothing is, and write it down.

`make calibrate` runs it. Each row draws data without any cause, many times, and counts the draws in which the
study names something. A test that keeps its level of 5 % is wrong no more often than the upper end of the 99 %
binomial band allows; of several tests in a row, the one that rejects most often, in the band of all together.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER.parent), str(FOLDER.parent / "unit" / "failures")]

import chance

from modular_faces.failures.associations import find_associations
from modular_faces.failures.cures import shares_of_causes
from modular_faces.failures.failure_model import fit_failure_model
from modular_faces.inference.correction import holm
from modular_faces.tables import whole_file
from plants import BLACK, DARK, TIGHT, has_margin
from simulated_detector import bright_enough, chance_rule, face_likes, simulate

LEVEL = 0.05
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"


Tests = Mapping[str, float]


@dataclass(frozen=True)
class Check:
    """One row: what is drawn, and the p-values of its tests; 0 and 1 where a study names something, or does not."""

    what: str
    p_values: Callable[[int], Tests]


def most_by_chance(seeds: int, tests: int) -> int:
    """Upper end of the 99 % band of the largest of some counts of rejections at 5 %."""
    return int(stats.binom.ppf(1 - 0.005 / tests, seeds, LEVEL))


def named(erred: Callable[[int], bool]) -> Callable[[int], Tests]:
    """Count a study that names something as a test that rejects."""
    return lambda seed: {"named": 0.0 if erred(seed) else 1.0}


def corrected(tests: Callable[[int], Tests]) -> Callable[[int], Tests]:
    """Of a family of tests, the smallest p-value after Holm."""
    return lambda seed: {"family": float(holm(list(tests(seed).values())).min())}


def a_cause_among_chance_failures(seed: int) -> bool:
    pictures = face_likes(60, seed=1000 + seed, spoil={}, side=24)
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
        "rates: variants that rescue as many as they break; label, split and descriptors",
        chance.rates,
    ),
    Check("rates: the same after Holm", corrected(chance.rates)),
    Check("entropy: every channel and place, colour and grey", chance.entropy),
    Check("who is lost: every group and column, and landmark errors", chance.groups),
    Check("mean pictures, unusual pixels and edges: every map, free and stratified", chance.pixels),
    Check("mean pictures, unusual pixels and edges: after Holm", corrected(chance.pixels)),
    Check("SHAP of pixels: maps, and the AUC surely above .5", chance.pixel_model),
    Check("model of descriptors: AUC surely above .5", named(partial(_model, missing=False))),
    Check(
        "model: descriptors missing exactly on failures: AUC surely above .5",
        named(partial(_model, missing=True)),
    ),
    Check(
        "verdict: 24 correlated descriptors: a sign is named", named(a_sign_among_chance_failures)
    ),
    Check(
        "interventions: cures at random, failures on the edge to various degrees: a cause is named",
        named(a_cause_among_cures_by_chance),
    ),
    Check(
        "interventions and verdict on pictures of which a detector loses some at random: a cause or sign is named",
        named(a_cause_among_chance_failures),
    ),
    Check(
        "mixture of 60 % framing, 30 % darkness, 10 % neither: another order, or a share outside its interval",
        named(a_mixture_misses_its_shares),
    ),
)
COLUMNS = (
    *("what is drawn, and what counts as an error", "tests", "seeds", "errors"),
    *("of the worst test", "at most", "kept"),
)


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


def _rows(seeds: int) -> Iterable[tuple[str, int, int, str, int, int, str]]:
    for check in CHECKS:
        started = time.process_time()
        rejected: Counter[str] = Counter()
        for seed in range(seeds):
            rejected.update({name: int(p < LEVEL) for name, p in check.p_values(seed).items()})
        tests, worst = len(rejected), max(rejected.values())
        most, share = most_by_chance(seeds, tests), rejected.total() / (seeds * tests)
        print(
            f"{worst} of {seeds}, at most {most}; {share:.1%} of {tests} tests "
            f"({time.process_time() - started:.1f} s): {check.what}",
            flush=True,
        )
        kept = "yes" if worst <= most else "no"
        yield check.what, tests, seeds, f"{100 * share:.1f} %", worst, most, kept


def _markdown(table: pd.DataFrame) -> str:
    lines = ["| " + " | ".join(table.columns) + " |", "|" + " --- |" * len(table.columns)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
