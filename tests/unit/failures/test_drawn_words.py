"""What titles, verdict and methods say of a study of drawn pictures."""

from __future__ import annotations

import pytest
from studies import methods_options, outcome_of

from modular_faces.failures.conditions import InterventionPlan
from modular_faces.failures.drawn import DrawnFrom, Exclusions
from modular_faces.failures.gallery import gallery_report
from modular_faces.failures.methods_text import methods_text
from modular_faces.failures.outcome import Outcome
from modular_faces.failures.verdict import LevelVerdict
from modular_faces.failures.verdict_files import verdict_markdown
from modular_faces.failures.verdict_json import verdict_json
from modular_faces.inference.intervals import Interval
from modular_faces.pages.parts import Record, RecordGroup


@pytest.fixture
def drawn() -> Outcome:
    """12 of 40 pictures failed, of a draw of 45 of 1,000."""
    whole = DrawnFrom(45, 1000, 900, {"found": 200, "trusted": 270}, Exclusions(20, 80, 0))
    return outcome_of([True] * 12 + [False] * 28, left_out=1, copies=4, drawn_from=whole)


def test_a_draw_is_said_with_what_all_pictures_did(drawn: Outcome) -> None:
    assert drawn.title == (
        "failures of the mesh detector, not of OpenFace, on the pictures as they are, in a seeded draw of 45 of the "
        "1,000 pictures"
    )
    assert drawn.describe() == (
        f"{drawn.title}: no trusted landmarks in 12 of 40 pictures (30.0 %); 1 file that could not be decoded and 4 "
        "copies of other pictures are left out. In the whole dataset: no trusted landmarks in 270 of "
        "900 pictures (30.0 %); 20 files that could not be decoded and 80 copies of other pictures are left out."
    )


def test_outputs_that_existed_already_are_drawn_from_too(drawn: Outcome) -> None:
    title = outcome_of([True], backend="precomputed", drawn_from=drawn.drawn_from).title
    assert title.endswith("('original'), in a seeded draw of 45 of the 1,000 pictures")


def test_verdict_methods_and_gallery_say_what_was_drawn(drawn: Outcome) -> None:
    verdict = LevelVerdict(drawn, failed=Interval(0.3, 0.2, 0.4), skipped="Nothing was tried.")
    values = verdict_json([verdict])
    assert values["n"]["drawn_from"] == 1000
    assert values["levels"]["trusted"]["failures_of_all"] == 270
    assert "in 270 of 900 pictures (30.0 %)" in values["text_trusted"]
    said = "in a seeded draw of 45 of the 1,000 pictures"
    assert f"{said}: the verdict" in verdict_markdown([verdict])
    methods = methods_text(
        [verdict],
        InterventionPlan(),
        backend=None,
        options=methods_options(seed=7),
        parts=1,
        columns=[],
        versions={},
    )
    assert f"These are {said[3:]}, by a hash of their names (seed 7). In the whole" in methods
    record = Record("1", "1.jpg", "", "", (1, 1), points=[], points_from="", tags={}, facts=[])
    groups = [RecordGroup(name="dark", title="Dark", note="", records=[record])]
    assert gallery_report(drawn, groups).findings[-1] == f"They are from {said[3:]}."


def test_numbers_without_a_draw_stay_as_they_are() -> None:
    outcome = outcome_of([True] * 12 + [False] * 28)
    values = verdict_json([LevelVerdict(outcome, failed=Interval(0.3, 0.2, 0.4))])
    assert values["n"] == {"pictures": 40, "failures": 12, "examined": 0}
