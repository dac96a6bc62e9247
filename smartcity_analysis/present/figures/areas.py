"""The kelurahan: rates from small counts, the spread of their index over the years, and whose services fall short."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..shades import shade
from ..theme import ALERT, BLUE, INK, MUTED, PALE, VERMILION, shorten, spread
from .base import finish, join, ticks

__all__ = [
    "area_spread_facts",
    "plot_area_spread",
    "plot_priority_rates",
    "plot_service_gap",
    "priority_rates_facts",
    "service_gap_facts",
]

_ABOVE: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "frameon": False, "borderaxespad": 0.2}
_SIDE = 0.28  # how far dots of one year stand from its middle, in years
_ENDS = ("", "_lower", "_upper")  # a rate and its limits
_LAST = 2  # regions named at each end of the last year


def plot_priority_rates(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw each group's raw rate above its shrunk rate, both with their intervals.

    Parameters
    ----------
    table : DataFrame
        Columns name, regions, priority, rate, rate_lower, rate_upper, shrunk, shrunk_lower, shrunk_upper (0 to 1; a
        row without a shrunk rate has the raw one only), and for the words p_value and verdict.
    ax : Axes
    language : Language
    """
    looks = {"rate": (-0.17, "o", "white", BLUE, "-"), "shrunk": (0.17, "s", VERMILION, VERMILION, "--")}
    for name, (shift, marker, fill, edge, line) in looks.items():
        style: dict[str, Any] = {"color": edge, "markerfacecolor": fill, "markersize": 7, "markeredgewidth": 1.6}
        for place, row in enumerate(table.to_dict("records")):
            limits = [row[f"{name}_lower"] * 100, row[f"{name}_upper"] * 100]
            ax.plot(limits, [place + shift] * 2, color=edge, linestyle=line, linewidth=1.8)
            ax.plot(row[name] * 100, place + shift, marker=marker, **style)
        ax.plot([], [], marker=marker, linestyle=line, label=language.text(f"figures.priority_rates.{name}"), **style)
    names = [_counted(row, language, shorten(row["name"])).replace(": ", ":\n") for row in table.to_dict("records")]
    ax.set_yticks(range(len(table)), names)
    ax.set_ylim(len(table) - 0.45, -0.55)
    ax.set_xlim(0, min(100.0, float(table["rate_upper"].max()) * 108))
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    ax.legend(ncols=2, handlelength=2.4, columnspacing=1.2, **_ABOVE)
    return finish(ax, language, "priority_rates", grid="x")


def _counted(row: Any, language: Language, name: str) -> str:
    facts = {"name": name, "priority": row["priority"], "regions": row["regions"]}
    return language.text("figures.priority_rates.group", **facts)


def priority_rates_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of rates: each group's count, raw rate and shrunk rate with its limits."""
    said = []
    for row in table.to_dict("records"):
        numbers = {f"{name}{end}": row[f"{name}{end}"] * 100 for name in ("rate", "shrunk") for end in _ENDS}
        facts = numbers | {"group": _counted(row, language, row["name"])}
        key = "rates" if not np.isnan(row["shrunk"]) else "rate_only"
        said.append(language.text(f"figures.priority_rates.{key}", **facts))
    facts = {"verdict": language.text(f"tables.words.{table['verdict'].iloc[0]}"), "p": table["p_value"].iloc[0]}
    return facts | {"n": len(table), "groups": join(said)}


def plot_area_spread(table: pd.DataFrame, *, ax: Axes, language: Language, highlight: str | None = None) -> Axes:
    """Draw the index of every region as a dot, year by year, on a bar that reaches one standard deviation each way.

    Parameters
    ----------
    table : DataFrame
        One row a region and year: region, name, year, area_index, mean and spread (of the year).
    ax : Axes
    language : Language
    highlight : str, optional
        Code of the region whose way through the years is drawn.
    """
    for year, rows in table.groupby("year"):
        mean, wide = float(rows["mean"].iloc[0]), float(rows["spread"].iloc[0])
        ax.bar(year, 2 * wide, 2 * _SIDE + 0.12, mean - wide, color=shade(0.12), linewidth=0, zorder=1)
        ax.plot([year - _SIDE - 0.06, year + _SIDE + 0.06], [mean, mean], color=INK, linewidth=2, zorder=2)
        style: dict[str, Any] = {"color": BLUE, "markersize": 3.6, "markeredgewidth": 0, "alpha": 0.75, "zorder": 3}
        ax.plot(year + _aside(rows), rows["area_index"], "o", **style)
    way = table[table["region"] == highlight].sort_values("year")
    if len(way):
        ax.plot(way["year"], way["area_index"], "-o", color=ALERT, markersize=5, linewidth=2, zorder=4)
    first, last = int(table["year"].min()), int(table["year"].max())
    ax.set_xlim(first - 0.5, last + 0.5)
    ax.set_xticks(range(first, last + 1), [language.number(year, "year") for year in range(first, last + 1)])
    ax.yaxis.set_major_formatter(ticks(language, "num0"))
    _name_ends(ax, table[table["year"] == last], last, highlight)
    _legend(ax, language, "area_spread", {"dot": ("o", BLUE, BLUE), "mean": ("_", INK, INK)}, band=shade(0.12))
    return finish(ax, language, "area_spread")


def _aside(rows: pd.DataFrame) -> pd.Series:
    """Return how far aside of its year each dot stands, so that dots next to each other are told apart."""
    order = rows.sort_values(["area_index", "region"]).index
    pattern = np.resize([0.0, -0.6, 0.6, -0.3, 0.9, -0.9, 0.3], len(order))
    return pd.Series(_SIDE * pattern, order).reindex(rows.index)


def _name_ends(ax: Axes, rows: pd.DataFrame, year: int, highlight: str | None) -> None:
    """Name the highest and lowest regions of the last year right of the axes, and the one picked out."""
    rows = rows.assign(aside=_aside(rows)).sort_values(["area_index", "region"])
    ends = pd.concat([rows.iloc[:_LAST], rows[rows["region"] == highlight], rows.iloc[-_LAST:]])
    ends = ends.drop_duplicates("region").sort_values("area_index")
    low, high = ax.get_ylim()
    heights = spread(ends["area_index"].to_list(), (high - low) * 0.06)
    for row, height in zip(ends.to_dict("records"), heights, strict=True):
        colour = ALERT if row["region"] == highlight else INK
        lead = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.8, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 3}
        place: dict[str, Any] = {"xytext": (1.02, height), "textcoords": ax.get_yaxis_transform()}
        style: dict[str, Any] = {"ha": "left", "va": "center", "annotation_clip": False, "parse_math": False}
        end = (year + (0 if row["region"] == highlight else row["aside"]), row["area_index"])
        ax.annotate(shorten(row["name"]), end, arrowprops=lead, color=colour, **place, **style)


def _legend(
    ax: Axes,
    language: Language,
    figure: str,
    marks: dict[str, tuple[str, str, str]],
    band: str | None = None,
    columns: int = 3,
) -> None:
    for key, (marker, edge, face) in marks.items():
        words = language.text(f"figures.{figure}.{key}")
        style: dict[str, Any] = {"color": edge, "markerfacecolor": face, "markeredgewidth": 1.6, "linestyle": ""}
        ax.plot([], [], marker=marker, label=words, **style)
    if band:
        words = language.text(f"figures.{figure}.band")
        ax.plot([], [], color=band, linewidth=7, solid_capstyle="butt", label=words)
    side = {} if band else {"loc": "lower right", "bbox_to_anchor": (1, 1.0)}  # away from where the names stand
    ax.legend(ncols=columns, handlelength=1.3, columnspacing=1.2, **_ABOVE | side)


def area_spread_facts(table: pd.DataFrame, *, language: Language, highlight: str | None = None) -> dict[str, Any]:
    """Return the facts of the spread: mean and standard deviation at both ends, whether the gap is closing, and ends.

    `trend` (``narrower``, ``wider`` or ``not_told``) and `trend_p` stand in columns of the table.
    """
    first, last = (table[table["year"] == year] for year in (table["year"].min(), table["year"].max()))
    facts: dict[str, Any] = {"n": last["region"].nunique(), "variant": str(last["trend"].iloc[0])}
    for end, rows in {"first": first, "last": last}.items():
        facts |= {
            end: rows["year"].iloc[0],
            f"mean_{end}": rows["mean"].iloc[0],
            f"spread_{end}": rows["spread"].iloc[0],
        }
    rows = last.sort_values(["area_index", "region"])

    def region(row: pd.Series) -> str:
        return language.text("figures.area_spread.region", name=row["name"], value=row["area_index"])

    facts |= {"p": last["trend_p"].iloc[0], "top": region(rows.iloc[-1]), "bottom": region(rows.iloc[0])}
    own = rows[rows["region"] == highlight]
    facts["chosen"] = language.text("figures.area_spread.chosen", region=region(own.iloc[0])) if len(own) else ""
    return facts


def plot_service_gap(table: pd.DataFrame, *, ax: Axes, language: Language, highlight: str | None = None) -> Axes:
    """Draw what each region was to get and what it got for each unit of the reference, the least at the top.

    Parameters
    ----------
    table : DataFrame
        Columns region, name, planned_each, realised_each, fair_each (the same in every row), gap_people and underserved
        (True where the share is too small by every reference).
    ax : Axes
    language : Language
    highlight : str, optional
        Code of the region to pick out.
    """
    rows, fair = _by_service(table), float(table["fair_each"].iloc[0])
    for place, row in enumerate(rows.to_dict("records")):
        _service_row(ax, place, row, language, chosen=row["region"] == highlight)
    words = language.text("figures.service_gap.fair", value=fair)
    ax.axvline(fair, color=INK, linewidth=1.4, zorder=1, label=words)
    ax.set_yticks(range(len(rows)), [shorten(name) for name in rows["name"]])
    for short, tick in zip(rows["underserved"], ax.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if short else "normal")
        tick.set_color(ALERT if short else INK)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    marks = {"under": ("D", ALERT, ALERT), "realised": ("o", BLUE, BLUE), "planned": ("o", MUTED, "white")}
    _legend(ax, language, "service_gap", marks, columns=2)
    return finish(ax, language, "service_gap", grid="x")


def _by_service(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["realised_each", "region"], kind="stable")


def _service_row(ax: Axes, place: int, row: Any, language: Language, *, chosen: bool) -> None:
    marker, colour = ("D", ALERT) if row["underserved"] else ("o", BLUE)
    ax.plot([row["realised_each"], row["planned_each"]], [place] * 2, color=MUTED, linewidth=1, zorder=2)
    ax.plot(row["planned_each"], place, "o", color=MUTED, markerfacecolor="white", markersize=5, zorder=3)
    ax.plot(row["realised_each"], place, marker, color=colour, markersize=5.6, zorder=4)
    key = "even" if abs(row["gap_people"]) < 0.5 else "less" if row["gap_people"] < 0 else "more"
    words = language.text(f"figures.service_gap.{key}", people=abs(row["gap_people"]))
    edge = ax.get_yaxis_transform()
    style: dict[str, Any] = {"ha": "left", "va": "center", "annotation_clip": False, "parse_math": False}
    ax.annotate(words, (1.0, place), (5, -0.5), xycoords=edge, textcoords="offset points", color=colour, **style)
    if chosen:
        ax.axhspan(place - 0.5, place + 0.5, color=PALE, linewidth=0, zorder=0)


def service_gap_facts(table: pd.DataFrame, *, language: Language, highlight: str | None = None) -> dict[str, Any]:
    """Return the facts of the gap: who gets least and most, how many fall short whichever way one looks."""
    rows = _by_service(table)

    def region(row: Any) -> str:
        return language.text("figures.service_gap.region", name=row["name"], value=row["realised_each"])

    short = list(rows.loc[rows["underserved"].astype(bool), "name"])
    facts: dict[str, Any] = {"n": len(rows), "count": len(short), "fair": rows["fair_each"].iloc[0]}
    facts |= {"bottom": region(rows.iloc[0]), "top": region(rows.iloc[-1])}
    facts["short"] = language.text("figures.service_gap.names", names=short) if short else ""
    own = rows[rows["region"] == highlight]
    facts["chosen"] = language.text("figures.service_gap.chosen", region=region(own.iloc[0])) if len(own) else ""
    return facts
