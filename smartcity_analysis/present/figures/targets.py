"""How probable a target is, and the smallest improvements that reach it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..theme import BLUE, GRID, INK, MUTED, ORANGE, VERMILION, shorten, spread, wrap
from .base import HALO, finish, join, period, say, ticks

__all__ = ["effort_plan_facts", "outlook_facts", "plot_effort_plan", "plot_outlook"]

_TOP = 4.0  # of the ministry's scale


# --- how probable a target is --------------------------------------------------------------------------------------


def plot_outlook(table: pd.DataFrame, *, ax: Axes, language: Language, trend: pd.DataFrame) -> Axes:
    """Draw the scores so far in one row, and below it an interval and a probability for each assumption.

    Parameters
    ----------
    table : DataFrame
        As ``masterplan.target_outlook(...).table``, with the words of the assumption as column label.
    ax : Axes
    language : Language
    trend : DataFrame
        As made by ``masterplan.score_trend``.
    """
    scored = trend.dropna(subset=["score"])
    target = float(table["target"].iloc[0])
    ax.axvline(target, color=ORANGE, linewidth=2.2, zorder=1)
    _draw_scores(ax, scored, language)
    for place, row in enumerate(table.itertuples(), start=1):
        _draw_assumption(ax, row, place, language)
    ax.set_ylim(len(table) + 0.6, -1.0)
    labels = [_words(language, "past", period=period(scored["year"])), *(_begun(label) for label in table["label"])]
    ax.set_yticks(range(len(table) + 1), [wrap(label, 1.75) for label in labels])
    ax.tick_params(axis="y", length=0)
    lowest = min(float(scored["score"].min()), float(table["lower_limit"].min()))
    _scale(ax, language, lowest - 0.25)
    line = {"va": "top", "ha": "center", "bbox": HALO}
    facts = {"target": target, "year": table["target_year"].iloc[0]}
    say(ax, _words(language, "target_label", **facts), (target, -1.0), (0, -3), weight="bold", **line)
    return finish(ax, language, "outlook", grid="x")


def _begun(text: Any) -> str:
    """Return `text` with a capital at its beginning."""
    return str(text)[:1].upper() + str(text)[1:]


def _scale(ax: Axes, language: Language, lowest: float) -> None:
    """Let the axis of scores begin at `lowest` and end beyond the top of the scale, which carries its last tick."""
    ax.axvline(_TOP, color=MUTED, linewidth=1, linestyle=":")
    ax.set_xlim(lowest, _TOP + 0.04 * (_TOP - lowest))
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(ticks(language, "num1"))


def _words(language: Language, key: str, **facts: Any) -> str:
    return language.text(f"figures.outlook.{key}", **facts)


def _draw_scores(ax: Axes, scored: pd.DataFrame, language: Language) -> None:
    ax.plot(scored["score"], np.zeros(len(scored)), color=GRID, linewidth=2, zorder=1.5)
    years = list(scored["year"])
    places = spread([float(score) for score in scored["score"][:-1]], 0.12)  # the last one stands below the row
    for place, (year, score) in enumerate(zip(years, scored["score"], strict=True)):
        last = place == len(years) - 1
        look: dict[str, Any] = (
            {"markersize": 9, "markerfacecolor": BLUE} if last else {"markersize": 6, "markerfacecolor": "white"}
        )
        ax.plot(score, 0, marker="o", color=BLUE, **look)
        at, moved = (float(score), -9) if last else (places[place], 7)
        style: dict[str, Any] = {"va": "top", "weight": "bold"} if last else {}
        say(ax, language.number(year, "year"), (at, 0), (0, moved), **style)


def _draw_assumption(ax: Axes, row: Any, place: int, language: Language) -> None:
    """Draw one interval with its middle, or the words of a bound that has none; the probability stands above."""
    chance = _words(language, "chance_bound" if np.isnan(row.forecast) else "chance", probability=row.probability * 100)
    if np.isnan(row.forecast):
        say(ax, chance, (float(row.target), place), (0, 0), va="center", color=INK, weight="bold", bbox=HALO)
        return
    ax.plot(
        [row.lower_limit, row.upper_limit], [place, place], color=BLUE, linewidth=5, alpha=0.35, solid_capstyle="butt"
    )
    ax.plot(row.forecast, place, marker="o", color=BLUE, markersize=7)
    for limit, side, shift in ((row.lower_limit, "right", -4), (row.upper_limit, "left", 4)):
        inside = limit < _TOP - 0.25
        text, align = language.number(limit, "num2"), side if inside else "right"
        height = "center" if inside else "top"
        say(
            ax,
            text,
            (float(limit), place),
            (shift if inside else 0, 0 if inside else -5),
            ha=align,
            va=height,
            color=MUTED,
        )
    say(ax, chance, (float(row.target), place), (0, 6), weight="bold", bbox=HALO)


def outlook_facts(table: pd.DataFrame, *, language: Language, trend: pd.DataFrame) -> dict[str, Any]:
    """Return the facts of an outlook: the scores, the target, and interval and probability of each assumption."""
    scored = trend.dropna(subset=["score"])
    said = []
    for row in table.itertuples():
        facts = {"label": _begun(row.label), "probability": row.probability * 100, "steps": row.steps}
        if np.isnan(row.forecast):
            said.append(_words(language, "row_bound", **facts))
            continue
        limits = {"lower": row.lower_limit, "upper": row.upper_limit, "forecast": row.forecast}
        said.append(_words(language, "row", **facts, **limits))
    first = table.iloc[0]
    points = (language.text("figures.score_trend.point", score=r.score, year=r.year) for r in scored.itertuples())
    return {
        "target": first["target"],
        "year": first["target_year"],
        "level": first["level"] * 100,
        "count": len(table),
        "lowest": table["probability"].min() * 100,
        "highest": table["probability"].max() * 100,
        "points": "; ".join(points),
        "rows": join(said),
    }


# --- the smallest improvements -------------------------------------------------------------------------------------


def plot_effort_plan(table: pd.DataFrame, *, ax: Axes, language: Language, target: float) -> Axes:
    """Draw for each idea of "smallest" how far every evaluation dimension would have to rise.

    Parameters
    ----------
    table : DataFrame
        As made by ``masterplan.plan_table``, with the words of the objective as column label and the name of the
        dimension as column name.
    ax : Axes
    language : Language
    target : float
        The score wanted.
    """
    place, marks, names = 0.0, [], []
    for label, rows in _plans(table, language):
        style: dict[str, Any] = {"weight": "bold", "va": "center", "bbox": HALO}
        ax.text(0.02, place, wrap(_begun(label), 4.6), transform=ax.get_yaxis_transform(), **style)
        for row in rows.itertuples():
            place += 1
            _draw_rise(ax, row, place, language)
            marks.append(place)
            names.append(wrap(language.text("figures.effort_plan.row", name=row.name, weight=row.weight * 100), 1.9))
        place += 1.3
    ax.set_ylim(place - 0.6, -0.7)
    ax.set_yticks(marks, names)
    ax.tick_params(axis="y", length=0)
    _scale(ax, language, float(table["present"].min()) - 0.18)
    return finish(ax, language, "effort_plan", grid="x")


def _plans(table: pd.DataFrame, language: Language) -> list[tuple[str, pd.DataFrame]]:
    """Return the plans with their names; plans that come to the same are one, with all its names."""
    found: list[tuple[list[str], pd.DataFrame]] = []
    for label, rows in table.groupby("label", sort=False):
        same = [names for names, other in found if np.allclose(other["gain"], rows["gain"])]
        if same:
            same[0].append(shorten(label, 80))
        else:
            found.append(([shorten(label, 80)], rows))
    return [(language.listed(names), rows) for names, rows in found]


def _draw_rise(ax: Axes, row: Any, place: float, language: Language) -> None:
    now, then = float(row.present), float(row.needed)
    rises = row.gain > 0
    if rises:
        ax.plot([now, then], [place, place], color=VERMILION, linewidth=3, zorder=1.8)
        ax.plot(then, place, marker="o", color=VERMILION, markersize=8)
        full = then >= _TOP - 1e-9
        text = language.text("figures.effort_plan.full" if full else "figures.effort_plan.needed", score=then)
        say(ax, text, (then, place), (7, 0), ha="left", va="center", weight="bold")
    ax.plot(now, place, marker="o", color=BLUE, markersize=8, markerfacecolor="white")
    say(ax, language.number(now, "num2"), (now, place), (-7, 0), ha="right", va="center", color=INK if rises else MUTED)


def effort_plan_facts(table: pd.DataFrame, *, language: Language, target: float) -> dict[str, Any]:
    """Return the facts of a plan: the target, and by objective which dimension rises from where to where."""
    said = []
    for label, rows in _plans(table, language):
        rising = rows[rows["gain"] > 0]
        parts = [
            language.text("figures.effort_plan.rise", name=r.name, present=r.present, needed=r.needed, gain=r.gain)
            for r in rising.itertuples()
        ]
        key = "objective" if parts else "nothing"
        facts = {"label": _begun(label), "points": rows["gain"].sum()}
        said.append(language.text(f"figures.effort_plan.{key}", **facts, rises="; ".join(parts)))
    first = table[table["label"] == table["label"].iloc[0]]
    weights = [f"{shorten(r.name)} {language.number(r.weight * 100, 'pct0')}" for r in first.itertuples()]
    present = float((first["weight"] * first["present"]).sum())
    return {"target": target, "present": present, "rows": join(said), "weights": language.listed(weights)}
