"""The shape of a framework file: which entries it may hold, and of what kind, before anything is built from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ..errors import Breach, nearest

__all__ = ["shape_breaches"]

Kind = tuple[Callable[[Any], bool], Mapping[str, str]]  # whether a value is of it, and its name in both languages


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_words(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and all(isinstance(v, str) for v in value.values()))


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)) and value[0] < value[1]


def _is_year(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2100


def _all(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(check, value))


_ANY: Kind = (lambda value: True, {"id": "", "en": ""})  # checked where it is used
_TEXT: Kind = (lambda value: isinstance(value, str), {"id": "teks", "en": "a text"})
_CODE: Kind = (lambda v: isinstance(v, str) or _is_number(v), {"id": "kode sebagai teks", "en": "a code as text"})
_WORDS: Kind = (_is_words, {"id": "teks, atau {id: ..., en: ...}", "en": "a text, or {id: ..., en: ...}"})
_PAIR: Kind = (_is_pair, {"id": "dua angka, yang kecil lebih dahulu", "en": "two numbers, the smaller first"})
_NUMBER: Kind = (_is_number, {"id": "sebuah angka", "en": "a number"})
_SHARE: Kind = (lambda v: _is_number(v) and 0 <= v <= 1, {"id": "angka dari 0 sampai 1", "en": "a number from 0 to 1"})
_YEAR: Kind = (_is_year, {"id": "tahun empat angka", "en": "a four-digit year"})
_YEARS: Kind = (_all(_is_year), {"id": "daftar tahun", "en": "a list of years"})
_SPAN: Kind = (
    lambda v: isinstance(v, list) and len(v) == 2 and all(y is None or _is_year(y) for y in v),
    {"id": "tahun pertama dan terakhir", "en": "a first and a last year"},
)
_TEXTS: Kind = (_all(lambda v: isinstance(v, str)), {"id": "daftar teks", "en": "a list of texts"})
_LIST: Kind = (lambda v: isinstance(v, list), {"id": "daftar", "en": "a list"})
_MAP: Kind = (lambda v: isinstance(v, dict), {"id": "pasangan nama dan isian", "en": "pairs of name and entry"})
_LOG: Kind = (lambda v: v == "log", {"id": "log", "en": "log"})

_TOP = {
    "name": _CODE, "label": _WORDS, "source": _WORDS, "scale": _PAIR, "weight_basis": _ANY, "bands": _LIST,
    "breaks": _LIST, "leaves": _TEXT, "weight_sets": _LIST, "tree": _MAP,
}  # fmt: skip
_NODE = {
    "code": _CODE, "label": _WORDS, "rule": _TEXT, "weight": _ANY, "children": _LIST, "min_available": _SHARE,
    "options": _MAP, "type": _ANY, "unit": _WORDS, "direction": _ANY, "goalposts": _ANY, "transform": _LOG,
    "target": _NUMBER, "owners": _TEXTS, "lowest_region": _TEXT, "years": _SPAN, "status": _TEXT, "source": _WORDS,
}  # fmt: skip
_BAND = {"lower": _NUMBER, "upper": _NUMBER, "label": _WORDS}
_BREAK = {"year": _YEAR, "label": _WORDS, "source": _WORDS}
_SET = {"id": _CODE, "years": _YEARS, "cohort": _TEXT, "weights": _MAP, "source": _WORDS}
_PARTS: Mapping[str, tuple[Mapping[str, Kind], tuple[str, ...]]] = MappingProxyType(
    {
        "bands": (_BAND, ("lower", "upper", "label")),
        "breaks": (_BREAK, ("year", "label")),
        "weight_sets": (_SET, ("id",)),
    }
)


def shape_breaches(raw: Mapping[str, Any], file: str) -> list[Breach]:
    """Return every entry of a parsed framework that is not known, not of its kind, or missing, each with its place."""
    breaches = _section(raw, _TOP, "", file)
    for name, (kinds, needed) in _PARTS.items():
        parts = raw.get(name)
        for number, part in enumerate(parts if isinstance(parts, list) else (), start=1):
            place = f"{name}/{number}"
            if not isinstance(part, dict):
                breaches.append(_value(file, place, part, _MAP))
                continue
            breaches += _section(part, kinds, place, file)
            breaches += [_value(file, f"{place}/{key}", None, kinds[key]) for key in needed if part.get(key) is None]
    return breaches + _tree(raw["tree"], file)


def _tree(node: Any, file: str) -> list[Breach]:
    if not isinstance(node, dict):  # reported where the tree is built
        return []
    breaches = _section(node, _NODE, str(node.get("code", "tree")), file)
    children = node.get("children")
    return breaches + [b for child in (children if isinstance(children, list) else ()) for b in _tree(child, file)]


def _section(raw: Mapping[str, Any], kinds: Mapping[str, Kind], place: str, file: str) -> list[Breach]:
    breaches = []
    for key, value in raw.items():
        at = f"{place}/{key}".lstrip("/")
        if key not in kinds:
            facts = {"known": list(kinds), "hint": nearest(str(key), kinds) or ""}
            breaches.append(Breach("framework_unknown", file=file, column=at, found=key, facts=facts))
        elif value is not None and not kinds[key][0](value):
            breaches.append(_value(file, at, value, kinds[key]))
    return breaches


def _value(file: str, place: str, found: Any, kind: Kind) -> Breach:
    return Breach("framework_value", file=file, column=place, found=found, facts={"expected": dict(kind[1])})
