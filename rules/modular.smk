"""How well models of named modules predict categories and ratings: `snakemake modular`.

Needs: features.parquet, manifest.parquet, mesh.parquet, aligned.parquet, shards/*/descriptors.parquet, where the run has it
openface.parquet; where the dataset has it a table of reliabilities.
Gives: modular/scores.csv, comparisons.csv, weights.parquet, predictions.parquet, contributions.parquet and what
they rest on.
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
        notes=of_modular_part("notes.json"),
    log:
        log_of("fit_models", "{kind}_{region}"),
    benchmark:
        benchmark_of("fit_models", "{kind}_{region}")
    conda:
        environment("models")
    threads: 1
    resources:
        mem_mb=memory_of(3000),
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


rule modular:
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
        references=of_modular("references.csv"),
        notes=of_modular("notes.json"),
    log:
        log_of("modular"),
    benchmark:
        benchmark_of("modular")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        layout=layout_of_dataset(),
        metadata=metadata_of("modular", options_of_models()),
        code=code_of("modular"),
    message:
        "gathering the models"
    script:
        script_of("modular")
