"""Personal data in text: found by kind and place, counted, replaced by tokens, and never repeated in a message.

A name is found only where something beside it says so: a number or address of a person, a form of address, a title, a
degree, or a label. A name that stands alone in a sentence is not told from a place or an agency.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import pandas as pd

from ...errors import Breach
from .patterns import (
    DEGREES,
    EMAIL,
    GROUPED,
    LABELLED,
    NAME,
    NAMED,
    NIP,
    PHONES,
    STREETS,
    UNNAMED,
    is_nik,
)  # fmt: skip

__all__ = [
    "KINDS", "PersonalData", "Tokens", "counted", "find_personal_data", "holds_personal_data", "masked", "masked_text",
    "said",
]  # fmt: skip

KINDS = ("NIK", "NIP", "TEL", "EMAIL", "NAMA")
_ALIKE = str.maketrans(
    dict.fromkeys("\xa0\u2007\u2009\u200a\u202f\u200b\u200c\u200d\ufeff\t\n\r", " ")
    | dict.fromkeys("\xad‐‑‒–—−", "-")
    | {chr(0xFF10 + n): str(n) for n in range(10)} | {"\uff20": "@"}
)  # fmt: skip
_TOKEN = re.compile(rf"\[({'|'.join(KINDS)})-(\d+)\]")
_QUICK = re.compile(  # a text without any of this holds nothing that is looked for
    r"\d(?:[ .\-/()_]{0,3}\d){8}|\b(?:telp|telepon|tlp|phone|hp|whatsapp)\b|@|[\[(](?:at|et)[\])]"
    r"|\b(?:nama|bapak|bpk|ibu|sdri?|saudar[ai]|pak|mas|mbak|a\.n|a/n|atas nama|narahubung|contact|cp)\b"
    r"|\b(?:drs|dra|ir|dr|drg|prof|kh|hj|tn|ny|nn)\.|\b[sma]\. ?[a-z]|, [SM]|ph\. ?d",
    re.IGNORECASE,
)
_BESIDE = (
    r"[ ,;:(/|\-]{0,4}(?:\(?(?i:nik|nip|no|nomor|hp|wa|telp|telepon|tlp|email|e-mail|surel|ktp|di)\.?[ :]*){0,3}"
    r"[ ,;:(/|\-]{0,3}"
)
_BEFORE = re.compile(rf"({NAME}){_BESIDE}$")
_AFTER = re.compile(rf"[ ,;:(/|\-]{{1,4}}(?:(?i:a\.n\.?|a/n|atas nama|nama) ?:? ?)?({NAME})")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One piece found in a text: its kind (of :data:`KINDS`) and place, and one spelling for all ways to write it."""

    kind: str
    start: int
    end: int
    same: str


@lru_cache(maxsize=1 << 16)
def find_personal_data(text: str) -> tuple[PersonalData, ...]:
    """Return the personal data of `text` in order; none of them overlap.

    Examples
    --------
    >>> [(one.kind, one.start) for one in find_personal_data("Bapak Sutrisno, 0812-3456-7890")]
    [('NAMA', 6), ('TEL', 16)]
    >>> find_personal_data("Kelurahan 35.71.01.1004, 12-08-2024, Rp1.234.567.890")
    ()
    """
    plain = text.translate(_ALIKE)
    if not _QUICK.search(plain):
        return ()
    found: list[PersonalData] = []
    for kind, start, end in (*_numbers(plain), *_names(plain)):
        _add(found, kind, start, end, plain)
    for one in [one for one in found if one.kind != "NAMA"]:
        for start, end in _beside(plain, one):
            _add(found, "NAMA", start, end, plain)
    return tuple(sorted(found, key=lambda one: one.start))


def _add(found: list[PersonalData], kind: str, start: int, end: int, text: str) -> None:
    if all(end <= one.start or start >= one.end for one in found):
        found.append(PersonalData(kind, start, end, _same(kind, text[start:end])))


def _same(kind: str, text: str) -> str:
    if kind in ("NAMA", "EMAIL"):
        return " ".join(text.casefold().split())
    digits = re.sub(r"\D", "", text)
    return re.sub(r"^(?:0062|62|0)0?", "", digits) if kind == "TEL" else digits


def _numbers(text: str) -> Iterator[tuple[str, int, int]]:
    for match in LABELLED.finditer(text):
        yield "NIK", *match.span(1)
    for pattern in GROUPED:
        yield from (("NIK", *m.span()) for m in pattern.finditer(text) if is_nik(re.sub(r"\D", "", m.group())))
    yield from (("NIP", *match.span()) for match in NIP.finditer(text))
    yield from (("EMAIL", *match.span()) for match in EMAIL.finditer(text))
    for pattern in PHONES:
        yield from (("TEL", *match.span()) for match in pattern.finditer(text))


def _names(text: str) -> Iterator[tuple[str, int, int]]:
    for pattern in (*NAMED, DEGREES):
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            if STREETS.search(text[max(0, match.start() - 40) : match.start()]) is None:
                yield from (("NAMA", *span) for span in _own_name(match.group(group), match.start(group)))


def _beside(text: str, one: PersonalData) -> Iterator[tuple[int, int]]:
    before = _BEFORE.search(text[max(0, one.start - 80) : one.start])
    if before:
        yield from _own_name(before.group(1), max(0, one.start - 80) + before.start(1))
    after = _AFTER.match(text, one.end)
    if after:
        yield from _own_name(after.group(1), after.start(1))


def _own_name(words: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the place of a name in `words`: nothing when an office or a place is named there."""
    parts = words.split(" ")
    common = [part.strip(".,'’-").casefold() in UNNAMED for part in parts]
    kept = len(parts)
    if common[0]:
        return
    if any(common):
        kept = common.index(True)
        if kept < 2 and not any(part.endswith(".") for part in parts[:kept]):
            return
    name = " ".join(parts[:kept])
    if re.search(r"[A-Za-z]{2}", name):
        yield start, start + len(name)


def holds_personal_data(texts: pd.Series) -> pd.Series:
    """Say, text by text, whether it seems to hold personal data.

    Examples
    --------
    >>> holds_personal_data(pd.Series(["hubungi 0812-3456-7890", "tahun 2024", None])).tolist()
    [True, False, False]
    """
    return texts.map(lambda text: isinstance(text, str) and bool(find_personal_data(text))).astype(bool)


def counted(found: Iterable[PersonalData]) -> Counter[str]:
    """Return how many of each kind were found."""
    return Counter(one.kind for one in found)


def said(counts: Mapping[str, int]) -> str:
    """Return what was found by kind and number, in words that repeat none of it.

    Examples
    --------
    >>> said({"TEL": 1, "NIK": 2})
    '2 × NIK, 1 × TEL'
    """
    return ", ".join(f"{counts[kind]} × {kind}" for kind in KINDS if counts.get(kind))


def masked_text(text: str) -> str:
    """Return `text` with everything personal replaced by its kind.

    Examples
    --------
    >>> masked_text("laporan-0812 3456 7890.xlsx")
    'laporan-[TEL].xlsx'
    """
    for one in reversed(find_personal_data(text)):
        text = f"{text[: one.start]}[{one.kind}]{text[one.end :]}"
    return text


def masked(breach: Breach) -> Breach:
    """Return `breach` so that no personal data are repeated in it, wherever they stood."""
    parts = {name: _masked(getattr(breach, name)) for name in ("file", "sheet", "column", "found", "facts")}
    return replace(breach, **parts)


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _masked(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(part) for part in value]
    if (
        isinstance(value, float | int)
        and not isinstance(value, bool)
        and abs(value) >= 1e8
        and float(value).is_integer()
    ):
        whole = f"{value:.0f}"
        return masked_text(whole) if find_personal_data(whole) else value
    return masked_text(value) if isinstance(value, str) else value


class Tokens:
    """Tokens that stand for personal data, such as ``[NIK-1]``: numbered in the order they are met.

    A number says nothing about what it stands for, as a hash of one of few possible values would. Numbers that stand
    in `given` texts already are not used again.
    """

    def __init__(self, given: Iterable[str] = ()):
        self._last: Counter[str] = Counter()
        self._known: dict[tuple[str, str], str] = {}
        for text in given:
            for kind, number in _TOKEN.findall(text):
                self._last[kind] = max(self._last[kind], int(number))

    def put(self, text: str) -> str:
        """Return `text` with a token in place of everything personal, the same for the same person's data."""
        found = find_personal_data(text)
        names = [self._token(one) for one in found]
        for one, token in zip(reversed(found), reversed(names), strict=True):
            text = text[: one.start] + token + text[one.end :]
        return text

    def _token(self, one: PersonalData) -> str:
        key = (one.kind, one.same)
        if key not in self._known:
            self._last[one.kind] += 1
            self._known[key] = f"[{one.kind}-{self._last[one.kind]}]"
        return self._known[key]

    @staticmethod
    def counted(texts: Iterable[str]) -> Counter[str]:
        """Return how many tokens of each kind stand in `texts`."""
        return Counter(kind for text in texts for kind, _ in _TOKEN.findall(text))
