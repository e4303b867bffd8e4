"""Before Rekognition is asked: consent, login, package, and what it may cost."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from modular_faces.backends.rekognition_client import (
    RekognitionError,
    check_access,
    estimate,
)
from modular_faces.config_loading import ConfigError, check_paths, load_config
from modular_faces.rekognition_cost import cost_of_run
from modular_faces.stage_options import intervened_variant

pytest.importorskip("boto3", reason="the extra rekognition is not installed")
pytestmark = pytest.mark.usefixtures("login")


def config_of(tmp_path: Path, **rekognition: Any) -> dict[str, Any]:
    return {
        "dataset": {"name": "d", "root": str(tmp_path)},
        "landmarks": {"backend": "rekognition"},
        "rekognition": {"region": "eu-west-1", "cache": str(tmp_path / "kept")} | rekognition,
    }


def test_without_consent_nothing_starts(
    tmp_path: Path, rekognition_options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=r"rekognition.consent is false"):
        load_config(config_of(tmp_path))
    with pytest.raises(RekognitionError, match=r"'rekognition.consent' is false"):
        check_access(rekognition_options | {"consent": False})


def test_without_login_or_region_nothing_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(config_of(tmp_path, consent=True))
    check_paths(config)
    with pytest.raises(ConfigError, match=r"'rekognition.region' is empty"):
        check_paths(load_config(config_of(tmp_path, consent=True, region=None)))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ConfigError, match="needs your own AWS login, and none was found"):
        check_paths(config)


def test_without_boto3_nothing_starts(
    rekognition_options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(RekognitionError, match=r"needs the package boto3; `pip install"):
        check_access(rekognition_options)


def test_the_cost_is_said_before(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "original" / "ab"
    kept.mkdir(parents=True)
    (kept / "abc.json").write_text(json.dumps({}))
    raw = config_of(tmp_path, consent=True, price=2.0, price_date="2030-01")
    raw["landmarks"]["cascade"] = [
        {"variant": "original"},
        {"variant": "sharpen"},
        {"variant": "grey_border", "box": "frame"},
    ]
    config = load_config(raw)
    said = cost_of_run(config, pictures=1500)
    assert said == estimate(3000, 1, config.rekognition.model_dump())
    assert "at most 3,000 times, which costs at most 6.00 USD (assuming 2.00 USD per 1,000" in said
    assert "as of 2030-01" in said
    assert "; 1 answers in" in said
    meshes = load_config({"dataset": {"name": "d", "root": "."}})
    assert cost_of_run(meshes, pictures=1500) is None


def test_changed_pictures_are_never_sent(tmp_path: Path) -> None:
    raw = config_of(tmp_path, consent=True) | {"study": {"backends": ["rekognition"]}}
    assert intervened_variant(load_config(raw)) is None


def test_mirrored_variants_are_refused(tmp_path: Path) -> None:
    raw = config_of(tmp_path, consent=True) | {"variants": {"m": [{"mirror": {}}]}}
    raw["landmarks"]["cascade"] = [{"variant": "m"}]
    with pytest.raises(ConfigError, match="Rekognition's own numbers would be those of a mirrored"):
        load_config(raw)
