"""One table: a row per picture, nothing lost.

Needs: manifest.parquet and what every stage wrote for every shard.
Gives: features.parquet, features_core.csv, features_dictionary.csv, mesh.parquet, summary.json, and on
request features.csv and faces.parquet; with backends openface and precomputed openface.parquet, with rekognition and
precomputed rekognition.parquet.
"""


rule merge:
    input:
        manifest=rules.manifest.output.table,
        labels=rules.manifest.output.labels,
        landmarks=of_all_shards("landmarks.parquet"),
        mesh=of_all_shards("mesh.parquet"),
        faces=of_all_shards("faces.parquet"),
        openface=own_tables("openface"),
        rekognition=own_tables("rekognition"),
        expression=of_all_shards("expression.parquet"),
        color=of_all_shards("color.parquet"),
        texture=of_all_shards("texture.parquet"),
        pose=of_all_shards("pose.parquet"),
    output:
        **wanted_tables(),
    log:
        log_of("merge"),
    benchmark:
        benchmark_of("merge")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of("merge"),
        rows_per_file=rows_per_file(),
        metadata=metadata_of_table(),
        code=code_of("merge"),
    message:
        "merging the table"
    script:
        script_of("merge")
