"""A small study with planted disagreement, written as the bridge writes it, for tests of its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from modular_faces.bridge import agreement_csv, compare, instruments_of_study, pairs_of_study
from modular_faces.bridge_figure import bridge_chart, figure_name
from modular_faces.bridge_pictures import Picture
from modular_faces.bridge_summary import study_frame, summary_table
from modular_faces.bridge_tests import paired_tests
from modular_faces.bridge_times import write_seconds
from modular_faces.columns import LANDMARK_COLUMNS
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.figures import save_figure
from modular_faces.pages.parts import Gallery, Page
from modular_faces.side_by_side.gallery import disagreement_groups
from modular_faces.side_by_side.page import BackendFiles, backends_page

EVIL = "<img src=x onerror=alert(1)>"
LOST = {"mesh": 1, "dlib": 8, "openface": 4, "precomputed": 2}
"""Of 24 pictures each backend loses the first ones; `precomputed` is a source named `amazon`."""
PICTURES = 24


def study_of(backends: Sequence[str]) -> pa.Table:
    """One variant; backend k puts every landmark k px lower, and outer eye corners lie 50 px apart."""
    rng = np.random.default_rng(3)
    face = rng.uniform(20, 80, (68, 2))
    face[36], face[45] = (25, 40), (75, 40)
    rows = []
    for number, backend in enumerate(backends):
        for k in range(PICTURES):
            trusted = k >= LOST[backend]
            points = (
                face + np.array([0, number * (1 + k % 3)]) if trusted else np.full((68, 2), np.nan)
            )
            variant = "amazon" if backend == "precomputed" else "original"
            verdict = (f"{k:02d}{EVIL}.jpg", backend, variant, k >= LOST[backend] // 2, trusted)
            rows.append([*verdict, trusted, *points.T.ravel()])
    names = ["image_id", "backend", "variant", "found", "trusted", "success", *LANDMARK_COLUMNS]
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def labels_of_study() -> dict[str, str | None]:
    return {f"{k:02d}{EVIL}.jpg": ("joy", "fear", EVIL)[k % 3] for k in range(PICTURES)}


def pictures(wanted: object) -> Iterator[tuple[str, Picture]]:
    for name in labels_of_study():
        yield name, np.full((100, 80, 3), 128, np.uint8)


def write_study(
    folder: Path, backends: Sequence[str], labels: dict[str, str | None]
) -> BackendFiles:
    """Write what the rules before the page write."""
    study = study_of(backends)
    parts = instruments_of_study(study)
    pairs = [(parts[one], parts[other]) for one, other in pairs_of_study(parts)]
    frame = study_frame(study, labels)
    rows = [row for one, other in pairs for row in compare(one, other, labels)]
    (folder / "bridge.csv").write_text(agreement_csv(rows))
    for one, other in pairs:
        stem = folder / "bridge" / figure_name(one.name, other.name)
        save_figure(bridge_chart(one, other, rows), stem)
    summary_table(frame, pairs, confidence=0.95).to_csv(folder / "backends.csv", index=False)
    names = [(one.name, other.name) for one, other in pairs]
    tests = paired_tests(frame, names, confidence=0.95)
    tests.to_csv(folder / "backends_tests.csv", index=False)
    (folder / "bridge").mkdir(exist_ok=True)
    write_seconds(
        [(one.name, PICTURES, 0.01) for one in parts.values()],
        folder / "bridge" / "seconds_per_picture.csv",
    )
    (folder / "backends").mkdir()
    gallery = folder / "backends" / "gallery_pictures.json"
    write_gallery(Gallery(disagreement_groups(pairs, frame, pictures)), gallery)
    return BackendFiles(
        summary=folder / "backends.csv",
        agreement=folder / "bridge.csv",
        tests=folder / "backends_tests.csv",
        bridge=folder / "bridge",
        gallery=gallery,
        figures=folder / "backends" / "figures" / "page",
    )


def example_backends_page(
    folder: Path,
    backends: Sequence[str],
    *,
    share: bool,
    labels: dict[str, str | None] | None = None,
) -> Page:
    files = write_study(folder, backends, labels_of_study() if labels is None else labels)
    return backends_page(
        files, confidence=0.95, dataset="planted", provenance=[("Dataset", EVIL)], share=share
    )
