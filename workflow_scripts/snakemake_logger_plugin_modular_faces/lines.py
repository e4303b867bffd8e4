"""The lines a person reads: plain functions from counts to text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from snakemake_logger_plugin_modular_faces.pictures import Pictures, pictures_of_shard
from snakemake_logger_plugin_modular_faces.tally import Job, Tally

TAIL_LINES = 15
MOST_FAILURES = 10
_TAIL_BYTES = 1 << 14
AFTERMATH = "RuleException:"
MEND = "Mend the cause, then give the same command again: finished jobs are kept."
LOOK = (
    "Its log says nothing: it was killed (memory, time limit, cancelled) or never began. "
    "Give the same command again: finished jobs are kept."
)
LOG_WIDTH = 200
"""Most characters of a line in a file."""

_GAP = "  "
_NO_NEWS = " ^~\t"  # blank lines, and those that only mark columns in a traceback


def clock(seconds: float | None) -> str:
    """Write a duration as `mm:ss` or `h:mm:ss`, `--:--` when it is not known."""
    if seconds is None:
        return "--:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def counted(number: int, noun: str) -> str:
    """Write `1 job`, `2,000 jobs`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def start_line(tally: Tally, *, pictures: Pictures | None, workers: str) -> str:
    """Say what will be done.

    Parameters
    ----------
    tally : Tally
    pictures : Pictures or None
        Of the dataset, where known.
    workers : str
        What it runs on, such as `2 cores`; may be empty.
    """
    head = counted(tally.n_planned, "job") + (f" on {workers}" if workers else "")
    if pictures is not None:
        shards = counted(pictures.shards, "shard")
        head += f" ({counted(pictures.pictures, 'picture')} in {shards})"
    return f"{head}: " + ", ".join(f"{rule} {count}" for rule, count in tally.planned.items())


def progress_line(tally: Tally, *, now: float, pictures: float | None, width: int | None) -> str:
    """Say how far the run is.

    Parameters
    ----------
    tally : Tally
    now : float
        Time on the clock of the tally.
    pictures : float or None
        Pictures of this run, where known.
    width : int or None
        Most characters; None for a file, which is `LOG_WIDTH` wide. Stages that do not fit are left out, finished
        ones first, then those to come.

    Returns
    -------
    str
        As `[02:10] 34 %  landmarks 5/15  color 3/15  41 pictures/s  ETA 04:12`.
    """
    elapsed = now - tally.began
    left = 0.0 if tally.is_complete else tally.seconds_left(now)
    head = [f"[{clock(elapsed)}] {tally.percent} %"]
    if tally.failed:
        head.append(f"{len(tally.failed)} failed")
    if tally.retries:
        head.append(f"{tally.retries} tried again")
    tail = []
    if pictures is not None and left is not None and elapsed + left > 0:
        tail.append(_rate(pictures / (elapsed + left)))
    if not tally.is_complete:
        tail.append(f"ETA {clock(left)}")
    stages = {rule: f"{rule} {tally.done[rule]}/{count}" for rule, count in tally.planned.items()}
    width = width or LOG_WIDTH
    room = width - len(_GAP.join([*head, *tail]))
    return _GAP.join([*head, *_fitting(stages, tally, room), *tail])[:width]


def _rate(per_second: float) -> str:
    return f"{per_second:.0f} pictures/s" if per_second >= 10 else f"{per_second:.1f} pictures/s"


def _fitting(stages: dict[str, str], tally: Tally, room: int) -> list[str]:
    def rank(rule: str) -> int:
        return 0 if rule in tally.active else 2 if tally.done[rule] == tally.planned[rule] else 1

    kept: set[str] = set()
    for rule in sorted(stages, key=rank):
        room -= len(_GAP) + len(stages[rule])
        if room < 0:
            break
        kept.add(rule)
    return [text for rule, text in stages.items() if rule in kept]


def failure_text(
    job: Job, *, number: int, elapsed: float, message: str, cluster_job: str, in_group: bool
) -> str:
    """Tell of a failed job at once: which, why as far as its log says, and what to do.

    Parameters
    ----------
    job : Job
    number : int
        Snakemake's number of the job.
    elapsed : float
        Seconds since the run began.
    message : str
        What the executor says; may be empty.
    cluster_job : str
        Number of the job on the cluster; may be empty.
    in_group : bool
        Whether it failed as one of a group; Snakemake does not tell which of them was the cause.
    """
    where = f"job {number}" + (f", cluster job {cluster_job}" if cluster_job else "")
    where += ", in a failed group" if in_group else ""
    tails = [log_tail(path) for path in job.logs]
    has_words = any(len(tail) > 1 for tail in tails)
    lines = [f"[{clock(elapsed)}] FAILED {job.name} ({where})"]
    lines += [_GAP + line for line in message.splitlines()]
    lines += [line for tail in tails for line in tail]
    if has_words or not job.logs:
        lines.append(_GAP + MEND)
    elif not in_group:
        lines.append(_GAP + LOOK)
    return "\n".join(lines)


def log_tail(path: str) -> list[str]:
    """Quote the last lines of a log under its path; say so when there is none or it is empty.

    What a Snakemake inside of a cluster job says after the error of the job itself is left out.
    """
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            content = file.read().decode("utf-8", errors="replace")
    except OSError as error:
        return [f"  log {path}: {error.strerror or error}"]
    lines = [_printable(line) for line in content.splitlines() if line.strip(_NO_NEWS)]
    if AFTERMATH in lines[1:]:
        lines = lines[: lines.index(AFTERMATH, 1)]
    if not lines:
        return [f"  log {path}: empty"]
    return [f"  log {path}", *(f"  | {line}" for line in lines[-TAIL_LINES:])]


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else " " for c in line.expandtabs(4))


def end_text(tally: Tally, *, now: float, results: Path | None) -> str:
    """Tell how far a run came that did not finish, and what failed, with the pictures and the logs.

    Parameters
    ----------
    tally : Tally
    now : float
        Time on the clock of the tally.
    results : Path or None
        Folder of the dataset's results, where known.
    """
    head = f"[{clock(now - tally.began)}] stopped: {tally.n_done} of {counted(tally.n_planned, 'job')} done"
    if not tally.failed:
        return head
    failed: Sequence[Job] = list(tally.failed.values())
    lines = [f"{head}, {len(failed)} failed"]
    for job in failed[:MOST_FAILURES]:
        lines.append(f"  {job.name}" + (f": {', '.join(job.logs)}" if job.logs else ""))
        shard = job.wildcards.get("shard")
        pictures = pictures_of_shard(results, shard) if results and shard else ""
        lines += [f"    {pictures}"] if pictures else []
    if len(failed) > MOST_FAILURES:
        lines.append(f"  and {len(failed) - MOST_FAILURES} more, see above")
    return "\n".join(lines)
