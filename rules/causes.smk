"""Why pictures fail: single changes that bring them back, and what goes along with failing.

Needs: study.parquet, manifest.parquet, shards/*/pictures.arrow, shards/*/descriptors.parquet.
Gives: failures/interventions_plan.json, failures/interventions/*.parquet, failures/interventions*.csv,
failures/interventions.json, failures/interventions_pictures.parquet, failures/figures/interventions/,
failures/verdict.json, failures/verdict.md, failures/methods.md, failures/probable_causes.parquet.
"""


rule interventions_plan:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
    output:
        plan=of_failures("interventions_plan.json"),
    log:
        log_of("interventions_plan"),
    benchmark:
        benchmark_of("interventions_plan")
    priority: 40
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        options=options_of_failures("interventions_plan"),
        interventions=intervention_options(CONFIG),
        backend=intervened_variant(CONFIG),
        code=code_of("interventions_plan"),
    message:
        "drawing the pictures that are changed"
    script:
        script_of("interventions_plan")


rule interventions:
    input:
        plan=rules.interventions_plan.output.plan,
        pictures=of_all_shards("pictures.arrow"),
    output:
        table=of_interventions("{part}"),
    log:
        log_of("interventions", "{part}"),
    benchmark:
        benchmark_of("interventions", "{part}")
    priority: 40
    conda:
        environment("landmarks")
    threads: 1
    resources:
        mem_mb=memory_of(1200),
        runtime=minutes_of(120),
    params:
        backend=intervened_variant(CONFIG),
        parts=parts_of_interventions(),
        metadata=metadata_of("interventions", intervened_variant(CONFIG) or {}),
        code=code_of("interventions"),
    message:
        "changing pictures (part {wildcards.part}) to bring failures back"
    script:
        script_of("interventions")


rule failures_interventions:
    input:
        plan=rules.interventions_plan.output.plan,
        parts=[of_interventions(part) for part in range(parts_of_interventions())],
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
    output:
        report=of_failures("interventions.json"),
        table=of_failures("interventions.csv"),
        doses=of_failures("interventions_doses.csv"),
        overlap=of_failures("interventions_overlap.csv"),
        successes=of_failures("interventions_reverse.csv"),
        remedies=of_failures("interventions_remedies.csv"),
        pictures=of_failures("interventions_pictures.parquet"),
        figures=figures_of("failures", "interventions", title="Interventions"),
    log:
        log_of("failures_interventions"),
    benchmark:
        benchmark_of("failures_interventions")
    priority: 30
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        options=options_of_failures("interventions"),
        interventions=intervention_options(CONFIG),
        metadata=metadata_of(
            "failures_interventions", options_of_failures("interventions")
        ),
        code=code_of("failures_interventions"),
    message:
        "studying which changes bring failures back"
    script:
        script_of("failures_interventions")


rule failures_shap:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
    output:
        report=of_failures("shap.json"),
        table=of_failures("shap.csv"),
        models=of_failures("shap_models.csv"),
        calibration=of_failures("shap_calibration.csv"),
        figures=figures_of("failures", "shap", title="SHAP of descriptors"),
    log:
        log_of("failures_shap"),
    benchmark:
        benchmark_of("failures_shap")
    priority: 15
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_failures("shap"),
        code=code_of("failures_shap"),
    message:
        "modelling failures by descriptors"
    script:
        script_of("failures_shap")


rule failures_verdict:
    input:
        study=rules.gather_study.output.table,
        manifest=rules.manifest.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
        plan=rules.interventions_plan.output.plan,
        shares=rules.failures_interventions.output.table,
        successes=rules.failures_interventions.output.successes,
        remedies=rules.failures_interventions.output.remedies,
        pictures=rules.failures_interventions.output.pictures,
    output:
        verdict=of_failures("verdict.json"),
        text=of_failures("verdict.md"),
        table=of_failures("verdict.csv"),
        pictures=of_failures("probable_causes.parquet"),
        methods=of_failures("methods.md"),
    log:
        log_of("failures_verdict"),
    benchmark:
        benchmark_of("failures_verdict")
    priority: 30
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        options=options_of_failures("verdict"),
        methods=options_of_failures("methods"),
        interventions=intervention_options(CONFIG),
        backend=intervened_variant(CONFIG),
        versions=library_versions(),
        metadata=metadata_of("failures_verdict", options_of_failures("verdict")),
        code=code_of("failures_verdict"),
    message:
        "reaching a verdict on why pictures fail"
    script:
        script_of("failures_verdict")
