"""What every figure shares: its record, the picture it becomes, and the small pieces plots are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.projections.polar import PolarAxes
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter

from ..language import Language
from ..theme import plain, wrap

__all__ = ["HALO", "DrawnFigure", "Figure", "finish", "join", "period", "say", "ticks"]

HALO = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}  # keeps grid lines out of words


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of figure: how it is drawn, and the facts its title and its words need.

    Parameters
    ----------
    name : str
        Its messages are ``figures.<name>.title``, ``.alt``, ``.x``, ``.y``.
    plot : callable
        ``plot(result, *, ax, language, **options) -> Axes``.
    facts : callable
        ``facts(result, *, language, **options) -> dict``; a fact ``variant`` chooses ``title_<variant>`` and
        ``alt_<variant>`` where there are such messages.
    size : (float, float)
        Width and height in inches.
    per_row : float
        Inches of height that each row adds.
    rows : callable
        How many rows a result has when it is drawn; its length by default.
    polar : bool
    fit_height : bool
        Whether axes of fixed aspect decide the height.
    """

    name: str
    plot: Callable[..., Axes]
    facts: Callable[..., dict[str, Any]]
    size: tuple[float, float] = (6.5, 4.2)
    per_row: float = 0.0
    rows: Callable[[Any], int] = len
    polar: bool = False
    fit_height: bool = False


@dataclass(frozen=True, eq=False)
class DrawnFigure:
    """A picture and its words.

    `svg` is for a page, where title, note and source stand beside it; `png` holds them and is complete in itself.
    """

    name: str
    svg: bytes
    png: bytes
    title: str
    alt: str
    source: str
    note: str = ""


def finish(ax: Axes, language: Language, name: str, *, grid: str = "y", **facts: Any) -> Axes:
    """Name the axes as the messages of figure `name` do, and make every text inert; return `ax`."""
    if not isinstance(ax, PolarAxes):
        wide, high = cast(Canvas, ax.get_figure(root=True)).get_size_inches()
        box = ax.get_position()
        ax.set_xlabel(wrap(language.text(f"figures.{name}.x", **facts), box.width * wide, even=True))
        ax.set_ylabel(wrap(language.text(f"figures.{name}.y", **facts), box.height * high * 0.9, even=True))
        ax.grid(visible=True, axis=cast(Any, grid))
    for text in ax.findobj(Text):
        cast(Text, text).set_parse_math(False)
    return ax


def ticks(language: Language, kind: str, scale: float = 1.0) -> FuncFormatter:
    """Return a formatter that writes ticks as the language does."""
    return FuncFormatter(lambda value, _: language.number(value * scale, kind))


def say(ax: Axes, text: str, at: tuple[float, float], shift: tuple[float, float], **style: Any) -> None:
    """Write `text` at a point of the data, shifted by points of type."""
    given: dict[str, Any] = {"ha": "center", "va": "bottom", "annotation_clip": False, "parse_math": False}
    ax.annotate(plain(text), at, shift, textcoords="offset points", **given | style)


def join(sentences: Iterable[str]) -> str:
    """Return the sentences one after the other, without the empty ones."""
    return " ".join(" ".join(s for s in sentences if s).split())


def period(years: Iterable[int]) -> str:
    """Return the first and the last year as one word.

    Examples
    --------
    >>> period([2020, 2021, 2023]), period([2020])
    ('2020–2023', '2020')
    """
    every = [int(year) for year in years]
    return f"{min(every)}–{max(every)}" if min(every) < max(every) else str(every[0])
