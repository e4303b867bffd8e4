"""Pages: what stands in the file, whatever the browser makes of it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from test_figures import bars

from example_pages import EVIL_LABEL, EVIL_NAME, example_page, gallery
from modular_faces.failures.report_parts import Figure, StudyReport, Table, read_report
from modular_faces.figures import save_figure
from modular_faces.pages import shell
from modular_faces.pages.parts import Chart, Download, Section, Text
from modular_faces.pages.parts import Table as TableBlock
from modular_faces.pages.report_section import MOST_ROWS, identifier, report_section
from modular_faces.pages.shell import PrivatePictureError, render_page, write_page


@pytest.fixture(scope="module")
def private() -> str:
    return render_page(example_page(share=False))


@pytest.fixture(scope="module")
def shared() -> str:
    return render_page(example_page(share=True))


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.S)
    assert found is not None
    data: dict[str, Any] = json.loads(found.group(1))
    return data


def test_the_same_page_has_the_same_bytes(private: str) -> None:
    assert render_page(example_page(share=False)) == private


def test_names_and_labels_are_escaped_everywhere(private: str) -> None:
    assert EVIL_NAME not in private
    assert EVIL_LABEL not in private
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in private
    assert private.count("alert(2)</script>") == 0


def test_data_come_out_of_the_page_as_they_went_in(private: str) -> None:
    data = data_of(private)
    assert data["records"]["record-0"]["title"] == EVIL_NAME
    (rows,) = data["charts"]["rates-by-variant"]["datasets"].values()
    assert {row["label"] for row in rows} == {"anger", "fear", EVIL_LABEL}


def test_the_policy_names_the_scripts_of_the_page_and_no_other(private: str) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", private, re.S)
    assert len(scripts) == 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"&#39;sha256-{digest}&#39;" in private
    assert "unsafe-inline&#39;; script" not in private
    assert "default-src &#39;none&#39;" in private


def test_nothing_is_taken_from_elsewhere(private: str) -> None:
    markup = re.sub(r"<script.*?</script>", "", private, flags=re.S)
    assert re.findall(r"""(?:src|href)=["'](?!#|data:)([^"']*)""", markup) == ["rates.csv"]
    assert "url(" not in markup
    assert "@import" not in markup


def test_a_private_page_says_so_and_a_shared_one_holds_no_picture(
    private: str, shared: str
) -> None:
    assert "This page shows pictures of people. Do not share it." in private
    assert "Do not share it" not in shared
    assert "data:image/jpeg" in private
    assert "data:image/jpeg" not in shared
    assert data_of(shared)["records"] == {}


def test_a_gallery_on_a_page_to_share_is_refused() -> None:
    page = example_page(share=True)
    section = Section("gallery", "Gallery", "", [gallery()])
    with pytest.raises(PrivatePictureError, match="is to be shared and holds pictures of people"):
        render_page(dataclasses.replace(page, sections=[*page.sections, section]))


def test_filters_offer_what_charts_tables_and_pictures_have(private: str) -> None:
    form = private[private.index("<form") : private.index("</form>")]
    offered = {
        name: re.findall(r'<option value="([^"]*)"', part)[1:]
        for name, part in re.findall(r'<select data-filter="(\w+)">(.*?)</select>', form, re.S)
    }
    assert offered["backend"] == ["mesh", "openface"]
    assert offered["level"] == ["trusted", "found"]
    assert offered["cause"][:2] == ["tight framing", "dark"]
    assert list(offered) == ["backend", "variant", "level", "label", "cause"]


def test_a_page_that_would_be_too_large_links_its_largest_charts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = example_page(share=True)
    whole = len(render_page(page).encode())
    monkeypatch.setattr(shell, "MOST_BYTES", whole - 1)
    write_page(page, tmp_path / "index.html")
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert set(data_of(html)["charts"]) == {"rates-by-variant"}
    assert 'lies beside it: <a href="figures/pixels/maps.svg">' in html


def report(**options: Any) -> StudyReport:
    return StudyReport(study="rates", title="Rates", question="How many?", **options)


def a_figure(name: str, *, private: bool) -> Figure:
    return Figure(
        stem=f"figures/rates/{name}",
        title=name,
        caption="c",
        alt="a",
        level="found",
        private=private,
    )


def test_a_study_becomes_a_section(tmp_path: Path) -> None:
    save_figure(bars(), tmp_path / "figures" / "rates" / "by_variant")
    (tmp_path / "rates.csv").write_text(
        "variant,n,p\noriginal,12,\n'=1+1,3,0.512345\n", encoding="utf-8"
    )
    given = report(
        findings=["12 were lost."],
        figures=[a_figure("by_variant", private=False)],
        tables=[Table("rates.csv", "All rates")],
    )
    section = report_section(given, tmp_path, share=True)
    text, chart, table = section.blocks
    assert text == Text(["12 were lost."], listed=True)
    assert isinstance(chart, Chart)
    assert (chart.name, chart.level) == ("rates-by-variant", "found")
    assert chart.spec is not None
    assert len(next(iter(chart.spec["datasets"].values()))) == 3
    assert isinstance(table, TableBlock)
    assert list(table.rows) == [["original", "12", ""], ["=1+1", "3", "0.5123"]]
    assert list(table.numeric) == [False, True, True]


def test_of_a_long_table_the_first_rows_are_shown(tmp_path: Path) -> None:
    lines = ["variant,n", *(f"v{k},{k}" for k in range(MOST_ROWS + 50))]
    (tmp_path / "rates.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    given = report(tables=[Table("rates.csv", "All rates")])
    (table,) = report_section(given, tmp_path, share=False).blocks
    assert isinstance(table, TableBlock)
    assert (len(table.rows), table.rows_in_file) == (MOST_ROWS, MOST_ROWS + 50)


def test_files_of_private_figures_say_so_in_their_names(tmp_path: Path) -> None:
    for name in ("open", "closed"):
        save_figure(bars(), tmp_path / "figures" / "rates" / name)
    figures = [a_figure("open", private=False), a_figure("closed", private=True)]
    for _ in range(2):
        report(figures=figures).write(tmp_path / "rates.json")
        figures = list(read_report(tmp_path / "rates.json").figures)
        assert [f.stem for f in figures] == ["figures/rates/open", "figures/rates/private_closed"]
    names = sorted(path.name for path in (tmp_path / "figures" / "rates").iterdir())
    assert names == [
        *("open.png", "open.rst", "open.svg", "open.vl.json"),
        *(f"private_closed.{suffix}" for suffix in ("png", "rst", "svg", "vl.json")),
    ]


def test_a_file_that_is_no_csv_is_linked(tmp_path: Path) -> None:
    given = report(tables=[Table("maps.parquet", "All maps.")])
    assert report_section(given, tmp_path, share=True).blocks == [
        Download("All maps.", "maps.parquet")
    ]


def test_a_skipped_study_shows_its_sentence(tmp_path: Path) -> None:
    section = report_section(report(skipped="Only 3 pictures failed."), tmp_path, share=False)
    assert section.blocks == [Text(["Only 3 pictures failed."])]


def test_single_pictures_are_left_out_of_a_section_to_share(tmp_path: Path) -> None:
    save_figure(bars(), tmp_path / "figures" / "rates" / "private_faces")
    (tmp_path / "edges.csv").write_text("image_id,x\nface.jpg,1\n", encoding="utf-8")
    given = report(
        figures=[a_figure("private_faces", private=True)],
        tables=[Table("edges.csv", "Edges"), Table("few.parquet", "Few", private=True)],
    )
    assert len(report_section(given, tmp_path, share=False).blocks) == 3
    (text,) = report_section(given, tmp_path, share=True).blocks
    assert text == Text(
        ["3 figures and tables on single pictures left out: this page may be shared."]
    )


@pytest.mark.parametrize(
    ("words", "name"), [("Rates by_variant", "rates-by-variant"), ("ä <b>", "b"), ("", "part")]
)
def test_identifiers_can_stand_in_an_address(words: str, name: str) -> None:
    assert identifier(words) == name
