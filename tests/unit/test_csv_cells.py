"""Text cells that a spreadsheet will not run."""

import csv
import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from modular_faces.csv_cells import plain_cell, safe_cells, safe_column
from modular_faces.csv_frames import read_cells


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert safe_cells([f"{start}cmd|' /C calc'!A0"]) == [f"'{start}cmd|' /C calc'!A0"]


def test_other_text_stays() -> None:
    texts = ["anger", "", None, "a=b", " x", "'quoted", 'say "no"', "1-2", "ärger"]
    assert safe_cells(texts) == texts


def test_no_two_texts_become_the_same_cell_and_one_apostrophe_taken_off_gives_the_text_back() -> (
    None
):
    texts = ["=A1", "'=A1", "''=A1", "'A1", "\tA1", "'\tA1", "''"]
    cells = safe_cells(texts)
    assert len(set(cells)) == len(texts)
    marked = pd.Series(cells).str.replace(r"^'('*[-=+@\t\r＝＋－＠])", r"\1", regex=True)
    assert marked.tolist() == [plain_cell(cell) for cell in cells] == texts


def test_a_file_is_read_with_its_texts_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("label,x,note\n'=A1,-1,\n''=A1,-2,\n'tis,-3,\n")
    table = read_cells(tmp_path / "t.csv")
    assert table["label"].tolist() == ["=A1", "'=A1", "'tis"]
    assert table["x"].tolist() == [-1, -2, -3]
    assert table["note"].isna().all()


def test_a_column_of_an_arrow_table_is_as_safe_as_a_list() -> None:
    texts = ["=A1", "'=A1", None, "", "fear", "－1", "-", "\r", "\n=A1"]
    for kind in (pa.string(), pa.large_string()):
        column = pa.chunked_array([pa.array(texts[:4], kind), pa.array(texts[4:], kind)])
        assert safe_column(column).to_pylist() == safe_cells(texts)
    numbers = pa.chunked_array([[-1, None]])
    assert safe_column(numbers) is numbers


def test_a_column_of_a_table_comes_back_whole() -> None:
    column = pd.Series(["=A1", None, "fear"], dtype=object)
    sheet = io.StringIO()
    pd.DataFrame({"label": safe_cells(column), "x": [-1, -2, -3]}).to_csv(sheet, index=False)
    rows = list(csv.reader(sheet.getvalue().splitlines()))
    assert rows == [["label", "x"], ["'=A1", "-1"], ["", "-2"], ["fear", "-3"]]
