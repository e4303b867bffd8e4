"""Measure the texture of the pictures of a shard."""

from functools import partial
from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.measure import measure_pictures
from modular_faces.packs import read_pictures
from modular_faces.tables import read_image_ids, read_meshes, write_table
from modular_faces.texture import texture_of_face
from modular_faces.texture_columns import all_texture_regions, texture_names

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = dict(snakemake.params.options)
steps = options.pop("steps")
table = measure_pictures(
    read_image_ids(snakemake.input.inspection),
    read_pictures(snakemake.input.pictures),
    read_meshes(snakemake.input.mesh),
    measure=partial(texture_of_face, **options),
    names=texture_names(
        regions=all_texture_regions(options["regions"], options["canonical_regions"]),
        distances=options["distances"],
        statistics=options["statistics"],
    ),
    steps=steps,
    stage="texture",
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
