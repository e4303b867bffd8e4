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
    """R2 of ratings with shuffled ratings; give it to `protocol.run_folds` as `each_fold`.

    Attributes
    ----------
    task : RatingTask
    shuffles, seed : int
    squared : (t, shuffles) ndarray of float64
        Squared errors so far, of the first repeat.
    of_mean : (t,) ndarray of float64
    """

    task: RatingTask
    shuffles: int
    seed: int
    squared: Array = field(init=False)
    of_mean: Array = field(init=False)

    def __post_init__(self) -> None:
        self.squared = np.zeros((len(self.task.names), self.shuffles))
        self.of_mean = np.zeros(len(self.task.names))

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
            self.squared[place] += np.sum((aims[:, None] - predicted) ** 2, axis=0)
            self.of_mean[place] += np.sum((aims - truth.mean()) ** 2)

    def metrics(self, place: int) -> dict[str, Array]:
        """R2 of one rating for each shuffling, (shuffles,)."""
        return {"r2": 1.0 - self.squared[place] / self.of_mean[place]}
