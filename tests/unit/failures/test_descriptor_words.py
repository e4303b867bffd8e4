"""Descriptors have words wherever people read of them."""

from __future__ import annotations

from clones import REPOSITORY
from modular_faces.descriptors import DESCRIPTOR_NAMES
from modular_faces.failures.descriptor_words import (
    CENTRAL_OVAL,
    OF_FACES,
    OF_PICTURES,
    about_oval,
    words_of,
)
from modular_faces.failures.signs import RESCUE_SIGNS, WORDS


def test_every_descriptor_has_words_of_its_own_and_none_is_the_name_of_a_column() -> None:
    assert tuple(OF_PICTURES) == DESCRIPTOR_NAMES
    words = [words_of(name) for name in (*OF_PICTURES, *OF_FACES)]
    assert len(set(words)) == len(words)
    assert not {name.replace("_", " ") for name in DESCRIPTOR_NAMES if "_" in name} & set(words)
    assert set(RESCUE_SIGNS) <= set(OF_FACES)


def test_the_documentation_names_every_descriptor_and_its_words() -> None:
    page = (REPOSITORY / "docs" / "failures_tables.md").read_text(encoding="utf-8")
    rows = [
        line
        for line in page.splitlines()
        if line.startswith(tuple(f"| `{n}` |" for n in OF_PICTURES))
    ]
    assert [row.split(" | ")[:2] for row in rows] == [
        [f"| `{n}`", w] for n, w in OF_PICTURES.items()
    ]


def test_every_descriptor_is_a_sign_in_words_when_low_and_when_high() -> None:
    assert {*DESCRIPTOR_NAMES, *RESCUE_SIGNS} == set(WORDS)
    assert all(low != high for low, high in WORDS.values())


def test_the_oval_is_explained_where_it_is_named() -> None:
    assert about_oval(["brightness", "contrast_oval"]) == CENTRAL_OVAL
    assert about_oval(["brightness", "border_detail"]) == ""
