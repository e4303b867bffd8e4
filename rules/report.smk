"""The front page of a dataset's results, which ties the pages together.

Needs: summary.json, the pages of the studies.
Gives: index.html.
"""


rule front_page:
    input:
        summary=rules.merge.output.summary,
        pages=[
            rules.failures_page.output.page,
            rules.modular_page.output.page,
            rules.backends_page.output.page,
        ],
    output:
        page=f"{RESULTS}/index.html",
    log:
        log_of("front_page"),
    benchmark:
        benchmark_of("front_page")
    conda:
        environment("failures")
    threads: 1
    resources:
        mem_mb=memory_of(500),
        runtime=minutes_of(10),
    params:
        provenance=provenance_of_page(),
        code=code_of("front_page"),
    message:
        "making the front page"
    script:
        script_of("front_page")
