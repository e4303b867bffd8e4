"""The workflow needs no network."""

import subprocess
from pathlib import Path

import pytest

from clones import TIMEOUT, Clone

ALONE = ("unshare", "--net", "--map-root-user")


def can_cut_the_network() -> bool:
    try:
        done = subprocess.run([*ALONE, "true"], capture_output=True, timeout=TIMEOUT, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


@pytest.mark.skipif(
    not can_cut_the_network(), reason="`unshare --net` is not permitted on this machine"
)
def test_without_network_the_result_has_the_same_bytes(
    clone: Clone, tiny_root: Path, finished: Clone
) -> None:
    links = clone.command("cat", "/proc/net/dev", prefix=ALONE).stdout.splitlines()[2:]
    assert [line.split(":")[0].strip() for line in links] == ["lo"]
    clone.configure(tiny_root, shards=1, study={"variants": []})
    clone.run_tiny("--cores", "2", prefix=ALONE)
    assert clone.final_files() == finished.final_files()
