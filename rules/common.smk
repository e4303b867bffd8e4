"""What all stages share: the plan of the run, paths, and what makes a stage run again."""

import sys
import time
from functools import cache
from pathlib import Path

from modular_faces.columns import OPTIONAL_FILES
from modular_faces.config import unused_variants
from modular_faces.config_loading import ConfigError, load_config
from modular_faces.heads import lock_message
from modular_faces.layouts import LayoutError
from modular_faces.plan import plan_run
from modular_faces.provenance import code_digest, library_versions, table_metadata
from modular_faces.rekognition_cost import cost_of_run
from modular_faces.stage_options import (
    intervened_variant,
    intervention_options,
    layout_options,
    stage_options,
)

STARTED = time.time()
HOME = Path(str(workflow.current_basedir.get_path_or_uri(secret_free=True))).parent
SCRIPTS = HOME / "workflow_scripts"

try:
    CONFIG = load_config(config)
    PLAN = plan_run(CONFIG, main_process=workflow.is_main_process)
except (ConfigError, LayoutError) as error:
    sys.exit(f"modular-faces: {error}")
if workflow.is_main_process:
    for name in unused_variants(CONFIG):
        print(
            f"modular-faces: variant '{name}' is used nowhere; name it in study.variants or "
            "landmarks.cascade",
            file=sys.stderr,
        )
    if costs := cost_of_run(CONFIG, pictures=PLAN.count):
        print(f"modular-faces: {costs}", file=sys.stderr)
    about_lock = lock_message(Path(".snakemake"), command=["snakemake", *sys.argv[1:]])
    if about_lock:
        print(f"modular-faces: {about_lock}", file=sys.stderr)

RESULTS = PLAN.results


wildcard_constraints:
    shard="[0-9]+",
    variant="[A-Za-z][A-Za-z0-9_]*",
    backend="[a-z]+",
    source="[A-Za-z][A-Za-z0-9_]*",
    part="[0-9]+",
    kind="emotions|ratings",
    region="image|face",


def of_shard(name):
    """Path of a shard's file, the shard being a wildcard."""
    return f"{RESULTS}/shards/{{shard}}/{name}"


def of_all_shards(name):
    """Paths of that file for every shard, in order."""
    return expand(of_shard(name), shard=PLAN.shards)


def results_folder(wildcards):
    """Folder of the results of the dataset."""
    return RESULTS


def final_files(wildcards):
    """Everything a run is for, but its account of itself."""
    manifest = rules.manifest.output
    return [*rules.merge.output, *manifest, *study_tables()]


def landmark_files():
    """What the cascade writes for a shard; a backend's own numbers where there may be some."""
    names = ["landmarks", "mesh", "faces", *backends_with_own_numbers()]
    return {name: of_shard(f"{name}.parquet") for name in names}


def backends_with_own_numbers():
    """Backends with more to say than landmarks, of which the table may have some."""
    backend = CONFIG.landmarks.backend
    return [
        name for name in ("openface", "rekognition") if backend in (name, "precomputed")
    ]


def own_tables(backend):
    """A backend's own numbers of every shard, where there are such."""
    return of_all_shards(f"{backend}.parquet") if backend in landmark_files() else []


def wanted_tables():
    """Final files by name, with those the config asks for."""
    names = {
        "features": "features.parquet",
        "core": "features_core.csv",
        "dictionary": "features_dictionary.csv",
        "mesh": "mesh.parquet",
        "summary": "summary.json",
    }
    if CONFIG.merge.full_csv:
        names["full"] = OPTIONAL_FILES["full"]
    for name in backends_with_own_numbers():
        names[name] = OPTIONAL_FILES[name]
    if CONFIG.landmarks.faces_table:
        names["faces"] = OPTIONAL_FILES["faces"]
    paths = {key: f"{RESULTS}/{name}" for key, name in names.items()}
    if rows_per_file():
        paths["features"] = directory(paths["features"])
    return paths


def rows_per_file():
    """Rows of each file of the table where it is cut into several; None where it is one file."""
    most = CONFIG.merge.rows_per_file
    return most if PLAN.count > most else None


def log_of(rule_name, *wildcards):
    """Path of a rule's log."""
    return f"{Path(RESULTS, 'logs', rule_name, *wildcards)}.log"


def benchmark_of(rule_name, *wildcards):
    """Path of a rule's benchmark."""
    return f"{Path(RESULTS, 'benchmarks', rule_name, *wildcards)}.tsv"


def environment(stage):
    """Conda environment of a stage, used with --sdm conda."""
    return f"../envs/{stage}.yaml"


def script_of(rule_name):
    """Path of the script of a rule, seen from the rule files."""
    return f"../workflow_scripts/{rule_name}.py"


def code_of(rule_name):
    """Digest of a rule's script and of every library module behind it, read only where a job needs it."""

    def of_job(wildcards):
        return digest_of_code(rule_name)

    return of_job


@cache
def digest_of_code(rule_name):
    """The digest itself, once for all jobs of a rule."""
    return code_digest(SCRIPTS / f"{rule_name}.py", package=SCRIPTS / "modular_faces")


def options_of(stage):
    """What of the config changes the result of a stage."""
    return stage_options(CONFIG, stage)


def listing_of(wildcards):
    """The list of a shard's pictures; its name holds the digest of its content."""
    return PLAN.shard_listing(wildcards.shard)


def metadata_of(rule_name, options):
    """What the files of a rule say about themselves."""
    return table_metadata(dataset=CONFIG.dataset.name, stage=rule_name, options=options)


def metadata_of_table():
    """What the final table says about itself: the options of every stage count."""
    stages = (
        "preprocess",
        "manifest",
        "landmarks",
        "color",
        "texture",
        "pose",
        "expression",
        "merge",
    )
    return metadata_of("merge", {stage: options_of(stage) for stage in stages})


def memory_of(megabytes):
    """Memory of a job in MB, more at each attempt."""

    def of_attempt(wildcards, attempt):
        return megabytes * attempt

    return of_attempt


def memory_of_manifest():
    """Memory of the manifest in MB: it compares all pictures with each other (docs/scaling.md)."""
    return 1500 + 3 * PLAN.count // 1000


def minutes_of(minutes):
    """Time limit of a job in minutes, more at each attempt."""

    def of_attempt(wildcards, attempt):
        return minutes * attempt

    return of_attempt
