"""Read outputs that a lab already has, and report which pictures they speak of."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.jobs import start_job
from modular_faces.listing import read_shard
from modular_faces.precomputed import precomputed_table, report_json
from modular_faces.scan import shown_path
from modular_faces.tables import whole_file, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
paths = [
    (entry.image_id, shown_path(entry.path))
    for listing in snakemake.params.listings
    for entry in read_shard(Path(listing))
]
table, report = precomputed_table(paths, snakemake.params.options)
with whole_file(snakemake.output.report) as temporary:
    temporary.write_text(report_json(report), encoding="utf-8")
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
