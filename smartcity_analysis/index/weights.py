"""Weights: how much each child counts within its parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..study.framework import Framework
from .labels import by_name, checked_array, listed
from .methods import Array, Method, MethodLike, ScoringError, family, find_method

__all__ = ["WEIGHTINGS", "shares", "weight_array", "weights"]

HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6"


def _equal(scores: Array, base: Array | None) -> Array:
    return np.ones(scores.shape[-1])


def _declared(scores: Array, base: Array | None) -> Array:
    if base is None:
        raise ScoringError(["declared: found no weights. Give base= a framework, or a weight by indicator."])
    return base


WEIGHTINGS: Mapping[str, Method] = family(
    Method("equal", _equal, "Bobot sama", "Equal weights", HANDBOOK),
    Method("declared", _declared, "Bobot yang ditetapkan", "Declared weights"),
)


def weights(
    scores: pd.DataFrame,
    method: MethodLike = "equal",
    *,
    base: Framework | Mapping[str, float] | pd.Series | None = None,
    **options: Any,
) -> pd.Series:
    """Return weights that sum to 1 in each group of siblings.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, or by node when `base` is a framework.
    method : str or Method
        A name in `WEIGHTINGS`, or your own record.
    base : Framework, mapping or Series, optional
        Declared weights, matched by name. With a framework, every group of siblings found in `scores` is
        weighted by itself; otherwise the columns of `scores` are one group.
    **options
        Options of the method.

    Returns
    -------
    Series
        A weight by code.

    Raises
    ------
    ScoringError
        For a missing, unknown or negative weight, and for weights that are all 0.
    UnknownNameError
        For an unknown method or option.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6.

    Examples
    --------
    >>> scores = pd.DataFrame({"health": [0.5], "wealth": [0.7]}, index=["a"])
    >>> weights(scores, "declared", base={"wealth": 3, "health": 1}).to_dict()
    {'health': 0.25, 'wealth': 0.75}
    """
    record = find_method(WEIGHTINGS, method, "weighting method")
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
    """Return the method's weights ``(..., indicator)`` as shares of their sum."""
    return shares(np.asarray(record.kernel(scores, base, **options), dtype=float), codes)


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
