"""Benefit of the doubt: every region is scored with the weights that suit it best, within bounds.

The bounds are on shares: the part of a region's score that comes from one indicator. They are obligatory, because with
enough indicators every region is best at something, and free weights would give all of them a score of 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array

from ...study.readable import readable
from ..labels import by_name, cells, checked_array, listed
from ..methods import Array, Mask, ScoringError

__all__ = ["BenefitOfDoubt", "available_limits", "benefit_of_doubt", "best_shares"]

BLOCK = 2_000_000  # coefficients that one linear programme holds at most, unless a single draw needs more
ROUNDING = 1e-9
FREE = "Without bounds that bind, enough indicators give every region a score of 1."


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class BenefitOfDoubt:
    """Scores under the weights that suit each region best.

    Parameters
    ----------
    scores : Series
        By region, above 0 and at most 1: the score over the highest that any region reaches with these weights.
    shares : DataFrame
        Region by indicator: the part of the region's score that comes from each; they sum to 1. A region that scores
        1 may do so with other shares as well.
    lower, upper : Series
        The bounds by indicator.
    """

    scores: pd.Series
    shares: pd.DataFrame
    lower: pd.Series
    upper: pd.Series


def benefit_of_doubt(
    scores: pd.DataFrame,
    *,
    lower: float | Mapping[str, float] | pd.Series | None = None,
    upper: float | Mapping[str, float] | pd.Series | None = None,
) -> BenefitOfDoubt:
    """Return the score every region has with the weights that suit it best, and the shares that make it.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, above 0 and better when higher. A missing score has share 0 and the bounds of the rest
        are re-scaled; towards the other regions it counts as 0.
    lower, upper : float, mapping or Series
        Least and largest share of an indicator, 0 to 1; one for all, or one by indicator.

    Returns
    -------
    BenefitOfDoubt

    Raises
    ------
    ScoringError
        When a bound is not given, the bounds allow no shares or allow all, a score is 0 or less, or a region has no
        score.

    Notes
    -----
    One linear programme of a block a region, solved by HiGHS: r^2 rows for r regions. The scores are unique; the
    shares of a region that scores 1 need not be.

    References
    ----------
    Cherchye, Moesen, Rogge and Van Puyenbroeck (2007), An introduction to "benefit of the doubt" composite indicators,
    Social Indicators Research 82, 111-145: proportional share restrictions. Kuosmanen (2009), Data envelopment
    analysis with missing data, Journal of the Operational Research Society 60, 1767-1774.

    Examples
    --------
    >>> scores = pd.DataFrame({"health": [1.0, 2.0, 1.0], "wealth": [4.0, 1.0, 1.0]}, index=["a", "b", "c"])
    >>> benefit_of_doubt(scores, lower=0.2, upper=0.8).scores.round(3).to_dict()
    {'a': 1.0, 'b': 0.833, 'c': 0.571}
    """
    array = checked_array(scores, "scores")
    codes = list(scores.columns)
    faulty = array <= 0
    problems = []
    if faulty.any():
        remedy = "Normalise onto a scale above 0, such as scale=(1, 100)."
        places = cells(faulty, scores.index, codes)
        problems.append(f"The scores: found scores of 0 or less in {places}, expected above 0. {remedy}")
    empty = np.isnan(array).all(axis=1)
    if empty.any():
        names = listed(scores.index[empty])
        problems.append(f"The scores: found no score for regions {names}, expected at least one. Leave them out.")
    limits = [_limit(bound, name, codes) for bound, name in ((lower, "lower"), (upper, "upper"))]
    problems += _limit_problems(limits[0], limits[1], codes)
    if problems:
        raise ScoringError(problems)
    index, shares = best_shares(array, *available_limits(array, limits[0], limits[1]))
    return BenefitOfDoubt(
        scores=pd.Series(index, index=scores.index, name="benefit_of_doubt"),
        shares=pd.DataFrame(shares, index=scores.index, columns=scores.columns),
        lower=pd.Series(limits[0], index=scores.columns, name="lower"),
        upper=pd.Series(limits[1], index=scores.columns, name="upper"),
    )


def available_limits(scores: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Return bounds ``(..., region, indicator)`` on shares, with 0 where the score is missing and the rest re-scaled.

    The shares halfway between the bounds, which sum to 1 with nothing missing, do so again.
    """
    there = ~np.isnan(scores)
    slack = (upper - lower).sum(axis=-1, keepdims=True)
    left = 1 - lower.sum(axis=-1, keepdims=True)
    middle = lower + (upper - lower) * np.divide(left, slack, out=np.zeros_like(left), where=slack > 0)
    total = np.sum(np.where(there, middle, 0.0), axis=-1, keepdims=True)
    factor = np.divide(1.0, total, out=np.ones_like(total), where=total > 0)
    return np.where(there, lower * factor, 0.0), np.where(there, np.minimum(upper * factor, 1.0), 0.0)


def best_shares(scores: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """Return the best index ``(..., region)`` and its shares ``(..., region, indicator)``; NaN without any score.

    With shares p a region's index is 1 over the largest ``sum of p_i y_ji / y_i`` among the regions j; the programme
    makes that largest sum z as small as it can be. Draws are solved together, as many as fit.
    """
    regions, indicators = scores.shape[-2:]
    shape = np.broadcast_shapes(scores.shape, lower.shape, upper.shape)
    y, low, high = (np.broadcast_to(a, shape).reshape(-1, regions, indicators) for a in (scores, lower, upper))
    step = max(1, BLOCK // (regions * regions * (indicators + 1)))
    parts = [_solve(*(a[start : start + step] for a in (y, low, high))) for start in range(0, len(y), step)]
    shares = np.concatenate([part[..., :-1] for part in parts]).reshape(shape)
    highest = np.concatenate([part[..., -1] for part in parts]).reshape(shape[:-1])
    scored: Mask = np.any(~np.isnan(np.broadcast_to(scores, shape)), axis=-1)
    index = np.divide(1.0, highest, out=np.full_like(highest, np.nan), where=scored)
    return np.minimum(index, 1.0), np.where(scored[..., np.newaxis], shares, np.nan)


def _solve(y: Array, lower: Array, upper: Array) -> Array:
    """Return shares and the largest sum ``(draw, region, indicator + 1)`` of blocks, one a draw and region."""
    draws, regions, indicators = y.shape
    blocks, width = draws * regions, indicators + 1
    own = np.where(np.isnan(y), 1.0, y)[:, :, np.newaxis, :]
    ratio = np.nan_to_num(y)[:, np.newaxis, :, :] / own  # draw, region scored, region compared with, indicator
    rows = np.concatenate([ratio, np.full((*ratio.shape[:-1], 1), -1.0)], axis=-1).reshape(-1, width)
    first = np.arange(blocks)[:, np.newaxis] * width
    below = _sparse(rows, np.repeat(first, regions, axis=0) + np.arange(width), blocks * width)
    sums = _sparse(np.ones((blocks, indicators)), first + np.arange(indicators), blocks * width)
    some = upper.reshape(blocks, indicators).any(axis=-1)  # a region without any score has shares of 0
    limits = np.zeros((blocks, width, 2))
    limits[:, :-1, 0], limits[:, :-1, 1] = lower.reshape(blocks, -1), upper.reshape(blocks, -1)
    limits[:, -1, 1] = np.inf
    price = np.tile(np.append(np.zeros(indicators), 1.0), blocks)
    result = linprog(price, below, np.zeros(len(rows)), sums, some.astype(float), limits.reshape(-1, 2), method="highs")
    if result.x is None:
        raise ScoringError([f"benefit_of_doubt: the linear programme was not solved: {result.message}"])
    return result.x.reshape(draws, regions, width)


def _sparse(rows: Array, columns: np.ndarray, width: int) -> csr_array:
    """Return rows with the same number of coefficients each as a sparse matrix."""
    ends = np.arange(0, rows.size + 1, rows.shape[1])
    return csr_array((rows.ravel(), columns.ravel(), ends), shape=(len(rows), width))


def _limit(bound: float | Mapping[str, float] | pd.Series | None, name: str, codes: list[str]) -> Array:
    if bound is None:
        expected = "expected the least and the largest share of an indicator, such as lower=0.05 and upper=0.3"
        raise ScoringError([f"benefit_of_doubt: found no {name}=, {expected}. {FREE}"])
    if isinstance(bound, Mapping | pd.Series):
        return by_name(bound, codes, f"{name} shares", exact=True)
    return np.full(len(codes), float(bound))


def _limit_problems(lower: Array, upper: Array, codes: list[str]) -> list[str]:
    problems = []
    wrong = ~((lower >= 0) & (lower <= upper) & (upper <= 1))
    if wrong.any():
        names = listed(codes[int(i)] for i in np.flatnonzero(wrong))
        problems.append(f"The shares: found faulty bounds for {names}, expected 0 <= lower <= upper <= 1.")
    elif lower.sum() > 1 + ROUNDING or upper.sum() < 1 - ROUNDING:
        found = f"found lower shares that sum to {lower.sum():.4g} and upper shares that sum to {upper.sum():.4g}"
        problems.append(f"The shares: {found}, expected at most 1 and at least 1. Loosen them.")
    elif len(codes) > 1 and (lower == 0).all() and (upper == 1).all():
        problems.append(f"The shares: found bounds of 0 and 1, expected some that bind. {FREE}")
    return problems
