"""Errors that say what was found, what was expected, what to do, and where.

A breach is one thing wrong with the input; an error carries all of them at once, so that an officer mends a file in
one go. Breaches are data (a key and its facts): the words come from :mod:`smartcity_analysis.messages`, in the
reader's language.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .messages import LANGUAGES, breach_text, default_language, more_text

__all__ = ["Breach", "DataError", "SmartCityError", "UnknownNameError", "nearest"]


class SmartCityError(Exception):
    """Root of every error this package raises on purpose."""


_LISTED = 60  # so many known names are listed in full
MANY = 6  # from so many breaches alike on, one block stands for all


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken rule of the input.

    Parameters
    ----------
    key : str
        Which rule; a key of the message catalogue in :mod:`smartcity_analysis.messages`.
    file, sheet, row, column
        Where. `row` counts as the reader's spreadsheet does: the header is row 1.
    found : object
        What stands there.
    facts : mapping
        Further values the sentence needs, such as ``{"lower": 0, "upper": 4}``.
    """

    key: str
    file: str = ""
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    found: Any = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return the breach as one block of text in `language` (``"id"`` or ``"en"``)."""
        return breach_text(self, language)


class DataError(SmartCityError):
    """The input breaks one or more rules; all of them are listed.

    Parameters
    ----------
    breaches : iterable of Breach
    language : {"id", "en"}, optional
        Language of ``str(error)``; the reader's own by default.
    """

    def __init__(self, breaches: Iterable[Breach], language: str | None = None):
        self.breaches: tuple[Breach, ...] = tuple(breaches)
        self.language = language if language in LANGUAGES else default_language()
        super().__init__(self.text(self.language))

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Breach, ...], str]]:
        return type(self), (self.breaches, self.language)

    def text(self, language: str) -> str:
        """Return every breach in `language`, one block each; many alike in one column are one block with their rows."""
        alike: dict[tuple[str, str, str | None, str | None], list[Breach]] = {}
        for breach in self.breaches:
            alike.setdefault((breach.key, breach.file, breach.sheet, breach.column), []).append(breach)
        return "\n".join(block for group in alike.values() for block in _blocks(group, language))


def _blocks(group: Sequence[Breach], language: str) -> list[str]:
    """Return breaches of one kind and column: each in full, or from `MANY` on the first in full and all the rows."""
    if len(group) < MANY:
        return [breach.text(language) for breach in group]
    rows = [breach.row for breach in group if breach.row is not None]
    return [group[0].text(language), more_text(len(group) - 1, rows[1:], language)]


class UnknownNameError(SmartCityError, KeyError):
    """A name that nothing answers to; the message lists the known names and the nearest one."""

    def __init__(self, kind: str, name: object, known: Sequence[str]):
        self._given = kind, name, tuple(known)
        close = nearest(str(name), known)
        hint = f" Did you mean {close!r}?" if close else ""
        listed = ", ".join(map(repr, known[:_LISTED])) + (f" and {len(known) - _LISTED} more" * (len(known) > _LISTED))
        super().__init__(f"Unknown {kind}: found {name!r}, expected one of {listed}.{hint}")

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[type[UnknownNameError], tuple[str, object, tuple[str, ...]]]:
        return type(self), self._given


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None when nothing is close.

    Parameters
    ----------
    name : str
        The name looked for.
    known : iterable of str
        The names there are.
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return close[0] if close else None
