"""Schema and reference are in step with the models."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from modular_faces import config_reference
from modular_faces.config_loading import load_config

FOLDER = Path(__file__).parents[2] / "config"
FILES = sorted(FOLDER.glob("*.yaml"))


def test_the_schema_is_the_one_of_the_models() -> None:
    assert (FOLDER / "config.schema.json").read_text() == config_reference.config_schema(), (
        "run `make schema`"
    )


def test_the_reference_is_the_one_of_the_models() -> None:
    readme = (FOLDER / "README.md").read_text()
    assert readme == config_reference.with_reference(readme), "run `make schema`"


def test_the_reference_is_yaml_that_gives_the_defaults() -> None:
    shown = yaml.safe_load(config_reference.config_reference())
    shown["dataset"] |= {"name": "d", "root": "r"}
    assert load_config(shown) == load_config({"dataset": {"name": "d", "root": "r"}})


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_every_config_file_fits_the_schema(path: Path) -> None:
    schema = json.loads((FOLDER / "config.schema.json").read_text())
    merged = {"dataset": {"name": "d", "root": "r"}} | yaml.safe_load(path.read_text())
    jsonschema.validate(merged, schema)


def test_a_text_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="reference: begin"):
        config_reference.with_reference("nothing here")
