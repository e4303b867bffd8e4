"""Read and check the files of a shard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.listing import read_shard
from modular_faces.preprocess import preprocess_shard
from modular_faces.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
inspection = preprocess_shard(
    read_shard(snakemake.params.listing),
    Path(snakemake.params.root),
    pictures=Path(snakemake.output.pictures),
    **snakemake.params.options,
)
write_table(inspection, snakemake.output.inspection, metadata=snakemake.params.metadata)
