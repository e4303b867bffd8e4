"""How far raters agree: which ratings enter the mean, and intervals where there are draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from modular_faces.modular.rater_agreement import (
    about_reliability,
    rater_scores,
)
from modular_faces.modular.score_table import Score

WHERE: dict[str, Any] = {"region": "face", "split": "test", "level": 0.95, "n": 7}


def rows(reliabilities: dict[str, np.ndarray[Any, Any]]) -> dict[str, Score]:
    return {one.target: one for one in rater_scores(reliabilities, least=0.6, **WHERE)}


def test_the_mean_leaves_out_what_raters_do_not_agree_on() -> None:
    drawn = {
        "warm": np.array([0.8, 0.7, 0.9]),
        "cool": np.array([0.6, 0.5, 0.7]),
        "vague": np.array([0.5, 0.4, 0.6]),
    }
    found = rows(drawn)
    assert set(found) == {"warm", "cool", "vague", "mean_of_ratings"}
    mean = found["mean_of_ratings"]
    assert (mean.model, mean.modules, mean.metric, mean.n) == ("raters", "", "reliability", 7)
    assert mean.value == pytest.approx(0.7)
    assert (mean.low, mean.high) == pytest.approx((0.605, 0.795))
    assert about_reliability(drawn, least=0.6) == [
        "Left out of means over ratings, because raters agree too little (reliability below 0.6): vague (0.50)."
    ]


def test_where_one_rating_has_no_interval_the_mean_has_none() -> None:
    found = rows({"warm": np.array([0.8, 0.7, 0.9]), "cool": np.array([0.6])})
    assert found["mean_of_ratings"].value == pytest.approx(0.7)
    assert np.isnan(found["mean_of_ratings"].low)
    assert found["warm"].low == pytest.approx(0.705)


def test_one_rating_has_no_mean() -> None:
    assert set(rows({"warm": np.array([0.8]), "vague": np.array([0.5])})) == {"warm", "vague"}
