"""The gallery: which lost pictures are shown, and what is said of each."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures import gallery
from modular_faces.failures.gallery import gallery_groups, gallery_report, read_attempts
from modular_faces.failures.gallery_choice import causes_by_rescue, choose_lost, probable_causes
from modular_faces.failures.gallery_file import read_gallery, write_gallery
from modular_faces.failures.outcome import Outcome
from modular_faces.pages.parts import Gallery, RecordGroup

IDS = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
SAVED = {
    "original": [False, False, False, True],
    "grey_border": [True, True, False, True],
    "upscale": [True, False, False, True],
}


def an_outcome() -> Outcome:
    return Outcome(
        backend="mesh",
        variant="original",
        level="trusted",
        image_ids=IDS,
        failed=~np.array(SAVED["original"]),
        weights=np.ones(4),
        label=None,
        split=None,
    )


def a_study() -> pd.DataFrame:
    rows = []
    for variant, saved in SAVED.items():
        for k, (image_id, good) in enumerate(zip(IDS, saved, strict=True)):
            points = np.arange(136.0) + k if good else np.full(136, np.nan)
            quality = {"grey_border": 0.7, "upscale": 0.9, "original": 0.8}[variant]
            rows.append(
                {
                    "image_id": image_id,
                    "backend": "mesh",
                    "variant": variant,
                    "found": good,
                    "trusted": good,
                    "landmark_quality": quality if good else np.nan,
                    **dict(zip(LANDMARK_COLUMNS, points, strict=True)),
                }
            )
    return pd.DataFrame(rows)


def groups(*, most: int = 10, ids: list[str] = IDS) -> list[RecordGroup]:
    manifest = pd.DataFrame(
        {
            "image_id": IDS,
            "path": IDS,
            "label_name": ["fear", None, "anger", "anger"],
            "split": "train",
        }
    )
    descriptors = pd.DataFrame({"brightness": [12.34567, 100, 50, 60]}, index=IDS)
    pictures = [(name, np.full((100, 80, 3), 10 * k, np.uint8)) for k, name in enumerate(ids)]
    study, outcome = a_study(), an_outcome()
    lost = choose_lost(causes_by_rescue(outcome, study), {}, most=most)
    return gallery_groups(
        lost, outcome, attempts=study, manifest=manifest, descriptors=descriptors, pictures=pictures
    )


def test_what_brings_a_picture_back_stands_for_its_cause() -> None:
    assert causes_by_rescue(an_outcome(), a_study()) == {
        "a.jpg": "saved by grey_border",
        "b.jpg": "saved by grey_border",
        "c.jpg": "saved by nothing that was tried",
    }


def test_what_the_verdict_says_goes_before(tmp_path: Path) -> None:
    path = tmp_path / "probable_causes.parquet"
    rows = {
        "image_id": ["c.jpg", "a.jpg", "b.jpg"],
        "level": ["trusted", "trusted", "found"],
        "cause": ["dark", "tight", "turned"],
        "words": ["it is dark", "it is tight", "it is turned"],
    }
    pd.DataFrame(rows).to_parquet(path)
    causes, words = probable_causes([path], an_outcome())
    assert list(causes.items()) == [("a.jpg", "tight"), ("c.jpg", "dark")]
    assert words == {"dark": "it is dark", "tight": "it is tight"}
    assert choose_lost(causes, words, most=5).words == words
    assert probable_causes([], an_outcome()) == ({}, {})


def test_of_every_cause_some_are_shown_and_no_more_than_asked() -> None:
    causes = {f"f{k}": "framing" for k in range(900)} | {f"d{k}": "dark" for k in range(50)}
    causes |= {"odd": "odd"}
    lost = choose_lost(causes, {}, most=100)
    assert list(lost.causes) == ["framing", "dark", "odd"]
    assert [len(ids) for ids in lost.causes.values()] == [91, 8, 1]
    assert lost.failures == {"framing": 900, "dark": 50, "odd": 1}
    assert lost.causes["framing"][:2] == ["f0", "f1"]


@pytest.mark.parametrize("most", [0, 1, 5])
def test_never_more_than_asked(most: int) -> None:
    causes = {f"{cause}{k}": cause for cause in "abc" for k in range(20)}
    assert len(choose_lost(causes, {}, most=most).image_ids) == most


def test_a_record_tells_what_is_known() -> None:
    first, second = groups()
    assert first.title == "Saved by grey_border"
    assert first.note == "2 of 2 pictures."
    record = first.records[0]
    assert record.title == "a.jpg"
    assert record.tags == {"cause": "saved by grey_border", "label": "fear"}
    assert record.size == (80, 100)
    assert dict(record.facts) == {
        "Probable cause": "saved by grey_border",
        "Label": "fear",
        "Part of the dataset": "train",
        "Size": "80 × 100 pixels",
        "Brightness": "12.35",
    }
    (table,) = record.tables
    assert list(table.rows[:2]) == [
        ["mesh", "original", "no", "no", ""],
        ["mesh", "grey_border", "yes", "yes", "0.7"],
    ]
    assert "Label" not in dict(first.records[1].facts)
    assert second.records[0].points == []


def test_the_surest_landmarks_are_drawn() -> None:
    record = groups()[0].records[0]
    assert record.points_from == "Landmarks: mesh on upscale."
    assert len(record.points) == 68
    assert record.points[1] == (1.0, 69.0)


def test_attempts_on_some_pictures_are_read_with_their_landmarks(tmp_path: Path) -> None:
    path = tmp_path / "study.parquet"
    a_study().to_parquet(path)
    read = read_attempts(path, ["b.jpg"])
    assert read["variant"].tolist() == list(SAVED)
    assert read["x_3"].tolist()[1:2] == [4.0]
    assert read_attempts(path, []).empty


def test_the_picture_is_a_small_jpeg() -> None:
    head, data = groups()[0].records[1].picture.split(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert picture.size == (80, 100)
        assert picture.getpixel((40, 50)) == pytest.approx((10, 10, 10), abs=2)


def test_pictures_that_would_be_too_many_bytes_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = len(groups()[0].records[0].picture)
    monkeypatch.setattr(gallery, "MOST_BYTES", size)
    first, second = groups()
    assert [len(first.records), len(second.records)] == [1, 0]
    assert first.note == "1 of 2 pictures."


def test_a_picture_that_is_missing_is_left_out() -> None:
    assert [record.title for record in groups(ids=["b.jpg", "c.jpg"])[0].records] == ["b.jpg"]


def test_the_gallery_comes_back_from_its_file(tmp_path: Path) -> None:
    written = groups()
    write_gallery(Gallery(written, lost_by=an_outcome().keys), tmp_path / "one.json")
    write_gallery(read_gallery(tmp_path / "one.json"), tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert read_gallery(tmp_path / "one.json").groups[0].records[0].size == (80, 100)


def test_a_dataset_without_failures_gets_a_sentence() -> None:
    report = gallery_report(an_outcome(), [])
    assert report.skipped == "No picture failed, so there is none to show."
    shown = gallery_report(an_outcome(), groups())
    assert shown.skipped is None
    assert shown.findings[0].startswith("3 of 3 lost pictures")


def test_lost_pictures_are_counted_with_separators() -> None:
    outcome = replace(an_outcome(), failed=np.ones(1200, dtype=bool))
    assert gallery_report(outcome, groups()).findings[0].startswith("3 of 1,200 lost pictures")
