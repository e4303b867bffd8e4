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
            "box mesh tells OpenFace or dlib where to look; with backend mesh take detector or frame",
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


SOURCE: dict[str, Any] = {
    "precomputed": {
        "sources": {"lab": {"path": "x"}, "wide": {"path": "y", "variant": "grey_border"}}
    }
}


@pytest.mark.parametrize(
    ("keys", "outcome"),
    [
        ({}, ("mesh", "original")),
        ({"study": {"variants": ["sharpen"]}}, ("mesh", "original")),
        ({"study": {"backends": ["mesh", "openface"]}}, ("openface", "original")),
        (
            {"study": {"backends": ["dlib"]}, "dlib": {"predictor": "p.dat"}},
            ("dlib", "original"),
        ),
        ({"failures": {"outcome": {"backend": "mesh"}}}, ("mesh", "original")),
        (SOURCE | {"study": {"backends": ["mesh", "precomputed"]}}, ("precomputed", "lab")),
        (
            {"precomputed": {"sources": {"wide": SOURCE["precomputed"]["sources"]["wide"]}}}
            | {"study": {"backends": ["mesh", "precomputed"]}},
            ("mesh", "original"),
        ),
        (
            {"precomputed": {"sources": {"wide": SOURCE["precomputed"]["sources"]["wide"]}}}
            | {"study": {"backends": ["precomputed"]}},
            ("precomputed", "wide"),
        ),
        (
            SOURCE | {"failures": {"outcome": {"backend": "precomputed", "variant": "wide"}}},
            ("precomputed", "wide"),
        ),
        (
            {"failures": {"outcome": {"backend": "mesh", "variant": "sharpen"}}},
            ("mesh", "sharpen"),
        ),
    ],
)
def test_whose_failures_are_studied(keys: dict[str, Any], outcome: tuple[str, str]) -> None:
    config = load_config(DATASET | keys)
    assert config.outcome_run() == outcome
    assert outcome in config.study_runs()


def test_the_study_has_the_variant_of_the_outcome_and_without_names_the_shipped_ones() -> None:
    config = load_config(DATASET | {"study": {"variants": ["sharpen"]}})
    assert config.study_asked
    assert config.study_runs() == [("mesh", "original"), ("mesh", "sharpen")]
    config = load_config(DATASET)
    assert not config.study_asked
    assert config.study_runs() == [("mesh", name) for name in sorted(SHIPPED_VARIANTS)]


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        ({"variant": "sharpen"}, "outcome.variant is 'sharpen' and there is no outcome.backend"),
        (
            {"backend": "mesh", "variant": "sharpn"},
            "failures.outcome.variant: there is no variant 'sharpn' (did you mean 'sharpen'?)",
        ),
        ({"backend": "precomputed"}, "precomputed.sources is empty"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(outcome: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        load_config(DATASET | {"failures": {"outcome": outcome}})
