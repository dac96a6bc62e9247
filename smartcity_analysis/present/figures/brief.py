"""Where one agency stands among all: dots without names, its own picked out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..language import Language
from ..theme import BLUE, GRID, INK, MUTED, VERMILION
from .base import HALO, finish, join, say

__all__ = ["agency_standing_facts", "plot_agency_standing"]

_KINDS = {"programmes_owned": "num0", "owner_stated_share": "share", "gaps_per_programme": "num1"}
_SHARES = ("owner_stated_share",)  # run to the whole, whatever the agencies reach
_BINS = 40  # places along a strip; agencies of about the same value stand on each other
_FLOOR, _ROOF = 0.12, 0.62  # of a strip: where the lowest dot stands, and the highest


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
    most = max(int(_places(strip, top)[1].max()) for strip, top in strips) + 1
    step = (_ROOF - _FLOOR) / max(most - 1, 8)
    for place, (strip, top) in enumerate(strips):
        across, up = _places(strip, top)
        floor = len(strips) - 1 - place
        height = floor + _FLOOR + step * up
        own = strip["own"].to_numpy(bool)
        kind = _KINDS[strip["measure"].iloc[0]]
        ax.plot([0, 1], [floor, floor], color=MUTED, linewidth=0.8, zorder=1)
        ax.plot(across[~own], height[~own], "o", color=BLUE, markersize=4.6, alpha=0.75, zorder=2)
        ax.plot(across[own], height[own], "D", color=VERMILION, markersize=8, markeredgecolor="white", zorder=3)
        words = f"{own_name}: {language.number(strip.loc[strip['own'], 'value'].iloc[0], kind)}"
        side, shift = ("left", 8) if across[own][0] < 0.6 else ("right", -8)
        at = (float(across[own][0]), float(height[own][0]))
        say(ax, words, at, (shift, 0), ha=side, va="center", weight="bold", color=INK, bbox=HALO, zorder=4)
        say(ax, str(strip["label"].iloc[0]), (0, floor + 0.86), (-4, 0), ha="left", va="center", weight="bold")
        for end, value in ((0, 0.0), (1, top)):
            say(ax, language.number(value, kind), (end, floor), (0, -4), va="top", color=MUTED)
    ax.set_xlim(-0.04, 1.04)
    ax.set_ylim(-0.18, len(strips))
    ax.set_xticks([0, 1], ["", ""])
    ax.set_yticks([])
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    finish(ax, language, "agency_standing")
    ax.grid(visible=True, axis="x", color=GRID)
    return ax


def _strips(table: pd.DataFrame) -> list[tuple[pd.DataFrame, float]]:
    """Return the rows of each measure with the value at which its strip ends."""
    strips = [strip for _, strip in table.groupby("measure", sort=False)]
    return [(s, 1.0 if s["measure"].iloc[0] in _SHARES else max(float(s["value"].max()), 1.0)) for s in strips]


def _places(strip: pd.DataFrame, top: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return where along the strip each agency stands, and how many stand below it; the own one on top."""
    across = np.round(strip["value"].to_numpy(float) / top * _BINS) / _BINS
    order = np.argsort(strip["own"].to_numpy(bool), kind="stable")
    up = np.empty(len(strip))
    up[order] = pd.Series(across[order]).groupby(across[order]).cumcount()
    return across, up


def agency_standing_facts(table: pd.DataFrame, *, language: Language, own_name: str) -> dict[str, Any]:
    """Return the facts of the place: for each measure the own value, and the median and the range of all agencies."""
    said = []
    for strip, _ in _strips(table):
        kind = _KINDS[strip["measure"].iloc[0]]
        values = {
            "own": strip.loc[strip["own"], "value"].iloc[0],
            "median": strip["value"].median(),
            "lowest": strip["value"].min(),
            "highest": strip["value"].max(),
        }
        words = {name: language.number(value, kind) for name, value in values.items()}
        said.append(language.text("figures.agency_standing.row", name=own_name, label=strip["label"].iloc[0], **words))
    return {"n": int(table.groupby("measure").size().iloc[0]), "name": own_name, "rows": join(said)}
