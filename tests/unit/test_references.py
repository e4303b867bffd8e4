"""References are complete, and only those of the dataset are given."""

from __future__ import annotations

from modular_faces.modular.references import ORIGINS, read_references, references_table


def test_every_reference_says_where_it_is_from() -> None:
    references = read_references()
    assert references
    for one in references:
        assert all((one.model, one.protocol, one.source)), one
        assert one.origin in ORIGINS
        assert 0 < one.value < 1
        assert one.metric in ("accuracy", "balanced_accuracy", "r2")


def test_references_of_one_dataset() -> None:
    table = references_table("rafdb").to_pylist()
    assert {row["dataset"] for row in table} == {"rafdb"}
    assert max(row["value"] for row in table) == 0.9221


def test_another_dataset_has_none() -> None:
    table = references_table("folder")
    assert table.num_rows == 0
    assert "protocol" in table.column_names
