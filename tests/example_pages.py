"""A page with everything on it, with names and labels that are written like code."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from PIL import Image

from modular_faces.figures import chart_spec, grid_chart
from modular_faces.inline_pictures import jpeg_url
from modular_faces.pages.parts import (
    Chart,
    Gallery,
    Number,
    Page,
    Record,
    RecordGroup,
    Section,
    Table,
    Text,
)
from modular_faces.picture_figures import map_chart

EVIL_NAME = "<img src=x onerror=alert(1)>.jpg"
EVIL_LABEL = "\"'</script><script>alert(2)</script>"
LABELS = ("anger", "fear", EVIL_LABEL)


def rates_spec() -> dict[str, Any]:
    rows = [
        {"backend": backend, "variant": variant, "label": label, "rate": rate}
        for backend, factor in (("mesh", 1.0), ("openface", 1.4))
        for variant, start in (("original", 0.14), ("grey_border", 0.03), ("sharpen", 0.41))
        for label, rate in zip(
            LABELS, np.round(factor * start + np.array([0, 0.02, 0.05]), 3), strict=True
        )
    ]
    chart: Any = (
        alt.Chart(pd.DataFrame(rows))
        .mark_point()
        .encode(
            x=alt.X("rate:Q", axis=alt.Axis(format="%"), title="failure rate"),
            y=alt.Y("variant:N", title=None),
            color="backend:N",
            shape="backend:N",
            tooltip=["label:N", "rate:Q"],
        )
        .properties(title=alt.TitleParams("Failure rate", subtitle="by variant and backend"))
    )
    return chart_spec(chart)


def maps_spec() -> dict[str, Any]:
    y, x = np.mgrid[:100, :100] / 50 - 1
    ring = np.exp(-((np.hypot(x, y) - 0.7) ** 2) / 0.05)
    maps = [
        map_chart(
            ring - 0.4,
            title="Failures minus successes",
            legend="difference",
            diverging=True,
            limits=None,
        ),
        map_chart(
            ring, title="Over 1 SD", legend="share of failures", diverging=False, limits=(0, 1)
        ),
    ]
    return chart_spec(grid_chart(maps, columns=2))


def face(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 40, (100, 80, 3))
    y, x = np.mgrid[:100, :80]
    oval = ((x - 40) / 30) ** 2 + ((y - 50) / 42) ** 2 < 1
    return np.where(oval[..., None], (200, 160, 130), (60, 70, 90)).astype(np.uint8) + noise.astype(
        np.uint8
    )


def record(number: int, name: str, *, cause: str, label: str) -> Record:
    angle = np.linspace(0, np.pi, 17)
    points = [(round(40 + 30 * np.cos(a), 1), round(50 + 42 * np.sin(a), 1)) for a in angle]
    table = Table(
        caption="Each variant",
        columns=("variant", "found", "trusted"),
        rows=(("original", "no", "no"), ("grey_border", "yes", "yes")),
        numeric=(False, False, False),
        file="",
        rows_in_file=2,
    )
    return Record(
        name=f"record-{number}",
        title=name,
        alt=f"{name}: {label}, lost on original",
        picture=jpeg_url(Image.fromarray(face(number)), longest=160, quality=80),
        size=(80, 100),
        points=points if number % 2 else (),
        points_from="Landmarks of mesh on grey_border" if number % 2 else "No variant found a face",
        tags={"cause": cause, "label": label},
        facts=(("Probable cause", cause), ("Label", label), ("Brightness", "81.2")),
        tables=(table,),
    )


def gallery() -> Gallery:
    causes = ("tight framing", "dark", EVIL_LABEL)
    groups = [
        RecordGroup(
            name=cause,
            title=f"Probably {cause}",
            note="3 of 120 pictures are shown.",
            records=[
                record(
                    3 * k + j,
                    EVIL_NAME if j == 0 else f"train_{k}{j}.jpg",
                    cause=cause,
                    label=LABELS[j],
                )
                for j in range(3)
            ],
        )
        for k, cause in enumerate(causes)
    ]
    return Gallery(groups=groups)


def rates_table() -> Table:
    rows = [
        [backend, variant, str(n), rate, EVIL_NAME if n == 9 else "'=1+1"]
        for backend, variant, n, rate in (
            ("mesh", "original", 120, "0.145"),
            ("mesh", "grey_border", 9, "0.031"),
            ("openface", "original", 1000, ""),
        )
    ]
    return Table(
        caption="Failure rates",
        columns=("backend", "variant", "n", "rate", "example"),
        rows=rows,
        numeric=(False, False, True, True, False),
        file="rates.csv",
        rows_in_file=3,
    )


def example_page(*, share: bool) -> Page:
    rates = Chart(
        name="rates-by-variant",
        title="Failure rate by variant",
        caption="Sharpening loses more faces than it finds; 15,339 pictures.",
        alt="Points: failure rates of three variants, grey_border lowest",
        spec=rates_spec(),
        level="trusted",
        file="figures/rates/by_variant.svg",
    )
    maps = Chart(
        name="pixels-maps",
        title="Where failures differ",
        caption="A ring along the border: the face fills the frame; 120 failures, 1,000 successes.",
        alt="Two maps, high along a ring",
        spec=maps_spec(),
        level="found",
        file="figures/pixels/maps.svg",
    )
    pictures = [Section("gallery", "Gallery", "What do lost pictures look like?", [gallery()])]
    return Page(
        title="Why pictures failed",
        subtitle=f"sample {EVIL_LABEL}",
        numbers=[Number("15,339", "pictures"), Number("14.5 %", "failed on the originals")],
        sections=[
            Section(
                "verdict",
                "Verdict",
                "Why did it fail?",
                [Text(["Most failures are cured by a border."])],
            ),
            Section(
                "rates",
                "Rates",
                "How many were lost, and by which variant?",
                [Text([f"Label {EVIL_LABEL} is lost most."], listed=True), rates, rates_table()],
            ),
            Section("pixels", "Pixels", "Where do failures differ?", [maps]),
            *([] if share else pictures),
        ],
        filters=("backend", "variant", "level", "label", "cause"),
        provenance=[("Dataset", "sample"), ("modular-faces", "0.1.0")],
        share=share,
    )
