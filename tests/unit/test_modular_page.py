"""The page of the models, put together from planted results."""

from pathlib import Path

import pytest

from example_models import OPTIONS, example_models_page
from modular_faces.failures.report_parts import StudyReport
from modular_faces.modular.page import NO_PICTURES, modular_page, read_tables
from modular_faces.modular.score_parts import model_order
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
    assert {path.suffix for path in (tmp_path / "figures" / "scores").iterdir()} == {
        ".svg", ".png", ".json"}  # fmt: skip


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
