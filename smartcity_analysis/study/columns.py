"""What a contract is made of: columns, tables, and the columns many tables share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

__all__ = [
    "DIMENSIONS", "LEVELS", "NOTE", "PILLAR", "PILLARS", "SCORE", "SOURCE", "STATUS", "STATUSES", "YEAR", "Column",
    "Table", "altered", "number", "region_code", "text",
]  # fmt: skip

STATUSES = ("official", "reported", "survey", "estimated", "imputed", "illustrative")  # strongest first
PILLARS = ("GOV", "BRA", "ECO", "LIV", "SOC", "ENV")
REGION_CODE = r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?"  # \d would take digits of other scripts
DIMENSIONS = ("baseline", "output", "outcome", "impact", "quick_wins", "collaboration")
LEVELS = ("provinsi", "kabupaten", "kota", "kecamatan", "kelurahan", "desa")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` is text, code, number, year, flag or list (values separated by ``;``).

    `headers` are further accepted headers (Indonesian first); `lower` and `upper` are inclusive bounds in the unit of
    the column; `refers` is ``"table.column"`` whose values every value here must be among.
    """

    name: str
    kind: str = "text"
    headers: tuple[str, ...] = ()
    optional: bool = False  # the column may be absent
    nullable: bool = False  # a cell may be empty
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    lower: float | None = None
    upper: float | None = None
    refers: str | None = None
    whole: bool = False  # a count: a fraction means that a thousands sign was read as a decimal one


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a study folder: its columns, its key, and whether a study may do without it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False

    @property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


def text(name: str, *headers: str, **rules: Any) -> Column:
    """Return a text column; `headers` are further accepted ones."""
    return Column(name, "text", headers, **rules)


def number(name: str, *headers: str, **rules: Any) -> Column:
    """Return a column of numbers; `headers` are further accepted ones."""
    return Column(name, "number", headers, **rules)


def region_code(name: str, *headers: str, **rules: Any) -> Column:
    """Return a column of region codes; `headers` are further accepted ones."""
    return Column(name, "code", headers, pattern=REGION_CODE, **rules)


STATUS = text("status", allowed=STATUSES)
SOURCE = text("source", "sumber")
NOTE = text("note", "catatan", optional=True, nullable=True)
YEAR = Column("year", "year", ("tahun",), lower=1990, upper=2100)
PILLAR = text("pillar", "pilar", allowed=PILLARS)
SCORE: Mapping[str, float] = {"lower": 0, "upper": 4}


def altered(column: Column, **rules: Any) -> Column:
    """Return `column` with other rules."""
    return replace(column, **rules)
