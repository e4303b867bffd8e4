"""The 3-D face angle, from the mesh.

Needs: shards/*/inspection.parquet, shards/*/mesh.parquet.
Gives: shards/*/pose.parquet.
"""


rule pose:
    input:
        inspection=of_shard("inspection.parquet"),
        mesh=of_shard("mesh.parquet"),
    output:
        table=of_shard("pose.parquet"),
    log:
        log_of("pose", "{shard}"),
    benchmark:
        benchmark_of("pose", "{shard}")
    priority: 20
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(500),
        runtime=minutes_of(30),
    params:
        options=options_of("pose"),
        metadata=metadata_of("pose", options_of("pose")),
        code=code_of("pose"),
    message:
        "measuring the face angle in shard {wildcards.shard}"
    script:
        script_of("pose")
