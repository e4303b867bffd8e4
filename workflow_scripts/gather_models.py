"""Gather what the models of all targets and regions gave."""

from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.modular.gather_models import gather_models, write_csv
from modular_faces.modular.references import references_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
outputs = dict(snakemake.output.items())
write_csv(references_table(snakemake.params.layout), outputs.pop("references"))
gather_models(
    {name: list(snakemake.input[name]) for name in outputs},
    outputs,
    metadata=snakemake.params.metadata,
)
