"""Gather the landmarks of every variant of the study."""

from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.table_parts import STUDY_ROW_GROUP, write_parts
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
write_parts(
    map(read_table, snakemake.input),
    snakemake.output.table,
    metadata=snakemake.params.metadata,
    row_group=STUDY_ROW_GROUP,
)
