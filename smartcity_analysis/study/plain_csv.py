"""CSV in which no text acts as a formula: an apostrophe before what would, taken away on reading."""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["as_csv", "guarded", "unguarded"]

# What makes a spreadsheet compute a cell: one of these signs at its beginning, or after a sign at which a reader with
# other separators would part the line. A number with its sign, or a sign alone, computes nothing.
_NUMBER = r"(?:\d[\d.,]*(?:[eE][+-]?\d+)?%?)?(?:\Z|;)"
_ACTS = rf"(?:[=@＝＠]|[+＋－-](?!{_NUMBER}))"
_OPEN = re.compile(rf"(?:\A|(?<=[;\t\n]))(?=[ \u00a0']*{_ACTS})|\A(?='*[\t\n])")
_GUARD = re.compile(rf"(?:\A|(?<=[;\t\n]))'(?=[ \u00a0']*{_ACTS})|\A'(?='*[\t\n])")


def guarded(text: str) -> str:
    """Return `text` as a CSV cell that no spreadsheet takes for a formula: an apostrophe stands before what would act.

    A carriage return becomes a line break. :func:`unguarded` gives the text back.

    Examples
    --------
    >>> guarded("=1+1"), guarded("-0,5"), guarded("air;@sum"), guarded("'=1")
    ("'=1+1", '-0,5', "air;'@sum", "''=1")
    """
    return _OPEN.sub("'", text.replace("\r\n", "\n").replace("\r", "\n"))


def unguarded(text: str) -> str:
    """Return the text that :func:`guarded` was given.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("jum'at")
    ('=1+1', "jum'at")
    """
    return _GUARD.sub("", text)


def as_csv(table: pd.DataFrame, *, index: bool = False) -> str:
    """Return `table` as CSV (decimal point, line feeds) in which no text acts as a formula."""
    flat = table.reset_index() if index else table
    flat = flat.set_axis([_guarded_cell(name) for name in flat.columns], axis=1)
    texts = [place for place, kind in enumerate(flat.dtypes) if not pd.api.types.is_numeric_dtype(kind)]
    for place in texts:
        flat.isetitem(place, pd.Series([_guarded_cell(v) for v in flat.iloc[:, place]], flat.index, dtype=object))
    return flat.to_csv(index=False, lineterminator="\n")


def _guarded_cell(value: object) -> object:
    return guarded(value) if isinstance(value, str) else value
