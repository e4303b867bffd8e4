"""The page of the models, put together from planted results."""

from dataclasses import replace
from pathlib import Path

import pytest

from example_models import OPTIONS, example_models_page, write_scores
from modular_faces.failures.report_parts import StudyReport
from modular_faces.modular.page import NO_PICTURES, modular_page, read_tables
from modular_faces.modular.reliability_section import reliability_sections
from modular_faces.modular.score_parts import model_order
from modular_faces.modular.score_sections import score_sections
from modular_faces.pages.parts import Chart, Page, Table, Text


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return example_models_page(tmp_path_factory.mktemp("models"), share=True)


def blocks(page: Page, anchor: str) -> list[object]:
    return list(next(s for s in page.sections if s.anchor == anchor).blocks)


def test_scores_come_first_and_the_labs_model_is_their_first_row(page: Page) -> None:
    assert page.sections[0].anchor == "scores"
    table = next(block for block in blocks(page, "scores") if isinstance(block, Table))
    assert table.rows[0][:3] == ["lab", "whole picture", "all pictures"]
    assert table.rows[0][5] == "0.700 [0.650, 0.750]"
    assert table.rows[-1][:2] == ["deep", "published"]
    assert table.rows[-1][5] == "0.920"


def test_chance_stands_last() -> None:
    assert model_order(["shuffled", "b", "baseline", "lab"]) == ["lab", "b", "baseline", "shuffled"]


def test_a_suppressor_is_named_among_raw_weights_and_has_no_forward_pattern(page: Page) -> None:
    charts = [block for block in blocks(page, "weights-image") if isinstance(block, Chart)]
    named = next(chart for chart in charts if chart.name == "weights-image-pose-names")
    assert named.spec is not None
    rows = [row for rows in named.spec["datasets"].values() for row in rows]
    values = {(row["view"], row["value"]) for row in rows}
    assert values == {("pattern", 0.0), ("weight", 1.0)}


def test_a_suppressor_has_a_weight_and_no_arrow(page: Page) -> None:
    charts = [block for block in blocks(page, "weights-image") if isinstance(block, Chart)]
    shape = next(chart for chart in charts if chart.name == "weights-image-shape-frontal")
    assert shape.spec is not None
    rows = [row for rows in shape.spec["datasets"].values() for row in rows if "moved" in row]
    nose = [row for row in rows if row["part"] == "nose"]
    seen = [row for row in nose if row["view"] == "pattern"]
    assert seen
    assert not any(row["sure"] or row["moved"] or row["x"] != row["x2"] for row in seen)
    assert all(row["sure"] and row["moved"] for row in nose if row["view"] == "weight")


def test_what_the_scores_rest_on_has_sections_of_its_own(page: Page) -> None:
    anchors = [section.anchor for section in page.sections]
    assert anchors[:9] == [
        *("scores", "reliability", "coverage", "comparisons", "rungs", "specificity", "modules"),
        *("mistakes", "rescued"),
    ]
    (table,) = [block for block in blocks(page, "comparisons") if isinstance(block, Table)]
    assert table.rows[0] == [
        *("modular", "lab", "whole picture", "found ones only", "accuracy"),
        *("0.100 [0.050, 0.150]", "100", "15", "5", "0.01", "0.02"),
    ]
    bounds, without = [block for block in blocks(page, "coverage") if isinstance(block, Table)]
    assert bounds.rows[0][:5] == ["modular", "whole picture", "0.800", "0.800", "0.750"]
    assert {row[2] for row in without.rows} == {"test", "test without duplicates"}
    (no_rungs,) = blocks(page, "rungs")
    assert isinstance(no_rungs, Text)
    assert no_rungs.sentences[0].startswith("There are no outputs of OpenFace")
    specific = blocks(page, "specificity")[0]
    assert isinstance(specific, Text)
    assert "for 2 of 2 ratings" in specific.sentences[0]
    assert blocks(page, "rescued") == [Text(["Too few."])]


def test_scores_stand_beside_what_raters_agree_on(page: Page) -> None:
    _, means, chart, table = blocks(page, "reliability")
    assert isinstance(means, Text)
    assert means.sentences[0] == (
        "Whole picture: mean R2 of modular is 0.800 [0.750, 0.850]; of what raters agree on it is "
        "0.889 [0.839, 0.939] (mean reliability 0.900 [0.850, 0.950]), 100 pictures."
    )
    assert isinstance(chart, Chart)
    assert isinstance(table, Table)
    assert table.rows[0][:5] == [
        *("mean of ratings", "whole picture", "0.900 [0.850, 0.950]"),
        *("0.800 [0.750, 0.850]", "0.889 [0.839, 0.939]"),
    ]
    assert [row[0] for row in table.rows] == ["mean of ratings"] * 2 + ["age"] * 2


def test_without_reliabilities_there_is_no_section_of_them(tmp_path: Path) -> None:
    write_scores(tmp_path)
    tables = read_tables(tmp_path, main="modular", confidence=0.95)
    unknown = replace(tables, scores=tables.scores[tables.scores["model"] != "raters"])
    assert list(reliability_sections(unknown, tmp_path)) == []


def test_captions_say_the_level_of_the_config(tmp_path: Path) -> None:
    write_scores(tmp_path)
    tables = read_tables(tmp_path, main="modular", confidence=0.9)
    sections = score_sections(tables, tmp_path)
    words = " ".join(
        block.caption for s in sections for block in s.blocks if isinstance(block, (Chart, Table))
    )
    assert "90 % intervals" in words
    assert "95 %" not in words


def test_every_model_has_a_card_and_chance_has_none(page: Page) -> None:
    cards = [block for block in blocks(page, "model-cards") if isinstance(block, Table)]
    assert [card.caption for card in cards] == ["Model card: lab", "Model card: modular"]
    for card in cards:
        said = {row[0]: row[1] for row in card.rows}
        assert {"sees", "intended use", "not for", "labels and ratings"} <= set(said)
    assert "the lab's model" in cards[0].rows[0][1]


def test_columns_alike_are_said_of_every_module(page: Page) -> None:
    _, counts, table = blocks(page, "alike")
    assert isinstance(counts, Text)
    assert isinstance(table, Table)
    (sentence,) = counts.sentences
    assert "color 2 of 4 columns in 1 groups" in sentence
    assert "shape frontal none" in sentence
    assert table.rows[0][:3] == ["whole picture", "color", "2"]


def test_a_chart_says_what_region_and_module_it_is_of(page: Page) -> None:
    charts = [block for block in blocks(page, "weights-image") if isinstance(block, Chart)]
    tags = {chart.name: dict(chart.tags) for chart in charts}
    assert tags["weights-image-pose-names"] == {"region": "image", "module": "pose"}
    assert tags["weights-image-modules"] == {"region": "image"}


def test_the_page_opens_on_the_forward_pattern(page: Page) -> None:
    assert page.chosen == {"target": "joy", "view": "pattern"}
    assert "not seen in the face" in page.words["view"]["weight"]


def test_a_page_to_share_says_why_it_has_no_pictures(page: Page) -> None:
    assert blocks(page, "pictures") == [Text([NO_PICTURES])]


def test_no_chart_carries_too_many_rows(page: Page) -> None:
    charts = [b for s in page.sections for b in s.blocks if isinstance(b, Chart) and b.spec]
    assert len(charts) > 8
    for chart in charts:
        assert chart.spec is not None
        assert sum(map(len, chart.spec["datasets"].values())) <= 5000


def test_figures_lie_beside_the_page(tmp_path: Path) -> None:
    example_models_page(tmp_path, share=True)
    for section in ("scores", "comparisons", "mistakes", "weights"):
        kinds = {path.suffix for path in (tmp_path / "figures" / section).iterdir()}
        assert kinds == {".svg", ".png", ".json"}, section


def test_without_labels_and_ratings_there_is_a_sentence(tmp_path: Path) -> None:
    tables = ("scores", "comparisons", "confusion", "calibration", "references")
    for name in (*tables, "specificity", "overlap"):
        (tmp_path / f"{name}.csv").write_text('"nothing"\n')
    (tmp_path / "notes.json").write_text('["The dataset has no categories."]')
    StudyReport("rescued", "Rescued pictures", "", skipped="None.").write(tmp_path / "rescued.json")
    page = modular_page(
        read_tables(tmp_path, main="modular", confidence=0.95),
        None,
        folder=tmp_path,
        options=OPTIONS,
        rescued=tmp_path / "rescued.json",
        gallery=None,
        dataset="planted",
        provenance=[],
        share=False,
    )
    assert [section.anchor for section in page.sections] == ["scores", "rescued", "pictures"]
    (text,) = blocks(page, "scores")
    assert isinstance(text, Text)
    assert text.sentences[0].startswith("No model could be fitted")
    assert not page.numbers
