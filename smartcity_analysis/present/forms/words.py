"""How a feedback form says what the tables hold by code: columns, choices, present values, and bases of findings."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from ...masterplan.feedback.lines import FeedbackForm
from ...study import TABLES, Study
from ..language import Language

__all__ = ["FormWords"]


class FormWords:
    """The words of one form in one language."""

    def __init__(self, form: FeedbackForm, study: Study, words: Language):
        self.form, self.study, self.words = form, study, words

    def cell_label(self, table: str, column: str) -> str:
        """Return what a column is called."""
        return self.words.text(f"feedback.cells.{table}.{column}")

    def choice(self, cell: str, code: str) -> tuple[str, str]:
        """Return what is written for `code` in a form, and what it means."""
        if cell.endswith(".owner_opd"):
            agency = self.study.table("opd").set_index("code").loc[code]
            return str(agency["abbreviation"]), str(agency["name"])
        if cell.endswith(".sub_dimension"):
            return code, self.words.label(self.study.framework.node(code).label)
        return self.words.text(f"feedback.choices.{code}"), ""

    def basis(self, evidence: Any) -> str:
        """Return the titles of the tables a finding cites."""
        names = dict.fromkeys(place.partition("[")[0].strip() for place in str(evidence).split("; "))
        titles = [self.words.messages.get(f"tables.titles.{n}", f"{self.words.text('table')} {n}") for n in names]
        bare = [re.sub(r"[ ,]*\{(?!place\})[^}]*\}", "", title) for title in titles]
        return "; ".join(bare).replace("{place}", self.study.spec.city.name)

    def shown(self, old: str | None, table: str, column: str) -> str:
        """Return a present value as an officer reads it: a number of the language, or the words of its codes."""
        kind, cell = TABLES[table].by_name[column].kind, f"{table}.{column}"
        if old is None or pd.isna(old):
            return self.words.text("feedback.empty")
        if kind == "number":
            plain = old.replace(self.study.spec.number_format.decimal, ".")
            return self.words.number(float(plain), f"num{min(len(plain.partition('.')[2]), 4)}")
        codes = [part.strip() for part in old.split(";")] if kind == "list" else [old]
        known = self.form.choices.get(cell, ())
        said = [self.choice(cell, code) if code in known else (code, "") for code in codes]
        return "; ".join(f"{label}: {meaning}" if column == "sub_dimension" else label for label, meaning in said)
