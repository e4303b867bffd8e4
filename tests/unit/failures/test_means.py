"""Mean pictures and unusual pixels show what was planted."""

import numpy as np
import planted_pictures as planted
import pytest

from modular_faces.failures.map_comparison import MapComparison, strata_of
from modular_faces.failures.means import (
    MapSettings,
    compare_pixels,
    departs_from_itself,
    mean_pictures,
    unusual,
    unusual_frequencies,
    unusual_shares,
)
from modular_faces.failures.picture_frame import GREY, Frame
from modular_faces.failures.picture_sample import Moments, PictureSample

SETTINGS = MapSettings(permutations=999, cells=24, seed=0)


def study(plant: planted.Plant) -> tuple[PictureSample, list[MapComparison]]:
    sample = planted.planted(plant, n=160, lost=50, seed=1, side=24)
    return sample, compare_pixels(sample, None, SETTINGS)


def named(comparisons: list[MapComparison], name: str, channel: str = "grey") -> MapComparison:
    return next(one for one in comparisons if (one.name, one.channel) == (name, channel))


def test_unusual_is_further_than_so_many_deviations_of_that_pixel() -> None:
    reference = Moments(Frame(1, 2))
    for values in ([10, 100], [20, 100], [30, 100]):
        reference.add(np.repeat(np.array(values, np.uint8)[None, :, None], 4, axis=2))
    # Left: mean 20, SD 10. Right: it never varies, half a grey level counts as its SD.
    pictures = np.array([[[31, 100]], [[30, 101]], [[9, 99]], [[41, 102]]], np.uint8)
    pictures = np.repeat(pictures[..., None], 4, axis=3)
    above = unusual(pictures, reference, side="above", deviations=1)[..., 0]
    assert above[:, 0].tolist() == [[True, False], [False, True], [False, False], [True, True]]
    twice = unusual(pictures, reference, side="above", deviations=2)[..., 0]
    assert twice[:, 0].tolist() == [[False, False], [False, False], [False, False], [True, True]]
    below = unusual(pictures, reference, side="below", deviations=1)[..., 0]
    assert below[:, 0].tolist() == [[False, False], [False, False], [True, True], [False, False]]


def test_a_mean_picture_is_read_by_its_own_pixels() -> None:
    picture = np.zeros((4, 5))
    picture[0, 0], picture[3, 4] = 100, -40  # mean 3, SD 23.9
    assert np.argwhere(departs_from_itself(picture) == 2).tolist() == [[0, 0]]
    assert np.argwhere(departs_from_itself(picture) == -1).tolist() == [[3, 4]]
    assert not departs_from_itself(np.full((4, 5), 80.0)).any()


def test_darkness_is_found_everywhere() -> None:
    sample, comparisons = study(planted.darkness)
    mean = named(comparisons, "mean")
    assert mean.significant.mean() > 0.95
    assert (mean.test.difference[mean.significant.ravel()] < 0).all()
    assert named(comparisons, "below_1_sd").significant.mean() > 0.5
    failures, successes = unusual_frequencies(sample, side="below", deviations=1)
    assert failures[..., GREY].mean() > successes[..., GREY].mean() + 0.4
    shares = unusual_shares(sample)["below_1_sd", "grey"]
    assert np.median(shares[sample.failed]) > 0.5 > np.median(shares[~sample.failed])


def test_a_covered_half_is_found_in_that_half() -> None:
    sample, comparisons = study(planted.covered_right_half)
    for name in ("mean", "below_1_sd", "spread"):
        one = named(comparisons, name)
        left, right = np.hsplit(one.significant, 2)
        assert right.mean() > 0.2
        assert left.mean() < 0.02
    ratio = mean_pictures(sample.moments).log_sd_ratio[..., GREY]
    assert np.median(ratio[:, 12:]) < -2
    assert abs(np.median(ratio[:, :12])) < 0.5


def test_low_blue_is_found_in_blue_alone() -> None:
    _, comparisons = study(planted.low_blue)
    for name in ("whole", "mean"):
        assert named(comparisons, name, "blue").significant.all()
        assert not named(comparisons, name, "red").significant.any()
        assert not named(comparisons, name, "green").significant.any()
    assert abs(named(comparisons, "whole", "blue").test.effect[0]) > 2


def test_tight_framing_is_found_around_the_face() -> None:
    _, comparisons = study(planted.tight_framing)
    mean = named(comparisons, "mean", "red")
    edge = np.ones((24, 24), bool)
    edge[6:-6, 6:-6] = False
    assert mean.significant[edge].mean() > 0.5
    top = mean.map(mean.test.difference)[0, 8:16]
    assert (top > 20).all()


def test_a_plant_that_goes_with_the_label_is_gone_within_labels() -> None:
    random = np.random.default_rng(0)
    sample = planted.planted(planted.nothing, n=240, lost=100, seed=5, side=24)
    bright = random.random(len(sample.failed)) < np.where(sample.failed, 0.8, 0.2)
    lighter = np.where(bright[:, None, None, None], 40, 0) + sample.pictures.astype(int)
    confounded = PictureSample(
        sample.frame,
        sample.moments,
        sample.image_ids,
        np.clip(lighter, 0, 255).astype(np.uint8),
        sample.failed,
    )
    strata = strata_of(bright.tolist(), np.zeros(len(bright), bool))
    comparisons = compare_pixels(confounded, strata, SETTINGS)
    means = [one for one in comparisons if one.name == "mean" and one.channel == "grey"]
    assert [one.test.n_strata for one in means] == [1, 2]
    assert means[0].test.p_value == 1 / 1000
    assert means[1].test.p_value > 0.05


def test_the_same_pictures_give_the_same_numbers() -> None:
    first, second = (study(planted.darkness)[1] for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert one.test.p_values.tobytes() == other.test.p_values.tobytes()
        assert one.test.difference.tobytes() == other.test.difference.tobytes()


def test_means_are_those_of_the_groups() -> None:
    sample = planted.planted(planted.darkness, n=80, lost=30, seed=2, side=24)
    means = mean_pictures(sample.moments)
    assert (means.n_failures, means.n_successes) == (30, 50)
    np.testing.assert_allclose(means.failures, sample.pictures[sample.failed].mean(axis=0))
    assert means.difference[..., GREY].mean() == pytest.approx(-50, abs=15)
