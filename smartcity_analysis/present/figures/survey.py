"""The OPD survey: who answered what, importance against performance, obstacles, and own beside verified scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.ticker import MultipleLocator

from ..language import Language
from ..shades import ink_on, shade
from ..theme import ALERT, BLUE, INK, MUTED, SERIES, shorten, spread, wrap
from .base import HALO, finish, join, say, ticks

__all__ = [
    "importance_performance_facts",
    "obstacles_facts",
    "plot_importance_performance",
    "plot_obstacles",
    "plot_self_verified",
    "plot_survey_response",
    "response_rows",
    "self_verified_facts",
    "survey_response_facts",
]

_NOT_SECTIONS = ("opd", "name", "forms", "asked", "answered", "share", "hidden", "status")
_FEW = 3  # names that a title holds
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_ABOVE: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1.0), "frameon": False, "borderaxespad": 0.2}


def plot_survey_response(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw which share of every section each OPD answered, darker where it is more; OPDs without a form in words.

    Parameters
    ----------
    table : DataFrame, one row an OPD
        name, forms, and one column a section with shares from 0 to 1 (NaN: nothing was asked; in all of them: too few
        forms to be shown, and where there are several such OPDs they share one row).
    ax : Axes
    language : Language
    """
    sections = [c for c in table.columns if c not in _NOT_SECTIONS]
    rows = _folded(table, language)
    shares = rows[sections].to_numpy(float)
    answered = rows["forms"].to_numpy() > 0
    at = np.argwhere(~np.isnan(shares) & answered[:, np.newaxis])
    boxes = at[:, np.newaxis, ::-1] + np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    colours = [shade(float(shares[tuple(cell)])) for cell in at]
    ax.add_collection(PolyCollection(list(boxes), facecolors=colours, edgecolors="white", linewidths=0.6))
    for (row, column), colour in zip(at, colours, strict=True):
        text = language.number(shares[row, column] * 100, "num0")
        say(ax, text, (column, row), (0, -0.5), va="center", color=ink_on(colour), fontsize=10)
    for row in np.flatnonzero(~answered).tolist():
        say(ax, language.text("figures.survey_response.silent"), (-0.4, row), (0, -0.5), ha="left", va="center",
            color=ALERT, fontsize=10)  # fmt: skip
    for row in np.flatnonzero(answered & np.isnan(shares).all(axis=1)).tolist():
        say(ax, language.text("figures.survey_response.few"), (-0.4, row), (0, -0.5), ha="left", va="center",
            color=MUTED, fontsize=10)  # fmt: skip
    ax.set_yticks(range(len(rows)), [shorten(name) for name in rows["name"]], fontsize=10)
    names = [language.text(f"survey.sheets.{section}") for section in sections]
    ax.set_xticks(range(len(sections)), names, rotation=35, ha="right", rotation_mode="anchor")
    ax.set_xlim(-0.5, len(sections) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.tick_params(length=0)
    key = [Patch(facecolor=shade(step), edgecolor=MUTED, linewidth=0.6) for step in _SHARES]
    words = [language.number(step * 100, "pct0") for step in _SHARES]
    ax.legend(key, words, ncols=5, handlelength=1.2, columnspacing=1.0, **_ABOVE)
    finish(ax, language, "survey_response")
    ax.grid(visible=False)
    return ax


def response_rows(table: pd.DataFrame) -> int:
    """Return how many rows the figure of the response has: OPDs with too few forms to be shown share one."""
    few = _too_few(table)
    return len(table) - max(int(few.sum()) - 1, 0)


def _too_few(table: pd.DataFrame) -> pd.Series:
    sections = [c for c in table.columns if c not in _NOT_SECTIONS]
    return (table["forms"] > 0) & table[sections].isna().all(axis=1)


def _folded(table: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Return the rows in order, with one at the end for all OPDs whose forms are too few to be shown."""
    rows = _by_response(table)
    few = _too_few(rows)
    if few.sum() < 2:
        return rows
    named = language.text("figures.survey_response.others", count=int(few.sum()))
    return pd.concat([rows[~few], rows[few].head(1).assign(name=named)], ignore_index=True)


def _by_response(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["share", "name"], ascending=[False, True], kind="stable").reset_index(drop=True)


def survey_response_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of the response: how many OPDs answered, the mean share, and who did not answer."""
    sections = [c for c in table.columns if c not in _NOT_SECTIONS]
    rows = _by_response(table)
    silent = list(rows.loc[rows["forms"] == 0, "name"])
    key = "silent_names" if silent else "none_silent"
    shown = rows.loc[(rows["forms"] > 0) & ~_too_few(rows), sections].astype(float)
    means = shown.mean().dropna()
    parts = [
        language.text("figures.survey_response.part", name=language.text(f"survey.sheets.{s}"), share=m * 100)
        for s, m in means.items()
    ]
    words = language.text(f"figures.survey_response.{key}", names=silent)
    means_said = language.text("figures.survey_response.means", count=len(shown), parts=parts) if parts else ""
    return {"n": len(rows), "answered": len(rows) - len(silent), "silent_said": words, "means_said": means_said}


def plot_importance_performance(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw importance against performance, cut at the means into four quadrants, each point named at the side.

    Parameters
    ----------
    table : DataFrame, one row a sub-dimension
        label, pillar, pillar_label, importance, performance, cut_importance, cut_performance; rows without a mean are
        left out.
    ax : Axes
    language : Language
    """
    rows = table.dropna(subset=["importance", "performance"])
    x, y = rows["performance"].to_numpy(float), rows["importance"].to_numpy(float)
    left, right, low, high = _frame(x, y)
    across, up = float(rows["cut_performance"].iloc[0]), float(rows["cut_importance"].iloc[0])
    ax.plot([across, across], [low, high], color=MUTED, linewidth=1)
    ax.plot([left, right], [up, up], color=MUTED, linewidth=1)
    looks = dict(zip(rows["pillar"].unique(), SERIES, strict=False))
    for pillar, own in rows.groupby("pillar", sort=False):
        colour, _, marker = looks[str(pillar)]
        label = shorten(own["pillar_label"].iloc[0], 20)
        look: dict[str, Any] = {"linestyle": "", "marker": marker, "color": colour, "markersize": 7}
        ax.plot(own["performance"], own["importance"], label=label, **look)
    _corners(ax, language, (left, right, low, high))
    _side_names(ax, rows, (right, low, high))
    ax.set_xlim(left, right + 0.8 * (right - left))
    ax.set_ylim(low, high)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MultipleLocator(0.5 if right - left > 1.2 else 0.2))
        axis.set_major_formatter(ticks(language, "num1"))
    ax.set_xticks([t for t in ax.get_xticks() if left <= t <= right])
    ax.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0), frameon=False, handletextpad=0.2, columnspacing=1.2)
    return finish(ax, language, "importance_performance", grid="both")


def _frame(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float]:
    """Return the limits of the plot: the points, and room for the names of the quadrants."""
    room = 0.12 * max(np.ptp(x), np.ptp(y), 0.5)
    return float(x.min() - room), float(x.max() + room), float(y.min() - 1.6 * room), float(y.max() + 1.6 * room)


def _corners(ax: Axes, language: Language, frame: tuple[float, float, float, float]) -> None:
    left, right, low, high = frame
    places = {"concentrate": (left, high), "keep_up": (right, high)}
    places |= {"low_priority": (left, low), "overkill": (right, low)}
    for key, (x, y) in places.items():
        style: dict[str, Any] = {"ha": "left" if x == left else "right", "va": "top" if y == high else "bottom"}
        shift = (3.0 if x == left else -3.0, -2.0 if y == high else 2.0)
        say(ax, language.text(f"tables.words.{key}"), (x, y), shift, color=MUTED, fontsize=10, style="italic", **style)


def _side_names(ax: Axes, rows: pd.DataFrame, edge: tuple[float, float, float]) -> None:
    """Write the names beside the plot, from top to bottom, each with a line to its point."""
    right, low, high = edge
    ordered = rows.sort_values("importance", kind="stable")
    gap = (high - low) / max(len(rows), 18)
    places = spread(ordered["importance"].tolist(), gap)
    if min(places) < low + gap / 2 or max(places) > high - gap / 2:
        places = np.linspace(low + gap / 2, high - gap / 2, len(rows)).tolist()
    start = right + 0.03 * (right - ordered["performance"].min())
    for place, row in zip(places, ordered.to_dict("records"), strict=True):
        ax.plot(
            [row["performance"], right, start], [row["importance"], place, place], color=MUTED, linewidth=0.5, zorder=1
        )
        say(ax, shorten(row["label"]), (start, place), (3, 0), ha="left", va="center", fontsize=10)


def importance_performance_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of the quadrants: their members, and the cuts."""
    rows = table.dropna(subset=["importance", "performance"])
    said = []
    for key in ("concentrate", "keep_up", "low_priority", "overkill"):
        names = list(rows.loc[rows["quadrant"] == key, "label"])
        if names:
            word = language.text(f"tables.words.{key}")
            said.append(language.text("figures.importance_performance.quadrant", quadrant=word, names=names))
    first = list(rows.loc[rows["quadrant"] == "concentrate", "label"])
    cuts = {name: rows[f"cut_{name}"].iloc[0] for name in ("importance", "performance")}
    variant = "none" if not first else "many" if len(first) > _FEW else ""
    return {"n": len(rows), **cuts, "variant": variant, "first": first, "count": len(first), "quadrants": join(said)}


def plot_obstacles(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw the severity of every obstacle with its interval, the most severe at the top, and who names it in words.

    Parameters
    ----------
    table : DataFrame, one row an obstacle
        label, severity, lower_limit, upper_limit (scale 1-5), share, share_lower, share_upper (0-1).
    ax : Axes
    language : Language
    """
    rows = table.dropna(subset=["severity"]).reset_index(drop=True)
    for place, row in enumerate(rows.to_dict("records")):
        ax.plot([row["lower_limit"], row["upper_limit"]], [place] * 2, color=BLUE, linewidth=3, alpha=0.45)
        ax.plot(row["severity"], place, marker="o", color=BLUE, markersize=8)
        facts = {"severity": row["severity"], **{k: row[k] * 100 for k in ("share", "share_lower", "share_upper")}}
        known = "named" if np.isfinite(row["share"]) else "unnamed"
        text = language.text(f"figures.obstacles.{known}", **facts)
        say(ax, language.number(row["severity"], "num1"), (row["severity"], place), (0, 6), fontsize=10)
        say(ax, text, (5.15, place), (0, -0.5), ha="left", va="center", fontsize=10)
    ax.set_yticks(range(len(rows)), [wrap(shorten(label), 1.5) for label in rows["label"]])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(1, 9)
    ax.spines["bottom"].set_bounds(1, 5)
    ax.set_xticks([1, 2, 3, 4, 5])
    ax.xaxis.set_major_formatter(ticks(language, "int"))
    ax.tick_params(axis="y", length=0)
    return finish(ax, language, "obstacles", grid="x")


def obstacles_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of the obstacles: the most severe one, and every one with its severity and share."""
    rows = table.dropna(subset=["severity"])
    said = [
        language.text(
            "figures.obstacles.part", label=r["label"], severity=r["severity"], lower=r["lower_limit"],
            upper=r["upper_limit"], share=r["share"] * 100,
        )
        for r in rows.to_dict("records")
    ]  # fmt: skip
    return {"n": len(rows), "top": rows["label"].iloc[0], "severity": rows["severity"].iloc[0], "parts": said}


def plot_self_verified(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw own and verified maturity of every pillar on the scale 0-4, joined by a line.

    Parameters
    ----------
    table : DataFrame, one row a pillar
        label, self_score, verified, difference; rows without both are said in words.
    ax : Axes
    language : Language
    """
    for place, row in enumerate(table.to_dict("records")):
        if not np.isfinite([row["self_score"], row["verified"]]).all():
            say(ax, language.text("unknown"), (0.1, place), (0, 0), ha="left", va="center", color=MUTED)
            continue
        ax.plot([row["self_score"], row["verified"]], [place] * 2, color=MUTED, linewidth=1.6, zorder=1)
        ax.plot(
            row["self_score"], place, marker="o", color=BLUE, markerfacecolor="white", markersize=9, markeredgewidth=1.8
        )
        ax.plot(row["verified"], place, marker="s", color=ALERT, markersize=8)
        middle = (row["self_score"] + row["verified"]) / 2
        text = language.number(row["difference"], "signed")
        say(ax, text, (middle, place), (0, 5), color=INK, fontsize=10, bbox=HALO)
    look: dict[str, Any] = {"linestyle": "", "markersize": 8}
    words = [language.text(f"figures.self_verified.{key}") for key in ("own", "verified")]
    ax.plot([], [], marker="o", color=BLUE, markerfacecolor="white", markeredgewidth=1.8, label=words[0], **look)
    ax.plot([], [], marker="s", color=ALERT, label=words[1], **look)
    ax.legend(ncols=2, columnspacing=1.2, **_ABOVE)
    ax.set_yticks(range(len(table)), [shorten(label) for label in table["label"]])
    ax.set_ylim(len(table) - 0.4, -0.7)
    ax.set_xlim(0, 4.05)
    ax.set_xticks([0, 1, 2, 3, 4])
    ax.xaxis.set_major_formatter(ticks(language, "int"))
    ax.tick_params(axis="y", length=0)
    return finish(ax, language, "self_verified", grid="x")


def self_verified_facts(table: pd.DataFrame, *, language: Language) -> dict[str, Any]:
    """Return the facts of own and verified scores: every pillar with both, and the largest difference."""
    rows = table.dropna(subset=["self_score", "verified"])
    said = [
        language.text("figures.self_verified.part", label=r["label"], own=r["self_score"], verified=r["verified"])
        for r in rows.to_dict("records")
    ]
    facts: dict[str, Any] = {"n": len(table), "parts": said, "variant": "" if len(rows) else "none"}
    if len(rows):
        widest = rows.loc[rows["difference"].abs().idxmax()]
        facts |= {"widest": widest["label"], "difference": widest["difference"]}
    return facts
