"""The data dictionary: what every column of the table means, in which unit, after whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modular_faces import color, texture_columns
from modular_faces.blendshape_names import describe_expression
from modular_faces.dictionary_file import Description

PERCEPTION = "what raters perceived in the picture; it says nothing about the person"

_FIXED: dict[str, tuple[str, str, str, str]] = {
    "image_id": ("string", "", "stable id of the picture: its path below the dataset's folder", ""),
    "path": ("string", "", "path of the picture below the dataset's folder", ""),
    "manifest_row": ("int64", "", "place of the picture in its folder, from 0", ""),
    "split": ("string", "", "official part of the dataset: train or test", ""),
    "label": ("string", "", f"category as the dataset codes it: {PERCEPTION}", ""),
    "label_name": ("string", "", f"category in words: {PERCEPTION}", ""),
    "sha256": ("string", "", "digest of the file's bytes", "FIPS 180-4"),
    "width": ("int32", "px", "width of the upright picture", ""),
    "height": ("int32", "px", "height of the upright picture", ""),
    "n_faces": ("int16", "faces", "faces seen where the face was found; the largest and most central one is taken", ""),
    "found": ("bool", "", "a backend returned landmarks", ""),
    "trusted": ("bool", "", "mesh_presence reaches the configured threshold", ""),
    "success": ("bool", "", "found and trusted: landmarks, pose and face regions are given", ""),
    "failure_reason": (
        "string",
        "",
        "why there is no trusted face: unreadable, too_small, too_large, no_face, not_trusted, backend_error; "
        "empty on success",
        "",
    ),
    "landmark_source": ("string", "", "the backend that found the landmarks", ""),
    "variant": ("string", "", "the variant of the picture they were found on", ""),
    "stage": ("int16", "", "which attempt of the cascade found them, from 1", ""),
    "detector_score": ("float32", "1", "score of the face detector, 0 to 1", "BlazeFace, arXiv:1907.05047"),
    "mesh_presence": ("float32", "1", "how sure the mesh network is of a face, 0 to 1", "arXiv:2006.10962"),
    "landmark_quality": ("float32", "1", "probability that the 68 points are right (docs/landmarks.md)", ""),
    "confidence": ("float32", "1", "OpenFace's own confidence; filled only by OpenFace", "OpenFace 2.2"),
    "pose_Tx": ("float32", "mm", "place of the head to the right of OpenFace's camera", "OpenFace 2.2, its own"),
    "pose_Ty": ("float32", "mm", "place of the head below OpenFace's camera", "OpenFace 2.2, its own"),
    "pose_Tz": ("float32", "mm", "distance of the head from OpenFace's camera", "OpenFace 2.2, its own"),
    "pose_Rx": ("float32", "rad", "nod of the head seen from OpenFace's camera", "OpenFace 2.2, its own"),
    "pose_Ry": ("float32", "rad", "turn of the head seen from OpenFace's camera", "OpenFace 2.2, its own"),
    "pose_Rz": ("float32", "rad", "tilt of the head seen from OpenFace's camera", "OpenFace 2.2, its own"),
    "color_notes": ("string", "", "why colours of a found face are missing", ""),
    "texture_notes": ("string", "", "why textures of a found face are missing", ""),
    "yaw_deg": ("float32", "degrees", "turn of the head, positive towards the person's left", "docs/pose.md"),
    "pitch_deg": ("float32", "degrees", "nod of the head, positive upwards", "docs/pose.md"),
    "roll_deg": ("float32", "degrees", "tilt of the head, positive clockwise as the viewer sees it", "docs/pose.md"),
}  # fmt: skip

_PARTS_OF_68 = (
    (17, "jaw"),
    (22, "right eyebrow"),
    (27, "left eyebrow"),
    (36, "nose"),
    (42, "right eye"),
    (48, "left eye"),
    (60, "outer lip"),
    (68, "inner lip"),
)


def describe_features(
    names: Sequence[str],
    *,
    rename: Mapping[str, str],
    color_options: Mapping[str, Any],
    texture_options: Mapping[str, Any],
) -> list[Description]:
    """Describe every column of the table.

    Parameters
    ----------
    names : sequence of str
        Columns of the table.
    rename : mapping of str to str
        Names in the CSV files that differ; they have rows of their own.
    color_options, texture_options : mapping
        Options of the stages, from `modular_faces.config.stage_options`.

    Returns
    -------
    list of tuple of str
        `dictionary_file.HEADER`, in the order of `names`; then the names that stand in the CSV files only.
    """
    measured = color.describe_columns(
        spaces=color_options["spaces"],
        regions=color_options["regions"],
        counts=color_options["counts"],
    ) + texture_columns.describe_columns(
        regions=texture_columns.all_texture_regions(
            texture_options["regions"], texture_options["canonical_regions"]
        ),
        distances=texture_options["distances"],
        statistics=texture_options["statistics"],
        levels=texture_options["levels"],
    )
    measured += describe_expression()
    known = {description[0]: description for description in measured}
    rows = [known.get(name) or _describe(name) for name in names]
    renamed: list[Description] = [
        (rename[row[0]], *row[1:5], f"{row[5]} (in the CSV files; {row[0]} in Parquet)", row[6])
        for row in rows
        if row[0] in rename
    ]
    return rows + renamed


def _describe(name: str) -> Description:
    if name in _FIXED:
        dtype, unit, description, source = _FIXED[name]
        module = "pose" if name.endswith("_deg") or name.startswith("pose_") else "picture"
        return (name, module, "", unit, dtype, description, source)
    axis, _, number = name.partition("_")
    if axis in ("x", "y") and number.isdigit():
        part = next(part for end, part in _PARTS_OF_68 if int(number) < end)
        text = f"{axis} of landmark {number} ({part}), pixel centres at whole numbers"
        return (name, "shape", "", "px", "float32", text, "iBUG 68-point mark-up")
    if name.startswith("rating_"):
        text = f"rating {name.removeprefix('rating_')}: {PERCEPTION}"
        return (name, "rating", "", "", "float64", text, "the dataset's table of ratings")
    if name.startswith("manual_"):
        text = "point marked by hand, in pixels of the dataset's original (not aligned) picture"
        return (name, "truth", "", "px", "float64", text, "the dataset's annotation")
    return (
        name,
        "label",
        "",
        "",
        "string",
        f"{name}, as the dataset gives it",
        "the dataset's labels",
    )
