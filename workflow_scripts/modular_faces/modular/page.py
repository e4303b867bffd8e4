"""The page of the models of modules: scores, modules, weights to explore, pictures, model card."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from modular_faces.face_model import FaceGeometry
from modular_faces.failures.gallery_file import read_gallery
from modular_faces.modular.collinear import ALIKE, collinear_groups
from modular_faces.modular.face_measures import MEASURE_COLUMNS, MEASURES
from modular_faces.modular.mean_face import mean_face
from modular_faces.modular.model_card import model_card
from modular_faces.modular.module_blocks import LEARNT
from modular_faces.modular.score_sections import (
    Figures,
    ScoreTables,
    head_numbers,
    score_sections,
)
from modular_faces.modular.weight_rows import VIEWS
from modular_faces.modular.weight_sections import WeightInputs, targets_of, weight_sections
from modular_faces.pages.parts import Page, Section, Text
from modular_faces.tables import MESH_COLUMNS, matrix_from_table

TITLE: Final = "How well named modules predict what people see"
NO_PICTURES: Final = (
    "Pictures are left out of this page, which may be shared. With `share: false` in the config it shows why single "
    "pictures were called what they were called."
)
LAB: Final = "lab: colour bins, Haralick features and 68 landmarks, nothing else"
ONE_SECTION_EACH: Final = ("color", "texture", "measures")


def read_tables(folder: Path, *, main: str) -> ScoreTables:
    """Read the tables on scores from the folder of the models."""

    def table(name: str) -> pd.DataFrame:
        return pd.read_csv(folder / name)

    return ScoreTables(
        scores=table("scores.csv"),
        comparisons=table("comparisons.csv"),
        confusion=table("confusion.csv"),
        calibration=table("calibration.csv"),
        references=table("references.csv"),
        notes=json.loads((folder / "notes.json").read_text(encoding="utf-8")),
        main=main,
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
        collinear=list(_collinear(folder, weights)),
    )


def _words_of_measures() -> dict[str, str]:
    return dict(zip(MEASURE_COLUMNS, (m.description for m in MEASURES), strict=True))


def _learnt_model(weights: pd.DataFrame, options: Mapping[str, Any]) -> str | None:
    present = weights.loc[weights["module"].isin(list(LEARNT)), "model"]
    names = [name for name in options["models"] if name in set(present)]
    return names[0] if names else None


def _collinear(folder: Path, weights: pd.DataFrame) -> Iterator[tuple[str, list[list[str]]]]:
    """Groups of columns of the table; of colour bins and Haralick features these are many."""
    path = folder / "features.parquet"
    present = set(pq.read_schema(path).names)
    for module in ONE_SECTION_EACH:
        columns = dict.fromkeys(weights.loc[weights["module"] == module, "column"])
        known = [name for name in columns if name in present]
        if known:
            table = pq.read_table(path, columns=known)
            values = matrix_from_table(table, known)
            yield module, collinear_groups(values, known, alike=ALIKE)


def modular_page(
    tables: ScoreTables,
    weights: WeightInputs | None,
    *,
    folder: Path,
    options: Mapping[str, Any],
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
    gallery : Path or None
        Pictures, from `failures.gallery_file`; None for a page to share.
    dataset : str
    provenance : sequence of (str, str)
    share : bool
    """
    targets = targets_of(weights.weights) if weights else []
    sections = [
        *score_sections(tables, Figures(folder)),
        *(weight_sections(weights) if weights else []),
        _pictures(gallery, share),
        *([model_card(options, _models(tables.scores), dataset)] if tables.heads else []),
    ]
    return Page(
        title=TITLE,
        subtitle=f"Dataset {dataset}",
        sections=sections,
        numbers=list(head_numbers(tables)),
        filters=("target", "view") if targets else (),
        words={"view": dict(VIEWS), "target": {name: name.replace("_", " ") for name in targets}},
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
        "Each picture opens what the model said, and what each module added to the score. The groups hold the hardest "
        "mistakes: pictures that the model was surest about, and wrong."
    )
    return Section("pictures", "Pictures", question, [Text([words]), read_gallery(gallery)])


def _models(scores: pd.DataFrame) -> list[tuple[str, str, str]]:
    whole = scores[
        scores["modules"].notna() & ~scores["model"].str.match("only_|without_|shuffled|rung_")
    ]
    whole = whole[~whole["metric"].str.startswith("shapley")]
    rows = []
    for (model, modules), group in whole.groupby(["model", "modules"], sort=False):
        targets = np.array(list(dict.fromkeys(group["target"])))
        shown = ", ".join(targets[:8]) + (
            f" and {len(targets) - 8} more" if len(targets) > 8 else ""
        )
        named = LAB if modules == "lab" else str(modules).replace("+", ", ")
        rows.append((str(model), named, shown.replace("_", " ")))
    return rows
