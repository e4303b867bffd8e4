"""The shell of every page: layout, themes, live charts, filters, tables and pictures in one HTML file.

The file works from a disk without any request. Its content security policy lets only the page's own two scripts
run and forbids every connection, so that a name or a label which is written like code stays text.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any, Final

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from modular_faces.pages.parts import Block, Chart, Gallery, Page, Record, Table
from modular_faces.tables import whole_file

MOST_BYTES: Final = 15_000_000
"""A page is never larger than this; the largest charts give way to links."""

FILTER_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "backend": ("Backend", "all backends"),
    "variant": ("Variant", "all variants"),
    "level": ("Level", "found and trusted"),
    "label": ("Label", "all labels"),
    "cause": ("Cause", "all causes"),
    "target": ("Category or rating", "all"),
    "view": ("View", "all views"),
    "module": ("Module", "all modules"),
    "region": ("The model sees", "picture or face"),
    "pair": ("Pair", "all pairs"),
}
"""What a filter is called, and what it is called when it lets everything through."""

BANNER: Final = "This page shows pictures of people. Do not share it."
_CHART_BUNDLE: Final = "window.vegaEmbed = vegaEmbed;"


class PrivatePictureError(ValueError):
    """A page that may be given away would show a picture."""


def render_page(page: Page) -> str:
    """Make the HTML of a page.

    Parameters
    ----------
    page : Page

    Returns
    -------
    str
        The same for the same page.

    Raises
    ------
    PrivatePictureError
        If a page to share holds a gallery.
    """
    blocks = list(_blocks(page))
    if page.share and any(isinstance(block, Gallery) for block in blocks):
        raise PrivatePictureError(f"'{page.title}' is to be shared and holds pictures of people")
    scripts = [chart_bundle(), _beside("shell_rows.js") + _beside("shell.js")]
    data = {
        "charts": {b.name: b.spec for b in blocks if isinstance(b, Chart) and b.spec},
        "records": {record.name: _record(record) for record in _records(blocks)},
    }
    return (
        _environment()
        .get_template("shell.html")
        .render(
            page=page,
            data=data,
            banner=BANNER,
            filters={
                name: (*FILTER_WORDS.get(name, (name, "all")), _filter_values(blocks, name))
                for name in page.filters
            },
            style=Markup(_beside("shell.css")),
            scripts=[Markup(script) for script in scripts],
            policy=_policy(scripts),
        )
    )


def write_page(page: Page, path: str | os.PathLike[str]) -> None:
    """Write a page, whole or not at all.

    Parameters
    ----------
    page : Page
        Where it would be larger than `MOST_BYTES`, its largest charts become links to their files.
    path : path-like

    Raises
    ------
    PrivatePictureError
        As `render_page`.
    """
    html = render_page(page)
    while len(html.encode()) > MOST_BYTES and (largest := _largest_chart(page)):
        page = _with_link(page, largest)
        html = render_page(page)
    with whole_file(path) as temporary:
        temporary.write_text(html, encoding="utf-8", newline="\n")


def _largest_chart(page: Page) -> str | None:
    charts = [block for block in _blocks(page) if isinstance(block, Chart) and block.spec]
    sizes = {chart.name: len(json.dumps(chart.spec)) for chart in charts}
    return max(sizes, key=lambda name: sizes[name], default=None)


def _with_link(page: Page, name: str) -> Page:
    def linked(block: Block) -> Block:
        if isinstance(block, Chart) and block.name == name:
            return replace(block, spec=None)
        return block

    sections = [replace(s, blocks=[linked(block) for block in s.blocks]) for s in page.sections]
    return replace(page, sections=sections)


@cache
def chart_bundle() -> str:
    """Give Vega, Vega-Lite and Vega-Embed as one script; it holds everything it needs.

    Raises
    ------
    ValueError
        If it cannot stand inside a page.
    """
    version = "v" + ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    script: str = vl_convert.javascript_bundle(_CHART_BUNDLE, vl_version=version)
    if "</script" in script.lower() or "<!--" in script:
        raise ValueError("the chart library would end the script it stands in")
    return script


def _blocks(page: Page) -> Iterator[Block]:
    for section in page.sections:
        yield from section.blocks


def _records(blocks: list[Block]) -> Iterator[Record]:
    for block in blocks:
        if isinstance(block, Gallery):
            for group in block.groups:
                yield from group.records


def _record(record: Record) -> dict[str, Any]:
    """What the page's script shows of a record; the picture itself stands in the page already."""
    return {
        "title": record.title,
        "size": record.size,
        "points": record.points,
        "pointsFrom": record.points_from,
        "lostBy": record.lost_by,
        "facts": record.facts,
        "tables": [
            {"caption": t.caption, "columns": t.columns, "rows": t.rows} for t in record.tables
        ],
    }


def _filter_values(blocks: list[Block], name: str) -> list[str]:
    """Every value that charts, tables and pictures have of a filter, in the order they are met."""
    values: dict[str, None] = {}
    for block in blocks:
        if isinstance(block, Chart) and name in block.tags:
            values[block.tags[name]] = None
        elif isinstance(block, Chart) and name == "level" and block.level:
            values[block.level] = None
        elif isinstance(block, Chart) and block.spec:
            for rows in block.spec.get("datasets", {}).values():
                values |= dict.fromkeys(
                    str(row[name]) for row in rows if row.get(name) not in ("", None)
                )
        elif isinstance(block, Table) and name in block.columns:
            place = list(block.columns).index(name)
            values |= dict.fromkeys(row[place] for row in block.rows if row[place])
    for record in _records(blocks):
        if name in record.tags:
            values[record.tags[name]] = None
    return list(values)


def _policy(scripts: list[str]) -> str:
    """Let only these scripts run. Vega makes functions of its expressions, which needs unsafe-eval."""
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed} 'unsafe-eval'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _beside(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _estimate(cell: str) -> tuple[str, str]:
    """Part an estimate from its interval, which may stand on a line of its own; other cells have none."""
    value, space, interval = cell.partition(" [")
    return (value, f"[{interval}") if space and cell.endswith("]") else (cell, "")


def _breakable(cell: str) -> Markup:
    """Let long names of columns and files break after an underscore or a slash, and nowhere else."""
    return Markup(re.sub("([_/])(?=[^_/])", r"\1<wbr>", str(escape(cell))))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("modular_faces", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"estimate": _estimate, "breakable": _breakable}
    return environment
