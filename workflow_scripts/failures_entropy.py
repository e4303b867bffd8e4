"""Compare the entropy of failures with that of successes."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.entropy import COLUMNS, entropy_distributions, entropy_table
from modular_faces.failures.entropy_report import entropy_report
from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.outcome import levels_to_study
from modular_faces.failures.report_parts import write_csv
from modular_faces.failures.study_files import StudyFiles
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
files = StudyFiles(snakemake.input.study, snakemake.input.manifest, options)
outcomes = files.outcomes()
studied = [outcome for outcome in levels_to_study(outcomes)[0] if not outcome.too_few]
descriptors = read_descriptors(snakemake.input.descriptors, COLUMNS, of=files.drawn)
table = entropy_table(
    studied,
    descriptors,
    confidence=options["confidence"],
    draws=options["bootstrap"],
    seed=options["seed"],
)
distributions = entropy_distributions(studied, descriptors)
write_csv(table, snakemake.output.table, decimals={})
write_csv(distributions, snakemake.output.distributions, decimals={"bits": 1})
entropy_report(
    outcomes,
    table,
    distributions,
    descriptors,
    folder=Path(snakemake.output.figures),
    confidence=options["confidence"],
).write(snakemake.output.report)
