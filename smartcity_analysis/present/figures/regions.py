"""Regions: their order, and how unequal they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..theme import ALERT, BLUE, INK, MUTED, PALE, SERIES, shorten, spread, wrap
from .base import finish, join, period, say, ticks

__all__ = [
    "decomposition_facts",
    "disparity_trend_facts",
    "lorenz_facts",
    "plot_decomposition",
    "plot_disparity_trend",
    "plot_lorenz",
    "plot_ranking",
    "ranking_facts",
]


def plot_ranking(
    table: pd.DataFrame,
    *,
    ax: Axes,
    language: Language,
    xlabel: str,
    highlight: str | None = None,
    kind: str = "num2",
) -> Axes:
    """Draw every region's score as a dot, highest at the top, one of them picked out.

    Parameters
    ----------
    table : DataFrame
        Index region; columns name and score. A missing score is said in words.
    ax : Axes
    language : Language
    xlabel : str
        What the score is, with its unit.
    highlight : str, optional
        Code of the region to pick out.
    kind : str
        How the score is written; a key of ``language.KINDS``.
    """
    rows = _ranked(table)
    low, high = rows["score"].min(), rows["score"].max()
    span = (high - low) or 1.0
    for place, (code, score) in enumerate(rows["score"].items()):
        if np.isnan(score):
            words = language.text("figures.ranking.unknown")
            say(ax, words, (low, place), (0, -0.5), ha="left", va="center", color=MUTED)
        else:
            _dot(ax, score, place, language.number(score, kind), chosen=code == highlight)
    ax.set_yticks(range(len(rows)), [_row_name(row, language) for _, row in rows.iterrows()])
    for code, tick in zip(rows.index, ax.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if code == highlight else "normal")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(low - 0.06 * span, high + 0.16 * span)  # room for the last value
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(ticks(language, _tick_kind(span)))
    return finish(ax, language, "ranking", grid="both", label=xlabel)


def _dot(ax: Axes, score: float, place: int, text: str, *, chosen: bool) -> None:
    weight, colour = ("bold", ALERT) if chosen else ("normal", INK)
    fill, size = (ALERT, 10) if chosen else ("white", 6.5)
    edge = ALERT if chosen else BLUE
    ax.plot(score, place, marker="o", color=edge, markerfacecolor=fill, markersize=size, markeredgewidth=1.6)
    say(ax, text, (score, place), (9, -0.5), ha="left", va="center", weight=weight, color=colour)
    if chosen:
        ax.axhspan(place - 0.5, place + 0.5, color=PALE, linewidth=0, zorder=0)


def _tick_kind(span: float) -> str:
    return "num0" if span > 5 else "num1" if span > 0.5 else "num2"


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[["name", "score"]].astype({"score": float}).sort_index()
    rows = rows.sort_values("score", ascending=False, kind="stable")
    return rows.assign(rank=rows["score"].rank(ascending=False, method="min"))


def _row_name(row: pd.Series, language: Language) -> str:
    if np.isnan(row["score"]):
        return shorten(row["name"])
    return language.text("figures.ranking.row", rank=row["rank"], name=shorten(row["name"]))


def ranking_facts(
    table: pd.DataFrame,
    *,
    language: Language,
    xlabel: str,
    highlight: str | None = None,
    kind: str = "num2",
) -> dict[str, Any]:
    """Return the facts of a ranking: the first, the last, the one picked out, those without a score."""
    rows = _ranked(table)
    known = rows.dropna(subset=["score"])

    def extreme(row: pd.Series) -> str:
        value = language.number(row["score"], kind)
        return language.text("figures.ranking.extreme", name=row["name"], value=value)

    facts = {"n": len(known), "label": xlabel, "top": extreme(known.iloc[0]), "bottom": extreme(known.iloc[-1])}
    lost = list(rows.loc[rows["score"].isna(), "name"])
    facts["missing"] = language.text("figures.ranking.missing", names=lost) if lost else ""
    if highlight in known.index:
        row = known.loc[highlight]
        value = language.number(row["score"], kind)
        facts |= {"variant": "highlight", "name": row["name"], "rank": row["rank"], "value": value}
    return facts


def plot_lorenz(curves: Mapping[str, pd.DataFrame], *, ax: Axes, language: Language, base: str | None = None) -> Axes:
    """Draw Lorenz curves against the diagonal of perfect equality.

    Parameters
    ----------
    curves : mapping of label to DataFrame
        population_share and value_share, cumulative, from 0 to 1, poorest first.
    ax : Axes
    language : Language
    base : str, optional
        What stands along the x axis; the population when not given.
    """
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1.2)
    tilt = {"rotation": 45, "rotation_mode": "anchor", "transform_rotates_text": True, "color": MUTED}
    say(ax, language.text("figures.lorenz.equality"), (0.42, 0.42), (-2, 4), **tilt)
    for (label, curve), (colour, line, _) in zip(curves.items(), _styles(len(curves)), strict=True):
        shares = curve["population_share"], curve["value_share"]
        # a label that begins with "_" would be left out of the legend
        ax.plot(*shares, color=colour, linestyle=line, linewidth=2.2, label="\u200b" + shorten(label, 60))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, handlelength=2.6)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_aspect("equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(ticks(language, "num0", 100))
    facts = {"base": base or language.text("figures.lorenz.base")}
    return finish(ax, language, "lorenz", grid="both", **facts)


def _styles(count: int) -> list[tuple[Any, Any, Any]]:
    return [SERIES[order % len(SERIES)] for order in range(count)]


def lorenz_facts(
    curves: Mapping[str, pd.DataFrame], *, language: Language, subject: str, base: str | None = None
) -> dict[str, Any]:
    """Return the facts of Lorenz curves: what the lowest half holds, read off each."""
    base = base or language.text("figures.lorenz.base")
    said = []
    for label, curve in curves.items():
        half = float(np.interp(0.5, curve["population_share"], curve["value_share"]))
        said.append(language.text("figures.lorenz.curve", label=label, base=base, share=half * 100))
    return {"subject": subject, "curves": join(said)}


def plot_disparity_trend(table: pd.DataFrame, *, ax: Axes, language: Language, kind: str = "num3") -> Axes:
    """Draw measures of disparity over the years, each named beside its last value.

    Parameters
    ----------
    table : DataFrame
        Index year; one column a measure, named as it shall read; a missing value breaks its line.
    ax : Axes
    language : Language
    kind : str
        How a measure is written; a key of ``language.KINDS``.
    """
    values = table.to_numpy(float)
    top, bottom = max(float(np.nanmax(values)), 1e-12) * 1.08, min(0.0, float(np.nanmin(values)))
    known = [table[name].dropna() for name in table.columns]
    last = {name: series.iloc[-1] for name, series in zip(table.columns, known, strict=True) if len(series)}
    heights = dict(zip(last, spread(list(last.values()), (top - bottom) * 0.085), strict=True))
    start, end = int(table.index.min()), int(table.index.max())
    years = table.reindex(range(start, end + 1))
    for name, (colour, line, marker) in zip(table.columns, _styles(table.shape[1]), strict=True):
        style = {"color": colour, "linestyle": line, "marker": marker, "linewidth": 2, "markersize": 5.5}
        ax.plot(years.index, years[name], **style)
        if name in last:
            value = language.number(last[name], kind)
            text = language.text("figures.disparity_trend.label", label=name, value=value)
            _name_line(ax, text, (table[name].last_valid_index(), last[name]), heights[name], colour)
    ax.set_ylim(bottom, top)
    ax.set_xlim(start - 0.5, end + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, min_n_ticks=1))
    ax.xaxis.set_major_formatter(ticks(language, "year"))
    ax.yaxis.set_major_formatter(ticks(language, _tick_kind(top - bottom)))
    return finish(ax, language, "disparity_trend")


def _name_line(ax: Axes, text: str, end: tuple[Any, Any], height: float, colour: str) -> None:
    """Write `text` right of the axes at `height`, tied to the end of its line."""
    lead = {"arrowstyle": "-", "color": colour, "linewidth": 1, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 4}
    style: dict[str, Any] = {"ha": "left", "va": "center", "annotation_clip": False, "parse_math": False}
    place: dict[str, Any] = {"xytext": (1.03, height), "textcoords": ax.get_yaxis_transform()}
    ax.annotate(wrap(text, 1.8), end, arrowprops=lead, **place, **style)


def disparity_trend_facts(
    table: pd.DataFrame, *, language: Language, subject: str, kind: str = "num3"
) -> dict[str, Any]:
    """Return the facts of a trend: the first and last value of each measure."""
    said = []
    for name in table.columns:
        known = table[name].dropna()
        key = "measure" if len(known) > 1 else "measure_once" if len(known) else "measure_unknown"
        facts: dict[str, Any] = {"label": name}
        if len(known):
            before, after = (language.number(v, kind) for v in (known.iloc[0], known.iloc[-1]))
            facts |= {"before": before, "after": after, "first": known.index[0], "last": known.index[-1]}
        said.append(language.text(f"figures.disparity_trend.{key}", **facts))
    return {"n": table.shape[1], "subject": subject, "measures": join(said), "period": period(table.index)}


def plot_decomposition(table: pd.DataFrame, *, ax: Axes, language: Language, groups: str) -> Axes:
    """Draw which part of a disparity lies between the groups and which within them, year by year.

    Parameters
    ----------
    table : DataFrame
        Index year; columns between and within, as parts of the total (0 to 1).
    ax : Axes
    language : Language
    groups : str
        What the groups are, such as "kecamatan".
    """
    places, base = np.arange(len(table)), np.zeros(len(table))
    for name, fill, colour in (("between", BLUE, "white"), ("within", PALE, INK)):
        parts = table[name].to_numpy(float) * 100
        words = language.text(f"figures.decomposition.{name}", groups=shorten(groups))
        ax.bar(places, parts, 0.72, base, color=fill, edgecolor=MUTED, linewidth=0.6, label=words)
        for place, part, start in zip(places, parts, base, strict=True):
            if part >= 6:  # the bar is high enough for the number
                at = (float(place), float(start + part / 2))
                say(ax, language.number(part, "num0"), at, (0, -0.5), va="center", color=colour)
        base = base + parts
    ax.set_xticks(places, [language.number(year, "year") for year in table.index])
    ax.set_ylim(0, 100)
    ax.yaxis.set_major_formatter(ticks(language, "num0"))
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2 if len(groups) < 24 else 1, frameon=False, handlelength=1.2
    )
    return finish(ax, language, "decomposition")


def decomposition_facts(table: pd.DataFrame, *, language: Language, subject: str, groups: str) -> dict[str, Any]:
    """Return the facts of a decomposition: the first and the last part between the groups."""
    known = table["between"].dropna()
    ends = known.iloc[[0, -1]] if len(known) > 1 else known
    said = []
    for year, part in ends.items():
        said.append(language.text("figures.decomposition.share", share=part * 100, year=year))
    return {"subject": subject, "groups": groups, "between": language.listed(said)}
