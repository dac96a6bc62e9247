"""What lies beside the pages of a report: the whole document, the workbook, the explorer and the feedback forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..masterplan import feedback_form
from ..present import Language, labels_of, speak
from ..present.explorer import explorer_page
from ..present.feedback_workbook import feedback_workbook
from ..present.pdf import Cover, review_pdf
from ..present.workbook import review_workbook
from ..study import Study, load_framework
from ..study.store import read_processed, write_whole

__all__ = ["Report", "write_document", "write_extras"]

DOCUMENT, WORKBOOK, EXPLORER, FORMS = "review.pdf", "review.xlsx", "explorer.html", "forms"


@dataclass(frozen=True, eq=False)
class Report:
    """What is published: the study with its peers, the year and language, and where the processed tables are."""

    study: Study
    peers: Study | None
    year: int
    language: str
    tables: Path

    @property
    def words(self) -> Language:
        """The language of the report."""
        return speak(self.language)

    @property
    def about(self) -> str:
        """Title of the study, in the language of the report."""
        return self.words.label(self.study.spec.title)

    @property
    def footer(self) -> list[str]:
        """The lines below every page."""
        return [self.about, self.words.text("pages.made_from_data", year=self.year)]


def write_extras(report: Report, folder: Path) -> list[str]:
    """Write workbook, explorer and feedback forms into `folder`; return the files an index offers, in order."""
    tables = {path.stem: read_processed(path) for path in sorted(report.tables.glob("*.csv"))}
    write_whole(folder / WORKBOOK, _workbook(report, tables))
    offered = [DOCUMENT, WORKBOOK]
    nav = [("index.html", report.words.text("pages.index"))]
    page = explorer_page(
        report.study, report.peers, year=report.year, language=report.language, only_real=report.study.only_real,
        nav=nav, footer=report.footer,
    )  # fmt: skip
    if page:
        write_whole(folder / EXPLORER, page)
        offered.append(EXPLORER)
    for opd in report.study.table("opd")["code"]:
        form = feedback_form(report.study, report.year, opd, tables["findings"])
        write_whole(folder / FORMS / f"{opd}.xlsx", feedback_workbook(form, report.study, report.language))
    return offered


def _workbook(report: Report, tables: Mapping[str, pd.DataFrame]) -> bytes:
    study, peers = report.study, report.peers
    named = [
        study.spec.evaluation and study.spec.evaluation.framework,
        peers and peers.spec.index and peers.spec.index.framework,
    ]
    frameworks = [study.framework, *(load_framework(name) for name in named if name)]
    labels = labels_of([s for s in (peers, study) if s], frameworks)
    return review_workbook(
        {name: table for name, table in tables.items() if not name.startswith("profile_")}, language=report.language,
        title=report.about, year=report.year, place=study.spec.city.name, labels=labels,
    )  # fmt: skip


def write_document(report: Report, chapters: Mapping[str, str], folder: Path) -> None:
    """Write the chapters (HTML by place) as one document with cover, contents and lists."""
    plan, words = report.study.spec.masterplan, report.words
    cover = Cover(f"{report.about} {report.year}", plan.title if plan else "", report.footer[1:])
    names = {page.removesuffix(".html"): html for page, html in chapters.items()}
    data = review_pdf(names, language=words, cover=cover, footer=f"{report.about} {report.year}")
    write_whole(folder / DOCUMENT, data)
