"""Every variant of the study on every picture: what the failure study compares.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow; for backend precomputed precomputed/*.parquet; where
successes are sampled (study.successes) the part whose failures are studied.
Gives: study/<backend>/<variant>/<shard>/landmarks.parquet, study.parquet; with several backends bridge.csv,
backends.csv, backends_tests.csv, and in bridge/ figures, times and, unless pages are shared, private pictures.
"""


rule study:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
        precomputed=tables_of_study,
        reference=reference_of_study,
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
        runtime=minutes_of(60),
    params:
        options=options_of_study,
        sample=sample_of_study(),
        metadata=metadata_of_study,
        code=code_of("study"),
    message:
        "study: {wildcards.backend} on {wildcards.variant}, shard {wildcards.shard}"
    script:
        script_of("study")


rule gather_study:
    input:
        of_all_study(),
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
        runtime=minutes_of(30),
    params:
        runs=PLAN.study_runs,
        metadata=metadata_of("gather_study", {"runs": PLAN.study_runs}),
        code=code_of("gather_study"),
    message:
        "gathering the study"
    script:
        script_of("gather_study")


rule bridge:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        pictures=of_all_shards("pictures.arrow"),
    output:
        table=f"{RESULTS}/bridge.csv",
        summary=f"{RESULTS}/backends.csv",
        tests=f"{RESULTS}/backends_tests.csv",
        figures=directory(f"{RESULTS}/bridge"),
    log:
        log_of("bridge"),
    benchmark:
        benchmark_of("bridge")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        benchmarks=f"{RESULTS}/benchmarks",
        confidence=CONFIG.failures.confidence,
        share=CONFIG.share,
        code=code_of("bridge"),
    message:
        "measuring how far the backends agree"
    script:
        script_of("bridge")
