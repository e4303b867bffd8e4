"""Colour histograms of the picture and of regions of the face.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow, shards/*/mesh.parquet.
Gives: shards/*/color.parquet.
"""


rule color:
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
        mesh=of_shard("mesh.parquet"),
    output:
        table=of_shard("color.parquet"),
    log:
        log_of("color", "{shard}"),
    benchmark:
        benchmark_of("color", "{shard}")
    priority: 20
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=minutes_of(60),
    params:
        options=options_of("color"),
        metadata=metadata_of("color", options_of("color")),
        code=code_of("color"),
    message:
        "measuring colour in shard {wildcards.shard}"
    script:
        script_of("color")
