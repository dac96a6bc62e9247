"""What every map shares: colour by value, its key, and words at their place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from ..language import Language
from ..shades import ink_on, shade
from ..theme import ALERT, MUTED, plain, shorten, wrap
from .names import text_width

__all__ = ["LINE", "YES_NO", "Scale", "frame", "list_below", "measure", "stack", "written"]

YES_NO = "yes_no"  # a kind of value beside those of ``language.KINDS``: 1 and 0, said in words
LINE = 12.2  # points from one line of words to the next


@dataclass(frozen=True, slots=True)
class Scale:
    """Colours for values from `low` to `high`."""

    low: float
    high: float
    kind: str
    missing: bool

    @classmethod
    def of(cls, values: pd.Series, kind: str) -> Scale:
        """Return the scale that spans the known `values`."""
        known = values.dropna()
        return cls(float(known.min()), float(known.max()), kind, bool(values.isna().any()))

    def colour(self, value: float) -> str:
        """Return the colour of `value`; white where it is missing."""
        if np.isnan(value):
            return "#ffffff"
        if self.kind == YES_NO:
            return shade(0.85 if value else 0.02)
        return shade((value - self.low) / (self.high - self.low) if self.high > self.low else 0.5)

    def style(self, value: float) -> dict[str, Any]:
        """Return how the patch of `value` is filled: hatched where it is missing."""
        style: dict[str, Any] = {"facecolor": self.colour(value), "edgecolor": MUTED}
        return style | ({"hatch": "////"} if np.isnan(value) else {})

    def ink(self, value: float) -> str:
        """Return the colour of words on `value`."""
        return ink_on(self.colour(value))

    def steps(self) -> list[float]:
        """Return the values that the key shows."""
        if np.isnan(self.low):
            return []
        if self.kind == YES_NO:
            return [1.0, 0.0]
        steps = [float(s) for s in MaxNLocator(6).tick_values(self.low, self.high) if self.low <= s <= self.high]
        return steps if len(steps) > 1 else sorted({self.low, self.high})


def written(value: float, kind: str, language: Language) -> str:
    """Return `value` as the reader reads it."""
    if kind != YES_NO or np.isnan(value):
        return language.number(value, "num0" if kind == YES_NO else kind)
    return language.text("yes" if value else "no")


def frame(ax: Axes, language: Language, scale: Scale, label: str, name: str, **facts: Any) -> None:
    """Take ticks and borders off, put the key above, and say below what kind of map it is."""
    wide = cast(Canvas, ax.get_figure(root=True)).get_figwidth() * ax.get_position().width * 1.2
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    said = " ".join(language.text(f"figures.{name}.{part}", **facts) for part in ("x", "y"))
    ax.set_xlabel(wrap(said, wide, even=True), color=MUTED)
    steps = scale.steps()
    kind = "num0" if scale.kind != YES_NO and all(step == round(step) for step in steps) else scale.kind
    entries = [(value, written(value, kind, language)) for value in steps]
    if scale.missing:
        entries.append((float("nan"), language.text("unknown")))
    key = ax.legend(
        [Patch(linewidth=0.6, **scale.style(value)) for value, _ in entries],
        [text for _, text in entries],
        title=wrap(label, wide),
        ncols=len(entries),
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.2,
        alignment="left",
        frameon=False,
        handlelength=1.5,
        handletextpad=0.4,
        columnspacing=1.1,
    )
    for text in key.findobj(Text):
        cast(Text, text).set_parse_math(False)


def list_below(ax: Axes, caption: str, entries: list[str], picked: int = 0) -> None:
    """Write the caption, and below it, in columns, the names that stand on the map as numbers; `picked` stands out."""
    for earlier in [artist for artist in ax.artists if isinstance(artist, Legend)]:
        earlier.remove()
    ax.set_xlabel(caption)
    if not entries:
        return
    canvas = cast(Canvas, ax.get_figure(root=True))
    said = [f"{number} {shorten(entry, 60)}" for number, entry in enumerate(entries, start=1)]
    columns = int(canvas.get_figwidth() * 72 * 0.94 // (max(map(text_width, said)) + 14))
    down = ScaledTranslation(0, -(LINE * (caption.count("\n") + 1) + 10) / 72, canvas.dpi_scale_trans)
    listed = Legend(
        ax,
        [Patch(visible=False) for _ in said],
        said,
        ncols=max(1, min(columns, len(said))),
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + down,
        borderpad=0,
        borderaxespad=0,
        frameon=False,
        fontsize=10,
        labelcolor=MUTED,
        labelspacing=0.25,
        handlelength=0,
        handletextpad=0,
        columnspacing=1.2,
    )
    for number, text in enumerate(listed.get_texts(), start=1):
        text.set_parse_math(False)
        if number == picked:
            text.set(color=ALERT, weight="bold")
    ax.add_artist(listed).set_clip_on(False)  # what is clipped gets no room


def measure(ax: Axes) -> tuple[float, float]:
    """Return the points of type that one unit of the data takes across and up, once everything has its place."""
    canvas, aspect = cast(Canvas, ax.get_figure(root=True)), ax.get_aspect()
    ax.set_aspect("auto")  # with a fixed aspect, the room for what stands around the axes is not settled at once
    canvas.draw_without_rendering()
    ax.set_aspect(aspect)
    box = ax.get_window_extent().transformed(canvas.dpi_scale_trans.inverted())
    (left, right), (bottom, top) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    across, up = box.width * 72 / (right - left), box.height * 72 / (top - bottom)
    if aspect == "auto":
        return across, up
    across = min(across, up / float(aspect))
    return across, across * float(aspect)


def stack(
    ax: Axes, at: Any, lines: list[str], colour: str, *, bold: int = 0, back: bool = False, points: float = 10
) -> None:
    """Write `lines` one below the other around the place `at`, the last `bold` of them bold.

    A text of several lines is set apart by its descenders; single lines stand evenly.
    """
    style: dict[str, Any] = {"ha": "center", "va": "baseline", "fontsize": points, "color": colour}
    style["parse_math"] = False
    if back:
        style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    for order, line in enumerate(lines):
        weight = "bold" if order >= len(lines) - bold else "normal"
        shift = (0, (LINE * ((len(lines) - 1) / 2 - order) - 3.7) * points / 10)
        text = ax.annotate(plain(line), tuple(at), shift, textcoords="offset points", weight=weight, zorder=4, **style)
        text.set_in_layout(False)  # it lies within the map
