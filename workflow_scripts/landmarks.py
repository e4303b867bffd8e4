"""Run the cascade over the pictures of a shard."""

from functools import partial
from typing import TYPE_CHECKING

from modular_faces.added_mesh import with_meshes
from modular_faces.backends.mesh import mesh_backend
from modular_faces.backends.registry import open_backend
from modular_faces.jobs import start_job
from modular_faces.landmark_tables import (
    faces_table,
    landmark_table,
    openface_table,
    rekognition_table,
    trusted_meshes,
)
from modular_faces.landmarks import cascade_stages, find_faces
from modular_faces.packs import read_pictures
from modular_faces.preprocess import refusals
from modular_faces.tables import mesh_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options, metadata = snakemake.params.options, snakemake.params.metadata
stages = cascade_stages(options["cascade"])
backend = open_backend(options, tables=snakemake.input.get("precomputed", ()))
read = partial(read_pictures, snakemake.input.pictures)
outcomes = find_faces(
    refusals(snakemake.input.inspection),
    read,
    backend,
    stages=stages,
    accept=options["accept"],
)
if backend.mesh_partners is None:
    mesh = mesh_backend(options)
    outcomes = with_meshes(outcomes, read, mesh.mesh_at, accept=options["mesh_accept"])
for name, own_table in (("openface", openface_table), ("rekognition", rekognition_table)):
    if snakemake.output.get(name):
        write_table(
            own_table(outcomes, stages=stages), snakemake.output.get(name), metadata=metadata
        )
write_table(faces_table(outcomes), snakemake.output.faces, metadata=metadata)
write_table(
    mesh_table(list(outcomes), trusted_meshes(outcomes)), snakemake.output.mesh, metadata=metadata
)
write_table(
    landmark_table(outcomes, source=backend.name, stages=stages),
    snakemake.output.landmarks,
    metadata=metadata,
)
