"""How firmly regions hold their ranks, and which choice moves them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..shades import ink_on, shade
from ..theme import ALERT, BLUE, INK, MUTED, PALE, VERMILION, shorten, wrap
from .base import finish, join, say, ticks

__all__ = [
    "acceptability_facts",
    "plot_acceptability",
    "plot_rank_bands",
    "plot_sensitivity",
    "rank_bands_facts",
    "sensitivity_facts",
]

_BAND, _CHOSEN = shade(0.2), "#f0b79b"
_ABOVE: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1.0), "frameon": False, "borderaxespad": 0.2}
_STEPS = (0.01, 0.1, 0.25, 0.5, 1.0)  # shares that the key shows
_FIRM = 0.5  # a rank held in more than this share of the draws


def plot_rank_bands(table: pd.DataFrame, *, ax: Axes, language: Language, highlight: str | None = None) -> Axes:
    """Draw every region's rank as a dot on the band of ranks that the simulation gave it, the best at the top.

    Parameters
    ----------
    table : DataFrame
        Index region; columns name, rank (nominal), median, lower and upper. A missing rank is said in words.
    ax : Axes
    language : Language
    highlight : str, optional
        Code of the region to pick out.
    """
    rows = _by_rank(table)
    for place, (code, row) in enumerate(rows.iterrows()):
        _band(ax, place, row, language, chosen=code == highlight)
    _name_rows(ax, rows, highlight)
    lowest = int(np.nanmax(rows[["rank", "upper"]].to_numpy(float), initial=2.0))
    ax.set_xlim(0.4, lowest + 0.6 + 0.14 * lowest)  # room for the last band's words
    _rank_ticks(ax, lowest, language)
    handles = [("o", BLUE, "white", "nominal"), ("|", INK, INK, "median")]
    for marker, edge, face, key in handles:
        words = language.text(f"figures.rank_bands.{key}")
        ax.plot([], [], marker=marker, color=edge, markerfacecolor=face, linestyle="", label=words, markeredgewidth=1.6)
    ax.plot([], [], color=_BAND, linewidth=7, solid_capstyle="butt", label=language.text("figures.rank_bands.band"))
    ax.legend(ncols=3, handlelength=1.3, columnspacing=1.2, **_ABOVE)
    return finish(ax, language, "rank_bands", grid="x")


def _rank_ticks(ax: Axes, lowest: int, language: Language) -> None:
    """Mark the first rank and round ones."""
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 10**9) if lowest <= 9 * s)
    ax.set_xticks(sorted({1, *range(step, lowest + 1, step)}))
    ax.xaxis.set_major_formatter(ticks(language, "int"))


def _by_rank(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table[["rank", "median", "lower", "upper"]].astype("Float64").astype(float)
    rows = numbers.assign(name=table["name"]).sort_index()
    return rows.sort_values(["rank", "median"], kind="stable")


def _band(ax: Axes, place: int, row: pd.Series, language: Language, *, chosen: bool) -> None:
    if np.isnan(row["rank"]):
        say(ax, language.text("unknown"), (0.6, place), (0, -0.5), ha="left", va="center", color=MUTED)
        return
    low, high = row["lower"], row["upper"]
    if not np.isnan(low):
        left, wide = low - 0.28, high - low + 0.56  # a band of one rank can be seen too
        ax.barh(place, wide, 0.56, left, color=_CHOSEN if chosen else _BAND, linewidth=0)
        ax.plot([row["median"]] * 2, [place - 0.28, place + 0.28], color=INK, linewidth=1.6)
        key = "span" if high > low else "firm"
        text = language.text(f"figures.rank_bands.{key}", lower=low, upper=high)
        look: dict[str, Any] = {"weight": "bold", "color": ALERT} if chosen else {"color": MUTED}
        say(ax, text, (max(high, row["rank"]) + 0.4, place), (5, -0.5), ha="left", va="center", **look)
    edge, fill, size = (ALERT, ALERT, 9) if chosen else (BLUE, "white", 6)
    ax.plot(row["rank"], place, marker="o", color=edge, markerfacecolor=fill, markersize=size, markeredgewidth=1.6)


def _name_rows(ax: Axes, rows: pd.DataFrame, highlight: str | None) -> None:
    ax.set_yticks(range(len(rows)), [shorten(name) for name in rows["name"]])
    for code, tick in zip(rows.index, ax.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if code == highlight else "normal")
        tick.set_color(ALERT if code == highlight else INK)
    if highlight in rows.index:
        place = rows.index.get_loc(highlight)
        ax.axhspan(place - 0.5, place + 0.5, color=PALE, linewidth=0, zorder=0)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


def rank_bands_facts(
    table: pd.DataFrame, *, language: Language, level: float, highlight: str | None = None
) -> dict[str, Any]:
    """Return the facts of rank bands: the widest and the narrowest, and the region picked out.

    `level` is the share of the draws that a band holds.
    """
    rows = _by_rank(table)
    known = rows.dropna(subset=["rank", "lower", "upper"])

    def region(row: pd.Series) -> str:
        facts = {name: row[name] for name in ("rank", "lower", "upper")}
        return language.text("figures.rank_bands.region", name=row["name"], **facts)

    width = (known["upper"] - known["lower"]).sort_values(kind="stable")
    facts: dict[str, Any] = {"n": len(known), "level": level * 100}
    facts |= {"firm": int((width == 0).sum()), "top": "", "widest": ""}
    if len(known):
        facts |= {"top": region(known.iloc[0]), "widest": region(known.loc[width.index[-1]])}
    lost = list(rows.loc[~rows.index.isin(known.index), "name"])
    facts["missing"] = language.text("figures.rank_bands.missing", names=lost) if lost else ""
    if highlight in known.index:
        row = known.loc[highlight]
        facts |= {"variant": "firm" if row["lower"] == row["upper"] else "highlight", **row}
    return facts


def plot_acceptability(table: pd.DataFrame, *, ax: Axes, language: Language, highlight: str | None = None) -> Axes:
    """Draw in which share of the draws each region has each rank, darker where it is larger.

    Parameters
    ----------
    table : DataFrame
        Index region; column name, and one column a rank with shares from 0 to 1.
    ax : Axes
    language : Language
    highlight : str, optional
        Code of the region to pick out.
    """
    rows, ranks = _by_expected_rank(table)
    shares = rows[ranks].to_numpy(float)
    at = np.argwhere(shares >= 0.0005)
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    places = np.column_stack([np.array(ranks, dtype=float)[at[:, 1]], at[:, 0]])
    colours = [_tint(shares[tuple(cell)]) for cell in at]
    boxes = places[:, np.newaxis] + corners
    ax.add_collection(PolyCollection(list(boxes), facecolors=colours, edgecolors="white", linewidths=0.5))
    for (x, y), cell, colour in zip(places, at, colours, strict=True):
        share = shares[tuple(cell)]
        if len(ranks) <= 12 and share >= 0.01:
            say(ax, language.number(share * 100, "num0"), (x, y), (0, -0.5), va="center", color=ink_on(colour))
    _name_rows(ax, rows, highlight)
    ax.set_xlim(min(ranks) - 0.6, max(ranks) + 0.6)
    _rank_ticks(ax, max(ranks), language)
    key = [Patch(facecolor=_tint(step), edgecolor=MUTED, linewidth=0.6) for step in _STEPS]
    words = [language.number(step * 100, "pct0") for step in _STEPS]
    ax.legend(key, words, ncols=5, handlelength=1.3, columnspacing=1.2, **_ABOVE)
    return finish(ax, language, "acceptability", grid="x")


def _tint(share: float) -> str:
    """Return the colour of a share; its square root tells small ones apart."""
    return shade(float(np.sqrt(share)))


def _by_expected_rank(table: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    ranks = sorted(int(column) for column in table.columns if column != "name")
    rows = table.sort_index()
    shares = rows[ranks].astype(float)
    expected = shares.mul(ranks).sum(axis=1, min_count=1) / shares.sum(axis=1)
    return rows.loc[expected.sort_values(kind="stable", na_position="last").index], ranks


def acceptability_facts(table: pd.DataFrame, *, language: Language, highlight: str | None = None) -> dict[str, Any]:
    """Return the facts of rank acceptability: who is most often first and last, and how many hold their rank."""
    rows, ranks = _by_expected_rank(table)
    shares = rows[ranks].astype(float).dropna()

    def often(code: Any, rank: int) -> dict[str, Any]:
        return {"name": rows.at[code, "name"], "rank": rank, "share": shares.at[code, rank] * 100}

    def region(code: Any, rank: int) -> str:
        return language.text("figures.acceptability.region", **often(code, rank))

    facts: dict[str, Any] = {"n": len(shares), "first": "", "last": ""}
    if len(shares):
        ends = [rank for rank in ranks if (shares[rank] > 0).any()]
        facts |= {
            "first": region(shares[ends[0]].idxmax(), ends[0]),
            "last": region(shares[ends[-1]].idxmax(), ends[-1]),
        }
    facts["firm"] = int((shares.max(axis=1) > _FIRM).sum())
    if highlight in shares.index:
        facts |= {"variant": "highlight", **often(highlight, int(shares.loc[highlight].idxmax()))}
    return facts


_ORDERS = (("first", BLUE, "o", -0.15), ("total", VERMILION, "s", 0.15))


def plot_sensitivity(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw each input's share of the variance, alone and with its interactions, with intervals.

    Parameters
    ----------
    table : DataFrame
        One row an input; columns label, first, first_lower, first_upper, total, total_lower and total_upper.
    ax : Axes
    language : Language
    """
    rows = _by_total(table)
    numbers = rows.drop(columns="label").to_numpy(float)
    for name, colour, marker, shift in _ORDERS:
        for place, row in enumerate(rows.to_dict("records")):
            ends = [row[f"{name}_lower"], row[f"{name}_upper"]]
            ax.plot(ends, [place + shift] * 2, color=colour, linewidth=2, solid_capstyle="butt")
            ax.plot(row[name], place + shift, marker=marker, color=colour, markersize=6)
        words = language.text(f"figures.sensitivity.{name}")
        ax.plot([], [], color=colour, marker=marker, markersize=6, linewidth=2, label=words)
    ax.axvline(0, color=MUTED, linewidth=1)
    ax.set_yticks(range(len(rows)), [wrap(shorten(label, 60), 2.0) for label in rows["label"]])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(
        min(0.0, float(np.nanmin(numbers, initial=0))) - 0.02, max(0.1, float(np.nanmax(numbers, initial=0))) * 1.05
    )
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(ticks(language, "num0", 100))
    ax.legend(ncols=2, handlelength=1.8, columnspacing=1.2, **_ABOVE)
    return finish(ax, language, "sensitivity", grid="both")


def _by_total(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table.drop(columns="label").astype(float)
    return numbers.assign(label=table["label"]).sort_values("total", ascending=False, kind="stable")


def sensitivity_facts(table: pd.DataFrame, *, language: Language, subject: str) -> dict[str, Any]:
    """Return the facts of a sensitivity: the input that matters most, and every share."""
    rows = _by_total(table)
    said = []
    for row in rows.to_dict("records"):
        facts = {"label": row["label"], "first": row["first"] * 100, "total": row["total"] * 100}
        said.append(language.text("figures.sensitivity.input", **facts))
    return {"n": len(rows), "subject": subject, "top": rows["label"].iloc[0], "inputs": join(said)}
