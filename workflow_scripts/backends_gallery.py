"""Gather the pictures on which the backends disagree most, for the private page."""

from functools import partial
from typing import TYPE_CHECKING

from modular_faces.bridge import instruments_of_study, labels_of, of_decodable, pairs_of_study
from modular_faces.bridge_pictures import read_packs
from modular_faces.bridge_summary import study_frame
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.jobs import start_job
from modular_faces.pages.parts import Gallery
from modular_faces.side_by_side.gallery import disagreement_groups
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
manifest = read_table(snakemake.input.manifest)
study = of_decodable(read_table(snakemake.input.study), manifest)
parts = instruments_of_study(study)
groups = disagreement_groups(
    [(parts[one], parts[other]) for one, other in pairs_of_study(parts)],
    study_frame(study, labels_of(manifest)),
    partial(read_packs, snakemake.input.packs),
)
write_gallery(Gallery(groups), snakemake.output.pictures)
