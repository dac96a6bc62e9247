"""Aggregation: from the scores of the children to the score of their parent.

The methods stand in :mod:`.aggregators`. Missing scores are left out with the weights of the
rest re-scaled, and only where enough of the weight is available.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..callables import MethodOrFunction, find_own
from ..labels import by_name, cells, check_share, checked_array
from ..methods import Array, Mask, Method, ScoringError
from ..weighting.weights import shares
from .aggregators import AGGREGATORS, TOLERANCE, product

__all__ = ["AGGREGATORS", "TOLERANCE", "aggregate", "combine", "positive_problem", "unsuitable"]


def aggregate(
    scores: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series,
    method: MethodOrFunction = "arithmetic",
    *,
    min_available: float = 1.0,
    **options: Any,
) -> pd.Series:
    """Return one score a region.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, better when higher; NaN is missing.
    weights : mapping or Series
        One for every column, matched by name; only their proportions count. A column of weight 0 takes no
        part.
    method : str, Method or callable
        A name in `AGGREGATORS`, your own record, or a function of the arrays of scores and weights.
    min_available : float
        Share of the weight that must be available, 0 to 1. Where it is, the available scores count with their
        weights re-scaled; where it is not, the region's score is NaN. The default lets nothing be missing.
    **options
        - `p` (power): order of the mean.
        - `power` or `order` (owa): ``power=2`` leans to a region's low scores, ``power=0.5`` to its high ones;
          `order` gives the weight of every place, best first.
        - `ideal` (topsis): ``(worst, best)`` score, fixed. None: what the regions reach.
        - `penalty` (mazziotta_pareto, adjusted_mazziotta_pareto): ``"-"`` where more is better, ``"+"`` for an index
          of something bad.
        - `scale` (adjusted_mazziotta_pareto): where the scores lie.
        - `spread` (benefit_of_doubt): share by which a region may move each weight, 0 to 1.

    Returns
    -------
    Series
        Named after the method.

    Raises
    ------
    ScoringError
        For weights that are missing, unknown, negative or all 0; for a score of 0 or less under a method that is
        defined here for scores above 0 only: geometric, harmonic and power mean, Mazziotta-Pareto, benefit of the
        doubt; for an option that is needed and not given.
    UnknownNameError
        For an unknown method or option.

    Notes
    -----
    - Means (arithmetic, geometric, harmonic, power), median, minimum and OWA lie between the worst and the best score
      of a region. Mazziotta-Pareto lies on the scale of the scores but may leave that range, and can fall when a very
      unbalanced region gets better where it is best already.
    - ``copeland`` counts regions (-r + 1 to r - 1), ``topsis`` and ``benefit_of_doubt`` lie between 0 and 1. All three
      compare regions, and a score changes when another region does; ``ideal`` takes that away from TOPSIS. A region
      without enough available is still compared with.
    - TOPSIS takes the scores as they are. Others divide each column by its length first, or normalise to 0 to 1.
    - Mazziotta-Pareto is made for scores of mean 100 and standard deviation 10: ``normalise(values, "zscore",
      mean=100, sd=10)``. The adjusted index is made for goalposts around a reference value, on 70 to 130.
    - A weighted median between two scores that leave half of the weight on either side is halfway between them.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6.

    Examples
    --------
    >>> scores = pd.DataFrame({"health": [1.0, 4.0], "wealth": [4.0, None]}, index=["a", "b"])
    >>> aggregate(scores, {"health": 1, "wealth": 1}, "geometric").to_list()
    [2.0, nan]
    >>> aggregate(scores, {"health": 1, "wealth": 1}, "geometric", min_available=0.5).to_list()
    [2.0, 4.0]
    """
    record = find_own(AGGREGATORS, method, "aggregation method")
    record.check_options(options)
    check_share(min_available)
    array = checked_array(scores, "scores")
    codes = list(scores.columns)
    known = shares(by_name(weights, codes, "weights", exact=True), codes)
    faulty = unsuitable(record, array, known)
    if faulty.any():
        raise ScoringError([positive_problem(record, faulty, scores.index, codes)])
    result = combine(record, array, known, min_available, options)
    return pd.Series(result, index=scores.index, name=record.name)


def combine(record: Method, scores: Array, weights: Array, min_available: float, options: Mapping[str, Any]) -> Array:
    """Return scores ``(..., region)`` of children ``(..., region, child)`` under weights ``(..., child)``.

    NaN where too little of the weight is available. The weights sum to 1, and the scores are suitable
    (:func:`unsuitable`).

    Raises
    ------
    ScoringError
        When the kernel gives no number for a region with enough available, or not one for every region.
    """
    taking_part = _taking_part(weights)
    scores, w = scores[..., taking_part], weights[..., np.newaxis, taking_part]
    result = np.asarray(record.kernel(scores, w, **options), dtype=float)
    if result.shape[-1:] != scores.shape[-2:-1]:
        expected = f"expected {scores.shape[-2]} scores, one a region. Put the children together over the last axis."
        raise ScoringError([f"{record.name}: found an array {result.shape}, {expected}"])
    missing = np.isnan(scores)
    enough: Mask | bool = True
    if missing.any():
        share = product((~missing).astype(float), w)
        enough = (share > 0) & (share >= min_available - TOLERANCE)
    lost = np.count_nonzero(~np.isfinite(result) & enough)
    if lost:
        remedy = "Its kernel must leave missing scores out and re-scale the weights of the rest."
        raise ScoringError([f"{record.name}: found {lost} scores that are no finite number. {remedy}"])
    return np.where(enough, result, np.nan) if missing.any() else result


def unsuitable(record: Method, scores: Array, weights: Array) -> Mask:
    """Return which scores ``(..., region, child)`` the method cannot take; children of weight 0 aside."""
    if not record.positive:
        return np.zeros(scores.shape, dtype=bool)
    return (scores <= 0) & _taking_part(weights)


def positive_problem(record: Method, faulty: Mask, regions: pd.Index, codes: Sequence[str]) -> str:
    """Return the message for scores of 0 or less where only scores above 0 are defined."""
    places = cells(faulty, regions, codes)
    floor = "Normalise onto a scale above 0, such as scale=(1, 100), with clip=True where bounds are given"
    remedy = f"{floor}; or choose another rule."
    return f"{record.name}: found scores of 0 or less in {places}, expected above 0. {remedy}"


def _taking_part(weights: Array) -> Mask:
    """Return which children have a weight above 0 in any draw."""
    return np.atleast_1d(np.any(weights > 0, axis=tuple(range(weights.ndim - 1))))
