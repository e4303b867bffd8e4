"""Measure the 3-D angle of the faces of a shard."""

from typing import TYPE_CHECKING

from modular_faces.face_model import load_geometry
from modular_faces.jobs import as_path, start_job
from modular_faces.pose import pose_table
from modular_faces.tables import read_meshes, read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = dict(snakemake.params.options)
geometry = load_geometry(as_path(options.pop("model")))
inspection = read_table(snakemake.input.inspection, ["image_id", "height", "width"])
table = pose_table(inspection, read_meshes(snakemake.input.mesh), geometry, **options)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
