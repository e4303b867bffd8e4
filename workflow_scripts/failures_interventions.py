"""Study what changes brought failures back, and what they did to successes."""

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from modular_faces.config_causes import Interventions
from modular_faces.failures.conditions import read_plan
from modular_faces.failures.intervention_report import skipped_report, write_interventions
from modular_faces.failures.intervention_rows import picture_table
from modular_faces.failures.intervention_tables import interventions_at
from modular_faces.failures.outcome import levels_to_study
from modular_faces.failures.study_files import StudyFiles
from modular_faces.jobs import start_job
from modular_faces.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
folder = Path(snakemake.output.report).parent
causes = Interventions.model_validate(snakemake.params.interventions).all_causes()
plan = read_plan(snakemake.input.plan)
outcomes = StudyFiles(snakemake.input.study, snakemake.input.manifest, options).outcomes()
studied, note = levels_to_study(outcomes)
runs = pa.concat_tables(map(read_table, snakemake.input.parts)).to_pandas()
done = [
    (
        outcome,
        interventions_at(
            outcome.level,
            plan,
            runs,
            causes=causes,
            confidence=options["confidence"],
            least_share=options["verdict"]["least_share"],
        ),
    )
    for outcome in studied
    if plan.conditions and outcome.level in plan.failures
]
Path(snakemake.output.figures).mkdir(parents=True, exist_ok=True)
if done:
    notes = [note, *(one.too_few for one in studied if one.level not in plan.failures)]
    report = write_interventions(
        done,
        causes=causes,
        folder=folder,
        notes=[text for text in notes if text],
        confidence=options["confidence"],
    )
else:
    why = plan.skipped or "There is nothing to change."
    report = skipped_report(outcomes["trusted"], why, folder=folder)
write_table(picture_table(done), snakemake.output.pictures, metadata=snakemake.params.metadata)
report.write(snakemake.output.report)
