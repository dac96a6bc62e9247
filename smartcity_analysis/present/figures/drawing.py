"""The figures by name, and how one becomes a picture: the same bytes on every run."""

from __future__ import annotations

import inspect
import io
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from ...errors import UnknownNameError
from ..language import Language
from ..maps import (
    bubble_map_facts,
    choropleth_facts,
    plot_bubble_map,
    plot_choropleth,
    plot_tile_map,
    tile_map_facts,
)
from ..theme import MUTED, RC, clean_svg, plain, wrap
from .areas import (
    area_spread_facts,
    plot_area_spread,
    plot_priority_rates,
    plot_service_gap,
    priority_rates_facts,
    service_gap_facts,
)
from .base import DrawnFigure, Figure
from .brief import agency_standing_facts, plot_agency_standing
from .disparity import (
    contributions_facts,
    disparity_interval_facts,
    plot_contributions,
    plot_disparity_interval,
)
from .klassen import klassen_facts, plot_klassen
from .pillars import pillar_radar_facts, plot_pillar_radar, plot_portfolio, portfolio_facts
from .profile import plot_profile_scores, plot_profile_years, profile_scores_facts, profile_years_facts
from .programmes import (
    ict_dependence_facts,
    opd_portfolio_facts,
    physical_progress_facts,
    platform_failure_facts,
    plot_ict_dependence,
    plot_opd_portfolio,
    plot_physical_progress,
    plot_platform_failure,
)
from .regions import (
    decomposition_facts,
    disparity_trend_facts,
    lorenz_facts,
    plot_decomposition,
    plot_disparity_trend,
    plot_lorenz,
    plot_ranking,
    ranking_facts,
)
from .roadmap import plot_roadmap, roadmap_facts
from .robustness import (
    acceptability_facts,
    plot_acceptability,
    plot_rank_bands,
    plot_sensitivity,
    rank_bands_facts,
    sensitivity_facts,
)
from .survey import (
    importance_performance_facts,
    obstacles_facts,
    plot_importance_performance,
    plot_obstacles,
    plot_self_verified,
    plot_survey_response,
    response_rows,
    self_verified_facts,
    survey_response_facts,
)
from .targets import effort_plan_facts, outlook_facts, plot_effort_plan, plot_outlook
from .trend import plot_score_trend, score_trend_facts

__all__ = ["FIGURES", "draw"]

_KNOWN = (
    Figure("score_trend", plot_score_trend, score_trend_facts, (6.5, 4.4)),
    Figure("outlook", plot_outlook, outlook_facts, (6.5, 1.9), per_row=0.55),
    Figure("effort_plan", plot_effort_plan, effort_plan_facts, (6.5, 1.0), per_row=0.24),
    Figure("pillar_radar", plot_pillar_radar, pillar_radar_facts, (6.5, 4.6), polar=True),
    Figure("ranking", plot_ranking, ranking_facts, (6.5, 1.0), per_row=0.215),
    Figure("lorenz", plot_lorenz, lorenz_facts, (6.5, 5.4)),
    Figure("disparity_trend", plot_disparity_trend, disparity_trend_facts, (6.5, 4.0)),
    Figure("portfolio", plot_portfolio, portfolio_facts, (6.5, 2.6), per_row=0.25),
    Figure("opd_portfolio", plot_opd_portfolio, opd_portfolio_facts, (6.5, 1.7), per_row=0.24),
    Figure("ict_dependence", plot_ict_dependence, ict_dependence_facts, (6.5, 1.2), per_row=0.32),
    Figure("physical_progress", plot_physical_progress, physical_progress_facts, (6.5, 1.7), per_row=0.19),
    Figure("platform_failure", plot_platform_failure, platform_failure_facts, (6.5, 1.9), per_row=0.5),
    Figure("decomposition", plot_decomposition, decomposition_facts, (6.5, 3.8)),
    Figure("disparity_interval", plot_disparity_interval, disparity_interval_facts, (6.5, 4.2)),
    Figure("klassen", plot_klassen, klassen_facts, (6.5, 5.2)),
    Figure("contributions", plot_contributions, contributions_facts, (6.5, 1.0), per_row=0.36),
    Figure("rank_bands", plot_rank_bands, rank_bands_facts, (6.5, 1.2), per_row=0.215),
    Figure("acceptability", plot_acceptability, acceptability_facts, (6.5, 1.2), per_row=0.2),
    Figure("sensitivity", plot_sensitivity, sensitivity_facts, (6.5, 1.5), per_row=0.42),
    Figure("priority_rates", plot_priority_rates, priority_rates_facts, (6.5, 1.3), per_row=0.5),
    Figure("area_spread", plot_area_spread, area_spread_facts, (6.5, 4.4)),
    Figure("service_gap", plot_service_gap, service_gap_facts, (6.5, 1.6), per_row=0.175),
    Figure("roadmap", plot_roadmap, roadmap_facts, (6.5, 3.4), per_row=0.058),
    Figure(
        "survey_response", plot_survey_response, survey_response_facts, (6.5, 1.6), per_row=0.18, rows=response_rows
    ),
    Figure("importance_performance", plot_importance_performance, importance_performance_facts, (6.5, 5.6)),
    Figure("obstacles", plot_obstacles, obstacles_facts, (6.5, 1.2), per_row=0.45),
    Figure("self_verified", plot_self_verified, self_verified_facts, (6.5, 1.3), per_row=0.42),
    Figure("agency_standing", plot_agency_standing, agency_standing_facts, (6.5, 5.2)),
    Figure("profile_scores", plot_profile_scores, profile_scores_facts, (6.5, 2.2), per_row=0.4),
    Figure("profile_years", plot_profile_years, profile_years_facts, (6.5, 2.6)),
    Figure("tile_map", plot_tile_map, tile_map_facts, (6.5, 2.0), per_row=0.115),
    Figure("bubble_map", plot_bubble_map, bubble_map_facts, (6.5, 8.4), fit_height=True),
    Figure("choropleth", plot_choropleth, choropleth_facts, (6.5, 8.4), fit_height=True),
)
FIGURES: Mapping[str, Figure] = MappingProxyType({figure.name: figure for figure in _KNOWN})

_HIGHEST = 8.8  # inches, so that title and source still stand on the same sheet
_NO_DATES = {"svg": {"Date": None, "Creator": None, "Format": None, "Type": None}, "png": {"Software": None}}


def draw(
    figure: str | Figure,
    result: Any,
    *,
    language: Language,
    source: str,
    note: str = "",
    watermark: bool = False,
    title: str | None = None,
    alt: str | None = None,
    **options: Any,
) -> DrawnFigure:
    """Return `result` drawn as SVG for a page and as PNG that is complete in itself.

    Parameters
    ----------
    figure : str or Figure
        A name of `FIGURES`, or a record of your own.
    result : object
        What the figure shows.
    language : Language
    source : str
        The line below the figure, complete ("Sumber: ..., 2024").
    note : str
        What a reader must know beside the picture.
    watermark : bool
        Whether the figure rests on illustrative values.
    title, alt : str, optional
        In place of the messages ``figures.<name>.title`` and ``.alt``.
    **options
        What the figure's plot and facts ask for, such as ``highlight="35.71"``.

    Raises
    ------
    UnknownNameError
        When there is no such figure, or it has no such option.
    """
    record = FIGURES.get(figure) if isinstance(figure, str) else figure
    if record is None:
        raise UnknownNameError("figure", figure, list(FIGURES))
    for_plot, for_facts = _share_out(record, options)
    facts = record.facts(result, language=language, **for_facts)
    title = plain(title or _words(record, "title", facts, language))
    alt = plain(alt or _words(record, "alt", facts, language))
    if watermark:
        alt = f"{alt} {language.text('figures.watermark_alt')}"
    words = {"title": title, "note": note and f"{language.text('figures.note')}: {note}", "source": source}
    mark = language.text("figures.watermark") if watermark else ""
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph", UserWarning)  # what the typeface lacks is drawn as a box
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, RC))
        canvas = _canvas(record, result, language, for_plot, mark)
        svg = clean_svg(_save(canvas, "svg"), alt)
        _add_words(canvas, words)
        png = _save(canvas, "png")
    return DrawnFigure(record.name, svg, png, title, alt, plain(source), plain(note))


def _share_out(record: Figure, options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options that the plot asks for, and those that the facts ask for."""
    plot, facts = (_options_of(function) for function in (record.plot, record.facts))
    for name in options:
        if name not in plot | facts:
            raise UnknownNameError(f"option of figure {record.name}", name, sorted(plot | facts))
    return {k: v for k, v in options.items() if k in plot}, {k: v for k, v in options.items() if k in facts}


def _options_of(function: Callable[..., Any]) -> set[str]:
    asked = inspect.signature(function).parameters.values()
    return {p.name for p in asked if p.kind is p.KEYWORD_ONLY} - {"ax", "language"}


def _words(record: Figure, part: str, facts: Mapping[str, Any], language: Language) -> str:
    key = f"figures.{record.name}.{part}"
    special = f"{key}_{facts.get('variant')}"
    return " ".join(language.text(special if language.has(special) else key, **facts).split())


def _canvas(record: Figure, result: Any, language: Language, options: Mapping[str, Any], mark: str) -> Canvas:
    width, height = record.size
    canvas = Canvas(figsize=(width, height + record.per_row * record.rows(result)), layout="constrained")
    ax = canvas.add_subplot(projection="polar" if record.polar else None)
    record.plot(result, ax=ax, language=language, **options)
    if record.fit_height:
        _fit_height(canvas, ax)
    if mark:
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": MUTED, "alpha": 0.22, "weight": "bold"}
        canvas.text(0.5, 0.5, mark, fontsize=34, rotation=24, **style).set_in_layout(False)
    return canvas


def _fit_height(canvas: Canvas, ax: Axes) -> None:
    """Make the paper as high as axes of fixed aspect need, at most `_HIGHEST`."""
    aspect = cast(float, ax.get_aspect())
    ax.set_aspect("auto")
    canvas.draw_without_rendering()
    (wide, high), box = canvas.get_size_inches(), ax.get_position()
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    needed = box.width * wide * abs((top - bottom) / (right - left)) * aspect
    canvas.set_figheight(min(high - box.height * high + needed, _HIGHEST))
    ax.set_aspect(aspect)


def _add_words(canvas: Canvas, words: Mapping[str, str]) -> None:
    """Write the title above and note and source below, on paper added for them."""
    width = canvas.get_figwidth() - 0.3
    above = wrap(words["title"], width, 12.5, even=True)
    below = "\n".join(wrap(words[part], width, 10) for part in ("note", "source") if words[part])
    style: dict[str, Any] = {"x": 0.02, "ha": "left", "parse_math": False}
    canvas.suptitle(above, size=12.5, weight="bold", **style)
    canvas.supxlabel(below, size=10, color=MUTED, **style)
    lines = above.count("\n") + below.count("\n") + 2
    canvas.set_figheight(canvas.get_figheight() + 0.19 * lines)


def _save(canvas: Canvas, form: str) -> bytes:
    stream = io.BytesIO()
    canvas.savefig(stream, format=form, dpi=200 if form == "png" else 72, metadata=_NO_DATES[form])
    return stream.getvalue()
