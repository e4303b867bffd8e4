"""Compare the SHAP pattern of pictures that a later attempt brought back with that of pictures found at once."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from modular_faces.failures.report_parts import write_csv
from modular_faces.jobs import start_job
from modular_faces.modular.module_data import duplicate_numbers
from modular_faces.modular.rescued import rescued_pictures, rescued_table
from modular_faces.modular.rescued_report import rescued_report
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
needed = ["image_id", "success", "stage", "label"]
features = read_table(snakemake.input.features, columns=needed).to_pandas()
manifest = read_table(snakemake.input.manifest)
names = manifest.column("image_id").to_pylist()
clusters = dict(zip(names, manifest.column("duplicate_cluster").to_pylist(), strict=True))
explained = read_table(snakemake.input.explained).to_pandas()
if explained.empty:
    explained = pd.DataFrame(
        columns=["task", "region", "image_id", "module", "part", "mean_abs_shap"]
    )
chosen = rescued_pictures(
    features,
    duplicate_numbers([clusters.get(name) for name in features["image_id"]]),
    set(explained["image_id"]),
)
table = rescued_table(explained, chosen, **options)
write_csv(table, snakemake.output.table, decimals={})
rescued_report(
    table,
    chosen,
    least=options["least"],
    confidence=options["confidence"],
    folder=Path(snakemake.output.figures),
).write(snakemake.output.report)
