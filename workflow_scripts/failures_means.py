"""Mean pictures of failures and successes, and pixels that are unusually bright or dark."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.means_report import write_means
from modular_faces.failures.picture_study import open_study
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = dict(snakemake.params.options)
study = open_study(
    snakemake.input.study,
    snakemake.input.manifest,
    snakemake.input.pictures,
    backend=options.pop("backend"),
    variant=options.pop("variant"),
    side=options.pop("side"),
)
write_means(
    study,
    Path(snakemake.output.report).parent,
    metadata=snakemake.params.metadata,
    **options,
)
