"""Checks between tables: codes that must exist elsewhere, regions inside their parents, values inside their ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import Breach, nearest
from .contracts import TABLES, Column
from .readers.tables import ReadTable

__all__ = ["reference_breaches", "value_range_breaches"]

_HINTS = 50  # so many different codes are compared with every known one
PARENT_LEVEL = {
    "kelurahan": ("kecamatan",),
    "desa": ("kecamatan",),
    "kecamatan": ("kota", "kabupaten"),
    "kota": ("provinsi",),
    "kabupaten": ("provinsi",),
}


def reference_breaches(tables: Mapping[str, ReadTable], known: Mapping[str, ReadTable] | None = None) -> list[Breach]:
    """Return every code that the table it refers to does not hold, and every region outside its parent.

    The tables referred to are those of `known`, else `tables` themselves.
    """
    breaches: list[Breach] = []
    for name, read in tables.items():
        for column in TABLES[name].columns:
            if column.refers:
                breaches += _unknown_codes(read, column, known or tables)
    if "regions" in tables:
        breaches += _parent_breaches(tables["regions"])
    if "neighbours" in tables:
        breaches += _neighbour_breaches(tables["neighbours"])
    return breaches


def value_range_breaches(tables: Mapping[str, ReadTable], known: Mapping[str, ReadTable] | None = None) -> list[Breach]:
    """Return every indicator value outside the plausible range that the catalogue (of `known`) declares for it."""
    if "indicators" not in tables or "catalogue" not in (known or tables):
        return []
    read, catalogue = tables["indicators"], (known or tables)["catalogue"].values.set_index("code")
    values = read.values
    bounds = catalogue.reindex(values["indicator"])[["lower", "upper"]].astype(float).to_numpy()
    outside = (values["value"].to_numpy() < bounds[:, 0]) | (values["value"].to_numpy() > bounds[:, 1])
    breaches = []
    for position in outside.nonzero()[0]:
        indicator = values["indicator"].iat[position]
        lower, upper = bounds[position]
        facts = {
            "lower": "..." if np.isnan(lower) else float(lower),
            "upper": "..." if np.isnan(upper) else float(upper),
            "unit": {c: f" ({catalogue.at[indicator, f'unit_{c}']})" for c in ("id", "en")},
        }
        found = f"{values['value'].iat[position]:.10g} ({indicator}, {values['region'].iat[position]})"
        breaches.append(
            Breach("out_of_range", file=read.file, sheet=read.sheet, row=int(read.rows[position]), column="value",
                   found=found, facts=facts)
        )  # fmt: skip
    return breaches


def _unknown_codes(read: ReadTable, column: Column, tables: Mapping[str, ReadTable]) -> list[Breach]:
    target, field = str(column.refers).split(".")
    if target not in tables:
        return []
    known = set(tables[target].values[field])
    cells = read.values[column.name]
    breaches = []
    parts = cells.str.split(";").explode().str.strip() if column.kind == "list" else cells
    parts = parts.dropna()
    unknown = parts[~parts.isin(known)]
    hints = {code: nearest(str(code), [str(k) for k in known]) for code in unknown.unique()[:_HINTS]}
    for position, code in unknown.items():
        facts = {"table": target, "hint": hints.get(code) or ""}
        row = int(read.rows[int(position)])
        breaches.append(
            Breach("unknown_reference", file=read.file, sheet=read.sheet, row=row, column=column.name,
                   found=code, facts=facts)
        )  # fmt: skip
    return breaches


def _parent_breaches(read: ReadTable) -> list[Breach]:
    """Return every region whose parent is not the one its code implies, is not in the table, or has the wrong level."""
    regions = read.values
    levels = dict(zip(regions["code"], regions["level"], strict=True))
    breaches = []
    for row, code, parent, level in zip(read.rows, regions["code"], regions["parent"], regions["level"], strict=True):
        place = {"file": read.file, "sheet": read.sheet, "row": int(row), "column": "parent", "found": parent}
        implied = code.rpartition(".")[0]
        if pd.isna(parent) and (level not in PARENT_LEVEL or implied not in levels):
            continue  # the top of what the study holds
        if parent != implied:
            breaches.append(Breach("outside_parent", **place, facts={"expected": implied}))
        elif parent not in levels:
            breaches.append(Breach("unknown_reference", **place, facts={"table": "regions"}))
        elif level in PARENT_LEVEL and levels[parent] not in PARENT_LEVEL[level]:
            breaches.append(Breach("parent_level", **place, facts={"expected": " / ".join(PARENT_LEVEL[level])}))
    return breaches


def _neighbour_breaches(read: ReadTable) -> list[Breach]:
    """Return every region beside itself, and every pair that is listed in both directions."""
    seen: dict[frozenset[str], int] = {}
    breaches = []
    for row, a, b in zip(read.rows, read.values["region_a"], read.values["region_b"], strict=True):
        pair = frozenset((a, b))
        place: dict[str, Any] = {"file": read.file, "sheet": read.sheet, "row": int(row)}
        if a == b:
            breaches.append(Breach("neighbour_self", **place, column="region_b", found=b))
        elif pair in seen:
            facts = {"key": "region_a, region_b", "first": seen[pair]}
            breaches.append(
                Breach("duplicate_key", **place, column="region_a, region_b", found=f"{a}, {b}", facts=facts)
            )
        seen.setdefault(pair, int(row))
    return breaches
