"""The page of the backends side by side, and the pictures on it: `snakemake backends` makes both.

Needs: study.parquet, manifest.parquet, backends.csv, backends_tests.csv, bridge.csv, bridge/, shards/*/pictures.arrow.
Gives: backends/index.html, backends/figures/page/; unless the page is to be shared backends/gallery_pictures.json.
"""


rule backends_gallery:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        packs=of_all_shards("pictures.arrow"),
    output:
        pictures=of_backends("gallery_pictures.json"),
    log:
        log_of("backends_gallery"),
    benchmark:
        benchmark_of("backends_gallery")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        code=code_of("backends_gallery"),
    message:
        "gathering pictures on which the backends disagree"
    script:
        script_of("backends_gallery")


rule backends_page:
    input:
        summary=rules.bridge.output.summary,
        agreement=rules.bridge.output.table,
        tests=rules.bridge.output.tests,
        bridge=rules.bridge.output.figures,
        gallery=pictures_of_backends_page(),
    output:
        page=of_backends("index.html"),
        figures=figures_of("backends", "page", "Side by side"),
    log:
        log_of("backends_page"),
    benchmark:
        benchmark_of("backends_page")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        confidence=CONFIG.failures.confidence,
        share=CONFIG.share,
        provenance=provenance_of_page(),
        code=code_of("backends_page"),
    message:
        "making the page of the backends"
    script:
        script_of("backends_page")


rule backends:
    input:
        rules.backends_page.output.page,
