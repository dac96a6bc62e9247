"""A study as it was read: its declaration, its tables and where each row stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from ..errors import Breach, DataError, UnknownNameError
from .contracts import STATUSES, TABLES
from .framework import Framework
from .framework_files import load_framework
from .spec import StudySpec

__all__ = ["FRAMEWORK_FILE", "SPEC_FILE", "Study", "weakest_status"]

SPEC_FILE, FRAMEWORK_FILE = "study.yaml", "framework.yaml"


@dataclass(frozen=True, eq=False)
class Study:
    """A checked study: its declaration, its tables (typed pandas frames by name) and the sha256 of every file.

    The tables hold the rows of ``illustrative/`` behind the study's own, unless `only_real`; the corrections that
    ``corrections.csv`` declares are applied. `rows` says, by table, in which row of its file each of them stands.
    """

    name: str
    folder: Path
    spec: StudySpec
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str] = field(default_factory=dict)
    only_real: bool = False
    rows: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of the table `name`; one that the study does not have is empty with its columns.

        Raises
        ------
        UnknownNameError
            For a table that no study has; the nearest known one is named.
        """
        if name not in TABLES:
            raise UnknownNameError("table", name, list(TABLES))
        if name in self.tables:
            return self.tables[name].copy()
        return pd.DataFrame(columns=[c.name for c in TABLES[name].columns])

    @cached_property
    def framework(self) -> Framework:
        """The tree of pillars under review: the study's own ``framework.yaml``, else the shipped one it names.

        Raises
        ------
        DataError
            Where the study has no file of its own and names none.
        """
        own = self.folder / FRAMEWORK_FILE
        if own.is_file():
            return load_framework(own)
        if self.spec.framework is None:
            raise DataError([Breach("spec_missing", file=f"{self.name}/{SPEC_FILE}", column="framework")])
        return load_framework(self.spec.framework)

    def values(self, indicators: Iterable[str], year: int) -> pd.DataFrame:
        """Return the values of `indicators` in `year`: one row a region, one column an indicator, missing as NaN.

        Raises
        ------
        UnknownNameError
            For an indicator that the catalogue does not list.
        """
        wanted = list(indicators)
        known = list(self.table("catalogue")["code"])
        for code in wanted:
            if code not in known:
                raise UnknownNameError("indicator", code, known)
        rows = self.table("indicators")
        rows = rows[(rows["year"] == year) & rows["indicator"].isin(wanted)]
        return rows.pivot(index="region", columns="indicator", values="value").reindex(columns=wanted)

    def panel(self, indicator: str) -> pd.DataFrame:
        """Return one indicator over time: one row a region, one column a year."""
        rows = self.table("indicators")
        wide = rows[rows["indicator"] == indicator].pivot(index="region", columns="year", values="value")
        return wide.rename(columns=int)

    def latest_year(self, indicators: Iterable[str], *, until: int | None = None) -> int:
        """Return the last year, not after `until`, in which every one of `indicators` has a value somewhere.

        Raises
        ------
        DataError
            Where no year has all of them.
        """
        rows = self.table("indicators")
        years = [set(rows.loc[rows["indicator"] == code, "year"].astype(int)) for code in indicators]
        common = [y for y in set.intersection(*years) if until is None or y <= until]
        if not common:
            raise DataError([Breach("no_common_year", file=self.name, found=", ".join(indicators))])
        return max(common)

    def status_of(self, indicators: Sequence[str], years: Sequence[int]) -> str:
        """Return the weakest status of the values of `indicators` in `years`."""
        rows = self.table("indicators")
        return weakest_status(rows.loc[rows["indicator"].isin(indicators) & rows["year"].isin(years), "status"])

    @property
    def names(self) -> pd.Series:
        """Region names by code."""
        regions = self.table("regions")
        return regions.set_index("code")["name"]


def weakest_status(statuses: Iterable[str]) -> str:
    """Return the weakest of `statuses`, in the order official, reported, survey, estimated, imputed, illustrative.

    Parameters
    ----------
    statuses : iterable of str
        One at least, each of :data:`STATUSES`.

    Examples
    --------
    >>> weakest_status(["official", "estimated", "reported"])
    'estimated'
    """
    return max(set(statuses), key=STATUSES.index)
