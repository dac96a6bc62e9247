"""Pillars: their scores as a radar, and the programmes that serve their sub-dimensions."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.projections.polar import PolarAxes
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..theme import BLUE, GRID, INK, MUTED, ORANGE, plain, shorten, wrap
from .base import HALO, finish, say, ticks

__all__ = ["pillar_radar_facts", "plot_pillar_radar", "plot_portfolio", "portfolio_facts"]

_RINGS = (1, 2, 3, 4)


def plot_pillar_radar(
    pillars: pd.DataFrame, *, ax: Axes, language: Language, series: str = "", previous: str = ""
) -> Axes:
    """Draw the scores of the pillars as a polygon on the scale 0-4, with those of an earlier year if given.

    Parameters
    ----------
    pillars : DataFrame
        Index code; columns label, score and, optionally, previous (scale 0-4).
    ax : Axes
        With polar projection.
    language : Language
    series, previous : str
        What the two columns are, such as their years.
    """
    polar = cast(PolarAxes, ax)
    angles = np.linspace(0, 2 * np.pi, len(pillars), endpoint=False)
    polar.set_theta_zero_location("N")
    polar.set_theta_direction(-1)
    closed, score = np.append(angles, 0), pillars["score"].to_numpy(float)
    words = [(language.text("figures.pillar_radar.y"), MUTED)]
    if "previous" in pillars:
        before = pillars["previous"].to_numpy(float)
        style: dict[str, Any] = {"color": MUTED, "linestyle": "--", "linewidth": 1.6, "marker": "s"}
        polar.plot(closed, np.append(before, before[0]), **style)
        words = [(f"● {shorten(series, 20)}", BLUE), (f"■ {shorten(previous, 20)}", MUTED), *words]
    polar.plot(closed, np.append(score, score[0]), color=BLUE, linewidth=2.4, marker="o", markersize=7)
    if not np.isnan(score).any():
        polar.fill(angles, score, color=BLUE, alpha=0.12, linewidth=0)
    _rings(polar, angles, language)
    for angle, row in zip(angles, pillars.to_dict("records"), strict=True):
        _label_pillar(polar, float(angle), row, language, previous)
    for order, (text, colour) in enumerate(reversed(words)):
        place: dict[str, Any] = {"transform": polar.transAxes, "color": colour, "ha": "left", "va": "bottom"}
        polar.text(-0.42, -0.1 + 0.065 * order, plain(text), **place)
    return finish(ax, language, "pillar_radar")


def _rings(polar: PolarAxes, angles: np.ndarray, language: Language) -> None:
    polar.set_ylim(0, 4)
    polar.set_yticks(_RINGS, [""] * len(_RINGS))
    polar.set_xticks(angles, [""] * len(angles))
    polar.spines["polar"].set_color(GRID)
    style: dict[str, Any] = {"ha": "center", "va": "center", "color": MUTED, "bbox": HALO, "zorder": 1.5}
    for ring in _RINGS:
        polar.text(np.pi / len(angles), ring, language.number(ring, "num0"), **style)


def _label_pillar(ax: PolarAxes, angle: float, row: dict[Any, Any], language: Language, previous: str) -> None:
    key = "label_previous" if "previous" in row else "label"
    name = wrap(shorten(row["label"], 60), 1.5)
    facts = {"label": name, "score": row["score"], "before": row.get("previous"), "previous": shorten(previous, 20)}
    side = "center" if abs(np.sin(angle)) < 0.1 else "left" if np.sin(angle) > 0 else "right"
    height = "bottom" if np.cos(angle) > 0.9 else "top" if np.cos(angle) < -0.9 else "center"
    style: dict[str, Any] = {"ha": side, "va": height, "linespacing": 1.25}
    ax.text(angle, 4.3, plain(language.text(f"figures.pillar_radar.{key}", **facts)), **style)


def pillar_radar_facts(
    pillars: pd.DataFrame, *, language: Language, series: str = "", previous: str = ""
) -> dict[str, Any]:
    """Return the facts of a radar: the score of every pillar, and the one before where given."""
    variant = "previous" if "previous" in pillars else ""
    key = "figures.pillar_radar.value" + ("_previous" if variant else "")
    rows = pillars.rename(columns={"previous": "before"}).to_dict("records")
    values = "; ".join(language.text(key, **{str(k): v for k, v in row.items()}) for row in rows)
    return {"variant": variant, "n": len(pillars), "series": series, "previous": previous, "values": values}


# column, fill, outline, colour of the count
_PARTS = (
    ("ict", BLUE, "-", "white"),
    ("non_ict", ORANGE, "-", INK),
    ("ict_unknown", "white", "--", INK),
)


def plot_portfolio(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw how many programmes serve each sub-dimension, with and without ICT, pillar by pillar.

    Parameters
    ----------
    table : DataFrame, one row a sub-dimension, those of a pillar together
        label, pillar_label, ict, non_ict, ict_unknown (counts). A sub-dimension without a programme is said in
        words.
    ax : Axes
    language : Language
    """
    places, heads = _portfolio_places(table)
    left = np.zeros(len(table))
    for column, fill, outline, colour in _PARTS:
        counts = table[column].to_numpy(float)
        style: dict[str, Any] = {"color": fill, "linestyle": outline, "edgecolor": MUTED}
        words = language.text(f"figures.portfolio.{column}")
        ax.barh(places, counts, 0.72, left, label=words, linewidth=0.8, **style)
        for place, count, start in zip(places, counts, left, strict=True):
            if count > 0:
                at = (float(start + count / 2), float(place))
                say(ax, language.number(count, "int"), at, (0, -0.5), va="center", color=colour)
        left = left + counts
    none = language.text("figures.portfolio.none")
    for place in places[left == 0]:
        say(ax, none, (0, place), (4, -0.5), ha="left", va="center", color=MUTED, bbox=HALO)
    ax.set_yticks([*places, *heads.values()], [shorten(text) for text in [*table["label"], *heads]])
    for tick in ax.get_yticklabels()[len(places) :]:
        tick.set_fontweight("bold")
    ax.set_ylim(max(places) + 0.6, min(heads.values()) - 0.6)
    ax.set_xlim(0, max(left.max() * 1.04, 1))
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    ax.xaxis.set_major_formatter(ticks(language, "int"))
    ax.legend(loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=3, frameon=False, columnspacing=1.4)
    return finish(ax, language, "portfolio", grid="x")


def _portfolio_places(table: pd.DataFrame) -> tuple[np.ndarray, dict[str, float]]:
    """Return the height of every bar, and of the heading above the bars of each pillar."""
    starts = table["pillar_label"].ne(table["pillar_label"].shift()).to_numpy()
    places = np.arange(len(table)) + starts.cumsum() * 1.3
    heads = {str(table["pillar_label"].iloc[row]): float(places[row]) - 1 for row in np.flatnonzero(starts)}
    return places, heads


def portfolio_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of the portfolio: the counts, the fullest sub-dimensions, the empty ones."""
    counts = table[["ict", "non_ict", "ict_unknown"]]
    total = counts.sum(axis=1)
    most = total.max()
    largest = [language.text("figures.portfolio.largest", label=n, count=most) for n in table.label[total == most]]
    empty = list(table.loc[total == 0, "label"])
    key = "figures.portfolio.empty" if empty else "figures.portfolio.full"
    words = language.text(key, labels=empty)
    return {**counts.sum().to_dict(), "n": total.sum(), "largest": language.listed(largest), "empty": words}
