"""Parts of a study side by side."""

import numpy as np
import pandas as pd
import pytest
from studies import manifest_of, study_of

from modular_faces.config import SHIPPED_VARIANTS
from modular_faces.failures.groupings import quantile_groups
from modular_faces.failures.outcome import outcomes_at_both_levels
from modular_faces.failures.parts import kind_of_variant, part_name, study_parts
from modular_faces.failures.rates import group_table, rate_table
from modular_faces.failures.study_rows import NotAStudyError

MESH, WIDE = ("mesh", "original"), ("mesh", "wide")
FACE = ("openface", "original")


def test_every_part_has_its_column_over_the_same_pictures() -> None:
    manifest = manifest_of(4, decodable=[True, True, False, True])
    parts = study_parts(study_of({WIDE: "tfxx", MESH: "xtxt"}), manifest, outcome=MESH)
    assert parts.parts == (WIDE, MESH)
    assert parts.image_ids.tolist() == ["p0000", "p0001", "p0003"]
    assert parts.lost["found"].T.tolist() == [[False, False, True], [True, False, False]]
    assert parts.lost["trusted"].T.tolist() == [[False, True, True], [True, False, False]]
    assert (parts.weights == 1).all()
    assert not parts.sampled
    assert parts.left_out == 1


def test_parts_are_found_by_name_whatever_their_order() -> None:
    study = study_of({MESH: "xt", WIDE: "tx"})
    shuffled = study.iloc[[1, 0, 2, 3]].reset_index(drop=True)
    parts = study_parts(shuffled, manifest_of(2), outcome=MESH)
    assert parts.image_ids.tolist() == ["p0001", "p0000"]
    assert parts.lost["trusted"][:, parts.column(WIDE)].tolist() == [True, False]


def test_pictures_that_a_part_did_not_see_weigh_nothing() -> None:
    parts = study_parts(study_of({MESH: "xtttt", WIDE: "tt t "}), manifest_of(5), outcome=MESH)
    assert parts.sampled
    assert parts.weights[:, parts.column(WIDE)].tolist() == [1, 2, 0, 2, 0]
    assert not parts.lost["trusted"][2, parts.column(WIDE)]


def test_each_backend_is_compared_with_itself_on_the_original() -> None:
    letters = dict.fromkeys((MESH, WIDE, FACE, ("openface", "wide"), ("precomputed", "lab")), "xt")
    parts = study_parts(study_of(letters), manifest_of(2), outcome=FACE)
    assert parts.reference_of(FACE) is None
    assert parts.reference_of(("openface", "wide")) == FACE
    assert parts.reference_of(WIDE) == MESH
    assert parts.reference_of(MESH) == FACE
    assert parts.reference_of(("precomputed", "lab")) == FACE


def test_samples_are_compared_with_the_outcome_alone() -> None:
    letters = {FACE: "xttt", MESH: "xt t", WIDE: "xt t"}
    parts = study_parts(study_of(letters), manifest_of(4), outcome=FACE)
    assert parts.reference_of(WIDE) == FACE


def test_a_missing_outcome_is_refused() -> None:
    with pytest.raises(NotAStudyError, match=r"no part 'mesh on wide'; .* mesh on original"):
        study_parts(study_of({MESH: "xt"}), manifest_of(2), outcome=WIDE)


def test_variants_are_called_by_what_they_change() -> None:
    kinds = {name: kind_of_variant(steps) for name, steps in SHIPPED_VARIANTS.items()}
    assert kinds == {
        "original": "as it is",
        "grey_border": "geometry",
        "narrow_border": "geometry",
        "upscale_grey_border": "geometry",
        "sharpen": "sharpening",
        "sharpen_strong": "sharpening",
        "unsharp": "sharpening",
    }
    assert kind_of_variant([{"gamma": {}}, {"clahe": {}}]) == "light and noise"
    assert kind_of_variant([{"pad": {}}, {"unsharp": {}}]) == "several"


def test_backends_are_named_where_there_are_several() -> None:
    assert part_name(MESH, several_backends=False) == "original"
    assert part_name(MESH, several_backends=True) == "original (mesh)"


def too_large(study: pd.DataFrame, part: tuple[str, str], places: set[int]) -> pd.DataFrame:
    """Say of some pictures of a part that the variant would have been too large."""
    reasons = study["found"].map({True: "", False: "no_face"})
    ids = {f"p{place:04d}" for place in places}
    here = (study["backend"] == part[0]) & (study["variant"] == part[1])
    return study.assign(
        failure_reason=reasons.mask(here & study["image_id"].isin(ids), "too_large")
    )


def test_a_variant_that_would_be_too_large_is_no_failure() -> None:
    study = too_large(study_of({MESH: "xxtttt", WIDE: "tttxxt"}), WIDE, {3, 4})
    parts = study_parts(study, manifest_of(6), outcome=MESH)
    column = parts.column(WIDE)
    assert parts.too_large.tolist() == [0, 2]
    assert parts.weights[:, column].tolist() == [1, 1, 1, 0, 0, 1]
    assert not parts.lost["trusted"][:, column].any()
    assert not parts.sampled
    row = rate_table(parts, SHIPPED_VARIANTS, confidence=0.95).iloc[1]
    assert (row["n"], row["failures"], row["too_large"]) == (4, 0, 2)
    assert (row["rescued"], row["broken"]) == (2, 0)


def test_pictures_too_large_for_the_outcome_are_left_out() -> None:
    study = too_large(study_of({MESH: "xxtttt", WIDE: "xttxxt"}), WIDE, {3, 4})
    outcome = outcomes_at_both_levels(study, manifest_of(6), backend="mesh", variant="wide")[
        "found"
    ]
    assert outcome.failed.tolist() == [True, False, False, False]
    assert outcome.too_large == 2
    assert outcome.describe().endswith("; 2 pictures too large once changed are left out.")


def test_a_part_that_saw_only_failures_tells_what_it_rescued() -> None:
    """A sample so small that no success was drawn, or the later variants of a cascade."""
    study = study_of({MESH: "xxxtttt", WIDE: "txt    "})
    parts = study_parts(study, manifest_of(7), outcome=MESH)
    assert parts.failures_only.tolist() == [False, True]
    row = rate_table(parts, SHIPPED_VARIANTS, confidence=0.95).iloc[1]
    assert (row["n"], row["failures"], row["rescued"]) == (3, 1, 2)
    assert row[["rate", "low", "high", "broken", "difference", "p", "p_holm"]].isna().all()
    grouping = quantile_groups("brightness", np.arange(7.0), quantiles=2)
    assert grouping is not None
    groups = group_table(parts, [grouping], confidence=0.95)
    assert groups["variant"].unique().tolist() == ["original"]


def test_a_part_that_misses_failures_is_refused() -> None:
    with pytest.raises(NotAStudyError, match="misses pictures that the largest part lost"):
        study_parts(study_of({MESH: "xxtttt", WIDE: "x tt  "}), manifest_of(6), outcome=MESH)
