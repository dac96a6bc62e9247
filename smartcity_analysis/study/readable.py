"""How a result reads: a few lines in a console, small tables in JupyterLab; every text of the data is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from html import escape
from typing import Any, TypeVar

import pandas as pd

__all__ = ["readable"]

Result = TypeVar("Result")
ROWS, COLUMNS, LONGEST = 10, 12, 70  # of a table, and characters of a value


def readable(*shown: str) -> Callable[[type[Result]], type[Result]]:
    """Return a decorator that gives a dataclass a short text form and an HTML form.

    Parameters
    ----------
    *shown : str
        Properties to show beside the fields; they must cost next to nothing.

    Returns
    -------
    callable
        Sets ``__repr__`` and ``_repr_html_`` of a class: every field, a table by its size; in HTML also the first rows
        of the first table.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @readable()
    ... @dataclass(frozen=True)
    ... class Found:
    ...     value: float
    ...     rows: pd.DataFrame
    >>> Found(0.25, pd.DataFrame({"a": [1, 2]}))
    Found
      value: 0.25
      rows: table, 2 rows: a
    """

    def text(self: Any) -> str:
        return "\n".join([type(self).__name__, *(f"  {name}: {_said(value)}" for name, value in _parts(self, shown))])

    def html(self: Any) -> str:
        parts = list(_parts(self, shown))
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(_said(value))}</td></tr>' for name, value in parts
        )
        head = f"<table><caption>{escape(type(self).__name__)}</caption><tbody>{rows}</tbody></table>"
        first = next(((n, v) for n, v in parts if isinstance(v, pd.DataFrame | pd.Series) and len(v)), None)
        return f"<div>{head}{_table(*first) if first else ''}</div>"

    def given(cls: type[Result]) -> type[Result]:
        vars_of: Any = cls
        vars_of.__repr__, vars_of._repr_html_ = text, html
        return cls

    return given


def _parts(result: Any, shown: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield what is shown of a result by name: properties first, then fields that are part of its text."""
    yield from ((name, getattr(result, name)) for name in shown)
    yield from ((each.name, getattr(result, each.name)) for each in fields(result) if each.repr)


def _said(value: Any) -> str:
    """Return a value in one line."""
    if isinstance(value, pd.DataFrame):
        named = ", ".join(map(str, value.columns[:COLUMNS])) + (", ..." if value.shape[1] > COLUMNS else "")
        return f"table, {len(value)} rows: {named}"
    if isinstance(value, pd.Series):
        return f"series, {len(value)} rows" + (f": {value.name}" if value.name is not None else "")
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        return _cut(f"{len(value)}: {', '.join(map(str, value))}")
    if hasattr(value, "shape"):
        return f"array {' x '.join(map(str, value.shape))}"
    if hasattr(type(value), "__dataclass_fields__"):
        name = getattr(value, "name", None)
        return type(value).__name__ + (f" {name}" if isinstance(name, str) else "")
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _table(name: str, value: pd.DataFrame | pd.Series) -> str:
    """Return the first rows and columns of a table as HTML."""
    whole = value.to_frame() if isinstance(value, pd.Series) else value
    part = whole.iloc[:ROWS, :COLUMNS]
    more = f" ({len(part)} of {len(whole)} rows)" if len(part) < len(whole) else ""
    head = "".join(f'<th scope="col">{escape(_label(column))}</th>' for column in part.columns)
    body = "".join(
        f'<tr><th scope="row">{escape(_label(key))}</th>{_cells(row)}</tr>'
        for key, row in zip(part.index, part.itertuples(index=False, name=None), strict=True)
    )
    caption = f"<caption>{escape(name + more)}</caption>"
    return f"<table>{caption}<thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: tuple[Any, ...]) -> str:
    return "".join(f"<td>{escape(_said(cell))}</td>" for cell in row)


def _label(key: Any) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
