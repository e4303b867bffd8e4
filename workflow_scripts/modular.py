"""Gather what the models of all targets and regions gave."""

from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.modular.gather_models import gather_models

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
gather_models(
    {name: list(snakemake.input[name]) for name, _ in snakemake.output.items()},
    dict(snakemake.output.items()),
    metadata=snakemake.params.metadata,
)
