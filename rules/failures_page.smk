"""The page of the failure study, and the pictures on it: `snakemake failures` makes both.

The last of the rules of the study: it takes every report of the rules before it.

Needs: failures/*.json with their tables and figures, failures/verdict.json, failures/methods.md,
failures/probable_causes.parquet, study.parquet, manifest.parquet, shards/*/descriptors.parquet,
shards/*/pictures.arrow.
Gives: failures/index.html; unless the page is to be shared failures/gallery.json and failures/gallery_pictures.json.
"""


rule failures_gallery:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
        packs=of_all_shards("pictures.arrow"),
        causes=output_of("failures_verdict", "pictures"),
    output:
        report=of_failures("gallery.json"),
        pictures=of_failures("gallery_pictures.json"),
    log:
        log_of("failures_gallery"),
    benchmark:
        benchmark_of("failures_gallery")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        options=options_of_failures("gallery"),
        code=code_of("failures_gallery"),
    message:
        "gathering lost pictures"
    script:
        script_of("failures_gallery")


rule failures_page:
    input:
        reports=reports_of("failures"),
        verdict=output_of("failures_verdict", "verdict"),
        methods=output_of("failures_verdict", "methods"),
        gallery=gallery_of_page(),
    output:
        page=of_failures("index.html"),
    log:
        log_of("failures_page"),
    benchmark:
        benchmark_of("failures_page")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        share=CONFIG.share,
        confidence=CONFIG.failures.confidence,
        causes=CONFIG.failures.interventions.words_of_causes(),
        provenance=provenance_of_page(),
        code=code_of("failures_page"),
    message:
        "making the page of the failure study"
    script:
        script_of("failures_page")
