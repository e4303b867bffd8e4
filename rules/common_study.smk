"""What the parts of a study share: its paths, its sample, the sources of outputs that exist already."""

from modular_faces.bridge import pairs_of_study
from modular_faces.stage_options import precomputed_options, study_options, study_sample


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


def of_source(name):
    """Path of a file of a source of outputs that exist already."""
    return f"{RESULTS}/precomputed/{{source}}{name}"


def tables_of_sources(backend):
    """Tables of the sources that landmarks of a backend are taken from, in order."""
    sources = CONFIG.precomputed.sources if backend == "precomputed" else []
    return expand(of_source(".parquet"), source=sources)


def tables_of_study(wildcards):
    """The source that a part of the study is taken from, where it is one."""
    if wildcards.backend != "precomputed":
        return []
    return expand(of_source(".parquet"), source=wildcards.variant)


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


def metadata_of_study(wildcards):
    """The same for one variant of the study."""
    return metadata_of("study", options_of_study(wildcards))
