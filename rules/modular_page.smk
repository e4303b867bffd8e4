"""The page of the models of modules, and the pictures on it: `snakemake modular_page`.

Needs: modular/*.csv, weights.parquet, predictions.parquet, contributions.parquet, notes.json, rescued.json; mesh.parquet,
features.parquet, features_dictionary.csv, shards/*/pictures.arrow.
Gives: modular/index.html with modular/figures/; unless the page is to be shared modular/gallery_pictures.json.
"""


rule modular_gallery:
    input:
        predictions=rules.modular.output.predictions,
        contributions=rules.modular.output.contributions,
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
        scores=rules.modular.output.scores,
        comparisons=rules.modular.output.comparisons,
        weights=rules.modular.output.weights,
        confusion=rules.modular.output.confusion,
        calibration=rules.modular.output.calibration,
        references=rules.modular.output.references,
        specificity=rules.modular.output.specificity,
        overlap=rules.modular.output.overlap,
        stability=rules.modular.output.stability,
        alike=rules.modular.output.alike,
        rescued=rules.modular_rescued.output.report,
        notes=rules.modular.output.notes,
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
