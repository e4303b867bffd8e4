"""Memory of the failure study as the dataset grows: the tables of a finished run, repeated under further names.

python benchmarks/pages.py all failures
python benchmarks/study_memory.py build/bench/results/pages 1000000

Pictures are not repeated on disk: a repeated name stands for the picture of the first. Neither are landmarks, but for
two points: the gallery, which asks for all of a few pictures, gets those of the run.
"""

from __future__ import annotations

import argparse
import os
import resource
import runpy
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from modular_faces import packs
from modular_faces.config_loading import load_config
from modular_faces.failures import gallery, picture_sample
from modular_faces.provenance import library_versions
from modular_faces.stage_options import failure_options, intervened_variant, intervention_options
from modular_faces.table_parts import STUDY_ROW_GROUP

SCRIPTS = Path(__file__).parents[1] / "workflow_scripts"
STUDIES = {
    "failures_rates": "rates",
    "failures_entropy": "entropy",
    "failures_groups": "groups",
    "failures_means": "means",
    "failures_edges": "edges",
    "failures_shap_pixels": "shap_pixels",
    "interventions_plan": "interventions_plan",
    "failures_interventions": "interventions",
    "failures_shap": "shap",
    "failures_verdict": "verdict",
    "failures_gallery": "gallery",
}
"""Rules, and what their options are called."""


class Files(dict[str, Any]):
    """Files by name, as a script sees them; outputs that are not named beforehand lie in a folder."""

    folder = Path()

    def __getattr__(self, name: str) -> Any:
        """Path or paths of that name."""
        return self[name] if name in self else str(self.folder / name)


def main() -> int:
    """Measure each rule in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, help="of a finished run")
    parser.add_argument("pictures", type=int)
    parser.add_argument("rules", nargs="*", default=list(STUDIES), metavar="rule")
    parser.add_argument("--folder", type=Path, default=Path("build/bench/memory"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    tables = options.folder / str(options.pictures)
    if options.inside:
        run_rule(options.rules[0], options.results, tables)
        return 0
    enlarge(options.results, tables, options.pictures)
    print("| rule | largest memory, MB | CPU s |\n| --- | ---: | ---: |", flush=True)
    for rule in options.rules:
        command = [sys.executable, __file__, str(options.results), str(options.pictures), rule]
        command += ["--inside", "--folder", str(options.folder)]
        print(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
        sys.stdout.flush()
    return 0


def enlarge(results: Path, target: Path, count: int) -> None:
    """Repeat study, manifest and descriptors until there are so many pictures."""
    if (target / "complete").exists():
        return
    target.mkdir(parents=True, exist_ok=True)
    copies = -(-count // pq.read_metadata(results / "manifest.parquet").num_rows)
    parts = sorted(results.glob("shards/*/descriptors.parquet"))
    sources = {"study": [results / "study.parquet"], "manifest": [results / "manifest.parquet"]}
    for name, paths in (sources | {"descriptors": parts}).items():
        tables = list(wanted_columns(paths))
        with pq.ParquetWriter(target / f"{name}.parquet", tables[0].schema) as writer:
            for copy in range(copies):
                for table in tables:
                    writer.write_table(renamed(table, copy), row_group_size=STUDY_ROW_GROUP)
    (target / "complete").touch()


def wanted_columns(paths: list[Path]) -> Iterator[pa.Table]:
    """Tables without most of the points and without dictionaries."""
    for path in paths:
        table = pq.read_table(path, use_threads=False)
        table = table.select([name for name in table.column_names if is_wanted(name)])
        plain = [
            one.type.value_type if pa.types.is_dictionary(one.type) else one.type
            for one in table.schema
        ]
        yield table.cast(pa.schema(list(zip(table.column_names, plain, strict=True))))


def is_wanted(name: str) -> bool:
    """Whether a column is not a point of a face, but for the two that say how wide it is."""
    return name[:2] not in ("x_", "y_") or name in ("x_0", "x_16")


def renamed(table: pa.Table, copy: int) -> pa.Table:
    """The same rows of other pictures; the first copy keeps its names."""
    if not copy:
        return table
    names = pc.binary_join_element_wise(table["image_id"], f"copy {copy}", "/")
    return table.set_column(table.column_names.index("image_id"), "image_id", names)


def repeated_pictures(
    path: str, wanted: Collection[str], *, read: Any = packs.read_pictures
) -> Iterator[tuple[str, Any]]:
    """Read the pictures of a pack under every wanted name that stands for them."""
    names: dict[str, list[str]] = {}
    for name in wanted:
        names.setdefault(name.partition("/copy ")[0], []).append(name)
    for original, picture in read(path, names):
        yield from ((name, picture) for name in names[original])


def run_rule(rule: str, results: Path, tables: Path) -> None:
    """Run the script of a rule on the enlarged tables and print its row."""
    packs.read_pictures = picture_sample.read_pictures = repeated_pictures
    read_attempts = partial(gallery.read_attempts, results / "study.parquet")
    gallery.read_attempts = lambda _, image_ids: read_attempts(image_ids)
    config = load_config({"dataset": {"name": "memory", "root": "."}})
    outputs = Files()
    outputs.folder = tables / rule
    outputs.folder.mkdir(exist_ok=True)
    failures = results / "failures"
    pictures = [str(path) for path in sorted(results.glob("shards/*/pictures.arrow"))]
    inputs = Files(
        study=str(tables / "study.parquet"),
        manifest=str(tables / "manifest.parquet"),
        descriptors=[str(tables / "descriptors.parquet")],
        groups=[],
        truth=[],
        pictures=pictures,
        packs=pictures,
        plan=str(failures / "interventions_plan.json"),
        parts=[str(path) for path in sorted(failures.glob("interventions/*.parquet"))],
        shares=str(failures / "interventions.csv"),
        successes=str(failures / "interventions_reverse.csv"),
        remedies=str(failures / "interventions_remedies.csv"),
        causes=[str(failures / "probable_causes.parquet")],
    )
    if rule == "failures_verdict":
        inputs["pictures"] = str(failures / "interventions_pictures.parquet")
    params = SimpleNamespace(
        options=failure_options(config, STUDIES[rule]),
        interventions=intervention_options(config),
        backend=intervened_variant(config),
        versions=library_versions(),
        metadata={},
    )
    log = [str(tables / f"{rule}.log")]
    started = time.process_time()
    stand_in = SimpleNamespace(input=inputs, output=outputs, params=params, log=log)
    printed = os.fdopen(os.dup(1), "w")  # the job takes standard output for its log
    runpy.run_path(str(SCRIPTS / f"{rule}.py"), init_globals={"snakemake": stand_in})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"| {rule} | {peak:.0f} | {time.process_time() - started:.0f} |", file=printed, flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
