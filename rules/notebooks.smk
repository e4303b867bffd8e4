"""Notebooks run on the results: `snakemake notebooks`; they need the extra `notebooks`.

Needs: notebooks/*.ipynb without outputs; features.parquet, mesh.parquet, shards/*/pictures.arrow, modular/.
Gives: notebooks/*.ipynb with outputs. `face_masking` shows pictures and is left out where the results are shared.
"""


rule notebook:
    input:
        notebook=f"{workflow.basedir}/notebooks/{{notebook}}.ipynb",
        features=rules.merge.output.features,
        mesh=rules.merge.output.mesh,
        packs=of_all_shards("pictures.arrow"),
        scores=rules.modular.output.scores,
        weights=rules.modular.output.weights,
    output:
        notebook=f"{RESULTS}/notebooks/{{notebook}}.ipynb",
    log:
        log_of("notebook", "{notebook}"),
    benchmark:
        benchmark_of("notebook", "{notebook}")
    wildcard_constraints:
        notebook="face_masking|weights",
    conda:
        environment("notebooks")
    threads: 1
    resources:
        mem_mb=memory_of(3000),
        runtime=minutes_of(30),
    params:
        package=SCRIPTS,
        code=code_of("notebook"),
    message:
        "running notebooks/{wildcards.notebook}.ipynb"
    script:
        script_of("notebook")


rule notebooks:
    input:
        expand(rules.notebook.output.notebook, notebook=notebooks_of_run()),
