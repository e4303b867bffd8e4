"""Compare what the jobs asked for with what they used, and suggest what to ask for."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.account import write_efficiency
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
write_efficiency(Path(snakemake.params.results))
