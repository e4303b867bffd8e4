"""Make the page of the failure study."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.page import FailureFiles, failures_page
from modular_faces.front_page import write_page_and_front
from modular_faces.jobs import start_job
from modular_faces.pages.provenance_notes import provenance_notes

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
made = snakemake.params.provenance


def the_one(name: str) -> Path | None:
    """Path of an input that not every run has."""
    return next((Path(path) for path in snakemake.input.get(name, [])), None)


page = failures_page(
    FailureFiles(
        reports=[Path(path) for path in snakemake.input.reports],
        verdict=the_one("verdict"),
        gallery=the_one("gallery"),
        methods=the_one("methods"),
    ),
    dataset=made["dataset"],
    provenance=provenance_notes(**made),
    share=snakemake.params.share,
    confidence=snakemake.params.confidence,
    causes=snakemake.params.causes,
)
write_page_and_front(
    page, snakemake.output.page, dataset=made["dataset"], pictures=made["pictures"]
)
