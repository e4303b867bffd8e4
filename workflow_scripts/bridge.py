"""Report how far the backends of the study agree on the pictures both found."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.bridge import (
    agreement_csv,
    bridge_text,
    compare,
    instruments_of_study,
    pairs_of_study,
)
from modular_faces.bridge_figure import bridge_chart, figure_name
from modular_faces.figures import save_figure
from modular_faces.jobs import start_job
from modular_faces.tables import read_table, whole_file

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
manifest = read_table(snakemake.input.manifest)
labels = (
    dict(zip(*(manifest.column(n).to_pylist() for n in ("image_id", "label_name")), strict=True))
    if "label_name" in manifest.column_names
    else {}
)
parts = instruments_of_study(read_table(snakemake.input.study))
pairs = [(parts[one], parts[other]) for one, other in pairs_of_study(parts)]
rows = [row for one, other in pairs for row in compare(one, other, labels)]
print(bridge_text(rows))
with whole_file(snakemake.output.table) as temporary:
    temporary.write_text(agreement_csv(rows), encoding="utf-8")
for one, other in pairs:
    save_figure(
        bridge_chart(one, other, rows), Path(snakemake.output.figures, figure_name(one, other))
    )
