"""The final files have the same bytes for any number of shards and cores."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clones import RESULTS, Clone, make_clone


@pytest.mark.parametrize(("shards", "cores"), [(1, 1), (20, 2)])
def test_any_number_of_shards_and_cores_gives_the_same_bytes(
    finished: Clone, tmp_path: Path, tiny_root: Path, shards: int, cores: int
) -> None:
    clone = make_clone(tmp_path / "clone")
    clone.configure(tiny_root, shards=shards, study={"variants": []})
    clone.run_tiny("--cores", str(cores))
    folders = sorted((clone.folder / RESULTS / "shards").iterdir())
    rows = [pq.read_metadata(folder / "color.parquet").num_rows for folder in folders]
    assert len(rows) == shards
    assert sum(rows) == 16
    assert (0 in rows) == (shards == 20)
    assert clone.final_files() == finished.final_files()
