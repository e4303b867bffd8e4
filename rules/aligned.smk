"""Gradients of the aligned faces: a wide table of its own, for the modular model.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow, shards/*/mesh.parquet.
Gives: shards/*/aligned.parquet, aligned.parquet, aligned_dictionary.csv.
"""


rule aligned:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
        mesh=of_shard("mesh.parquet"),
    output:
        table=of_shard("aligned.parquet"),
    log:
        log_of("aligned", "{shard}"),
    benchmark:
        benchmark_of("aligned", "{shard}")
    priority: 20
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(1000),
        runtime=minutes_of(60),
    params:
        options=options_of("aligned"),
        metadata=metadata_of("aligned", options_of("aligned")),
        code=code_of("aligned"),
    message:
        "measuring aligned faces in shard {wildcards.shard}"
    script:
        script_of("aligned")


rule gather_aligned:
    input:
        tables=of_all_shards("aligned.parquet"),
    output:
        table=f"{RESULTS}/aligned.parquet",
        dictionary=f"{RESULTS}/aligned_dictionary.csv",
    log:
        log_of("gather_aligned"),
    benchmark:
        benchmark_of("gather_aligned")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        options=options_of("aligned"),
        metadata=metadata_of("gather_aligned", options_of("aligned")),
        code=code_of("gather_aligned"),
    message:
        "gathering aligned faces"
    script:
        script_of("gather_aligned")
