"""What a run consists of: jobs with a key each, so that what is done is known to be done.

The key of a job is the hash of everything its result depends on: the notebook, its parameters, the study's files, the
library, the versions of what it computes and draws with, and the keys of the notebooks whose tables it reads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import Breach, DataError, UnknownNameError
from ..study import Study
from ..study.store import packaged_hashes, read_bytes, sha256
from .notebook import check_parameters, notebook_needs

__all__ = ["REVIEW", "SHEETS", "Job", "Task", "library_hash", "plan_review", "review_tasks"]

REVIEW = (
    "01_data",
    "02_score",
    "03_pillars",
    "04_disparity",
    "05_robustness",
    "06_programmes",
    "07_survey",
    "08_review",
)
SHEETS = {"opd_brief": ("opd", "opd"), "region_profile": ("region", "regions")}  # notebook: parameter, folder of pages
PROFILED = ("kelurahan", "desa", "kecamatan")  # levels of region that get a profile, beside the city itself
NOTEBOOKS = "notebooks"
_VERSIONS = ("numpy", "scipy", "pandas", "matplotlib", "babel", "nbconvert", "typst", "xlsxwriter")


@dataclass(frozen=True, slots=True)
class Task:
    """One page to make: a notebook with the parameters of its own, and where the page goes."""

    name: str
    notebook: str
    page: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook with its parameters; `needs` are the jobs whose tables it reads, `page` is where its page goes."""

    name: str
    path: Path
    parameters: Mapping[str, Any]
    needs: tuple[str, ...]
    key: str
    label: str
    page: str = ""

    @property
    def folder_name(self) -> str:
        """Name of the folder that keeps this job's result."""
        return f"{self.label}-{self.key[:20]}"


def review_tasks(study: Study, sheets: Sequence[str] | None = None) -> list[Task]:
    """Return the chapters of the review, then one brief an agency and one profile a region.

    Parameters
    ----------
    study : Study
    sheets : sequence of str, optional
        Codes of the agencies and regions to write a sheet for; all of them by default.

    Raises
    ------
    UnknownNameError
        For a code that is neither an agency nor a region with a profile.
    """
    regions = study.table("regions")
    profiled = regions["level"].isin(PROFILED) | (regions["code"] == study.spec.city.code)
    codes = {"opd_brief": list(study.table("opd")["code"]), "region_profile": sorted(regions.loc[profiled, "code"])}
    if codes["opd_brief"] == []:
        codes["region_profile"] = []  # a study that is only looked at, as peers are
    known = [code for group in codes.values() for code in group]
    for code in sheets or ():
        if code not in known:
            raise UnknownNameError("agency or region", code, known)
    tasks = [Task(name, name, f"{name}.html") for name in REVIEW]
    for notebook, (parameter, folder) in SHEETS.items():
        wanted = [code for code in codes[notebook] if sheets is None or code in sheets]
        tasks += [Task(f"{notebook}-{c}", notebook, f"{folder}/{c}.html", {parameter: c}) for c in wanted]
    return tasks


def plan_review(
    root: Path, studies: Sequence[Study], parameters: Mapping[str, Any], tasks: Sequence[Task | str] = REVIEW
) -> list[Job]:
    """Return the jobs of one review in an order in which needs come first.

    Parameters
    ----------
    root : path
        The project.
    studies : sequence of Study
        The study under review, then those it reads from (its peers).
    parameters : mapping
        ``study``, ``review_year``, ``language`` and ``only_real``; checked against every notebook.
    tasks : sequence of Task or str
        What to make; a name stands for the notebook of that name with no parameters of its own.

    Raises
    ------
    DataError
        For a notebook that is not there, a parameter it does not declare, or a need that is not among `tasks`.
    """
    data = {study.name: dict(study.hashes) for study in studies}
    base = json.dumps([data, library_hash(), _versions()], sort_keys=True)
    jobs: dict[str, Job] = {}
    breaches: list[Breach] = []
    refused: set[str] = set()  # reported already; what needs them is not reported again
    whole = [Task(task, task, f"{task}.html") if isinstance(task, str) else task for task in tasks]
    for task in whole:
        path = root / NOTEBOOKS / f"{task.notebook}.ipynb"
        if not path.is_file():
            breaches.append(Breach("file_missing", file=f"{NOTEBOOKS}/{task.notebook}.ipynb"))
            refused.add(task.name)
            continue
        try:
            checked = check_parameters(path, {**parameters, **task.parameters})
            needs = notebook_needs(path)
        except DataError as error:
            breaches += error.breaches
            refused.add(task.name)
            continue
        absent = [need for need in needs if need not in jobs]
        if refused.intersection(absent):
            refused.add(task.name)
            continue
        breaches += [Breach("need_missing", file=path.name, found=need) for need in absent]
        if absent:
            continue
        parts = [base, sha256(read_bytes(path)), checked, [jobs[need].key for need in needs]]
        key = sha256(json.dumps(parts, sort_keys=True).encode())
        label = "-".join(str(parameters[p]) for p in ("study", "review_year", "language")) + f"-{task.name}"
        jobs[task.name] = Job(task.name, path, checked, needs, key, label, task.page)
    if breaches:
        raise DataError(breaches)
    return list(jobs.values())


@cache
def library_hash() -> str:
    """Return one hash over every file of the package."""
    return sha256(json.dumps(packaged_hashes()).encode())


def _versions() -> dict[str, str]:
    found = {name: metadata.version(name) for name in _VERSIONS}
    return {"python": ".".join(map(str, sys.version_info[:3])), **found}
