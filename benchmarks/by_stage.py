"""Processor time of each stage and of the parts of the cascade, in one process.

Runs what `bare_loop` runs, and through it what the jobs run, with a stopwatch on the functions that it is made
of. Time is that of the processor in this process, so that a busy machine counts little.
"""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import bare_loop

LANDMARKS = "landmarks"
WATCHED = {
    "decode, check, thumbnail (preprocess)": ("bare_loop.preprocess_shard",),
    LANDMARKS: ("bare_loop.find_faces",),
    "variant": ("modular_faces.landmarks.apply_variant",),
    "detector": ("modular_faces.backends.mesh.detect",),
    "mesh": ("modular_faces.backends.mesh.mesh_from_region",),
    "quality, first look": ("modular_faces.landmark_quality.first_look",),
    "quality, second look": ("modular_faces.landmark_quality.look_again",),
    "color": ("bare_loop.color_of_face",),
    "texture": ("bare_loop.texture_of_face",),
    "pose": ("bare_loop.pose_table",),
    "tables": ("bare_loop.write_table", "bare_loop.mesh_table", "bare_loop.landmark_table"),
}
OF_LANDMARKS = tuple(WATCHED)[2:7]


class Stopwatch:
    """Seconds and calls by name.

    Attributes
    ----------
    seconds : dict of str to float
    calls : dict of str to int
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Give the function with its time taken."""

        @wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds[name] += time.process_time() - start
                self.calls[name] += 1

        return timed

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take the time of everything in `WATCHED`."""
        with ExitStack() as stack:
            for name, targets in WATCHED.items():
                for target in targets:
                    module, attribute = target.rsplit(".", 1)
                    original = getattr(__import__(module, fromlist=[attribute]), attribute)
                    stack.enter_context(patch(target, self.around(name, original)))
            yield


def by_stage(pictures: Path, folder: Path, count: int) -> list[str]:
    """Measure all shards one after the other and give the lines of a table.

    Parameters
    ----------
    pictures : Path
        Folder of pictures.
    folder : Path
        For the tables; emptied.
    count : int
        How many pictures there are.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shards = bare_loop.plan(pictures, folder)
    bare_loop.loaded()
    watch = Stopwatch()
    start = time.process_time()
    with watch.watching():
        for shard in shards:
            bare_loop.measure_shard(shard, folder=folder)
    whole = time.process_time() - start
    parts = sum(watch.seconds[name] for name in OF_LANDMARKS)
    rest = watch.seconds[LANDMARKS] - parts
    stages = [name for name in WATCHED if name not in OF_LANDMARKS]
    lines = [
        "| stage | ms of the processor per picture | calls per picture |",
        "| --- | ---: | ---: |",
    ]
    for name in WATCHED:
        title = f"- {name}" if name in OF_LANDMARKS else name
        lines.append(_line(title, watch.seconds[name], watch.calls[name], count))
        if name == OF_LANDMARKS[-1]:
            lines.append(_line("- the rest", rest, 0, count))
    others = whole - sum(watch.seconds[name] for name in stages)
    return [
        *lines,
        _line("reading pictures back, the rest", others, 0, count),
        _line("all", whole, 0, count),
    ]


def _line(title: str, seconds: float, calls: int, count: int) -> str:
    often = f"{calls / count:.2f}" if 2 * calls > count / 10 else ""
    return f"| {title} | {1000 * seconds / count:.2f} | {often} |"
