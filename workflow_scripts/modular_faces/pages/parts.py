"""What a page is made of: sections of text, charts, tables and pictures, without a word of HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True)
class Number:
    """A number at the top of the page.

    Attributes
    ----------
    value : str
        As it is shown.
    label : str
        What it counts.
    """

    value: str
    label: str


@dataclass(frozen=True)
class Text:
    """Sentences under each other, or as a list."""

    kind: ClassVar[str] = "text"
    sentences: Sequence[str]
    listed: bool = False


@dataclass(frozen=True)
class Code:
    """Lines to copy, such as those for a config."""

    kind: ClassVar[str] = "code"
    caption: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A live chart.

    Attributes
    ----------
    name : str
        Unique on the page: letters, digits, hyphens.
    title, caption, alt : str
    spec : dict or None
        Vega-Lite with its data inside; None where the page is too small for it and only `file` shows it.
    level : str or None
        Shown only where the page's filter `level` allows it.
    file : str
        Where the same figure lies as SVG, seen from the page.
    tags : mapping of str to str
        Filters of the page, such as ``module``, with the one value that shows this chart.
    """

    kind: ClassVar[str] = "chart"
    name: str
    title: str
    caption: str
    alt: str
    spec: Mapping[str, Any] | None
    level: str | None
    file: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table that can be sorted, with the whole of it in a file beside the page.

    Attributes
    ----------
    caption : str
    columns : sequence of str
    rows : sequence of sequence of str
        As they are shown; fewer than the file's where it is long.
    numeric : sequence of bool
        Whether a column holds numbers.
    file : str
        The CSV file, seen from the page.
    rows_in_file : int
    """

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool]
    file: str
    rows_in_file: int


@dataclass(frozen=True)
class Download:
    """A file beside the page that is not shown on it."""

    kind: ClassVar[str] = "download"
    caption: str
    file: str


@dataclass(frozen=True)
class Record:
    """A picture that opens what is known of it.

    Attributes
    ----------
    name : str
        Unique on the page: letters, digits, hyphens.
    title : str
    alt : str
    picture : str
        A `data:` address.
    size : (int, int)
        Width and height of the picture that `points` are in.
    points : sequence of (float, float)
        Landmarks to be drawn, pixels, centres at integers; none where there are none.
    points_from : str
        Where the landmarks come from, in words.
    tags : mapping of str to str
        Values of the page's filters.
    facts : sequence of (str, str)
        What is known, in order.
    tables : sequence of Table
        Small ones, shown whole; their files are not linked.
    lost_by : sequence of (str, str, str)
        Backend, variant and level of every attempt that lost the picture, for the page's filters.
    """

    name: str
    title: str
    alt: str
    picture: str
    size: tuple[int, int]
    points: Sequence[tuple[float, float]]
    points_from: str
    tags: Mapping[str, str]
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table] = ()
    lost_by: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class RecordGroup:
    """Pictures under one heading; `name` is what the filter `cause` calls them."""

    name: str
    title: str
    note: str
    records: Sequence[Record]


@dataclass(frozen=True)
class Gallery:
    """Groups of pictures; only on private pages.

    Attributes
    ----------
    groups : sequence of RecordGroup
    lost_by : mapping of str to str
        Backend, variant and level whose lost pictures these are, where they are such; a filter of the page
        narrows them to those that its choice loses too.
    """

    kind: ClassVar[str] = "gallery"
    groups: Sequence[RecordGroup]
    lost_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Links:
    """Other pages and files, each with what it holds.

    Attributes
    ----------
    items : sequence of (str, str, str)
        Words, address seen from this page, and a sentence.
    """

    kind: ClassVar[str] = "links"
    items: Sequence[tuple[str, str, str]]


Block: TypeAlias = Text | Code | Chart | Table | Download | Gallery | Links


@dataclass(frozen=True)
class Section:
    """A part of the page that the table of contents names.

    Attributes
    ----------
    anchor : str
        Unique on the page: letters, digits, hyphens.
    title : str
    question : str
        What the section answers; may be empty.
    blocks : sequence of Block
    """

    anchor: str
    title: str
    question: str
    blocks: Sequence[Block]

    @property
    def short_title(self) -> str:
        """The title up to its colon: what follows is said once, at the top of the page."""
        return self.title.partition(":")[0]


@dataclass(frozen=True)
class Page:
    """A whole page.

    Attributes
    ----------
    title, subtitle : str
    sections : sequence of Section
    numbers : sequence of Number
    filters : sequence of str
        Fields of charts, tables and pictures that the page can be narrowed by, such as ``backend``.
    words : mapping of str to mapping of str to str
        How the values of a filter are called where that differs.
    chosen : mapping of str to str
        Filters that always have one value, with the one that the page opens with.
    provenance : sequence of (str, str)
        What made the page; nothing that differs between two runs of the same thing.
    links : sequence of (str, str)
        Other pages: words and address, seen from this page.
    share : bool
        True for a page without any picture of a person, that may be given away.
    """

    title: str
    subtitle: str
    sections: Sequence[Section]
    numbers: Sequence[Number] = ()
    filters: Sequence[str] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    provenance: Sequence[tuple[str, str]] = ()
    links: Sequence[tuple[str, str]] = field(default=())
    share: bool = False
