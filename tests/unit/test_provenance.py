"""The digest of a rule's code changes with every module behind it, and with no other."""

import re
from pathlib import Path

import pytest

from modular_faces import provenance

REPOSITORY = Path(__file__).parents[2]
SCRIPTS = REPOSITORY / "workflow_scripts"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "modular_faces"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "inner" / "__init__.py").write_text("from modular_faces import leaf\n")
    (package / "inner" / "deep.py").write_text("import modular_faces.inner\n")
    (package / "leaf.py").write_text("import numpy\n")
    (package / "late.py").write_text("")
    (package / "other.py").write_text("")
    (tmp_path / "script.py").write_text(
        "from modular_faces.inner import deep\n\ndef f():\n    from modular_faces.late import x\n"
    )
    return package


def digest(package: Path) -> str:
    provenance._imported_files.cache_clear()
    provenance._names_in.cache_clear()
    return provenance.code_digest(package.parent / "script.py", package=package)


def test_imports_are_followed_to_the_end(package: Path) -> None:
    files = provenance.source_files(package.parent / "script.py", package=package)
    assert {path.relative_to(package.parent).as_posix() for path in files} == {
        "script.py",
        "modular_faces/inner/__init__.py",
        "modular_faces/inner/deep.py",
        "modular_faces/leaf.py",
        "modular_faces/late.py",
    }


@pytest.mark.parametrize("name", ["leaf.py", "late.py", "inner/__init__.py", "inner/deep.py"])
def test_an_edit_behind_the_script_changes_the_digest(package: Path, name: str) -> None:
    before = digest(package)
    (package / name).write_text((package / name).read_text() + "x = 1\n")
    assert digest(package) != before


def test_an_edit_elsewhere_does_not(package: Path) -> None:
    before = digest(package)
    (package / "other.py").write_text("x = 1\n")
    assert digest(package) == before


def test_a_library_counts_where_it_is_imported(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(package)
    (package / "late.py").write_text("from scipy.stats import norm\n")
    with_scipy = digest(package)
    monkeypatch.setitem(provenance.LIBRARIES_OF_SOME, "scipy", "scikit-learn")
    assert digest(package) != with_scipy
    (package / "late.py").write_text("")
    assert digest(package) == before


def jobs_of_shards() -> list[str]:
    """Scripts of rules that run once for every shard, as their logs say."""
    rules = "".join(path.read_text() for path in sorted((REPOSITORY / "rules").glob("*.smk")))
    return re.findall(r'log_of\("(\w+)",[^)]*"\{shard\}"', rules)


def test_the_shards_have_jobs() -> None:
    assert {"preprocess", "landmarks", "color", "study"} <= set(jobs_of_shards())


@pytest.mark.parametrize("script", jobs_of_shards())
def test_jobs_of_shards_import_nothing_heavy(script: str) -> None:
    heavy = {"pandas", "scipy", "altair", "sklearn", "pydantic", "matplotlib", "shap"}
    files = provenance.source_files(SCRIPTS / f"{script}.py", package=SCRIPTS / "modular_faces")
    imported = {
        name.split(".")[0]
        for path in files
        for node in __import__("ast").walk(__import__("ast").parse(path.read_text()))
        for name in provenance._imported_names(node)
    }
    assert not imported & heavy


def test_every_rule_carries_its_code() -> None:
    rules = [path.read_text() for path in (REPOSITORY / "rules").glob("*.smk")]
    with_scripts = sum(text.count("script_of(") for text in rules) - 1
    assert sum(text.count("code=code_of(") for text in rules) == with_scripts


def test_coefficients_beside_a_module_count(tmp_path: Path) -> None:
    package = tmp_path / "modular_faces"
    package.mkdir()
    (package / "shapes.py").write_text("")
    (package / "other.csv").write_text("1")
    script = tmp_path / "find.py"
    script.write_text("from modular_faces import shapes\n")
    without = provenance.code_digest(script, package=package)
    table = package / "shapes.csv"
    table.write_text("weight\n1\n")
    first = provenance.code_digest(script, package=package)
    table.write_text("weight\n2\n")
    assert len({without, first, provenance.code_digest(script, package=package)}) == 3
    (package / "other.csv").write_text("2")
    table.write_text("weight\n1\n")
    assert provenance.code_digest(script, package=package) == first


def test_templates_styles_and_scripts_of_a_page_count(tmp_path: Path) -> None:
    names = (
        "shell.html",
        "shell_table.html",
        "shell.css",
        "shell.js",
        "other.html",
        "shellfish.js",
    )
    for name in ("shell.py", *names):
        (tmp_path / name).touch()
    files = provenance.with_coefficients([tmp_path / "shell.py"])
    assert [path.name for path in files] == [
        *("shell.css", "shell.html", "shell.js", "shell.py", "shell_table.html"),
    ]
