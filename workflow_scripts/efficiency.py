"""Compare what the jobs asked for with what they used, and suggest what to ask for."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.efficiency import (
    efficiency_csv,
    efficiency_html,
    efficiency_rows,
    read_uses,
    set_resources_yaml,
)
from modular_faces.jobs import start_job
from modular_faces.run_file import read_run
from modular_faces.tables import whole_file

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
output, params = snakemake.output, snakemake.params
results = Path(params.results)
rows = efficiency_rows(read_uses(results), read_run(results)["requested"])
for path, text in (
    (output.table, efficiency_csv(rows)),
    (output.page, efficiency_html(rows)),
    (output.suggested, set_resources_yaml(rows)),
):
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
