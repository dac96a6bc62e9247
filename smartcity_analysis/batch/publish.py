"""Executed notebooks -> the folder of pages that is handed out, with an index that says what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from ..masterplan import real_rows
from ..present import ILLUSTRATIVE, Language, speak
from ..study import Study
from ..study.store import read_processed, read_text, write_whole

__all__ = ["write_report"]

# templates of the sentences on the index page, in order
SUMMARY = ("score_fell", "score_rose", "score_rose_before", "target_missed", "target_missed_derived", "target_met",
           "target_met_derived", "target_asks_more", "target_asks")  # fmt: skip
GAPS = ("pillars_lowest", "sub_dimensions_empty", "unknown_area_indicators")
UNKNOWN = ("unknown_score", "unknown_dimensions", "unknown_weights", "unknown_pillars", "unknown_bands")
LIKE_IMPACT = "pillars_are_impact"
FIRST = 5  # recommendations on the index page
SCALE = 4.0  # of the ministry's scores


def write_report(
    notebooks: Mapping[str, Path], tables: Path, folder: Path, *, study: Study, year: int, language: str
) -> None:
    """Write one page a notebook and ``index.html`` into `folder`.

    Parameters
    ----------
    notebooks : mapping of name to path
        Executed notebooks, in reading order.
    tables : path
        The processed tables of this review; ``findings.csv`` fills the index.
    folder : path
        Where the pages go; nothing else is written.
    """
    from ..present.page import render_index, render_page

    words = speak(language)
    about = words.label(study.spec.title)
    read = {name: nbformat.reads(read_text(path), as_version=4) for name, path in notebooks.items()}
    nav = [("index.html", words.text("pages.index"))]
    nav += [(f"{name}.html", words.label(book.metadata["smartcity"]["title"])) for name, book in read.items()]
    footer = [about, words.text("pages.made_from_data", year=year)]
    for name, book in read.items():
        title = words.label(book.metadata["smartcity"]["question"])
        page = render_page(
            book, language=words, title=title, subtitle=f"{about} {year}", nav=nav, current=f"{name}.html",
            banner=words.text("pages.illustrative_banner") if _illustrated(book) else None, footer=footer,
        )  # fmt: skip
        write_whole(folder / f"{name}.html", page)
    findings = read_processed(tables / "findings.csv")
    index = render_index(
        language=words,
        title=f"{about} {year}",
        subtitle=study.spec.masterplan.title if study.spec.masterplan else "",
        summary=_sentences(findings, language, SUMMARY),
        cards=_cards(tables, words),
        pillars=_pillars(tables, study, words),
        pillars_note=words.text("pages.pillars_note") if LIKE_IMPACT in set(findings["template"]) else "",
        gaps=_sentences(findings, language, GAPS),
        pages=[_entry(name, book, words) for name, book in read.items()],
        recommendations=list(read_processed(tables / "actions.csv")[f"text_{language}"].head(FIRST)),
        unknown=_sentences(findings, language, UNKNOWN),
        footer=footer,
    )
    write_whole(folder / "index.html", index)


def _illustrated(book: nbformat.NotebookNode) -> bool:
    """Say whether anything on the page of `book` is marked as illustrative."""
    shown = [o.get("data", {}).get("text/html", "") for c in book.cells for o in c.get("outputs", ())]
    return any(f'data-status="{ILLUSTRATIVE}"' in html for html in shown)


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


def _entry(name: str, book: nbformat.NotebookNode, words: Language) -> dict[str, str]:
    about = book.metadata["smartcity"]
    return {
        "href": f"{name}.html",
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
