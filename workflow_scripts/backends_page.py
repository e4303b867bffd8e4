"""Make the page of the backends, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.pages.provenance_notes import provenance_notes
from modular_faces.pages.shell import write_page
from modular_faces.side_by_side.page import BackendFiles, backends_page

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
page = backends_page(
    BackendFiles(
        summary=Path(snakemake.input.summary),
        agreement=Path(snakemake.input.agreement),
        tests=Path(snakemake.input.tests),
        bridge=Path(snakemake.input.bridge),
        gallery=next((Path(path) for path in snakemake.input.gallery), None),
        figures=Path(snakemake.output.figures),
    ),
    confidence=snakemake.params.confidence,
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
