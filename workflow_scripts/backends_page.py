"""Make the page of the backends, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.front_page import write_page_and_front
from modular_faces.jobs import start_job
from modular_faces.pages.provenance_notes import provenance_notes
from modular_faces.side_by_side.page import BackendFiles, backends_page

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
made = snakemake.params.provenance
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
    dataset=made["dataset"],
    provenance=provenance_notes(**made),
    share=snakemake.params.share,
)
write_page_and_front(
    page, snakemake.output.page, dataset=made["dataset"], pictures=made["pictures"]
)
