"""Model failures by descriptors, and say what the model rests on."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.failures.groupings import read_descriptors
from modular_faces.failures.outcome import levels_to_study
from modular_faces.failures.shap_models import JAW_COLUMNS, models_of, sampled
from modular_faces.failures.shap_report import write_models
from modular_faces.failures.study_files import STUDY_COLUMNS, StudyFiles, load_study
from modular_faces.failures.study_rows import only_pictures
from modular_faces.jobs import start_job

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options, inputs = snakemake.params.options, snakemake.input
folder = Path(snakemake.output.report).parent
files = StudyFiles(inputs.study, inputs.manifest, options)
studied, note = levels_to_study(files.outcomes())
learnt_from = {
    studied[0].image_ids[place]
    for place in sampled(studied[0], options["model"], seed=options["seed"])
}
study = load_study(
    inputs.study,
    [*STUDY_COLUMNS, "yaw_deg", "roll_deg", "n_faces", *JAW_COLUMNS],
    only_pictures(learnt_from),
)
descriptors = read_descriptors(inputs.descriptors, of=learnt_from)
models = [
    model
    for outcome in studied
    for model in models_of(
        outcome,
        descriptors,
        study,
        options["model"],
        draws=options["bootstrap"],
        confidence=options["confidence"],
        seed=options["seed"],
        installed=find_spec("shap") is not None,
    )
]
Path(snakemake.output.figures).mkdir(parents=True, exist_ok=True)
report = write_models(models, folder=folder, seed=options["seed"], note=note)
report.write(snakemake.output.report)
