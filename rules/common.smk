"""What all stages share: the plan of the run, paths, and what makes a stage run again."""

import sys
import time
from pathlib import Path

from modular_faces.bridge import pairs_of_study
from modular_faces.columns import OPTIONAL_FILES
from modular_faces.config import unused_variants
from modular_faces.config_loading import ConfigError, load_config
from modular_faces.stage_options import (
    failure_options,
    intervened_variant,
    intervention_options,
    layout_options,
    model_options,
    options_digest,
    precomputed_options,
    stage_options,
    study_options,
    study_sample,
)
from modular_faces.heads import lock_message, record_head
from modular_faces.layouts import LayoutError
from modular_faces.plan import plan_run
from modular_faces.rekognition_cost import cost_of_run
from modular_faces.provenance import code_digest, library_versions, table_metadata
from modular_faces.run_file import write_run
from modular_faces.run_record import describe_run
from modular_faces.summary_text import summary_is_of, summary_text

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

    if not workflow.modifier.is_main_snakefile():
        PLAN.publish()  # another workflow uses this one as a module: `onstart` below is not called

RESULTS = PLAN.results


wildcard_constraints:
    shard="[0-9]+",
    variant="[A-Za-z][A-Za-z0-9_]*",
    backend="[a-z]+",
    source="[A-Za-z][A-Za-z0-9_]*",
    kind="emotions|ratings",
    region="image|face",


def of_shard(name):
    """Path of a shard's file, the shard being a wildcard."""
    return f"{RESULTS}/shards/{{shard}}/{name}"


def of_all_shards(name):
    """Paths of that file for every shard, in order."""
    return expand(of_shard(name), shard=PLAN.shards)


def of_study(name):
    """Path of a study's file for one backend, variant and shard."""
    return f"{RESULTS}/study/{{backend}}/{{variant}}/{{shard}}/{name}"


def of_all_study():
    """Paths of the tables of the whole study, in order."""
    return [
        of_study("landmarks.parquet").format(
            backend=backend, variant=variant, shard=shard
        )
        for backend, variant in PLAN.study_runs
        for shard in PLAN.shards
    ]


def study_tables():
    """The gathered study, where the config asks for one, and how far its backends agree."""
    if not CONFIG.study_asked:
        return []
    bridge = rules.bridge.output if any(pairs_of_study(PLAN.study_runs)) else []
    return [rules.gather_study.output.table, *bridge]


def reference_of_study(wildcards):
    """Whose failures all parts of the study look at, where they see only a sample of the successes."""
    reference = CONFIG.outcome_run()
    if CONFIG.study.successes == "all" or reference == (
        wildcards.backend,
        wildcards.variant,
    ):
        return []
    backend, variant = reference
    return [
        of_study("landmarks.parquet").format(
            backend=backend, variant=variant, shard=wildcards.shard
        )
    ]


def sample_of_study():
    """Share and seed of the sample of successes."""
    return study_sample(CONFIG, pictures=PLAN.count)


def results_folder(wildcards):
    """Folder of the results of the dataset."""
    return RESULTS


def final_files(wildcards):
    """Everything a run is for, but its account of itself."""
    manifest = rules.manifest.output
    return [*rules.merge.output, *manifest, *study_tables()]


def of_source(name):
    """Path of a file of a source of outputs that exist already."""
    return f"{RESULTS}/precomputed/{{source}}{name}"


def tables_of_sources(backend):
    """Tables of the sources that landmarks of a backend are taken from, in order."""
    sources = CONFIG.precomputed.sources if backend == "precomputed" else []
    return expand(of_source(".parquet"), source=sources)


def of_failures(name):
    """Path of a file of the failure study."""
    return f"{RESULTS}/failures/{name}"


def figures_of(folder, study, title):
    """Folder of a study's figures, which enter the report of Snakemake but for private ones."""
    return report(
        directory(f"{RESULTS}/{folder}/figures/{study}"),
        patterns=["{figure,(?!private_)[A-Za-z0-9_]+}.svg"],
        caption="captions/study.rst",
        category=folder.capitalize(),
        subcategory=title,
        labels={"figure": "{figure}"},
    )


def reports_of(folder):
    """What every rule of a folder of studies says for the page, in the order of the rules."""
    return [
        one.output.report
        for one in workflow.rules
        if one.name.startswith(f"{folder}_") and "report" in one.output.keys()
        if not (CONFIG.share and one.name.endswith("_gallery"))
    ]


def output_of(rule_name, output):
    """An output of a rule above, as a list; empty where the rules make no such thing."""
    return [
        getattr(one.output, output)
        for one in workflow.rules
        if one.name == rule_name and output in one.output.keys()
    ]


def gallery_of_page():
    """Pictures for the page, but never for one that may be shared."""
    return [] if CONFIG.share else output_of("failures_gallery", "pictures")


def options_of_failures(study):
    """What of the config changes the result of a study of the failures."""
    return failure_options(CONFIG, study)


def of_modular(name):
    """Path of a file of the models of modules."""
    return f"{RESULTS}/modular/{name}"


def of_modular_part(name):
    """Path of a file of the models of one kind of target in one region."""
    return of_modular(f"parts/{{kind}}_{{region}}/{name}")


def of_modular_parts(name):
    """Paths of that file for every kind of target and region."""
    return expand(
        of_modular_part(name),
        kind=("emotions", "ratings"),
        region=CONFIG.modular.models.regions,
    )


def of_rungs(name):
    """Path of a file of the comparison of OpenFace's landmarks with the mesh's."""
    return of_modular(f"parts/rungs_{{kind}}/{name}")


def of_all_rungs(name):
    """Paths of that file, where there are outputs of OpenFace to compare with."""
    parts = [part for part in [CONFIG.rung_part()] if part]
    return [
        of_rungs(name).format(kind=kind)
        for _ in parts
        for kind in ("emotions", "ratings")
    ]


def tables_of_models():
    """What the models are made from, beside the table of features."""
    options = options_of_models()
    given = (options["reliability"], options["judgments"])
    return [*openface_output(), *filter(None, given)]


def openface_output():
    """OpenFace's own numbers of all pictures, where there are such."""
    return [rules.merge.output.openface] if "openface" in landmark_files() else []


def layout_of_dataset():
    """Whose published results stand beside ours: the layout, or the name where the layout is found by itself."""
    dataset = CONFIG.dataset
    return dataset.name if dataset.layout == "auto" else dataset.layout


def options_of_models():
    """What of the config changes the models."""
    return model_options(CONFIG)


def given_table(path):
    """A table of the user's own, where there is one, as input."""
    return [path] if path else []


def tables_of_study(wildcards):
    """The source that a part of the study is taken from, where it is one."""
    if wildcards.backend != "precomputed":
        return []
    return expand(of_source(".parquet"), source=wildcards.variant)


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
    """Digest of a rule's script and of every library module behind it."""
    return code_digest(SCRIPTS / f"{rule_name}.py", package=SCRIPTS / "modular_faces")


def options_of(stage):
    """What of the config changes the result of a stage."""
    return stage_options(CONFIG, stage)


def options_of_study(wildcards):
    """Options of the landmarks of one variant of the study."""
    return study_options(CONFIG, wildcards.backend, wildcards.variant)


def options_of_source(wildcards):
    """How a source of outputs that exist already is read."""
    return precomputed_options(CONFIG, wildcards.source)


def digest_of_source(wildcards):
    """What lies at the path of a source, in short."""
    return PLAN.source_digests[wildcards.source]


def metadata_of_source(wildcards):
    """What the table of a source says about itself."""
    return metadata_of("precomputed", options_of_source(wildcards))


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


def digest_of_config():
    """Digest of everything in the config that changes a result, wherever the dataset lies."""
    given = {"groups_table", "truth_table"}
    failures = CONFIG.failures.model_dump(exclude=given)
    table = metadata_of_table()["config_sha256"]
    return options_digest({"table": table, "failures": failures})


def metadata_of_study(wildcards):
    """The same for one variant of the study."""
    return metadata_of("study", options_of_study(wildcards))


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


def graph_of_run():
    """Which rule needs what which other one writes, in this run."""
    needed = workflow.dag.dependencies.items()
    pairs = {(other.rule.name, job.rule.name) for job, jobs in needed for other in jobs}
    return sorted(pairs)


def requested_by_rules():
    """What the first job of each rule asks for, at its first attempt."""
    first = {job.rule.name: job for job in reversed(list(workflow.dag.jobs))}
    return {
        name: {
            "threads": job.threads,
            "mem_mb": job.resources.get("mem_mb"),
            "runtime": job.resources.get("runtime"),
        }
        for name, job in first.items()
        if name != "all"
    }


onstart:
    if workflow.is_main_process:
        record_head(Path(".snakemake"))
        PLAN.publish()
        record = describe_run(
            CONFIG.model_dump(mode="json"),
            repository=HOME,
            command=["snakemake", *sys.argv[1:]],
            graph=graph_of_run(),
            requested=requested_by_rules(),
        )
        write_run(Path(RESULTS), record)


onsuccess:
    if summary_is_of(Path(RESULTS), pictures=PLAN.count):
        print(
            summary_text(Path(RESULTS), seconds=time.time() - STARTED),
            file=sys.stderr,
        )
