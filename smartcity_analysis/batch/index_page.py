"""The index page of a report: what was found, the few main numbers, and where to read on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from ..masterplan import real_rows
from ..present import Language
from ..study import Study
from ..study.store import read_processed
from .plan import Job
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
    findings = read_processed(tables / "findings.csv")
    plan = about.study.spec.masterplan
    return render_index(
        language=words,
        title=about.heading,
        subtitle=plan.title if plan else "",
        summary=_sentences(findings, language, SUMMARY),
        cards=_cards(tables, words),
        pillars=_pillars(tables, about.study, words),
        pillars_note=words.text("pages.pillars_note") if LIKE_IMPACT in set(findings["template"]) else "",
        gaps=_sentences(findings, language, GAPS),
        pages=[_entry(job, words) for job in jobs if "/" not in job.view.place],
        downloads=[(file, words.text(f"pages.downloads.{file.replace('.', '_')}")) for file in extras],
        sheets=[_group(about, name, [s for s in sheets if s.startswith(f"{name}/")]) for name in ("opd", "regions")],
        recommendations=list(read_processed(tables / "actions.csv")[f"text_{language}"].head(FIRST)),
        unknown=_sentences(findings, language, UNKNOWN),
        footer=about.footer,
    )


def _group(about: About, name: str, pages: Sequence[str]) -> dict[str, Any]:
    """Return the links to the sheets of one kind, under a heading that counts them."""
    links = [(page, about.name(name, page.rpartition("/")[2].removesuffix(".html"))) for page in pages]
    return {"title": about.words.text(f"pages.sheets.{name}", count=len(links)), "links": links}


def _sentences(findings: pd.DataFrame, language: str, templates: Sequence[str]) -> list[str]:
    return [text for name in templates for text in findings.loc[findings["template"] == name, f"text_{language}"]]


def _pillars(tables: Path, study: Study, words: Language) -> list[dict[str, Any]]:
    """Return the pillars with a published score that is no illustration, each with its share of the scale."""
    known = real_rows(read_processed(tables / "pillars.csv").dropna(subset=["score"]))
    return [
        {
            "label": words.label(study.framework.nodes[row.code].label),
            "value": words.number(row.score, "num2"),
            "share": round(100 * row.score / SCALE),
            "year": int(row.year),
        }
        for row in known.itertuples()
    ]


def _entry(job: Job, words: Language) -> dict[str, str]:
    about = nbformat.reads(job.source.decode(), as_version=4).metadata["smartcity"]
    return {
        "href": job.view.place,
        "title": words.label(about["title"]),
        "question": words.label(about["question"]),
    }


def _cards(tables: Path, words: Language) -> list[dict[str, str]]:
    """Return the few numbers of the first screen, read from the processed tables."""
    gap = read_processed(tables / "target_gap.csv").iloc[0]
    place = read_processed(tables / "standing.csv")
    cards = [
        {
            "label": words.text("pages.cards.score", year=gap["last_year"]),
            "value": words.number(gap["last_score"], "score3"),
            "note": words.text("pages.cards.scale"),
        }
    ]
    if pd.notna(gap["target"]):
        cards.append(
            {
                "label": words.text("pages.cards.target", year=gap["target_year"]),
                "value": words.number(gap["target"], "score3"),
                "note": words.text("pages.cards.gap", gap=gap["gap"]),
            }
        )
    if len(place):
        own = place.iloc[0]
        cards.append(
            {
                "label": words.text("pages.cards.rank", year=own["year"]),
                "value": words.text("pages.cards.rank_value", rank=own["rank"], regions=own["regions"]),
                "note": words.text("pages.cards.rank_note"),
            }
        )
    return cards
