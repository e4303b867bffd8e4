"""Change some of the sampled pictures in one respect at a time, and look for landmarks again."""

from itertools import chain
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
chosen = plan.part(int(snakemake.wildcards.part), parts=snakemake.params.parts)
table = (
    run_conditions(
        plan,
        chain.from_iterable(read_pictures(pack, chosen) for pack in snakemake.input.pictures),
        open_backend(options),
        variant=options["cascade"][0]["steps"],
        accept=options["accept"],
    )
    if chosen
    else SCHEMA.empty_table()
)
write_table(table, snakemake.output.table, metadata=snakemake.params.metadata)
