"""The cascade finds landmarks: each attempt only on pictures that are still lost.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow; with backend precomputed precomputed/*.parquet.
Gives: shards/*/landmarks.parquet, shards/*/mesh.parquet, shards/*/faces.parquet; with backends openface and
precomputed shards/*/openface.parquet.
"""


rule landmarks:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
        precomputed=tables_of_sources(CONFIG.landmarks.backend),
    output:
        **landmark_files(),
    log:
        log_of("landmarks", "{shard}"),
    benchmark:
        benchmark_of("landmarks", "{shard}")
    priority: 10
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=minutes_of(60),
    params:
        options=options_of("landmarks"),
        metadata=metadata_of("landmarks", options_of("landmarks")),
        code=code_of("landmarks"),
    message:
        "finding landmarks in shard {wildcards.shard}"
    script:
        script_of("landmarks")
