"""Executed notebooks -> the folder of pages that is handed out, with an index that says what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import pandas as pd

from ..masterplan import real_rows
from ..present import ILLUSTRATIVE, Language
from ..present.pdf import page_pdf
from ..study import Study
from ..study.store import read_processed, read_text, write_whole
from .extras import Report, write_document, write_extras

__all__ = ["write_report"]

# templates of the sentences on the index page, in order
SUMMARY = ("score_fell", "score_rose", "score_rose_before", "target_missed", "target_missed_derived", "target_met",
           "target_met_derived", "target_asks_more", "target_asks")  # fmt: skip
GAPS = ("pillars_lowest", "sub_dimensions_empty", "unknown_area_indicators")
UNKNOWN = ("unknown_score", "unknown_dimensions", "unknown_weights", "unknown_pillars", "unknown_bands")
LIKE_IMPACT = "pillars_are_impact"
FIRST = 5  # recommendations on the index page
SCALE = 4.0  # of the ministry's scores


def write_report(report: Report, pages: Mapping[str, Path], folder: Path) -> None:
    """Write the shared set into `folder`: pages, each also as PDF, index, whole document, workbook, explorer, forms.

    Parameters
    ----------
    report : Report
    pages : mapping of str to path
        Executed notebooks by the place of their page; the chapters in reading order, then the sheets of agencies and
        regions, which lie in folders of their own.
    folder : path
        Where everything goes; nothing else is written.
    """
    books = {page: nbformat.reads(read_text(path), as_version=4) for page, path in pages.items()}
    chapters = {page: book for page, book in books.items() if "/" not in page}
    sheets = [page for page in books if "/" in page]
    extras = write_extras(report, folder)
    made = {page: _page(report, page, book, chapters) for page, book in books.items()}
    for page, html in made.items():
        write_whole(folder / page, html)
        title = f"{_title(report, page, books[page])} – {report.about} {report.year}"
        data = page_pdf(html, language=report.words, title=title, footer=f"{report.about} {report.year}")
        write_whole(folder / f"{page.removesuffix('.html')}.pdf", data)
    write_document(report, {page: made[page] for page in chapters}, folder)
    write_whole(folder / "index.html", _index(report, chapters, sheets, extras))


def _navigation(report: Report, chapters: Mapping[str, nbformat.NotebookNode], up: str = "") -> list[tuple[str, str]]:
    words = report.words
    nav = [(f"{up}index.html", words.text("pages.index"))]
    return nav + [(f"{up}{page}", words.label(book.metadata["smartcity"]["title"])) for page, book in chapters.items()]


def _page(report: Report, page: str, book: nbformat.NotebookNode, chapters: Mapping[str, nbformat.NotebookNode]) -> str:
    from ..present.page import render_page

    words = report.words
    return render_page(
        book, language=words, title=_title(report, page, book), subtitle=f"{report.about} {report.year}",
        nav=_navigation(report, chapters, "../" * page.count("/")), current=page,
        banner=words.text("pages.illustrative_banner") if _illustrated(book) else None, footer=report.footer,
        pdf=f"{PurePosixPath(page).stem}.pdf",
    )  # fmt: skip


def _title(report: Report, page: str, book: nbformat.NotebookNode) -> str:
    """Return the question of a chapter, or the name of the agency or region that a sheet is about."""
    folder, _, file = page.rpartition("/")
    if not folder:
        return report.words.label(book.metadata["smartcity"]["question"])
    return _name(report, folder, file.removesuffix(".html"))


def _name(report: Report, table: str, code: str) -> str:
    """Return the name of an agency or region, with its level where names of two levels are alike."""
    row = report.study.table(table).set_index("code").loc[code]
    level = row.get("level", "")
    own_word = level in ("kelurahan", "desa", "kecamatan")
    return f"{report.words.text(f'tables.words.{level}').capitalize()} {row['name']}" if own_word else str(row["name"])


def _index(
    report: Report, chapters: Mapping[str, nbformat.NotebookNode], sheets: Sequence[str], extras: Sequence[str]
) -> str:
    from ..present.page import render_index

    words, tables, language = report.words, report.tables, report.language
    findings = read_processed(tables / "findings.csv")
    plan = report.study.spec.masterplan
    return render_index(
        language=words,
        title=f"{report.about} {report.year}",
        subtitle=plan.title if plan else "",
        summary=_sentences(findings, language, SUMMARY),
        cards=_cards(tables, words),
        pillars=_pillars(tables, report.study, words),
        pillars_note=words.text("pages.pillars_note") if LIKE_IMPACT in set(findings["template"]) else "",
        gaps=_sentences(findings, language, GAPS),
        pages=[_entry(page, book, words) for page, book in chapters.items()],
        downloads=[(file, words.text(f"pages.downloads.{file.replace('.', '_')}")) for file in extras],
        sheets=[_group(report, name, [s for s in sheets if s.startswith(f"{name}/")]) for name in ("opd", "regions")],
        recommendations=list(read_processed(tables / "actions.csv")[f"text_{language}"].head(FIRST)),
        unknown=_sentences(findings, language, UNKNOWN),
        footer=report.footer,
    )


def _group(report: Report, name: str, pages: Sequence[str]) -> dict[str, Any]:
    """Return the links to the sheets of one kind, under a heading that counts them."""
    links = [(page, _name(report, name, page.rpartition("/")[2].removesuffix(".html"))) for page in pages]
    return {"title": report.words.text(f"pages.sheets.{name}", count=len(links)), "links": links}


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


def _entry(page: str, book: nbformat.NotebookNode, words: Language) -> dict[str, str]:
    about = book.metadata["smartcity"]
    return {
        "href": page,
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
