"""Colour histograms of the picture and of regions of the face.

Needs: shards/*/inspection.parquet, shards/*/pictures.arrow, shards/*/mesh.parquet.
Gives: shards/*/color.parquet.
"""


rule color:
    message:
        "measuring colour in shard {wildcards.shard}"
    input:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
        mesh=of_shard("mesh.parquet"),
    output:
        table=of_shard("color.parquet"),
    params:
        options=options_of("color"),
        metadata=metadata_of("color", options_of("color")),
        code=code_of("color"),
    log:
        log_of("color", "/{shard}"),
    benchmark:
        benchmark_of("color", "/{shard}")
    threads: 1
    priority: 20
    resources:
        mem_mb=memory_of(700),
        runtime=60,
    conda:
        environment("extract")
    script:
        script_of("color")
