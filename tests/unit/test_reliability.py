"""Reliability of mean ratings: read from a table, or computed from single judgments with known agreement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modular_faces.modular.reliability import read_judgments, read_reliability, split_half


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_names_match_whatever_their_punctuation(tmp_path: Path) -> None:
    table = written(
        tmp_path / "r.csv",
        "attribute,split_half_r,reliability_spearman_brown\nskin-color,.9,.95\nhappy,.8,.9\n",
    )
    found = read_reliability(table, ["skin_color", "sad"], draws=9, seed=0)
    assert {name: values.tolist() for name, values in found.items()} == {"skin_color": [0.95]}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,value\na,1\n", "expected a column reliability_spearman_brown or reliability"),
        ("thing,reliability\na,1\n", "expected a column attribute or rating or name"),
        ("name,reliability\nhappy,1.2\n", "the reliability of 'happy' is 1.2"),
        (
            "name,reliability,low,high\nhappy,.8,.85,.9\n",
            "0.8 lies outside its interval, 0.85 to 0.9",
        ),
    ],
)
def test_tables_that_cannot_be_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_reliability(written(tmp_path / "r.csv", text), ["happy"], draws=9, seed=0)


def test_an_interval_of_the_table_is_drawn_from(tmp_path: Path) -> None:
    text = "name,reliability,low,high\nhappy,.8,.7,.85\n"
    (values,) = read_reliability(
        written(tmp_path / "r.csv", text), ["happy"], draws=4000, seed=1
    ).values()
    assert values[0] == 0.8
    np.testing.assert_allclose(np.quantile(values[1:], [0.025, 0.975]), [0.7, 0.85], atol=0.01)


def test_judgments_with_known_agreement() -> None:
    # a mean of 10 judgments with signal variance 1 and noise variance 5: 1 / (1 + 5 / 10)
    rng = np.random.default_rng(0)
    images = np.repeat(np.arange(1500), 10)
    ratings = rng.normal(size=1500)[images] + np.sqrt(5) * rng.normal(size=15000)
    values = split_half(images, ratings, draws=50, seed=1)
    assert values[0] == pytest.approx(1 / 1.5, abs=0.03)
    low, high = np.quantile(values[1:], [0.025, 0.975])
    assert low < 1 / 1.5 < high
    assert 0.01 < high - low < 0.1


def test_judgments_are_read_by_attribute(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [
        f"{image}.jpg,happy,{image + rng.normal():.3f}" for image in range(30) for _ in range(6)
    ]
    table = written(tmp_path / "j.csv", "image,attribute,rating\n" + "\n".join(rows) + "\n")
    found = read_judgments(table, ["happy", "sad"], draws=5, seed=0)
    assert list(found) == ["happy"]
    assert found["happy"].shape == (6,)
    assert found["happy"][0] > 0.98
