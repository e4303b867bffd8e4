"""Studies of pixels from a study's table and packs to files: whole, the same each time, or a sentence."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import planted_pictures as planted
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from studies import manifest_of, study_of

from modular_faces.failures import picture_report
from modular_faces.failures.edges_report import write_edges
from modular_faces.failures.means_report import write_means
from modular_faces.failures.picture_study import PictureStudy, open_study
from modular_faces.failures.report_parts import StudyReport, read_report
from modular_faces.failures.shap_pixels_report import write_shap_pixels
from modular_faces.figures import AnyChart, chart_spec
from modular_faces.packs import PackWriter

EDGES = {"kernel": "sobel", "threshold": 100.0, "strongest": 0.1, "pictures": 20, "draws": 10}
PIXELS = {"model": "linear", "side": 8, "folds": 3}
Writer = Callable[[PictureStudy, Path], None]


def check_instead_of_drawing(chart: AnyChart, stem: Path) -> None:
    """Drawing is tested with the figures and takes most of the time."""
    text = json.dumps(chart_spec(chart), sort_keys=True)
    for suffix in (".svg", ".png", ".vl.json"):
        stem.with_name(stem.name + suffix).write_text(text)


@pytest.fixture(autouse=True)
def quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_report, "save_figure", check_instead_of_drawing)


OPTIONS = {"sample": 100, "permutations": 999, "confidence": 0.95, "seed": 1}


def means(study: PictureStudy, folder: Path) -> None:
    write_means(study, folder, options=OPTIONS, metadata={"a": "b"})


def edges(study: PictureStudy, folder: Path) -> None:
    write_edges(study, folder, options=OPTIONS | {"edges": EDGES}, metadata={})


def shap_pixels(study: PictureStudy, folder: Path) -> None:
    write_shap_pixels(study, folder, options=OPTIONS | {"pixels": PIXELS})


WRITERS: dict[str, Writer] = {"means": means, "edges": edges, "shap_pixels": shap_pixels}
FILES = {
    "means": ["means.csv", "means_unusual.csv", "means_maps.parquet"],
    "edges": [
        *("edges.csv", "edges_profiles.csv"),
        *("edges_maps.parquet", "edges_coordinates.parquet"),
    ],
    "shap_pixels": ["shap_pixels.csv", "shap_pixels_comparisons.csv", "shap_pixels_maps.csv"],
}


def make_study(
    folder: Path,
    letters: str,
    pictures: Sequence[planted.Picture],
    *,
    shards: int = 1,
    side: int = 16,
    duplicate_of: Sequence[str] | None = None,
) -> PictureStudy:
    n = len(pictures)
    heights, widths = zip(*(picture.shape[:2] for picture in pictures), strict=True)
    labels = ["happy" if k % 2 else "sad" for k in range(n)]
    copies = {"duplicate_of": duplicate_of} if duplicate_of else {}
    manifest = manifest_of(n, label_name=labels, height=heights, width=widths, **copies)
    pq.write_table(pa.Table.from_pandas(manifest), folder / "manifest.parquet")
    study = study_of({("mesh", "original"): letters})
    pq.write_table(pa.Table.from_pandas(study), folder / "study.parquet")
    packs = [folder / f"{k}.arrow" for k in range(shards)]
    for k, path in enumerate(packs):
        with PackWriter(path) as pack:
            for row in range(k, n, shards):
                file = BytesIO()
                Image.fromarray(pictures[row]).save(file, "PNG")
                pack.add(manifest["image_id"][row], file.getvalue())
    return open_study(
        folder / "study.parquet",
        folder / "manifest.parquet",
        packs,
        options={
            "backend": "mesh",
            "variant": "original",
            "pictures": 1000,
            "seed": 1,
            "side": side,
        },
    )


def covered(n: int, lost: int, *, side: int = 16, seed: int = 7) -> list[planted.Picture]:
    faces = [planted.draw_face(seed * 1000 + k, side) for k in range(n)]
    return [planted.covered_right_half(face) if k < lost else face for k, face in enumerate(faces)]


def run(name: str, study: PictureStudy, folder: Path) -> StudyReport:
    WRITERS[name](study, folder)
    report = read_report(folder / f"{name}.json")
    assert report.study == name
    assert all((folder / file).is_file() for file in FILES[name])
    assert (folder / "figures" / name).is_dir()
    drawn = {path.name for path in (folder / "figures" / name).iterdir()}
    stems = [figure.stem.rpartition("/")[2] for figure in report.figures]
    parts = (".svg", ".png", ".vl.json", ".rst")
    assert drawn == {f"{stem}{suffix}" for stem in stems for suffix in parts}
    return report


@pytest.fixture(scope="module")
def lost_half(tmp_path_factory: pytest.TempPathFactory) -> PictureStudy:
    """Give 70 pictures, 30 with a covered half lost, 4 more found and not trusted."""
    letters = "x" * 30 + "f" * 4 + "t" * 36
    return make_study(tmp_path_factory.mktemp("study"), letters, covered(70, 34))


@pytest.mark.parametrize("name", list(WRITERS))
def test_a_planted_cause_is_in_the_findings_and_tables(
    name: str, lost_half: PictureStudy, tmp_path: Path
) -> None:
    report = run(name, lost_half, tmp_path)
    assert report.skipped is None
    assert "not of OpenFace" in report.title
    assert {figure.level for figure in report.figures} == {"found", "trusted"}
    assert report.n == {"pictures": 70, "failures": 34}
    assert all(figure.caption and figure.alt for figure in report.figures)
    assert any("right" in sentence for sentence in report.findings)
    table = pd.read_csv(tmp_path / f"{name}.csv")
    assert table.columns[:3].tolist() == ["backend", "variant", "level"]
    assert table["n_failures"].between(10, 34).all()


@pytest.mark.parametrize("name", list(WRITERS))
def test_the_same_bytes_for_any_number_of_shards(name: str, tmp_path: Path) -> None:
    written = []
    for shards in (1, 3):
        folder = tmp_path / str(shards)
        folder.mkdir()
        study = make_study(folder, "x" * 24 + "t" * 36, covered(60, 24), shards=shards)
        run(name, study, folder / "failures")
        files = sorted((folder / "failures").rglob("*.*"))
        written.append({path.name: path.read_bytes() for path in files})
    assert written[0] == written[1]


SKIPPED = {
    "none failed": ("t" * 40, "None of the 40 pictures failed"),
    "all failed": ("x" * 40, "All 40 pictures failed"),
    "few failed": ("x" * 9 + "t" * 31, "Only 9 of 40 pictures failed; fewer than 10"),
    "few succeeded": ("t" * 9 + "x" * 31, "Only 9 of 40 pictures succeeded"),
}


@pytest.mark.parametrize("name", list(WRITERS))
@pytest.mark.parametrize("case", list(SKIPPED))
def test_where_nothing_can_be_compared_there_is_a_sentence(
    name: str, case: str, tmp_path: Path
) -> None:
    letters, sentence = SKIPPED[case]
    report = run(name, make_study(tmp_path, letters, covered(40, 0)), tmp_path)
    assert sentence in str(report.skipped)
    assert not report.figures
    assert not report.tables
    assert not report.findings


def test_pictures_of_which_none_could_be_decoded_get_a_sentence(
    lost_half: PictureStudy, tmp_path: Path
) -> None:
    for name in WRITERS:
        report = run(name, replace(lost_half, frame=None), tmp_path)
        assert report.skipped == "No picture could be decoded, so there is nothing to study."


def test_halves_of_successes_need_ten_each(tmp_path: Path) -> None:
    study = make_study(tmp_path, "x" * 20 + "t" * 19, covered(39, 20))
    assert "19 pictures succeeded" in str(run("means", study, tmp_path).skipped)


def test_failures_darker_than_any_success_have_no_partner(tmp_path: Path) -> None:
    pictures = covered(40, 0)
    pictures[:15] = [(picture // 8).astype(np.uint8) for picture in pictures[:15]]
    report = run("edges", make_study(tmp_path, "x" * 15 + "t" * 25, pictures), tmp_path)
    assert "failures have a success of the same label and of nearly the same brightness" in str(
        report.skipped
    )


@pytest.mark.parametrize("name", list(WRITERS))
def test_mixed_sizes_and_grey_pictures_are_studied(name: str, tmp_path: Path) -> None:
    grey = [
        np.repeat(picture.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
        for picture in covered(31, 15, side=16) + covered(29, 0, side=20, seed=9)
    ]
    grey[40] = grey[40][:, 4:16]
    study = make_study(tmp_path, "x" * 15 + "t" * 45, grey)
    assert study.frame == (16, 16)
    assert study.resized == 29
    report = run(name, study, tmp_path)
    assert report.skipped is None
    if name != "shap_pixels":
        assert "29 were of another size" in report.findings[-1]


def test_a_model_that_knows_nothing_gives_a_sentence_and_no_map(tmp_path: Path) -> None:
    study = make_study(tmp_path, "xt" * 30, covered(60, 0, seed=11))
    report = run("shap_pixels", study, tmp_path)
    assert "no map is shown" in report.findings[-1]
    assert not report.figures
    assert pd.read_csv(tmp_path / "shap_pixels.csv")["maps"].tolist() == [False]


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("means", {"means_maps.parquet"}),
        ("edges", {"edges_maps.parquet", "edges_coordinates.parquet"}),
        ("shap_pixels", {"shap_pixels_maps.csv"}),
    ],
)
def test_maps_of_few_pictures_are_private(name: str, private: set[str], tmp_path: Path) -> None:
    study = make_study(tmp_path, "x" * 15 + "t" * 45, covered(60, 15))
    report = run(name, study, tmp_path)
    maps = [figure for figure in report.figures if "profiles" not in figure.stem]
    assert maps
    assert all(figure.private for figure in maps)
    assert {table.file for table in report.tables if table.private} == private


def test_what_averages_a_half_of_few_successes_is_private(tmp_path: Path) -> None:
    """30 successes are enough for their mean; 15 of them, whose unusual pixels are counted, are not."""
    report = run("means", make_study(tmp_path, "x" * 25 + "t" * 30, covered(55, 25)), tmp_path)
    private = {figure.stem.rpartition("trusted_")[2] for figure in report.figures if figure.private}
    assert private == {"differences", "unusual", "unusual_shares", "spread"}
    assert [table.file for table in report.tables if table.private] == ["means_maps.parquet"]


def test_what_is_within_chance_has_no_direction(tmp_path: Path) -> None:
    """Half of sixty like pictures are lost, of each label as many: nothing is darker, brighter, more or fewer."""
    study = make_study(tmp_path, "xxtt" * 15, covered(60, 0, seed=11))
    for name in ("means", "edges"):
        table = pd.read_csv(tmp_path / f"{name}.csv") if run(name, study, tmp_path) else None
        assert table is not None
        assert (table["p_holm"] > 0.05).all()
        found = read_report(tmp_path / f"{name}.json").findings
        sentences = [text for text in found if text.startswith("Level")]
        assert sentences
        for text in sentences:
            assert "no difference in" in text
            assert not any(word in text for word in (" darker", " brighter", " more ", " fewer "))


@pytest.mark.parametrize("successes", [0, 1, 2, 9, 10, 11, 19, 20, 21])
@pytest.mark.parametrize("name", list(WRITERS))
def test_any_number_of_successes_gives_a_sentence_or_a_result(
    name: str, successes: int, tmp_path: Path
) -> None:
    letters = "x" * 20 + "t" * successes
    study = make_study(tmp_path, letters, covered(len(letters), 20))
    report = run(name, study, tmp_path)
    assert bool(report.skipped) != bool(report.findings)


@pytest.mark.parametrize("name", list(WRITERS))
def test_copies_of_one_lost_picture_are_one_failure(name: str, tmp_path: Path) -> None:
    """Their mean would be that picture, on a page that may be shared."""
    pictures = covered(70, 30)
    pictures[:30] = pictures[:1] * 30
    copies = ["", *["p0000"] * 29, *[""] * 40]
    study = make_study(tmp_path, "x" * 30 + "t" * 40, pictures, duplicate_of=copies)
    report = run(name, study, tmp_path)
    assert str(report.skipped).startswith("Only 1 of 41 pictures failed")
    assert not report.figures
