"""Join what every stage wrote for every shard: one table, a row per picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.columns import OPTIONAL_FILES
from modular_faces.dictionary import describe_features
from modular_faces.dictionary_file import write_dictionary
from modular_faces.jobs import start_job
from modular_faces.merge import read_features, write_features
from modular_faces.summary import write_summary
from modular_faces.table_parts import write_parts
from modular_faces.tables import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
inputs, output = snakemake.input, snakemake.output
options, metadata = snakemake.params.options, snakemake.params.metadata

shards = zip(
    inputs.landmarks, inputs.pose, inputs.expression, inputs.color, inputs.texture, strict=True
)
names = write_features(
    read_features(inputs.manifest, shards),
    features=output.features,
    core=output.core,
    full=output.get("full"),
    rows_per_file=snakemake.params.rows_per_file,
    face=options["face"],
    rename=options["rename"],
    metadata=metadata,
)
described = describe_features(
    names,
    rename=options["rename"],
    color_options=options["color"],
    texture_options=options["texture"],
)
write_dictionary(described, output.dictionary)
write_parts(map(read_table, inputs.mesh), output.mesh, metadata=metadata)
if output.get("faces"):
    write_parts(map(read_table, inputs.faces), output.faces, metadata=metadata)
for name in ("openface", "rekognition"):
    if output.get(name):
        write_parts(map(read_table, inputs.get(name)), output.get(name), metadata=metadata)
for name in set(OPTIONAL_FILES) - set(output.keys()):
    Path(output.features).with_name(OPTIONAL_FILES[name]).unlink(missing_ok=True)
write_summary(
    output.features,
    inputs.labels,
    output.summary,
    canonical_texture=bool(options["texture"]["canonical_regions"]),
)
