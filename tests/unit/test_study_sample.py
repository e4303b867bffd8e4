"""A sample of successes beside all failures."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from modular_faces.study_sample import is_sampled, pictures_of_part


def test_every_failure_and_some_successes(tmp_path: Path) -> None:
    ids = [f"p{k}" for k in range(1000)]
    success = [k % 4 > 0 for k in range(1000)]
    pq.write_table(pa.table({"image_id": ids, "success": success}), tmp_path / "reference.parquet")
    refused = dict.fromkeys(ids, "") | {"p4": "unreadable"}
    chosen = pictures_of_part(refused, tmp_path / "reference.parquet", share=0.2, seed=1)
    assert [name for name in ids if int(name[1:]) % 4 == 0 and name not in chosen] == []
    assert chosen["p4"] == "unreadable"
    assert list(chosen) == [name for name in ids if name in chosen]
    assert 110 <= len(chosen) - 250 <= 190
    other = pictures_of_part(refused, tmp_path / "reference.parquet", share=0.2, seed=2)
    assert set(other) != set(chosen)


def test_without_a_reference_every_picture_is_looked_at() -> None:
    assert pictures_of_part({"a": "", "b": "too_small"}, None, share=0.0, seed=1) == {
        "a": "",
        "b": "too_small",
    }


def test_all_or_none() -> None:
    names = [f"p{k}" for k in range(50)]
    assert all(is_sampled(name, share=1.0, seed=1) for name in names)
    assert not any(is_sampled(name, share=0.0, seed=1) for name in names)
