"""Every variant of the study on every picture: what the failure study compares.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow.
Gives: study/<backend>/<variant>/<shard>/landmarks.parquet, study.parquet.
"""


rule study:
    message:
        "study: {wildcards.backend} on {wildcards.variant}, shard {wildcards.shard}"
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
    output:
        landmarks=of_study("landmarks.parquet"),
    params:
        options=options_of_study,
        metadata=metadata_of_study,
        code=code_of("study"),
    log:
        log_of("study", "/{backend}/{variant}/{shard}"),
    benchmark:
        benchmark_of("study", "/{backend}/{variant}/{shard}")
    threads: 1
    priority: 20
    resources:
        mem_mb=memory_of(700),
        runtime=60,
    conda:
        environment("landmarks")
    script:
        script_of("study")


rule gather_study:
    message:
        "gathering the study"
    input:
        expand(
            of_study("landmarks.parquet"),
            backend=CONFIG.study.backends,
            variant=PLAN.study_variants,
            shard=PLAN.shards,
        ),
    output:
        table=f"{RESULTS}/study.parquet",
    params:
        variants=PLAN.study_variants,
        metadata=metadata_of("gather_study", {"variants": PLAN.study_variants}),
        code=code_of("gather_study"),
    log:
        log_of("gather_study"),
    benchmark:
        benchmark_of("gather_study")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=30,
    conda:
        environment("extract")
    script:
        script_of("gather_study")
