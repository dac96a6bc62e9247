"""The explorer: one offline page on which an officer moves weights and watches ranks and disparity respond.

The page carries the scores by pillar and computes the rest itself, as the library does: the same means, ranks at twelve
digits, Gini and Theil indices. A test in a browser holds it to the library's numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from ...disk import read_packaged
from ...index import AGGREGATORS
from ...study import Study
from ..language import Language, speak
from ..tables import ILLUSTRATIVE
from ..theme import plain
from .explorable import Explorable, explorable_areas, explorable_regions

__all__ = ["RULES", "ExplorerSet", "explorer_page", "explorer_set", "render_explorer"]

RULES = ("arithmetic", "geometric", "harmonic")  # those the page computes
MIDDLE, HIGHEST = 50.0, 100.0  # where a slider of equal weights stands, and where it ends
_LOCALES = {"id": "id-ID", "en": "en-GB"}
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True, eq=False)
class ExplorerSet:
    """One set of regions for the page.

    Parameters
    ----------
    key : str
        Names the set in the file that is downloaded.
    scores : DataFrame
        Region by pillar; NaN is missing.
    names : Series
        Names by region.
    pillars : mapping
        Labels by pillar, in the reader's language.
    weights : Series
        By pillar, of the initial choice; only their proportions count.
    rule : str
        Mean of the initial choice, one of `RULES`.
    population : Series or None
        Weighs the disparity; without it every region counts once.
    weighted_by : str
        What that is, as a column of the file that is downloaded; empty without it.
    year : int
    status : str
        The weakest of what went into the scores; an illustrative set is marked while it is shown.
    highlight : str or None
        The region picked out first.
    label, about, note : str
        Name of the set, what it is made from, and what its disparity is weighted by.
    scale : float
        Highest score there is, for the length of bars.
    """

    key: str
    scores: pd.DataFrame
    names: pd.Series
    pillars: Mapping[str, str]
    weights: pd.Series
    rule: str
    population: pd.Series | None
    weighted_by: str
    year: int
    status: str
    highlight: str | None
    label: str
    about: str
    note: str
    scale: float = 100.0


def explorer_page(
    study: Study,
    peers: Study | None = None,
    *,
    year: int,
    language: str,
    only_real: bool = False,
    nav: Sequence[tuple[str, str]] = (),
    current: str = "explorer.html",
    footer: Sequence[str] = (),
) -> str:
    """Return the page of a review: the regions its city is compared with, and the city's own areas.

    Parameters
    ----------
    study, peers : Study
        The study under review, and the one its city is compared with.
    year : int
        The scores are those of the last year, not after this, in which all are known.
    language : {"id", "en"}
    only_real : bool
        Leave out a set whose scores rest on illustrative values.
    nav, current, footer
        As for :func:`smartcity_analysis.present.page.render_page`.

    Returns
    -------
    str
        The page; empty when there is nothing to explore.
    """
    words = speak(language)
    found = [explorable_regions(peers, until=year)] if peers is not None else []
    found.append(explorable_areas(study, until=year))
    sets = [explorer_set(each, words, highlight=study.spec.city.code) for each in found if each is not None]
    shown = [each for each in sets if not (only_real and each.status == ILLUSTRATIVE)]
    if not shown:
        return ""
    subtitle = f"{words.label(study.spec.title)} {year}"
    return render_explorer(shown, language=words, subtitle=subtitle, nav=nav, current=current, footer=footer)


def explorer_set(found: Explorable, language: Language, *, highlight: str | None = None) -> ExplorerSet:
    """Return what the page needs of `found`: the scores of the parts of its index in its last year.

    Parameters
    ----------
    found : Explorable
        What can be explored.
    language : Language
        The language to write in.
    highlight : str, optional
        Code of the region to mark.
    """
    result = found.result(found.years[-1])
    root = result.framework.root
    parts = [child.code for child in root.children if result.scores[child.code].notna().any()]
    regions, year = result.scores.index, found.years[-1]
    kind = "areas" if found.areas else "peers"
    index = language.label(root.label)
    label = language.text(f"explorer.sets.{kind}", regions=len(regions), index=index, year=year)
    invented = found.status == ILLUSTRATIVE
    source = language.text("tables.sources." + ("illustration" if invented else "areas" if found.areas else "hdi"))
    facts = {"title": language.label(found.study.spec.title), "source": source}
    return ExplorerSet(
        key=kind,
        scores=result.scores[parts],
        names=found.study.names.reindex(regions),
        pillars={code: language.label(result.framework.nodes[code].label) for code in parts},
        weights=result.weights.loc[parts, "nominal"],
        rule=root.rule if root.rule in RULES else RULES[0],
        population=found.population,
        weighted_by=found.weighted_by,
        year=year,
        status=found.status,
        highlight=highlight if highlight in regions else None,
        label=language.text("explorer.sets.illustrative", label=label) if invented else label,
        about=language.text("explorer.sets.about", status=language.text(f"status.{found.status}"), **facts),
        note=_disparity_note(found, language),
    )


def render_explorer(
    sets: Sequence[ExplorerSet],
    *,
    language: Language,
    title: str = "",
    subtitle: str = "",
    nav: Sequence[tuple[str, str]] = (),
    current: str = "",
    footer: Sequence[str] = (),
) -> str:
    """Return the page that explores `sets`, the first of them shown first; equal input gives equal bytes.

    Its policy lets the browser run this one script, by its hash, and fetch nothing. Labels reach the page as text.

    Parameters
    ----------
    sets : sequence of ExplorerSet
    language : Language
    title, subtitle : str
        The title is a message when not given.
    nav, current, footer
        As for :func:`smartcity_analysis.present.page.render_page`.
    """
    from ..page import fill_template

    sheets = [read_packaged(f"present/templates/{name}.css").strip() for name in ("style", "explorer")]
    return fill_template(
        "explorer.html.j2",
        language=language,
        css=Markup("\n".join(sheets)),
        title=title or language.text("explorer.title"),
        subtitle=subtitle,
        nav=nav,
        current=current,
        previous=None,
        next=None,
        banner=None,
        footer=footer,
        sets=len(sets),
        script=Markup(read_packaged("present/templates/explorer.js")),
        data=Markup(_embedded(_page_data(sets, language))),
    )


# --- what the script reads ---


def _page_data(sets: Sequence[ExplorerSet], language: Language) -> dict[str, Any]:
    texts = {key[9:]: text for key, text in language.messages.items() if key.startswith("explorer.")}
    rules = {name: {"id": AGGREGATORS[name].label_id, "en": AGGREGATORS[name].label_en} for name in RULES}
    return {
        "locale": _LOCALES[language.code],
        "texts": texts,
        "rules": {name: language.label(labels) for name, labels in rules.items()},
        "sets": [_set_data(each) for each in sets],
    }


def _set_data(each: ExplorerSet) -> dict[str, Any]:
    regions, codes = each.scores.index, list(each.scores.columns)
    people = each.population
    shares = each.weights.reindex(codes) / each.weights.reindex(codes).sum()
    sliders = shares * min(MIDDLE * len(codes), HIGHEST / shares.max())
    return {
        "key": each.key,
        "regions": [str(code) for code in regions],
        "names": [str(name) for name in each.names.reindex(regions)],
        "codes": codes,
        "pillars": [each.pillars[code] for code in codes],
        "scores": [_numbers(row) for row in each.scores.to_numpy(dtype=float)],
        "weighted_by": each.weighted_by,
        "population": None if people is None else _numbers(people.reindex(regions)),
        "weights": _numbers(sliders),
        "rule": each.rule,
        "scale": each.scale,
        "year": each.year,
        "status": each.status,
        "illustrative": each.status == ILLUSTRATIVE,
        "highlight": regions.get_loc(each.highlight) if each.highlight in regions else 0,
        "texts": {"label": each.label, "about": each.about, "disparity": each.note},
    }


def _numbers(values: Any) -> list[float | None]:
    """Return numbers as JSON knows them: whole, and null where missing."""
    return [None if pd.isna(value) else float(value) for value in values]


def _embedded(data: Mapping[str, Any]) -> str:
    """Return `data` as JSON that may stand inside a script element: nothing in it can end the element, or be unseen.

    Examples
    --------
    >>> _embedded({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(_seen(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def _seen(value: Any) -> Any:
    """Return `value` with every text in it as a reader can see it."""
    if isinstance(value, Mapping):
        return {key: _seen(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_seen(part) for part in value]
    return plain(value) if isinstance(value, str) else value


def _disparity_note(found: Explorable, language: Language) -> str:
    """Return what Gini and Theil mean here, and what they are weighted by."""
    people = language.text(f"explorer.disparity.{found.weighted_by or 'unweighted'}")
    if found.weighted_by:
        people = language.text(f"explorer.disparity.{found.weighted_by}", year=found.population_year)
    note = language.text("explorer.disparity.note", people=people)
    return f"{note} {language.text('explorer.disparity.zero')}" if found.zero_is_worst else note
