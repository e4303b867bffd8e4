"""The methods say of every study that was made, with the numbers it was made with."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from studies import methods_options, outcome_of

from modular_faces.config_loading import load_config
from modular_faces.failures.methods_references import REFERENCES, with_references
from modular_faces.failures.methods_studies import study_paragraphs
from modular_faces.failures.outcome import Outcome
from modular_faces.stage_options import failure_options

COLUMNS = ["image_id", "label_name", "rating_gender"]


def failing(failures: int, successes: int, **changes: Any) -> Outcome:
    """An outcome of pictures with one label."""
    n = failures + successes
    failed = np.arange(n) < failures
    return outcome_of(failed, **({"label": np.array(["joy"] * n, dtype=object)} | changes))


def said(outcomes: list[Outcome], *, parts: int = 6, **changes: Any) -> list[str]:
    return list(
        study_paragraphs(outcomes, methods_options(**changes), parts=parts, columns=COLUMNS)
    )


def about(paragraphs: list[str], words: str) -> str:
    """The one paragraph that holds some words."""
    (found,) = [text for text in paragraphs if words in text]
    return found


def test_every_study_has_a_paragraph_with_its_numbers() -> None:
    paragraphs = said([failing(1200, 3001), failing(60, 4141, level="found")])
    assert len(paragraphs) == 8
    assert "6 combinations of backend and variant" in about(paragraphs, "Wilson, 1927")
    assert "McNemar, 1947" in about(paragraphs, "Wilson, 1927")
    assert "groups by label and " in about(paragraphs, "who is lost")
    means = about(paragraphs, "mean pictures")
    assert (
        "1,000 failures and 1,000 successes (no trusted landmarks) and 60 failures and 1,000 successes (no landmarks)"
        in means
    )
    assert "2,000 permutations" in about(paragraphs, "Westfall & Young, 1993")
    assert "strata of one label and of grey or coloured pictures alone" in means
    assert "2,000 samples, 95 %" in about(paragraphs, "Shannon, 1948")
    edges = about(paragraphs, "Edges in grey pictures")
    assert "Sobel gradients of at least 100 grey levels" in edges
    assert "the strongest 10 % of the gradients" in edges
    assert "50 draws of at most 100 pairs" in edges
    assert "of the same label and of nearly the same brightness (within 0.25 standard" in edges
    model = about(paragraphs, "Gradient-boosted trees")
    assert "1,200 failures and 3,001 successes (no trusted landmarks)" in model
    assert "in 5 folds" in model
    assert "longer side at most 24 pixels" in about(paragraphs, "Logistic regression")


def test_the_compared_half_of_the_successes_is_counted() -> None:
    means = about(said([failing(30, 41)]), "mean pictures")
    assert "30 failures and 20 successes (no trusted landmarks)" in means


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"edges": {"kernel": "canny", "threshold": 80}}, "thresholds of 40 and 80 grey levels"),
        ({"edges": {"kernel": "laplacian", "strongest": 0.25}}, "25 % of the responses"),
        ({"edges": {"draws": 20, "pictures": 30}}, "20 draws of at most 30 pairs"),
        ({"permutations": 5000}, "with 5,000 permutations"),
        ({"bootstrap": 3000}, "3,000 samples"),
        ({"confidence": 0.9}, "(Wilson, 1927; 90 %)"),
        ({"sample": 100}, "100 failures and 100 successes"),
        ({"side": 64}, "longer side at most 64 pixels"),
        ({"seed": 9}, "(seed 9)"),
        ({"quantiles": 5}, "5 groups of about equal size"),
        ({"model": {"folds": 7}}, "in 7 folds, each predicted"),
        ({"model": {"pictures": 300}}, "at most 300 pictures"),
        (
            {"pixels": {"model": "boosted", "side": 16}},
            "Gradient-boosted trees predicted failure from the",
        ),
        ({"pixels": {"folds": 4}}, "in 4 folds (seed 1)"),
        ({"groups": ["skin-color"]}, "groups by label and skin-color"),
    ],
)
def test_the_config_changes_the_text(section: dict[str, Any], words: str) -> None:
    data = {"dataset": {"name": "a", "root": "pictures"}, "failures": section}
    options = failure_options(load_config(data), "methods")
    outcomes = [failing(200, 400)]
    plain = " ".join(said(outcomes))
    changed = " ".join(study_paragraphs(outcomes, options, parts=6, columns=COLUMNS))
    assert words not in plain
    assert words in changed


def test_studies_that_could_not_be_made_are_not_told() -> None:
    (rates,) = said([failing(3, 400)], parts=1)
    assert "McNemar" not in rates
    assert "Cliff" not in rates
    assert said([failing(0, 0)]) == []
    few = said([failing(12, 19)])
    assert not any("mean pictures" in text or "descriptors of the picture" in text for text in few)
    assert any("Edges in grey pictures" in text for text in few)


def test_a_model_is_told_by_the_pictures_it_learns_from() -> None:
    outcome = failing(100, 900)
    drawn = {"pictures": 500, "folds": 5, "least_failures": 10}
    model = about(said([outcome], model=drawn), "descriptors of the picture")
    ((failures, successes),) = re.findall(r"on (\d+) failures and (\d+) successes", model)
    assert int(failures) + int(successes) == 500
    assert 20 <= int(failures) <= 80
    none = said([outcome], model=drawn | {"least_failures": 90})
    assert not any("descriptors of the picture" in text for text in none)


def test_without_labels_none_are_spoken_of() -> None:
    text = " ".join(said([failing(100, 400, label=None)]))
    assert "label" not in text
    assert "groups by gender" in text or "groups by rating" in text


def test_every_citation_has_its_reference_and_no_other_is_listed() -> None:
    text = with_references("\n\n".join(said([failing(200, 400)])))
    body, listed = text.split("\n\n## References\n\n")
    cited = set(re.findall(r"[A-Z][A-Za-z]+(?: (?:&|et al\.) ?[A-Za-z]*)?, \d{4}[ab]?", body))
    assert cited <= set(REFERENCES)
    lines = listed.splitlines()
    assert sorted(lines) == sorted(f"- {REFERENCES[key]}" for key in cited)
    assert lines == sorted(lines, key=str.casefold)


def test_a_year_has_a_letter_only_beside_another_paper_of_the_year() -> None:
    alone = with_references("A paired difference (Newcombe, 1998a).")
    assert "(Newcombe, 1998)." in alone
    assert "- Newcombe, R. G. (1998). Improved" in alone
    both = with_references("Paired (Newcombe, 1998a), independent (Newcombe, 1998b).")
    assert "(1998a). Improved" in both
    assert "(1998b). Interval" in both
