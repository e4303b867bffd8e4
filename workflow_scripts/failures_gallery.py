"""Gather lost pictures by probable cause, for the private page."""

from typing import TYPE_CHECKING

from modular_faces.failures.gallery import gallery_groups, gallery_report, read_attempts
from modular_faces.failures.gallery_choice import causes_by_rescue, choose_lost, probable_causes
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.study_files import MANIFEST_COLUMNS, StudyFiles
from modular_faces.jobs import start_job
from modular_faces.packs import read_pictures
from modular_faces.pages.parts import Gallery

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
files = StudyFiles(snakemake.input.study, snakemake.input.manifest, options)
outcome = files.outcomes()["trusted"]
causes, words = probable_causes(snakemake.input.causes, outcome)
lost = choose_lost(
    causes or causes_by_rescue(outcome, files.rows()), words, most=options["gallery"]["pictures"]
)
wanted = set(lost.image_ids)
groups = gallery_groups(
    lost,
    outcome,
    attempts=read_attempts(snakemake.input.study, lost.image_ids),
    manifest=files.listed((*MANIFEST_COLUMNS, "path")),
    descriptors=read_descriptors(snakemake.input.descriptors, of=wanted),
    pictures=(pair for path in snakemake.input.packs for pair in read_pictures(path, wanted)),
)
write_gallery(Gallery(groups, lost_by=outcome.keys), snakemake.output.pictures)
gallery_report(outcome, groups).write(snakemake.output.report)
