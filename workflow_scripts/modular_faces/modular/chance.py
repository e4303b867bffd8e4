"""What the main model would score by chance: its training labels are shuffled and it is fitted again.

Penalties and encoding stay those of the true labels, so that a fit takes a fraction of a second. Test labels stay
true.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from modular_faces.modular.emotion_scores import emotion_metrics
from modular_faces.modular.folds import Fold
from modular_faces.modular.linear_model import Joined, LinearModel
from modular_faces.modular.protocol import EncodedFold
from modular_faces.modular.ridge import RidgeSystem
from modular_faces.modular.tasks import EmotionTask, RatingTask

Array = NDArray[np.float64]

ROUGHER = 10.0
"""Fits to shuffled labels end this much earlier: the band of chance is wider than what that changes."""


@dataclass
class ShuffledEmotions:
    """Scores of categories with shuffled labels; give it to `protocol.run_folds` as `each_fold`.

    Attributes
    ----------
    task : EmotionTask
    shuffles, seed : int
    rows : list of ndarray
        Test rows so far, of the first repeat.
    predicted : list of (shuffles, k, K) ndarray of float32
    """

    task: EmotionTask
    shuffles: int
    seed: int
    rows: list[NDArray[np.intp]] = field(default_factory=list)
    predicted: list[NDArray[np.float32]] = field(default_factory=list)

    def __call__(self, encoded: EncodedFold, main: LinearModel, fold: Fold) -> None:
        """Fit to shuffled labels of the fold's training pictures."""
        if fold.repeat > 0:
            return
        keep = self.task.known[encoded.test]
        blocks = Joined({name: encoded.train_blocks[name] for name in main.modules})
        others = {name: encoded.test_blocks[name][keep] for name in main.modules}
        truth = self.task.truth[encoded.train]
        options = self.task.options
        rough = replace(self.task, options=replace(options, tolerance=ROUGHER * options.tolerance))
        rng = np.random.default_rng([self.seed, fold.number])
        requests = [
            rough.request(rng.permutation(truth), main.penalties[:, 0], None)
            for _ in range(self.shuffles)
        ]
        parts = np.empty((self.shuffles, int(keep.sum()), len(self.task.names)), np.float32)
        for part, fitted in zip(parts, rough.fit_each(blocks, requests), strict=True):
            part[:] = fitted.predict(others)
        self.rows.append(encoded.test[keep])
        self.predicted.append(parts)

    def metrics(self) -> dict[str, Array]:
        """Scores of each shuffling, (shuffles,) by metric."""
        truth = self.task.truth[np.concatenate(self.rows)]
        weights = np.ones((1, len(truth)), np.float32)
        predicted = np.concatenate(self.predicted, axis=1)
        each = [emotion_metrics(weights, truth, one[None], self.task.names) for one in predicted]
        return {name: np.array([one[name][0] for one in each]) for name in each[0]}


@dataclass
class ShuffledRatings:
    """Scores of ratings with shuffled ratings; give it to `protocol.run_folds` as `each_fold`.

    Attributes
    ----------
    task : RatingTask
    shuffles, seed : int
    sums : (t, 5, shuffles) ndarray of float64
        Over the test pictures so far, of the first repeat: squared and absolute error, prediction, its square, its
        product with the truth.
    known : (t, 4) ndarray of float64
        Pictures; sums of squared distances from the training mean, of the truth and of its square.
    """

    task: RatingTask
    shuffles: int
    seed: int
    sums: Array = field(init=False)
    known: Array = field(init=False)

    def __post_init__(self) -> None:
        self.sums = np.zeros((len(self.task.names), 5, self.shuffles))
        self.known = np.zeros((len(self.task.names), 4))

    def __call__(self, encoded: EncodedFold, main: LinearModel, fold: Fold) -> None:
        """Fit to shuffled ratings of the fold's training pictures."""
        if fold.repeat > 0:
            return
        keep = self.task.known[encoded.test]
        system = RidgeSystem(
            [encoded.train_blocks[name] for name in main.modules],
            [encoded.test_blocks[name][keep] for name in main.modules],
        )
        rng = np.random.default_rng([self.seed, fold.number])
        orders = np.array([rng.permutation(len(encoded.train)) for _ in range(self.shuffles)])
        for place in range(len(self.task.names)):
            truth = self.task.truth[encoded.train, place]
            aims = self.task.truth[encoded.test[keep], place]
            predicted = system.predict(truth[orders].T, main.penalties[:, place])
            self.add(place, aims, predicted, middle=float(truth.mean()))

    def add(self, place: int, aims: Array, predicted: Array, *, middle: float) -> None:
        """Count test pictures of one rating: their truth (k,), predictions (k, shuffles), and the training mean."""
        errors = aims[:, None] - predicted
        terms = (errors**2, np.abs(errors), predicted, predicted**2, predicted * aims[:, None])
        self.sums[place] += [term.sum(axis=0) for term in terms]
        self.known[place] += [len(aims), ((aims - middle) ** 2).sum(), aims.sum(), (aims**2).sum()]

    def metrics(self, place: int) -> dict[str, Array]:
        """Scores of one rating for each shuffling, (shuffles,) by metric, as `rating_scores.rating_metrics`."""
        squared, absolute, predicted, its_square, product = self.sums[place]
        n, of_mean, truth, truth_squared = self.known[place]
        spread = (its_square - predicted**2 / n) * (truth_squared - truth**2 / n)
        together = product - predicted * truth / n
        return {
            "r2": 1.0 - squared / of_mean,
            "mse": squared / n,
            "mae": absolute / n,
            "r": np.divide(
                together, np.sqrt(spread), where=spread > 0, out=np.full_like(spread, np.nan)
            ),
        }
