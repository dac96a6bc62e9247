"""The smallest improvements that reach a target, exactly: which items, by how much, and owned by whom.

The score must be a weighted sum of what is planned, so every rule between it and the planned nodes is the arithmetic
mean. Three ideas of "smallest" are offered; all three are solved exactly, with and without a step size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..index import ScoringError, effective_weights
from ..study import Framework
from ..study.readable import readable
from .effort_kernels import COVERED, Array, cheapest, fewest, smoothest, stepwise

__all__ = ["OBJECTIVES", "EffortPlan", "effort_plan"]

OBJECTIVES = ("points", "items", "squares")
_LINEAR = "arithmetic"


@readable()
@dataclass(frozen=True, eq=False)
class EffortPlan:
    """The least that must rise for a target, under one idea of "least".

    Parameters
    ----------
    table : DataFrame
        One row an item, in the order given: code, weight (effect on the score of one point), present, ceiling, price,
        gain, needed (present + gain), contribution (to the score), owners (``None`` where not known), status. A plan
        that is out of reach has every item at its ceiling.
    objective : {"points", "items", "squares"}
    present, target, planned, most : float
        The score now, wanted, under the plan, and with everything at its ceiling.
    effort : float
        Priced points, number of items, or priced sum of squares; NaN when the target is out of reach.
    changed : int
        Items that rise.
    verdict : {"met", "reachable", "out_of_reach"}
    step : float or None
    status : str
        Of the present scores.
    """

    table: pd.DataFrame
    objective: str
    present: float
    target: float
    planned: float
    most: float
    effort: float
    changed: int
    verdict: str
    step: float | None = None
    status: str = "official"


def effort_plan(
    scores: pd.Series,
    framework: Framework,
    target: float,
    *,
    objective: str = "points",
    ceiling: float | Mapping[str, float] | None = None,
    price: Mapping[str, float] | None = None,
    step: float | None = None,
    owners: Mapping[str, str] | None = None,
    status: str = "official",
) -> EffortPlan:
    """Return the smallest improvements that lift a weighted score to `target`.

    Parameters
    ----------
    scores : Series
        Present score by code. The codes may lie anywhere in the tree (items, evaluation dimensions, pillars), as long
        as they make up the whole score and do not overlap.
    framework : Framework
        With its weights in force; only arithmetic rules may lie above the codes.
    target : float
        Score wanted, on the framework's scale.
    objective : {"points", "items", "squares"}
        ``points``: least sum of priced gains. ``items``: fewest items that rise, at the least priced gains among those
        that can give most. ``squares``: least priced sum of squares, which spreads the effort.
    ceiling : float or mapping, optional
        Highest score of each item; the top of the framework's scale by default. An item whose ceiling is its present
        score, or lies below it, does not take part.
    price : mapping, optional
        Effort of one point, above 0; 1 by default.
    step : float, optional
        Gains come in multiples of it, such as 0.25 for a mean of four assessors; then the integer problem is solved.
    owners : mapping, optional
        Owner by code, such as the catalogue's ``owner_opd``; the framework's own owners by default.
    status : str
        Status of the present scores.

    Returns
    -------
    EffortPlan
        Among items whose points count and cost the same, the lowest present score rises first, then the one that
        comes first in `scores`.

    Raises
    ------
    ScoringError
        For a rule that is not arithmetic, codes that overlap or leave a part of the score out, and scores, prices,
        ceilings or steps that are no fit numbers.
    UnknownNameError
        For an unknown objective or code.

    References
    ----------
    Dantzig, G. B. (1957), Discrete-variable extremum problems, Operations Research 5(2), 266-288 (cheapest first);
    Nemhauser and Ullmann (1969) for steps, see :mod:`.effort_kernels`.

    Examples
    --------
    >>> from smartcity_analysis.study import load_framework
    >>> ministry = load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019")
    >>> now = pd.Series({"baseline": 3.6, "output": 3.21, "outcome": 3.23, "impact": 3.07, "quick_wins": 3.65})
    >>> plan = effort_plan(now, ministry, 3.6)
    >>> plan.table.set_index("code")["gain"].round(2).to_dict()
    {'baseline': 0.0, 'output': 0.0, 'outcome': 0.77, 'impact': 0.27, 'quick_wins': 0.0}
    """
    if objective not in OBJECTIVES:
        raise UnknownNameError("objective", objective, OBJECTIVES)
    weights = _weights_of(scores, framework)
    top = framework.scale[1] if framework.scale else np.nan
    highest = _by_code(top if ceiling is None else ceiling, scores.index, "ceiling")
    prices = _by_code(price if price is not None else 1.0, scores.index, "price")
    _check_numbers(scores, prices, target, step)
    _check_ceiling(highest, scores.index)
    now = scores.to_numpy(dtype=float)
    room = np.maximum(highest - now, 0.0)
    if step is not None:
        room = np.floor(room / step + COVERED) * step
    present = float(weights @ now)
    most = float(weights @ (now + room))
    need = target - present
    verdict = "met" if need <= COVERED else "reachable" if target <= most + COVERED else "out_of_reach"
    gains = room if verdict == "out_of_reach" else np.zeros_like(room)
    if verdict == "reachable":
        gains = _solved(objective, weights, prices, room, now, need, step)
    table = pd.DataFrame(
        {"code": scores.index, "weight": weights, "present": now, "ceiling": highest, "price": prices, "gain": gains}
    )
    table = table.assign(needed=now + gains, contribution=weights * gains)
    table["owners"] = pd.Series([_owners(str(c), framework, owners or {}) for c in scores.index], dtype=object)
    table["status"] = status
    efforts = {"points": prices @ gains, "items": np.count_nonzero(gains > 0), "squares": prices @ gains**2}
    effort = float(efforts[objective]) if verdict != "out_of_reach" else np.nan
    planned, changed = float(weights @ (now + gains)), int(np.count_nonzero(gains > 0))
    return EffortPlan(table, objective, present, target, planned, most, effort, changed, verdict, step, status)


def _solved(
    objective: str, weights: Array, prices: Array, room: Array, now: Array, need: float, step: float | None
) -> Array:
    """Return the gains, solved over the items that can give anything, in the order in which ties are broken."""
    able = np.flatnonzero((room > 0) & (weights > 0))
    able = able[np.argsort(now[able], kind="stable")]
    if objective == "items":
        able = able[fewest(weights[able], prices[able], room[able], need)]
    w, c, r = weights[able], prices[able], room[able]
    gains = np.zeros_like(room)
    if step is None:
        gains[able] = (smoothest if objective == "squares" else cheapest)(w, c, r, need)
        return gains
    counts = [np.arange(round(most / step) + 1) for most in r]
    power = 2 if objective == "squares" else 1
    costs = [c_i * (step * n) ** power for c_i, n in zip(c, counts, strict=True)]
    taken = stepwise([w_i * step * n for w_i, n in zip(w, counts, strict=True)], costs, need)
    gains[able] = taken * step
    return gains


def _weights_of(scores: pd.Series, framework: Framework) -> Array:
    """Return what one point of each code adds to the score."""
    codes = [str(code) for code in scores.index]
    problems = [f"The scores: found {code!r} twice, expected it once." for code in set(codes) if codes.count(code) > 1]
    if framework.weight_sets and framework.weight_set is None:
        problems.append(f"{framework.name!r}: found no weights in force, expected a year or cohort. Use under().")
    for code in codes:
        framework.node(code)
    above = {code: _path(framework, code) for code in codes}
    for node in dict.fromkeys(parent for path in above.values() for parent in path):
        if framework.node(node).rule != _LINEAR:
            found = f"found the rule {framework.node(node).rule!r} at {node!r}, expected {_LINEAR!r}"
            problems.append(f"The plan: {found}. Plan below it, or give its score as one item.")
    inner = [code for code in codes if any(code in path for path in above.values())]
    problems += [f"The scores: found {code!r} and a part of it, expected one of both." for code in inner]
    covered = {leaf.code for code in codes for leaf in framework.node(code).walk() if not leaf.children}
    absent = [leaf.code for leaf in framework.leaves if leaf.code not in covered]
    if absent:
        problems.append(f"The scores: found nothing for {', '.join(absent)}, expected all that makes up the score.")
    if problems:
        raise ScoringError(problems)
    return effective_weights(framework)[codes].to_numpy(dtype=float)


def _path(framework: Framework, code: str) -> list[str]:
    """Return the nodes above `code`, up to the root."""
    path = []
    while code in framework.parents:
        code = framework.parents[code]
        path.append(code)
    return path


def _by_code(given: float | Mapping[str, float], codes: pd.Index, what: str) -> Array:
    if not isinstance(given, Mapping | pd.Series):
        return np.full(len(codes), float(given))
    absent = [str(code) for code in codes if code not in given]
    if absent:
        raise ScoringError([f"The {what}: found none for {', '.join(absent)}, expected one for every code."])
    return np.array([given[code] for code in codes], dtype=float)


def _check_ceiling(highest: Array, codes: pd.Index) -> None:
    unknown = [str(code) for code, known in zip(codes, np.isfinite(highest), strict=True) if not known]
    if unknown:
        raise ScoringError([f"The ceiling: found no number for {', '.join(unknown)}, expected the highest score."])


def _check_numbers(scores: pd.Series, prices: Array, target: float, step: float | None) -> None:
    missing = [str(code) for code in scores.index[scores.isna()]]
    problems = []
    if missing:
        problems.append(f"The scores: found no score for {', '.join(missing)}. What is not known cannot be planned.")
    if not (np.isfinite(prices) & (prices > 0)).all():
        problems.append("The price: found one of 0 or less, expected prices above 0.")
    if not np.isfinite(target):
        problems.append(f"The target: found {target}, expected a number.")
    if step is not None and not step > 0:
        problems.append(f"The step: found {step}, expected a size above 0, or None.")
    if problems:
        raise ScoringError(problems)


def _owners(code: str, framework: Framework, given: Mapping[str, str]) -> str | None:
    """Return who owns `code`: as given, else the owners of the leaves at or below it; None when nobody is named."""
    own = given.get(code)
    if isinstance(own, str) and own:
        return own
    below = [leaf.leaf for leaf in framework.node(code).walk() if leaf.leaf is not None]
    return "; ".join(dict.fromkeys(name for leaf in below for name in leaf.owners)) or None
