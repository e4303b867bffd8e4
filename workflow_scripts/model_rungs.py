"""Compare models of OpenFace's landmarks with models of the mesh's."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.face_model import load_geometry
from modular_faces.jobs import as_path, start_job
from modular_faces.modular.models_job import only_decodable, read_descriptors, write_part
from modular_faces.modular.module_data import load_modular_data
from modular_faces.modular.people import with_people
from modular_faces.modular.rung_landmarks import read_other_landmarks
from modular_faces.modular.rungs import run_rung_models

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
data = load_modular_data(
    Path(snakemake.input.features).parent,
    region="face",
    face=options["face"],
    geometry=load_geometry(as_path(options["model"])),
)
descriptors = read_descriptors(snakemake.input.descriptors, data.image_ids)[data.decodable]
data, _ = only_decodable(data)
data, _ = with_people(data, options["people"])
backend, variant = snakemake.params.part
openface = read_other_landmarks(
    Path(snakemake.input.study), data.image_ids, backend=backend, variant=variant
)
tables, notes = run_rung_models(
    data, snakemake.wildcards.kind, openface, descriptors, options=options
)
write_part(tables, notes, dict(snakemake.output.items()), metadata=snakemake.params.metadata)
