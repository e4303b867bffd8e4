"""Find landmarks on one variant of every picture of a shard."""

from functools import partial
from typing import TYPE_CHECKING

from modular_faces.backends.registry import open_backend
from modular_faces.face_model import load_geometry
from modular_faces.jobs import as_path, start_job
from modular_faces.landmark_tables import study_table
from modular_faces.landmarks import cascade_stages, find_faces
from modular_faces.packs import read_pictures
from modular_faces.preprocess import refusals
from modular_faces.study_sample import pictures_of_part
from modular_faces.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
stages = cascade_stages(options["cascade"])
backend = open_backend(options, tables=snakemake.input.get("precomputed", ()))
wanted = pictures_of_part(
    refusals(snakemake.input.inspection),
    next(iter(snakemake.input.get("reference", ())), None),
    **snakemake.params.sample,
)
outcomes = find_faces(
    wanted,
    partial(read_pictures, snakemake.input.pictures),
    backend,
    stages=stages,
    accept=options["accept"],
)
write_table(
    study_table(
        outcomes,
        source=backend.name,
        stages=stages,
        geometry=load_geometry(as_path(options["model"])),
    ),
    snakemake.output.landmarks,
    metadata=snakemake.params.metadata,
)
