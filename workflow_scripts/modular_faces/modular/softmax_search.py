"""L-BFGS of several regressions side by side.

References
----------
Nocedal, J., & Wright, S. J. (2006). Numerical optimization (2nd ed.), algorithm 7.4. Springer.
https://doi.org/10.1007/978-0-387-40065-5
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.softmax_parts import Curvature, Objective, Solution

Array = NDArray[np.float64]

MEMORY = 8
"""Steps that L-BFGS remembers."""

LEAST_FALL = 1e-4
"""Part of the promised fall of the loss that a step must bring."""

MOST_HALVINGS = 20
"""Of a step that does not bring it: the rest is rounding, and the search ends."""


class _Memory:
    """Last steps of one regression and how the gradient changed over them."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Array, Array, float]] = []
        self.size = 1.0

    def add(self, step: Array, change: Array, solved: Array) -> None:
        """Remember a step, unless the gradient fell nowhere along it; `solved` is the change by the curvature."""
        product = float(np.vdot(step, change))
        if product <= 0:
            return
        self.pairs = [*self.pairs[1 - MEMORY :], (step, change, product)]
        self.size = product / float(np.vdot(change, solved))

    def before(self, gradient: Array) -> tuple[Array, list[float]]:
        """First half of the recursion."""
        rest, shares = gradient.copy(), []
        for step, change, product in reversed(self.pairs):
            share = float(np.vdot(step, rest)) / product
            rest -= share * change
            shares.append(share)
        return rest, shares

    def after(self, solved: Array, shares: list[float]) -> Array:
        """Second half of the recursion, from the first half as solved by the curvature."""
        direction = self.size * solved
        for (step, change, product), share in zip(self.pairs, reversed(shares), strict=True):
            direction += (share - float(np.vdot(change, direction)) / product) * step
        return direction


class Search:
    """L-BFGS of several regressions side by side."""

    def __init__(self, objective: Objective, curvatures: Sequence[Curvature]) -> None:
        self.objective, self.curvatures = objective, curvatures
        self.memories = [_Memory() for _ in curvatures]
        self.at = objective.starts
        self.converged = np.zeros(len(curvatures), dtype=bool)
        everyone = np.arange(len(curvatures))
        self.losses, self.gradients = objective(self.at, everyone)
        self.gradients = self._inside(self.gradients, everyone)

    def run(self, *, tolerance: float, iterations: int) -> list[Solution]:
        """Search until every regression is done; see `softmax_many.fit_many`."""
        active = np.arange(len(self.curvatures))
        for _ in range(iterations):
            directions = self._directions(active)
            slopes = np.einsum("bdk,bdk->b", self.gradients[active], directions)
            going = slopes > tolerance**2
            self.converged[active[~going]] = True
            active = active[going]
            if not len(active):
                break
            active = self._step(active, directions[going], slopes[going])
        centred = self.at - self.at.mean(axis=2, keepdims=True)
        return [Solution(*one) for one in zip(centred, self.converged.tolist(), strict=True)]

    def _directions(self, active: NDArray[np.intp]) -> Array:
        """Where each regression falls fastest, by what is known of its curvature, (b, d + 1, K)."""
        halves = [self.memories[one].before(self.gradients[one]) for one in active]
        solved = self._solved(np.stack([rest for rest, _ in halves]), active)
        return np.stack(
            [
                self.memories[one].after(part, shares)
                for one, part, (_, shares) in zip(active, solved, halves, strict=True)
            ]
        )

    def _solved(self, right: Array, active: NDArray[np.intp]) -> Array:
        """Solve the systems of the curvature; those that share it are solved at once."""
        solved = np.empty_like(right)
        owners = [id(self.curvatures[one]) for one in active]
        for owner in dict.fromkeys(owners):
            places = [place for place, one in enumerate(owners) if one == owner]
            wide = np.hstack(list(right[places]))
            steps = self.curvatures[active[places[0]]].solve(wide)
            solved[places] = np.stack(np.hsplit(steps, len(places)))
        return solved

    def _step(self, active: NDArray[np.intp], directions: Array, slopes: Array) -> NDArray[np.intp]:
        """Go down, half as far where the loss would not fall; gives those that moved."""
        length, open_ = np.ones(len(active)), np.arange(len(active))
        slack = np.finfo(self.objective.values.dtype).eps * np.abs(self.losses[active])
        changes, steps = np.zeros_like(directions), np.zeros_like(directions)
        for _ in range(MOST_HALVINGS):
            rows = active[open_]
            tried = -length[open_, None, None] * directions[open_]
            losses, gradients = self.objective(self.at[rows] + tried, rows)
            least = self.losses[rows] - LEAST_FALL * length[open_] * slopes[open_] + slack[open_]
            good = losses <= least
            moved, places = rows[good], open_[good]
            inside = self._inside(gradients[good], moved)
            changes[places], steps[places] = inside - self.gradients[moved], tried[good]
            self.at[moved] += tried[good]
            self.losses[moved], self.gradients[moved] = losses[good], inside
            open_ = open_[~good]
            length[open_] /= 2.0
            if not len(open_):
                break
        moved = np.setdiff1d(np.arange(len(active)), open_)
        solved = self._solved(changes[moved], active[moved])
        for place, part in zip(moved, solved, strict=True):
            self.memories[active[place]].add(steps[place], changes[place], part)
        self.converged[active[open_]] = True
        return active[moved]

    def _inside(self, gradients: Array, active: NDArray[np.intp]) -> Array:
        """Gradients without the columns that a regression does without."""
        for gradient, one in zip(gradients, active, strict=True):
            used = self.curvatures[one].used
            if len(used) < len(gradient) - 1:
                outside = np.ones(len(gradient), dtype=bool)
                outside[[*used, -1]] = False
                gradient[outside] = 0.0
        return gradients
