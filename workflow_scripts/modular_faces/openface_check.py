"""Whether a user's OpenFace works, told on three pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modular_faces.backends import Answer, Box, Stage
from modular_faces.backends.openface import OpenFaceBackend
from modular_faces.backends.openface_command import (
    PROGRAM_IN_IMAGE,
    OpenFaceMissingError,
    find_program,
    image_reference,
)
from modular_faces.backends.openface_output import FEATURE_COLUMNS
from modular_faces.images import decode_picture
from modular_faces.variants import Steps, apply_variant

SAMPLE = Path(__file__).parents[2] / "resources" / "sample" / "DATASET" / "test"
PICTURES = ("4/test_0007_aligned.jpg", "5/test_0009_aligned.jpg", "7/test_0013_aligned.jpg")
"""Of the bundled sample: smiling, sad, neutral."""

_STEPS: Steps = [
    {"resize": {"scale": 2.0, "interpolation": "cubic"}},
    {"pad": {"fraction": 0.5, "mode": "constant", "value": 127}},
]

Picture = NDArray[np.uint8]


def sample_pictures() -> dict[str, Picture]:
    """Read the three pictures.

    Raises
    ------
    OSError
        If the repository is not there.
    """
    return {
        name: decode_picture((SAMPLE / name).read_bytes(), max_pixels=10**6, min_side=1).pixels
        for name in PICTURES
    }


def check_openface(options: Mapping[str, Any], pictures: Mapping[str, Picture]) -> tuple[bool, str]:
    """Run OpenFace on pictures, once with its detector and once with given boxes.

    Parameters
    ----------
    options : mapping
        The section openface of the config.
    pictures : mapping of str to (H, W, 3) ndarray of uint8

    Returns
    -------
    works : bool
        Whether both ways ran and at least one face was found with the detector.
    text : str
        What was seen, for a person.
    """
    lines = []
    try:
        lines.append(f"started as   {' '.join(_started_as(options))}")
        lines.append(f"model        {options['mloc'] or 'its own choice'}")
        found = 0
        ways: tuple[tuple[Box, str], ...] = (
            ("detector", "its detector"),
            ("frame", "a given box (-bboxdir)"),
        )
        for box, how in ways:
            answers, seconds = _look(options, pictures, box)
            lines.append(f"with {how}: {seconds:.1f} s, loading included")
            lines += _faces(answers, accept=options["accept"])
            found += sum(bool(answer.faces) for answer in answers) if box == "detector" else 0
            if box == "frame" and not any(answer.faces for answer in answers):
                lines.append("  it seems not to know -bboxdir: no stages with box frame or mesh")
                found = 0
    except OpenFaceMissingError as error:
        return False, "\n".join([*lines, f"OpenFace does not work: {error}"])
    verdict = (
        "OpenFace works: landmarks: {backend: openface}"
        if found
        else "OpenFace runs, but does not find what it should; see above and docs/openface.md"
    )
    return bool(found), "\n".join([*lines, verdict])


def _started_as(options: Mapping[str, Any]) -> Sequence[str]:
    program = find_program(options)
    if options["runner"] == "native":
        return (program,)
    return (program, image_reference(options), options["path"] or PROGRAM_IN_IMAGE)


def _look(
    options: Mapping[str, Any], pictures: Mapping[str, Picture], box: Box
) -> tuple[list[Answer], float]:
    backend = OpenFaceBackend(options, mesh=None, mesh_accept=0.0)
    steps = _STEPS if box == "detector" else []
    given = [(name, apply_variant(picture, steps)) for name, picture in pictures.items()]
    start = time.monotonic()
    answers = list(backend.find(given, stage=Stage("check", steps, box)))
    return answers, time.monotonic() - start


def _faces(answers: Sequence[Answer], *, accept: float) -> Iterator[str]:
    for answer in sorted(answers, key=lambda answer: answer.image_id):
        if answer.failed:
            yield f"  {answer.image_id}: it crashed or hung"
        elif not answer.faces:
            yield f"  {answer.image_id}: no face"
        for face in answer.faces:
            record = face.record or {}
            missing = [name for name in FEATURE_COLUMNS if name not in record]
            trusted = "trusted" if face.confidence >= accept else f"not trusted, below {accept:g}"
            lacks = f", lacks {len(missing)} columns: {', '.join(missing[:4])}" if missing else ""
            yield (
                f"  {answer.image_id}: confidence {face.confidence:.3f} ({trusted}), "
                f"{len(record)} numbers{lacks}"
            )
