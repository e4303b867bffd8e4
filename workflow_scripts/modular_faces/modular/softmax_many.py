"""Many multinomial logistic regressions on the same pictures at once: folds, shuffled labels, draws, parts of a model.

All of them look at the same table of columns, and reading that table is most of the work: fitted together they read
it once per step. Each has its own weights of the pictures, its own categories and its own penalties. Steps are those
of L-BFGS, started from the curvature of the squared columns plus the penalties, which makes them few.

References
----------
Nocedal, J., & Wright, S. J. (2006). Numerical optimization (2nd ed.), algorithm 7.4. Springer.
https://doi.org/10.1007/978-0-387-40065-5
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modular_faces.modular.softmax_parts import Columns, Curvature, Objective, Problem, Solution
from modular_faces.modular.softmax_search import Search

MOST_AT_ONCE = 16
"""Regressions in one batch: more would need more memory and save nothing."""


def fit_many(
    columns: Columns,
    problems: Sequence[Problem],
    *,
    n_classes: int,
    tolerance: float,
    iterations: int,
) -> Iterator[Solution]:
    """Minimise for each problem the weighted mean log loss plus half the penalised squared coefficients.

    Parameters
    ----------
    columns : Columns
    problems : sequence of Problem
    n_classes : int
    tolerance : float
        A regression is done when its loss is within about half the square of this of its minimum: the length of its
        gradient, measured by the curvature.
    iterations : int
        Most steps.

    Yields
    ------
    Solution
        In the order of `problems`.

    Raises
    ------
    ValueError
        If a penalty is not above zero, or fewer than two classes have any weight.
    """
    known: dict[bytes, Curvature] = {}
    for first in range(0, len(problems), MOST_AT_ONCE):
        batch = problems[first : first + MOST_AT_ONCE]
        keys = [one.penalties.tobytes() for one in batch]
        known = {key: known[key] for key in keys if key in known}
        objective = Objective(columns.values, batch, n_classes)
        for key, one, prior in zip(keys, batch, objective.priors, strict=True):
            if key not in known:
                known[key] = columns.curvature(one.penalties, prior)
        search = Search(objective, [known[key] for key in keys])
        yield from search.run(tolerance=tolerance, iterations=iterations)
