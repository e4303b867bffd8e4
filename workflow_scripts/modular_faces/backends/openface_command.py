"""The command line of OpenFace's `FaceLandmarkImg`, native or in a container."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Any

PROGRAM = "FaceLandmarkImg"
PROGRAM_IN_IMAGE = f"/home/openface-build/build/bin/{PROGRAM}"
"""Where the image algebr/openface has it."""

MOUNT = "/modular_faces"
"""Where a container sees the working folder."""

OUTPUTS = ("-2Dfp", "-3Dfp", "-pdmparams", "-pose", "-aus", "-gaze")
"""All numbers, and neither pictures nor HOG files, which OpenFace writes when it is given no such flag."""

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class OpenFaceMissingError(RuntimeError):
    """OpenFace cannot be started; the message names the key of the config and the cure."""


@dataclass(frozen=True)
class Camera:
    """Intrinsics in pixels of the picture that OpenFace is given; None where it shall guess.

    Attributes
    ----------
    focal : (fx, fy) or None
    centre : (cx, cy) or None
    """

    focal: tuple[float, float] | None
    centre: tuple[float, float] | None


@dataclass(frozen=True)
class Folders:
    """The working folder of a run.

    Attributes
    ----------
    root : Path
    """

    root: Path

    @property
    def pictures(self) -> Path:
        """Pictures under safe names."""
        return self.root / "in"

    @property
    def boxes(self) -> Path:
        """A text file of boxes for each picture."""
        return self.root / "boxes"

    @property
    def output(self) -> Path:
        """What OpenFace writes."""
        return self.root / "out"


def find_program(options: Mapping[str, Any]) -> str:
    """Find the program that starts OpenFace: itself, or the one that runs containers.

    Parameters
    ----------
    options : mapping
        The section openface of the config.

    Returns
    -------
    str
        Absolute path. Links are followed, since OpenFace looks for its models beside the name it was
        started under.

    Raises
    ------
    OpenFaceMissingError
    """
    runner = options["runner"]
    wanted = (options["path"] or PROGRAM) if runner == "native" else runner
    found = shutil.which(str(Path(wanted).expanduser()) if wanted.startswith("~") else wanted)
    if found is None:
        key = "openface.path" if runner == "native" else "openface.runner"
        raise OpenFaceMissingError(
            f"config key '{key}': there is no program '{wanted}'; docs/openface.md says how to get "
            "OpenFace, `modular_faces check-openface` tells whether it works"
        )
    return str(Path(found).resolve()) if runner == "native" else found


def image_reference(options: Mapping[str, Any]) -> str:
    """Name the image for the program that runs containers.

    Raises
    ------
    OpenFaceMissingError
        If the image is a file whose sha256 is not the digest of the config.
    """
    image, digest = options["image"], options["digest"]
    local = Path(image).expanduser()
    if options["runner"] == "apptainer" and local.exists():
        if digest is not None:
            _check_digest(local, digest)
        return str(local.resolve())
    reference = f"{image}@{digest}" if digest else image
    return f"docker://{reference}" if options["runner"] == "apptainer" else reference


def _check_digest(image: Path, digest: str) -> None:
    if image.is_dir():
        seen = "an unpacked folder, which has none"
    else:
        with image.open("rb") as file:
            seen = f"sha256:{file_digest(file, 'sha256').hexdigest()}"
    if seen != digest:
        raise OpenFaceMissingError(
            f"config key 'openface.digest' is {digest}, but that of {image} is {seen}; correct it, or "
            "give null to take the file as it is"
        )


def command_line(
    options: Mapping[str, Any], folders: Folders, *, name: str, with_boxes: bool, camera: Camera
) -> list[str]:
    """Write the whole command line.

    Parameters
    ----------
    options : mapping
        The section openface of the config.
    folders : Folders
    name : str
        Of the container, so that it can be stopped.
    with_boxes : bool
        Whether faces are looked for in given boxes (`-bboxdir`) instead of by the detector.
    camera : Camera

    Raises
    ------
    OpenFaceMissingError
    """
    starter = find_program(options)
    if options["runner"] == "native":
        return [starter, *_flags(options, folders, with_boxes=with_boxes, camera=camera)]
    program = options["path"] or PROGRAM_IN_IMAGE
    inside = Folders(Path(MOUNT))
    return [
        starter,
        *_container(options, folders, name=name, program=program),
        *_flags(options, inside, with_boxes=with_boxes, camera=camera),
    ]


def _container(
    options: Mapping[str, Any], folders: Folders, *, name: str, program: str
) -> Sequence[str]:
    beside = str(PurePosixPath(program).parent)
    image = image_reference(options)
    if options["runner"] == "apptainer":
        variables = ",".join(f"{key}={value}" for key, value in ONE_THREAD.items())
        return (
            *("exec", "--containall", "--cleanenv", "--env", variables),
            *("--bind", f"{folders.root}:{MOUNT}", "--pwd", beside, image, program),
        )
    variables_of = [part for key, value in ONE_THREAD.items() for part in ("-e", f"{key}={value}")]
    own = (
        ("--user", f"{os.getuid()}:{os.getgid()}")
        if options["runner"] == "docker"
        else ("--security-opt", "label=disable")
    )
    return (
        *("run", "--rm", "--name", name, "--pull=never", "--network=none", *own, *variables_of),
        *("-v", f"{folders.root}:{MOUNT}", "-w", beside, "--entrypoint", program, image),
    )


def _flags(
    options: Mapping[str, Any], folders: Folders, *, with_boxes: bool, camera: Camera
) -> list[str]:
    flags = ["-fdir", str(folders.pictures), "-out_dir", str(folders.output), *OUTPUTS]
    if with_boxes:
        flags += ["-bboxdir", str(folders.boxes)]
    if options["mloc"] is not None:
        flags += ["-mloc", options["mloc"]]
    if options["wild"]:
        flags.append("-wild")
    for names, values in ((("-fx", "-fy"), camera.focal), (("-cx", "-cy"), camera.centre)):
        for flag, value in zip(names, values or (), strict=False):
            flags += [flag, f"{value:.6g}"]
    return flags


def stop_command(options: Mapping[str, Any], *, name: str) -> list[str] | None:
    """Write the command that stops a container whose starter was killed; None where there is none."""
    if options["runner"] in ("docker", "podman"):
        return [find_program(options), "kill", name]
    return None
