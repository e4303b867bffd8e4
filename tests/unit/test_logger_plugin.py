"""Progress, time left and failures, from records of real runs on a clock of our own."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from logger_records import (
    Run,
    finished,
    job_error,
    job_info,
    record,
    run_info,
)
from snakemake_interface_logger_plugins.common import LogEvent

from snakemake_logger_plugin_modular_faces.lines import clock

TWO_CORES = record("Provided cores: 2", LogEvent.RESOURCES_INFO, cores=2)


def begun(*, live: bool = False, progress: bool = True) -> Run:
    """Run with both preprocess jobs at work since second 0."""
    run = Run(live=live, progress=progress)
    run.send(TWO_CORES, run_info())
    run.send(job_info(3, "preprocess", shard="0000"), job_info(4, "preprocess", shard="0001"))
    return run


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "--:--"), (0, "00:00"), (59.6, "01:00"), (252, "04:12"), (97805, "27:10:05")],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


def test_start_line_names_rules_in_order_of_flow_without_the_target() -> None:
    run = Run()
    assert run.send(TWO_CORES, run_info()) == ""
    shown = run.send(job_info(3, "preprocess", shard="0000"))
    assert shown == "5 jobs on 2 cores: preprocess 2, landmarks 2, merge 1\n"
    assert run.send(job_info(4, "preprocess", shard="0001")) == ""


def test_start_line_counts_pictures_when_the_listing_is_beside_the_shards(tmp_path: Path) -> None:
    folder = tmp_path / "t" / "listing"
    folder.mkdir(parents=True)
    (folder / "listing.json").write_text(json.dumps({"count": 2352, "n_shards": 2}))
    run = Run()
    run.send(record("Provided remote nodes: 9", LogEvent.RESOURCES_INFO, nodes=9), run_info())
    assert run.send(job_info(3, "preprocess", tmp_path / "t", shard="0000")) == (
        "5 jobs on the cluster, 9 at once (2,352 pictures in 2 shards): "
        "preprocess 2, landmarks 2, merge 1\n"
    )
    assert run.send(finished(3, "preprocess"), after=10) == (
        # 4 jobs of 10 s one at a time are left: 2352 pictures in 10 + 40 s
        "[00:10] 20 %  preprocess 1/2  landmarks 0/2  merge 0/1  47 pictures/s  ETA 00:40\n"
    )


def test_a_whole_run_into_a_file_by_hand() -> None:
    run = begun()
    # Two jobs at a time; of 10 s each 0 + 2 + 1 are left (the second has lasted its 10 s): 30 / 2.
    assert run.send(finished(3, "preprocess"), after=10) == (
        "[00:10] 20 %  preprocess 1/2  landmarks 0/2  merge 0/1  ETA 00:15\n"
    )
    assert run.send(finished(4, "preprocess")) == (
        "[00:10] 40 %  preprocess 2/2  landmarks 0/2  merge 0/1  ETA 00:15\n"
    )
    shards = job_info(5, "landmarks", shard="0000"), job_info(6, "landmarks", shard="0001")
    assert run.send(*shards) == ""
    assert run.tick(29) == ""
    # Nothing is done since the last line, 30 s ago or more: silence.
    assert run.tick(1) == ""
    # 40 s for this one; the other of its rule is 40 s old, merge counts with (10 + 10 + 40) / 3 s.
    assert run.send(finished(5, "landmarks"), after=10) == (
        "[00:50] 60 %  preprocess 2/2  landmarks 1/2  merge 0/1  ETA 00:10\n"
    )
    assert run.tick(30) == ""
    assert run.send(finished(6, "landmarks"), after=5) == (
        # (10 + 10 + 40 + 75) / 4 s for merge, two jobs at work until 50 s, then one: 135 / 85
        "[01:25] 80 %  preprocess 2/2  landmarks 2/2  merge 0/1  ETA 00:21\n"
    )
    run.send(job_info(1, "merge"))
    # Merge has outlasted the mean of all: nothing honest can be said.
    assert run.tick(299) == ""
    assert run.tick(1) == "[06:25] 80 %  preprocess 2/2  landmarks 2/2  merge 0/1  ETA --:--\n"
    assert run.send(finished(1, "merge"), after=5) == (
        "[06:30] 100 %  preprocess 2/2  landmarks 2/2  merge 1/1\n"
    )
    target = job_info(0, "all"), finished(0, "all")
    log_hint = record("Complete log(s): /t/.snakemake/log/a.log")
    assert run.send(*target, log_hint, record("Elapsed time: 0:06:30")) == ""
    run.reporter.close()
    assert run.written() == ""


def test_lines_come_every_thirty_seconds_when_jobs_end_and_not_between() -> None:
    run = Run()
    run.send(run_info({"study": 100, "total": 100}))
    for number in range(4):
        run.send(job_info(number, "study", variant="a", shard=f"{number:04}"))
    assert run.send(finished(0, "study"), after=29.5) == ""
    # 96 jobs of 29.5 s to come; 119.5 s of work in 30 s so far.
    assert run.tick(0.5) == "[00:30] 1 %  study 1/100  ETA 11:51\n"
    assert run.send(finished(1, "study"), after=29) == ""
    # 96 jobs of (29.5 + 59 + 60) / 3 s to come; 208.5 s of work in 60 s so far.
    assert run.send(finished(2, "study"), after=1) == "[01:00] 3 %  study 3/100  ETA 22:47\n"


def test_terminal_redraws_one_line_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    run = begun(live=True)
    assert run.tick(1) == ("\r\x1b[K[00:01] 0 %  preprocess 0/2  landmarks 0/2  ETA --:--")
    # What is at work stays, what is finished goes first, what is to come next.
    run.send(finished(3, "preprocess"), finished(4, "preprocess"), after=9)
    run.send(job_info(5, "landmarks", shard="0000"))
    run.send(job_error(5, "landmarks"), after=4)
    # Left: two jobs of landmarks and merge, 10 s each; 24 s of work in 14 s so far.
    assert run.send(job_info(5, "landmarks", shard="0000")) == (
        "\r\x1b[K[00:14] 40 %  1 tried again  landmarks 0/2  ETA 00:18"
    )


def test_only_of_the_front_page_an_output_that_is_there_early_is_no_news() -> None:
    run = Run(live=False)
    text = (
        "Warning: the following output files of rule {} were not present when the DAG was created:"
    )
    assert run.send(record(text.format("front_page"), level=logging.WARNING)) == ""
    assert text.format("merge") in run.send(record(text.format("merge"), level=logging.WARNING))


def test_terminal_is_left_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    run = Run(live=True)
    run.send(run_info({"merge": 1, "all": 1, "total": 2}))
    assert run.send(job_info(1, "merge")) == (
        "1 job: merge 1\n\r\x1b[K[00:00] 0 %  merge 0/1  ETA --:--"
    )
    assert run.send(record("Careful", level=logging.WARNING)) == (
        "\r\x1b[KCareful\n\r\x1b[K[00:00] 0 %  merge 0/1  ETA --:--"
    )
    assert run.send(finished(1, "merge"), after=2) == "\r\x1b[K[00:02] 100 %  merge 1/1\n"
    assert run.tick(100) == ""


def test_failure_shows_which_job_its_log_and_what_to_do(tmp_path: Path) -> None:
    log = tmp_path / "0001.log"
    log.write_text(
        "".join(f"line {i}\n" for i in range(20)) + "    ^^^^^\n\nModelError: \x1b[1mdamaged\n"
    )
    run = begun()
    shown = run.send(job_error(4, "preprocess", log=[str(log)]), after=3)
    assert shown.splitlines() == [
        "[00:03] FAILED preprocess, shard 0001 (job 4)",
        f"  log {log}",
        *(f"  | line {i}" for i in range(6, 20)),
        "  | ModelError:  [1mdamaged",
        "  Mend the cause, then give the same command again: finished jobs are kept.",
    ]
    assert run.tick(30) == ""
    # Left: three jobs of 40 s; 43 s of work in 40 s so far.
    assert run.send(finished(3, "preprocess"), after=7) == (
        "[00:40] 20 %  1 failed  preprocess 1/2  landmarks 0/2  merge 0/1  ETA 01:52\n"
    )
    error = record("WorkflowError:\nAt least one job did not complete.", LogEvent.ERROR, 40)
    hint = record("Complete log(s): a.log")
    assert run.send(error, hint) == (
        "WorkflowError:\nAt least one job did not complete.\nComplete log(s): a.log\n"
    )
    run.reporter.close()
    assert run.written() == (
        f"[00:40] stopped: 1 of 5 jobs done, 1 failed\n  preprocess, shard 0001: {log}\n"
    )
    run.reporter.close()
    assert run.written() == ""


def test_failure_on_a_cluster_with_an_empty_log_and_another_try(tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    logs = [str(tmp_path / "empty.log"), str(tmp_path / "missing.log")]
    run = begun()
    error = job_error(
        4, "preprocess", rule_msg="status is: TIMEOUT", log=logs, aux={"external_jobid": "77"}
    )
    assert run.send(error, record("Trying to restart job 4."), after=3).splitlines() == [
        "[00:03] FAILED preprocess, shard 0001 (job 4, cluster job 77)",
        "  status is: TIMEOUT",
        f"  log {logs[0]}: empty",
        f"  log {logs[1]}: No such file or directory",
        "  Its log says nothing: it was killed (memory, time limit, cancelled) or never began. "
        "Give the same command again: finished jobs are kept.",
        "preprocess, shard 0001: trying again",
    ]
    run.send(job_info(4, "preprocess", shard="0001"))
    assert run.send(finished(4, "preprocess"), after=6) == (
        # Left: three jobs of 6 s; 18 s of work in 9 s so far, the failed try included.
        "[00:09] 20 %  1 tried again  preprocess 1/2  landmarks 0/2  merge 0/1  ETA 00:09\n"
    )


def test_failed_group_names_its_cluster_job_and_its_members(tmp_path: Path) -> None:
    (tmp_path / "slurm.log").write_text("oom-kill\n")
    run = begun()
    group = record(
        "Error in group a",
        LogEvent.GROUP_ERROR,
        logging.ERROR,
        groupid="a",
        aux_logs=[str(tmp_path / "slurm.log")],
        job_error_info=[],
        external_jobid="77",
    )
    assert run.send(group, job_error(4, "preprocess", indent=True), after=1).splitlines() == [
        "Error in group a (cluster job 77)",
        f"  log {tmp_path / 'slurm.log'}",
        "  | oom-kill",
        "[00:01] FAILED preprocess, shard 0001 (job 4, in a failed group)",
        "  Mend the cause, then give the same command again: finished jobs are kept.",
    ]


def test_a_failed_shard_ends_with_its_pictures_and_its_log(tmp_path: Path) -> None:
    lists = tmp_path / "listing" / "shards"
    lists.mkdir(parents=True)
    name = "0001-abc.jsonl"
    (lists / name).write_text("\n".join(f'["p/{k}.jpg",1,2]' for k in range(5)))
    listing = {"count": 9, "n_shards": 2, "counts": [4, 5], "shards": ["0000-d.jsonl", name]}
    (tmp_path / "listing" / "listing.json").write_text(json.dumps(listing))
    run = Run()
    run.send(run_info({"color": 2, "total": 2}), job_info(1, "color", tmp_path, shard="0001"))
    run.send(job_error(1, "color", log=["a.log"]))
    run.reporter.close()
    assert run.written().splitlines() == [
        "[00:00] stopped: 0 of 2 jobs done, 1 failed",
        "  color, shard 0001: a.log",
        f"    5 pictures (p/0.jpg, p/1.jpg, p/2.jpg, ...), listed in {lists / name}",
    ]


def test_of_a_cluster_log_the_error_of_the_job_itself_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "12.log"
    after = [
        "RuleException:",
        "CalledProcessError in file x",
        *(f"    more {k}" for k in range(30)),
    ]
    log.write_text("\n".join(["host: a", "OSError: [Errno 28] No space left on device", *after]))
    shown = begun().send(job_error(4, "preprocess", log=[str(log)]))
    assert shown.splitlines()[1:-1] == [
        f"  log {log}",
        "  | host: a",
        "  | OSError: [Errno 28] No space left on device",
    ]


def test_many_failures_end_in_a_short_list() -> None:
    run = Run()
    run.send(run_info({"color": 12, "total": 12}))
    for number in range(12):
        run.send(job_info(number, "color", shard=f"{number:04}"), job_error(number, "color"))
    run.reporter.close()
    assert run.written().splitlines() == [
        "[00:00] stopped: 0 of 12 jobs done, 12 failed",
        *(f"  color, shard {number:04}" for number in range(10)),
        "  and 2 more, see above",
    ]


@pytest.mark.parametrize("level", [logging.WARNING, logging.ERROR, logging.CRITICAL])
def test_warnings_and_errors_are_never_taken_for_chatter(level: int) -> None:
    text = "Select jobs to execute...\nsecond line"
    assert Run().send(record(text, level=level)) == f"{text}\n"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Select jobs to execute...", ""),
        ("Job 3 has been submitted with SLURM jobid 12 (log: a).", ""),
        ("None", ""),
        ("Nothing to be done (all requested files are present and up to date).", None),
        ("Trying to restart job 3.", None),
        ("Terminating processes on user request, this might take some time.", None),
    ],
)
def test_messages(message: str, shown: str | None) -> None:
    assert Run().send(record(message)) == (f"{message}\n" if shown is None else shown)


def test_without_progress_only_failures_and_messages_are_shown() -> None:
    run = begun(progress=False)
    assert run.written() == ""
    assert run.send(finished(3, "preprocess"), record("News"), after=60) == "News\n"
    assert run.send(job_error(4, "preprocess")).startswith("[01:00] FAILED preprocess")


def test_commands_are_shown_on_request() -> None:
    command = record("Shell command: touch a", LogEvent.SHELLCMD, shellcmd="touch a")
    none = record("Shell command: None", LogEvent.SHELLCMD, shellcmd=None)
    assert Run(commands=True).send(command, none) == "touch a\n"
    assert Run(commands=False).send(command) == ""
