"""Which notebook comes next: needs first, nothing twice, and a failure costs only what depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import UnknownNameError
from .execute import Order, Result
from .plan import Job, key_of
from .results import Done, Results

__all__ = ["Choice", "Forecast", "Outcome", "Schedule", "forecast"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job.

    Parameters
    ----------
    job : Job
    state : {"done", "kept", "failed", "skipped", "left"}
        ``kept``: its result was there already; ``skipped``: something it needs failed; ``left``: not asked for.
    seconds : float
    cell, cause
        Where and why it failed.
    """

    job: Job
    state: str
    seconds: float = 0.0
    cell: int | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which jobs may run, and which run although they are done.

    A job is named by its own name, or together with its like by that of its notebook.

    Parameters
    ----------
    only : sequence of str
        These and what they need. Empty: all.
    begin : str
        The first of these and all after it run again. Empty: none.
    force : bool
        Whether all of `only` (or all, without it) run again.
    """

    only: Sequence[str] = ()
    begin: str = ""
    force: bool = False

    def wanted(self, jobs: Sequence[Job]) -> set[str]:
        """Return the names of the jobs that may run."""
        wanted = self._meant(jobs, self.only)
        for job in reversed(jobs):
            if job.name in wanted:
                wanted |= set(job.needs)
        return wanted

    def forced(self, jobs: Sequence[Job]) -> set[str]:
        """Return the names of the jobs that run although they are done."""
        names = [job.name for job in jobs]
        first = self._meant(jobs, [self.begin]) if self.begin else set()
        after = names[min(map(names.index, first)) :] if first else []
        return {*after, *(self._meant(jobs, self.only) if self.force else ())}

    @staticmethod
    def _meant(jobs: Sequence[Job], said: Sequence[str]) -> set[str]:
        """Return the names of the jobs that are meant; all when nothing is said."""
        known = [*dict.fromkeys(name for job in jobs for name in (job.name, job.path.stem))]
        for name in said:
            if name not in known:
                raise UnknownNameError("notebook", name, known)
        return {job.name for job in jobs if not said or job.name in said or job.path.stem in said}


@dataclass(eq=False)
class Schedule:
    """The jobs of one review, as far as they have come.

    Parameters
    ----------
    jobs : sequence of Job
        Needs first.
    results : Results
    choice : Choice
    tell : callable
        Told of each outcome.
    """

    jobs: Sequence[Job]
    results: Results
    choice: Choice
    tell: Callable[[Outcome], None]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)
    _parts: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name = {job.name: job for job in self.jobs}
        self._waiting = dict(self._by_name)
        self._wanted, self._forced = self.choice.wanted(self.jobs), self.choice.forced(self.jobs)

    @property
    def finished(self) -> bool:
        """Whether every job has an outcome."""
        return len(self.outcomes) == len(self.jobs)

    @property
    def complete(self) -> bool:
        """Whether every job has a result."""
        return len(self.done) == len(self.jobs)

    def ready(self) -> Iterator[Order]:
        """Yield orders that can be started now; what needs no run is settled on the way."""
        for name, job in list(self._waiting.items()):
            if any(need not in self.outcomes for need in job.needs):
                continue
            del self._waiting[name]
            lost = [need for need in job.needs if need not in self.done]
            if lost:
                failed = [need for need in lost if self.outcomes[need].state != "left"]
                self._settle(Outcome(job, "skipped" if failed else "left", cause=", ".join(failed)))
                continue
            parts = self._parts[name] = job.parts_with(self._needed(job))
            kept = None if name in self._forced else self.results.find(job, key_of(parts))
            if kept:
                self.done[name] = kept
                self._settle(Outcome(job, "kept"))
            elif name in self._wanted:
                yield self._order(job)
            else:
                self._settle(Outcome(job, "left"))

    def settle(self, name: str, result: Result) -> None:
        """Take the result of an order: keep it, or note the failure."""
        job = self._by_name[name]
        if not result.ok:
            self._settle(Outcome(job, "failed", result.seconds, result.cell, result.cause))
            return
        try:
            self.done[name] = self.results.keep(job, self._parts.pop(name), result)
        except OSError as error:  # such as a full disk
            self._settle(Outcome(job, "failed", result.seconds, cause=f"{type(error).__name__}: {error}"))
            return
        self._settle(Outcome(job, "done", result.seconds))

    def _settle(self, outcome: Outcome) -> None:
        self.outcomes[outcome.job.name] = outcome
        self.tell(outcome)

    def _needed(self, job: Job) -> dict[str, str]:
        """Return the hashes of the tables that `job` takes."""
        found: dict[str, str] = {}
        for need, tables in job.needs.items():
            found |= self.results.hashes(self._by_name[need], self.done[need], tables)
        return found

    def _order(self, job: Job) -> Order:
        tables: dict[str, bytes] = {}
        for need, names in job.needs.items():
            tables |= self.results.read(self._by_name[need], self.done[need], names)
        return Order(job.name, job.source, job.parameters, job.reads, tables, job.view)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would do with one job.

    Parameters
    ----------
    job : Job
    state : {"run", "kept", "perhaps", "left"}
        ``perhaps``: something it needs runs, and it runs too if the tables it takes come out different.
    reasons : sequence of str
        What changed since its last run (names of parts of its key, ``first`` or ``forced``), or what it waits for.
    """

    job: Job
    state: str
    reasons: Sequence[str] = ()


def forecast(jobs: Sequence[Job], results: Results, choice: Choice) -> list[Forecast]:
    """Return what a run of `jobs` would do, without running anything."""
    wanted, forced = choice.wanted(jobs), choice.forced(jobs)
    told: dict[str, Forecast] = {}
    done: dict[str, Done] = {}
    by_name = {job.name: job for job in jobs}
    for job in jobs:
        moving = [need for need in job.needs if told[need].state in ("run", "perhaps")]
        tables: dict[str, str] = {}
        for need, names in job.needs.items():
            if need in done:
                tables |= results.hashes(by_name[need], done[need], names)
        parts, last = job.parts_with(tables), results.last(job)
        kept = None if moving else results.find(job, key_of(parts))
        changed = _changed(parts, last)
        if job.name not in wanted and not kept:
            told[job.name] = Forecast(job, "left")
        elif job.name in forced:
            told[job.name] = Forecast(job, "run", ("forced",))
        elif kept:
            done[job.name] = kept
            told[job.name] = Forecast(job, "kept")
        elif moving and not changed:
            told[job.name] = Forecast(job, "perhaps", moving)
        else:
            told[job.name] = Forecast(job, "run", changed or ("damaged",))
    return list(told.values())


def _changed(parts: Mapping[str, str], last: Done | None) -> list[str]:
    """Return the parts of the key that are not as they were; a table not known yet counts as unchanged."""
    if last is None:
        return ["first"]
    gone = [name for name in last.parts if name not in parts and not name.startswith("table ")]
    return [name for name, digest in parts.items() if last.parts.get(name) != digest] + gone
