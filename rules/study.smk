"""Every variant of the study on every picture: what the failure study compares.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow.
Gives: study/<backend>/<variant>/<shard>/landmarks.parquet, study.parquet.
"""


rule study:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
    output:
        landmarks=of_study("landmarks.parquet"),
    log:
        log_of("study", "{backend}", "{variant}", "{shard}"),
    benchmark:
        benchmark_of("study", "{backend}", "{variant}", "{shard}")
    priority: 20
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=60,
    params:
        options=options_of_study,
        metadata=metadata_of_study,
        code=code_of("study"),
    message:
        "study: {wildcards.backend} on {wildcards.variant}, shard {wildcards.shard}"
    script:
        script_of("study")


rule gather_study:
    input:
        expand(
            of_study("landmarks.parquet"),
            backend=CONFIG.study.backends,
            variant=PLAN.study_variants,
            shard=PLAN.shards,
        ),
    output:
        table=f"{RESULTS}/study.parquet",
    log:
        log_of("gather_study"),
    benchmark:
        benchmark_of("gather_study")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=30,
    params:
        variants=PLAN.study_variants,
        metadata=metadata_of("gather_study", {"variants": PLAN.study_variants}),
        code=code_of("gather_study"),
    message:
        "gathering the study"
    script:
        script_of("gather_study")
