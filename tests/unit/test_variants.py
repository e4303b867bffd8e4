"""Points survive every chain of steps, and a bad chain is refused in one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from modular_faces.geometry import IBUG68_MIRROR, FloatArray, compose, scaling, transform
from modular_faces.step_options import Number, Whole
from modular_faces.steps import STEP_OPTIONS, STEPS, Picture
from modular_faces.variants import (
    Applied,
    Steps,
    apply_variant,
    check_steps,
    describe_variant,
    landmarks_to_original,
)

HEIGHT, WIDTH, BLOB_SIGMA, BACKGROUND = 150, 180, 2.5, 127
MARKERS = np.array(
    [[45.25, 41.5], [88.0, 38.75], [131.6, 44.3], [60.4, 75.0], [117.1, 76.9], [52.0, 110.0]]
)

SHARPEN = {"kernel": {"weights": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]}}
CHAINS: dict[str, Steps] = {
    "original": [],
    "kernel": [SHARPEN],
    "unsharp": [{"unsharp": {"sigma": 1.5, "amount": 1.5}}],
    "nearest_up": [{"resize": {"scale": 3.3, "interpolation": "nearest"}}],
    "nearest_odd": [{"resize": {"scale": 1.37, "interpolation": "nearest"}}],
    "linear_up": [{"resize": {"scale": 2.5, "interpolation": "linear"}}],
    "cubic_up": [{"resize": {"scale": 4, "interpolation": "cubic"}}],
    "lanczos_up": [{"resize": {"scale": 1.37, "interpolation": "lanczos"}}],
    "area_up": [{"resize": {"scale": 1.9, "interpolation": "area"}}],
    "area_down": [{"resize": {"scale": 0.53, "interpolation": "area"}}],
    "linear_down": [{"resize": {"scale": 0.71, "interpolation": "linear"}}],
    "pad_constant": [{"pad": {"fraction": 0.5, "value": 127}}],
    "pad_mean": [{"pad": {"fraction": 0.33, "value": "mean"}}],
    "pad_replicate": [{"pad": {"fraction": 0.3, "mode": "replicate"}}],
    "pad_reflect": [{"pad": {"fraction": 0.17, "mode": "reflect"}}],
    "gamma": [{"gamma": {"gamma": 0.6}}],
    "clahe": [{"clahe": {"tiles": 2}}],
    "equalize": [{"equalize": {}}],
    "denoise": [{"denoise": {}}],
    "grayscale": [{"grayscale": {}}],
    "rotate_expanded": [{"rotate": {"degrees": 33}}],
    "rotate_kept": [{"rotate": {"degrees": -14.5, "expand": False}}],
    "quarter_turn": [{"rotate": {"degrees": 90}}],
    "mirror": [{"mirror": {}}],
    "upscaled_border": [{"resize": {"scale": 2}}, {"pad": {"fraction": 0.5}}],
    "border_then_shrunk": [
        {"pad": {"fraction": 0.5}},
        {"resize": {"scale": 0.77, "interpolation": "area"}},
    ],
    "mirrored_turned_scaled_padded": [
        {"mirror": {}},
        {"rotate": {"degrees": 21}},
        {"resize": {"scale": 1.63, "interpolation": "linear"}},
        {"pad": {"fraction": 0.2, "mode": "replicate"}},
        SHARPEN,
    ],
    "shifted": [{"shift": {"right": 7, "down": -4}}],
    "cropped": [{"crop": {"keep": 0.87}}],
    "mirrored_twice": [{"mirror": {}}, {"pad": {"fraction": 0.1}}, {"mirror": {}}],
    "turned_there_and_back": [{"rotate": {"degrees": 30}}, {"rotate": {"degrees": -30}}],
}


def marked_picture() -> Picture:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    canvas = np.full((HEIGHT, WIDTH), float(BACKGROUND))
    for marker_x, marker_y in MARKERS:
        distance = (x - marker_x) ** 2 + (y - marker_y) ** 2
        canvas += 110 * np.exp(-distance / (2 * BLOB_SIGMA**2))
    return np.repeat(np.rint(canvas).astype(np.uint8)[..., None], 3, axis=2)


def blob_centres(picture: Picture, near: FloatArray, radius: float) -> FloatArray:
    """Find the centroid of what stands out of its surroundings within radius of each point."""
    grey = picture.mean(axis=2)
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    centres = []
    for near_x, near_y in near:
        inside = (x - near_x) ** 2 + (y - near_y) ** 2 <= radius**2
        weight = np.where(inside, grey - np.median(grey[inside]), 0).clip(min=0)
        weight[weight < 0.05 * weight.max()] = 0
        centres.append([(weight * x).sum() / weight.sum(), (weight * y).sum() / weight.sum()])
    return np.array(centres)


@pytest.mark.parametrize("name", CHAINS)
def test_markers_are_where_the_map_says_and_map_back(name: str) -> None:
    applied = apply_variant(marked_picture(), CHAINS[name])
    scale = float(np.sqrt(abs(np.linalg.det(applied.affine[:, :2]))))
    expected = transform(applied.affine, MARKERS)
    found = blob_centres(applied.picture, expected, 4 * BLOB_SIGMA * scale)
    np.testing.assert_allclose(found, expected, atol=0.1 * max(1, scale))
    back = landmarks_to_original(applied, found, np.arange(len(MARKERS)))
    np.testing.assert_allclose(back, MARKERS, atol=0.1 / min(1, scale))


def test_markers_would_show_a_lost_half_pixel() -> None:
    applied = apply_variant(marked_picture(), [{"resize": {"scale": 4, "interpolation": "cubic"}}])
    found = blob_centres(applied.picture, 4 * MARKERS, 40)
    np.testing.assert_allclose(found - 4 * MARKERS, 1.5, atol=0.1)


def test_chain_map_is_the_product_of_its_steps() -> None:
    picture = marked_picture()
    chain: Steps = [{"rotate": {"degrees": 21}}, {"resize": {"scale": 1.63}}]
    first = apply_variant(picture, chain[:1])
    second = apply_variant(first.picture, chain[1:])
    both = apply_variant(picture, chain)
    np.testing.assert_array_equal(both.picture, second.picture)
    np.testing.assert_allclose(both.affine, compose(first.affine, second.affine), atol=1e-12)


def test_order_of_steps_matters() -> None:
    pad: dict[str, Any] = {"pad": {"fraction": 0.5, "value": 0}}
    brighten: dict[str, Any] = {"kernel": {"weights": [[2]]}}
    lift: dict[str, Any] = {"pad": {"fraction": 0.5, "value": 10}}
    picture = np.full((2, 2, 3), 50, dtype=np.uint8)
    assert apply_variant(picture, [lift, brighten]).picture[0, 0, 0] == 20
    assert apply_variant(picture, [brighten, lift]).picture[0, 0, 0] == 10
    assert apply_variant(picture, [pad, lift]).picture.shape == (8, 8, 3)


def test_original_is_the_picture_itself() -> None:
    picture = marked_picture()
    assert apply_variant(picture, []).picture is picture


@pytest.mark.parametrize(
    ("chain", "mirrored"),
    [
        ([], False),
        ([{"mirror": {}}], True),
        ([{"rotate": {"degrees": 180}}], False),
        (CHAINS["mirrored_turned_scaled_padded"], True),
        (CHAINS["mirrored_twice"], False),
    ],
)
def test_mirrored(chain: Steps, mirrored: bool) -> None:
    assert apply_variant(marked_picture(), chain).mirrored is mirrored


def test_landmarks_of_a_mirrored_face_change_sides() -> None:
    rng = np.random.default_rng(3)
    landmarks = rng.uniform(20, 120, (68, 2))
    applied = apply_variant(marked_picture(), CHAINS["mirrored_turned_scaled_padded"])
    seen_by_a_landmarker = transform(applied.affine, landmarks)[IBUG68_MIRROR]
    np.testing.assert_allclose(
        landmarks_to_original(applied, seen_by_a_landmarker), landmarks, atol=1e-9
    )


def test_landmarks_of_a_face_that_is_not_mirrored_keep_their_sides() -> None:
    landmarks = np.random.default_rng(3).uniform(20, 120, (68, 2))
    applied = apply_variant(marked_picture(), CHAINS["upscaled_border"])
    np.testing.assert_allclose(
        landmarks_to_original(applied, transform(applied.affine, landmarks)), landmarks, atol=1e-9
    )


def test_depth_follows_the_scale_of_the_picture() -> None:
    applied = Applied(marked_picture(), scaling(2, 2))
    np.testing.assert_allclose(
        landmarks_to_original(applied, [[0.5, 2.5, 8.0], [0.5, 0.5, np.nan]]),
        [[0.0, 1.0, 4.0], [0.0, 0.0, np.nan]],
    )


def test_landmark_refusals() -> None:
    mirrored = apply_variant(marked_picture(), [{"mirror": {}}])
    with pytest.raises(ValueError, match=r"5 landmarks came with partners for 68; pass partners"):
        landmarks_to_original(mirrored, np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"landmarks have shape \(2, 68, 2\); expected \(n, 2\)"):
        landmarks_to_original(mirrored, np.zeros((2, 68, 2)))


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), dtype=np.uint8),
        np.zeros((4, 4, 4), dtype=np.uint8),
        np.zeros((4, 4, 3)),
        np.zeros((0, 4, 3), dtype=np.uint8),
    ],
)
def test_refuses_what_is_not_a_picture(picture: Any) -> None:
    with pytest.raises(ValueError, match=r"picture has shape .*expected \(H, W, 3\) uint8"):
        apply_variant(picture, [])


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_good_chains_pass_the_check(chain: Steps) -> None:
    check_steps(chain)


REFUSALS: list[tuple[object, str]] = [
    (None, r"steps = None: expected a list of steps, .* or \[\] for the original"),
    ({"mirror": {}}, r"steps = \{'mirror': \{\}\}: expected a list of steps"),
    (["mirror"], r"step 1 = 'mirror': expected one step name with its options"),
    ([{"mirror": {}, "gamma": {}}], r"step 1 = .*: expected one step name.*further list entries"),
    ([{"mirror": {}}, {}], r"step 2 = \{\}: expected one step name"),
    (
        [{"mirror": None}],
        r"step 1 \(mirror\): options = None: expected a mapping.*\{mirror: \{\}\}",
    ),
    ([{"sharpen": {}}], r"step 1: unknown step sharpen = \{\}; did you mean unsharp\? known are k"),
    (
        [{"smear": {"r": 1}}],
        r"step 1: unknown step smear = \{'r': 1\}; .*known are kernel, unsharp",
    ),
    ([{"mirror": {"axis": 1}}], r"\(mirror\): unknown option axis = 1; it takes no options"),
    (
        [{"pad": {"fracton": 0.5}}],
        r"\(pad\): unknown option fracton = 0.5; did you mean fraction\?",
    ),
    ([{"pad": {}}], r"\(pad\): option fraction is missing; give a number from 0.001 to 10, as"),
    ([{"pad": {"fraction": "half"}}], r"\(pad\): fraction = 'half': expected a number from"),
    ([{"pad": {"fraction": True}}], r"\(pad\): fraction = True: expected a number from"),
    ([{"pad": {"fraction": -0.1}}], r"\(pad\): fraction = -0.1: expected a number from"),
    ([{"pad": {"fraction": float("nan")}}], r"\(pad\): fraction = nan: expected a number from"),
    ([{"pad": {"fraction": 1, "mode": "wrap"}}], r"mode = 'wrap': expected one of constant, repl"),
    ([{"pad": {"fraction": 1, "value": 256}}], r"value = 256: expected a whole number from 0 to 2"),
    ([{"pad": {"fraction": 1, "value": "grey"}}], r"value = 'grey': expected .*255, or mean"),
    ([{"pad": {"fraction": 1, "value": 1.5}}], r"value = 1.5: expected a whole number"),
    (
        [{"pad": {"fraction": 1, "mode": "reflect", "value": 0}}],
        r"value = 0 has no effect with mode = 'reflect'; leave value out or set mode: constant",
    ),
    ([{"resize": {"scale": 0}}], r"\(resize\): scale = 0: expected a number from 0.01 to 64"),
    ([{"resize": {"scale": 2, "interpolation": 1}}], r"interpolation = 1: expected one of nearest"),
    ([{"clahe": {"tiles": 2.5}}], r"\(clahe\): tiles = 2.5: expected a whole number from 1 to 64"),
    ([{"clahe": {"tiles": True}}], r"\(clahe\): tiles = True: expected a whole number"),
    ([{"rotate": {"degrees": 9, "expand": 1}}], r"expand = 1: expected true or false"),
    ([{"kernel": {"weights": []}}], r"\(kernel\): weights = \[\]: expected rows of numbers"),
    ([{"kernel": {"weights": 5}}], r"\(kernel\): weights = 5: expected rows of numbers"),
    ([{"kernel": {"weights": [1, 2, 1]}}], r"weights = \[1, 2, 1\]: expected rows of numbers"),
    ([{"kernel": {"weights": [[1, 2]]}}], r"\[\[1, 2\]\]: expected .* an odd number of rows"),
    ([{"kernel": {"weights": [[1], [2]]}}], r"\[\[1\], \[2\]\]: expected .* an odd number of rows"),
    ([{"kernel": {"weights": [[1, 1, 1], [1], [1]]}}], r"each row as long as the first"),
    ([{"kernel": {"weights": [["a"]]}}], r"weights = \[\['a'\]\]: expected rows of numbers"),
    ([{"kernel": {"weights": [[float("inf")]]}}], r"weights = \[\[inf\]\]: expected rows of numb"),
]


@pytest.mark.parametrize(("chain", "message"), REFUSALS)
def test_refusals_name_step_option_value_and_cure_in_one_line(chain: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        check_steps(chain)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match=message):
        apply_variant(marked_picture(), chain)


def test_descriptions_name_defaults_and_leave_out_what_has_no_effect() -> None:
    assert describe_variant("original", []) == "original: the picture as it is"
    assert describe_variant("x", [SHARPEN, {"mirror": {}}]) == (
        "x: kernel weights=[0 -1 0; -1 5 -1; 0 -1 0], mirror"
    )
    assert describe_variant("x", [{"pad": {"fraction": 0.5, "mode": "reflect"}}]) == (
        "x: pad fraction=0.5 mode=reflect"
    )
    assert describe_variant("x", [{"rotate": {"degrees": 5}}]) == (
        "x: rotate degrees=5 expand=true fill=127"
    )


PAGE = (Path(__file__).parents[2] / "docs" / "variants.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", PAGE, flags=re.MULTILINE | re.DOTALL))


def test_the_page_has_a_section_for_each_step_and_names_each_option() -> None:
    named = {step: re.findall(r"^- `(\w+)`", text, re.MULTILINE) for step, text in SECTIONS.items()}
    assert named == {step: list(options) for step, options in STEP_OPTIONS.items()}


def test_the_examples_of_the_page_are_good_variants() -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
    chains = [steps for block in blocks for steps in block["variants"].values()]
    for steps in chains:
        check_steps(steps)
    assert {step for steps in chains for entry in steps for step in entry} == set(STEPS)


def test_the_page_states_the_limits_of_the_options() -> None:
    for step, options in STEP_OPTIONS.items():
        for option, declared in options.items():
            if isinstance(declared.kind, (Number, Whole)):
                limits = f"- `{option}`: {declared.kind.least:g} to {declared.kind.most:g}"
                assert limits in SECTIONS[step]
