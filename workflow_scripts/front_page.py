"""Make the front page of the results."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.front_page import front_page
from modular_faces.jobs import start_job
from modular_faces.pages.provenance_notes import provenance_notes
from modular_faces.pages.shell import write_page

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
page = front_page(
    Path(snakemake.input.summary).parent,
    pages=[Path(path).parent.name for path in snakemake.input.pages],
    dataset=snakemake.params.dataset,
    provenance=provenance_notes(
        dataset=snakemake.params.dataset,
        pictures=snakemake.params.pictures,
        config_digest=snakemake.params.config_digest,
        libraries=snakemake.params.libraries,
    ),
    share=snakemake.params.share,
)
write_page(page, snakemake.output.page)
