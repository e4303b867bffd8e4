"""Outputs that a lab already has: each source is read once, its names brought to pictures.

Needs: the listing, and the files at precomputed.sources.<source>.path.
Gives: precomputed/<source>.parquet, and precomputed/<source>.json, which names what did not match.
"""


rule precomputed:
    output:
        table=of_source(".parquet"),
        report=of_source(".json"),
    log:
        log_of("precomputed", "{source}"),
    benchmark:
        benchmark_of("precomputed", "{source}")
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        listings=PLAN.listings,
        digest=digest_of_source,
        options=options_of_source,
        metadata=metadata_of_source,
        code=code_of("precomputed"),
    message:
        "reading the outputs {wildcards.source} that exist already"
    script:
        script_of("precomputed")
