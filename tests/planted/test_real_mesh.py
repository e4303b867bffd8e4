"""The real mesh on renders that are really spoilt in one way: the verdict names that way first.

Every second picture is spoilt, so that most failures have one known cause and successes do not have it.
"""

from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest

from clones import SAMPLE
from modular_faces.backends import Stage
from modular_faces.backends.mesh import MeshBackend
from modular_faces.config_causes import CAUSES, Interventions
from modular_faces.landmarks import find_faces
from modular_faces.variants import Steps, apply_variant
from simulated_detector import Picture, Simulation, study_of

STEP = 4
KEPT = (
    *("tight_framing", "dark", "low_contrast", "high_contrast", "blurred", "turned"),
    *("grey", "coarse_jpeg", "covered", "detector"),
)
OPTIONS = Interventions(without=[name for name in CAUSES if name not in KEPT])
DECOY: Steps = [{"grayscale": {}}, {"jpeg": {"quality": 40}}]


def renders() -> dict[str, Picture]:
    with (SAMPLE / "truth.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["degradation"] == "none"]
    pictures = {}
    for row in rows[::STEP]:
        path = SAMPLE / "DATASET" / row["split"] / row["label"] / row["image"]
        picture = cv2.imread(str(path))
        assert picture is not None
        pictures[row["image"]] = np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8)
    return pictures


@pytest.fixture(scope="module")
def mesh() -> MeshBackend:
    return MeshBackend(model=None, threshold=0.3, points="learnt", second_look="doubtful")


def verdict_on(mesh: MeshBackend, steps: Steps) -> Simulation:
    pictures = {
        name: apply_variant(picture, steps if place % 2 else []).picture
        for place, (name, picture) in enumerate(renders().items())
    }
    found = find_faces(
        dict.fromkeys(pictures, ""),
        lambda wanted: [item for item in pictures.items() if item[0] in wanted],
        mesh,
        stages=[Stage("original", [], "detector")],
        accept=0.5,
    )
    failed = np.array([not found[name].trusted for name in pictures])
    assert failed[1::2].mean() > 0.6, "too few of the spoilt pictures fail to plant a cause"
    return study_of(pictures, mesh, failed, options=OPTIONS)


@pytest.mark.parametrize(
    ("steps", "cause"),
    [
        ([{"darken": {"to": 4}}], "dark"),
        ([{"blur": {"sigma": 4}}], "blurred"),
        ([{"crop": {"keep": 0.6}}], "tight_framing"),
        ([*DECOY, {"darken": {"to": 4}}], "dark"),
    ],
    ids=["darkness", "blur", "tight framing", "darkness with decoys"],
)
def test_what_can_be_undone_comes_first(mesh: MeshBackend, steps: Steps, cause: str) -> None:
    done = verdict_on(mesh, steps)
    assert done.names[0] == cause
    assert done.verdict.causes[0].evidence == "intervened"
    assert not {"grey", "blockiness", "colorfulness", "saturation"} & set(done.names)


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_cannot_be_undone_comes_first_as_associated(mesh: MeshBackend, side: str) -> None:
    """A cover takes detail from one half and entropy from the whole; some covered faces are found all the same."""
    done = verdict_on(mesh, [{"cover": {"side": side}}])
    assert done.names[0] == "half_detail"
    assert done.verdict.causes[0].evidence == "associated"
    assert done.verdict.causes[0].share.low > 0.2
