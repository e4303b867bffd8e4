"""The page of the models, put together from planted results."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from example_models import OPTIONS, example_models_page, planted_regions, write_scores
from modular_faces.failures.report_parts import StudyReport
from modular_faces.modular.column_words import KINDS
from modular_faces.modular.mean_face import ARROWS
from modular_faces.modular.page import NO_PICTURES, modular_page, read_tables
from modular_faces.modular.page_parts import Figures
from modular_faces.modular.region_section import (
    NONE_SHARED,
    ONE_REGION,
    region_blocks,
    region_findings,
)
from modular_faces.modular.reliability_section import reliability_sections
from modular_faces.modular.score_parts import (
    grouped_modules,
    model_order,
    none_lost,
    parts_chart,
)
from modular_faces.modular.score_sections import score_sections
from modular_faces.modular.scores_shown import recall_table
from modular_faces.modular.weight_charts import fewer_arrows
from modular_faces.pages.parts import Chart, Page, Table, Text


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return example_models_page(tmp_path_factory.mktemp("models"), share=True)


def blocks(page: Page, anchor: str) -> list[object]:
    return list(next(s for s in page.sections if s.anchor == anchor).blocks)


def test_scores_come_first_and_the_labs_model_is_their_first_row(page: Page) -> None:
    assert page.sections[0].anchor == "scores"
    whole, face = [block for block in blocks(page, "scores") if isinstance(block, Table)][:2]
    assert whole.caption.startswith("Emotion, whole picture")
    assert face.caption.startswith("Emotion, face only")
    assert whole.rows[0][:4] == [
        *("lab", "all pictures (none lost)", "100", "0.700 [0.650, 0.750]"),
    ]
    assert whole.rows[-1][:4] == ["deep", "published", "", "0.920"]
    assert "deep" not in {row[0] for row in face.rows}


def test_models_modules_and_metrics_are_said_in_words(page: Page) -> None:
    told = [block for block in blocks(page, "scores") if isinstance(block, Text)]
    models = next(text for text in told if text.listed and "Lab: " in text.sentences[0])
    assert "Modular: color, pose." in models.sentences
    assert any("balanced accuracy" in text.sentences[0] for text in told)
    modules = blocks(page, "modules")[0]
    assert isinstance(modules, Text)
    assert "Pose: turn, nod and tilt of the head." in modules.sentences


def test_found_pictures_repeat_all_only_where_none_is_lost() -> None:
    common = {"target": "emotion", "model": "modular", "region": "image", "split": "test"}
    counts = [("all", 100), ("found", 90), ("lost_wrong", 100)]
    lost = pd.DataFrame([common | {"population": name, "n": n} for name, n in counts])
    assert none_lost(lost).tolist() == [False, False, False]
    assert none_lost(lost.assign(n=100)).tolist() == [False, True, True]
    chance = lost.assign(model="shuffled", population="found", n=100).head(1)
    assert none_lost(chance).tolist() == [False]


def test_a_module_that_does_harm_lies_left_of_zero(page: Page) -> None:
    rows = [
        ("emotion", "modular", "color+pose", "found", "accuracy", 0.8),
        ("emotion", "without_color", "pose", "found", "accuracy", 0.7),
        ("emotion", "shapley", "color", "found", "shapley_accuracy", -0.2),
    ]
    columns = ["target", "model", "modules", "population", "metric", "value"]
    scores = pd.DataFrame(rows, columns=columns).assign(region="image", split="test", n=100)
    scores = scores.assign(low=scores["value"] - 0.05, high=scores["value"] + 0.05)
    chart = parts_chart(scores, "emotion", "accuracy", "modular").to_dict()
    (shapley,) = [one for one in chart["hconcat"] if one["title"] == "Shapley value"]
    low, high = shapley["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert low < -0.25
    assert high > 0


def test_modules_that_are_taken_out_together_are_named() -> None:
    rows = {
        "modular": "color+shape_2d+pose",
        "without_shape": "color",
        "without_color": "shape_2d+pose",
    }
    scores = pd.DataFrame(list(rows.items()), columns=["model", "modules"])
    assert grouped_modules(scores, "modular") == " Shape stands for shape 2d and pose together."


def test_recall_of_every_category_stands_among_mistakes() -> None:
    rows = [(model, region, f"recall_{label}", 0.5) for region in ("image", "face")
            for model in ("lab", "modular") for label in ("joy", "fear")]  # fmt: skip
    scores = pd.DataFrame(rows, columns=["model", "region", "metric", "value"]).assign(
        low=0.4, high=0.6, population="all", split="test"
    )
    table = recall_table(scores, "modular", "95 %")
    assert table is not None
    assert table.columns[:3] == ["labelled", "lab, whole picture", "modular, whole picture"]
    assert [row[:2] for row in table.rows] == [
        ["joy", "0.500 [0.400, 0.600]"],
        ["fear", "0.500 [0.400, 0.600]"],
    ]
    assert recall_table(scores.assign(population="found"), "modular", "95 %") is None


def test_arrows_are_thinned_alike_on_both_sides() -> None:
    parts = [(part, k) for part, vertices in ARROWS.items() for k in range(len(vertices))]
    one = pd.DataFrame(parts, columns=["part", "place"]).assign(view="pattern")
    many = pd.concat([one.assign(target=name) for name in ("a", "b")], ignore_index=True)
    assert len(fewer_arrows(many, most=len(many))) == len(many)
    fewer = fewer_arrows(many, most=len(many) - 1)
    kept = fewer[fewer["part"] == "outline"].groupby("target")["place"].agg(list)
    assert kept["a"] == kept["b"] == list(range(0, len(ARROWS["outline"]), 2))
    assert set(fewer["part"]) == set(ARROWS)
    assert len(fewer_arrows(many, most=20)) <= 20


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
    assert anchors[:10] == [
        *("scores", "reliability", "coverage", "comparisons", "regions", "rungs", "specificity"),
        *("modules", "mistakes", "rescued"),
    ]
    (table,) = [block for block in blocks(page, "comparisons") if isinstance(block, Table)]
    assert "modular less the other, found ones only" in table.caption
    assert table.rows[0] == [
        *("lab", "whole picture", "100", "0.100 [0.050, 0.150]", "15", "5", "0.010", "0.020"),
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


def test_the_whole_picture_stands_against_the_face_only(page: Page) -> None:
    told, chart, table = blocks(page, "regions")
    assert isinstance(told, Text)
    assert told.sentences == [
        "Accuracy (emotion) is 0.800 from the whole picture and 0.750 from the face only: difference +0.050 "
        "[+0.010, +0.090], n = 100; only the whole picture is right on 15 pictures, only the face on 10, McNemar's "
        "p = .420 after Holm's correction.",
        "Balanced accuracy (emotion) is 0.700 from the whole picture and 0.660 from the face only: difference +0.040 "
        "[-0.010, +0.090], n = 100.",
        "R2 (mean of ratings) is 0.550 from the whole picture and 0.460 from the face only: difference +0.090 "
        "[+0.050, +0.130], n = 100.",
        "Of 2 ratings R2 is higher from the whole picture for 1 and from the face only for 0, counting intervals that "
        "leave out 0 (each taken alone, not corrected for their number).",
        "Negative control: R2 of 'outdoors', a matter of the background, falls when only the face is seen, as it must "
        "(0.600 from the whole picture, 0.400 from the face only, difference +0.200 [+0.100, +0.300], n = 100).",
    ]
    assert isinstance(chart, Chart)
    assert isinstance(table, Table)
    assert table.rows[0] == [
        *("emotion", "accuracy", "0.800", "0.750", "0.050 [0.010, 0.090]", "100"),
        *("15", "10", "0.420", "0.420"),
    ]
    assert [row[0] for row in table.rows[1:]] == ["emotion", "mean of ratings", "age", "outdoors"]
    assert table.rows[3][6:] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.1, 0.3, "falls"), (-0.1, 0.3, "is not shown to fall"), (-0.3, -0.1, "rises")],
)
def test_the_negative_control_is_judged_by_its_interval(low: float, high: float, said: str) -> None:
    rows = planted_regions()
    control = rows[rows["target"] == "outdoors"].assign(low=low, high=high)
    assert f"of the background, {said} " in list(region_findings(control))[-1]


def test_a_single_region_is_said_to_be_one(tmp_path: Path) -> None:
    write_scores(tmp_path)
    (tmp_path / "regions.csv").write_text('"nothing"\n')
    tables = read_tables(tmp_path, main="modular", confidence=0.95)
    figures = Figures(tmp_path, "regions")
    assert list(region_blocks(tables, figures)) == [Text([NONE_SHARED])]
    face = replace(tables, scores=tables.scores[tables.scores["region"] == "face"])
    assert list(region_blocks(face, figures)) == [Text([ONE_REGION])]


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
    assert isinstance(counts, Table)
    assert isinstance(table, Table)
    assert ["whole picture", "color", "2", "4", "1"] in counts.rows
    assert ["whole picture", "pose", "0", "1", "0"] in counts.rows
    assert table.rows[0][:3] == ["whole picture", "color", "2"]


def test_notes_on_columns_stand_with_the_columns(tmp_path: Path) -> None:
    told = f"{KINDS[2]} (face only): x of lab."
    page = example_models_page(tmp_path, share=True, notes=["A planted note.", told])
    texts = [block for block in blocks(page, "alike") if isinstance(block, Text)]
    (about,) = [text for text in texts if text.listed]
    assert about.sentences == [told]
    first = blocks(page, "scores")[0]
    assert isinstance(first, Text)
    assert first.sentences == ["A planted note."]


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
    tables = ("scores", "comparisons", "regions", "confusion", "calibration", "references")
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
