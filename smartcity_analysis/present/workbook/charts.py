"""Charts of the workbook: Excel's own, drawn from the cells of their sheet, so that they follow a mended cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..language import Language
from .cells import FORMATS
from .content import Column, Sheet

__all__ = ["chart_of", "chart_size"]

# colour, dash, marker: three ways to tell series apart, so that grey print loses none
_SERIES = (
    ("#0072B2", "solid", "circle"),
    ("#D55E00", "dash", "square"),
    ("#009E73", "dash_dot", "triangle"),
    ("#CC79A7", "round_dot", "diamond"),
)
_OWN, _GRID = "#D55E00", {"visible": True, "line": {"color": "#D9DCDF", "width": 0.75}}
_TYPES: dict[str, dict[str, str]] = {
    "line": {"type": "line"},
    "column": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
    "bar": {"type": "bar"},
    "radar": {"type": "radar", "subtype": "with_markers"},
    "range": {"type": "line"},
}
_WIDTH, _HEIGHT, _BAR = 640, 340, 16  # of a chart, and of one bar, in pixels
_FEW = 8  # points of a series whose values are written beside them


def chart_of(book: Any, sheet: Sheet, head: int, words: Language) -> Any | None:
    """Return the chart of `sheet` as an object of the writer, None where it has none or nothing to draw.

    Parameters
    ----------
    head : int
        Row of the headings, from 0; the table begins below it.
    """
    plan, drawn = sheet.chart, _drawn(sheet)
    places = {column.name: (place, column) for place, column in enumerate(sheet.columns)}
    if not plan or drawn == 0 or plan["category"] not in places:
        return None
    named = [places[name] for name in plan["series"] if name in places]
    shown = [(place, column) for place, column in named if any(cell is not None for cell in column.cells[:drawn])]
    if not shown:
        return None
    chart = book.add_chart(_TYPES[plan["kind"]])
    rows = (head + 1, head + drawn)
    category = [sheet.tab, rows[0], places[plan["category"]][0], rows[1], places[plan["category"]][0]]
    for number, (place, column) in enumerate(shown):
        values = [sheet.tab, rows[0], place, rows[1], place]
        name = [sheet.tab, head, place]
        chart.add_series(
            {"name": name, "categories": category, "values": values, **_look(sheet, number, column, drawn)}
        )
    _furnish(chart, sheet, [column for _, column in shown], places[plan["category"]][1], words)
    return chart


def chart_size(sheet: Sheet) -> tuple[int, int]:
    """Return width and height of the chart of `sheet` in pixels."""
    plan = sheet.chart or {}
    if plan.get("kind") == "range":
        return max(_WIDTH, 60 + 24 * _drawn(sheet)), 420
    if plan.get("kind") == "bar":
        return _WIDTH, max(_HEIGHT, 110 + _BAR * len(plan["series"]) * _drawn(sheet))
    return _WIDTH, _HEIGHT


def _drawn(sheet: Sheet) -> int:
    """Return how many rows are drawn: all, or all but the last where that is the total."""
    return max(0, sheet.rows - (1 if sheet.chart and sheet.chart.get("total") else 0))


def _lowest(columns: Sequence[Column]) -> float:
    """Return where the axis of lines begins: at 0, or near the lowest point where 0 is too far to see the steps."""
    cells = [cell for column in columns for cell in column.cells if isinstance(cell, float)]
    low, spread = min(cells), max(cells) - min(cells)
    if low <= spread or spread == 0:
        return min(0.0, low)
    step = 10.0 ** math.floor(math.log10(spread)) / 2
    return round(math.floor((low - 0.1 * spread) / step) * step, 10)


def _look(sheet: Sheet, number: int, column: Column, drawn: int) -> dict[str, Any]:
    """Return how one series looks."""
    kind = (sheet.chart or {})["kind"]
    colour, dash, marker = _SERIES[number % len(_SERIES)]
    label = {"value": True, "num_format": FORMATS.get(column.kind, "General"), "font": {"size": 8}}
    if kind == "range":
        line = {"line": {"none": True}}
        return line | {
            "marker": {"type": "diamond" if number == 2 else "long_dash", "size": 6, "fill": {"color": colour}}
        }
    if kind in ("line", "radar"):
        fill, edge = {"color": colour}, {"color": colour}
        look: dict[str, Any] = {"line": {"color": colour, "width": 2.25, "dash_type": dash}}
        look["marker"] = {"type": marker, "size": 7, "fill": fill, "border": edge}
        few = {"data_labels": {**label, **({"position": "above" if number else "below"} if kind == "line" else {})}}
        return look | (few if drawn <= _FEW and number < 2 else {})
    look = {"fill": {"color": colour}, "border": {"color": "#FFFFFF", "width": 0.5}, "gap": 60}
    if kind == "bar" and any(sheet.marked[:drawn]):
        look["points"] = [{"fill": {"color": _OWN}} if own else None for own in sheet.marked[:drawn]]
    if kind == "bar" or (kind == "column" and drawn <= _FEW):
        look["data_labels"] = label
    return look


def _furnish(chart: Any, sheet: Sheet, shown: Sequence[Column], category: Column, words: Language) -> None:
    """Give a chart its title, axes and legend."""
    plan = sheet.chart or {}
    title = sheet.title
    if any(sheet.invented):
        key = "chart_illustrative" if all(sheet.invented) else "chart_partly"
        title = words.text(f"workbook.{key}", title=title)
    chart.set_title({"name": title.lstrip("= "), "name_font": {"size": 11, "bold": True}, "overlay": False})
    width, height = chart_size(sheet)
    chart.set_size({"width": width, "height": height})
    values: dict[str, Any] = {"num_format": FORMATS.get(shown[0].kind, "General"), "major_gridlines": _GRID}
    if "scale" in plan:
        values |= {"min": plan["scale"][0], "max": plan["scale"][1]}
    elif plan["kind"] == "line":
        values |= {"min": _lowest(shown)}
    if len(shown) == 1 and plan["kind"] not in ("bar", "radar"):
        values["name"] = shown[0].heading
    names: dict[str, Any] = {"num_font": {"size": 8 if plan["kind"] in ("bar", "range") else 9}}
    if plan["kind"] == "bar":
        names |= {"reverse": True, "interval_unit": 1}
        values |= {
            "visible": False,
            "major_gridlines": {"visible": False},
            "min": values.get("min", 0),
        }  # labels say it
    elif category.kind == "year":
        names["name"] = category.heading
    if plan["kind"] == "range":
        names |= {"interval_unit": 1}
        values |= {"reverse": True, "min": 0}
        chart.set_high_low_lines({"line": {"color": "#565D63", "width": 1.25}})
        names["label_position"] = "high"
        names["num_font"] = {"size": 8, "rotation": -90}
    across, up = (values, names) if plan["kind"] == "bar" else (names, values)  # bars lie on their side
    chart.set_x_axis(across)
    chart.set_y_axis(up)
    chart.set_legend({"none": True} if len(shown) == 1 else {"position": "bottom"})
    chart.show_blanks_as("gap")
