"""The cascade: who gets which attempt, what is kept, and where points come to lie."""

from collections.abc import Container, Iterable, Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from modular_faces import landmark_tables, landmarks
from modular_faces.backends import Answer, Box, Face, Stage, most_prominent, one_by_one
from modular_faces.face_model import load_geometry
from modular_faces.variants import Applied, Steps, apply_variant

SIDE = 60
PAD: Steps = [{"pad": {"fraction": 0.5, "mode": "constant", "value": 0}}]
MIRROR: Steps = [{"mirror": {}}]


class SpotBackend:
    """Finds the one brightest pixel as a face whose presence is its red value.

    Green says whether a detector would see it; the landmarks spread around the spot.
    """

    name = "spot"
    frame_finds = False
    mesh_partners: NDArray[np.intp] = np.arange(478)[::-1].copy()

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        return one_by_one(pictures, lambda picture: self.faces(picture, box=stage.box))

    def certainty(self, face: Face) -> float:
        return face.mesh_presence

    def faces(self, picture: NDArray[np.uint8], *, box: Box) -> Sequence[Face]:
        spots = np.argwhere(picture[..., 0] > 0)
        if box == "detector":
            spots = np.array([s for s in spots if picture[*s, 1] > 0]).reshape(-1, 2)
        return [self._face(picture, int(y), int(x)) for y, x in spots]

    def _face(self, picture: NDArray[np.uint8], y: int, x: int) -> Face:
        spread = np.column_stack([np.arange(478) / 10, np.zeros(478), np.arange(478)])
        mesh = spread + np.array([x, y, 0])
        half = float(picture[y, x, 2])
        return Face(
            landmarks=mesh[:68, :2].copy(),
            box=np.array([x - half, y - half, x + half, y + half]),
            mesh=mesh,
            detector_score=1.0,
            mesh_presence=float(picture[y, x, 0]) / 255,
        )


def picture(*spots: tuple[int, int, int, int, int]) -> NDArray[np.uint8]:
    """A black picture with spots (x, y, red, green, blue)."""
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    for x, y, *color in spots:
        pixels[y, x] = color
    return pixels


def stages(*pairs: tuple[Steps, Box]) -> list[Stage]:
    return [Stage(f"v{k}", steps, box) for k, (steps, box) in enumerate(pairs)]


def find(pixels: NDArray[np.uint8], which: list[Stage]) -> landmarks.Outcome:
    outcomes = landmarks.find_faces(
        {"a": ""}, lambda lost: [("a", pixels)], SpotBackend(), stages=which, accept=0.5
    )
    return outcomes["a"]


def test_the_first_trusted_face_ends_the_cascade() -> None:
    outcome = find(picture((10, 20, 200, 1, 5)), stages(([], "detector"), (PAD, "detector")))
    assert (outcome.trusted, outcome.reason, outcome.stage, outcome.n_faces) == (True, "", 1, 1)


def test_points_come_back_to_the_original_picture() -> None:
    outcome = find(picture((10, 20, 200, 1, 5)), stages((PAD, "detector")))
    assert outcome.face is not None
    assert outcome.face.landmarks[0].tolist() == [10, 20]
    assert outcome.face.box.tolist() == [5, 15, 15, 25]
    assert outcome.face.mesh is not None
    assert outcome.face.mesh[10].tolist() == [11, 20, 10]


def test_a_mirrored_variant_swaps_left_and_right_in_points_and_mesh() -> None:
    outcome = find(picture((50, 20, 200, 1, 5)), stages((MIRROR, "detector")))
    assert outcome.face is not None and outcome.face.mesh is not None
    np.testing.assert_allclose(outcome.face.landmarks[16], [50, 20])
    np.testing.assert_allclose(outcome.face.landmarks[0], [50 - 1.6, 20])
    np.testing.assert_allclose(outcome.face.mesh[477], [50, 20, 0])
    assert outcome.face.box.tolist() == [45, 15, 55, 25]


def test_only_a_detected_face_is_found_without_being_trusted() -> None:
    faint = picture((10, 20, 100, 1, 5))
    outcome = find(faint, stages(([], "detector"), ([], "frame")))
    assert outcome.face is not None
    assert (outcome.trusted, outcome.reason, outcome.stage) == (False, "not_trusted", 1)
    unseen = picture((10, 20, 100, 0, 5))
    outcome = find(unseen, stages(([], "detector"), ([], "frame")))
    assert (outcome.face, outcome.reason, outcome.stage) == (None, "no_face", 0)


def test_the_last_resort_takes_a_trusted_face_that_no_detector_saw() -> None:
    outcome = find(picture((10, 20, 200, 0, 5)), stages(([], "detector"), ([], "frame")))
    assert (outcome.trusted, outcome.stage) == (True, 2)


def test_of_untrusted_faces_the_one_with_the_greatest_presence_is_kept() -> None:
    darker: Steps = [{"gamma": {"gamma": 2.0}}]
    first_better = find(
        picture((10, 20, 120, 9, 5)), stages(([], "detector"), (darker, "detector"))
    )
    assert first_better.stage == 1


def test_large_and_central_faces_come_first() -> None:
    two = picture((30, 30, 200, 1, 8), (5, 5, 200, 1, 10))
    outcome = find(two, stages(([], "detector")))
    assert outcome.face is not None
    assert outcome.face.landmarks[0].tolist() == [30, 30]
    assert outcome.n_faces == 2
    table = landmark_tables.faces_table({"a": outcome}).to_pylist()
    assert [row["chosen"] for row in table] == [False, True]
    larger = picture((30, 30, 200, 1, 4), (20, 20, 200, 1, 10))
    face = find(larger, stages(([], "detector"))).face
    assert face is not None and face.landmarks[0].tolist() == [20, 20]


def test_prominence_is_area_times_closeness_to_the_centre() -> None:
    faces = SpotBackend().faces(picture((29, 29, 200, 1, 2), (0, 0, 200, 1, 2)), box="frame")
    assert most_prominent(faces, (SIDE, SIDE)).landmarks[0].tolist() == [29, 29]


def test_a_variant_that_would_be_too_large_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modular_faces.steps.MAX_PIXELS", SIDE * SIDE)
    seen = picture((10, 20, 200, 1, 5))
    assert find(seen, stages((PAD, "detector"), ([], "detector"))).stage == 2
    assert find(picture(), stages((PAD, "detector"), ([], "detector"))).reason == "no_face"
    assert find(seen, stages((PAD, "detector"))).reason == "too_large"


class BrokenBackend(SpotBackend):
    """Fails on pictures whose first pixel is white."""

    def faces(self, picture: NDArray[np.uint8], *, box: Box) -> Sequence[Face]:
        if picture[0, 0, 0] == 255:
            raise RuntimeError("the model failed")
        return super().faces(picture, box=box)


def test_a_picture_never_stops_its_neighbours() -> None:
    good, bad = picture((10, 20, 200, 1, 5)), picture((0, 0, 255, 255, 255))
    outcomes = landmarks.find_faces(
        {"unread": "unreadable", "bad": "", "good": ""},
        lambda lost: [("bad", bad), ("good", good)],
        BrokenBackend(),
        stages=stages(([], "detector")),
        accept=0.5,
    )
    assert {image_id: outcome.reason for image_id, outcome in outcomes.items()} == {
        "unread": "unreadable",
        "bad": "backend_error",
        "good": "",
    }


def test_each_stage_decodes_only_what_is_still_lost() -> None:
    pictures = {
        "seen": picture((10, 20, 200, 1, 5)),
        "unseen": picture((10, 20, 200, 0, 5)),
        "empty": picture(),
    }
    asked: list[list[str]] = []

    def read(lost: Container[str]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
        asked.append([name for name in pictures if name in lost])
        return ((name, pictures[name]) for name in asked[-1])

    which = stages(([], "detector"), ([], "frame"), ([], "frame"))
    refused = {"text": "unreadable"} | dict.fromkeys(pictures, "")
    outcomes = landmarks.find_faces(refused, read, SpotBackend(), stages=which, accept=0.5)
    assert asked == [["seen", "unseen", "empty"], ["unseen", "empty"], ["empty"]]
    assert [outcome.stage for outcome in outcomes.values()] == [0, 1, 2, 0]


def test_a_streaming_backend_holds_one_picture_at_a_time() -> None:
    events: list[str] = []

    class Watched(SpotBackend):
        def faces(self, picture: NDArray[np.uint8], *, box: Box) -> Sequence[Face]:
            events.append("looked")
            return super().faces(picture, box=box)

    def read(lost: Container[str]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
        for name in "ab":
            events.append(f"read {name}")
            yield name, picture()

    landmarks.find_faces(
        {"a": "", "b": ""}, read, Watched(), stages=stages(([], "detector")), accept=0.5
    )
    assert events == ["read a", "looked", "read b", "looked"]


def test_a_picture_that_breaks_one_stage_has_the_next() -> None:
    bad = picture((0, 0, 255, 255, 5), (10, 20, 200, 1, 5))
    which = stages(([], "detector"), (PAD, "detector"))
    outcomes = landmarks.find_faces(
        {"bad": ""}, lambda lost: [("bad", bad)], BrokenBackend(), stages=which, accept=0.5
    )
    assert (outcomes["bad"].trusted, outcomes["bad"].stage) == (True, 2)


class SilentBackend(SpotBackend):
    """Takes pictures and says nothing of them."""

    def find(self, pictures: Iterable[tuple[str, Applied]], *, stage: Stage) -> Iterator[Answer]:
        for _ in pictures:
            yield from ()


def test_a_picture_without_an_answer_is_an_error_of_the_backend() -> None:
    outcomes = landmarks.find_faces(
        {"a": ""}, lambda lost: [("a", picture())], SilentBackend(),
        stages=stages(([], "detector")), accept=0.5,
    )  # fmt: skip
    assert outcomes["a"].reason == "backend_error"


class BoxBackend(SpotBackend):
    """Takes the frame for a face only where there is one."""

    frame_finds = True


def test_a_face_in_the_frame_counts_as_found_where_the_backend_says_so() -> None:
    faint = picture((10, 20, 100, 0, 5))
    outcomes = landmarks.find_faces(
        {"a": ""}, lambda lost: [("a", faint)], BoxBackend(),
        stages=stages(([], "frame")), accept=0.5,
    )  # fmt: skip
    assert (outcomes["a"].reason, outcomes["a"].stage) == ("not_trusted", 1)


@pytest.fixture
def outcomes() -> dict[str, landmarks.Outcome]:
    which = stages(([], "detector"), ([], "frame"))
    return {
        "good": find(picture((10, 20, 200, 0, 5)), which),
        "faint": find(picture((10, 20, 100, 1, 5)), which),
        "lost": find(picture(), which),
    }


def test_the_table_has_a_row_per_picture(outcomes: dict[str, landmarks.Outcome]) -> None:
    which = stages(([], "detector"), ([], "frame"))
    rows = landmark_tables.landmark_table(outcomes, source="spot", stages=which).to_pylist()
    chosen = ("image_id", "found", "trusted", "success", "failure_reason", "landmark_source")
    assert [tuple(row[name] for name in chosen) for row in rows] == [
        ("good", True, True, True, "", "spot"),
        ("faint", True, False, False, "not_trusted", "spot"),
        ("lost", False, False, False, "no_face", None),
    ]
    assert [(row["variant"], row["stage"], row["n_faces"]) for row in rows] == [
        ("v1", 2, 1),
        ("v0", 1, 1),
        (None, None, 0),
    ]
    assert (rows[0]["x_0"], rows[0]["y_67"], rows[2]["x_0"]) == (10.0, 20.0, None)
    assert list(landmark_tables.trusted_meshes(outcomes)) == ["good"]


def test_the_study_names_its_variant_in_every_row(outcomes: dict[str, landmarks.Outcome]) -> None:
    table = landmark_tables.study_table(
        outcomes,
        source="spot",
        stages=stages(([], "detector"), ([], "frame")),
        geometry=load_geometry(None),
    )
    assert table.column_names[:3] == ["image_id", "backend", "variant"]
    assert set(table.column("variant").to_pylist()) == {"v0"}
    assert "stage" not in table.column_names
    assert table.column_names[-3:] == ["yaw_deg", "pitch_deg", "roll_deg"]


def test_a_face_without_a_mesh_is_brought_back_too() -> None:
    applied = apply_variant(picture(), PAD)
    face = Face(np.full((68, 2), 40.0), np.array([30.0, 30, 50, 50]), None, 1.0, np.nan)
    back = landmarks.to_original(face, applied, mesh_partners=None)
    assert back.mesh is None
    assert back.landmarks[0].tolist() == [10, 10]
