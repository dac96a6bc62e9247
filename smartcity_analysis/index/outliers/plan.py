"""How each indicator is treated, decided before a value is seen, and applied to arrays with draws in front."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ...errors import UnknownNameError
from ..methods import Array, Mask, Method
from ..own import MethodOrFunction, called, find_or_wrap, options_in_order
from .moments import OutlierTest
from .treatments import TREATMENTS

__all__ = ["STANDARD", "Rule", "TreatmentPlan", "plan_treatment"]

STANDARD = OutlierTest()
Rule: TypeAlias = MethodOrFunction | Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Indicators that are treated alike; `by_indicator` holds options that are arrays over them."""

    columns: np.ndarray
    record: Method
    options: Mapping[str, Any]
    by_indicator: Mapping[str, Array]
    fixed: frozenset[str]
    always: bool


@dataclass(frozen=True, slots=True, eq=False)
class TreatmentPlan:
    """How each indicator is treated; made by :func:`plan_treatment`."""

    parts: tuple[_Part, ...]
    test: OutlierTest

    def apply(self, values: Array, **drawn: Any) -> tuple[Array, dict[str, Array]]:
        """Return treated arrays ``(..., region, indicator)``, and facts, each ``(..., indicator)``.

        Parameters
        ----------
        values : array, (..., region, indicator)
        **drawn
            Options by draw, such as ``limit`` of shape ``(...)``, for every indicator whose method has them and whose
            rule does not fix them. The draws may stand in `values`, in these, or in both.
        """
        front = np.broadcast_shapes(values.shape[:-2], *(np.shape(option) for option in drawn.values()))
        result = np.broadcast_to(values, (*front, *values.shape[-2:])).copy()
        facts: dict[str, Array] = {"treated": np.zeros((*front, values.shape[-1]))}
        for part in self.parts:
            own = {k: v for k, v in drawn.items() if k in part.record.options and k not in part.fixed}
            columns, treated, chosen, beside = _apply(part, values[..., part.columns], self.test, own)
            result[..., columns] = treated
            facts["treated"][..., columns] = chosen
            for name, fact in beside.items():
                whole = facts.setdefault(name, np.full((*front, values.shape[-1]), np.nan))
                whole[..., columns] = np.where(chosen, fact, np.nan)
        return result, facts


def plan_treatment(
    codes: Sequence[Hashable],
    method: MethodOrFunction = "winsorise",
    *,
    test: OutlierTest = STANDARD,
    always: bool = False,
    rules: Mapping[str, Rule] | None = None,
    **options: Any,
) -> TreatmentPlan:
    """Return how the indicators in `codes` are treated, in arguments as of :func:`treat`, without looking at a value.

    Raises
    ------
    UnknownNameError
        For an unknown method, option or indicator.
    """
    record = find_or_wrap(TREATMENTS, method, "treatment")
    record.check_options(options)
    own = dict(rules or {})
    for code in own:
        if code not in codes:
            raise UnknownNameError("indicator in rules", code, [str(known) for known in codes])
    rest = [code for code in codes if code not in own]
    parts = [_part(codes, rest, record, options, frozenset(), always)] if rest else []
    for code, rule in own.items():
        said: dict[str, Any] = dict(rule) if isinstance(rule, Mapping) else {"method": rule}
        other = find_or_wrap(TREATMENTS, said.pop("method", record), "treatment")
        forced = said.pop("always", always)
        other.check_options(said)
        merged = {name: value for name, value in options.items() if name in other.options} | said
        parts.append(_part(codes, [code], other, merged, frozenset(said), forced))
    return TreatmentPlan(tuple(parts), test)


def _part(
    codes: Sequence[Hashable],
    members: Sequence[Hashable],
    record: Method,
    options: Mapping[str, Any],
    fixed: frozenset[str],
    always: bool,
) -> _Part:
    named = {name: value for name, value in options.items() if isinstance(value, Mapping | pd.Series)}
    plain = {name: value for name, value in options.items() if name not in named}
    columns = np.array([list(codes).index(code) for code in members])
    return _Part(columns, record, plain, options_in_order(named, members), fixed, always)


def _apply(
    part: _Part, values: Array, test: OutlierTest, drawn: Mapping[str, Any]
) -> tuple[np.ndarray, Array, Mask, Mapping[str, Any]]:
    """Treat the indicators of a part that need it in any draw.

    Returns
    -------
    Their columns; what becomes of them ``(..., region, column)``; in which draws they were treated ``(..., column)``;
    and what the kernel says.
    """
    chosen = ~test.passes(values)
    if part.always:
        chosen = np.fmin.reduce(values, axis=-2) < np.fmax.reduce(values, axis=-2)
    needed = np.flatnonzero(chosen.any(axis=tuple(range(chosen.ndim - 1))))
    values, chosen = values[..., needed], chosen[..., needed]
    if not needed.size:
        return part.columns[needed], values, chosen, {}
    named = {name: option[..., needed] for name, option in part.by_indicator.items()}
    treated, facts = called(part.record, values, test, {**part.options, **named, **drawn})
    keep = ~chosen[..., np.newaxis, :] | np.isnan(values)
    return part.columns[needed], np.where(keep, values, treated), chosen, facts
