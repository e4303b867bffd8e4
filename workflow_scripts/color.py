"""Measure the colour of the pictures of a shard."""

from functools import partial
from typing import TYPE_CHECKING

from modular_faces.color import color_names, color_of_face
from modular_faces.jobs import start_job
from modular_faces.measure import measure_pictures
from modular_faces.packs import read_pictures
from modular_faces.tables import read_image_ids, read_meshes, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = dict(snakemake.params.options)
steps = options.pop("steps")
table = measure_pictures(
    read_image_ids(snakemake.input.inspection),
    read_pictures(snakemake.input.pictures),
    read_meshes(snakemake.input.mesh),
    measure=partial(color_of_face, **options),
    names=color_names(spaces=options["spaces"], regions=options["regions"]),
    steps=steps,
    stage="color",
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
