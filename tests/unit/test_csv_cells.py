"""Text cells that a spreadsheet will not run."""

import csv
import io

import pandas as pd
import pytest

from modular_faces.csv_cells import safe_cells


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert safe_cells([f"{start}cmd|' /C calc'!A0"]) == [f"'{start}cmd|' /C calc'!A0"]


def test_other_text_stays() -> None:
    texts = ["anger", "", None, "a=b", " x", "'quoted", 'say "no"', "1-2", "ärger"]
    assert safe_cells(texts) == texts


def test_a_column_of_a_table_comes_back_whole() -> None:
    column = pd.Series(["=A1", None, "fear"], dtype=object)
    sheet = io.StringIO()
    pd.DataFrame({"label": safe_cells(column), "x": [-1, -2, -3]}).to_csv(sheet, index=False)
    rows = list(csv.reader(sheet.getvalue().splitlines()))
    assert rows == [["label", "x"], ["'=A1", "-1"], ["", "-2"], ["fear", "-3"]]
