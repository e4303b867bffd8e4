"""What the workflow does, without Snakemake: the yardstick of its overhead.

A process loads the model once and writes for each shard the tables that the jobs write; the end is the
same merge.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import pyarrow as pa

from modular_faces.backends import Backend
from modular_faces.backends.registry import open_backend
from modular_faces.color import color_names, color_of_face
from modular_faces.config import Config
from modular_faces.config_loading import load_config
from modular_faces.dictionary import describe_features, write_dictionary
from modular_faces.face_model import load_geometry
from modular_faces.landmark_tables import faces_table, landmark_table, trusted_meshes
from modular_faces.landmarks import cascade_stages, find_faces
from modular_faces.layouts import open_layout
from modular_faces.listing import read_shard
from modular_faces.manifest import manifest_table
from modular_faces.measure import measure_pictures
from modular_faces.merge import read_features, write_features
from modular_faces.packs import PackWriter, read_pictures
from modular_faces.plan import plan_run
from modular_faces.pose import pose_table
from modular_faces.preprocess import preprocess_shard, refusals
from modular_faces.stage_options import layout_options, stage_options
from modular_faces.table_parts import write_parts
from modular_faces.tables import mesh_table, read_meshes, read_table, write_table
from modular_faces.texture import texture_of_face
from modular_faces.texture_columns import all_texture_regions, texture_names

SHARD_TABLES = ("landmarks", "pose", "color", "texture")


def configuration(pictures: Path, folder: Path) -> Config:
    """Configuration of a folder of pictures."""
    dataset = {"name": "bare", "root": str(pictures), "layout": "folder"}
    return load_config({"dataset": dataset, "results": str(folder)})


def plan(pictures: Path, folder: Path) -> list[tuple[Path, int, str]]:
    """List the pictures; give the folder, number and listing of each shard."""
    planned = plan_run(configuration(pictures, folder), main_process=True)
    planned.publish()
    return [(pictures, number, path) for number, path in enumerate(planned.listings)]


@cache
def loaded() -> tuple[Backend, Any]:
    """Backend and canonical face of this process."""
    cv2.setNumThreads(1)
    pa.set_cpu_count(1)
    config = load_config({"dataset": {"name": "bare", "root": "."}})
    return open_backend(stage_options(config, "landmarks")), load_geometry(None)


def measure_shard(shard: tuple[Path, int, str], *, folder: Path) -> None:
    """Write all tables of one shard."""
    pictures, number, listing = shard
    config = configuration(pictures, folder)
    options = {
        stage: stage_options(config, stage)
        for stage in ("preprocess", "landmarks", "pose", "color", "texture")
    }
    backend, geometry = loaded()
    target = folder / f"{number}"
    write = partial(write_table, metadata={})
    with PackWriter(target / "pictures.arrow") as pack:
        inspection = preprocess_shard(read_shard(listing), pictures, pack, **options["preprocess"])
    write(inspection, target / "inspection")
    stages = cascade_stages(options["landmarks"]["cascade"])
    decoded = dict(read_pictures(target / "pictures.arrow"))
    outcomes = find_faces(
        refusals(target / "inspection"),
        lambda lost: [(name, decoded[name]) for name in decoded if name in lost],
        backend,
        stages=stages,
        accept=options["landmarks"]["accept"],
    )
    image_ids = list(outcomes)
    write(faces_table(outcomes), target / "faces")
    write(mesh_table(image_ids, trusted_meshes(outcomes)), target / "mesh")
    write(landmark_table(outcomes, source="mesh", stages=stages), target / "landmarks")
    meshes = read_meshes(target / "mesh")
    del options["pose"]["model"]
    write(pose_table(inspection, meshes, geometry, **options["pose"]), target / "pose")
    color, texture = options["color"], options["texture"]
    names = {
        "color": color_names(spaces=color["spaces"], regions=color["regions"]),
        "texture": texture_names(
            regions=all_texture_regions(texture["regions"], texture["canonical_regions"]),
            distances=texture["distances"],
            statistics=texture["statistics"],
        ),
    }
    for stage, measure in (("color", color_of_face), ("texture", texture_of_face)):
        given = {key: value for key, value in options[stage].items() if key != "steps"}
        table = measure_pictures(
            image_ids,
            decoded.items(),
            meshes,
            measure=partial(measure, **given),
            names=names[stage],
            steps=[],
            stage=stage,
        )
        write(table, target / stage)


def finish(pictures: Path, folder: Path, count: int) -> None:
    """Gather the shards as the workflow does."""
    config = configuration(pictures, folder)
    shards = [folder / f"{number}" for number in range(count)]
    planned = plan_run(config, main_process=False)
    entries = [entry for path in planned.listings for entry in read_shard(path)]
    manifest = manifest_table(
        pa.concat_tables([read_table(shard / "inspection") for shard in shards]),
        open_layout(**layout_options(config)).labels(entries).table,
        **stage_options(config, "manifest"),
    )
    write_table(manifest, folder / "manifest.parquet", metadata={})
    names = write_features(
        read_features(
            str(folder / "manifest.parquet"),
            [[str(shard / table) for table in SHARD_TABLES] for shard in shards],
        ),
        features=str(folder / "features.parquet"),
        core=str(folder / "features_core.csv"),
        full=None,
        rows_per_file=None,
        face=config.regions.face,
        rename={},
        metadata={},
    )
    options = {f"{s}_options": stage_options(config, s) for s in ("color", "texture")}
    write_dictionary(
        describe_features(names, rename={}, **options), folder / "features_dictionary.csv"
    )
    parts = (read_table(shard / "mesh") for shard in shards)
    write_parts(parts, folder / "mesh.parquet", metadata={})
