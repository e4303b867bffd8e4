"""What the columns of texture are called, and options that there are not."""

from __future__ import annotations

from typing import Any

import pytest

from modular_faces.texture_columns import describe_columns, texture_names


def test_dictionary_describes_every_column() -> None:
    options: dict[str, Any] = {
        "regions": ["canonical_nose"],
        "distances": [2],
        "statistics": ["range"],
    }
    rows = describe_columns(levels=64, **options)
    assert [row[0] for row in rows] == texture_names(**options)
    assert rows[8] == (
        "haralick_entropy_d2_range_canonical_nose",
        "texture",
        "canonical_nose",
        "bits",
        "float32",
        "Entropy: range (largest minus smallest) over 4 directions at 2 px, 64 grey levels, "
        "region canonical_nose",
        "Haralick 1973 as in mahotas",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": 1}, "levels is 1: give 2 to 256"),
        ({"levels": 257}, "levels is 257"),
        ({"distances": [1, 0]}, "distance 0 is not"),
        ({"statistics": ["median"]}, "unknown statistic 'median': choose from mean, range"),
        ({"regions": ["canonical_image"]}, "'image' has no canonical size"),
        ({"regions": ["ears"]}, "unknown region 'ears'"),
    ],
)
def test_options_out_of_range_are_refused(change: dict[str, Any], message: str) -> None:
    options: dict[str, Any] = {
        "regions": ["nose"],
        "levels": 8,
        "distances": [1],
        "statistics": ["mean"],
    } | change
    with pytest.raises(ValueError, match=message):
        describe_columns(**options)
