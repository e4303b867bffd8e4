"""Copies of a picture are no further evidence: every study says the same with them and without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from studies import described, manifest_of, study_of

from modular_faces.config_causes import Interventions
from modular_faces.failures.entropy import entropy_table
from modular_faces.failures.groups import (
    dropping_table,
    group_rate_table,
    group_tests,
    groupings_of,
)
from modular_faces.failures.intervention_plan import plan_interventions
from modular_faces.failures.outcome import (
    LEVELS,
    Outcome,
    levels_to_study,
    outcomes_at_both_levels,
)
from modular_faces.failures.parts import study_parts
from modular_faces.failures.rates import (
    group_table,
    grouping_tests,
    make_groupings,
    picture_table,
    rate_table,
)
from modular_faces.failures.study_rows import copies_of

MESH, BORDER = ("mesh", "original"), ("mesh", "grey_border")
N, COPIED, TIMES = 60, 15, 4
"""Pictures, of which the first fifteen (all failures) are there four times more."""

Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def pictures(*, copied: bool) -> Tables:
    """Study, manifest and descriptors; the copies have labels and letters of their own."""
    letters = {MESH: "x" * 25 + "t" * 35, BORDER: "t" * 20 + "x" * 5 + "t" * 33 + "xx"}
    labels = ["happy", "sad", "angry"] * 20
    table = described(N, np.random.default_rng(3))
    of: list[str | None] = [""] * N
    if copied:
        for turn in range(TIMES):
            letters = {part: text + "tx"[turn % 2] * COPIED for part, text in letters.items()}
            of += [f"p{k:04d}" for k in range(COPIED)]
            labels += ["sad"] * COPIED
        table = pd.concat([table, *[table.iloc[:COPIED]] * TIMES])
        table.index = pd.Index([f"p{k:04d}" for k in range(len(of))], name="image_id")
    manifest = manifest_of(len(of), label_name=labels, duplicate_of=of)
    return study_of(letters), manifest, table


def outcome_of_pictures(tables: Tables) -> Outcome:
    return outcomes_at_both_levels(*tables[:2], backend="mesh", variant="original")["trusted"]


def rates_of(tables: Tables) -> list[pd.DataFrame]:
    study, manifest, table = tables
    parts = study_parts(study, manifest, outcome=MESH)
    groupings = make_groupings(parts, manifest, table, quantiles=4)
    return [
        rate_table(parts, {"original": [], "grey_border": []}, confidence=0.95),
        group_table(parts, groupings, confidence=0.95),
        grouping_tests(parts, groupings, levels=["trusted"], confidence=0.95, seed=1),
        picture_table(parts),
    ]


def entropy_of(tables: Tables) -> list[pd.DataFrame]:
    outcome = outcome_of_pictures(tables)
    return [entropy_table([outcome], tables[2], confidence=0.95, draws=50, seed=1)]


def groups_of(tables: Tables) -> list[pd.DataFrame]:
    outcome = outcome_of_pictures(tables)
    columns = tables[1].set_index("image_id")[["label_name"]].reindex(outcome.image_ids)
    groupings = groupings_of(columns, ["label_name"], quantiles=4)
    return [
        group_rate_table([outcome], groupings, confidence=0.95),
        group_tests([outcome], groupings, confidence=0.95, seed=1),
        dropping_table([outcome], groupings, confidence=0.95),
    ]


@pytest.mark.parametrize("study_of_pictures", [rates_of, entropy_of, groups_of])
def test_tables_are_the_same_with_and_without_copies(study_of_pictures: object) -> None:
    assert callable(study_of_pictures)
    without, copied = (study_of_pictures(pictures(copied=copied)) for copied in (False, True))
    for one, other in zip(without, copied, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_copies_are_counted_and_said() -> None:
    alone, copied = (outcome_of_pictures(pictures(copied=c)) for c in (False, True))
    assert (alone.copies, copied.copies) == (0, 60)
    assert alone.image_ids == copied.image_ids
    assert alone.failed.sum() == copied.failed.sum() == 25
    assert alone.exclusions == ""
    assert copied.describe().endswith("; 60 copies of other pictures are left out.")
    both = dict.fromkeys(LEVELS, copied)
    assert levels_to_study(both)[1].endswith("the first, by name, stands for all.")
    assert "copies" not in levels_to_study(dict.fromkeys(LEVELS, alone))[1]


def test_changed_pictures_are_drawn_from_clusters() -> None:
    tried = Interventions()
    plans = [
        plan_interventions(
            [outcome_of_pictures(pictures(copied=copied))],
            {"brightness": np.linspace(60, 190, N)},
            causes={"dark": tried.all_causes()["dark"]},
            placebos=tried.placebos,
            sample=20,
            seed=1,
        )
        for copied in (False, True)
    ]
    assert plans[0].failures == plans[1].failures
    assert plans[0].successes == plans[1].successes


def test_what_could_not_be_decoded_is_no_copy() -> None:
    manifest = manifest_of(3, decodable=[True, False, True], duplicate_of=["", "p0000", None])
    assert copies_of(manifest) == []
    assert copies_of(manifest_of(2)) == []


def test_samples_of_successes_stand_for_clusters() -> None:
    """Ten successes of which four are copies: the two that were sampled stand for six."""
    study = study_of({MESH: "xxtttttttttt", BORDER: "xxtt t      "})
    manifest = manifest_of(12, duplicate_of=[""] * 4 + ["p0003"] * 4 + [""] * 4)
    parts = study_parts(study, manifest, outcome=MESH)
    assert parts.copies == 4
    assert parts.weights[:, parts.column(BORDER)].tolist() == [1, 1, 3, 3, 0, 0, 0, 0]
