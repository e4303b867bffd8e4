"""Command lines of OpenFace: every runner, every flag."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from modular_faces.backends.openface_command import (
    OUTPUTS,
    Camera,
    Folders,
    OpenFaceMissingError,
    command_line,
    find_program,
    image_reference,
    stop_command,
)
from modular_faces.config_backends import OpenFace

GUESS = Camera(None, None)
DIGEST = "sha256:f43ad4e7fa4530143c7a9e0e8eca7e4f2b45599c1ef19680b68ad1eebba05197"
INSIDE = "/home/openface-build/build/bin"


def options(**keys: Any) -> dict[str, Any]:
    return OpenFace.model_validate(keys).model_dump()


def program(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all programs, which is all there is on the PATH."""
    for name in ("FaceLandmarkImg", "docker", "podman", "apptainer"):
        program(tmp_path / "bin", name)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def line(tmp_path: Path, camera: Camera = GUESS, **keys: Any) -> list[str]:
    boxes = keys.pop("with_boxes", False)
    folders = Folders(tmp_path / "run")
    return command_line(options(**keys), folders, name="n1", with_boxes=boxes, camera=camera)


def test_native(on_path: Path, tmp_path: Path) -> None:
    assert line(tmp_path) == [
        str(on_path / "FaceLandmarkImg"),
        *("-fdir", str(tmp_path / "run/in"), "-out_dir", str(tmp_path / "run/out"), *OUTPUTS),
        *("-mloc", "model/main_clnf_general.txt"),
    ]


def test_every_flag(on_path: Path, tmp_path: Path) -> None:
    camera = Camera((300.0, 310.5), (50.0, 49.5))
    assert line(tmp_path, camera, with_boxes=True, wild=True, mloc=None)[11:] == [
        *("-bboxdir", str(tmp_path / "run/boxes"), "-wild"),
        *("-fx", "300", "-fy", "310.5", "-cx", "50", "-cy", "49.5"),
    ]


def test_a_link_is_followed_to_where_the_models_are(on_path: Path, tmp_path: Path) -> None:
    real = program(tmp_path / "OpenFace", "FaceLandmarkImg")
    (tmp_path / "link").symlink_to(real)
    assert find_program(options(path=str(tmp_path / "link"))) == str(real)


def test_docker(on_path: Path, tmp_path: Path) -> None:
    command = line(tmp_path, runner="docker")
    assert command[: command.index("-fdir")] == [
        *(str(on_path / "docker"), "run", "--rm", "--name", "n1", "--pull=never", "--network=none"),
        *("--user", f"{os.getuid()}:{os.getgid()}"),
        *("-e", "OMP_NUM_THREADS=1", "-e", "OPENBLAS_NUM_THREADS=1"),
        *("-v", f"{tmp_path / 'run'}:/modular_faces", "-w", INSIDE),
        *("--entrypoint", f"{INSIDE}/FaceLandmarkImg", f"algebr/openface@{DIGEST}"),
    ]
    assert command[command.index("-fdir") :][:4] == [
        *("-fdir", "/modular_faces/in", "-out_dir", "/modular_faces/out"),
    ]
    assert stop_command(options(runner="docker"), name="n1") == [
        *(str(on_path / "docker"), "kill", "n1")
    ]


def test_podman(on_path: Path, tmp_path: Path) -> None:
    command = line(tmp_path, runner="podman", image="localhost/of", digest=None, path="/opt/F")
    assert command[7:9] == ["--security-opt", "label=disable"]
    assert command[command.index("-w") :][:5] == [
        "-w",
        "/opt",
        "--entrypoint",
        "/opt/F",
        "localhost/of",
    ]


def test_apptainer(on_path: Path, tmp_path: Path) -> None:
    assert line(tmp_path, runner="apptainer")[: 1 + 11] == [
        *(str(on_path / "apptainer"), "exec", "--containall", "--cleanenv"),
        *("--env", "OMP_NUM_THREADS=1,OPENBLAS_NUM_THREADS=1"),
        *("--bind", f"{tmp_path / 'run'}:/modular_faces", "--pwd", INSIDE),
        *(f"docker://algebr/openface@{DIGEST}", f"{INSIDE}/FaceLandmarkImg"),
    ]
    assert stop_command(options(runner="apptainer"), name="n1") is None


def test_a_file_is_an_image_of_its_own_digest(tmp_path: Path) -> None:
    image = tmp_path / "openface.sif"
    image.write_bytes(b"image")
    own = f"sha256:{sha256(b'image').hexdigest()}"
    for digest in (own, None):
        given = options(runner="apptainer", image=str(image), digest=digest)
        assert image_reference(given) == str(image)
    with pytest.raises(OpenFaceMissingError, match=f"'openface.digest' is {DIGEST}, but that of"):
        image_reference(options(runner="apptainer", image=str(image)))
    with pytest.raises(OpenFaceMissingError, match="an unpacked folder, which has none"):
        image_reference(options(runner="apptainer", image=str(tmp_path)))


def test_what_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        OpenFaceMissingError, match=r"openface\.path': there is no program 'FaceLand"
    ):
        find_program(options())
    with pytest.raises(
        OpenFaceMissingError, match=r"openface\.runner': there is no program 'podman'"
    ):
        find_program(options(runner="podman"))


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"fx": 300}, "fx and fy go together"),
        ({"cy": 50}, "cx and cy go together"),
        ({"frame_box": [0.9, 0, 0.1, 1]}, "left, top, right, bottom"),
        ({"digest": "f43a"}, "should match pattern"),
        ({"runner": "wine"}, "'native', 'apptainer', 'podman' or 'docker'"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        options(**keys)
