"""How sure a disparity is, and what makes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..shades import shade
from ..theme import BLUE, MUTED, PALE, VERMILION, shorten, spread, wrap
from .base import finish, join, period, say, ticks

__all__ = [
    "contributions_facts",
    "disparity_interval_facts",
    "plot_contributions",
    "plot_disparity_interval",
]

_HATCHED = {"facecolor": "none", "edgecolor": VERMILION, "hatch": "\\\\\\"}
_WITH: dict[str, Any] = {"colour": BLUE, "style": "-", "marker": "o", "band": {"facecolor": shade(0.12)}}
_WITHOUT: dict[str, Any] = {"colour": VERMILION, "style": "--", "marker": "s", "band": _HATCHED}


# --- a measure over time, with limits ------------------------------------------------------------------------------


def plot_disparity_interval(table: pd.DataFrame, *, ax: Axes, language: Language, measure: str) -> Axes:
    """Draw a measure over the years on the band of its limits, with all regions and without one of them.

    Parameters
    ----------
    table : DataFrame
        Columns measure, name (of the region left out; missing when all are in), year, value, lower_limit,
        upper_limit and level (0 to 1).
    ax : Axes
    language : Language
    measure : str
        Which of the measures to draw.
    """
    lines = _lines(table, measure)
    looks = [_WITH if name is None else _WITHOUT for name, _ in lines]
    top = max(float(rows["upper_limit"].max()) for _, rows in lines) * 1.05
    for (_, rows), look in zip(lines, looks, strict=True):
        ax.fill_between(rows.index, rows["lower_limit"], rows["upper_limit"], linewidth=0, **look["band"])
    for (_, rows), look in zip(lines, looks, strict=True):
        for limit in ("lower_limit", "upper_limit"):
            ax.plot(rows.index, rows[limit], color=look["colour"], linestyle=look["style"], linewidth=0.9)
        style = {"color": look["colour"], "linestyle": look["style"], "marker": look["marker"]}
        ax.plot(rows.index, rows["value"], linewidth=2.4, markersize=5.5, **style)
    heights = spread([float(rows["value"].iloc[-1]) for _, rows in lines], top * 0.27)
    for (name, rows), look, height in zip(lines, looks, heights, strict=True):
        _name_end(ax, _end(name, rows, language), rows, height, look["colour"])
    years = lines[0][1].index
    ax.set_ylim(0, top)
    ax.set_xlim(years.min() - 0.3, years.max() + 0.3)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, min_n_ticks=1))
    ax.xaxis.set_major_formatter(ticks(language, "year"))
    ax.yaxis.set_major_formatter(ticks(language, "num1"))
    return finish(ax, language, "disparity_interval", measure=_measure(measure, language))


def _lines(table: pd.DataFrame, measure: str) -> list[tuple[str | None, pd.DataFrame]]:
    """Return the rows of `measure` by year: those of all regions first."""
    rows = table[table["measure"] == measure].sort_values("year", kind="stable").set_index("year")
    left_out = rows["name"].isna()
    names = rows.loc[~left_out, "name"].unique()
    return [(None, rows[left_out]), *((str(name), rows[rows["name"] == name]) for name in names)]


def _measure(name: str, language: Language) -> str:
    key = f"tables.words.{name}"
    return language.text(key) if language.has(key) else name


def _end(name: str | None, rows: pd.DataFrame, language: Language) -> str:
    """Return the words at the end of a line: which regions, the value, its limits."""
    key = "all_regions" if name is None else "without"
    numbers = {column: rows[column].iloc[-1] for column in ("value", "lower_limit", "upper_limit")}
    numbers["level"] = rows["level"].iloc[-1] * 100
    return language.text(f"figures.disparity_interval.{key}", name=shorten(name or ""), **numbers)


def _name_end(ax: Axes, text: str, rows: pd.DataFrame, height: float, colour: str) -> None:
    lead = {"arrowstyle": "-", "color": colour, "linewidth": 1, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 4}
    style: dict[str, Any] = {"ha": "left", "va": "center", "annotation_clip": False, "parse_math": False}
    place: dict[str, Any] = {"xytext": (1.03, height), "textcoords": ax.get_yaxis_transform()}
    end = (float(rows.index[-1]), float(rows["value"].iloc[-1]))
    ax.annotate(wrap(text, 1.5), end, arrowprops=lead, **place, **style)


def disparity_interval_facts(table: pd.DataFrame, *, language: Language, measure: str, subject: str) -> dict[str, Any]:
    """Return the facts of a measure with limits: its first and last value, and how wide the limits are."""
    lines = _lines(table, measure)
    rows = lines[0][1]
    said = [language.text("figures.disparity_interval.line", words=_end(name, own, language)) for name, own in lines]
    first, last = rows.iloc[0], rows.iloc[-1]
    return {
        "measure": _measure(measure, language),
        "subject": subject,
        "period": period(rows.index),
        "level": float(table["level"].iloc[0]) * 100,
        "before": first["value"],
        "after": last["value"],
        "year": rows.index[-1],
        "lines": join(said),
    }


# --- what makes a disparity ------------------------------------------------------------------------------------------


def plot_contributions(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw how much of a disparity each part makes, the largest at the top, its own parts below it.

    Parameters
    ----------
    table : DataFrame
        In the order of drawing; columns name, parent (missing for a part of the whole) and share (0 to 1, below 0
        where a part evens out).
    ax : Axes
    language : Language
    """
    shares = table["share"].to_numpy(float) * 100
    inner = table["parent"].notna().to_numpy()
    for place, (share, inside) in enumerate(zip(shares, inner, strict=True)):
        fill: dict[str, Any] = {"color": PALE, "hatch": "///"} if inside else {"color": BLUE}
        ax.barh(place, share, 0.5 if inside else 0.72, edgecolor=MUTED, linewidth=0.6, **fill)
        style: dict[str, Any] = {"ha": "left", "va": "center", "weight": "normal" if inside else "bold"}
        say(ax, language.number(share, "pct1"), (max(share, 0.0), place), (5, -0.5), **style)
    names = [
        f"– {shorten(name)}" if inside else shorten(name) for name, inside in zip(table["name"], inner, strict=True)
    ]
    ax.set_yticks(range(len(table)), [wrap(name, 2.2) for name in names])
    for inside, tick in zip(inner, ax.get_yticklabels(), strict=True):
        tick.set_fontweight("normal" if inside else "bold")
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.set_xlim(float(np.nanmin(shares, initial=0.0)) * 1.1, float(np.nanmax(shares, initial=1.0)) * 1.3)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    return finish(ax, language, "contributions", grid="x")


def contributions_facts(table: pd.DataFrame, *, language: Language, subject: str) -> dict[str, Any]:
    """Return the facts of contributions: the largest part, and every share."""
    parts = table[table["parent"].isna()]
    top = parts.loc[parts["share"].fillna(-np.inf).idxmax()]
    pairs = zip(table["name"], table["share"], strict=True)
    said = [language.text("figures.contributions.part", name=name, share=share * 100) for name, share in pairs]
    facts = {"subject": subject, "n": len(parts), "year": int(table["year"].max()), "parts": said}
    return facts | {"top": top["name"], "share": top["share"] * 100}
