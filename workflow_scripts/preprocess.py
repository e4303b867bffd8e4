"""Read and check the files of a shard."""

from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.listing import read_shard
from modular_faces.packs import PackWriter
from modular_faces.preprocess import preprocess_shard
from modular_faces.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
with PackWriter(snakemake.output.pictures) as pack:
    inspection = preprocess_shard(
        read_shard(snakemake.input.listing),
        snakemake.params.root,
        pack,
        **snakemake.params.options,
    )
write_table(inspection, snakemake.output.inspection, metadata=snakemake.params.metadata)
