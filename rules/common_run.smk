"""What is written when a run starts and said when it ends."""

from modular_faces.heads import record_head
from modular_faces.run_file import write_run
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


onstart:
    if workflow.is_main_process:
        record_head(Path(".snakemake"))
        PLAN.publish()
        record = describe_run(
            CONFIG.model_dump(mode="json"),
            repository=HOME,
            command=["snakemake", *sys.argv[1:]],
            graph=graph_of_run(),
            requested=requested_by_rules(),
        )
        write_run(Path(RESULTS), record)


onsuccess:
    if summary_is_of(Path(RESULTS), pictures=PLAN.count):
        print(
            summary_text(Path(RESULTS), seconds=time.time() - STARTED),
            file=sys.stderr,
        )
