"""What a run consists of: jobs with a key each, so that what is done is known to be done.

The key of a job is the hash of everything its result depends on: the notebook, its parameters, the study's files, the
library, the versions of what it computes and draws with, and the keys of the notebooks whose tables it reads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ..errors import Breach, DataError
from ..study import Study
from ..study.store import packaged_hashes, read_bytes, sha256
from .notebook import check_parameters, notebook_needs

__all__ = ["REVIEW", "Job", "library_hash", "plan_review"]

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
NOTEBOOKS = "notebooks"
_VERSIONS = ("numpy", "scipy", "pandas", "matplotlib", "babel", "nbconvert")


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook with its parameters; `needs` are the jobs whose tables it reads."""

    name: str
    path: Path
    parameters: Mapping[str, Any]
    needs: tuple[str, ...]
    key: str
    label: str

    @property
    def folder_name(self) -> str:
        """Name of the folder that keeps this job's result."""
        return f"{self.label}-{self.key[:20]}"


def plan_review(
    root: Path, studies: Sequence[Study], parameters: Mapping[str, Any], names: Sequence[str] = REVIEW
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
    names : sequence of str
        Notebooks to run.

    Raises
    ------
    DataError
        For a notebook that is not there, a parameter it does not declare, or a need that is not among `names`.
    """
    data = {study.name: dict(study.hashes) for study in studies}
    base = json.dumps([data, library_hash(), _versions()], sort_keys=True)
    jobs: dict[str, Job] = {}
    breaches: list[Breach] = []
    refused: set[str] = set()  # reported already; what needs them is not reported again
    for name in names:
        path = root / NOTEBOOKS / f"{name}.ipynb"
        if not path.is_file():
            breaches.append(Breach("file_missing", file=f"{NOTEBOOKS}/{name}.ipynb"))
            refused.add(name)
            continue
        try:
            checked = check_parameters(path, parameters)
            needs = notebook_needs(path)
        except DataError as error:
            breaches += error.breaches
            refused.add(name)
            continue
        absent = [need for need in needs if need not in jobs]
        if refused.intersection(absent):
            refused.add(name)
            continue
        breaches += [Breach("need_missing", file=path.name, found=need) for need in absent]
        if absent:
            continue
        parts = [base, sha256(read_bytes(path)), checked, [jobs[need].key for need in needs]]
        key = sha256(json.dumps(parts, sort_keys=True).encode())
        label = "-".join(str(parameters[p]) for p in ("study", "review_year", "language")) + f"-{name}"
        jobs[name] = Job(name, path, checked, needs, key, label)
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
