"""Draw the pictures that are changed and set the doses."""

from typing import TYPE_CHECKING

import numpy as np

from modular_faces.config_causes import Interventions
from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.intervention_plan import CANNOT_RUN, plan_interventions, without_changes
from modular_faces.failures.study_files import StudyFiles
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
tried = Interventions.model_validate(snakemake.params.interventions)
causes = tried.all_causes()
measures = sorted({cause.measure for cause in causes.values() if cause.measure is not None})
files = StudyFiles(snakemake.input.study, snakemake.input.manifest, options)
described = read_descriptors(snakemake.input.descriptors, measures, of=files.drawn)
outcomes = files.outcomes()
known = described.reindex(outcomes["trusted"].image_ids)
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
