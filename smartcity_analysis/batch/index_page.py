"""The index page of a report: what was found, the few main numbers, and where to read on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..masterplan import real_rows
from ..present import Language
from ..present.new_study import need_said
from ..study import Study
from ..study.store import read_processed
from .plan import Job
from .tasks import absent_chapters
from .views import About

__all__ = ["index_page"]

# templates of the sentences on the index page, in order
SUMMARY = ("score_fell", "score_rose", "score_rose_before", "target_missed", "target_missed_derived", "target_met",
           "target_met_derived", "target_asks_more", "target_asks")  # fmt: skip
GAPS = ("pillars_lowest", "sub_dimensions_empty", "unknown_area_indicators")
UNKNOWN = ("unknown_score", "unknown_dimensions", "unknown_weights", "unknown_pillars", "unknown_bands")
LIKE_IMPACT = "pillars_are_impact"
FIRST = 5  # recommendations on the index page
SCALE = 4.0  # of the ministry's scores


def index_page(about: About, jobs: Sequence[Job], tables: Path, extras: Sequence[str]) -> str:
    """Return the page a reader lands on, made from the processed tables in `tables`.

    Parameters
    ----------
    about : About
    jobs : sequence of Job
        Of the pages it links to.
    tables : path
    extras : sequence of str
        Files beside the pages, in the order in which they are offered.
    """
    from ..present.page import render_index

    words, language = about.words, about.language
    places = [job.view.place for job in jobs]
    sheets = [place for place in places if "/" in place]
    findings = _read(tables, "findings", "template", f"text_{language}")
    plan = about.study.spec.masterplan
    return render_index(
        language=words,
        title=about.heading,
        subtitle=plan.title if plan else "",
        summary=_sentences(findings, language, SUMMARY),
        cards=_cards(tables, about),
        pillars=_pillars(tables, about.study, words),
        pillars_note=words.text("pages.pillars_note") if LIKE_IMPACT in set(findings["template"]) else "",
        gaps=_sentences(findings, language, GAPS),
        pages=[_entry(job) for job in jobs if "/" not in job.view.place],
        downloads=[(file, words.text(f"pages.downloads.{file.replace('.', '_')}")) for file in extras],
        sheets=[_group(about, name, [s for s in sheets if s.startswith(f"{name}/")]) for name in ("opd", "regions")],
        recommendations=list(_read(tables, "actions", f"text_{language}")[f"text_{language}"].head(FIRST)),
        unknown=[*_sentences(findings, language, UNKNOWN), *_absent(about.study, words)],
        footer=about.footer,
    )


def _read(tables: Path, name: str, *columns: str) -> pd.DataFrame:
    """Return the processed table `name`; without rows where the chapter that makes it is not part of the report."""
    path = tables / f"{name}.csv"
    return read_processed(path) if path.is_file() else pd.DataFrame(columns=list(columns))


def _absent(study: Study, words: Language) -> list[str]:
    """Say of every chapter that is not part of the report yet what it needs."""
    return [
        words.text("pages.absent", chapter=words.text(f"pages.chapter.{chapter}"),
                   needs=words.listed([need_said(need, words) for need in needs]))
        for chapter, needs in absent_chapters(study).items()
    ]  # fmt: skip


def _group(about: About, name: str, pages: Sequence[str]) -> dict[str, Any]:
    """Return the links to the sheets of one kind, under a heading that counts them."""
    links = [(page, about.name(name, page.rpartition("/")[2].removesuffix(".html"))) for page in pages]
    return {"title": about.words.text(f"pages.sheets.{name}", count=len(links)), "links": links}


def _sentences(findings: pd.DataFrame, language: str, templates: Sequence[str]) -> list[str]:
    return [text for name in templates for text in findings.loc[findings["template"] == name, f"text_{language}"]]


def _pillars(tables: Path, study: Study, words: Language) -> list[dict[str, Any]]:
    """Return the pillars with a published score that is no illustration, each with its share of the scale."""
    known = real_rows(_read(tables, "pillars", "code", "score", "year", "status").dropna(subset=["score"]))
    return [
        {
            "label": words.label(study.framework.nodes[row.code].label),
            "value": words.number(row.score, "num2"),
            "share": round(100 * row.score / SCALE),
            "year": int(row.year),
        }
        for row in known.itertuples()
    ]


def _entry(job: Job) -> dict[str, str]:
    view = job.view
    return {"href": view.place, "title": dict(view.nav)[view.place], "question": view.title}


def _cards(tables: Path, about: About) -> list[dict[str, str]]:
    """Return the few numbers of the first screen, read from the processed tables."""
    words = about.words
    cards = []
    for gap in _read(tables, "target_gap").to_dict("records"):
        kind = "score" if round(gap["last_score"], 2) == gap["last_score"] else "score3"  # as it was published
        score = words.number(gap["last_score"], kind)
        cards.append(_card(words, "score", score, words.text("pages.cards.scale"), year=gap["last_year"]))
        if pd.notna(gap["target"]):
            note = words.text("pages.cards.gap", gap=gap["gap"])
            cards.append(_card(words, "target", words.number(gap["target"], kind), note, year=gap["target_year"]))
    for own in _read(tables, "standing").to_dict("records"):
        value = words.text("pages.cards.rank_value", rank=own["rank"], regions=own["regions"])
        cards.append(_card(words, "rank", value, words.text("pages.cards.rank_note"), year=own["year"]))
    for own in _compared(tables):
        note = words.text("pages.cards.compared_note", regions=own["regions"])
        cards.append(_card(words, "compared", words.number(own["indicators"], "int"), note, year=own["year"]))
    ranked = real_rows(_read(tables, "first_index", "region", "status"))
    for end, place in (("highest", 0), ("lowest", -1)) if len(ranked) else ():
        row = ranked.iloc[place]
        key = "pages.cards.always" if row["lower"] == row["upper"] else "pages.cards.between"
        note = words.text(key, rank=row["rank"], lower=row["lower"], upper=row["upper"], share=100 * row["level"])
        cards.append(_card(words, end, about.name("regions", row["region"]), note, year=about.year))
    return cards


def _card(words: Language, name: str, value: str, note: str, *, year: Any) -> dict[str, str]:
    return {"label": words.text(f"pages.cards.{name}", year=year), "value": value, "note": note}


def _compared(tables: Path) -> list[dict[str, Any]]:
    """Return how many indicators and regions are compared, and the last year of them, where there are any."""
    values = _read(tables, "region_values")
    if values.empty:
        return []
    counted = {"indicators": values["indicator"].nunique(), "regions": values["region"].nunique()}
    return [counted | {"year": values["year"].max()}]
