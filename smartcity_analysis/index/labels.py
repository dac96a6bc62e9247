"""The checks every public function of this room makes on its labelled arguments, and how it names faults."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import nearest
from .methods import Array, Mask, ScoringError

__all__ = ["by_name", "cells", "check_scale", "check_share", "checked_array", "did_you_mean", "listed"]


def checked_array(table: pd.DataFrame, what: str) -> Array:
    """Return the numbers of a region by indicator table as float64, NaN where missing.

    Raises
    ------
    ScoringError
        When it is no table, is empty, repeats a label, or holds text or an infinite number.
    """
    if not isinstance(table, pd.DataFrame):
        expected = "expected a DataFrame with a row for every region and a column for every indicator"
        raise ScoringError([f"The {what}: found {type(table).__name__}, {expected}."])
    problems = []
    if table.empty:
        regions, indicators = table.shape
        problems.append(f"The {what}: found {regions} regions and {indicators} indicators, expected some.")
    for labels, kind in ((table.columns, "indicators"), (table.index, "regions")):
        twice = labels[labels.duplicated()].unique()
        if len(twice):
            problems.append(f"The {what}: found {kind} {listed(twice)} twice, expected each once.")
    text = [code for code, dtype in table.dtypes.items() if not pd.api.types.is_numeric_dtype(dtype)]
    if text:
        remedy = "Convert with pandas.to_numeric."
        problems.append(f"The {what}: found text in {listed(text)}, expected numbers. {remedy}")
    if problems:
        raise ScoringError(problems)
    array = table.to_numpy(dtype=float, na_value=np.nan)
    infinite = np.isinf(array)
    if infinite.any():
        places = cells(infinite, table.index, table.columns)
        remedy = "Leave the cell empty where a value is missing."
        raise ScoringError([f"The {what}: found infinite numbers in {places}. {remedy}"])
    return array


def by_name(given: Mapping[Any, Any] | pd.Series, codes: Sequence[Hashable], what: str, *, exact: bool) -> Array:
    """Return the numbers of `given` in the order of `codes`, matched by name and never by position.

    Parameters
    ----------
    given : mapping or Series
        A number by code.
    codes : sequence
        The codes wanted, in order.
    what : str
        What the numbers are, for messages.
    exact : bool
        Also refuse names in `given` that are not among `codes`.

    Raises
    ------
    ScoringError
        When a code has no number, a name stands twice, or (with `exact`) a name is unknown.

    Examples
    --------
    >>> by_name({"b": 2, "a": 1}, ["a", "b"], "weights", exact=True).tolist()
    [1.0, 2.0]
    """
    if not isinstance(given, Mapping | pd.Series):
        raise ScoringError([f"The {what}: found {type(given).__name__}, expected a Series or mapping by indicator."])
    found = list(given.keys())
    problems = []
    twice = {name for name in found if found.count(name) > 1} if len(set(found)) < len(found) else set()
    if twice:
        problems.append(f"The {what}: found {listed(sorted(twice))} twice, expected each once.")
    absent = [code for code in codes if code not in given]
    if absent:
        problems.append(f"The {what}: found none for {listed(absent)}, expected one for every indicator. Add them.")
    for name in found if exact else ():
        if name not in codes:
            problems.append(f"The {what}: found {name!r}, which is no indicator.{did_you_mean(name, codes)}")
    if problems:
        raise ScoringError(problems)
    return np.array([given[code] for code in codes], dtype=float)


def check_share(share: float | None) -> None:
    """Refuse a share outside 0 to 1."""
    if share is not None and not 0 <= share <= 1:
        raise ScoringError([f"min_available: found {share}, expected a share from 0 to 1, such as 0.65."])


def check_scale(scale: tuple[float, float] | None) -> None:
    """Refuse a scale that is not (lower, upper)."""
    if scale is not None and not (len(scale) == 2 and scale[0] < scale[1]):
        expected = "expected (lower, upper) with lower below upper, such as (0, 100)"
        raise ScoringError([f"scale: found {scale}, {expected}."])


def listed(names: Iterable[Hashable], limit: int = 12) -> str:
    """Return names as one phrase, with a count where there are more than `limit`.

    Examples
    --------
    >>> listed(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    """
    every = list(names)
    shown = ", ".join(repr(name) for name in every[:limit])
    return shown if len(every) <= limit else f"{shown} and {len(every) - limit} more"


def cells(mask: Mask, regions: pd.Index, codes: Iterable[Hashable]) -> str:
    """Return the cells of a region by indicator mask as one phrase.

    Examples
    --------
    >>> cells(np.array([[True, False], [True, False]]), pd.Index(["r", "s"]), ["a", "b"])
    "'a' (regions 'r', 's')"
    """
    names = list(codes)
    hit = np.flatnonzero(mask.any(axis=0))
    return "; ".join(f"{names[i]!r} (regions {listed(regions[mask[:, i]])})" for i in hit)


def did_you_mean(name: object, known: Iterable[Hashable]) -> str:
    """Return a hint at the known name most like `name`, or nothing."""
    close = nearest(str(name), [str(code) for code in known])
    return f" Did you mean {close!r}?" if close else ""
