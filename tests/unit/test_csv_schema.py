"""Types of columns: by all values, or from the dictionary where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from modular_faces.csv_schema import column_types, csv_schema


def types_of(path: Path, known: dict[str, str]) -> dict[str, str]:
    return {field["name"]: field["type"] for field in csv_schema(path, known)["fields"]}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "2", "-3"), "integer"),
        (("1", "1", "0.5"), "number"),
        (("1e-05", ".5", "", "-2.25E+3"), "number"),
        (("TRUE", "", "FALSE"), "boolean"),
        (("TRUE", "1"), "string"),
        (("1", "inf"), "string"),
        (("a", "1"), "string"),
        (("", ""), "any"),
        ((), "any"),
    ],
)
def test_the_narrowest_type_that_holds_every_value(
    tmp_path: Path, values: tuple[str, ...], kind: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{value},q\n" for value in values))
    assert types_of(path, {})["x"] == kind


def test_truth_values_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x\nTRUE\n")
    (field,) = csv_schema(path, {})["fields"]
    assert (field["trueValues"], field["falseValues"]) == (["TRUE"], ["FALSE"])


def test_columns_of_features_have_the_types_of_the_dictionary(tmp_path: Path) -> None:
    dictionary = tmp_path / "features_dictionary.csv"
    dictionary.write_text("name,dtype\nn,int16\nx,float32\nok,bool\nid,string\n")
    known = column_types(dictionary)
    core = tmp_path / "features_core.csv"
    core.write_text("n,x,ok,id,new\n1,1,TRUE,7,7\n")
    expected = {"n": "integer", "x": "number", "ok": "boolean", "id": "string", "new": "any"}
    assert types_of(core, known) == expected
    assert types_of(dictionary, known) == {"name": "string", "dtype": "string"}
    assert column_types(tmp_path / "none.csv") == {}


def test_a_file_without_a_line_has_no_columns(tmp_path: Path) -> None:
    (tmp_path / "t.csv").touch()
    assert csv_schema(tmp_path / "t.csv", {})["fields"] == []
