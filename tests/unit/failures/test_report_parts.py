"""What a study hands to the page is read back as written; tables are harmless."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from modular_faces.failures.report_parts import (
    Figure,
    StudyReport,
    Table,
    p_in_words,
    read_report,
    share_in_words,
    write_csv,
)


def test_a_report_is_read_back(tmp_path: Path) -> None:
    report = StudyReport(
        study="rates",
        title="Rates",
        question="How many?",
        findings=["Ä few: <b>"],
        figures=[Figure("figures/rates/a", "A", "caption", "alt", "found", False)],
        tables=[Table("rates.csv", "a row each")],
        n={"pictures": 3, "failures": 1},
    )
    report.write(tmp_path / "rates.json")
    assert read_report(tmp_path / "rates.json") == report


def test_a_number_that_is_none_cannot_be_written(tmp_path: Path) -> None:
    report = StudyReport("rates", "Rates", "How many?", n={"pictures": float("nan")})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="not JSON compliant"):
        report.write(tmp_path / "rates.json")
    assert list(tmp_path.iterdir()) == []


def test_cells_are_harmless_rounded_and_plain(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "label": ["=1+1", "-x", "@y", "plain"],
            "n": [1, 2, 3, 4],
            "rate": [0.25, -0.00001, np.nan, 1.0],
            "p": [1e-9, 0.5, np.nan, 0.123456789],
            "certain": [True, False, True, False],
        }
    )
    write_csv(table, tmp_path / "t.csv", decimals={"rate": 3})
    assert (tmp_path / "t.csv").read_text().splitlines() == [
        "label,n,rate,p,certain",
        "'=1+1,1,0.250,1e-09,TRUE",
        "'-x,2,0.000,0.5,FALSE",
        "'@y,3,,,TRUE",
        "plain,4,1.000,0.123457,FALSE",
    ]


def test_numbers_in_words() -> None:
    assert [share_in_words(share) for share in (0.0, 0.0123, 0.0996, 0.5)] == [
        "0.0 %",
        "1.2 %",
        "10 %",
        "50 %",
    ]
    assert [p_in_words(p) for p in (0.0001, 0.05, 1.0)] == ["p < .001", "p = .050", "p = 1.000"]
