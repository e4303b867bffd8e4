"""Report how far the backends of the study agree, what each finds, and where they disagree most."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.bridge import (
    agreement_csv,
    bridge_text,
    compare,
    instruments_of_study,
    labels_of,
    of_decodable,
    pairs_of_study,
)
from modular_faces.bridge_figure import bridge_chart, figure_name, summary_chart
from modular_faces.bridge_pictures import disagreement_sheet, read_packs
from modular_faces.bridge_summary import study_frame, summary_table
from modular_faces.bridge_tests import DECIMALS, paired_tests
from modular_faces.bridge_times import pictures_of_parts, seconds_per_picture, write_seconds
from modular_faces.failures.report_parts import write_csv
from modular_faces.figures import save_figure
from modular_faces.jobs import start_job
from modular_faces.tables import read_table, whole_file

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
figures = Path(snakemake.output.figures)
manifest = read_table(snakemake.input.manifest)
study = of_decodable(read_table(snakemake.input.study), manifest)
labels = labels_of(manifest)
confidence = snakemake.params.confidence
parts = instruments_of_study(study)
pairs = [(parts[one], parts[other]) for one, other in pairs_of_study(parts)]
rows = [row for one, other in pairs for row in compare(one, other, labels)]
print(bridge_text(rows))
with whole_file(snakemake.output.table) as temporary:
    temporary.write_text(agreement_csv(rows), encoding="utf-8")
for one, other in pairs:
    save_figure(bridge_chart(one, other, rows), figures / figure_name(one.name, other.name))

frame = study_frame(study, labels)
summary = summary_table(frame, pairs, confidence=confidence)
with whole_file(snakemake.output.summary) as temporary:
    summary.to_csv(temporary, index=False, lineterminator="\n")
save_figure(summary_chart(summary), figures / "backends")
tests = paired_tests(frame, [(one.name, other.name) for one, other in pairs], confidence=confidence)
measures = ("difference", "low", "high")
write_csv(tests, snakemake.output.tests, decimals=dict.fromkeys(measures, DECIMALS))

seen = pictures_of_parts(study)
counts = {run: len(ids) for run, ids in seen.items()}
seconds = seconds_per_picture(Path(snakemake.params.benchmarks), list(parts), counts)
write_seconds(seconds, figures / "seconds_per_picture.csv")
if not snakemake.params.share:
    for first, second in pairs_of_study(parts):
        one, other = parts[first], parts[second]
        sheet = disagreement_sheet(
            one,
            other,
            partial(read_packs, snakemake.input.pictures),
            seen_by_both=seen[first] & seen[second],
        )
        if sheet is not None:
            sheet.save(figures / f"private_{figure_name(one.name, other.name)}.png")
