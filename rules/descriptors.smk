"""What can be said of every picture without landmarks: light, colour, sharpness, size.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow.
Gives: shards/*/descriptors.parquet.
"""


rule descriptors:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
    output:
        table=of_shard("descriptors.parquet"),
    log:
        log_of("descriptors", "{shard}"),
    benchmark:
        benchmark_of("descriptors", "{shard}")
    priority: 20
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=minutes_of(60),
    params:
        metadata=metadata_of("descriptors", {}),
        code=code_of("descriptors"),
    message:
        "describing pictures of shard {wildcards.shard}"
    script:
        script_of("descriptors")
