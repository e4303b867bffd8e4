"""The page of the models of modules, and the pictures on it; `snakemake modular` makes it with all tables.

Needs: modular/*.csv, weights.parquet, predictions.parquet, contributions.parquet, notes.json, rescued.json; mesh.parquet,
features.parquet, features_dictionary.csv, shards/*/pictures.arrow.
Gives: modular/index.html with modular/figures/; unless the page is to be shared modular/gallery_pictures.json.
"""


rule modular_gallery:
    input:
        predictions=rules.gather_models.output.predictions,
        contributions=rules.gather_models.output.contributions,
        packs=of_all_shards("pictures.arrow"),
    output:
        pictures=of_modular("gallery_pictures.json"),
    log:
        log_of("modular_gallery"),
    benchmark:
        benchmark_of("modular_gallery")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(30),
    params:
        main=CONFIG.modular.models.main,
        regions=CONFIG.modular.models.regions,
        code=code_of("modular_gallery"),
    message:
        "gathering the hardest mistakes of the models"
    script:
        script_of("modular_gallery")


rule modular_page:
    input:
        scores=rules.gather_models.output.scores,
        comparisons=rules.gather_models.output.comparisons,
        weights=rules.gather_models.output.weights,
        confusion=rules.gather_models.output.confusion,
        calibration=rules.gather_models.output.calibration,
        references=rules.gather_models.output.references,
        specificity=rules.gather_models.output.specificity,
        overlap=rules.gather_models.output.overlap,
        stability=rules.gather_models.output.stability,
        alike=rules.gather_models.output.alike,
        rescued=rules.modular_rescued.output.report,
        notes=rules.gather_models.output.notes,
        mesh=rules.merge.output.mesh,
        features=rules.merge.output.features,
        dictionary=rules.merge.output.dictionary,
        gallery=pictures_of_modular_page(),
    output:
        page=of_modular("index.html"),
        figures=figures_of_modular_page(),
    log:
        log_of("modular_page"),
    benchmark:
        benchmark_of("modular_page")
    conda:
        environment("models")
    threads: 1
    resources:
        mem_mb=memory_of(2000),
        runtime=minutes_of(30),
    params:
        options=options_of_models(),
        frame=frame_of_aligned(),
        share=CONFIG.share,
        provenance=provenance_of_page(),
        code=code_of("modular_page"),
    message:
        "making the page of the models"
    script:
        script_of("modular_page")


rule modular:
    input:
        rules.modular_page.output,
        rules.gather_models.output,
        rules.modular_rescued.output,
