"""Programmes: who owns them, how far they rest on ICT, plan against realisation, and what fails with a platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..shades import contrast, ink_on, shade
from ..theme import ALERT, BLUE, INK, MUTED, ORANGE, shorten
from .base import finish, join, say, ticks

__all__ = [
    "ict_dependence_facts",
    "opd_portfolio_facts",
    "physical_progress_facts",
    "platform_failure_facts",
    "plot_ict_dependence",
    "plot_opd_portfolio",
    "plot_physical_progress",
    "plot_platform_failure",
]

# away from where the words behind the rows need room
_ABOVE_RIGHT: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1), "frameon": False, "borderaxespad": 0.2}
_CORNERS = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
_NAMED = 6  # platforms and programmes named in an alt text
_CLASSES = {"as_planned": ("o", BLUE), "late": ("s", ORANGE), "critical": ("D", ALERT)}  # marker and colour


def plot_opd_portfolio(table: pd.DataFrame, *, ax: Axes, language: Language, pillars: pd.Series) -> Axes:
    """Draw how many programmes of each pillar each OPD owns, darker where there are more.

    Parameters
    ----------
    table : DataFrame, one row an OPD
        name, abbreviation (missing: the name is shown), programmes, and one column of counts a pillar, named by its
        code.
    ax : Axes
    language : Language
    pillars : Series
        Labels of the pillars by code, in order; codes that `table` has no column of are left out.
    """
    short = table["abbreviation"].where(table["abbreviation"].notna(), table["name"])
    _matrix(ax, table.assign(name=short), pillars, language)
    return finish(ax, language, "opd_portfolio", grid="x")


def _matrix(ax: Axes, table: pd.DataFrame, labels: pd.Series, language: Language, ends: Sequence[str] = ()) -> None:
    """Draw counts as tinted cells, with the row's name before it and what `ends` says behind it."""
    labels = labels[[code in table.columns for code in labels.index]]
    counts = table[list(labels.index)].to_numpy(float)
    at = np.argwhere(counts > 0)
    colours = [shade(0.12 + 0.68 * counts[tuple(cell)] / counts.max()) for cell in at]
    places = at[:, ::-1].astype(float)
    boxes = list(places[:, np.newaxis] + _CORNERS)
    ax.add_collection(PolyCollection(boxes, facecolors=colours, edgecolors="white", linewidths=1))
    for place, cell, colour in zip(places, at, colours, strict=True):
        words = language.number(counts[tuple(cell)], "int")
        say(ax, words, (float(place[0]), float(place[1])), (0, -0.5), va="center", color=ink_on(colour))
    for place, words in enumerate(ends):
        _behind(ax, words, place, INK)
    ax.set_yticks(range(len(table)), [shorten(name) for name in table["name"]])
    ax.set_xticks(range(len(labels)), list(labels), rotation=38, ha="left", rotation_mode="anchor")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_xlim(-0.55, len(labels) - 0.45)
    ax.set_ylim(len(table) - 0.45, -0.55)


def _behind(ax: Axes, words: str, place: float, colour: str) -> None:
    """Write `words` behind the row at `place`."""
    style: dict[str, Any] = {"ha": "left", "va": "center", "annotation_clip": False, "parse_math": False}
    edge = ax.get_yaxis_transform()
    ax.annotate(words, (1.0, place), (5, -0.5), xycoords=edge, textcoords="offset points", color=colour, **style)


def opd_portfolio_facts(table: pd.DataFrame, *, language: Language, pillars: pd.Series) -> dict[str, Any]:
    """Return the facts of ownership: how many OPDs, and the programmes of each."""
    rows = [language.text("figures.opd_portfolio.row", **row) for row in _rows(table, "name", "programmes")]
    top = table.iloc[0]
    return {"n": len(table), "top": top["name"], "most": top["programmes"], "rows": language.listed(rows)}


def _rows(table: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table[list(columns)].to_dict("records")]


def plot_ict_dependence(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw the share with ICT of each pillar, up to the bound that unknown programmes leave open.

    Parameters
    ----------
    table : DataFrame, one row a pillar and the whole last
        name, programmes, ict, ict_unknown, lower and upper (shares, 0 to 1).
    ax : Axes
    language : Language
    """
    places = np.arange(len(table), dtype=float)
    places[-1] += 0.35  # the whole stands apart
    lower, upper = table["lower"].to_numpy(float) * 100, table["upper"].to_numpy(float) * 100
    words = {part: language.text(f"figures.ict_dependence.{part}") for part in ("ict", "ict_unknown", "rest")}
    ax.barh(places, 100, 0.66, color="white", edgecolor=MUTED, linewidth=0.8, label=words["rest"], zorder=1)
    ax.barh(places, lower, 0.66, color=BLUE, label=words["ict"], zorder=2)
    style: dict[str, Any] = {"color": "white", "edgecolor": BLUE, "hatch": "////", "zorder": 2}
    ax.barh(places, upper - lower, 0.66, lower, label=words["ict_unknown"], **style)
    for place, row in zip(places, table.to_dict("records"), strict=True):
        say(ax, _bounds(row, language), (100, float(place)), (5, -0.5), ha="left", va="center")
    ax.set_yticks(places, [shorten(name) for name in table["name"]])
    ax.get_yticklabels()[-1].set_fontweight("bold")
    ax.set_ylim(places[-1] + 0.55, -0.55)
    ax.set_xlim(0, 100)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    order = ("ict", "ict_unknown", "rest")
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    ax.legend([handles[words[o]] for o in order], [words[o] for o in order], ncols=3, columnspacing=1.2, **_ABOVE_RIGHT)
    return finish(ax, language, "ict_dependence", grid="x")


def _bounds(row: Any, language: Language) -> str:
    """Return the share of one row in words, as one figure or between its bounds."""
    facts = {"lower": row["lower"] * 100, "upper": row["upper"] * 100, "programmes": row["programmes"]}
    facts |= {"ict": row["ict"], "most": row["ict"] + row["ict_unknown"]}
    return language.text(f"figures.ict_dependence.{'open' if row['ict_unknown'] else 'known'}", **facts)


def ict_dependence_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of dependence: each pillar's bounds, the most and the least dependent one, and the whole."""
    said = [
        language.text("figures.ict_dependence.row", name=row["name"], words=_bounds(row, language))
        for row in table.to_dict("records")
    ]
    rows = table.assign(lower=table["lower"] * 100, upper=table["upper"] * 100)
    pillars, whole = rows.iloc[:-1], rows.iloc[-1]
    top = pillars.loc[pillars["lower"].idxmax()]
    facts = {"n": len(pillars), "top": top["name"], "share": top["lower"], "rows": join(said)}
    return facts | {"lower": whole["lower"], "upper": whole["upper"]}


def plot_physical_progress(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw planned and realised physical per cent of each programme that reported, the furthest behind at the top.

    Parameters
    ----------
    table : DataFrame, one row a programme
        name, physical_plan_pct, physical_pct (0-100), deviation (points), progress_class.
    ax : Axes
    language : Language
    """
    rows = _reported(table)
    for place, row in enumerate(rows.to_dict("records")):
        marker, colour = _CLASSES[row["progress_class"]]
        ends = [row["physical_pct"], row["physical_plan_pct"]]
        ax.plot(ends, [place] * 2, color=MUTED, linewidth=1, zorder=2)
        ax.plot(ends[1], place, "|", color=INK, markersize=9, markeredgewidth=1.6, zorder=3)
        ax.plot(ends[0], place, marker, color=colour, markersize=5.6, zorder=4)
        words = language.number(row["deviation"], "signed1")
        style: dict[str, Any] = {"ha": "left", "va": "center", "annotation_clip": False, "parse_math": False}
        edge = ax.get_yaxis_transform()
        ax.annotate(
            words, (1, place), (5, -0.5), xycoords=edge, textcoords="offset points", color=_ink(colour), **style
        )
    ax.plot([], [], "|", color=INK, markersize=9, markeredgewidth=1.6, label=_word(language, "plan"))
    for name, (marker, colour) in _CLASSES.items():
        ax.plot([], [], marker, color=colour, markersize=5.6, label=_word(language, name))
    ax.set_yticks(range(len(rows)), [shorten(name) for name in rows["name"]])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(min(0.0, float(rows["physical_pct"].min())), 102)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    ax.legend(ncols=2, handlelength=1.3, columnspacing=1.2, **_ABOVE_RIGHT)
    return finish(ax, language, "physical_progress", grid="x")


def _ink(colour: str) -> str:
    """Return `colour` where words can be read in it, else the ink."""
    return colour if contrast(colour, "#ffffff") >= 4.5 else INK


def _word(language: Language, name: str) -> str:
    return language.text(f"figures.physical_progress.{name}")


def _reported(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["progress_class"].isin(_CLASSES)]
    return rows.sort_values(["deviation", "name"], kind="stable")


def physical_progress_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of progress: how many are as planned, late and critical, without report, and furthest behind."""
    rows = _reported(table)
    classes = table["progress_class"]
    facts: dict[str, Any] = {name: int((classes == name).sum()) for name in (*_CLASSES, "no_report")}
    worst = [language.text("figures.physical_progress.row", **row) for row in _rows(rows, "name", "deviation")[:_NAMED]]
    names = list(table.loc[classes == "no_report", "name"])
    missing = language.text("figures.physical_progress.missing", names=names) if names else ""
    return facts | {"n": len(rows), "year": table["year"].iloc[0], "worst": language.listed(worst), "missing": missing}


def plot_platform_failure(table: pd.DataFrame, *, ax: Axes, language: Language, pillars: pd.Series) -> Axes:
    """Draw how many programmes of each pillar fail with each platform, and whom that would touch.

    Parameters
    ----------
    table : DataFrame, one row a platform
        name, programmes, people (missing where not known), and one column of counts a pillar, named by its code.
    ax : Axes
    language : Language
    pillars : Series
        Labels of the pillars by code, in order; codes that `table` has no column of are left out.
    """
    _matrix(ax, table, pillars, language, ends=[_failing(row, language) for row in _failures(table)])
    return finish(ax, language, "platform_failure", grid="x")


def _failures(table: pd.DataFrame) -> list[dict[str, Any]]:
    return _rows(table, "name", "programmes", "people")


def _failing(row: dict[str, Any], language: Language) -> str:
    key = "nobody_known" if np.isnan(row["people"]) else "failing"
    return language.text(f"figures.platform_failure.{key}", **row)


def platform_failure_facts(table: pd.DataFrame, *, language: Language, pillars: pd.Series) -> dict[str, Any]:
    """Return the facts of failure: the platform that most rest on, and what fails with each."""
    said = [(row["name"], _failing(row, language).replace("\n", ", ")) for row in _failures(table)[:_NAMED]]
    rows = [language.text("figures.platform_failure.row", name=name, words=words) for name, words in said]
    top = table.iloc[0]
    return {"n": len(table), "top": top["name"], "most": top["programmes"], "rows": "; ".join(rows)}
