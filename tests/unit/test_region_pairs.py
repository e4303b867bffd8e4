"""The whole picture against the face only: planted predictions, hand-computed differences, nulls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from modular_faces.modular.region_pairs import compare_regions
from modular_faces.tables import write_table

OPTIONS = {"main": "modular", "draws": 200, "seed": 3, "confidence": 0.95, "least_reliability": 0.6}
IDS = ("a", "b", "c", "d")
TRUTH = {"a": "joy", "b": "joy", "c": "joy", "d": "fear"}


def rows(task: str, region: str, values: Sequence[tuple[Any, ...]], **others: Any) -> pd.DataFrame:
    names = ["image_id", "target", "truth", "predicted", "baseline"]
    made = pd.DataFrame(values, columns=names)
    made["cluster"] = [IDS.index(name) if name in IDS else int(name) for name in made["image_id"]]
    common = {"task": task, "region": region, "model": "modular", "repeat": 0, "found": True}
    return made.assign(**common | others)


def called(region: str, said: str, **others: Any) -> pd.DataFrame:
    """Pictures a to d, each called joy (j) or fear (f)."""
    cells = [
        (name, label, float(TRUTH[name] == label), 0.9 if label[0] == letter else 0.1, 0.5)
        for label in ("fear", "joy")
        for name, letter in zip(IDS, said, strict=True)
    ]
    return rows("emotions", region, cells, **others)


def rated(region: str, name: str, predicted: Sequence[float], **others: Any) -> pd.DataFrame:
    """Pictures rated 1, -1, 2, -2 about a mean of 0: squares add up to 10."""
    cells = zip(IDS, [name] * 4, (1.0, -1.0, 2.0, -2.0), predicted, [0.0] * 4, strict=True)
    return rows("ratings", region, list(cells), **others)


def compared(
    tmp_path: Path, frames: Sequence[pd.DataFrame], *, reliability: dict[str, float] | None = None
) -> pd.DataFrame:
    paths = []
    for place, frame in enumerate(frames):
        paths.append(str(tmp_path / f"part_{place}.parquet"))
        write_table(pa.Table.from_pandas(frame, preserve_index=False), paths[-1], metadata={})
    scores, empty = str(tmp_path / "scores.parquet"), str(tmp_path / "empty.parquet")
    known = reliability or {}
    raters = {"target": list(known), "value": list(known.values())}
    raters |= {"model": ["raters"] * len(known), "metric": ["reliability"] * len(known)}
    write_table(pa.table(raters), scores, metadata={})
    write_table(pa.table({}), empty, metadata={})
    table = compare_regions([empty, *paths], [empty, scores], OPTIONS)
    return (
        table.to_pandas().set_index(["target", "metric"]) if table.num_columns else pd.DataFrame()
    )


def test_categories_are_compared_on_the_same_pictures(tmp_path: Path) -> None:
    made = compared(tmp_path, [called("image", "jjff"), called("face", "fffj")])
    accuracy = made.loc[("emotion", "accuracy")]
    assert (accuracy["image"], accuracy["face"], accuracy["difference"]) == (0.75, 0.0, 0.75)
    assert (accuracy["image_only"], accuracy["face_only"], accuracy["n"]) == (3, 0, 4)
    assert accuracy["p_mcnemar"] == accuracy["p_holm"] == 0.25
    balanced = made.loc[("emotion", "balanced_accuracy")]
    assert balanced["difference"] == pytest.approx((2 / 3 + 1) / 2, abs=1e-5)
    assert np.isnan(balanced["p_mcnemar"])
    assert set(made["model"]) == {"modular"}


def test_ratings_and_their_mean_are_compared(tmp_path: Path) -> None:
    frames = [
        *(rated("image", "warm", (1, -1, 2, 0)), rated("face", "warm", (0, 0, 2, 0))),
        *(rated("image", "cool", (0, 0, 0, 0)), rated("face", "cool", (0, -1, 0, 0))),
    ]
    made = compared(tmp_path, frames)
    warm, cool = made.loc[("warm", "r2")], made.loc[("cool", "r2")]
    assert (warm["image"], warm["face"], warm["difference"]) == pytest.approx((0.6, 0.4, 0.2))
    assert (cool["image"], cool["face"], cool["difference"]) == pytest.approx((0.0, 0.1, -0.1))
    assert made.loc[("mean_of_ratings", "r2"), "difference"] == pytest.approx(0.05)
    assert made["p_mcnemar"].isna().all()


def test_ratings_that_raters_do_not_agree_on_stay_out_of_the_mean(tmp_path: Path) -> None:
    frames = [
        rated(region, name, (size,) * 4)
        for region, size in (("image", 0.0), ("face", 1.0))
        for name in ("warm", "cool", "odd")
    ]
    frames[2] = rated("image", "odd", (1, -1, 2, -2))
    weak = {"warm": 0.9, "cool": 0.6, "odd": 0.59}
    made = compared(tmp_path, frames, reliability=weak)
    assert made.loc[("odd", "r2"), "difference"] == pytest.approx(1.4)
    assert made.loc[("mean_of_ratings", "r2"), "difference"] == pytest.approx(0.4)
    alone = compared(tmp_path, frames, reliability=weak | {"cool": 0.1})
    assert ("mean_of_ratings", "r2") not in alone.index


def test_equal_predictions_differ_by_nothing_in_every_draw(tmp_path: Path) -> None:
    frames = [called(region, "jfjf") for region in ("image", "face")]
    frames += [rated(region, "warm", (1, 1, 0, -2)) for region in ("image", "face")]
    made = compared(tmp_path, frames)
    assert (made[["difference", "low", "high"]] == 0).all(axis=None)
    assert made.loc[("emotion", "accuracy"), "p_mcnemar"] == 1.0


def test_equally_good_regions_have_an_interval_that_holds_zero(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    truth = rng.normal(size=300)
    frames = [
        rows("ratings", region, [
            (str(place), "warm", value, value + noise, 0.0)
            for place, (value, noise) in enumerate(zip(truth, rng.normal(size=300) / 2, strict=True))
        ])
        for region in ("image", "face")
    ]  # fmt: skip
    made = compared(tmp_path, frames).loc[("warm", "r2")]
    assert made["low"] < 0 < made["high"]
    assert made["high"] - made["low"] < 0.3


def test_pictures_of_one_cluster_are_drawn_as_one(tmp_path: Path) -> None:
    frames = [
        called(region, said, cluster=7) for region, said in (("image", "jjff"), ("face", "fffj"))
    ]
    accuracy = compared(tmp_path, frames).loc[("emotion", "accuracy")]
    assert (accuracy["low"], accuracy["high"]) == (0.75, 0.75)


def test_pictures_that_one_region_lost_or_nobody_labelled_do_not_count(tmp_path: Path) -> None:
    image, face = called("image", "jjjf"), called("face", "jfff")
    face["found"] = face["image_id"] != "b"
    image.loc[image["image_id"] == "d", "truth"] = np.nan
    accuracy = compared(tmp_path, [image, face]).loc[("emotion", "accuracy")]
    assert accuracy["n"] == 2
    assert (accuracy["image"], accuracy["face"]) == (1.0, 0.5)


def test_repeats_are_averaged_and_other_models_left_out(tmp_path: Path) -> None:
    frames = [
        *(called("image", "jjjf"), called("image", "ffff", repeat=1)),
        *(called("face", "jjff"), called("face", "jjff", repeat=1)),
        *(called("image", "ffff", model="lab"), called("face", "jjjf", model="lab")),
    ]
    accuracy = compared(tmp_path, frames).loc[("emotion", "accuracy")]
    assert (accuracy["image"], accuracy["face"]) == (0.625, 0.75)
    assert (accuracy["image_only"], accuracy["face_only"]) == (1, 0)


def test_one_region_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    assert compared(tmp_path, [called("face", "jjjf")]).empty
    assert compared(tmp_path, []).empty
