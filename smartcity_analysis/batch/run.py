"""A review from start to end, for one study or many: run what is not done, then publish what is complete.

The report, the tables and the figures are exchanged in one step each and only when every notebook has a result, so a
failed run leaves the last good report as it was. Nothing is kept in memory of a study whose report is out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..disk import find_root, remove_abandoned
from ..errors import Breach, DataError, SmartCityError
from ..manifest import Manifest, asked_for, load_manifest, report_folder, unchanged
from ..study import Study, load_study
from .engine import Engine, Raw, local_engine
from .execute import Result
from .locks import locked
from .plan import Job, plan_review
from .publish import places_of, publish, recover
from .results import Results
from .schedule import Choice, Forecast, Outcome, Schedule, forecast
from .tasks import review_tasks
from .views import About

__all__ = ["ReviewRun", "Wish", "preview", "review", "review_studies"]

Told = Callable[[str, Outcome, int], None]  # study, outcome, number of its jobs


@dataclass(frozen=True, eq=False)
class ReviewRun:
    """What became of a review.

    Parameters
    ----------
    study : str
    report : path
        Where the report is, or would be.
    outcomes : sequence of Outcome
        One a notebook; none when nothing had changed and so nothing was looked at.
    published : bool
        Whether the report is the one of this run.
    notebooks : int
    manifest : Manifest, optional
        Of the published report.
    error : Exception, optional
        What is wrong with the input, or why the report could not be written; only where many studies are reviewed,
        else it is raised.
    """

    study: str
    report: Path
    outcomes: Sequence[Outcome] = ()
    published: bool = False
    notebooks: int = 0
    manifest: Manifest | None = None
    error: Exception | None = None

    @property
    def unchanged(self) -> bool:
        """Whether the report was there already and nothing it was made from had changed."""
        return self.published and not self.outcomes

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.error is None and all(o.state not in ("failed", "skipped") for o in self.outcomes)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, the same for every study of a run.

    Parameters
    ----------
    year : int
    language : {"id", "en"}
    only_real : bool
        Leave out the studies' illustrative values.
    sheets : sequence of str, optional
        Codes of the agencies and regions to write a sheet for; all of them by default.
    choice : Choice
        Which notebooks may run.
    """

    year: int
    language: str = "id"
    only_real: bool = False
    sheets: Sequence[str] | None = None
    choice: Choice = field(default_factory=Choice)

    def asked(self, study: str) -> dict[str, Any]:
        """Return what a manifest says was asked."""
        return asked_for(study, self.year, self.language, self.only_real, self.sheets)

    def parameters(self, study: str) -> dict[str, Any]:
        """Return the parameters of its notebooks."""
        return {"study": study, "review_year": self.year, "language": self.language, "only_real": self.only_real}


def review(
    study: str,
    year: int,
    *,
    language: str = "id",
    root: Path | None = None,
    only_real: bool = False,
    sheets: Sequence[str] | None = None,
    choice: Choice | None = None,
    workers: int | None = None,
    engine: Engine | None = None,
    on_outcome: Callable[[Outcome, int], None] | None = None,
) -> ReviewRun:
    """Run the review of `study` in `year` and publish it below ``reports/<study>/<year>/<language>``.

    Parameters
    ----------
    study : str
        A folder below ``data/raw``.
    year : int
        The year under review.
    language : {"id", "en"}
    root : path, optional
        The project; found from the working directory by default.
    only_real : bool
        Leave out the studies' illustrative values.
    sheets : sequence of str, optional
        Codes of the agencies and regions to write a sheet for; all of them by default.
    choice : Choice, optional
        Which notebooks may run, and which run although they are done; by default all that are not done.
    workers : int, optional
        Notebooks at once on this machine; as many as cores and memory allow by default.
    engine : Engine, optional
        Where notebooks run; this machine by default.
    on_outcome : callable, optional
        Told of each outcome and the number of jobs, as they come.

    Returns
    -------
    ReviewRun

    Raises
    ------
    DataError
        When the input is not fit to use; nothing is run and no output is touched.
    BusyError
        When another run works on the same study.
    """

    def tell(_: str, outcome: Outcome, count: int) -> None:
        if on_outcome:
            on_outcome(outcome, count)

    wish = Wish(year, language, only_real, sheets, choice or Choice())
    (run,) = review_studies([study], wish, root=root, workers=workers, engine=engine, on_outcome=tell)
    if run.error:
        raise run.error
    return run


def review_studies(
    studies: Iterable[str],
    wish: Wish,
    *,
    root: Path | None = None,
    workers: int | None = None,
    engine: Engine | None = None,
    on_outcome: Told | None = None,
) -> Iterator[ReviewRun]:
    """Review many studies with the same wish, and yield what became of each as it is finished.

    Few studies are open at a time, and nothing is kept of one that is finished: the memory needed does not grow with
    their number. What is wrong with the input of one, or with writing its report, is in its result and costs the others
    nothing.

    Parameters
    ----------
    studies : iterable of str
        Folders below ``data/raw``.
    wish : Wish
    root, workers, engine
        As for :func:`review`.
    on_outcome : callable, optional
        Told of the study, each outcome and the number of its jobs.
    """
    base = find_root(root)
    remove_abandoned(Results(base).scratch)
    changed = []
    for name in studies:
        kept = unchanged(base, wish.asked(name)) if wish.choice == Choice() else None
        if kept:
            report = report_folder(base, name, wish.year, wish.language)
            yield ReviewRun(name, report, published=True, notebooks=len(kept.notebooks), manifest=kept)
        else:
            changed.append(name)
    if changed:
        with ExitStack() as stack:
            used = engine or stack.enter_context(local_engine(_size(changed, wish, base), workers))
            yield from _Reviews(base, wish, used, on_outcome).run(changed)


def preview(study: str, wish: Wish, *, root: Path | None = None) -> list[Forecast]:
    """Return what a review of `study` would do with each notebook and why, without running anything.

    Parameters
    ----------
    study : str
        A folder below ``data/raw``.
    wish : Wish
        What of it is to run.
    root : path, optional
        The project; found from the working directory by default.
    """
    base = find_root(root)
    return forecast(_plan(study, wish, base)[1], Results(base), wish.choice)


def _size(studies: Sequence[str], wish: Wish, root: Path) -> int:
    """Return about how many notebooks will run: exactly none, one, or more is what matters."""
    if len(studies) > 1:
        return 100 * len(studies)
    try:
        return sum(one.state in ("run", "perhaps") for one in preview(studies[0], wish, root=root))
    except SmartCityError:  # it will be told where the study is opened
        return 0


def _plan(name: str, wish: Wish, root: Path) -> tuple[About, list[Job]]:
    study, peers = _studies(name, wish.year, root, wish.only_real)
    about = About(study, peers, wish.year, wish.language)
    return about, plan_review(root, about, wish.parameters(name), review_tasks(study, wish.sheets))


def _studies(name: str, year: int, root: Path, only_real: bool) -> tuple[Study, Study | None]:
    """Load the study, then its peers (a study that cannot be read does not say who they are)."""
    breaches: list[Breach] = []
    loaded: list[Study] = []
    wanted = [name]
    for one in wanted:
        try:
            study = load_study(one, root=root, only_real=only_real)
        except DataError as error:
            breaches += error.breaches
            continue
        loaded.append(study)
        if one == name and study.spec.peers:
            wanted.append(study.spec.peers)
    plan = loaded[0].spec.masterplan if loaded and loaded[0].name == name else None
    if plan and not plan.first_year <= year <= plan.last_year:
        facts = {"first": plan.first_year, "last": plan.last_year}
        breaches.append(Breach("year_outside", file="study.yaml", column="masterplan", found=year, facts=facts))
    if breaches:
        raise DataError(breaches)
    return loaded[0], loaded[1] if len(loaded) > 1 else None


@dataclass(eq=False)
class _Open:
    """One study that is being worked on."""

    about: About
    schedule: Schedule
    raw: Raw
    lock: ExitStack


class _Reviews:
    """The studies of one run, as far as they have come."""

    def __init__(self, root: Path, wish: Wish, engine: Engine, tell: Told | None):
        self.root, self.wish, self.engine, self.tell = root, wish, engine, tell
        self.results = Results(root)
        self.running: dict[Future[Result], tuple[_Open, str]] = {}
        self.publishing: dict[Future[None], _Open] = {}
        self.open: list[_Open] = []

    def run(self, names: Sequence[str]) -> Iterator[ReviewRun]:
        """Work through the studies; whatever interrupts it, kernels end and locks are given back."""
        waiting = list(reversed(names))
        with ThreadPoolExecutor(1, thread_name_prefix="publish") as publisher:
            try:
                while waiting or self.open:
                    while waiting and len(self.running) < 2 * self.engine.slots:
                        yield from self._begin(waiting.pop())
                        self._start()
                    yield from self._close(publisher)
                    busy: list[Future[Any]] = [*self.running, *self.publishing]
                    if busy:
                        wait(busy, return_when=FIRST_COMPLETED)
                    self._collect()
                    self._start()
            except BaseException:
                self.engine.stop()
                raise
            finally:
                for one in self.open:
                    one.lock.close()

    def _begin(self, name: str) -> Iterator[ReviewRun]:
        """Open a study; one that cannot be is finished at once."""
        lock = ExitStack()
        try:
            about, jobs = _plan(name, self.wish, self.root)  # before anything is touched: the input may be unfit
            count = len(jobs)
            lock.enter_context(locked(self.root, name, self.wish.language))
            recover(places_of(self.root, name, self.wish.year, self.wish.language).values())

            def told(outcome: Outcome) -> None:
                if self.tell:
                    self.tell(name, outcome, count)

            schedule = Schedule(jobs, self.results, self.wish.choice, told)
        except SmartCityError as error:
            lock.close()
            yield ReviewRun(name, self._report(name), error=error)
            return
        except BaseException:
            lock.close()
            raise
        names = tuple(study.name for study in (about.study, about.peers) if study)
        one = _Open(about, schedule, Raw(self.root, names, self.wish.only_real), lock)
        self.open.append(one)
        self.engine.prepare(one.raw)

    def _report(self, name: str) -> Path:
        return report_folder(self.root, name, self.wish.year, self.wish.language)

    def _start(self) -> None:
        for one in self.open:
            for order in one.schedule.ready():
                self.running[self.engine.submit(order, one.raw)] = (one, order.name)

    def _collect(self) -> None:
        """Take the results that are there; what an engine raises is the failure of that notebook."""
        for future in [future for future in self.running if future.done()]:
            one, name = self.running.pop(future)
            error = future.exception()
            cause = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
            one.schedule.settle(name, Result(cause=cause) if error else future.result())

    def _close(self, publisher: ThreadPoolExecutor) -> Iterator[ReviewRun]:
        """Publish what is complete, and yield what is finished."""
        for future in [future for future in self.publishing if future.done()]:
            one = self.publishing.pop(future)
            yield self._finished(one, future)
        for one in list(self.open):
            if one.schedule.finished and one not in self.publishing.values():
                if one.schedule.complete:
                    self.publishing[publisher.submit(self._publish, one)] = one
                else:
                    yield self._finished(one, None)

    def _publish(self, one: _Open) -> None:
        schedule = one.schedule
        states = {name: outcome.state for name, outcome in schedule.outcomes.items()}
        asked = self.wish.asked(one.about.study.name)
        publish(one.about, schedule.jobs, schedule.done, self.results, asked, states, self.engine.name)

    def _finished(self, one: _Open, published: Future[None] | None) -> ReviewRun:
        self.open.remove(one)
        self.engine.release(one.raw)
        one.lock.close()
        name, outcomes = one.about.study.name, [one.schedule.outcomes[job.name] for job in one.schedule.jobs]
        report = self._report(name)
        try:
            if published:
                published.result()
        except Exception as error:  # the last good report is as it was
            return ReviewRun(name, report, outcomes, notebooks=len(outcomes), error=error)
        manifest = load_manifest(report) if published else None
        return ReviewRun(name, report, outcomes, published is not None, len(outcomes), manifest)
