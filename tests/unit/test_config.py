"""The models of the config."""

import re
from typing import Any

import pytest

from modular_faces.config import SHIPPED_VARIANTS
from modular_faces.config_loading import ConfigError, load_config

DATASET = {"dataset": {"name": "d", "root": "pictures"}}


def test_all_variants_of_the_study_come_sorted() -> None:
    config = load_config(DATASET | {"study": {"variants": "all"}, "variants": {"aaa": []}})
    assert config.study_variants() == sorted({*SHIPPED_VARIANTS, "aaa"})


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"landmarks": {"cascade": [{"variant": "original", "box": "mesh"}]}},
            "box mesh tells OpenFace where to look; with backend mesh take detector or frame",
        ),
        (
            {
                "landmarks": {"backend": "openface", "cascade": [{"variant": "turned"}]},
                "variants": {"turned": [{"mirror": {}}]},
            },
            "'turned' mirrors the picture, and OpenFace's gaze",
        ),
        ({"landmarks": {"backend": "precomputed"}}, "precomputed.sources is empty"),
        ({"study": {"backends": ["precomputed"]}}, "precomputed.sources is empty"),
        (
            {"precomputed": {"sources": {"a": {"path": "x", "variant": "blurred"}}}},
            "there is no variant 'blurred'",
        ),
        ({"openface": {"fx": 300}}, "fx and fy go together"),
    ],
)
def test_backends_that_cannot_work_as_asked_are_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        load_config(DATASET | keys)


def test_the_study_looks_at_every_variant_with_every_backend() -> None:
    study = {"variants": ["original", "sharpen"], "backends": ["openface", "mesh"]}
    config = load_config(DATASET | {"study": study})
    assert config.study_runs() == [
        *(("openface", "original"), ("openface", "sharpen")),
        *(("mesh", "original"), ("mesh", "sharpen")),
    ]
