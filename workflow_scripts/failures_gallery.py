"""Gather lost pictures by probable cause, for the private page."""

from typing import TYPE_CHECKING

import pandas as pd

from modular_faces.failures.gallery import (
    STUDY_COLUMNS,
    causes_by_rescue,
    choose_lost,
    gallery_groups,
    gallery_report,
)
from modular_faces.failures.gallery_file import write_gallery
from modular_faces.failures.outcome import load_study, outcomes_at_both_levels
from modular_faces.jobs import start_job
from modular_faces.packs import read_pictures
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
study = load_study(snakemake.input.study, STUDY_COLUMNS)
manifest = read_table(snakemake.input.manifest).to_pandas()
outcome = outcomes_at_both_levels(
    study, manifest, backend=options["backend"], variant=options["variant"]
)["trusted"]
lost = choose_lost(causes_by_rescue(outcome, study), most=options["gallery"]["pictures"])
wanted = set(lost.image_ids)
groups = gallery_groups(
    lost,
    outcome,
    study=study,
    manifest=manifest,
    descriptors=pd.concat([read_table(path).to_pandas() for path in snakemake.input.descriptors]),
    pictures=(pair for path in snakemake.input.packs for pair in read_pictures(path, wanted)),
)
write_gallery(groups, snakemake.output.pictures)
gallery_report(outcome, groups).write(snakemake.output.report)
