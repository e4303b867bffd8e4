"""The workflow's real rules and scripts, run one after the other inside this process, without drawing.

A run of Snakemake spends most of its time on starting jobs and on drawing. Here Snakemake plans the jobs, with their
inputs, outputs and params, and each job's script is run as it is.
"""

from __future__ import annotations

import contextlib
import runpy
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from PIL import Image
from snakemake.api import SnakemakeApi
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    Quietness,
    ResourceSettings,
)

import modular_faces.figures
import modular_faces.jobs
from clones import REPOSITORY, write_csv
from modular_faces.backends import Backend, registry
from simulated_detector import Picture, Rule, SimulatedDetector

NAME = "planted"


@dataclass(frozen=True)
class Dataset:
    """Pictures on disk and what is known of them.

    Attributes
    ----------
    folder : Path
        Holds the pictures, a table of labels, the config and the results.
    """

    folder: Path

    def file(self, name: str) -> Path:
        """Path of a result of the failure study."""
        return self.folder / "results" / NAME / "failures" / name


def write_dataset(
    folder: Path,
    pictures: Mapping[str, Picture],
    *,
    labels: Sequence[str] | None = None,
    **config: Any,
) -> Dataset:
    """Write pictures, their labels and a config beside each other.

    Parameters
    ----------
    folder : Path
        New folder.
    pictures : mapping of str to (H, W, 3) ndarray of uint8
        By file name, such as ``0001.png``.
    labels : sequence of str, optional
        A label per picture.
    **config
        Sections of the config.
    """
    root = folder / "pictures"
    root.mkdir(parents=True)
    for name, picture in pictures.items():
        Image.fromarray(picture).save(root / name)
    dataset: dict[str, Any] = {"name": NAME, "root": str(root), "layout": "folder"}
    if labels is not None:
        rows = [{"path": n, "label": one} for n, one in zip(pictures, labels, strict=True)]
        write_csv(folder / "labels.csv", rows)
        table = {"table": str(folder / "labels.csv"), "label_column": "label"}
        dataset |= {"layout": "csv", **table}
    whole = {"dataset": dataset, "study": {"variants": ["original"]}, "shards": 1} | config
    (folder / "config.yaml").write_text(yaml.safe_dump(whole, sort_keys=False))
    return Dataset(folder)


def run_failures(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, *, rule: Rule | None = None
) -> list[str]:
    """Run every job that `snakemake failures` plans.

    Parameters
    ----------
    dataset : Dataset
    monkeypatch : pytest.MonkeyPatch
        Takes the place of the start of a job, which redirects this process, and of drawing.
    rule : callable, optional
        Of a simulated detector that stands for the mesh; by default the real one.

    Returns
    -------
    list of str
        Rules that were run, in order.
    """
    monkeypatch.setattr(modular_faces.jobs, "start_job", lambda log: None)
    monkeypatch.setattr(modular_faces.figures, "vl_convert", _Undrawn)
    if rule is not None:
        monkeypatch.setattr(registry, "open_backend", _opener(SimulatedDetector(rule, name="mesh")))
    done = []
    with _planned(dataset) as jobs:
        for job in jobs:
            _run(job)
            done.append(str(job.rule.name))
    return done


@contextlib.contextmanager
def _planned(dataset: Dataset) -> Iterator[Iterator[Any]]:
    """Jobs of Snakemake's plan, each after those it needs; this process is in the dataset's folder."""
    with (
        contextlib.chdir(dataset.folder),
        SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api,
    ):
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=[dataset.folder / "config.yaml"]),
            snakefile=REPOSITORY / "Snakefile",
            workdir=dataset.folder,
        )
        dag = workflow.dag(dag_settings=DAGSettings(targets={"failures"}))
        dag.execute_workflow(executor="dryrun")
        planned = workflow._workflow.dag
        yield (job for together in planned.toposorted() for job in together if job.rule.script)


def _run(job: Any) -> None:
    for path in job.output:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    given = SimpleNamespace(
        input=job.input,
        output=job.output,
        params=job.params,
        wildcards=job.wildcards,
        log=job.log,
        threads=1,
    )
    script = REPOSITORY / "workflow_scripts" / Path(job.rule.script).name
    runpy.run_path(str(script), init_globals={"snakemake": given})
    missing = [path for path in job.output if not Path(path).exists()]
    assert not missing, f"{job.rule.name} did not write {missing}"


def _opener(backend: Backend) -> Callable[..., Backend]:
    return lambda options, **given: backend


class _Undrawn:
    """Takes a chart's specification and draws nothing of it."""

    @staticmethod
    def vegalite_to_svg(spec: Mapping[str, Any], **options: object) -> str:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>'

    @staticmethod
    def svg_to_png(svg: str, **options: object) -> bytes:
        file = BytesIO()
        Image.new("L", (2, 2)).save(file, "PNG")
        return file.getvalue()


def study_files(dataset: Dataset) -> dict[str, bytes]:
    """Content of every file that the failure study wrote, by its path."""
    folder = dataset.file("")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def forget(dataset: Dataset) -> None:
    """Remove the results, so that they are made anew."""
    shutil.rmtree(dataset.folder / "results")
