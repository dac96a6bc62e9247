"""The roadmap: targets, this review's actions and the programmes of each pillar over the years of the masterplan."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ...study.spec import Masterplan
from ..language import Language
from ..theme import BLUE, GREEN, INK, MUTED, ORANGE, plain, shorten
from .base import finish, join, say

__all__ = ["plot_roadmap", "roadmap_facts"]

_THIN, _LANE, _HEAD = 0.34, 1.5, 1.25  # heights: one programme, one target or horizon, the heading of a pillar
_HORIZONS = ("short", "medium", "long")


def plot_roadmap(table: pd.DataFrame, *, ax: Axes, language: Language, year: int, period: Masterplan) -> Axes:
    """Draw targets, actions by horizon, and one thin line a programme, pillar by pillar.

    A line is as long as a source states the period; an arrow leaves an end open, a dot marks a year in which a
    programme is only known to run. Programmes without any period are counted in words.

    Parameters
    ----------
    table : DataFrame
        As made by ``masterplan.roadmap``, with ``pillar_label``.
    ax : Axes
    language : Language
    year : int
        The review year, marked.
    period : Masterplan
        Its first and last year.
    """
    first_year, last_year = period.first_year, period.last_year
    place, labels = 0.0, {}
    targets = table[table["lane"] == "target"]
    if len(targets):
        labels[place] = language.text("figures.roadmap.targets")
        _draw_targets(ax, targets, place, language)
    for horizon in _HORIZONS:
        rows = table[(table["lane"] == "action") & (table["horizon"] == horizon)]
        if len(rows):
            place += _LANE
            labels[place] = language.text(f"figures.roadmap.{horizon}")
            _draw_actions(ax, rows, place, last_year, language)
    programmes = table[table["lane"] == "programme"]
    for label, rows in programmes.groupby("pillar_label", sort=False):
        place += _LANE
        labels[place] = shorten(str(label))
        place = _draw_programmes(ax, rows, place, (first_year, last_year, year), language)
    ax.axvspan(year, year + 1, color=ORANGE, alpha=0.18, linewidth=0, zorder=0)
    say(ax, language.text("figures.roadmap.review", year=year), (year + 0.5, -1.2), (0, 2), weight="bold")
    ax.set_yticks(list(labels), list(labels.values()))
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(place + _LANE * 0.7, -1.2)
    ax.set_xlim(first_year, last_year + 1)
    ax.set_xticks([y + 0.5 for y in range(first_year, last_year + 1)])
    ax.xaxis.set_major_formatter(lambda value, _: language.number(int(value), "year"))
    _legend(ax, language)
    return finish(ax, language, "roadmap", grid="x")


def _draw_targets(ax: Axes, rows: pd.DataFrame, place: float, language: Language) -> None:
    for row in rows.itertuples():
        fill = "white" if row.status == "estimated" else ORANGE
        ax.plot(row.first + 0.5, place, linestyle="", marker="D", markersize=7, color=INK, markerfacecolor=fill)
        say(ax, language.number(row.value, "score"), (row.first + 0.5, place), (0, 6))


def _draw_actions(ax: Axes, rows: pd.DataFrame, place: float, last_year: int, language: Language) -> None:
    first, last = int(rows["first"].iloc[0]), int(rows["last"].iloc[0])
    ax.barh(place, min(last, last_year) + 1 - first, 0.8, first, color=GREEN, alpha=0.75, linewidth=0)
    words = language.text("figures.roadmap.numbers", numbers=_runs([int(number) for number in rows["number"]]))
    say(ax, words, (first, place), (-5, 0), ha="right", va="center")
    if last > last_year:
        ax.plot(last_year + 0.9, place, linestyle="", marker=">", markersize=6, color=INK)


def _runs(numbers: list[int]) -> str:
    """Return numbers as runs: "1–3, 5"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _draw_programmes(
    ax: Axes, rows: pd.DataFrame, place: float, years: tuple[int, int, int], language: Language
) -> float:
    """Draw the programmes of one pillar from `place` down, and return where they end."""
    first_year, last_year, now = years
    known = rows[rows["first"].notna() & (rows["first"] <= last_year)].sort_values(["first", "last"], kind="stable")
    without = int(rows["first"].isna().sum())
    key = "count_without" if without else "count"
    words = language.text(f"figures.roadmap.{key}", programmes=len(rows), without=without)
    say(ax, words, (last_year + 1, place), (-2, 0), ha="right", va="center", color=MUTED)
    for order, row in enumerate(known.itertuples()):
        at = place + _HEAD / 2 + order * _THIN
        left, right = max(int(row.first), first_year), min(int(row.last), last_year) + 1
        if not row.first_known:
            ax.plot(row.first + 0.5, at, linestyle="", marker="o", markersize=3.5, color=BLUE)
            continue
        right = max(right, left + 1)
        ax.plot([left + 0.06, right - 0.06], [at, at], color=BLUE, linewidth=2.6)
        if row.first < first_year:
            ax.plot(left + 0.06, at, linestyle="", marker="<", markersize=4.5, color=BLUE)
        if not row.last_known:
            end = max(now + 0.94, right + 0.3)
            ax.plot([right, end], [at, at], color=BLUE, linewidth=1, linestyle=(0, (2, 2)))
            ax.plot(end, at, linestyle="", marker=">", markersize=3.5, color=BLUE)
    return place + _HEAD / 2 + max(len(known) - 1, 0) * _THIN


def _legend(ax: Axes, language: Language) -> None:
    styles: dict[str, dict[str, Any]] = {
        "stated": {"linewidth": 2.6},
        "open": {"linewidth": 1, "linestyle": (0, (2, 2)), "marker": ">", "markersize": 4},
        "seen": {"linestyle": "", "marker": "o", "markersize": 3.5},
    }
    handles = [
        Line2D([], [], color=BLUE, label=plain(language.text(f"figures.roadmap.{name}")), **style)
        for name, style in styles.items()
    ]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.4, -0.09), ncols=1, frameon=False)


def roadmap_facts(table: pd.DataFrame, *, language: Language, year: int, period: Masterplan) -> dict[str, Any]:
    """Return the facts of the roadmap: targets, actions by horizon, programmes by what is known of their period."""

    def words(key: str, **facts: Any) -> str:
        return language.text(f"figures.roadmap.{key}", **facts)

    targets = table[table["lane"] == "target"]
    actions = table[table["lane"] == "action"]["horizon"].value_counts()
    programmes = table[table["lane"] == "programme"]
    by_pillar = programmes.groupby("pillar_label", sort=False).size()
    seen = programmes["first"].notna()
    points = "; ".join(words("target_point", score=row.value, year=row.first) for row in targets.itertuples())
    return {
        "first": period.first_year,
        "last": period.last_year,
        "year": year,
        "targets_said": join([words("targets_said", points=points) if points else ""]),
        **{horizon: int(actions.get(horizon, 0)) for horizon in _HORIZONS},
        "programmes": len(programmes),
        "by_pillar": "; ".join(words("pillar_point", label=n, count=c) for n, c in by_pillar.items()),
        "stated_count": int((programmes["first_known"] & programmes["last_known"]).sum()),
        "open_count": int((programmes["first_known"] & ~programmes["last_known"]).sum()),
        "seen_count": int((seen & ~programmes["first_known"]).sum()),
        "none_count": int((~seen).sum()),
    }
