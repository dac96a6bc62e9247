"""A review from start to end: jobs run as many at once as there are cores, and published only when all succeeded.

Each job works in a folder of its own and is moved into place when it is complete; a job whose key is already there is
not run again. The report, the tables and the figures are exchanged in one step each, so a failed run leaves the last
good report as it was.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import Breach, DataError
from ..study import Study, find_root, load_study
from ..study.store import read_bytes, replace_folder, scratch_folder, sha256, write_whole
from .extras import Report
from .forking import open_kernels
from .notebook import NotebookRun, run_notebook
from .plan import Job, plan_review, review_tasks
from .publish import write_report

__all__ = ["Outcome", "ReviewRun", "review"]

WORK = ".smartcity"
DONE = "done.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job: ``done``, ``kept`` (its result was there already), ``failed`` or ``skipped``."""

    job: Job
    state: str
    seconds: float = 0.0
    cell: int | None = None
    cause: str = ""


@dataclass(frozen=True, eq=False)
class ReviewRun:
    """What became of a review: one outcome a notebook, and where the report is."""

    outcomes: Sequence[Outcome]
    report: Path
    published: bool
    unchanged: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every notebook succeeded."""
        return all(outcome.state in ("done", "kept") for outcome in self.outcomes)


def review(
    study: str,
    year: int,
    *,
    language: str = "id",
    root: Path | None = None,
    only_real: bool = False,
    sheets: Sequence[str] | None = None,
    workers: int | None = None,
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
    workers : int, optional
        Notebooks at once; the number of cores by default.
    on_outcome : callable, optional
        Told of each outcome and the number of jobs, as they come.

    Raises
    ------
    DataError
        When the input is not fit to use; nothing is run and no output is touched.
    """
    base = find_root(root)
    studies = _studies(study, year, base, only_real)
    parameters = {"study": study, "review_year": year, "language": language, "only_real": only_real}
    jobs = plan_review(base, studies, parameters, review_tasks(studies[0], sheets))
    os.environ["SMARTCITY_ROOT"] = str(base)
    outcomes = _run_jobs(jobs, base, workers or os.cpu_count() or 1, on_outcome)
    report = base / "reports" / study / str(year) / language
    ordered = [outcomes[job.name] for job in jobs]
    if any(o.state in ("failed", "skipped") for o in ordered):
        return ReviewRun(ordered, report, published=False)
    stamp = sha256("".join(job.key for job in jobs).encode())
    if _is_published(base, report, jobs, stamp):
        return ReviewRun(ordered, report, published=True, unchanged=True)
    _publish(base, studies, year, language, jobs, report, stamp)
    return ReviewRun(ordered, report, published=True)


def _studies(name: str, year: int, root: Path, only_real: bool) -> list[Study]:
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
    return loaded


def _run_jobs(
    jobs: Sequence[Job], root: Path, workers: int, on_outcome: Callable[[Outcome, int], None] | None
) -> dict[str, Outcome]:
    """Run what is not done yet, needs first; what depends on a failure is skipped, the rest still runs."""
    outcomes: dict[str, Outcome] = {}
    waiting = {job.name: job for job in jobs}
    running: dict[Future[Outcome], str] = {}

    def settle(outcome: Outcome) -> None:
        outcomes[outcome.job.name] = outcome
        if on_outcome:
            on_outcome(outcome, len(jobs))

    to_run = sum(not _is_done(root, job) for job in jobs)
    with open_kernels(to_run) as kernels, ThreadPoolExecutor(max_workers=workers) as pool:
        while waiting or running:
            for name, job in list(waiting.items()):
                states = [outcomes[need].state if need in outcomes else None for need in job.needs]
                if any(state in ("failed", "skipped") for state in states):
                    del waiting[name]
                    lost = ", ".join(n for n, s in zip(job.needs, states, strict=True) if s in ("failed", "skipped"))
                    settle(Outcome(job, "skipped", cause=lost))
                elif all(states):
                    del waiting[name]
                    if _is_done(root, job):
                        settle(Outcome(job, "kept"))
                    else:
                        running[pool.submit(_run_job, job, {j.name: j for j in jobs}, root, kernels)] = name
            if running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    del running[future]
                    settle(future.result())
    return outcomes


def job_folder(root: Path, job: Job) -> Path:
    """Return where the result of `job` is kept."""
    return root / WORK / "jobs" / job.folder_name


def _is_done(root: Path, job: Job) -> bool:
    return (job_folder(root, job) / DONE).is_file()


def _run_job(job: Job, jobs: Mapping[str, Job], root: Path, kernels: type | None) -> Outcome:
    """Run one notebook in a folder of its own: tables it reads are put there first and taken away again."""
    with scratch_folder(root / WORK / "tmp") as folder:
        given = set()
        for need in job.needs:
            source = job_folder(root, jobs[need])
            for path in sorted(source.glob("data/processed/**/*.csv")):
                target = folder / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
                given.add(target)
        parameters = {**job.parameters, "output": str(folder)}
        run = run_notebook(job.path, parameters, folder / "notebook.ipynb", kernels=kernels)
        if not run.ok:
            return _failed(job, run)
        for path in given:
            path.unlink()
        write_whole(folder / DONE, json.dumps({"key": job.key, "seconds": round(run.seconds, 3)}))
        place = job_folder(root, job)
        replace_folder(folder, place)
    for old in place.parent.glob(f"{job.label}-*"):
        if old != place and old.name.rpartition("-")[0] == job.label:
            shutil.rmtree(old, ignore_errors=True)
    return Outcome(job, "done", run.seconds)


def _failed(job: Job, run: NotebookRun) -> Outcome:
    return Outcome(job, "failed", run.seconds, run.cell, run.cause)


def _is_published(root: Path, report: Path, jobs: Sequence[Job], stamp: str) -> bool:
    """Say whether the report in place is the one these jobs make, file by file."""
    path = _stamp_file(root, jobs)
    if not path.is_file() or not report.is_dir():
        return False
    kept = json.loads(read_bytes(path))
    return kept.get("stamp") == stamp and all(
        (root / file).is_file() and sha256(read_bytes(root / file)) == digest for file, digest in kept["files"].items()
    )


def _stamp_file(root: Path, jobs: Sequence[Job]) -> Path:
    return root / WORK / "published" / f"{jobs[0].label.rpartition('-')[0]}.json"


def _publish(
    root: Path, studies: Sequence[Study], year: int, language: str, jobs: Sequence[Job], report: Path, stamp: str
) -> None:
    """Write pages, tables and figures beside the old ones and exchange them."""
    study, peers = studies[0], studies[1] if len(studies) > 1 else None
    places = {
        "pages": report,
        "tables": root / "data" / "processed" / study.name / str(year),
        "figures": root / "figures" / study.name / str(year) / language,
    }
    with scratch_folder(root / WORK / "tmp") as folder:
        for part in places:
            (folder / part).mkdir()
        for job in jobs:
            done = job_folder(root, job)
            for path in sorted(done.glob("data/processed/**/*.csv")):
                shutil.copyfile(path, folder / "tables" / path.name)
            for path in sorted(done.glob("figures/**/*.png")):
                shutil.copyfile(path, folder / "figures" / path.name)
        pages = {job.page: job_folder(root, job) / "notebook.ipynb" for job in jobs}
        write_report(Report(study, peers, year, language, folder / "tables"), pages, folder / "pages")
        for part, place in places.items():
            replace_folder(folder / part, place)
    files = {
        str(path.relative_to(root)): sha256(read_bytes(path))
        for place in places.values()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }
    write_whole(_stamp_file(root, jobs), json.dumps({"stamp": stamp, "files": files}, indent=1))
