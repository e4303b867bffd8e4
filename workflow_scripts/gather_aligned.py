"""Gather the gradients of the aligned faces of all shards, and say what each column is."""

from typing import TYPE_CHECKING

from modular_faces.aligned_columns import GRID_OPTIONS, describe_aligned
from modular_faces.dictionary_file import write_dictionary
from modular_faces.jobs import start_job
from modular_faces.table_parts import write_parts
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
write_parts(
    map(read_table, snakemake.input.tables),
    snakemake.output.table,
    metadata=snakemake.params.metadata,
)
options = {key: snakemake.params.options[key] for key in GRID_OPTIONS}
write_dictionary(describe_aligned(**options), snakemake.output.dictionary)
