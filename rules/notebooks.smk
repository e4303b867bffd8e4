"""Notebooks run on the results: `snakemake notebooks`; they need the extra `notebooks`.

Needs: notebooks/*.ipynb without outputs; features.parquet, mesh.parquet, shards/*/pictures.arrow, modular/; for
`backends` study.parquet, manifest.parquet, backends.csv, bridge.csv.
Gives: notebooks/*.ipynb with outputs. `backends` and `face_masking` show pictures and are left out where the results
are shared.
"""


rule notebook:
    input:
        unpack(inputs_of_notebook),
        notebook=f"{workflow.basedir}/notebooks/{{notebook}}.ipynb",
    output:
        notebook=f"{RESULTS}/notebooks/{{notebook}}.ipynb",
    log:
        log_of("notebook", "{notebook}"),
    benchmark:
        benchmark_of("notebook", "{notebook}")
    wildcard_constraints:
        notebook="backends|face_masking|weights",
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
