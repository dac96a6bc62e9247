"""Results as one long table, for other programs: one contract whatever the result is.

Every number of a result is one row, with its label, unit and status beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..index import Comparison, IndexResult, PanelResult, SensitivityResult, UncertaintyResult
from ..study import Framework, write_table
from .language import speak
from .tables import Labels

__all__ = ["TIDY", "to_tidy", "write_tidy"]

# the contract: column and what it holds
TIDY: Mapping[str, str] = {
    "part": "table of the result, or 'summary' for its single values",
    "item": "what the row is of: mostly the code of a region, indicator or group",
    "item_label": "its label in the language asked for",
    "within": "further keys of the row, such as a year, joined by '; '",
    "variable": "column of the part, mostly a measure or the code of an indicator",
    "label": "its label in the language asked for",
    "unit": "of the value, where it is that of an indicator",
    "value": "the number; missing where it is missing or no number",
    "text": "what stands there, where it is no number",
    "status": "official, reported, survey, estimated, imputed or illustrative, where it is known",
}


def to_tidy(result: Any, *, labels: Labels | None = None, language: str = "en") -> pd.DataFrame:
    """Return a result as one long table under the contract :data:`TIDY`.

    Parameters
    ----------
    result : DataFrame, Series or dataclass
        Any result of the library: IndexResult, PanelResult, UncertaintyResult (its summary), SensitivityResult,
        Decomposition, Interval, Evaluation, ...
    labels : mapping, optional
        Labels in both languages by code, as :func:`labels_of` makes them; those of the result's framework are known.
    language : {"id", "en"}

    Returns
    -------
    DataFrame
        A row a value; the columns of :data:`TIDY`, in that order, whose meaning also stands in ``attrs``.

    Raises
    ------
    TypeError
        For what is no result.

    Examples
    --------
    >>> found = to_tidy(pd.DataFrame({"gini": [0.25]}, index=pd.Index([2024], name="year")))
    >>> found[["part", "item", "variable", "value"]].values.tolist()
    [['table', '2024', 'gini', 0.25]]
    """
    speak(language)  # refuses an unknown one
    framework = getattr(result, "framework", None)
    words: dict[str, str] = {code: both.get(language, code) for code, both in (labels or {}).items()}
    units: dict[str, str] = {}
    if isinstance(framework, Framework):
        words = {code: node.label.get(language, code) for code, node in framework.nodes.items()} | words
        units = {leaf.code: leaf.leaf.unit.get(language, "") for leaf in framework.leaves if leaf.leaf}
    pieces = [_long(name, table) for name, table in _parts(result)]
    found = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(TIDY))
    found["item_label"] = [words.get(code, code) for code in found["item"]]
    found["label"] = [words.get(code, code) for code in found["variable"]]
    own = [v if part == "values" else i if part == "bounds" else "" for part, i, v in
           zip(found["part"], found["item"], found["variable"], strict=True)]  # fmt: skip
    found["unit"] = [units.get(code, "") for code in own]
    status = getattr(result, "status", "")
    found["status"] = found["status"].where(found["status"] != "", status if isinstance(status, str) else "")
    found = found[list(TIDY)]
    found.attrs = {"result": type(result).__name__, "language": language, "columns": dict(TIDY)}
    return found


def write_tidy(result: Any, path: str | Path, *, labels: Labels | None = None, language: str = "en") -> Path:
    """Write a result as one long table to a CSV, Excel or Parquet file, as the ending of its name says.

    Parameters
    ----------
    result, labels, language
        As for :func:`to_tidy`.
    path : str or path
        Ends in ``.csv``, ``.xlsx`` or ``.parquet``; the last needs the extra ``parquet``.

    Returns
    -------
    path

    Raises
    ------
    DataError
        For another ending, and for Parquet without pyarrow.
    TypeError
        For what is no result.
    """
    return write_table(Path(path), to_tidy(result, labels=labels, language=language))


def _parts(result: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of a result by name."""
    if isinstance(result, pd.DataFrame | pd.Series):
        yield "table", _keyed(pd.DataFrame(result))
    elif isinstance(result, IndexResult):
        names = ("scores", "ranks", "coverage", "values", "weights", "bounds")
        yield from ((name, getattr(result, name)) for name in names)
    elif isinstance(result, PanelResult):
        for part in ("scores", "ranks"):
            yield part, pd.concat({year: getattr(one, part) for year, one in result.results.items()}).swaplevel()
    elif isinstance(result, UncertaintyResult):
        yield from (("summary", result.summary()), ("failures", _keyed(result.failures)))
    elif isinstance(result, SensitivityResult):
        yield from (("indices", result.table()), ("failures", _keyed(result.failures)))
    elif isinstance(result, Comparison):
        yield from (("scores", result.scores), ("ranks", result.ranks))
    elif is_dataclass(result) and not isinstance(result, type):
        yield from _fields(result)
    else:
        raise TypeError(f"to_tidy: found {type(result).__name__}, expected a result or a table.")


def _fields(result: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the single values of a dataclass as one row, then its tables; what is neither is left out."""
    held = {each.name: getattr(result, each.name) for each in fields(result)}
    single = {name: value for name, value in held.items() if isinstance(value, str | bool | int | float | np.generic)}
    if single:
        yield "summary", pd.DataFrame([single], index=[""], dtype=object)
    for name, value in held.items():
        if isinstance(value, pd.Series):
            yield name, value.to_frame(value.name if isinstance(value.name, str) else name)
        elif isinstance(value, pd.DataFrame):
            yield name, _keyed(value)


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with row numbers by its first column instead, where that is one of texts."""
    plain = table.index.names == [None] and isinstance(table.index, pd.RangeIndex)
    first_is_text = table.shape[1] > 1 and not pd.api.types.is_numeric_dtype(table.dtypes.iloc[0])
    return table.set_index(table.columns[0]) if plain and first_is_text and table.columns.nlevels == 1 else table


def _long(part: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return one part with a row a value, column after column."""
    keys = [key if isinstance(key, tuple) else (key,) for key in table.index]
    has_status = table.columns.nlevels == 1 and "status" in table
    status = [str(s) for s in table["status"]] if has_status else [""] * len(table)
    pieces = []
    for place, column in enumerate(table.columns):
        if has_status and column == "status":
            continue
        *above, variable = column if isinstance(column, tuple) else (column,)
        cells = list(table.iloc[:, place])
        numbers = [_number(cell) for cell in cells]
        frame = {
            "part": part,
            "item": [_text(key[0]) for key in keys],
            "within": ["; ".join(map(_text, (*key[1:], *above))) for key in keys],
            "variable": _text(variable),
            "value": pd.Series(numbers, dtype=float),
            "text": [_text(c) if n is None and not _missing(c) else "" for c, n in zip(cells, numbers, strict=True)],
            "status": status,
        }
        pieces.append(pd.DataFrame(frame, index=range(len(cells))))
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(TIDY))


def _missing(cell: Any) -> bool:
    return bool(pd.api.types.is_scalar(cell) and pd.isna(cell))


def _number(cell: Any) -> float | None:
    is_number = isinstance(cell, int | float | np.number) and not isinstance(cell, bool | np.bool_)
    return float(cell) if is_number else None


def _text(cell: Any) -> str:
    return "; ".join(map(str, cell)) if isinstance(cell, list | tuple) else "" if _missing(cell) else str(cell)
