"""The run's account of itself: what the jobs used, what the results are and what made them.

Both rules wait for the table alone; what ends later (studies, models, pages) enters when the run has succeeded
(`onsuccess` in common_run.smk writes both once more), so that they cover whatever was asked for.

Needs: the final files, benchmarks/ and logs/ of all jobs, provenance/run.json (written when a run starts).
Gives: provenance/efficiency.csv, provenance/efficiency.html, provenance/set_resources.yaml, datapackage.json.
"""


localrules:
    efficiency,
    datapackage,


rule efficiency:
    input:
        final_files,
    output:
        table=f"{RESULTS}/provenance/efficiency.csv",
        page=report(
            f"{RESULTS}/provenance/efficiency.html",
            caption="../docs/captions/efficiency.rst",
            category="Efficiency",
        ),
        suggested=f"{RESULTS}/provenance/set_resources.yaml",
    log:
        log_of("efficiency"),
    benchmark:
        benchmark_of("efficiency")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(700),
        runtime=minutes_of(30),
    params:
        results=results_folder,
        code=code_of("efficiency"),
    message:
        "comparing what the jobs asked for with what they used"
    script:
        script_of("efficiency")


rule datapackage:
    input:
        final_files,
        rules.efficiency.output,
    output:
        package=f"{RESULTS}/datapackage.json",
    log:
        log_of("datapackage"),
    benchmark:
        benchmark_of("datapackage")
    conda:
        environment("extract")
    threads: 1
    resources:
        mem_mb=memory_of(1500),
        runtime=minutes_of(60),
    params:
        results=results_folder,
        dataset=CONFIG.dataset.name,
        files=made_by_rules(),
        code=code_of("datapackage"),
    message:
        "describing the results as a data package"
    script:
        script_of("datapackage")
