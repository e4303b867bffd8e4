"""Pictures of one person stay together, in folds and in draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_models_job import options

from modular_faces.config_loading import load_config
from modular_faces.layouts.sheet import LayoutError
from modular_faces.modular.folds import grouped_folds
from modular_faces.modular.models_job import run_models
from modular_faces.modular.module_blocks import ModularData
from modular_faces.modular.people import groups_with_people, read_people, with_people
from modular_faces.stage_options import model_options
from planted import data_of, plain_pipeline


def faces() -> ModularData:
    rng = np.random.default_rng(0)
    return data_of({"color": rng.normal(size=(6, 2))}, split=["train"] * 4 + ["test"] * 2)


def written(folder: Path, text: str) -> str:
    path = folder / "people.csv"
    path.write_text(text)
    return str(path)


def test_a_person_and_a_duplicate_link_pictures() -> None:
    clusters = np.array([0, 1, 2, 2, 3, 4])
    people = ["a", "b", "a", None, "b", None]
    assert groups_with_people(clusters, people).tolist() == [0, 1, 0, 0, 1, 2]
    assert groups_with_people(clusters, [None] * 6).tolist() == [0, 1, 2, 2, 3, 4]


def test_people_are_read_by_name_of_the_picture(tmp_path: Path) -> None:
    table = written(tmp_path, "image,identity\n2.png,x\n0,y\n5.png,\n")
    found = read_people(Path(table), faces().image_ids.tolist())
    assert found == ["y", None, "x", None, None, None]


def test_the_reader_is_told_who_was_met_before(tmp_path: Path) -> None:
    rows = "".join(f"{k}.png,{who}\n" for k, who in enumerate("xxyyxz"))
    data, notes = with_people(faces(), written(tmp_path, "image,person\n" + rows))
    assert data.cluster.tolist() == [0, 0, 1, 1, 0, 2]
    assert notes[0].startswith("6 pictures are known to show 3 people")
    assert notes[1] == "1 of the 2 people in test pictures are in training pictures too."
    assert with_people(data, None) == (data, [])


def test_folds_do_not_cut_a_person_apart() -> None:
    people = [f"p{k % 9}" for k in range(90)]
    groups = groups_with_people(np.arange(90), people)
    for fit, check in grouped_folds(np.arange(90) % 2, groups, folds=3, seed=1):
        assert not {people[k] for k in fit} & {people[k] for k in check}


def test_strangers_are_not_predicted_by_who_they_are() -> None:
    rng = np.random.default_rng(3)
    who = np.repeat(np.arange(20), 8)
    looks = rng.normal(size=(20, 15))[who] + 0.1 * rng.normal(size=(160, 15))
    label = [str(one + 1) for one in rng.permutation(np.arange(20) % 2)[who]]
    data = data_of({"lab": looks[:, :2], "color": looks, "pose": looks[:, :3]}, label=label)
    accuracy = {}
    for name, cluster in (("pictures", np.arange(160)), ("people", who)):
        tables, _ = run_models(
            replace(data, cluster=cluster),
            "emotions",
            pipeline=plain_pipeline,
            descriptors=looks.astype(np.float32),
            options=options(shuffles=2, refits=2),
        )
        scores = tables["scores"][0].to_pandas()
        own = scores[(scores.model == "modular") & (scores.metric == "accuracy")]
        accuracy[name] = own[own.population == "found"].value.item()
    assert accuracy["pictures"] > 0.85
    assert accuracy["people"] < accuracy["pictures"] - 0.15


def test_a_table_without_people_is_refused(tmp_path: Path) -> None:
    table = written(tmp_path, "image,name\n0.png,x\n")
    with pytest.raises(
        LayoutError, match="expected a column person, identity, subject; seen image, name"
    ):
        read_people(Path(table), faces().image_ids.tolist())


def test_people_beside_the_pictures_are_taken(tmp_path: Path) -> None:
    config = load_config({"dataset": {"name": "d", "root": str(tmp_path)}})
    assert model_options(config)["people"] is None
    table = written(tmp_path, "image,person\n")
    assert model_options(config)["people"] == table
