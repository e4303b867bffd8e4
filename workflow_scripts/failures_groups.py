"""Who is lost: failure rates by group, and what dropping failures does to an analysis."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from modular_faces.failures.groups import (
    dropping_table,
    group_columns,
    group_rate_table,
    group_tests,
    groupings_of,
)
from modular_faces.failures.groups_error import error_table, landmark_errors
from modular_faces.failures.groups_report import GroupTables, groups_report
from modular_faces.failures.outcome import levels_to_study
from modular_faces.failures.report_parts import write_csv
from modular_faces.failures.study_files import StudyFiles
from modular_faces.failures.user_tables import all_pictures, joined_groups, read_truth
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
files = StudyFiles(snakemake.input.study, snakemake.input.manifest, options)
confidence, seed = options["confidence"], options["seed"]
known = joined_groups(files.manifest, next(iter(snakemake.input.groups), None), of=files.drawn)
columns = group_columns(known.columns, options["groups"])
outcomes = files.outcomes()
studied = [outcome for outcome in levels_to_study(outcomes)[0] if not outcome.too_few]
trusted = outcomes["trusted"]
groupings = groupings_of(
    known[columns].reindex(trusted.image_ids), columns, quantiles=options["quantiles"]
)
errors = pd.Series(dtype=float)
for path in snakemake.input.truth:
    names, points = read_truth(Path(path), all_pictures(files.manifest))
    errors = landmark_errors(files.study, **files.part, names=names, known=points)
tables = GroupTables(
    rates=group_rate_table(studied, groupings, confidence=confidence),
    tests=group_tests(studied, groupings, confidence=confidence, seed=seed),
    dropping=dropping_table(studied, groupings, confidence=confidence),
    errors=error_table(
        trusted,
        groupings,
        errors,
        confidence=confidence,
        draws=options["bootstrap"],
        seed=seed,
    ),
)
write_csv(tables.rates, snakemake.output.table, decimals={})
write_csv(tables.tests, snakemake.output.tests, decimals={})
write_csv(tables.dropping, snakemake.output.dropping, decimals={})
write_csv(tables.errors, snakemake.output.errors, decimals={})
groups_report(
    outcomes,
    tables,
    columns=columns,
    folder=Path(snakemake.output.figures),
    confidence=confidence,
).write(snakemake.output.report)
