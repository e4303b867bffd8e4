"""Blendshapes of the faces, from the mesh: learnt features.

Needs: shards/*/inspection.parquet, shards/*/mesh.parquet.
Gives: shards/*/expression.parquet.
"""


rule expression:
    input:
        inspection=of_shard("inspection.parquet"),
        mesh=of_shard("mesh.parquet"),
    output:
        table=of_shard("expression.parquet"),
    log:
        log_of("expression", "{shard}"),
    benchmark:
        benchmark_of("expression", "{shard}")
    priority: 20
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(500),
        runtime=minutes_of(30),
    params:
        options=options_of("expression"),
        metadata=metadata_of("expression", options_of("expression")),
        code=code_of("expression"),
    message:
        "reading blendshapes in shard {wildcards.shard}"
    script:
        script_of("expression")
