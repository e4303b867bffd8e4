"""How well models of named modules predict categories and ratings: `snakemake modular`.

Needs: features.parquet, manifest.parquet, mesh.parquet, aligned.parquet, shards/*/descriptors.parquet, where the run has it
openface.parquet; where the dataset has it a table of reliabilities.
Gives: modular/scores.csv, comparisons.csv, weights.parquet, stability.csv, alike.csv, predictions.parquet,
contributions.parquet, explained.parquet and what they rest on; modular/rescued.csv with its report and figures.
"""


rule fit_models:
    input:
        features=rules.merge.output.features,
        mesh=rules.merge.output.mesh,
        manifest=rules.manifest.output.table,
        aligned=rules.gather_aligned.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
        others=tables_of_models(),
    output:
        scores=of_modular_part("scores.parquet"),
        comparisons=of_modular_part("comparisons.parquet"),
        weights=of_modular_part("weights.parquet"),
        predictions=of_modular_part("predictions.parquet"),
        contributions=of_modular_part("contributions.parquet"),
        confusion=of_modular_part("confusion.parquet"),
        calibration=of_modular_part("calibration.parquet"),
        specificity=of_modular_part("specificity.parquet"),
        overlap=of_modular_part("overlap.parquet"),
        stability=of_modular_part("stability.parquet"),
        alike=of_modular_part("alike.parquet"),
        explained=of_modular_part("explained.parquet"),
        notes=of_modular_part("notes.json"),
    log:
        log_of("fit_models", "{kind}_{region}"),
    benchmark:
        benchmark_of("fit_models", "{kind}_{region}")
    conda:
        environment("models")
    threads: 1
    resources:
        mem_mb=memory_of(2000),
        runtime=minutes_of(120),
    params:
        options=options_of_models(),
        metadata=metadata_of("fit_models", options_of_models()),
        code=code_of("fit_models"),
    message:
        "fitting models of {wildcards.kind} to the {wildcards.region}"
    script:
        script_of("fit_models")


rule model_rungs:
    input:
        features=rules.merge.output.features,
        mesh=rules.merge.output.mesh,
        manifest=rules.manifest.output.table,
        study=rules.gather_study.output.table,
        descriptors=of_all_shards("descriptors.parquet"),
        others=tables_of_models(),
    output:
        scores=of_rungs("scores.parquet"),
        comparisons=of_rungs("comparisons.parquet"),
        notes=of_rungs("notes.json"),
    log:
        log_of("model_rungs", "{kind}"),
    benchmark:
        benchmark_of("model_rungs", "{kind}")
    conda:
        environment("models")
    threads: 1
    resources:
        mem_mb=memory_of(2000),
        runtime=minutes_of(60),
    params:
        options=options_of_models(),
        part=CONFIG.rung_part(),
        metadata=metadata_of("model_rungs", options_of_models()),
        code=code_of("model_rungs"),
    message:
        "comparing models of {wildcards.kind} by OpenFace's landmarks and the mesh's"
    script:
        script_of("model_rungs")


rule gather_models:
    input:
        scores=[*of_modular_parts("scores.parquet"), *of_all_rungs("scores.parquet")],
        comparisons=[
            *of_modular_parts("comparisons.parquet"),
            *of_all_rungs("comparisons.parquet"),
        ],
        weights=of_modular_parts("weights.parquet"),
        predictions=of_modular_parts("predictions.parquet"),
        contributions=of_modular_parts("contributions.parquet"),
        confusion=of_modular_parts("confusion.parquet"),
        calibration=of_modular_parts("calibration.parquet"),
        specificity=of_modular_parts("specificity.parquet"),
        overlap=of_modular_parts("overlap.parquet"),
        stability=of_modular_parts("stability.parquet"),
        alike=of_modular_parts("alike.parquet"),
        explained=of_modular_parts("explained.parquet"),
        notes=[*of_modular_parts("notes.json"), *of_all_rungs("notes.json")],
    output:
        scores=of_modular("scores.csv"),
        comparisons=of_modular("comparisons.csv"),
        weights=of_modular("weights.parquet"),
        predictions=of_modular("predictions.parquet"),
        contributions=of_modular("contributions.parquet"),
        confusion=of_modular("confusion.csv"),
        calibration=of_modular("calibration.csv"),
        specificity=of_modular("specificity.csv"),
        overlap=of_modular("overlap.csv"),
        stability=of_modular("stability.csv"),
        alike=of_modular("alike.csv"),
        explained=of_modular("explained.parquet"),
        references=of_modular("references.csv"),
        notes=of_modular("notes.json"),
    log:
        log_of("gather_models"),
    benchmark:
        benchmark_of("gather_models")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        layout=layout_of_dataset(),
        metadata=metadata_of("gather_models", options_of_models()),
        code=code_of("gather_models"),
    message:
        "gathering the models"
    script:
        script_of("gather_models")


rule modular_rescued:
    input:
        explained=rules.gather_models.output.explained,
        features=rules.merge.output.features,
        manifest=rules.manifest.output.table,
    output:
        table=of_modular("rescued.csv"),
        report=of_modular("rescued.json"),
        figures=figures_of_models("rescued", title="Rescued pictures"),
    log:
        log_of("modular_rescued"),
    benchmark:
        benchmark_of("modular_rescued")
    conda:
        environment("models")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        options=options_of_rescued(),
        code=code_of("modular_rescued"),
    message:
        "SHAP patterns of rescued pictures"
    script:
        script_of("modular_rescued")
