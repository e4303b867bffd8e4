"""Mean pictures of failures and successes, and pixels that are unusually bright or dark."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.means_report import write_means
from modular_faces.failures.picture_study import open_study
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
inputs, options = snakemake.input, snakemake.params.options
write_means(
    open_study(inputs.study, inputs.manifest, inputs.pictures, options=options),
    Path(snakemake.output.report).parent,
    options=options,
    metadata=snakemake.params.metadata,
)
