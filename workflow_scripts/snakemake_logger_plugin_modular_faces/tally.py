"""What is done, what runs, what failed, and how long the rest will take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TARGET = "all"


@dataclass(frozen=True)
class Job:
    """A job as Snakemake names it.

    Attributes
    ----------
    rule : str
    wildcards : mapping of str to str
    logs : sequence of str
        Paths of its logs.
    """

    rule: str
    wildcards: Mapping[str, str]
    logs: Sequence[str]

    @property
    def name(self) -> str:
        """The rule and which of its jobs: `landmarks, shard 0003`."""
        return ", ".join([self.rule, *(f"{key} {value}" for key, value in self.wildcards.items())])


@dataclass
class Tally:
    """Counts of a run. Times are seconds of one clock, whatever its zero.

    Attributes
    ----------
    planned : dict of str to int
        Jobs of each rule in order of flow, without the target rule `all`, which does nothing.
    began : float
        When the run began.
    done : Counter
        Finished jobs of each rule.
    failed : dict of int to Job
        Jobs that failed and were not started again, by job number.
    retries : int
        Jobs started again after they failed.
    """

    planned: dict[str, int]
    began: float
    done: Counter[str] = field(default_factory=Counter)
    failed: dict[int, Job] = field(default_factory=dict)
    retries: int = 0
    _running: dict[int, tuple[Job, float]] = field(default_factory=dict)
    _seconds: dict[str, float] = field(default_factory=dict)
    _busy: float = 0.0
    _first_start: float | None = None

    @classmethod
    def of_stats(cls, stats: Mapping[str, int], *, now: float) -> Tally:
        """Begin a run from Snakemake's table of jobs, which ends in a total."""
        planned = {rule: n for rule, n in stats.items() if rule not in (TARGET, "total")}
        return cls(planned=planned, began=now)

    @property
    def n_planned(self) -> int:
        """Jobs of the run."""
        return sum(self.planned.values())

    @property
    def n_done(self) -> int:
        """Finished jobs."""
        return sum(self.done.values())

    @property
    def percent(self) -> int:
        """Finished jobs in percent, rounded down: 100 when nothing is left."""
        return 100 * self.n_done // max(self.n_planned, 1)

    @property
    def is_complete(self) -> bool:
        """Whether every job is done."""
        return self.n_done >= self.n_planned

    @property
    def active(self) -> set[str]:
        """Rules with running jobs."""
        return {job.rule for job, _ in self._running.values()}

    def start(self, number: int, job: Job, *, now: float) -> None:
        """Note that a job starts, for the first time or again."""
        if job.rule == TARGET:
            return
        if self.failed.pop(number, None) is not None:
            self.retries += 1
        if self._first_start is None:
            self._first_start = now
        self._running[number] = (job, now)
        begun = self.done[job.rule] + sum(j.rule == job.rule for j, _ in self._running.values())
        self.planned[job.rule] = max(self.planned.get(job.rule, 0), begun)

    def finish(self, number: int, *, now: float) -> None:
        """Note that a job is done."""
        if number not in self._running:
            return
        job, started = self._running.pop(number)
        self.done[job.rule] += 1
        self._seconds[job.rule] = self._seconds.get(job.rule, 0.0) + now - started
        self._busy += now - started

    def fail(self, number: int, job: Job, *, now: float) -> Job:
        """Note that a job failed; give it back with the wildcards it was started with."""
        started_job, started = self._running.pop(number, (job, now))
        self._busy += now - started
        self.failed[number] = Job(job.rule, started_job.wildcards, job.logs)
        return self.failed[number]

    def seconds_left(self, now: float) -> float | None:
        """Estimate how long the rest takes.

        Parameters
        ----------
        now : float

        Returns
        -------
        float or None
            None while no job is done, and when what runs has outlasted the estimate.

        Notes
        -----
        Each job that is left counts with the mean duration of its rule (of all rules, where none of its
        rule is done), what runs less its age. The sum is divided by the mean number of jobs at work so far.
        Waiting in a cluster's queue counts as work on both sides of the division, so that it cancels.
        """
        if not self.n_done or self._first_start is None:
            return None
        overall = sum(self._seconds.values()) / self.n_done
        mean = {
            rule: self._seconds[rule] / self.done[rule] if self.done[rule] else overall
            for rule in self.planned
        }
        waiting = Counter(self.planned)
        waiting.subtract(self.done)
        waiting.subtract(job.rule for job, _ in self._running.values())
        waiting.subtract(job.rule for job in self.failed.values())
        ages = [(job.rule, now - started) for job, started in self._running.values()]
        left = sum(count * mean[rule] for rule, count in waiting.items())
        left += sum(max(mean[rule] - age, 0.0) for rule, age in ages)
        busy = self._busy + sum(age for _, age in ages)
        elapsed = now - self._first_start
        return left * elapsed / busy if left > 0 and busy > 0 else None
