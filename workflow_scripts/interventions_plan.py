"""Draw the pictures that are changed and set the doses."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from modular_faces.config_causes import Interventions
from modular_faces.failures.intervention_plan import plan_interventions, without_changes
from modular_faces.failures.intervention_report import CANNOT_RUN
from modular_faces.failures.outcome import load_study, outcomes_at_both_levels
from modular_faces.jobs import start_job
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
tried = Interventions.model_validate(snakemake.params.interventions)
causes = tried.all_causes()
measures = sorted({cause.measure for cause in causes.values() if cause.measure is not None})
described = pa.concat_tables(
    [read_table(path, ["image_id", *measures]) for path in snakemake.input.descriptors]
).to_pandas()
outcomes = outcomes_at_both_levels(
    load_study(snakemake.input.study),
    pd.DataFrame(read_table(snakemake.input.manifest).to_pandas()),
    backend=options["backend"],
    variant=options["variant"],
)
known = described.set_index("image_id").reindex(outcomes["trusted"].image_ids)
plan = plan_interventions(
    outcomes.values(),
    {name: known[name].to_numpy(dtype=np.float64) for name in measures},
    causes=causes,
    placebos=tried.placebos,
    sample=options["sample"],
    seed=options["seed"],
)
if snakemake.params.backend is None:
    plan = without_changes(plan, CANNOT_RUN)
plan.write(snakemake.output.plan)
