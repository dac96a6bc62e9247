"""When a programme ran, as far as its source says: what is not stated stays unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

__all__ = ["PERIOD_STATES", "Period", "parse_period"]

PERIOD_STATES = ("running", "open", "not_running", "unknown")
_BOTH = re.compile(r"(\d{4})\s*[-\u2013]\s*(\d{4})")
_FIRST = re.compile(r"(\d{4})\s*[-\u2013](?!\s*\d)")
_ONE = re.compile(r"\d{4}")
_SEEN = re.compile(r"[-\u2013]\s*(\d{4})\s*[-\u2013]")


@dataclass(frozen=True, slots=True)
class Period:
    """The years of a programme: `first` and `last` where they are stated, `seen` where only one year is on record."""

    first: int | None = None
    last: int | None = None
    seen: int | None = None

    def state(self, year: int) -> str:
        """Return what is known of `year`.

        ``running`` (the source says so), ``open`` (it had begun and no end is stated), ``not_running`` (before its
        first year or after its last), else ``unknown``.
        """
        if (self.first is not None and year < self.first) or (self.last is not None and year > self.last):
            return "not_running"
        if year in (self.first, self.seen) or (self.first is not None and self.last is not None):
            return "running"
        return "open" if self.first is not None else "unknown"


def parse_period(text: Any) -> Period:
    """Return the period that `text` states; anything else, such as ``tahunan``, states none.

    Parameters
    ----------
    text : str or missing
        ``2019-2024`` (from, to), ``2021`` (that year alone), ``2020-`` (from, no end stated), ``-2021-`` (on record in
        that year, beginning and end not stated). What stands behind a beginning, as in ``2015- (Plus: 2019-)``, is a
        remark.

    Examples
    --------
    >>> parse_period("2020-"), parse_period("-2021-")
    (Period(first=2020, last=None, seen=None), Period(first=None, last=None, seen=2021))
    >>> parse_period("tahunan").state(2024)
    'unknown'
    """
    if not isinstance(text, str):
        return Period()
    text = text.strip()
    if found := _BOTH.fullmatch(text):
        return Period(*sorted((int(found[1]), int(found[2]))))
    if found := _FIRST.match(text):
        return Period(first=int(found[1]))
    if _ONE.fullmatch(text):
        return Period(int(text), int(text))
    if found := _SEEN.fullmatch(text):
        return Period(seen=int(found[1]))
    return Period()
