"""Measure the gradients of the aligned faces of a shard."""

from functools import partial
from typing import TYPE_CHECKING

from modular_faces.aligned import aligned_of_face
from modular_faces.aligned_columns import GRID_OPTIONS, describe_aligned
from modular_faces.face_model import load_geometry
from modular_faces.jobs import as_path, start_job
from modular_faces.measure import measure_pictures
from modular_faces.packs import read_pictures
from modular_faces.tables import read_image_ids, read_meshes, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = dict(snakemake.params.options)
steps = options.pop("steps")
columns = describe_aligned(**{key: options[key] for key in GRID_OPTIONS})
canonical = load_geometry(as_path(options.pop("model")))
table = measure_pictures(
    read_image_ids(snakemake.input.inspection),
    read_pictures(snakemake.input.pictures),
    read_meshes(snakemake.input.mesh),
    measure=partial(aligned_of_face, canonical=canonical, **options),
    names=[column[0] for column in columns],
    steps=steps,
    stage="aligned",
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
