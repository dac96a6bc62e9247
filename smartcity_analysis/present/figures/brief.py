"""Where one agency stands among all: dots without names, its own picked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..language import Language
from ..theme import BLUE, GRID, INK, MUTED, VERMILION
from .base import finish, join, say

__all__ = ["agency_standing_facts", "plot_agency_standing"]

Array = NDArray[np.float64]
_SHARE = "owner_stated_share"  # its strip runs to the whole, whatever the agencies reach
_KINDS = {"programmes_owned": "num0", _SHARE: "pct0", "gaps_per_programme": "num1"}
_BINS = 40  # places along a strip; agencies of about the same value stand on each other
_LINE, _FLOOR, _ROOF, _LABEL = 0.2, 0.26, 0.71, 0.97  # of a strip: its line, lowest and highest dots, its name
_STEP = 0.05  # of a strip: a row of dots, at most
_ASIDE = 0.0065  # of a strip's length: two dots of one row stand side by side
_LETTER = 0.0155  # of a strip's length: a letter of the own value
_NEAR = 0.15  # of a strip's length: so near to an end, words are not centred


def plot_agency_standing(table: pd.DataFrame, *, ax: Axes, language: Language, own_name: str) -> Axes:
    """Draw every agency as a dot on a strip for each measure; only the own one is named.

    Parameters
    ----------
    table : DataFrame, one row an agency and measure
        measure, label (of the measure), value, own (one row a measure).
    ax : Axes
    language : Language
    own_name : str
        What the own dot is called.
    """
    strips = _strips(table)
    for place, (strip, top) in enumerate(strips):
        _strip(ax, strip, top, len(strips) - 1 - place, language, own_name)
    ax.set_xlim(-0.04, 1.04)
    ax.set_ylim(0, len(strips) + 0.08)
    ax.set_xticks([0, 1], ["", ""])
    ax.set_yticks([])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    finish(ax, language, "agency_standing")
    ax.grid(visible=True, axis="x", color=GRID)
    return ax


def _strip(ax: Axes, strip: pd.DataFrame, top: float, floor: int, language: Language, own_name: str) -> None:
    """Draw the dots of one measure above `floor`, with the ends of its line and the own value in words."""
    own, measure = strip["own"].to_numpy(bool), strip["measure"].iloc[0]
    across, up = _places(strip["value"].to_numpy(float) / top, own)
    step = min(_STEP, (_ROOF - _FLOOR) / max(float(up.max()), 1.0))
    height = floor + _FLOOR + step * up
    ax.plot([0, 1], [floor + _LINE] * 2, color=MUTED, linewidth=0.8, zorder=1)
    ax.plot(across[~own], height[~own], "o", color=BLUE, markersize=4.4, zorder=2)
    words = f"{own_name}: {_number(strip.loc[strip['own'], 'value'].iloc[0], measure, language)}"
    at, side = float(across[own][0]), "center"
    if not _NEAR < at < 1 - _NEAR:
        side = "left" if at < _NEAR else "right"
    top_of = float(height[_beside(across, at, side, len(words))].max()) + 1.3 * step
    ax.plot([at] * 2, [float(height[own][0]), top_of], color=VERMILION, linewidth=1, zorder=3)
    ax.plot(across[own], height[own], "D", color=VERMILION, markersize=8, markeredgecolor="white", zorder=4)
    say(ax, words, (at, top_of), (0, 2), ha=side, weight="bold", color=INK, zorder=4)
    say(ax, str(strip["label"].iloc[0]), (0, floor + _LABEL), (0, 0), ha="left", va="center", color=MUTED)
    for end, value, edge in ((0, 0.0, "left"), (1, top, "right")):
        say(ax, _number(value, measure, language), (end, floor + _LINE), (0, -4), ha=edge, va="top", color=MUTED)


def _beside(across: Array, at: float, side: str, letters: int) -> NDArray[np.bool_]:
    """Say which dots words of so many `letters` would cover."""
    before = {"left": 0.0, "center": 0.5, "right": 1.0}[side]
    wide = _LETTER * letters
    return (across > at - before * wide - 0.03) & (across < at + (1 - before) * wide + 0.03)


def _number(value: float, measure: str, language: Language) -> str:
    return language.number(value * 100 if measure == _SHARE else value, _KINDS[measure])


def _strips(table: pd.DataFrame) -> list[tuple[pd.DataFrame, float]]:
    """Return the rows of each measure with the value at which its strip ends."""
    strips = [strip for _, strip in table.groupby("measure", sort=False)]
    return [(s, 1.0 if s["measure"].iloc[0] == _SHARE else max(float(s["value"].max()), 1.0)) for s in strips]


def _places(shares: Array, own: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return where along its strip each agency stands, and in which row of dots: two a row, the own one above."""
    across = np.round(shares * _BINS) / _BINS
    order = np.argsort(own, kind="stable")
    below = np.empty(len(shares))
    below[order] = pd.Series(across[order]).groupby(across[order]).cumcount()
    paired = pd.Series(across[~own]).value_counts().reindex(across, fill_value=0).to_numpy() > 1
    aside = np.where(paired & ~own, np.where(below % 2 == 0, -_ASIDE, _ASIDE), 0.0)
    return across + aside, np.where(own, np.ceil(below / 2), below // 2)


def agency_standing_facts(table: pd.DataFrame, *, language: Language, own_name: str) -> dict[str, Any]:
    """Return the facts of the place: for each measure the own value, and the median and the range of all agencies."""
    said = []
    for strip, _ in _strips(table):
        measure = strip["measure"].iloc[0]
        values = {
            "own": strip.loc[strip["own"], "value"].iloc[0],
            "median": strip["value"].median(),
            "lowest": strip["value"].min(),
            "highest": strip["value"].max(),
        }
        words = {name: _number(value, measure, language) for name, value in values.items()}
        said.append(language.text("figures.agency_standing.row", name=own_name, label=strip["label"].iloc[0], **words))
    return {"n": int(table.groupby("measure").size().iloc[0]), "name": own_name, "rows": join(said)}
