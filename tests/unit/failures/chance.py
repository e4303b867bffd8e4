"""Every p-value of every study, on failures that nothing causes: small pictures, few permutations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import planted_pictures as planted
from pixel_chance import SIDE, p_values_of_chance
from studies import described, letters_of, manifest_of, outcome_of, study_of

from modular_faces.failures.entropy import entropy_table
from modular_faces.failures.groups import group_rate_table, group_tests, groupings_of
from modular_faces.failures.groups_error import error_table
from modular_faces.failures.map_comparison import compare_maps
from modular_faces.failures.means_tables import share_table
from modular_faces.failures.parts import study_parts
from modular_faces.failures.picture_frame import GREY
from modular_faces.failures.rates import grouping_tests, make_groupings, rate_table
from modular_faces.failures.shap_pixels import PixelModel, pixel_shap

N, LOST = 120, 40
CONFIDENCE = 0.95
VARIANTS = ("wide", "sharpen", "grey_border")


def failures_of(seed: int, n: int = N, lost: int = LOST) -> np.ndarray:
    """Draw failures, (n,) bool."""
    return np.random.default_rng(seed).permutation(n) < lost


def rates(seed: int) -> dict[str, float]:
    """Variants that rescue and break as many; labels, splits and descriptors that say nothing."""
    generator = np.random.default_rng(seed)
    failed = failures_of(seed)
    chance = np.full(N, 0.3)
    letters = {
        ("mesh", "original"): letters_of(generator.random(N) < chance),
        **{("mesh", name): letters_of(generator.random(N) < chance) for name in VARIANTS},
    }
    paired = rate_table(
        study_parts(study_of(letters), manifest_of(N), outcome=("mesh", "original")),
        {name: [] for name in ("original", *VARIANTS)},
        confidence=CONFIDENCE,
    )
    found = paired[(paired["level"] == "trusted") & paired["p"].notna()]
    values = {f"paired {row.variant}": float(row.p) for row in found.itertuples()}
    manifest = manifest_of(
        N,
        label_name=generator.choice(["happy", "sad", "angry"], N).tolist(),
        split=generator.choice(["train", "test"], N).tolist(),
    )
    parts = study_parts(
        study_of({("mesh", "original"): letters_of(failed)}), manifest, outcome=("mesh", "original")
    )
    groupings = make_groupings(parts, manifest, described(N, generator), quantiles=4)
    tests = grouping_tests(parts, groupings, levels=["trusted"], confidence=CONFIDENCE, seed=1)
    return values | {str(row.grouping): float(row.p) for row in tests.itertuples()}


def entropy(seed: int) -> dict[str, float]:
    """Each channel and place, of colour and of grey pictures."""
    generator = np.random.default_rng(seed)
    grey = (np.arange(N) % 2).astype(float)
    table = entropy_table(
        [outcome_of(failures_of(seed))],
        described(N, generator, grey=grey),
        confidence=CONFIDENCE,
        draws=2,
        seed=1,
    )
    return {f"{r.pictures} {r.place} {r.channel}": float(r.p) for r in table.itertuples()}


def groups(seed: int) -> dict[str, float]:
    """Each group against the rest, each column, and the landmark error of each group."""
    generator = np.random.default_rng(seed)
    outcome = outcome_of(failures_of(seed))
    known = pd.DataFrame(
        {
            "gender": generator.choice(["female", "male"], N),
            "race": generator.choice(["one", "two", "three"], N),
            "age": generator.normal(40, 10, N),
        },
        index=outcome.image_ids,
    )
    groupings = groupings_of(known, list(known), quantiles=3)
    rows = group_rate_table([outcome], groupings, confidence=CONFIDENCE)
    tests = group_tests([outcome], groupings, confidence=CONFIDENCE, seed=1)
    errors = error_table(
        outcome,
        groupings,
        pd.Series(generator.gamma(4, 0.01, N), index=outcome.image_ids),
        confidence=CONFIDENCE,
        draws=2,
        seed=1,
    )
    return (
        _by_place(rows, "group")
        | {f"column {row.column}": float(row.p) for row in tests.itertuples()}
        | _by_place(errors, "error")
    )


def _by_place(table: pd.DataFrame, what: str) -> dict[str, float]:
    """Name tests by the place of a group in its column: quantiles have other limits in every draw."""
    places = table.groupby("column", sort=False).cumcount()
    return {
        f"{what} {column} {place}": float(p)
        for column, place, p in zip(table["column"], places, table["p"], strict=True)
    }


def pixels(seed: int) -> dict[str, float]:
    """Mean pictures, unusual pixels and edges: each map, freely and within strata."""
    values = p_values_of_chance(seed, pictures=100, failures=30, permutations=199)
    sample = planted.planted(planted.nothing, n=100, lost=30, seed=20_000 + seed, side=12)
    shares = share_table(outcome_of(failures_of(seed)), sample, confidence=CONFIDENCE)
    return values | {f"{r.unusual} {r.channel}": float(r.p) for r in shares.itertuples()}


def pixel_model(seed: int) -> dict[str, float]:
    """Maps of absolute SHAP, tested whether or not the model knows anything; 0 for an AUC surely above .5."""
    sample = planted.planted(planted.nothing, n=100, lost=40, seed=30_000 + seed, side=SIDE)
    greys = sample.pictures[..., GREY]
    strata = np.random.default_rng(seed).integers(0, 2, len(greys))
    settings = PixelModel("linear", 10, folds=3, permutations=199, confidence=CONFIDENCE, seed=1)
    result = pixel_shap(greys, sample.failed, strata=strata, settings=settings)
    maps = compare_maps(
        result.absolute,
        sample.failed,
        name="absolute",
        channel="grey",
        strata=strata,
        permutations=settings.permutations,
        seed=seed,
    )
    found = {f"absolute {one.compared}": one.test.p_value for one in maps}
    return found | {"AUC": 0.0 if result.informative else 1.0}
