"""Describe the results as a data package: digests, and what made them."""

from pathlib import Path
from typing import TYPE_CHECKING

from modular_faces.datapackage import (
    all_files,
    describe_files,
    describe_package,
    inputs_digest,
    write_package,
)
from modular_faces.jobs import start_job
from modular_faces.run_file import read_run

if TYPE_CHECKING:
    from snakemake.script import snakemake

start_job(snakemake.log[0])
params = snakemake.params
results = Path(params.results)
files = [path.relative_to(results).as_posix() for path in all_files(snakemake.input)]
package = describe_package(
    params.dataset,
    describe_files(results, files),
    run=read_run(results),
    inputs=inputs_digest(results / "manifest.parquet"),
)
write_package(package, Path(snakemake.output.package))
