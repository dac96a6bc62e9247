"""Every word and number a reader sees, in Indonesian or English.

Messages live in ``present/messages/<language>/*.yaml`` under the same keys in both languages. A message is a template
whose fields say what kind of number they hold, as in ``"naik {step:signed} poin pada {year:year}"``; babel writes the
number as the language does.
"""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..disk import read_packaged
from ..errors import UnknownNameError

__all__ = ["KINDS", "LANGUAGES", "Language", "speak"]

LANGUAGES = ("id", "en")
_LOCALES = {"id": "id_ID", "en": "en_GB"}
_FILES = (
    "common",
    "tables",
    "figures",
    "findings",
    "recommendations",
    "pages",
    "pdf",
    "cli",
    "feedback",
    "survey",
    "workbook",
    "explorer",
    "guards",
    "new",
)

# kind of number: the pattern babel writes it with ("#" a digit that may fall away)
KINDS: Mapping[str, str] = {
    "score": "0.00#",
    "score3": "0.000",
    "signed": "+0.00#;-0.00#",
    "signed1": "+0.0;-0.0",
    "num": "#,##0.##",
    "num0": "#,##0",
    "num1": "#,##0.0",
    "num2": "#,##0.00",
    "num3": "#,##0.000",
    "num4": "#,##0.0000",
    "year": "0",
    "int": "#,##0",
    "share": "0.0%",
    "pct1": "#,##0.0",
    "pct2": "#,##0.00",
    "pct0": "#,##0",
}


class Language(string.Formatter):
    """One language: its messages and its way of writing numbers.

    Parameters
    ----------
    code : {"id", "en"}
    """

    def __init__(self, code: str):
        if code not in LANGUAGES:
            raise UnknownNameError("language", code, LANGUAGES)
        self.code = code
        self.messages = _messages(code)

    def text(self, key: str, /, **facts: Any) -> str:
        """Return the message `key` with `facts` filled in.

        Raises
        ------
        UnknownNameError
            When there is no such message; the nearest key is named.
        """
        if key not in self.messages:
            raise UnknownNameError("message", key, sorted(self.messages))
        return self.vformat(self.messages[key], (), facts) if facts else self.messages[key]

    def has(self, key: str) -> bool:
        """Say whether there is a message `key`."""
        return key in self.messages

    def number(self, value: Any, kind: str = "num2") -> str:
        """Return `value` as the language writes it; missing is a dash.

        Examples
        --------
        >>> Language("id").number(301424, "num0"), Language("en").number(-0.113, "signed")
        ('301.424', '\u22120.113')
        """
        from babel.numbers import format_decimal

        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "–"
        locale = _LOCALES[self.code]
        if kind == "share":
            body = format_decimal(float(value) * 100, format="#,##0.0", locale=locale)
            return f"{body}{' persen' if self.code == 'id' else '%'}".replace("-", "\u2212")
        body = format_decimal(float(value), format=KINDS[kind], locale=locale)
        body = body.replace("-", "\u2212")
        if kind.startswith("pct"):
            return f"{body}{' persen' if self.code == 'id' else '%'}"
        return body

    def label(self, labels: Mapping[str, str] | str) -> str:
        """Return the label of this language from a pair of labels."""
        if isinstance(labels, str):
            return labels
        return labels.get(self.code) or next(iter(labels.values()))

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one field of a template: a kind of number, or plain text without one."""
        if format_spec in KINDS:
            return self.number(value, format_spec)
        if format_spec == "list":
            return self.listed([self.number(v, "score") if isinstance(v, float) else str(v) for v in value])
        return super().format_field(value, format_spec)

    def listed(self, items: list[str]) -> str:
        """Return `items` as the language lists them: "a, b, dan c".

        Examples
        --------
        >>> Language("id").listed(["air", "tanah", "udara"])
        'air, tanah, dan udara'
        """
        joiner = "dan" if self.code == "id" else "and"
        if len(items) < 3:
            return f" {joiner} ".join(items)
        return f"{', '.join(items[:-1])}, {joiner} {items[-1]}"


@cache
def speak(code: str) -> Language:
    """Return the language `code`, read once."""
    return Language(code)


@cache
def _messages(code: str) -> dict[str, str]:
    import yaml

    merged: dict[str, str] = {}
    for name in _FILES:
        tree = yaml.safe_load(read_packaged(f"present/messages/{code}/{name}.yaml")) or {}
        _flatten(tree, name if name not in ("common",) else "", merged)
    return merged


def _flatten(tree: Mapping[str, Any], prefix: str, into: dict[str, str]) -> None:
    for key, value in tree.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            _flatten(value, path, into)
        else:
            into[path] = str(value)
