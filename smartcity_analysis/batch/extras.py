"""What lies beside the pages of a report: the whole document, the workbook, the explorer and the feedback forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..masterplan import feedback_form
from ..present import labels_of
from ..present.explorer.page import explorer_page
from ..present.forms.feedback import feedback_workbook
from ..present.pdf import Cover, review_pdf
from ..present.workbook.book import review_workbook
from ..study import load_framework
from ..study.loaded import FRAMEWORK_FILE
from ..study.store import read_processed
from .views import About

__all__ = ["DOCUMENT", "EXPLORER", "WORKBOOK", "make_document", "make_extras"]

DOCUMENT, WORKBOOK, EXPLORER, FORMS = "review.pdf", "review.xlsx", "explorer.html", "forms"


def make_extras(about: About, tables: Path) -> dict[str, bytes]:
    """Return workbook, explorer and feedback forms, made from the processed tables in `tables`, by place."""
    read = {path.stem: read_processed(path) for path in sorted(tables.glob("*.csv"))}
    made = {WORKBOOK: _workbook(about, read)}
    page = explorer_page(
        about.study, about.peers, year=about.year, language=about.language, only_real=about.study.only_real,
        nav=[("index.html", about.words.text("pages.index"))], footer=about.footer,
    )  # fmt: skip
    if page:
        made[EXPLORER] = page.encode()
    for opd in about.study.table("opd")["code"] if "findings" in read else ():
        form = feedback_form(about.study, about.year, opd, read["findings"])
        made[f"{FORMS}/{opd}.xlsx"] = feedback_workbook(form, about.study, about.language)
    return made


def _workbook(about: About, tables: Mapping[str, pd.DataFrame]) -> bytes:
    study, peers = about.study, about.peers
    named = [
        study.spec.evaluation and study.spec.evaluation.framework,
        peers and peers.spec.index and peers.spec.index.framework,
    ]
    own = [study.framework] if study.spec.framework or FRAMEWORK_FILE in study.hashes else []
    frameworks = [*own, *(load_framework(name) for name in named if name)]
    labels = labels_of([s for s in (peers, study) if s], frameworks)
    return review_workbook(
        {name: table for name, table in tables.items() if not name.startswith("profile_")}, language=about.language,
        title=about.title, year=about.year, place=study.spec.city.name, labels=labels,
    )  # fmt: skip


def make_document(about: About, chapters: Mapping[str, str]) -> bytes:
    """Return the chapters (HTML by place) as one PDF with cover, contents and lists."""
    plan = about.study.spec.masterplan
    cover = Cover(about.heading, plan.title if plan else "", about.footer[1:])
    names = {page.removesuffix(".html"): html for page, html in chapters.items()}
    return review_pdf(names, language=about.words, cover=cover, footer=about.heading)
