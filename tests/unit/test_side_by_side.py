"""The page of the backends with one, two, three and four of them, put together from planted studies."""

from pathlib import Path

import pytest

from example_backends import LOST, PICTURES, example_backends_page, write_study
from modular_faces.pages.parts import Chart, Gallery, Page, Table, Text
from modular_faces.pages.shell import render_page
from modular_faces.side_by_side import words
from modular_faces.side_by_side.frames import read_backend_tables

ALL_FOUR = tuple(LOST)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return example_backends_page(tmp_path_factory.mktemp("two"), ("mesh", "dlib"), share=False)


def blocks(page: Page, anchor: str, kind: type) -> list[object]:
    section = next(s for s in page.sections if s.anchor == anchor)
    return [block for block in section.blocks if isinstance(block, kind)]


def test_lost_pictures_are_counted_for_each_backend_and_label(two: Page) -> None:
    (table,) = blocks(two, "found", Table)
    assert isinstance(table, Table)
    lost = {(row[0], row[2]): row[-1] for row in table.rows}
    assert (lost["mesh", "all"], lost["dlib", "all"]) == ("1", "8")
    assert sum(int(count) for (name, label), count in lost.items() if label != "all") == 9


def test_the_finding_says_what_was_planted(two: Page) -> None:
    (text,) = blocks(two, "agreement", Text)
    assert isinstance(text, Text)
    both, pair = text.sentences
    assert both.startswith(
        "Of 24 pictures that all 2 instruments looked at, all of them trust 67 %"
    )
    assert "both trust 16 (67 %), only the first 7, only the second 0, neither 1." in pair
    assert "-29.2 percentage points" in pair
    assert "landmarks lie 4.0 % of the eye distance apart (median of 16 pictures" in pair


@pytest.mark.parametrize("number", [3, 4])
def test_every_pair_of_more_backends_is_compared(number: int, tmp_path: Path) -> None:
    page = example_backends_page(tmp_path, ALL_FOUR[:number], share=False)
    (table,) = blocks(page, "agreement", Table)
    assert isinstance(table, Table)
    pairs = number * (number - 1) // 2
    assert len({row[0] for row in table.rows}) == pairs
    assert len(blocks(page, "landmarks", Chart)) == pairs
    (gallery,) = blocks(page, "pictures", Gallery)
    assert isinstance(gallery, Gallery)
    assert len(gallery.groups) == pairs
    assert [number.value for number in page.numbers][:2] == [str(PICTURES), str(number)]


def test_with_one_backend_there_is_a_sentence_and_how_to_add_another(tmp_path: Path) -> None:
    page = example_backends_page(tmp_path, ("mesh",), share=False)
    assert blocks(page, "agreement", Text) == [Text([words.ONE_BACKEND])]
    assert blocks(page, "pictures", Text) == [Text([words.NO_DISAGREEMENT])]
    assert "landmarks" not in [section.anchor for section in page.sections]
    assert "backends: [mesh, dlib]" in render_page(page)


def test_the_page_says_which_backends_are_not_here(two: Page) -> None:
    (table,) = blocks(two, "backends", Table)
    assert isinstance(table, Table)
    assert {row[0]: row[1] for row in table.rows} == {
        "mesh": "yes",
        "openface": "no",
        "dlib": "yes",
        "rekognition": "no",
        "precomputed": "no",
    }


def test_a_page_to_share_has_no_picture_and_says_why(tmp_path: Path) -> None:
    page = example_backends_page(tmp_path, ("mesh", "dlib"), share=True)
    assert blocks(page, "pictures", Text) == [Text([words.NO_PICTURES])]
    html = render_page(page)
    assert "data:image" not in html
    assert ".jpg" not in html


def test_a_record_shows_the_picture_once_for_each_backend(two: Page) -> None:
    (gallery,) = blocks(two, "pictures", Gallery)
    assert isinstance(gallery, Gallery)
    record = gallery.groups[0].records[0]
    assert record.size == (2 * 160 + 4, 200)
    assert dict(record.facts)["Disagreement"] == "only mesh original trusts"
    assert record.tables[0].rows == [
        ["mesh", "original", "yes", "yes"],
        ["dlib", "original", "no", "no"],
    ]


def test_the_label_is_chosen_and_charts_of_labels_keep_them_all(two: Page) -> None:
    assert two.chosen == {"label": "all"}
    charts = {c.name: c.spec for s in two.sections for c in s.blocks if isinstance(c, Chart)}
    rows = {
        name: [row for data in spec["datasets"].values() for row in data]
        for name, spec in charts.items()
        if spec
    }
    assert {row["label"] for row in rows["shares"]} > {"all", "joy", "fear"}
    assert {"of", "level"} <= set(rows["shares-by-label"][0])
    assert "label" not in rows["shares-by-label"][0]
    assert all("pair" in row for row in rows["bridge-mesh-original-dlib-original"])


def test_without_labels_there_is_a_sentence(tmp_path: Path) -> None:
    page = example_backends_page(tmp_path, ("mesh", "dlib"), share=True, labels={})
    assert blocks(page, "labels", Text) == [Text([words.NO_LABELS])]


def test_a_label_that_looks_like_a_missing_value_stays_a_word(tmp_path: Path) -> None:
    labels: dict[str, str | None] = {
        f"{k:02d}<img src=x onerror=alert(1)>.jpg": "None" for k in range(24)
    }
    files = write_study(tmp_path, ("mesh", "dlib"), labels)
    tables = read_backend_tables(
        summary=files.summary,
        agreement=files.agreement,
        tests=files.tests,
        seconds=files.bridge / "seconds_per_picture.csv",
    )
    assert tables.labels == ["None"]
    assert tables.pairs == [("mesh original", "dlib original")]


def test_of_too_few_pictures_a_distance_has_no_interval(two: Page) -> None:
    (table,) = blocks(two, "agreement", Table)
    assert isinstance(table, Table)
    interval = {row[1]: row[-1] for row in table.rows}
    assert interval["joy"] == "too few pictures"  # 5: no order statistics reach 95 %
    assert " to " in interval["all"]
    charts = {c.name: c.spec for s in two.sections for c in s.blocks if isinstance(c, Chart)}
    spec = charts["apart"]
    assert spec is not None
    rows = [row for data in spec["datasets"].values() for row in data]
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)


def test_same_inputs_same_page(tmp_path: Path) -> None:
    pages = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        page = example_backends_page(tmp_path / name, ("mesh", "dlib"), share=False)
        pages.append(render_page(page))
    assert pages[0] == pages[1]
