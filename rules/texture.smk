"""Haralick texture of the picture and of regions of the face.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow, shards/*/mesh.parquet.
Gives: shards/*/texture.parquet.
"""


rule texture:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
        mesh=of_shard("mesh.parquet"),
    output:
        table=of_shard("texture.parquet"),
    log:
        log_of("texture", "{shard}"),
    benchmark:
        benchmark_of("texture", "{shard}")
    priority: 20
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=minutes_of(60),
    params:
        options=options_of("texture"),
        metadata=metadata_of("texture", options_of("texture")),
        code=code_of("texture"),
    message:
        "measuring texture in shard {wildcards.shard}"
    script:
        script_of("texture")
