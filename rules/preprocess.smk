"""Files are read and checked once; the manifest has a row per file.

Needs: the listing (made by the main process).
Gives: shards/*/inspection.parquet, shards/*/pictures.arrow (the files that are pictures, as they are,
in one file per shard), manifest.parquet.
"""


rule preprocess:
    input:
        listing=listing_of,
    output:
        inspection=of_shard("inspection.parquet"),
        pictures=of_shard("pictures.arrow"),
    log:
        log_of("preprocess", "{shard}"),
    benchmark:
        benchmark_of("preprocess", "{shard}")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=minutes_of(30),
    params:
        root=PLAN.root,
        options=options_of("preprocess"),
        metadata=metadata_of("preprocess", options_of("preprocess")),
        code=code_of("preprocess"),
    message:
        "reading pictures of shard {wildcards.shard}"
    script:
        script_of("preprocess")


rule manifest:
    input:
        inspections=of_all_shards("inspection.parquet"),
    output:
        table=f"{RESULTS}/manifest.parquet",
        labels=f"{RESULTS}/labels.json",
    log:
        log_of("manifest"),
    benchmark:
        benchmark_of("manifest")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(memory_of_manifest()),
        runtime=minutes_of(60),
    params:
        listings=PLAN.listings,
        layout=layout_options(CONFIG),
        labels=PLAN.label_digest,
        left_out=PLAN.left_out,
        options=options_of("manifest"),
        metadata=metadata_of("manifest", options_of("manifest")),
        code=code_of("manifest"),
    message:
        "gathering the manifest, looking for duplicates"
    script:
        script_of("manifest")
