"""Another workflow uses this one as a module."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clones import FINAL_FILES, Clone, make_clone, tiny_config
from modular_faces.verify import verify

pytestmark = pytest.mark.slow

OUTER = """
configfile: "outer.json"

module modular_faces:
    snakefile: "inner/Snakefile"
    config: config["faces"]

use rule * from modular_faces as faces_*

rule count:
    default_target: True
    input:
        summary=rules.faces_merge.output.summary,
        package=rules.faces_datapackage.output.package,
    output: "counted.txt"
    shell: "grep -c success {input.summary} > {output}"
"""


def test_the_table_of_a_module_has_the_same_bytes(
    finished: Clone, tiny_root: Path, tmp_path: Path
) -> None:
    inner = make_clone(tmp_path / "outer" / "inner")
    outer = Clone(tmp_path / "outer")
    (outer.folder / "Snakefile").write_text(OUTER)
    config = tiny_config(tiny_root) | {"study": {"variants": []}}
    (outer.folder / "outer.json").write_text(json.dumps({"faces": config}))
    done = outer.command(
        *("env", f"PYTHONPATH={inner.folder / 'workflow_scripts'}"),
        *("snakemake", "--cores", "2"),
    )
    assert done.returncode == 0, done.stderr
    assert (outer.folder / "counted.txt").exists()
    assert verify(outer.results(), root=None)[0] == []
    package = json.loads(outer.results("datapackage.json").read_text())
    assert package["run"]["config"]["shards"] == 3
    for name in FINAL_FILES:
        assert outer.results(name).read_bytes() == finished.results(name).read_bytes(), name
