"""Where the high and the low lie, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..language import Language
from ..theme import plain
from .base import YES_NO, written

__all__ = ["compass", "map_facts"]

_MOST = 3  # regions named as highest, and as lowest
_POINTS = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")


def compass(x: pd.Series, y: pd.Series) -> pd.Series:
    """Return in which part of the map each place lies, as a key of the messages ``figures.maps``.

    Parameters
    ----------
    x, y : Series
        East and north, in one unit each.
    """

    def even(places: pd.Series) -> pd.Series:
        half = (places.max() - places.min()) / 2
        return (places - places.min()) / half - 1 if half > 0 else places * 0.0

    east, north = even(x.astype(float)), even(y.astype(float))
    sector = (np.round(np.degrees(np.arctan2(east, north)) / 45) % 8).astype(int)
    words = [_POINTS[s] for s in sector]
    middle = (east.abs() <= 0.34) & (north.abs() <= 0.34)
    return pd.Series(np.where(middle, "centre", words), index=x.index)


def map_facts(
    table: pd.DataFrame,
    where: pd.Series,
    *,
    language: Language,
    label: str,
    kind: str,
    groups: Mapping[str, str] | pd.Series | None = None,
    highlight: str | None = None,
) -> dict[str, Any]:
    """Return the facts of a map: where the values are high and low, by group, for whom they are not known.

    Parameters
    ----------
    table : DataFrame
        Index region; columns name and value.
    where : Series
        As made by :func:`compass`.
    language, label, kind, groups, highlight
        As for the map.
    """
    rows = table.assign(value=table["value"].astype(float)).sort_index()
    rows = rows.assign(where=[language.text(f"figures.maps.{key}") for key in where.loc[rows.index]])
    rows = rows.sort_values("value", ascending=False, kind="stable")
    known, lost = rows.dropna(subset=["value"]), list(rows.loc[rows["value"].isna(), "name"])
    say = _Words(language, kind)
    found = [] if known.empty else say.yes(known) if kind == YES_NO else say.ends(known)
    if groups is not None and len(known):
        found.append(say.groups(known, pd.Series(groups)))
    if highlight in known.index:
        found.append(language.text("figures.maps.chosen", place=say.place(known.loc[highlight])))
    if lost:
        found.append(language.text("figures.maps.missing", names=lost))
    facts = {"n": len(known), "label": label, "found": " ".join(found), "count": int((known["value"] == 1).sum())}
    return facts | {"variant": kind if kind == YES_NO else ""}


@dataclass(frozen=True, slots=True)
class _Words:
    """The sentences of a map, for one kind of value."""

    language: Language
    kind: str

    def _text(self, key: str, **facts: Any) -> str:
        return self.language.text(f"figures.maps.{key}", **facts)

    def _value(self, value: float) -> str:
        return written(value, self.kind, self.language)

    def place(self, row: pd.Series) -> str:
        return self._text("place", name=row["name"], value=self._value(row["value"]), where=row["where"])

    def ends(self, known: pd.DataFrame) -> list[str]:
        if known["value"].min() == known["value"].max():
            return [self._text("same", value=self._value(known["value"].iloc[0]))]
        most = min(_MOST, len(known) // 2)
        ends = {"highest": known.iloc[:most], "lowest": known.iloc[::-1].iloc[:most]}
        return [self._text(end, places=[self.place(row) for _, row in rows.iterrows()]) for end, rows in ends.items()]

    def yes(self, known: pd.DataFrame) -> list[str]:
        chosen = known[known["value"] == 1]
        places = [f"{name} ({where})" for name, where in zip(chosen["name"], chosen["where"], strict=True)]
        return [self._text("marked", places=places) if places else self._text("nowhere")]

    def groups(self, known: pd.DataFrame, groups: pd.Series) -> str:
        said = []
        for group, values in known["value"].groupby(groups.reindex(known.index)):
            ends = {"low": self._value(values.min()), "high": self._value(values.max())}
            counts = {"count": int((values == 1).sum()), "n": len(values)}
            yes_no = self.kind == YES_NO
            said.append(self._text("group_marked" if yes_no else "group", group=group, **(counts if yes_no else ends)))
        return self._text("groups", groups="; ".join(plain(words) for words in said))
