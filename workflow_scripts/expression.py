"""Read the blendshapes of the faces of a shard."""

from typing import TYPE_CHECKING

from modular_faces.blendshapes import BlendshapeNetwork, expression_table
from modular_faces.face_model import BLENDSHAPES_PART, read_parts
from modular_faces.jobs import as_path, start_job
from modular_faces.tables import read_image_ids, read_meshes, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
parts = read_parts(as_path(snakemake.params.options["model"]))
table = expression_table(
    read_image_ids(snakemake.input.inspection),
    read_meshes(snakemake.input.mesh),
    BlendshapeNetwork(parts[BLENDSHAPES_PART]),
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
