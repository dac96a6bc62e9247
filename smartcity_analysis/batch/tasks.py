"""What a review consists of: the chapters that the study has data for, one brief an agency, one profile a region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import UnknownNameError
from ..study import TABLES, Study

__all__ = ["REVIEW", "SHEETS", "Task", "absent_chapters", "chapters_of", "review_tasks"]

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
REGIONS = "04_regions"  # in place of the chapters on peers, where a study has none
_JUDGED = ("evaluation", "scores", "peers", "masterplan", "opd", "programmes")
# what each chapter needs: parts of ``study.yaml`` and tables
NEEDS: Mapping[str, tuple[str, ...]] = {
    "01_data": (),
    "02_score": ("evaluation", "scores"),
    "03_pillars": ("peers",),
    "04_disparity": ("peers",),
    "05_robustness": ("peers",),
    "06_programmes": ("opd", "programmes"),
    "07_survey": ("opd", "survey_questions"),
    "08_review": _JUDGED,
}
SHEETS = {"opd_brief": ("opd", "opd"), "region_profile": ("region", "regions")}  # notebook: parameter, folder of pages
PROFILED = ("kelurahan", "desa", "kecamatan")  # levels of region that get a profile, beside the city itself


@dataclass(frozen=True, slots=True)
class Task:
    """One page to make: a notebook with the parameters of its own, and where the page goes."""

    name: str
    notebook: str
    page: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


def absent_chapters(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the chapters that `study` cannot have yet, each with the parts of ``study.yaml`` and tables it lacks.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    lacks = {chapter: tuple(n for n in needs if not _has(study, n)) for chapter, needs in NEEDS.items()}
    return {chapter: lacking for chapter, lacking in lacks.items() if lacking}


def chapters_of(study: Study) -> tuple[str, ...]:
    """Return the chapters of a review of `study`, in their order: those it has data for, then notebooks of its own.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    absent = absent_chapters(study)
    own = () if study.spec.peers else (REGIONS,)
    chapters = sorted([*own, *(chapter for chapter in REVIEW if chapter not in absent)])
    return tuple(dict.fromkeys([*chapters, *study.spec.notebooks]))


def _has(study: Study, need: str) -> bool:
    return bool(len(study.table(need))) if need in TABLES else getattr(study.spec, need) is not None


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
    chapters = chapters_of(study)
    if "08_review" not in chapters:
        codes = {name: [] for name in codes}  # a sheet is about what the review asks, and holds regions against peers
    known = [code for group in codes.values() for code in group]
    for code in sheets or ():
        if code not in known:
            raise UnknownNameError("agency or region", code, known)
    tasks = [Task(name, name, f"{name}.html") for name in chapters]
    for notebook, (parameter, folder) in SHEETS.items():
        wanted = [code for code in codes[notebook] if sheets is None or code in sheets]
        tasks += [Task(f"{notebook}-{c}", notebook, f"{folder}/{c}.html", {parameter: c}) for c in wanted]
    return tasks
