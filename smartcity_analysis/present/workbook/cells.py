"""What may stand in a cell of the workbook: numbers as numbers, everything else as harmless text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

import pandas as pd

from ..language import KINDS, Language
from ..tables import Labels, label_or_word
from ..theme import plain

__all__ = ["FORMATS", "LONGEST", "cell_value", "clean", "new_workbook", "running_text", "sheet_name"]

LONGEST = 32_767  # characters a cell of Excel holds
NAME = 31  # characters the name of a sheet holds
RUNNING = 100  # characters of data that a header or footer takes, of the 255 it holds
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\n\t]+")

# kind of number: the format Excel writes it with; decimal mark and thousands are those of the reader's computer
FORMATS: Mapping[str, str] = {
    **{kind: pattern for kind, pattern in KINDS.items() if not kind.startswith("pct")},
    **{kind: f'{pattern}"%"' for kind, pattern in KINDS.items() if kind.startswith("pct")},
    "signed": "+0.00#;-0.00#;0.00",
    "signed1": "+0.0;-0.0;0.0",
}


def new_workbook(stream: Any, **options: Any) -> Any:
    """Return a workbook of the writer that takes no text for a formula, a link or a number."""
    import xlsxwriter

    inert = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return xlsxwriter.Workbook(stream, {"in_memory": True, **inert, **options})


def running_text(text: str) -> str:
    """Return `text` for a header or footer: short, and with no sign that formats.

    Examples
    --------
    >>> running_text("2 R&D")
    ' 2 R&&D'
    """
    kept = " ".join(_seen(text).split())[:RUNNING].replace("&", "&&")
    return f" {kept}" if kept[:1].isdigit() else kept  # a digit would belong to the size of type before it


def _seen(text: str) -> str:
    return plain(text).replace("\xad", "")  # a cell parts no words


def clean(text: str, language: Language) -> str:
    """Return `text` without characters that cannot be seen, cut with a visible mark where a cell cannot hold it.

    Examples
    --------
    >>> from smartcity_analysis.present import speak
    >>> clean("a\\x00b", speak("id"))
    'ab'
    """
    kept = _seen(text.replace("\r\n", "\n").replace("\r", "\n"))
    if kept.startswith("<r>") and kept.endswith("</r>"):
        kept += " "  # the writer takes such a text for markup of its own
    if len(kept.encode("utf-16-le")) <= 2 * LONGEST:  # Excel counts in units of UTF-16
        return kept
    mark = language.text("workbook.cut")
    whole = kept.encode("utf-16-le")[: 2 * (LONGEST - len(mark))].decode("utf-16-le", errors="ignore")
    return whole + mark


def cell_value(value: Any, kind: str, language: Language, labels: Labels) -> float | str | None:
    """Return what stands in the cell of `value`: a number, words in the reader's language, or nothing (missing).

    Parameters
    ----------
    kind : str
        As in ``present/layouts.yaml``. What is no number under a kind of number stays text.
    """
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return language.text("tables.words.undecided") if kind == "owner" else None
    if kind in KINDS and isinstance(value, Real):
        number = float(value)
        return number if math.isfinite(number) else "∞" if number > 0 else "\u2212∞"
    return clean(_words(value, kind, language, labels), language)


def _words(value: Any, kind: str, language: Language, labels: Labels) -> str:
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    if kind in ("label", "owner"):
        return label_or_word(text, language, labels)
    if kind == "labels":
        return "; ".join(label_or_word(code, language, labels) for code in text.split(";"))
    if kind == "yesno":
        return language.text("yes" if text in ("True", "1", "1.0") else "no")
    key = {"status": f"status.{text}", "word": f"tables.words.{text}"}.get(kind, "")
    return language.text(key) if language.has(key) else text


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """Return `wanted` as the name of a sheet that Excel accepts and that is not among `taken`, whatever the case.

    Examples
    --------
    >>> sheet_name("Skor: 2023/2024?", ["skor 2023 2024"])
    'Skor 2023 2024 (2)'
    """
    base = " ".join(_seen(_FORBIDDEN.sub(" ", wanted)).split()) or "-"
    base = f"{base}." if base.casefold() == "history" else base  # a name Excel keeps for itself
    used = {name.casefold() for name in taken}
    name, count = _shortened(base, NAME), 1
    while name.casefold() in used:
        count += 1
        suffix = f" ({count})"
        name = _shortened(base, NAME - len(suffix)) + suffix
    return name


def _shortened(text: str, size: int) -> str:
    """Return `text` cut to `size` units of UTF-16, at a word where there is one."""
    if len(text.encode("utf-16-le")) <= 2 * size:
        return text
    cut = text.encode("utf-16-le")[: 2 * size].decode("utf-16-le", errors="ignore")
    head, space, _ = cut.rpartition(" ")
    return (head if space else cut).rstrip(" ,;")
