"""Why landmarks were not found: one rule per study, and `snakemake failures` for all of them.

Needs: study.parquet, manifest.parquet, shards/*/descriptors.parquet, shards/*/pictures.arrow.
Gives: failures/<study>*.csv, failures/<study>_*.parquet, failures/<study>.json (what the page shows of it),
failures/figures/<study>/.
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
        runtime=minutes_of(60),
    params:
        options=options_of_failures("rates"),
        code=code_of("failures_rates"),
    message:
        "failure rates of every variant"
    script:
        script_of("failures_rates")


rule failures_entropy:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
    output:
        table=of_failures("entropy.csv"),
        distributions=of_failures("entropy_distribution.csv"),
        report=of_failures("entropy.json"),
        figures=figures_of("failures", "entropy", title="Entropy"),
    log:
        log_of("failures_entropy"),
    benchmark:
        benchmark_of("failures_entropy")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_failures("entropy"),
        code=code_of("failures_entropy"),
    message:
        "entropy of failures and successes"
    script:
        script_of("failures_entropy")


rule failures_groups:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        groups=given_table(CONFIG.failures.groups_table),
        truth=given_table(CONFIG.failures.truth_table),
    output:
        table=of_failures("groups.csv"),
        tests=of_failures("groups_tests.csv"),
        dropping=of_failures("groups_dropping.csv"),
        errors=of_failures("groups_error.csv"),
        report=of_failures("groups.json"),
        figures=figures_of("failures", "groups", title="Who is lost"),
    log:
        log_of("failures_groups"),
    benchmark:
        benchmark_of("failures_groups")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_failures("groups"),
        code=code_of("failures_groups"),
    message:
        "who is lost: failures by group"
    script:
        script_of("failures_groups")


rule failures_means:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        pictures=of_all_shards("pictures.arrow"),
    output:
        table=of_failures("means.csv"),
        unusual=of_failures("means_unusual.csv"),
        maps=of_failures("means_maps.parquet"),
        report=of_failures("means.json"),
        figures=figures_of("failures", "means", title="Mean pictures"),
    log:
        log_of("failures_means"),
    benchmark:
        benchmark_of("failures_means")
    priority: 15
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_failures("means"),
        metadata=metadata_of("failures_means", options_of_failures("means")),
        code=code_of("failures_means"),
    message:
        "mean pictures and unusual pixels"
    script:
        script_of("failures_means")


rule failures_edges:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        pictures=of_all_shards("pictures.arrow"),
    output:
        table=of_failures("edges.csv"),
        profiles=of_failures("edges_profiles.csv"),
        maps=of_failures("edges_maps.parquet"),
        coordinates=of_failures("edges_coordinates.parquet"),
        report=of_failures("edges.json"),
        figures=figures_of("failures", "edges", title="Edges"),
    log:
        log_of("failures_edges"),
    benchmark:
        benchmark_of("failures_edges")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_failures("edges"),
        metadata=metadata_of("failures_edges", options_of_failures("edges")),
        code=code_of("failures_edges"),
    message:
        "where edges lie in failures"
    script:
        script_of("failures_edges")


rule failures_shap_pixels:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        pictures=of_all_shards("pictures.arrow"),
    output:
        table=of_failures("shap_pixels.csv"),
        comparisons=of_failures("shap_pixels_comparisons.csv"),
        maps=of_failures("shap_pixels_maps.csv"),
        report=of_failures("shap_pixels.json"),
        figures=figures_of("failures", "shap_pixels", title="SHAP of pixels"),
    log:
        log_of("failures_shap_pixels"),
    benchmark:
        benchmark_of("failures_shap_pixels")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_failures("shap_pixels"),
        code=code_of("failures_shap_pixels"),
    message:
        "which pixels speak for failure"
    script:
        script_of("failures_shap_pixels")


rule failures:
    input:
        of_failures("index.html"),
        rules.failures_rates.output,
        rules.failures_entropy.output,
        rules.failures_interventions.output,
        rules.failures_shap.output,
        rules.failures_verdict.output,
        rules.failures_groups.output,
        rules.failures_means.output,
        rules.failures_edges.output,
        rules.failures_shap_pixels.output,
