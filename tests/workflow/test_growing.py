"""A dataset that grows: the result is that of a run from scratch, in one file or in several."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clones import SAMPLE, Clone, make_clone, make_kaggle, sample_pictures

pytestmark = pytest.mark.slow


def test_added_replaced_and_removed_pictures_give_what_a_run_from_scratch_gives(
    tmp_path: Path,
) -> None:
    pictures = sample_pictures()
    root = make_kaggle(tmp_path / "faces", pictures[:8])
    grown = make_clone(tmp_path / "grown")
    grown.configure(root, study={"variants": ["wide"]})
    grown.run_tiny("--cores", "2")

    later = make_kaggle(tmp_path / "later", pictures[1:11])
    first = later / pictures[1].relative_to(SAMPLE)
    shutil.copyfile(pictures[20], first)
    shutil.copytree(later, root, dirs_exist_ok=True)
    (root / pictures[0].relative_to(SAMPLE)).unlink()
    for path in root.rglob("*.jpg"):
        os.utime(path, ns=(0, path.stat().st_mtime_ns))
    grown.run_tiny("--cores", "2")

    scratch = make_clone(tmp_path / "scratch")
    scratch.configure(root, study={"variants": ["wide"]})
    scratch.run_tiny("--cores", "2")
    assert pq.read_metadata(grown.results("features.parquet")).num_rows == 10
    assert grown.final_files() == scratch.final_files()
    study = "study.parquet"
    assert grown.results(study).read_bytes() == scratch.results(study).read_bytes()


def test_appended_pictures_run_alone_and_give_the_rows_of_a_run_from_scratch(
    tmp_path: Path,
) -> None:
    pictures = sample_pictures()
    dataset = {"name": "tiny", "root": str(tmp_path / "faces"), "append": True}
    root = make_kaggle(tmp_path / "faces", pictures[:8])
    grown = make_clone(tmp_path / "grown")
    grown.configure(root, dataset=dataset, study={"variants": ["wide"]})
    grown.run_tiny("--cores", "2")
    shutil.copytree(make_kaggle(tmp_path / "later", pictures[:11]), root, dirs_exist_ok=True)
    per_shard = (
        *("preprocess", "landmarks", "color", "texture", "pose", "expression"),
        "study wide",
    )
    gathered = ("manifest", "merge", "gather_study")
    assert grown.planned_tiny() == Counter([*(f"{rule} 0003" for rule in per_shard), *gathered])
    grown.run_tiny("--cores", "2")

    scratch = make_clone(tmp_path / "scratch")
    scratch.configure(root, dataset=dataset, study={"variants": ["wide"]})
    scratch.run_tiny("--cores", "2")
    for name in ("features.parquet", "mesh.parquet", "manifest.parquet", "study.parquet"):
        here, there = (pq.read_table(one.results(name)) for one in (grown, scratch))
        keys = [(key, "ascending") for key in ("image_id", "variant") if key in here.column_names]
        assert here.num_rows == there.num_rows
        assert here.sort_by(keys).equals(there.sort_by(keys)), name
        assert not here.equals(there), name
    for name in ("summary.json", "features_dictionary.csv", "labels.json"):
        assert grown.results(name).read_bytes() == scratch.results(name).read_bytes(), name


def test_past_a_stated_size_the_table_becomes_a_folder_and_back(
    finished_copy: Clone, finished: Clone, tiny_root: Path
) -> None:
    before = finished.results("features.parquet")
    finished_copy.configure(tiny_root, merge={"rows_per_file": 15})
    assert finished_copy.planned_tiny() == Counter(["merge"])
    finished_copy.run_tiny("--cores", "1")
    parts = finished_copy.results("features.parquet")
    assert parts.is_dir()
    assert pq.read_table(parts).equals(pq.read_table(before))
    summary = "summary.json"
    assert finished_copy.results(summary).read_bytes() == finished.results(summary).read_bytes()
    finished_copy.configure(tiny_root)
    finished_copy.run_tiny("--cores", "1")
    assert finished_copy.final_files() == finished.final_files()
