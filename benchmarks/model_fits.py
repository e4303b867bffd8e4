"""Time of the logistic regressions behind the models of categories, on columns of the shape that RAF-DB gives.

The columns are random numbers whose variances fall as those of principal components do: what is timed depends on
their number and on the pictures, not on what they show.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import numpy as np

from modular_faces.modular.softmax_many import fit_many
from modular_faces.modular.softmax_parts import LEFT_OUT, Columns, Problem, Solution

Result = TypeVar("Result")
TRAIN = 12_271
SIZES = (400, 234, 400, 400, 400, 52, 3)
"""Components of colour, texture, aligned, shape_2d, shape_frontal, measures and pose."""
CLASSES = 7
STRENGTH = 3e-4
TOLERANCE = 3e-4


def main() -> int:
    """Print a table: what is fitted, how many at once, seconds of the processor for these and for all of a region."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=TRAIN)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    values, classes = pictures(options.pictures, rng)
    seconds, columns = timed(lambda: Columns(values))
    print("| what | fits at once | CPU s | of a region and model | CPU s |")
    print("| --- | ---: | ---: | ---: | ---: |")
    row("squares of the columns", 1, seconds, 1)
    fitting = Fitting(columns, classes, rng)
    seconds, (model,) = timed(lambda: fitting.run([fitting.problem()], 1.0))
    row("the model", 1, seconds, 1)
    for name, problems, of_all, rougher in (
        ("inner folds, each strength", fitting.folds(), 12 * 10, 10.0),
        ("shuffled labels", fitting.shuffled(16), 200, 10.0),
        ("draws, from the model", fitting.drawn(16, model), 100, 3.0),
        ("parts of the model", fitting.parts(model), 30, 1.0),
    ):
        seconds, _ = timed(partial(fitting.run, problems, rougher))
        row(name, len(problems), seconds, of_all)
    return 0


def row(name: str, fits: int, seconds: float, of_all: int) -> None:
    """Print a row of the table."""
    whole = seconds * of_all / fits
    print(f"| {name} | {fits} | {seconds:.1f} | {of_all} | {whole:.0f} |", flush=True)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of the processor, and what came out."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def pictures(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Components of modules whose variances add to one each, and categories as common as RAF-DB's."""
    scales = [np.arange(1, size + 1) ** -0.9 for size in SIZES]
    scale = np.concatenate([one / np.sqrt((one**2).sum()) for one in scales])
    values = rng.standard_normal((count, len(scale)), dtype=np.float32) * scale.astype(np.float32)
    common = np.log([0.105, 0.023, 0.058, 0.389, 0.162, 0.057, 0.206])
    scores = values[:, :30] @ rng.normal(size=(30, CLASSES)) * 6 + common
    return values, (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)


class Fitting:
    """The regressions that a region needs."""

    def __init__(self, columns: Columns, classes: np.ndarray, rng: np.random.Generator) -> None:
        self.columns, self.classes, self.rng = columns, classes, rng
        self.ones = np.ones(len(classes))
        self.penalties = np.full(columns.values.shape[1], STRENGTH)

    def problem(self) -> Problem:
        """The model itself."""
        return Problem(self.ones, self.classes, self.penalties, None)

    def folds(self) -> list[Problem]:
        """Four inner folds with three proportions of the penalties."""
        fold = self.rng.integers(0, 4, len(self.classes))
        return [
            Problem((fold != k % 4).astype(float), self.classes, self.penalties, None)
            for k in range(12)
        ]

    def shuffled(self, count: int) -> list[Problem]:
        """Shuffled labels."""
        return [
            Problem(self.ones, self.rng.permutation(self.classes), self.penalties, None)
            for _ in range(count)
        ]

    def drawn(self, count: int, model: Solution) -> list[Problem]:
        """Pictures drawn with replacement, from the model's coefficients."""
        n = len(self.classes)
        return [
            Problem(
                np.bincount(self.rng.integers(0, n, n), minlength=n).astype(float),
                self.classes,
                self.penalties,
                model.parameters,
            )
            for _ in range(count)
        ]

    def parts(self, model: Solution) -> list[Problem]:
        """Choices of the first four modules, with all others."""
        ends = np.cumsum((0, *SIZES))
        problems = []
        for choice in range(15):
            penalties = self.penalties.copy()
            for place in range(4):
                if not choice >> place & 1:
                    penalties[ends[place] : ends[place + 1]] = LEFT_OUT
            kept = np.append(np.isfinite(penalties), True)[:, None]
            start = np.where(kept, model.parameters, 0.0)
            problems.append(Problem(self.ones, self.classes, penalties, start))
        return problems

    def run(self, problems: Sequence[Problem], rougher: float) -> list[Solution]:
        """Fit all of them."""
        found = fit_many(
            self.columns,
            problems,
            n_classes=CLASSES,
            tolerance=rougher * TOLERANCE,
            iterations=500,
        )
        return list(found)


if __name__ == "__main__":
    sys.exit(main())
