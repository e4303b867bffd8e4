"""Gather the inspections of all shards, add labels and duplicates."""

import json
from typing import TYPE_CHECKING

import pyarrow as pa

from modular_faces.jobs import start_job
from modular_faces.layouts import open_layout
from modular_faces.listing import read_shard
from modular_faces.manifest import label_report, manifest_table
from modular_faces.table_parts import write_parts
from modular_faces.tables import read_table, whole_file

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
entries = [entry for path in snakemake.params.listings for entry in read_shard(path)]
layout = open_layout(**snakemake.params.layout)
labels = layout.labels(entries)
manifest = manifest_table(
    pa.concat_tables([read_table(path) for path in snakemake.input.inspections]),
    labels.table,
    **snakemake.params.options,
)
with whole_file(snakemake.output.labels) as temporary:
    report = label_report(labels, layout=layout.name, left_out=snakemake.params.left_out)
    temporary.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
write_parts([manifest], snakemake.output.table, metadata=snakemake.params.metadata)
