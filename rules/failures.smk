"""Why landmarks were not found: one rule per study, and `snakemake failures` for all of them.

Needs: study.parquet, manifest.parquet, shards/*/descriptors.parquet.
Gives: failures/<study>.csv, failures/<study>.json (what the page shows of it), failures/figures/<study>/.
"""


rule failures_rates:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
    output:
        table=of_failures("rates.csv"),
        groups=of_failures("rates_by_group.csv"),
        tests=of_failures("rates_tests.csv"),
        pictures=of_failures("rates_pictures.csv"),
        report=of_failures("rates.json"),
        figures=figures_of("failures", "rates", title="Rates"),
    log:
        log_of("failures_rates"),
    benchmark:
        benchmark_of("failures_rates")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=60,
    params:
        options=options_of_failures("rates"),
        code=code_of("failures_rates"),
    message:
        "failure rates of every variant"
    script:
        script_of("failures_rates")


rule failures:
    input:
        of_failures("index.html"),
        rules.failures_rates.output,
