"""Make the page of the models of modules."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.face_model import load_geometry
from modular_faces.front_page import write_page_and_front
from modular_faces.jobs import as_path, start_job
from modular_faces.modular.page import modular_page, read_tables, read_weights
from modular_faces.pages.provenance_notes import provenance_notes

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
made = snakemake.params.provenance
options = snakemake.params.options
folder = Path(snakemake.input.scores).parent
for figures in snakemake.output.figures:
    Path(figures).mkdir(parents=True, exist_ok=True)
page = modular_page(
    read_tables(folder, main=options["main"], confidence=options["confidence"]),
    read_weights(
        folder.parent,
        geometry=load_geometry(as_path(options["model"])),
        options=options,
        frame=snakemake.params.frame,
    ),
    folder=folder,
    options=options,
    rescued=Path(snakemake.input.rescued),
    gallery=next((Path(path) for path in snakemake.input.gallery), None),
    dataset=made["dataset"],
    provenance=provenance_notes(**made),
    share=snakemake.params.share,
)
write_page_and_front(
    page, snakemake.output.page, dataset=made["dataset"], pictures=made["pictures"]
)
