"""Single pictures of the private page."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from modular_faces.modular.mistakes import (
    called_wrong,
    main_rows,
    mistake_groups,
    rated_wrong,
    wanted_pictures,
)


def emotions() -> pd.DataFrame:
    rows = [
        *(("a", "joy", 1, 0.2), ("a", "fear", 0, 0.8)),
        *(("b", "joy", 1, 0.1), ("b", "fear", 0, 0.9)),
        *(("c", "joy", 1, 0.7), ("c", "fear", 0, 0.3)),
    ]
    return predictions("emotions", rows)


def predictions(task: str, rows: Sequence[tuple[str, str, float, float]]) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["image_id", "target", "truth", "predicted"])
    return made.assign(task=task, model="modular", region="image", repeat=0, found=True)


def test_the_surest_mistakes_come_first_and_right_ones_not_at_all() -> None:
    wrong = called_wrong(emotions())
    assert wrong["image_id"].tolist() == ["b", "a"]
    assert wrong["probability"].tolist() == [0.9, 0.8]
    assert wrong["given_truth"].tolist() == [0.1, 0.2]
    assert set(wrong["said"]) == {"fear"}


def test_ratings_are_missed_in_their_own_standard_deviations() -> None:
    rows = predictions("ratings", [("a", "age", 1.0, 1.0), ("b", "age", 3.0, 1.0)])
    missed = rated_wrong(rows)
    assert missed["image_id"].tolist() == ["b", "a"]
    np.testing.assert_allclose(missed["missed_by"], [-np.sqrt(2), 0])


def test_a_record_says_what_each_module_added() -> None:
    contributions = pd.DataFrame(
        [("b", "fear", "color", 1.5), ("b", "fear", "pose", 2.5), ("b", "joy", "color", -1.0)],
        columns=["image_id", "target", "module", "contribution"],
    )
    black = np.zeros((4, 6, 3), np.uint8)
    groups = mistake_groups(emotions(), contributions, {"b": black})
    assert [group.title for group in groups] == ["Called fear"]
    (record,) = groups[0].records
    assert ("Label", "joy") in record.facts
    assert record.tables[0].rows == [["pose", "+2.50", ""], ["color", "+1.50", "-1.00"]]
    assert record.size == (6, 4)
    assert wanted_pictures(emotions()) == {"a", "b"}


def test_a_lost_picture_says_why_no_module_is_named() -> None:
    none = pd.DataFrame(columns=["image_id", "target", "module", "contribution"])
    lost = emotions().assign(found=False)
    (group,) = mistake_groups(lost, none, {"b": np.zeros((4, 6, 3), np.uint8)})
    assert group.title == "Called fear: face lost"
    assert group.note.startswith("The faces in these pictures were lost")
    (record,) = group.records
    assert record.tables == []
    assert record.facts[-1][0] == "What each module added"
    assert record.facts[-1][1].startswith("not known: the face was lost")
    assert record.tags == {"target": "fear"}


def test_lost_faces_have_a_group_of_their_own_after_found_ones() -> None:
    both = emotions()
    both["found"] = both["image_id"] != "b"
    assert called_wrong(both)["image_id"].tolist() == ["a", "b"]
    rated = predictions("ratings", [("a", "age", 1.0, 1.5), ("b", "age", 3.0, 1.0)])
    rated["found"] = rated["image_id"] != "b"
    missed = rated_wrong(rated)
    assert missed["image_id"].tolist() == ["a", "b"]
    np.testing.assert_allclose(missed["missed_by"], [0.5 / np.sqrt(2), -np.sqrt(2)])
    none = pd.DataFrame(columns=["image_id", "target", "module", "contribution"])
    black = np.zeros((4, 6, 3), np.uint8)
    groups = mistake_groups(pd.concat([both, rated]), none, {"a": black, "b": black})
    assert [group.title for group in groups] == [
        *("Called fear", "Called fear: face lost", "Rating age", "Rating age: face lost"),
    ]
    names = [record.name for group in groups for record in group.records]
    assert len(set(names)) == len(names) == 4


def test_one_model_one_region_and_one_repeat_are_shown() -> None:
    rows = emotions()
    others = pd.concat(
        [rows, rows.assign(model="lab"), rows.assign(repeat=1), rows.assign(region="face")]
    )
    assert len(main_rows(others, model="modular", regions=["image", "face"])) == len(rows)
