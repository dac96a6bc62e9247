"""What a review consists of: its chapters, one brief an agency, one profile a region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import UnknownNameError
from ..study import Study

__all__ = ["REVIEW", "SHEETS", "Task", "review_tasks"]

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


@dataclass(frozen=True, slots=True)
class Task:
    """One page to make: a notebook with the parameters of its own, and where the page goes."""

    name: str
    notebook: str
    page: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


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
