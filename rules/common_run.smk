"""What is written when a run starts and said when it ends."""

from modular_faces.account import renew_account
from modular_faces.heads import record_head
from modular_faces.run_file import RUN_FILE, read_run, write_run
from modular_faces.run_record import describe_run
from modular_faces.summary_text import summary_is_of, summary_text


def graph_of_run():
    """Which rule needs what which other one writes, in this run."""
    needed = workflow.dag.dependencies.items()
    pairs = {(other.rule.name, job.rule.name) for job, jobs in needed for other in jobs}
    return sorted(pairs)


def requested_by_rules():
    """What the first job of each rule asks for, at its first attempt."""
    first = {job.rule.name: job for job in reversed(list(workflow.dag.jobs))}
    return {
        name: {
            "threads": job.threads,
            "mem_mb": job.resources.get("mem_mb"),
            "runtime": job.resources.get("runtime"),
        }
        for name, job in first.items()
        if name != "all"
    }


def requested_before():
    """What rules of earlier runs asked for."""
    results = Path(RESULTS)
    return read_run(results)["requested"] if (results / RUN_FILE).exists() else {}


def made_by_rules():
    """Paths of everything the rules above make, but parts of single shards, sources, models and studies."""
    made = [str(path) for one in workflow.rules for path in one.output]
    return [path for path in (*made, *rules.notebooks.input) if "{" not in path]


def record_of_run(graph, requested):
    """What makes the results from now on."""
    return describe_run(
        CONFIG.model_dump(mode="json"),
        repository=HOME,
        command=["snakemake", *sys.argv[1:]],
        graph=graph,
        requested={**requested_before(), **requested},
    )


if workflow.is_main_process and not workflow.modifier.is_main_snakefile():
    # Another workflow uses this one as a module: `onstart` below is not called.
    PLAN.publish()
    write_run(Path(RESULTS), record_of_run(graph=[], requested={}))


onstart:
    if workflow.is_main_process:
        record_head(Path(".snakemake"))
        PLAN.publish()
        write_run(
            Path(RESULTS), record_of_run(graph_of_run(), requested_by_rules())
        )


onsuccess:
    if workflow.is_main_process:
        renew_account(
            Path(RESULTS), CONFIG.dataset.name, rules.datapackage.params.files
        )
    if summary_is_of(Path(RESULTS), pictures=PLAN.count):
        print(
            summary_text(Path(RESULTS), seconds=time.time() - STARTED),
            file=sys.stderr,
        )
