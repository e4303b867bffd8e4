"""Describe the results as a data package: digests, and what made them."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.account import write_description
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
params = snakemake.params
write_description(Path(params.results), params.dataset, params.files)
