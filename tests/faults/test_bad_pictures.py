"""Every bad file has its row and reason, and does no harm to its neighbours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bad_pictures import GOOD, LEFT_OUT, Case, make_bad_pictures, open_permissions
from odd_bytes import HEIGHT, WIDTH, drawing

from modular_faces.listing import in_order
from modular_faces.packs import PackWriter, read_pictures
from modular_faces.preprocess import INSPECTION_SCHEMA, preprocess_shard
from modular_faces.scan import Scan, image_id, scan_pictures

MAX_PIXELS, MIN_SIDE = 50_000_000, 16


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Case]]]:
    folder = tmp_path_factory.mktemp("faults") / "bad"
    cases = make_bad_pictures(folder)
    yield folder, {image_id(case.path): case for case in cases}
    open_permissions(folder)


@pytest.fixture(scope="module")
def scan(bad: tuple[Path, dict[str, Case]]) -> Scan:
    return scan_pictures(bad[0], ("",))


def preprocessed(scan: Scan, folder: Path, pack: Path) -> dict[str, dict[str, Any]]:
    with PackWriter(pack) as writer:
        table = preprocess_shard(
            in_order(scan.entries)[0], folder, writer, max_pixels=MAX_PIXELS, min_side=MIN_SIDE
        )
    assert table.schema == INSPECTION_SCHEMA
    return {row["image_id"]: row for row in table.to_pylist()}


@pytest.fixture(scope="module")
def rows(
    bad: tuple[Path, dict[str, Case]], scan: Scan, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]]:
    pack = tmp_path_factory.mktemp("pack") / "pictures.arrow"
    table = preprocessed(scan, bad[0], pack)
    return table, dict(read_pictures(pack))


def test_there_are_enough_kinds(bad: tuple[Path, dict[str, Case]]) -> None:
    assert len(bad[1]) >= 100
    assert {case.outcome for case in bad[1].values()} == {
        GOOD,
        LEFT_OUT,
        "unreadable",
        "too_small",
        "too_large",
    }


def test_listed_are_all_but_those_left_out(bad: tuple[Path, dict[str, Case]], scan: Scan) -> None:
    expected = {key for key, case in bad[1].items() if case.outcome != LEFT_OUT}
    assert {entry.image_id for entry in scan.entries} == expected
    assert len(scan.entries) == len(expected)
    assert scan.left_out["(folder named like a picture)"] == 2
    assert scan.left_out["(link back to a folder above)"] == 2
    assert scan.left_out["(name begins with a dot)"] == 3
    assert scan.left_out[".txt"] == 1


def test_each_has_its_row_and_reason(
    bad: tuple[Path, dict[str, Case]],
    rows: tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]],
) -> None:
    got = {
        key: (row["failure_reason"] or GOOD, row["decode_problem"]) for key, row in rows[0].items()
    }
    expected = {
        key: (case.outcome, case.problem)
        for key, case in bad[1].items()
        if case.outcome != LEFT_OUT
    }
    assert got == expected
    assert set(rows[1]) == {key for key, (outcome, _) in expected.items() if outcome == GOOD}


def test_a_sparse_file_is_not_read(
    rows: tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]],
) -> None:
    assert rows[0]["special/sparse.jpg"]["bytes"] is None


def test_good_neighbours_keep_their_rows(
    bad: tuple[Path, dict[str, Case]],
    rows: tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]],
    tmp_path: Path,
    scan: Scan,
) -> None:
    good = [entry for entry in scan.entries if bad[1][entry.image_id].outcome == GOOD]
    alone = preprocessed(Scan(good, {}, []), bad[0], tmp_path / "pictures.arrow")
    assert alone == {entry.image_id: rows[0][entry.image_id] for entry in good}


def test_turned_pictures_are_upright(
    rows: tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]],
) -> None:
    for value in range(1, 9):
        key = f"contents/orientation_{value}.png"
        np.testing.assert_array_equal(rows[1][key], np.asarray(drawing(1)))
        row = rows[0][key]
        assert (row["exif_orientation"], row["width"], row["height"]) == (value, WIDTH, HEIGHT)


def test_what_is_known_of_odd_pictures(
    rows: tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]],
) -> None:
    def of(name: str) -> tuple[str, str, int, bool]:
        row = rows[0][f"contents/{name}"]
        return row["format"], row["mode"], row["n_frames"], row["grey"]

    assert of("cmyk.jpg") == ("JPEG", "CMYK", 1, False)
    assert of("png_named.jpg") == ("PNG", "RGB", 1, False)
    assert of("sixteen_bit.png") == ("PNG", "I;16", 1, True)
    assert of("one_bit.png") == ("PNG", "1", 1, True)
    assert of("la.png") == ("PNG", "LA", 1, True)
    assert of("animated.gif") == ("GIF", "P", 3, False)
    assert of("animated.webp") == ("WEBP", "RGB", 3, False)
    assert of("animated.png") == ("PNG", "RGB", 3, False)
    assert of("two_views.jpg") == ("MPO", "RGB", 3, False)
    assert of("pages.tif") == ("TIFF", "RGB", 2, False)
    assert rows[0]["contents/orientation_9.jpg"]["exif_orientation"] == 1


def test_path_is_kept_where_it_is_text(
    rows: tuple[dict[str, dict[str, Any]], dict[str, np.ndarray]],
) -> None:
    assert rows[0]["names/new%0Aline.jpg"]["path"] == "names/new\nline.jpg"
    assert rows[0]["names/hundred%25.jpg"]["path"] == "names/hundred%.jpg"
    assert rows[0]["names/not_utf8_%FF%FE.jpg"]["path"] == "names/not_utf8_%FF%FE.jpg"


def test_same_files_at_every_run(bad: tuple[Path, dict[str, Case]], tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert {image_id(case.path): case for case in make_bad_pictures(again)} == bad[1]
    for path in (bad[0] / "contents").iterdir():
        assert (again / "contents" / path.name).read_bytes() == path.read_bytes()
    open_permissions(again)
