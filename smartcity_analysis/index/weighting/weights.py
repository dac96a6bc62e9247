"""Weights: how much each child counts within its parent.

The methods that need nothing but scores stand in :mod:`.weightings`, those that ask people in
:mod:`.ahp`. Weights that suit every region best are a set a region, and so no weighting of all:
:mod:`.frontier`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...errors import UnknownNameError
from ...study.framework import Framework
from ...study.readable import readable
from ..callables import MethodOrFunction, find_own
from ..labels import by_name, checked_array, listed
from ..methods import Array, Method, ScoringError
from .weightings import HANDBOOK, WEIGHTINGS, Unweighable, complete_correlations, importance_shares

__all__ = [
    "HANDBOOK",
    "WEIGHTINGS",
    "OptimisedWeights",
    "effective_weights",
    "optimise_weights",
    "shares",
    "weight_array",
    "weight_set",
    "weights",
]


def weights(
    scores: pd.DataFrame,
    method: MethodOrFunction = "equal",
    *,
    base: Framework | Mapping[str, float] | pd.Series | None = None,
    **options: Any,
) -> pd.Series:
    """Return weights that sum to 1 in each group of siblings.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, or by node when `base` is a framework.
    method : str, Method or callable
        A name in `WEIGHTINGS`, your own record, or a function from the array of scores to weights.
    base : Framework, mapping or Series, optional
        Declared weights, matched by name. With a framework, every group of siblings found in `scores` is
        weighted by itself; otherwise the columns of `scores` are one group.
    **options
        - `factors` (pca): how many to keep. None: those with an eigenvalue above 1, and at least one.
        - `importance` (optimised): wanted importance by name, of which only the proportions count. None: the
          declared weights.
        - `measure` (optimised): ``"correlation"`` with the weighted sum, or ``"r2"``, its square.

    Returns
    -------
    Series
        A weight by code.

    Raises
    ------
    ScoringError
        For a missing, unknown or negative weight, for weights that are all 0, and for indicators that the method
        cannot weigh: they are named.
    UnknownNameError
        For an unknown method or option.

    Notes
    -----
    All of them take scores, in which direction is applied, and give weight 1 to a single indicator.

    - ``entropy`` wants scores of 0 or more; 0 log 0 is 0, and a score that is the same everywhere weighs nothing. It
      depends on where the scale begins.
    - ``critic`` brings scores to 0 to 1 first. Libraries that are given raw values and no directions count an indicator
      of which less is better as if more were.
    - ``pca`` squares loadings rotated by varimax (rows of length 1), assigns every indicator to the factor of whose
      squares it has the largest share, and weighs factors by the variance they explain, as the Handbook does.
    - ``optimised`` looks at the weighted arithmetic mean of the siblings; :func:`optimise_weights` also says how near
      the importance comes to the one wanted.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6.

    Examples
    --------
    >>> scores = pd.DataFrame({"health": [0.5], "wealth": [0.7]}, index=["a"])
    >>> weights(scores, "declared", base={"wealth": 3, "health": 1}).to_dict()
    {'health': 0.25, 'wealth': 0.75}
    """
    record = find_own(WEIGHTINGS, method, "weighting method")
    record.check_options(options)
    if isinstance(base, Framework):
        return _by_group(scores, record, base, options)
    array = checked_array(scores, "scores")
    codes = list(scores.columns)
    known = None if base is None else by_name(base, codes, "weights", exact=True)
    return pd.Series(weight_array(record, array, known, codes, options), index=scores.columns, name="weight")


def weight_array(
    record: Method, scores: Array, base: Array | None, codes: Sequence[str], options: Mapping[str, Any]
) -> Array:
    """Return the method's weights ``(..., indicator)`` as shares of their sum; options by name are put in order.

    Raises
    ------
    ScoringError
        For weights that are no shares, and for indicators that the method cannot weigh.
    """
    ordered = {
        name: by_name(value, codes, f"option {name}", exact=False) if isinstance(value, Mapping | pd.Series) else value
        for name, value in options.items()
    }
    try:
        raw = np.asarray(record.kernel(scores, base, **ordered), dtype=float)
    except Unweighable as error:
        names = listed(codes[int(i)] for i in np.flatnonzero(error.columns))
        raise ScoringError([f"{record.name}: found {error.found} in {names}. {error.remedy}"]) from error
    if raw.shape[-1:] != (len(codes),):
        raise ScoringError(
            [f"{record.name}: found weights {raw.shape}, expected one for each of {len(codes)} columns."]
        )
    return shares(raw, codes)


def shares(raw: Array, codes: Sequence[str]) -> Array:
    """Return weights ``(..., indicator)`` as shares of their sum.

    Raises
    ------
    ScoringError
        For a negative or missing weight, and for weights that are all 0.
    """
    wrong = np.any(~(np.isfinite(raw) & (raw >= 0)), axis=tuple(range(raw.ndim - 1)))
    if np.any(wrong):
        names = listed(codes[int(i)] for i in np.flatnonzero(wrong))
        raise ScoringError([f"The weights: found a negative or missing weight for {names}, expected 0 or more."])
    total = raw.sum(axis=-1, keepdims=True)
    if np.any(total == 0):
        raise ScoringError([f"The weights: found only 0 for {listed(codes)}, expected one weight above 0."])
    return raw / total


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class OptimisedWeights:
    """Weights, and the importance they come to: each sums to 1 over the indicators.

    Parameters
    ----------
    weights : Series
    importance : DataFrame
        By indicator: `wanted`, and `achieved` by the weighted mean of the scores.
    """

    weights: pd.Series
    importance: pd.DataFrame


def optimise_weights(
    scores: pd.DataFrame,
    importance: Mapping[str, float] | pd.Series,
    *,
    measure: str = "correlation",
) -> OptimisedWeights:
    """Return the non-negative weights that make indicators as important as wanted, and how near they come.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, of one group.
    importance : mapping or Series
        0 or more by indicator, matched by name; only the proportions count.
    measure : {"correlation", "r2"}
        Share in the correlations with the weighted mean, or in their squares.

    Raises
    ------
    ScoringError
        For a missing, unknown or negative importance, a constant indicator, fewer than 3 complete regions.
    UnknownNameError
        For an unknown measure.

    References
    ----------
    Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing the
    gap, Ecological Indicators 80, 12-22.

    Examples
    --------
    >>> scores = pd.DataFrame({"b": [1.0, 2.0, 3.0, 4.0], "a": [1.0, -1.0, -1.0, 1.0]})
    >>> optimise_weights(scores, {"a": 1, "b": 3}).importance["achieved"].round(9).to_dict()
    {'b': 0.75, 'a': 0.25}
    """
    codes = list(scores.columns)
    wanted = shares(by_name(importance, codes, "importance", exact=True), codes)
    found = weights(scores, "optimised", importance=dict(zip(codes, wanted, strict=True)), measure=measure)
    achieved = np.ones(1)
    if len(codes) > 1:
        correlation, sd = complete_correlations(checked_array(scores, "scores"), "optimised")
        achieved = importance_shares(correlation, sd, found.to_numpy(), measure)
    table = pd.DataFrame({"wanted": wanted, "achieved": achieved}, index=scores.columns)
    return OptimisedWeights(found, table)


def weight_set(framework: Framework, name: str) -> dict[str, float]:
    """Return a named weight set of a framework by code, as ``IndexSpec(weights=...)`` takes it.

    Parameters
    ----------
    framework : Framework
        The tree the weights are for.
    name : str
        The name looked for.

    Raises
    ------
    UnknownNameError
        For a name the framework does not have; the known ones are listed.

    Examples
    --------
    >>> from smartcity_analysis.study import load_framework
    >>> rules = load_framework("kominfo_evaluation")
    >>> weight_set(rules, rules.weight_sets[0].id) == dict(rules.weight_sets[0].weights)
    True
    """
    known = {each.id: each for each in framework.weight_sets}
    if name not in known:
        raise UnknownNameError(f"weight set of {framework.name!r}", name, list(known))
    return dict(known[name].weights)


def effective_weights(framework: Framework, weights: Mapping[str, float] | None = None) -> pd.Series:
    """Return what every node counts in the whole: its share in its parent, times the parent's own.

    Parameters
    ----------
    framework : Framework
    weights : mapping, optional
        Weights by code that replace the declared ones, each group of siblings whole or not at all.

    Raises
    ------
    ScoringError
        For a group that is given in part, and for weights that are no shares.
    UnknownNameError
        For an unknown code.

    Examples
    --------
    >>> from smartcity_analysis.study import load_framework
    >>> effective_weights(load_framework("human_development"))["mean_schooling"].round(4)
    np.float64(0.1667)
    """
    given = weights or {}
    for code in given:
        framework.node(code)
    effective = {framework.root.code: 1.0}
    for code, node in framework.nodes.items():
        siblings = [child.code for child in node.children]
        own: Mapping[str, float] = {child: given[child] for child in siblings if child in given}
        base = by_name(own or framework.child_weights(code), siblings, f"weights below {code!r}", exact=True)
        part = shares(base, siblings) if siblings else base
        effective |= {child: effective[code] * share for child, share in zip(siblings, part.tolist(), strict=True)}
    return pd.Series(effective, name="effective").rename_axis("code").reindex(list(framework.nodes))


def _by_group(scores: pd.DataFrame, record: Method, framework: Framework, options: Mapping[str, Any]) -> pd.Series:
    groups, problems = [], []
    for code, node in framework.nodes.items():
        siblings = [child.code for child in node.children]
        absent = [sibling for sibling in siblings if sibling not in scores.columns]
        if len(absent) == len(siblings):
            continue
        if absent:
            problems.append(f"The scores: found no column {listed(absent)}, which {code!r} has as well. Add them.")
            continue
        groups.append(weights(scores[siblings], record, base=framework.child_weights(code), **options))
    if not groups and not problems:
        problems.append(f"The scores: found no node of {framework.name!r} among the columns.")
    if problems:
        raise ScoringError(problems)
    return pd.concat(groups)
