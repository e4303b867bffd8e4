"""What jobs asked for against what they used, on numbers worked out by hand."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import yaml

from modular_faces.efficiency import (
    HEADER,
    JobUse,
    efficiency_csv,
    efficiency_html,
    efficiency_rows,
    read_uses,
    set_resources_yaml,
)

HEAD = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
USES = [
    JobUse("pose", 2.0, 1.0, 100.0),
    JobUse("landmarks", 10.0, 8.0, 352.0),
    JobUse("landmarks", 30.0, 28.0, 300.0),
]
ASKED = {"landmarks": {"mem_mb": 700, "runtime": 60, "threads": 1}}


def job(results: Path, name: str, line: str, log: str | None) -> None:
    for folder, suffix, text in (("benchmarks", ".tsv", HEAD + line), ("logs", ".log", log)):
        path = results / folder / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(text)


def test_memory_is_the_larger_of_two_and_time_is_the_jobs_own(tmp_path: Path) -> None:
    own = "INFO used 1.50 s of processor time, at most 410 MB of memory\n"
    job(tmp_path, "landmarks/0000", "2.5\t0:00:02\t225.1\t0\t0\t0\t0\t0\t90\t0.3\n", own)
    job(tmp_path, "study/mesh/wide/0000", "4\t0:00:04\t500\t0\t0\t0\t0\t0\t90\t0.3\n", own)
    job(tmp_path, "merge", "1\t0:00:01\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\n", None)
    assert read_uses(tmp_path) == [
        JobUse("landmarks", 2.5, 1.5, 410.0),
        JobUse("merge", 1.0, None, None),
        JobUse("study", 4.0, 1.5, 500.0),
    ]


def test_rows_by_hand() -> None:
    landmarks, pose = efficiency_rows(USES, ASKED)
    assert landmarks == {
        "rule": "landmarks",
        "jobs": 2,
        "seconds_all": 40.0,
        "seconds_median": 20.0,
        "seconds_longest": 30.0,
        "cpu_seconds_all": 36.0,
        "cpu_percent": 90,
        "memory_mb": 352,
        "requested_mb": 700,
        "memory_percent": 50,
        "requested_minutes": 60,
        "suggested_mb": 800,
        "suggested_minutes": 5,
    }
    assert (pose["rule"], pose["requested_mb"], pose["memory_percent"]) == ("pose", None, None)


def test_a_job_of_which_nothing_is_known_but_its_time() -> None:
    (row,) = efficiency_rows([JobUse("merge", 600.0, None, None)], {})
    assert (row["cpu_percent"], row["memory_mb"], row["suggested_mb"]) == (None, None, None)
    assert row["suggested_minutes"] == 30
    assert "mem_mb" not in set_resources_yaml([row])


def test_the_suggestions_are_a_piece_of_a_profile_that_asks_for_more_each_time() -> None:
    suggested = yaml.safe_load(set_resources_yaml(efficiency_rows(USES, ASKED)))
    assert suggested == {
        "set-resources": {
            "landmarks": {"mem_mb": "800 * attempt", "runtime": "5 * attempt"},
            "pose": {"mem_mb": "500 * attempt", "runtime": "5 * attempt"},
        }
    }


def test_csv_and_page_hold_every_row() -> None:
    rows = efficiency_rows(USES, ASKED)
    read = list(csv.DictReader(io.StringIO(efficiency_csv(rows))))
    assert [row["rule"] for row in read] == ["landmarks", "pose"]
    assert tuple(read[0]) == HEADER
    page = efficiency_html(rows)
    assert page.count("<tr>") == 3
    assert "<td>landmarks</td><td>2</td><td>40.0</td>" in page
