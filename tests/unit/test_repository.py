"""What a visitor of the repository relies on: papers, links, locks and the page of the workflow."""

import ast
import re
import subprocess
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import modular_faces

ROOT = Path(__file__).parents[2]


def tracked_files() -> list[Path]:
    """Files that git knows and that are there; the test is skipped in an unpacked archive."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    paths = [ROOT / name for name in names.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def text_of(path: Path) -> str | None:
    """Content of a text file; None for others."""
    content = path.read_bytes()
    return None if b"\0" in content else content.decode(errors="replace")


def pages() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".md"]


def project() -> dict[str, Any]:
    metadata: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return metadata


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as code hosts make them."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ +(.+)$", prose, flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_licence_is_the_one_that_the_package_names() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("BSD 3-Clause License")
    assert project()["license"] == "BSD-3-Clause"
    assert all((ROOT / name).is_file() for name in project()["license-files"])


def test_notice_names_every_package_the_workflow_runs_on() -> None:
    notice = (ROOT / "NOTICE.md").read_text()
    for requirement in project()["dependencies"]:
        name = re.split(r"[^\w-]", requirement)[0]
        assert re.search(rf"^\| {name}( \(.*\))? \| .+ \|$", notice, re.MULTILINE), name


def test_citation_is_complete() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert citation["title"] == project()["name"]
    assert citation["version"] == modular_faces.__version__
    assert citation["license"] == project()["license"]
    assert citation["message"]
    assert citation["authors"]
    for reference in citation["references"]:
        assert {"type", "title", "authors", "year"} <= set(reference)
        assert "doi" in reference or "url" in reference


def test_changelog_names_the_version() -> None:
    assert modular_faces.__version__ in (ROOT / "CHANGELOG.md").read_text()


def test_catalog_entry_has_the_known_keys() -> None:
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment"}
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    deployment = usage["software-stack-deployment"]
    assert set(deployment) == {"conda", "apptainer", "apptainer+conda", "report"}


def test_relative_links_lead_somewhere() -> None:
    broken = []
    for page in pages():
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if "://" in target or target.startswith("mailto:"):
                continue
            name, _, anchor = target.partition("#")
            goal = page.parent / name if name else page
            if not goal.exists() or (anchor and anchor not in anchors(goal)):
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


def test_python_in_pages_can_be_parsed() -> None:
    for page in pages():
        for block in re.findall(r"^ *```python\n(.*?)^ *```", page.read_text(), re.DOTALL | re.M):
            ast.parse(textwrap.dedent(block), filename=str(page))


@pytest.mark.parametrize("name", ["run.lock", "dev.lock"])
def test_lock_names_no_index(name: str) -> None:
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    known = re.compile(r"[a-z0-9-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not known.fullmatch(line)] == []


def test_no_file_names_a_folder_of_somebodys_computer() -> None:
    folders = [re.escape("/" + name) for name in ("work/", "root/", "tmp/w/")]
    place = re.compile(rf"(?<![\w.}}$~-])({'|'.join(folders)})")
    named = []
    for path in tracked_files():
        text = text_of(path)
        if text is not None and (found := place.search(text)):
            named.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert named == []


def test_page_of_the_workflow_names_every_rule() -> None:
    page = (ROOT / "docs" / "workflow.md").read_text()
    sources = [ROOT / "Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]
    rules = [
        name
        for source in sources
        for name in re.findall(r"^rule (\w+):", source.read_text(), flags=re.MULTILINE)
    ]
    assert "merge" in rules
    assert [name for name in rules if f"| `{name}` |" not in page] == []
