"""What Snakemake tells of a workflow without running it."""

import re

from clones import TINY_CONFIG, Clone

STAGES = {"preprocess", "manifest", "landmarks", "color", "texture", "pose", "expression", "merge"}


def test_lint_is_clean(finished: Clone) -> None:
    done = finished.snakemake("--lint", "--configfile", TINY_CONFIG)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Congratulations, your workflow is in a good condition!" in done.stdout + done.stderr


def test_the_dag_is_drawn(finished: Clone) -> None:
    drawn = finished.snakemake("--configfile", TINY_CONFIG, "--dag", "mermaid-js")
    assert drawn.returncode == 0, drawn.stderr
    assert "flowchart" in drawn.stdout
    for stage in STAGES | {"study", "gather_study", "all"}:
        assert re.search(rf"\b{stage}\b", drawn.stdout)
    assert len(re.findall(r"\w+ --> \w+", drawn.stdout)) >= 24


def test_the_summary_lists_every_file_and_finds_none_stale(finished: Clone) -> None:
    told = finished.snakemake("--configfile", TINY_CONFIG, "--summary")
    assert told.returncode == 0, told.stderr
    header, *lines = [line.split("\t") for line in told.stdout.splitlines() if "\t" in line]
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    files = {row["output_file"]: row for row in rows}
    assert files.keys() >= {
        "results/tiny/features.parquet",
        "results/tiny/study/mesh/wide/0002/landmarks.parquet",
        "results/tiny/shards/0001/pictures.arrow",
    }
    assert {(row["status"], row["plan"]) for row in rows} == {("ok", "no update")}
    for path in files:
        assert (finished.folder / path).exists()
