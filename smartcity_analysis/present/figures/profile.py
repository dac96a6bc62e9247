"""One region beside its peers: its scores by component, and over the years."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ..language import Language
from ..theme import ALERT, BLUE, INK, MUTED, PALE, shorten, spread, wrap
from .base import finish, join, period, say, ticks

__all__ = ["plot_profile_scores", "plot_profile_years", "profile_scores_facts", "profile_years_facts"]

_ABOVE: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1.0), "frameon": False, "borderaxespad": 0.2}


def plot_profile_scores(table: pd.DataFrame, *, ax: Axes, language: Language) -> Axes:
    """Draw every component as the region's score on the span of its peers, with their mean and its rank.

    Parameters
    ----------
    table : DataFrame
        One row a component, the index itself first: name, score, mean, lowest, highest, rank, rank_lower, rank_upper,
        regions, verdict.
    ax : Axes
    language : Language
    """
    for line, row in enumerate(table.to_dict("records")):
        ax.plot([row["lowest"], row["highest"]], [line] * 2, color=PALE, linewidth=9, solid_capstyle="butt", zorder=1)
        ax.plot([row["mean"]] * 2, [line - 0.3, line + 0.3], color=INK, linewidth=2, zorder=2)
        colour, marker = _look(row["verdict"])
        ax.plot(row["score"], line, marker, color=colour, markersize=8, zorder=3)
        style: dict[str, Any] = {"ha": "left", "va": "center", "color": colour}
        ax.annotate(_rank(row, language), (1.0, line), (6, -0.5), xycoords=ax.get_yaxis_transform(),
                    textcoords="offset points", annotation_clip=False, parse_math=False, **style)  # fmt: skip
    ax.set_yticks(range(len(table)), [wrap(shorten(name), 1.7) for name in table["name"]])
    ax.get_yticklabels()[0].set_fontweight("bold")
    ax.axhline(0.5, color=MUTED, linewidth=0.8)
    ax.set_ylim(len(table) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(ticks(language, "num0"))
    _key(ax, language)
    return finish(ax, language, "profile_scores", grid="x")


def _look(verdict: str) -> tuple[str, str]:
    """Return colour and marker, so that what is clearly strong or weak is told apart without colour."""
    return {"strength": (BLUE, "^"), "weakness": (ALERT, "v")}.get(verdict, (INK, "o"))


def _rank(row: Any, language: Language) -> str:
    one = row["rank_lower"] == row["rank_upper"]
    facts = {name: int(row[name]) for name in ("rank", "regions", "rank_lower", "rank_upper")}
    return language.text(f"figures.profile_scores.{'rank' if one else 'rank_band'}", **facts)


def _key(ax: Axes, language: Language) -> None:
    verdicts = ("strength", "weakness", "not_clear")
    words = {key: language.text(f"figures.profile_scores.{key}") for key in (*verdicts, "mean", "span")}
    for verdict in verdicts:
        colour, marker = _look(verdict)
        ax.plot([], [], marker, color=colour, markersize=8, label=words[verdict])
    ax.plot([], [], color=INK, linewidth=2, label=words["mean"])
    ax.plot([], [], color=PALE, linewidth=9, solid_capstyle="butt", label=words["span"])
    ax.legend(ncols=3, handlelength=1.3, columnspacing=1.2, **_ABOVE)


def profile_scores_facts(table: pd.DataFrame, *, language: Language, place: str) -> dict[str, Any]:
    """Return the facts of the scores: the index with its rank, and every component beside the mean of the peers."""
    rows = table.to_dict("records")
    said = [
        language.text(
            "figures.profile_scores.row",
            name=row["name"],
            score=row["score"],
            mean=row["mean"],
            rank=_rank(row, language),
        )
        for row in rows
    ]
    return {"place": place, "year": rows[0]["year"], "n": len(rows) - 1, "index": rows[0]["name"], "rows": join(said)}


def plot_profile_years(table: pd.DataFrame, *, ax: Axes, language: Language, place: str, mean: str) -> Axes:
    """Draw the region's score and the mean of its peers over the years.

    Parameters
    ----------
    table : DataFrame
        Columns year, score, mean.
    ax : Axes
    language : Language
    place, mean : str
        Names of the two lines.
    """
    rows = table.sort_values("year")
    looks = {"score": (place, BLUE, "-", "o"), "mean": (mean, MUTED, "--", "s")}
    ends = [float(rows[column].iloc[-1]) for column in looks]
    for column, (_, colour, style, marker) in looks.items():
        ax.plot(rows["year"], rows[column], color=colour, linestyle=style, marker=marker, linewidth=2, markersize=5)
    first, last = int(rows["year"].iloc[0]), int(rows["year"].iloc[-1])
    low, high = ax.get_ylim()
    ax.set_ylim(low - 0.16 * (high - low), high + 0.12 * (high - low))
    heights = spread(ends, (high - low) * 0.36)
    for (name, colour, _, _), end, height in zip(looks.values(), ends, heights, strict=True):
        words = language.text("figures.profile_years.end", name=wrap(shorten(name), 1.5), value=end)
        lead = {"arrowstyle": "-", "color": colour, "linewidth": 1, "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 4}
        box: dict[str, Any] = {"xytext": (1.03, height), "textcoords": ax.get_yaxis_transform(), "parse_math": False}
        ax.annotate(words, (last, end), ha="left", va="center", annotation_clip=False, arrowprops=lead, **box)
    for column, down in (("score", _above(rows)), ("mean", not _above(rows))):
        height = float(rows[column].iloc[0])
        shift, side = ((0, 6), "bottom") if down else ((0, -6), "top")
        say(ax, language.number(height, "num1"), (first, height), shift, va=side, color=looks[column][1])
    room = max(0.4, 0.05 * (last - first))
    ax.set_xlim(first - room, last + room)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, min_n_ticks=1))
    ax.xaxis.set_major_formatter(ticks(language, "year"))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(ticks(language, "num0"))
    return finish(ax, language, "profile_years")


def _above(rows: pd.DataFrame) -> bool:
    return bool(rows["score"].iloc[0] >= rows["mean"].iloc[0])


def profile_years_facts(table: pd.DataFrame, *, language: Language, place: str, mean: str) -> dict[str, Any]:
    """Return the facts of the years: both lines at both ends, and how far each moved."""
    rows = table.sort_values("year")
    first, last = rows.iloc[0], rows.iloc[-1]
    facts: dict[str, Any] = {"place": place, "peers": mean, "period": period(rows["year"]), "first": first["year"]}
    facts |= {"before": first["score"], "after": last["score"], "change": last["score"] - first["score"]}
    facts |= {"mean_before": first["mean"], "mean_after": last["mean"], "mean_change": last["mean"] - first["mean"]}
    return facts | {"year": last["year"], "variant": "single" if len(rows) == 1 else ""}
