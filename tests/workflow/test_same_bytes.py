"""The final files have the same bytes for any number of shards and cores."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clones import Clone


@pytest.mark.slow
def test_more_shards_than_pictures_give_the_same_bytes(
    clone: Clone, finished: Clone, tiny_root: Path
) -> None:
    clone.configure(tiny_root, shards=20, study={"variants": []})
    clone.run_tiny("--cores", "2")
    folders = list(clone.results("shards").iterdir())
    rows = [pq.read_metadata(folder / "color.parquet").num_rows for folder in folders]
    assert len(rows) == 20
    assert sum(rows) == 16
    assert 0 in rows
    assert clone.final_files() == finished.final_files()


def test_one_shard_and_one_core_in_the_same_folder_give_the_same_bytes(
    finished_copy: Clone, finished: Clone, tiny_root: Path
) -> None:
    before = finished_copy.results("features.parquet").stat().st_mtime_ns
    finished_copy.configure(tiny_root, shards=1)
    finished_copy.run_tiny("--cores", "1")
    assert finished_copy.results("features.parquet").stat().st_mtime_ns != before
    assert finished_copy.final_files() == finished.final_files()
    study = "study.parquet"
    assert finished_copy.results(study).read_bytes() == finished.results(study).read_bytes()
    assert finished_copy.planned_tiny() == Counter()
