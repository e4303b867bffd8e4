"""Where edges lie in failures and in successes."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.edges_report import write_edges
from modular_faces.failures.picture_study import open_study
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
inputs, options = snakemake.input, snakemake.params.options
write_edges(
    open_study(inputs.study, inputs.manifest, inputs.pictures, options=options),
    Path(snakemake.output.report).parent,
    options=options,
    metadata=snakemake.params.metadata,
)
