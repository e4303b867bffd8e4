"""Run a notebook on the results."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.notebooks import run_notebook

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
run_notebook(
    Path(snakemake.input.notebook),
    snakemake.output.notebook,
    results=Path(snakemake.output.notebook).parents[1],
    package=Path(snakemake.params.package),
)
