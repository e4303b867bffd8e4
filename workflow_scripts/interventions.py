"""Change the sampled pictures of a shard in one respect at a time, and look for landmarks again."""

from typing import TYPE_CHECKING

from modular_faces.backends.registry import open_backend
from modular_faces.failures.conditions import read_plan
from modular_faces.failures.intervention_runs import SCHEMA, run_conditions
from modular_faces.jobs import start_job
from modular_faces.packs import read_pictures
from modular_faces.tables import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
plan = read_plan(snakemake.input.plan)
options = snakemake.params.backend
sampled = plan.pictures("failure") | plan.pictures("success") if plan.conditions else set()
table = (
    run_conditions(
        plan,
        read_pictures(snakemake.input.pictures, sampled),
        open_backend(options),
        variant=options["cascade"][0]["steps"],
        accept=options["accept"],
    )
    if sampled
    else SCHEMA.empty_table()
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
