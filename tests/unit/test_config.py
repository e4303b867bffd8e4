"""The models of the config."""

from modular_faces.config import SHIPPED_VARIANTS
from modular_faces.config_loading import load_config

DATASET = {"dataset": {"name": "d", "root": "pictures"}}


def test_all_variants_of_the_study_come_sorted() -> None:
    config = load_config(DATASET | {"study": {"variants": "all"}, "variants": {"aaa": []}})
    assert config.study_variants() == sorted({*SHIPPED_VARIANTS, "aaa"})
