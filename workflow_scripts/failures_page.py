"""Make the page of the failure study."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.page import FailureFiles, failures_page
from modular_faces.jobs import as_path, start_job
from modular_faces.pages.provenance_notes import provenance_notes
from modular_faces.pages.shell import write_page

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
inputs = snakemake.input
page = failures_page(
    FailureFiles(
        reports=[Path(path) for path in inputs.reports],
        verdict=as_path(inputs.get("verdict")),
        gallery=as_path(inputs.get("gallery")),
        methods=as_path(inputs.get("methods")),
    ),
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
