"""One cell -> a typed value, or what is wrong with it: numbers in the declared format, years, codes, texts."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

from ..columns import Column
from ..spec import NumberFormat
from .grid import Odd, bare

__all__ = ["MISSING_WORDS", "parse_cell"]

MISSING_WORDS = {"", "-", "–", "n/a", "na", "nan", "null", "..."}
_CODE_LOST = re.compile(r"\d{2}\.\d(\.\d+)*|\d{4,10}|\d+\.\d{3,}", re.ASCII)
_CODES = ("code", "form", "path", "item")  # columns that name a row
Problem = tuple[str, dict[str, Any]] | None


def parse_cell(cell: Any, column: Column, numbers: NumberFormat) -> tuple[Any, Problem]:
    """Return the value of a cell of `column`, None for an empty one, and the key and facts of what is wrong with it."""
    if isinstance(cell, Odd):
        return None, cell.problem
    if isinstance(cell, str):
        cell = bare(cell)
    if cell is None or (isinstance(cell, str) and cell.lower() in MISSING_WORDS):
        return None, None
    return {"number": _number, "year": _year, "code": _code}.get(column.kind, _plain_text)(cell, column, numbers)


def _number(cell: Any, column: Column, numbers: NumberFormat) -> tuple[float | None, Problem]:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None, ("not_a_number", _format_facts(numbers))
    value, problem = (_finite(cell), None) if not isinstance(cell, str) else _written(cell, numbers)
    if problem is None and value is None:
        return None, ("not_a_number", _format_facts(numbers))
    if column.whole and value is not None and value % 1:
        return None, ("count_fraction", {})
    return value, problem


def _finite(number: str | int | float) -> float | None:
    try:
        value = float(number)
    except OverflowError:  # a whole number of more than 308 digits
        return None
    return value if math.isfinite(value) else None


def _written(cell: str, numbers: NumberFormat) -> tuple[float | None, Problem]:
    """Return the number that a text cell writes in the declared format."""
    text = re.sub(r"\s", " ", cell).replace("−", "-")
    decimal, thousands = numbers.decimal, numbers.thousands
    grouped = rf"|[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+" if thousands else ""  # 0.197 is no thousand
    if re.fullmatch(rf"[+-]?(?:\d+{grouped})(?:{re.escape(decimal)}\d+)?(?:[eE][+-]?\d+)?", text):
        plain = text.replace(thousands, "") if thousands else text
        return _finite(plain.replace(decimal, ".")), None
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[+-]?\d+(?:{re.escape(other)}\d+)+", text):
        one, two = text.replace(other, ""), text.replace(other, ".")
        return None, ("number_format", {"decimal": decimal, "one": one, "other": two})
    return None, ("not_a_number", _format_facts(numbers))


def _format_facts(numbers: NumberFormat) -> dict[str, Any]:
    return {
        "decimal": numbers.decimal,
        "thousands": f" (1{numbers.thousands}000 = 1000)" if numbers.thousands else "",
    }


def _year(cell: Any, column: Column, numbers: NumberFormat) -> tuple[float | None, Problem]:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    lower, upper = int(column.lower or 1900), int(column.upper or 2100)
    if re.fullmatch(r"\d{4}", text) and lower <= int(text) <= upper:
        return float(text), None
    return None, ("not_a_year", {"lower": lower, "upper": upper})


def _code(cell: Any, column: Column, numbers: NumberFormat) -> tuple[str | None, Problem]:
    text = str(cell)
    if isinstance(cell, int | float) and len(text) > 2:
        return None, ("code_as_number", {"hint": _restored(text)})
    if column.pattern and not re.fullmatch(column.pattern, text, re.ASCII):
        if _CODE_LOST.fullmatch(text):
            return None, ("code_as_number", {"hint": _restored(text)})
        return None, ("bad_pattern", {"pattern": "NN.NN.NN.NNNN"})
    return text, None


def _restored(text: str) -> str:
    """Return the code a spreadsheet probably started from: 35.7 was 35.70."""
    return f"{text}0" if re.fullmatch(r"\d{2}\.\d", text) else ""


def _plain_text(cell: Any, column: Column, numbers: NumberFormat) -> tuple[str | None, Problem]:
    """Return a text; a date or a number with decimals is text only where no code or choice is asked for."""
    if isinstance(cell, str):
        return cell, None
    if isinstance(cell, bool):
        return str(cell).upper(), None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)), None
    coded = column.allowed or column.pattern or column.refers or column.name in _CODES
    if coded and not isinstance(cell, int):
        return None, ("cell_converted", {})
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat(), None
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell), None
