"""Run OpenFace over pictures, and go on without one that makes it crash or hang.

OpenFace takes the pictures of a folder in the order of their names and opens `NAME_of_details.txt` when it
begins one. A picture is therefore done when the next one has begun. Behind the last one stands a picture of
ours, plain grey: when that has begun, all others are done, however OpenFace ends.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import cv2
import numpy as np

from modular_faces.backends.openface_command import (
    ONE_THREAD,
    Camera,
    Folders,
    OpenFaceMissingError,
    command_line,
    stop_command,
)
from modular_faces.backends.openface_output import Record, read_records

SUFFIX = ".png"
DETAILS = "_of_details.txt"

_LAST = "last"
_LAST_SIDE = 100
_GREY = 127
_POLL_SECONDS = 0.5
_GRACE_SECONDS = 10
_SAID = 4000
"""Characters of OpenFace's messages that are kept."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended:
    """How one process of OpenFace ended.

    Attributes
    ----------
    status : int or None
        Exit status, negative for a signal; None when it was stopped because nothing came any more.
    begun : frozenset of str
        Names of the pictures it began.
    faces : dict of str to list of Record
        Faces by name of the picture, as far as there are CSVs.
    said : str
        The end of what it wrote to standard output and error.
    """

    status: int | None
    begun: frozenset[str]
    faces: dict[str, list[Record]]
    said: str

    @property
    def how(self) -> str:
        """The end in words."""
        return "hung and was stopped" if self.status is None else f"ended with {self.status}"


@dataclass
class OpenFaceRuns:
    """Processes of OpenFace over pictures that lie in a folder.

    Attributes
    ----------
    options : mapping
        The section openface of the config.
    root : Path
        A folder of its own; `stock` in it holds the pictures, and boxes where wanted.
    with_boxes : bool
        Whether there are boxes.
    camera : Camera
    """

    options: Mapping[str, Any]
    root: Path
    with_boxes: bool
    camera: Camera
    _works: bool = field(default=False, init=False)

    @property
    def stock(self) -> Path:
        """Where pictures and boxes wait."""
        return self.root / "stock"

    def faces(self, names: Sequence[str]) -> tuple[dict[str, list[Record]], set[str]]:
        """Find the faces of pictures.

        Parameters
        ----------
        names : sequence of str
            Names without suffix of the pictures in stock, ascending.

        Returns
        -------
        faces : dict of str to list of Record
            By name; pictures without a face are missing.
        failed : set of str
            Names of pictures that make OpenFace crash or hang.

        Raises
        ------
        OpenFaceMissingError
            If OpenFace does not even get over a plain grey picture.
        """
        faces: dict[str, list[Record]] = {}
        failed: set[str] = set()
        waiting = [list(names)] if names else []
        while waiting:
            batch = waiting.pop()
            ended = self._run(batch)
            done, again = _judge(batch, ended)
            faces |= {name: ended.faces[name] for name in done if name in ended.faces}
            if done == batch:
                if ended.status:
                    logger.warning("OpenFace %s when all pictures were done", ended.how)
                continue
            self._must_work()
            if len(batch) == 1:
                logger.error("OpenFace %s over picture %s", ended.how, batch[0])
                failed.add(batch[0])
                continue
            logger.warning(
                "OpenFace %s with %d of %d pictures done; the rest is run again",
                ended.how, len(done), len(batch),
            )  # fmt: skip
            waiting.extend(reversed([part for part in again if part]))
        return faces, failed

    def _must_work(self) -> None:
        if not self._works:
            ended = self._run([])
            if _LAST not in ended.begun and ended.status != 0:
                raise OpenFaceMissingError(
                    f"OpenFace {ended.how} over a plain grey picture, so that nothing can be found with "
                    "it; `modular_faces check-openface` says more. Its last words: "
                    f"{' | '.join(ended.said.split(chr(10)))[-400:]}"
                )
            self._works = True

    def _run(self, names: Sequence[str]) -> Ended:
        folders = Folders(self.root / f"run_{secrets.token_hex(4)}")
        for folder in (folders.pictures, folders.output, folders.boxes):
            folder.mkdir(parents=True)
        try:
            self._fill(folders, names)
            status, said = self._process(folders, len(names))
            faces = {path.stem: read_records(path) for path in sorted(folders.output.glob("*.csv"))}
            begun = frozenset(_begun(folders.output))
            for path in (*folders.pictures.iterdir(), *folders.boxes.iterdir()):
                if path.stem != _LAST:
                    path.rename(self.stock / path.name)
        finally:
            shutil.rmtree(folders.root, ignore_errors=True)
        if said:
            logger.info("OpenFace said:\n%s", said)
        return Ended(status, begun, faces, said)

    def _fill(self, folders: Folders, names: Sequence[str]) -> None:
        write_picture(
            folders.pictures / f"{_LAST}{SUFFIX}",
            np.full((_LAST_SIDE, _LAST_SIDE, 3), _GREY, np.uint8),
        )
        for name in names:
            (self.stock / f"{name}{SUFFIX}").rename(folders.pictures / f"{name}{SUFFIX}")
        if self.with_boxes:
            (folders.boxes / f"{_LAST}.txt").touch()
            for name in names:
                (self.stock / f"{name}.txt").rename(folders.boxes / f"{name}.txt")

    def _process(self, folders: Folders, count: int) -> tuple[int | None, str]:
        container = f"modular_faces_{secrets.token_hex(6)}"
        command = command_line(
            self.options, folders, name=container, with_boxes=self.with_boxes, camera=self.camera
        )
        logger.info("OpenFace on %d pictures: %s", count, " ".join(command))
        words = folders.root / "said.txt"
        with words.open("wb") as file, _stopped_on_sigterm():
            process = subprocess.Popen(
                command,
                cwd=folders.root,
                env=os.environ | ONE_THREAD,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                status = _wait(process, folders.output, timeout=self.options["timeout"])
            finally:
                if process.poll() is None:
                    self._stop(process, container)
        text = words.read_bytes()[-_SAID:].decode(errors="replace")
        return status, text

    def _stop(self, process: subprocess.Popen[bytes], container: str) -> None:
        command = stop_command(self.options, name=container)
        if command:
            subprocess.run(command, capture_output=True, check=False)
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_SECONDS)


def write_picture(path: Path, picture: np.ndarray) -> None:
    """Write a (H, W, 3) uint8 RGB picture as PNG.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    if not cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1]):
        raise OSError(f"{path} cannot be written; is the disk full?")


def _begun(output: Path) -> Iterator[str]:
    for path in output.iterdir():
        if path.name.endswith(DETAILS):
            yield path.name.removesuffix(DETAILS)


def _judge(batch: list[str], ended: Ended) -> tuple[list[str], list[list[str]]]:
    """Say which pictures of a batch are done, and in which parts the others are run again."""
    if _LAST in ended.begun or (ended.status == 0 and not ended.begun):
        return batch, []
    begun = [name for name in batch if name in ended.begun]
    if not begun:
        if len(batch) == 1 and ended.faces.get(batch[0]):
            return batch, []
        half = len(batch) // 2
        return [], [batch[:half], batch[half:]]
    suspect = batch.index(begun[-1])
    if len(batch) == 1 and ended.faces.get(batch[0]):
        return batch, []
    return batch[:suspect], [batch[suspect : suspect + 1], batch[suspect + 1 :]]


def _wait(process: subprocess.Popen[bytes], output: Path, *, timeout: float) -> int | None:
    seen, since = 0, time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(min(_POLL_SECONDS, timeout))
        files = sum(1 for _ in output.iterdir())
        if files != seen:
            seen, since = files, time.monotonic()
        elif time.monotonic() - since > timeout:
            return None


@contextmanager
def _stopped_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an exception, so that OpenFace ends with the job and nothing is left behind."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
