"""The score over the years, its targets, and the gap that is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from ..language import Language
from ..theme import ALERT, BLUE, INK, MUTED, ORANGE, VERMILION, plain, wrap
from .base import HALO, finish, join, period, say, ticks

__all__ = ["plot_score_trend", "score_trend_facts"]

_MANY = 6  # years above which targets carry a number only


def plot_score_trend(
    trend: pd.DataFrame, *, ax: Axes, language: Language, break_labels: Mapping[int, str] | None = None
) -> Axes:
    """Draw the score by year, its last drop, its targets, the gap that is left, and where the method broke.

    Parameters
    ----------
    trend : DataFrame
        As made by ``masterplan.score_trend``; scores and targets on the scale 0-4.
    ax : Axes
    language : Language
    break_labels : mapping, optional
        Why the method broke, by year.
    """
    rows = trend.astype({"year": int}).set_index("year", drop=False)
    every = rows["score"].reindex(range(rows.index.min(), rows.index.max() + 1)).astype(float)
    ax.plot(every.index, every, color=BLUE, linewidth=2.2)
    ax.plot(every.index, every, color=BLUE, linestyle="", marker="o", markersize=7.5, zorder=2.2)
    scored, aimed = rows.dropna(subset=["score"]), rows.dropna(subset=["target"])
    _label_scores(ax, scored, language)
    _mark_targets(ax, aimed, language, short=len(rows) > _MANY)
    _draw_gap(ax, scored, aimed, language)
    ax.set_xticks(list(rows.index))
    ax.set_xlim(rows.index.min() - 0.45, rows.index.max() + 0.7)
    ax.xaxis.set_major_formatter(ticks(language, "year"))
    ax.yaxis.set_major_formatter(ticks(language, "num1"))
    _mark_breaks(ax, rows, break_labels or {})
    low, high = ax.get_ylim()
    ax.yaxis.set_major_locator(MultipleLocator(0.1 if high - low < 0.7 else 0.2 if high - low < 2.1 else 0.5))
    return finish(ax, language, "score_trend")


def _label_scores(ax: Axes, scored: pd.DataFrame, language: Language) -> None:
    for row in scored.itertuples():
        last = row.year == scored.index[-1]
        fell = bool(row.step < 0)
        under = bool(row.target >= row.score) or (last and fell)
        text = language.text("figures.score_trend.score_label", score=row.score)
        at = (float(row.year), float(row.score))
        say(ax, text, at, (3, -11) if under else (-3, 9), va="top" if under else "bottom", weight="bold")
        if last and fell:
            ax.plot([at[0] - 1, at[0]], [at[1] - row.step, at[1]], color=VERMILION, linewidth=4.5, zorder=2.1)
            step = language.text("figures.score_trend.step_label", step=row.step)
            say(ax, step, at, (3, -26), va="top", color=ALERT, weight="bold")


def _mark_targets(ax: Axes, aimed: pd.DataFrame, language: Language, *, short: bool) -> None:
    for row in aimed.itertuples():
        derived = row.target_status == "estimated"
        at = (float(row.year), float(row.target))
        fill = "white" if derived else ORANGE
        ax.plot(*at, linestyle="", marker="D", markersize=8, color=INK, markerfacecolor=fill)
        key = "target_label_short" if short else "target_label_derived" if derived else "target_label"
        say(ax, language.text(f"figures.score_trend.{key}", target=row.target), at, (0, 9), linespacing=1.1)
    if short and len(aimed):
        words = plain(language.text("figures.score_trend.target_word"))
        ax.text(0.99, 0.02, words, transform=ax.transAxes, ha="right", va="bottom", bbox=HALO)


def _draw_gap(ax: Axes, scored: pd.DataFrame, aimed: pd.DataFrame, language: Language) -> None:
    if scored.empty or aimed.empty or aimed.index[-1] <= scored.index[-1]:
        return
    (year, score), (horizon, target) = scored[["year", "score"]].iloc[-1], aimed[["year", "target"]].iloc[-1]
    ax.plot([year, horizon], [score, score], color=MUTED, linestyle=(0, (4, 3)), linewidth=1)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 7}
    ax.annotate("", (horizon, target), (horizon, score), arrowprops=arrow)
    text = language.text("figures.score_trend.gap_label", gap=target - score)
    say(ax, text, (horizon, (target + score) / 2), (7, 0), ha="left", va="center", weight="bold", bbox=HALO)


def _mark_breaks(ax: Axes, rows: pd.DataFrame, labels: Mapping[int, str]) -> None:
    low, high = ax.get_ylim()
    years = [int(year) for year in rows.index[rows["method_break"].astype(bool)]]
    line = (high - low) * (0.22 if len(years) < 2 else 0.3)
    top = high + (high - low) * 0.14 + line * len(years)  # room above the data for the words
    ax.set_ylim(low - (high - low) * 0.1, top)
    for order, year in enumerate(years):
        left = year - 0.5 - rows.index.min() > rows.index.max() - year + 0.5
        ax.axvline(year - 0.5, color=MUTED, linestyle=":", linewidth=1.6)
        side = {"ha": "right" if left else "left", "va": "top", "color": MUTED, "linespacing": 1.2, "bbox": HALO}
        at = (year - 0.5, top - line * order)
        say(ax, wrap(labels.get(year, ""), 3.2, even=True), at, (-6 if left else 6, -2), **side)


def score_trend_facts(
    trend: pd.DataFrame, *, language: Language, break_labels: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """Return the facts of a trend: every score, the last step, every target with its verdict, the gap, the breaks."""

    def words(key: str, **facts: Any) -> str:
        return language.text(f"figures.score_trend.{key}", **facts)

    scored, aimed = trend.dropna(subset=["score"]), trend.dropna(subset=["target"])
    last, step = scored.iloc[-1], float(scored["step"].iloc[-1])
    way = "" if np.isnan(step) else "same" if step == 0 else "rose" if step > 0 else "fell"
    targets = "; ".join(_target_words(row, language) for row in aimed.to_dict("records"))
    ahead = aimed[aimed["year"] > last["year"]].tail(1)
    gap = [
        words(
            "gap", score=last["score"], year=last["year"], target=t.target, horizon=t.year, gap=t.target - last["score"]
        )
        for t in ahead.itertuples()
    ]
    return {
        "variant": "" if len(aimed) else "no_target",
        "period": period(scored["year"]),
        "horizon": trend["year"].max(),
        "points": "; ".join(words("point", score=r.score, year=r.year) for r in scored.itertuples()),
        "step": words(way, year=last["year"], size=abs(step)) if way else "",
        "targets": words("targets", targets=targets) if targets else "",
        "gap": join(gap),
        "breaks": join(words("break", year=y, label=text) for y, text in (break_labels or {}).items()),
    }


def _target_words(row: Mapping[Any, Any], language: Language) -> str:
    met = row["target_met"]
    verdict = language.text(f"figures.score_trend.{'open' if pd.isna(met) else 'met' if met else 'missed'}")
    key = "target_point_derived" if row["target_status"] == "estimated" else "target_point"
    facts = {"target": row["target"], "year": row["year"], "verdict": verdict}
    return language.text(f"figures.score_trend.{key}", **facts)
