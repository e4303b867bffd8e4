"""Describe the pictures of a shard without landmarks."""

from typing import TYPE_CHECKING

from modular_faces.descriptors import DESCRIPTOR_NAMES, describe_picture
from modular_faces.jobs import start_job
from modular_faces.measure import measure_pictures
from modular_faces.packs import read_pictures
from modular_faces.tables import read_image_ids, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
table = measure_pictures(
    read_image_ids(snakemake.input.inspection),
    read_pictures(snakemake.input.pictures),
    {},
    measure=describe_picture,
    names=DESCRIPTOR_NAMES,
    steps=[],
    stage="descriptors",
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
