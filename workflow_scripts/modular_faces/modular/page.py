"""The page of the models of modules: scores, modules, weights to explore, pictures, model card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow.parquet as pq

from modular_faces.csv_frames import read_cells
from modular_faces.face_model import FaceGeometry
from modular_faces.failures.gallery_file import read_gallery
from modular_faces.failures.report_parts import read_report
from modular_faces.modular.column_words import about_columns
from modular_faces.modular.face_measures import MEASURE_COLUMNS, MEASURES
from modular_faces.modular.mean_face import mean_face
from modular_faces.modular.model_card import model_cards
from modular_faces.modular.module_blocks import LEARNT, MODULES, REGION_WORDS
from modular_faces.modular.page_parts import ScoreTables
from modular_faces.modular.rescued_section import rescued_section
from modular_faces.modular.score_parts import words_of
from modular_faces.modular.score_sections import head_numbers, score_sections
from modular_faces.modular.weight_figures import save_weight_figures, shown_targets
from modular_faces.modular.weight_rows import VIEWS
from modular_faces.modular.weight_sections import WeightInputs, targets_of, weight_sections
from modular_faces.pages.parts import Page, Section, Text
from modular_faces.tables import MESH_COLUMNS, matrix_from_table

TITLE: Final = "How well named modules predict what people see"
NO_PICTURES: Final = (
    "Pictures are left out of this page, which may be shared. With `share: false` in the config it shows why single "
    "pictures were called what they were called."
)


def read_tables(folder: Path, *, main: str, confidence: float) -> ScoreTables:
    """Read the tables on scores from the folder of the models."""

    def table(name: str) -> pd.DataFrame:
        return read_cells(folder / name)

    return ScoreTables(
        scores=table("scores.csv"),
        comparisons=table("comparisons.csv"),
        regions=table("regions.csv"),
        confusion=table("confusion.csv"),
        calibration=table("calibration.csv"),
        references=table("references.csv"),
        notes=json.loads((folder / "notes.json").read_text(encoding="utf-8")),
        main=main,
        specificity=table("specificity.csv"),
        overlap=table("overlap.csv"),
        confidence=confidence,
    )


def read_weights(
    folder: Path, *, geometry: FaceGeometry, options: Mapping[str, Any], frame: Mapping[str, Any]
) -> WeightInputs | None:
    """Read weights, the mean face, the words of columns, and which columns say nearly the same.

    Parameters
    ----------
    folder : Path
        `results/<dataset>`.
    geometry : FaceGeometry
    options : mapping
        `stage_options.model_options`.
    frame : mapping
        side, eye_distance, eye_height of aligned faces.

    Returns
    -------
    WeightInputs or None
        None where there are no weights.
    """
    weights = pq.read_table(folder / "modular" / "weights.parquet").to_pandas()
    if not len(weights):
        return None
    mesh = matrix_from_table(pq.read_table(folder / "mesh.parquet"), list(MESH_COLUMNS))
    dictionary = pd.read_csv(folder / "features_dictionary.csv")
    words = dict(zip(dictionary["name"], dictionary["description"], strict=True))
    return WeightInputs(
        weights=weights,
        face=mean_face(mesh, geometry),
        words=words | _words_of_measures(),
        frame=frame,
        region_of_face=options["face"],
        main=options["main"],
        learnt=_learnt_model(weights, options),
        refits=options["refits"],
        alike=read_cells(folder / "modular" / "alike.csv"),
        stability=read_cells(folder / "modular" / "stability.csv"),
        confidence=options["confidence"],
    )


def _words_of_measures() -> dict[str, str]:
    return dict(zip(MEASURE_COLUMNS, (m.description for m in MEASURES), strict=True))


def _learnt_model(weights: pd.DataFrame, options: Mapping[str, Any]) -> str | None:
    present = weights.loc[weights["module"].isin(list(LEARNT)), "model"]
    names = [name for name in options["models"] if name in set(present)]
    return names[0] if names else None


def modular_page(
    tables: ScoreTables,
    weights: WeightInputs | None,
    *,
    folder: Path,
    options: Mapping[str, Any],
    rescued: Path,
    gallery: Path | None,
    dataset: str,
    provenance: Sequence[tuple[str, str]],
    share: bool,
) -> Page:
    """Put the page together.

    Parameters
    ----------
    tables : ScoreTables
    weights : WeightInputs or None
    folder : Path
        Of the page, where figures are saved too.
    options : mapping
        `stage_options.model_options`.
    rescued : Path
        Report of the comparison of rescued pictures, in `folder`.
    gallery : Path or None
        Pictures, from `failures.gallery_file`; None for a page to share.
    dataset : str
    provenance : sequence of (str, str)
    share : bool
    """
    targets = targets_of(weights.weights) if weights else []
    if weights:
        drawn = shown_targets(tables.scores, targets, weights.main)
        save_weight_figures(weights, drawn, folder / "figures" / "weights")
    sections = [
        *score_sections(tables, folder),
        rescued_section(read_report(rescued), folder, share=share),
        *(weight_sections(weights, about_columns(tables.notes)) if weights else []),
        _pictures(gallery, share),
        *([model_cards(tables, options, dataset)] if tables.heads else []),
    ]
    return Page(
        title=TITLE,
        subtitle=f"Dataset {dataset}",
        sections=sections,
        numbers=list(head_numbers(tables)),
        filters=("target", "view", "module", "region") if targets else (),
        words={
            "view": dict(VIEWS),
            "target": {name: words_of(name) for name in targets},
            "module": {name: name.replace("_", " ") for name in MODULES},
            "region": REGION_WORDS,
        },
        chosen={"target": targets[0], "view": "pattern"} if targets else {},
        provenance=provenance,
        links=[("All pages", "../index.html")],
        share=share,
    )


def _pictures(gallery: Path | None, share: bool) -> Section:
    question = "Why was this picture called so?"
    if share or gallery is None:
        return Section("pictures", "Pictures", question, [Text([NO_PICTURES])])
    words = (
        "A click on a picture shows what the model said of it, and what each module added to that. Here are the "
        "hardest mistakes of the category or rating that is chosen at the top of the page: pictures that the "
        "model was surest to be of the category, and wrong, or whose rating it missed by most."
    )
    return Section("pictures", "Pictures", question, [Text([words]), read_gallery(gallery)])
