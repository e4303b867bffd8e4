"""Working copies of the repository, in which tests run Snakemake as a user does."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from PIL import Image

REPOSITORY = Path(__file__).parents[1]
SAMPLE = REPOSITORY / "resources" / "sample"
COPIED = ("Snakefile", "rules", "profiles", "config", "workflow_scripts", "envs", "docs/captions")
BIN = Path(sys.executable).parent
TIMEOUT = 600
"""Seconds after which a command counts as hanging; it says nothing about speed."""

FINAL_FILES = (
    "features.parquet",
    "features_core.csv",
    "features_dictionary.csv",
    "mesh.parquet",
    "manifest.parquet",
    "labels.json",
    "summary.json",
)

RESULTS = Path("results/tiny")
TINY_CONFIG = "tiny.yaml"

ACCOUNT = ("efficiency", "datapackage")
"""Rules of the run's account of itself."""

_MESSAGES = {
    r"reading pictures of shard (\d+)": "preprocess",
    r"gathering the manifest, .*": "manifest",
    r"finding landmarks in shard (\d+)": "landmarks",
    r"measuring colour in shard (\d+)": "color",
    r"measuring texture in shard (\d+)": "texture",
    r"measuring the face angle in shard (\d+)": "pose",
    r"reading blendshapes in shard (\d+)": "expression",
    r"measuring aligned faces in shard (\d+)": "aligned",
    r"gathering aligned faces": "gather_aligned",
    r"merging the table": "merge",
    r"reading the outputs (\w+) that exist already": "precomputed",
    r"study: \w+ on (\w+), shard (\d+)": "study",
    r"measuring how far the backends agree": "bridge",
    r"gathering pictures on which the backends disagree": "backends_gallery",
    r"making the page of the backends": "backends_page",
    r"gathering the study": "gather_study",
    r"describing pictures of shard (\d+)": "descriptors",
    r"failure rates of every variant": "failures_rates",
    r"entropy of failures and successes": "failures_entropy",
    r"who is lost: failures by group": "failures_groups",
    r"drawing the pictures that are changed": "interventions_plan",
    r"changing pictures \(part (\d+)\) to bring failures back": "interventions",
    r"studying which changes bring failures back": "failures_interventions",
    r"modelling failures by descriptors": "failures_shap",
    r"reaching a verdict on why pictures fail": "failures_verdict",
    r"mean pictures and unusual pixels": "failures_means",
    r"where edges lie in failures": "failures_edges",
    r"which pixels speak for failure": "failures_shap_pixels",
    r"gathering lost pictures": "failures_gallery",
    r"making the page of the failure study": "failures_page",
    r"comparing what the jobs asked for with what they used": "efficiency",
    r"describing the results as a data package": "datapackage",
}


@dataclass(frozen=True)
class Clone:
    """A working copy of the repository with its own library.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a user who has the copy's library installed and no settings of their own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SNAKEMAKE", "XDG"))}
        return kept | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "workflow_scripts"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            "XDG_CONFIG_HOME": str(self.folder / ".config"),
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def command(
        self, *command: str | Path, prefix: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the copy, whatever its exit status."""
        return subprocess.run(
            [*prefix, *map(str, command)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str | Path) -> Iterator[subprocess.Popen[bytes]]:
        """Start Snakemake in the background; it and what it started end with the block."""
        process = subprocess.Popen(
            [BIN / "snakemake", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(TIMEOUT)

    def snakemake(
        self, *arguments: str | Path, prefix: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run Snakemake in the copy, whatever its exit status."""
        return self.command(BIN / "snakemake", *arguments, prefix=prefix)

    def run(self, *arguments: str | Path, prefix: Sequence[str] = ()) -> str:
        """Run Snakemake, which must succeed, and give what it said."""
        done = self.snakemake(*arguments, prefix=prefix)
        assert done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def run_tiny(self, *arguments: str | Path, prefix: Sequence[str] = ()) -> str:
        """Run Snakemake with the config that `configure` wrote."""
        return self.run("--configfile", TINY_CONFIG, *arguments, prefix=prefix)

    def planned(self, *arguments: str | Path) -> Counter[str]:
        """Jobs of a dry run: ``landmarks 0001``, ``study sharpen 0000``, ``merge``.

        Without the targets `all` and `failures`, and without the account of the run, which is to be planned whenever
        anything of the table is (and when there are fewer final files than before).
        """
        jobs = self.planned_with_account(*arguments)
        account = {jobs.pop(name, 0) for name in ACCOUNT}
        assert account == {1} or (account == {0} and not jobs), (account, jobs)
        return jobs

    def planned_with_account(self, *arguments: str | Path) -> Counter[str]:
        """The same with the jobs of the account of the run."""
        text = self.run("-n", *arguments)
        jobs = Counter(
            job
            for line in text.splitlines()
            for job in [_job_of(line.partition(": ")[2])]
            if line.startswith("Job ") and job
        )
        stats = {
            name: int(count)
            for name, count in re.findall(r"^(\w+) +(\d+)$", text, flags=re.MULTILINE)
            if name not in ("total", "all", "failures")
        }
        assert Counter(job.partition(" ")[0] for job in jobs.elements()) == stats, text
        return jobs

    def planned_tiny(self) -> Counter[str]:
        """Jobs of a dry run with the config that `configure` wrote."""
        return self.planned("--configfile", TINY_CONFIG)

    def configure(self, root: Path, **keys: Any) -> None:
        """Write the config of a dataset named tiny: first these keys, then those of `tiny_config`."""
        config = keys | {k: v for k, v in tiny_config(root).items() if k not in keys}
        (self.folder / TINY_CONFIG).write_text(yaml.safe_dump(config, sort_keys=False))

    def results(self, name: str = "") -> Path:
        """Path of a result of the dataset tiny."""
        return self.folder / RESULTS / name

    def final_files(self) -> dict[str, bytes]:
        """Content of every final file of the dataset tiny."""
        return {name: self.results(name).read_bytes() for name in FINAL_FILES}

    def copy_to(self, folder: Path) -> Clone:
        """Copy the copy with its results, times of change included."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Clone(folder)


def make_clone(folder: Path) -> Clone:
    """Make a working copy of the repository as a fresh clone has it, without pictures."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy2(source, folder / name)
    (folder / "slurm").symlink_to("profiles/slurm")
    return Clone(folder)


def plans_after(
    finished: Clone, changes: Mapping[str, Callable[[Clone], None]], folder: Path
) -> dict[str, Callable[[], Counter[str]]]:
    """Plan the jobs of a finished run after each of some changes, two at a time.

    Parameters
    ----------
    finished : Clone
    changes : mapping of str to callable
        Each changes its own copy of the run.
    folder : Path
        New folder for the copies.

    Returns
    -------
    dict of str to callable
        Gives the planned jobs, or raises what went wrong.
    """

    def plan(number: int, change: Callable[[Clone], None]) -> Counter[str]:
        clone = finished.copy_to(folder / str(number))
        change(clone)
        jobs = clone.planned_tiny()
        shutil.rmtree(clone.folder)
        return jobs

    with ThreadPoolExecutor(max_workers=2) as pool:
        return {
            name: pool.submit(plan, number, change).result
            for number, (name, change) in enumerate(changes.items())
        }


def tiny_config(root: Path) -> dict[str, Any]:
    """Config of a small dataset: three shards, few colour bins, a study of two variants, one of them the outcome."""
    pad = {"fraction": 0.4, "mode": "constant", "value": 9}
    return {
        "dataset": {"name": "tiny", "root": str(root)},
        "shards": 3,
        "variants": {
            "wide": [{"pad": pad}, {"gamma": {"gamma": 0.9}}],
            "sharpen": [{"kernel": {"weights": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]}}],
        },
        "study": {"variants": ["wide", "sharpen"]},
        "failures": {"outcome": {"backend": "mesh", "variant": "wide"}},
        "color": {"spaces": {"rgb": [4, 4, 4], "hsv": [6, 3, 3], "lab": [3, 3, 3]}},
    }


def sample_pictures() -> list[Path]:
    """Pictures of the bundled sample: the first of each split and class, then the second, ..."""
    classes = [
        sorted(folder.glob("*_aligned.jpg")) for folder in sorted(SAMPLE.glob("DATASET/*/?"))
    ]
    longest = max(map(len, classes))
    return [pictures[k] for k in range(longest) for pictures in classes if k < len(pictures)]


def make_kaggle(root: Path, pictures: Iterable[Path]) -> Path:
    """Make a dataset laid out as the sample is, with labels and ratings of its pictures.

    Parameters
    ----------
    root : Path
        New folder.
    pictures : iterable of Path
        Of the bundled sample.
    """
    chosen = list(pictures)
    for picture in chosen:
        target = root / picture.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(picture, target)
    names = {picture.name for picture in chosen}
    for table in ("train_labels.csv", "test_labels.csv", "ratings.csv"):
        rows = read_csv(SAMPLE / table)
        write_csv(root / table, [row for row in rows if Path(row["image"]).name in names])
    return root


def add_lost_pictures(root: Path) -> dict[str, str]:
    """Add a picture without a face and a file that is no picture.

    Returns
    -------
    dict
        `failure_reason` by `image_id`.
    """
    folder = root / "DATASET" / "train" / "1"
    noise = np.random.default_rng(1).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "no_face.png")
    (folder / "text.jpg").write_text("this is no picture")
    return {"DATASET/train/1/no_face.png": "no_face", "DATASET/train/1/text.jpg": "unreadable"}


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> dict[str, dict[str, Any]]:
    """Rows of a Parquet table by image_id."""
    table: pa.Table = pq.read_table(path)
    return {row["image_id"]: row for row in table.to_pylist()}


def _job_of(message: str) -> str:
    for pattern, rule in _MESSAGES.items():
        match = re.fullmatch(pattern, message)
        if match:
            return " ".join((rule, *match.groups()))
    return ""
