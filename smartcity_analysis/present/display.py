"""What a notebook shows: tables, figures and findings in the reader's language, numbered, with source and status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from ..masterplan import Finding
from ..study import Framework, Store, Study
from .language import LANGUAGES, Language, speak
from .tables import ILLUSTRATIVE, Labels, html_table, illustrative_mark, illustrative_rows, label_or_word

__all__ = ["Presenter", "Shown", "labels_of", "rests_on_illustration", "sentence", "sentences", "worded_facts"]

_KINDS = {"f": "num2", "i": "int", "u": "int", "b": "yesno"}  # how columns of these types are written
_NAMED = {"year": "year", "status": "status"}


@dataclass(frozen=True, eq=False)
class Shown:
    """Something shown: HTML for the page, plain text for the console."""

    html: str
    plain: str = ""

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.plain


def labels_of(studies: Sequence[Study], frameworks: Sequence[Framework] = ()) -> dict[str, dict[str, str]]:
    """Return the labels in both languages of every region, indicator, OPD, programme, statement and node, by code.

    Parameters
    ----------
    studies : sequence of Study
        Checked studies.
    frameworks : sequence of Framework, optional
        Trees whose nodes are to have labels as well.
    """
    labels: dict[str, dict[str, str]] = {}
    for study in studies:
        for row in study.table("catalogue").itertuples():
            labels[row.code] = {"id": row.label_id, "en": row.label_en}
        for table, column in (("regions", "name"), ("opd", "name"), ("programmes", "name")):
            for row in study.table(table).itertuples():
                name = getattr(row, column)
                labels[row.code] = {"id": name, "en": name}
        for table in ("recommendations", "opportunities_challenges", "survey_questions"):
            for row in study.table(table).itertuples():
                labels[row.code] = {"id": row.text_id, "en": row.text_en}
    for framework in frameworks:
        for code, node in framework.nodes.items():
            labels[code] = {"id": node.label.get("id", code), "en": node.label.get("en", code)}
    return labels


def sentence(finding: Finding, language: Language, labels: Labels) -> str:
    """Return the sentence of `finding`; codes in its facts are written by their labels.

    Parameters
    ----------
    finding : Finding
        The finding.
    language : Language
        The language to write in.
    labels : Labels
        Labels in both languages by code, as :func:`labels_of` makes them.
    """
    return language.text(f"findings.{finding.template}", **worded_facts(finding.values(), language, labels))


def worded_facts(facts: Mapping[str, Any], language: Language, labels: Labels) -> dict[str, Any]:
    """Return `facts` with codes written by their labels, and keys of words by these."""

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(v) for v in value]
        if isinstance(value, str) and language.has(f"tables.words.{value}"):
            return language.text(f"tables.words.{value}")
        return language.label(labels[value]) if isinstance(value, str) and value in labels else value

    return {name: named(value) for name, value in facts.items()}


def sentences(labels: Labels) -> dict[str, Callable[[Finding], str]]:
    """Return, by language, how a finding is said.

    Parameters
    ----------
    labels : Labels
        Labels in both languages by code, as :func:`labels_of` makes them.
    """

    def speaker(code: str) -> Callable[[Finding], str]:
        return lambda finding: sentence(finding, speak(code), labels)

    return {code: speaker(code) for code in LANGUAGES}


class Presenter:
    """Shows results on one page, in one language.

    Parameters
    ----------
    store : Store
        Figures are written here as PNG.
    language : {"id", "en"}
    labels : mapping
        Labels in both languages by code, as made by :func:`labels_of`.
    """

    def __init__(self, store: Store, language: str, labels: Labels | None = None):
        self.store = store
        self.language = speak(language)
        self.labels: Mapping[str, Mapping[str, str]] = labels or {}
        self._count = {"table": 0, "figure": 0}

    def _number(self, kind: str) -> str:
        self._count[kind] += 1
        return f"{self.language.text(kind)} {self._count[kind]}."

    def text(self, key: str, **facts: Any) -> str:
        """Return the message ``tables.<key>``: a source line or the subject of a figure."""
        return self.language.text(f"tables.{key}", **facts)

    def break_labels(self, framework: Framework) -> dict[int, str]:
        """Return, by year, why the method of `framework` broke."""
        return {broken.year: self.language.label(broken.label) for broken in framework.breaks}

    def label(self, code: str) -> str:
        """Return the label of `code` in the reader's language, else its word, else the code itself."""
        return label_or_word(code, self.language, self.labels)

    def named(self, table: pd.DataFrame, column: str, into: str = "name") -> pd.DataFrame:
        """Return `table` with the labels of the codes in `column` as column `into`."""
        return table.assign(**{into: [self.label(code) for code in table[column]]})

    def worded(self, table: pd.DataFrame, column: str, into: str = "label") -> pd.DataFrame:
        """Return `table` with the words of the keys in `column` as column `into`."""
        return table.assign(**{into: [self.text(f"words.{key}") for key in table[column]]})

    def in_language(self, table: pd.DataFrame, *parts: str) -> pd.DataFrame:
        """Return `table` with each of `parts` (``text`` if none) in the reader's language as a column of that name."""
        return table.assign(**{part: table[f"{part}_{self.language.code}"] for part in parts or ("text",)})

    def table(
        self,
        table: pd.DataFrame,
        name: str,
        *,
        source: str | Mapping[str, str] = "",
        highlight: str | None = None,
        **facts: Any,
    ) -> Shown:
        """Show `table` under the layout and title `name`; of an empty table, say that there is no data."""
        words = self.language
        if table.empty:
            return self.note(f"tables.empty.{name}" if words.has(f"tables.empty.{name}") else "tables.notes.no_data")
        source = words.label(source)
        title = f"{self._number('table')} {words.text(f'tables.titles.{name}', **facts)}"
        note = words.text(f"tables.notes.{name}") if words.has(f"tables.notes.{name}") else ""
        html = html_table(
            table,
            name,
            language=words,
            labels=self.labels,
            title=title,
            source=source,
            note=note,
            highlight=highlight,
        )
        return Shown(html, f"{title}\n{table.to_string(max_rows=12)}")

    def frame(self, table: pd.DataFrame, title: str, *, source: str = "", note: str = "") -> Shown:
        """Show any table under a title of one's own: its index and columns in order, as their types suggest."""
        flat = table.reset_index() if table.index.name is not None or table.index.nlevels > 1 else table
        flat = flat.rename(columns=str)
        kinds = {c: _NAMED.get(c) or _KINDS.get(flat[c].dtype.kind, "label") for c in flat}
        title = f"{self._number('table')} {title}"
        html = html_table(
            flat, "", language=self.language, labels=self.labels, title=title, source=source, note=note, kinds=kinds
        )
        return Shown(html, f"{title}\n{table.to_string(max_rows=12)}")

    def figure(self, name: str, result: Any, *, source: str = "", save_as: str = "", **options: Any) -> Shown:
        """Draw the figure `name` of `result`, write it as PNG, and show it with title, source and alt text.

        A result that rests on an illustrative value (its status, or a column ``status``) is drawn with a watermark and
        marked; of an empty table, the sentence that there is no data is shown. `save_as` names the PNG where a notebook
        draws the same figure twice.
        """
        from .figures import draw

        if isinstance(result, pd.DataFrame) and result.empty:
            return self.note("tables.notes.no_data")
        line = f"{self.language.text('source')}: {source}" if source else ""
        invented = rests_on_illustration(result)
        drawn = draw(name, result, language=self.language, source=line, watermark=invented, **options)
        self.store.save_figure(f"{save_as or name}_{self.language.code}", drawn.png)
        title = f"{self._number('figure')} {drawn.title}"
        below = [("note", drawn.note), ("source", drawn.source)]
        mark = illustrative_mark(self.language, whole=True) if invented else ""
        html = (
            f'<figure class="picture">{mark}<div class="scroll" tabindex="0" role="group" '
            f'aria-label="{escape(drawn.title)}">'
            f"{_inline(drawn.svg)}</div><figcaption>{escape(title)}"
            + "".join(f'<span class="{kind}">{escape(text)}</span>' for kind, text in below if text)
            + "</figcaption></figure>"
        )
        return Shown(html, f"{title}\n{drawn.alt}")

    def findings(self, findings: Sequence[Finding], topic: str | None = None, *, heading: str = "") -> Shown:
        """Show findings as a list of sentences, each with its id and its firmness, below the heading of that key."""
        chosen = [f for f in findings if topic is None or f.topic == topic]
        head = f"<h3>{escape(self.text(f'headings.{heading}'))}</h3>" if heading else ""
        if not chosen:
            return Shown(head + self.note("tables.notes.no_findings").html)
        said = [(f, sentence(f, self.language, self.labels)) for f in chosen]
        items = "".join(f'<li class="{escape(f.kind)}">{escape(text)} {self._mark(f)}</li>' for f, text in said)
        return Shown(f'{head}<ul class="findings">{items}</ul>', "\n".join(text for _, text in said))

    def _mark(self, finding: Finding) -> str:
        """Return the id of a finding, linked to its evidence, with its firmness where it was put to other choices."""
        word = "" if finding.firmness == "stated" else f" · {self.text(f'words.{finding.firmness}')}"
        return f'<small class="mono"><a href="#{escape(finding.id)}">{escape(finding.id)}</a>{escape(word)}</small>'

    def note(self, key: str, **facts: Any) -> Shown:
        """Show one sentence of the catalogue."""
        text = self.language.text(key, **facts)
        return Shown(f"<p>{escape(text)}</p>", text)


def rests_on_illustration(result: Any) -> bool:
    """Say whether a result to be drawn rests on an illustrative value: by its status, or that of any of its rows.

    Examples
    --------
    >>> rests_on_illustration({"2024": pd.DataFrame({"value": [1.0], "status": ["illustrative"]})})
    True
    """
    if isinstance(result, Mapping):
        return any(rests_on_illustration(part) for part in result.values())
    if isinstance(result, pd.DataFrame):
        return any(illustrative_rows(result))
    return getattr(result, "status", None) == ILLUSTRATIVE


def _inline(svg: bytes) -> str:
    """Return an SVG file as an element: without XML declaration and document type."""
    text = svg.decode("utf-8")
    return text[text.index("<svg") :]
