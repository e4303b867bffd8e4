"""Failure rates of every backend on every variant."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.parts import study_parts
from modular_faces.failures.rates import (
    group_table,
    grouping_tests,
    make_groupings,
    picture_table,
    rate_table,
)
from modular_faces.failures.rates_report import rates_report
from modular_faces.failures.report_parts import write_csv
from modular_faces.failures.study_files import StudyFiles
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
confidence = options["confidence"]
files = StudyFiles(snakemake.input.study, snakemake.input.manifest, options)
manifest = files.listed()
parts = study_parts(files.rows(), manifest, outcome=(options["backend"], options["variant"]))
outcomes = files.outcomes()
groupings = make_groupings(
    parts,
    manifest,
    read_descriptors(snakemake.input.descriptors, of=files.drawn),
    quantiles=options["quantiles"],
)
rates = rate_table(parts, options["steps"], confidence=confidence)
groups = group_table(parts, groupings, confidence=confidence)
tests = grouping_tests(
    parts,
    groupings,
    levels=[level for level, one in outcomes.items() if not one.too_few],
    confidence=confidence,
    seed=options["seed"],
)
for table, path in (
    (rates, snakemake.output.table),
    (groups, snakemake.output.groups),
    (tests, snakemake.output.tests),
    (picture_table(parts), snakemake.output.pictures),
):
    write_csv(table, path, decimals={})
rates_report(
    outcomes,
    parts,
    rates,
    groups,
    tests,
    folder=Path(snakemake.output.figures),
    confidence=confidence,
).write(snakemake.output.report)
