"""Make the front page of the results."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.front_page import write_front_page
from modular_faces.jobs import start_job
from modular_faces.pages.provenance_notes import provenance_notes

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
made = snakemake.params.provenance
write_front_page(
    Path(snakemake.output.page).parent,
    dataset=made["dataset"],
    pictures=made["pictures"],
    provenance=provenance_notes(**made),
)
