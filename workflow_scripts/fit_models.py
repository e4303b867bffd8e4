"""Fit, try and explain the models of one kind of target in one region."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.face_model import load_geometry
from modular_faces.jobs import as_path, start_job
from modular_faces.modular.models_job import (
    only_decodable,
    pipelines,
    read_descriptors,
    run_models,
    write_part,
)
from modular_faces.modular.module_data import load_modular_data
from modular_faces.modular.module_steps import module_pipeline
from modular_faces.modular.people import with_people

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
options = snakemake.params.options
geometry = load_geometry(as_path(options["model"]))
data = load_modular_data(
    Path(snakemake.input.features).parent,
    region=snakemake.wildcards.region,
    face=options["face"],
    geometry=geometry,
)
descriptors = read_descriptors(snakemake.input.descriptors, data.image_ids)[data.decodable]
data, unreadable = only_decodable(data)
data, people = with_people(data, options["people"])
tables, notes = run_models(
    data,
    snakemake.wildcards.kind,
    pipeline=pipelines(module_pipeline, geometry=geometry, seed=options["seed"]),
    descriptors=descriptors,
    options=options,
)
write_part(
    tables,
    unreadable + people + notes,
    dict(snakemake.output.items()),
    metadata=snakemake.params.metadata,
)
