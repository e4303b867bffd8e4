"""Reach a verdict on why pictures fail, in words and numbers."""

import json
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq
import scipy
import sklearn

from modular_faces.config_causes import Interventions
from modular_faces.failures.conditions import read_plan
from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.methods_text import methods_text
from modular_faces.failures.outcome import levels_to_study
from modular_faces.failures.report_parts import write_csv
from modular_faces.failures.signs import rescue_signs, sign_order
from modular_faces.failures.study_files import STUDY_COLUMNS, StudyFiles
from modular_faces.failures.verdict import reach_verdict
from modular_faces.failures.verdict_files import (
    probable_causes,
    read_evidences,
    verdict_markdown,
)
from modular_faces.failures.verdict_json import cause_rows, verdict_json
from modular_faces.jobs import start_job
from modular_faces.tables import whole_file, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options, inputs = snakemake.params.options, snakemake.input
causes = Interventions.model_validate(snakemake.params.interventions).all_causes()
plan, backend = read_plan(inputs.plan), snakemake.params.backend
files = StudyFiles(inputs.study, inputs.manifest, options)
study = files.rows([*STUDY_COLUMNS, "yaw_deg", "roll_deg", "n_faces"])
studied, note = levels_to_study(files.outcomes())
examined = {image_id for outcome in studied for image_id in plan.drawn(outcome.level)}
descriptors = read_descriptors(inputs.descriptors, of=examined)
verdicts = []
for outcome in reversed(studied):
    drawn = plan.drawn(outcome.level)
    signs = descriptors.reindex(drawn).join(rescue_signs(study, drawn, **files.part))
    evidences = read_evidences(
        outcome.level,
        plan,
        shares=inputs.shares,
        reverse=inputs.successes,
        remedies=inputs.remedies,
        pictures=inputs.pictures,
        variant=backend["cascade"][0]["steps"] if backend else (),
    )
    verdicts.append(
        reach_verdict(
            outcome,
            evidences,
            signs[[name for name in sign_order() if name in signs.columns]].astype(float),
            causes=causes,
            confidence=options["confidence"],
            least_association=options["verdict"]["least_association"],
            seed=options["seed"],
            notes=[text for text in (note, plan.skipped) if text],
        )
    )
verdict = json.dumps(verdict_json(verdicts), indent=1, ensure_ascii=False, allow_nan=False)
methods = methods_text(
    verdicts,
    plan,
    backend=backend,
    options=snakemake.params.methods,
    parts=study[["backend", "variant"]].drop_duplicates().shape[0],
    columns=pq.read_schema(inputs.manifest).names,
    versions=snakemake.params.versions
    | {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
)
for text, path in (
    (f"{verdict}\n", snakemake.output.verdict),
    (verdict_markdown(verdicts), snakemake.output.text),
    (methods, snakemake.output.methods),
):
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
rows = [row for one in verdicts for row in cause_rows(one)]
write_csv(
    pd.DataFrame(rows, columns=list(rows[0]) if rows else ["backend", "variant", "level", "cause"]),
    snakemake.output.table,
    decimals={},
)
write_table(
    probable_causes(verdicts, causes),
    snakemake.output.pictures,
    metadata=snakemake.params.metadata,
)
