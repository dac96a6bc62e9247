"""Reliability: whether the indicators of one group measure one thing.

Every function takes the scores of one group, region by indicator. Missing scores are left out pair by pair, and `n` is
the number of regions behind the thinnest pair. An indicator that is constant, or has fewer than three regions, is
named and refused: no correlation is defined for it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from .labels import checked_array, listed
from .methods import Array, Mask, ScoringError

__all__ = [
    "Limits",
    "Measure",
    "bartlett_sphericity",
    "cronbach_alpha",
    "item_rest",
    "kmo",
    "mcdonald_omega",
]

LEAST = 3  # regions below which no correlation says anything: two points always lie on a line
NOISE = 1e-12  # spread, relative to the size, below which scores are the same but for rounding
SINGULAR = 1e-10  # smallest eigenvalue of a correlation matrix that can still be inverted
STEPS = 10_000  # of the one-factor fit


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a result is flagged.

    A correlation above `high` counts one thing twice, one from `negative` up to `weak` adds little, one below
    `negative` works against the index. Reliability below `alpha` or `omega` is low (Nunnally 1978), sampling adequacy
    below `kmo` unacceptable (Kaiser 1974); a group whose sphericity is not refused at level `p` may be noise. An
    indicator belongs to its group when it correlates with the rest by `item_rest` or more. An effective weight may be
    `ratio` times above or below the nominal one. An indicator drives the ranking when regions move, without it, by
    more than the share `shift` of their number on average.
    """

    high: float = 0.92
    weak: float = 0.3
    negative: float = -0.4
    alpha: float = 0.7
    omega: float = 0.7
    kmo: float = 0.5
    p: float = 0.05
    item_rest: float = 0.3
    ratio: float = 2.0
    shift: float = 0.1


LIMITS = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One figure about a group: its `value`, and `n`, the regions behind the thinnest pair.

    `flag` says what is wrong, or is empty, and `expected` is the limit that was passed. `table` holds what stands
    behind the figure by indicator, `p` and `df` belong to a test, `interval` to alpha, `components` (by number from 1)
    to principal components.
    """

    name: str
    value: float
    n: int
    flag: str = ""
    expected: float = np.nan
    table: pd.DataFrame | None = None
    interval: tuple[float, float] | None = None
    df: int | None = None
    p: float | None = None
    components: pd.DataFrame | None = None


def cronbach_alpha(
    scores: pd.DataFrame, *, standardised: bool = False, level: float = 0.95, limits: Limits = LIMITS
) -> Measure:
    """Return Cronbach's alpha: the share of the variance of the sum that the indicators have in common.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, two or more of them, all better when higher.
    standardised : bool
        From correlations instead of covariances, as if every indicator had the same spread.
    level : float
        Confidence of the interval, 0 to 1. It rests on `n`, which is the number of regions where nothing is missing.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    Measure
        Flagged ``"negative"`` (a direction is wrong) or ``"low"``.

    Raises
    ------
    ScoringError
        For fewer than three regions or two indicators, and for a constant indicator.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334; interval: Feldt, Woodruff and Salih (1987), Applied Psychological
    Measurement 11, 93-103.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3], "c": [1.0, 3, 2, 4]})
    >>> round(cronbach_alpha(scores).value, 3)
    0.724
    """
    table, n = checked_group(scores, 2)
    size = table.shape[1]
    matrix = (table.corr() if standardised else table.cov()).to_numpy()
    value = float(alpha_kernel(matrix, np.ones(size)))
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    lower, upper = (1 - (1 - value) * stats.f.isf(tails, n - 1, (n - 1) * (size - 1))).tolist()
    flag, expected = judged([(value < 0, "negative", 0.0), (value < limits.alpha, "low", limits.alpha)])
    return Measure("alpha", value, n, str(flag), float(expected), interval=(lower, upper))


def item_rest(scores: pd.DataFrame, *, limits: Limits = LIMITS) -> pd.DataFrame:
    """Return how every indicator correlates with the sum of the others, and alpha without it.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, two or more of them.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    DataFrame
        By indicator: `r` (from pairwise covariances), `alpha` of the group, `alpha_if_dropped` (NaN where one indicator
        would be left), `n`, `flag` and `expected`. Flags: ``"constant_rest"`` (the others cancel out), ``"negative"``,
        ``"weak"``, ``"raises_alpha"`` (the group is more reliable without it).

    Raises
    ------
    ScoringError
        As :func:`cronbach_alpha`.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 4.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3], "c": [4.0, 3, 1, 2]})
    >>> item_rest(scores)["flag"].to_dict()
    {'a': 'negative', 'b': 'negative', 'c': 'negative'}
    """
    table, _ = checked_group(scores, 2)
    cov, size = table.cov().to_numpy(), table.shape[1]
    own, with_all = np.diagonal(cov), cov.sum(axis=0)
    rest = cov.sum() - 2 * with_all + own
    varied = rest > NOISE * own.sum()
    r = np.divide(with_all - own, np.sqrt(own * np.where(varied, rest, 1)), out=np.full(size, np.nan), where=varied)
    alpha = alpha_kernel(cov, np.ones(size))
    dropped = alpha_kernel(cov, 1 - np.eye(size))
    cases = [(~varied, "constant_rest", np.nan), (r < 0, "negative", 0.0)]
    cases += [(r < limits.item_rest, "weak", limits.item_rest), (dropped > alpha, "raises_alpha", float(alpha))]
    flag, expected = judged(cases)
    columns = {"r": r, "alpha": float(alpha), "alpha_if_dropped": dropped, "n": common_regions(table).min(axis=0)}
    return pd.DataFrame({**columns, "flag": flag, "expected": expected}, index=table.columns)


def mcdonald_omega(scores: pd.DataFrame, *, standardised: bool = False, limits: Limits = LIMITS) -> Measure:
    """Return McDonald's omega: the share of the variance of the sum that one common factor explains.

    The factor has minimum residuals (unweighted least squares on the correlations, by iterated principal axes) and
    uniquenesses of 0 or more. The variance of the sum is what the model implies; forms that divide by the observed
    variance differ where the model fits badly.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, three or more of them.
    standardised : bool
        As if every indicator had the same spread.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    Measure
        Its table has `loading` and `uniqueness`. Flagged ``"negative"`` (a loading is), ``"heywood"`` (the factor
        explains an indicator whole, which no real one does) or ``"low"``.

    Raises
    ------
    ScoringError
        As :func:`cronbach_alpha`; also for correlations that contradict each other and for a fit that does not settle.

    References
    ----------
    McDonald (1999), Test Theory, chapter 6; Harman and Jones (1966), Psychometrika 31, 351-368.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3], "c": [1.0, 3, 2, 4]})
    >>> mcdonald_omega(scores).flag
    'heywood'
    """
    table, n = checked_group(scores, 3)
    loading, uniqueness = _one_factor(pair_correlations(table))
    sd = np.ones(len(loading)) if standardised else table.std().to_numpy()
    common = (sd @ loading) ** 2
    value = float(common / (common + sd**2 @ uniqueness))
    cases = [((loading < 0).any(), "negative", 0.0), ((uniqueness <= NOISE).any(), "heywood", 0.0)]
    flag, expected = judged([*cases, (value < limits.omega, "low", limits.omega)])
    columns = pd.DataFrame({"loading": loading, "uniqueness": uniqueness}, index=table.columns)
    return Measure("omega", value, n, str(flag), float(expected), columns)


def kmo(scores: pd.DataFrame, *, limits: Limits = LIMITS) -> Measure:
    """Return the Kaiser-Meyer-Olkin measure: correlations against what the other indicators leave of them.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, three or more of them, and more regions than indicators.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    Measure
        Its table has `kmo` by indicator. Flagged ``"low"``.

    Raises
    ------
    ScoringError
        As :func:`mcdonald_omega`, and where an indicator is determined by the others.

    References
    ----------
    Kaiser (1974), Psychometrika 39, 31-36.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [2.0, 1, 4, 3, 5], "c": [1.0, 4, 2, 3, 5]})
    >>> round(kmo(scores).value, 3)
    0.409
    """
    table, n = checked_group(scores, 3)
    matrix = pair_correlations(table, regular=True)
    inverse = np.linalg.inv(matrix)
    size = np.sqrt(np.diagonal(inverse))
    other = 1 - np.eye(len(size))
    plain, partial = other * matrix**2, other * (inverse / np.outer(size, size)) ** 2
    value = float(plain.sum() / (plain + partial).sum())
    items = pd.DataFrame({"kmo": plain.sum(axis=0) / (plain + partial).sum(axis=0)}, index=table.columns)
    flag, expected = judged([(value < limits.kmo, "low", limits.kmo)])
    return Measure("kmo", value, n, str(flag), float(expected), items)


def bartlett_sphericity(scores: pd.DataFrame, *, limits: Limits = LIMITS) -> Measure:
    """Return Bartlett's chi-squared against the indicators' being uncorrelated altogether.

    Parameters
    ----------
    scores : DataFrame
        Region by indicator, two or more of them, and more regions than indicators.
    limits : Limits, optional
        From where on something is remarked on.

    Returns
    -------
    Measure
        Flagged ``"uncorrelated"`` where independence is not refused.

    Raises
    ------
    ScoringError
        As :func:`kmo`.

    References
    ----------
    Bartlett (1950), British Journal of Psychology (Statistical Section) 3, 77-85.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [1.0, 2, 3, 4, 5], "b": [2.0, 1, 4, 3, 5]})
    >>> bartlett_sphericity(scores).flag
    'uncorrelated'
    """
    table, n = checked_group(scores, 2)
    size = table.shape[1]
    logarithm = np.linalg.slogdet(pair_correlations(table, regular=True))[1]
    value, df = float(-(n - 1 - (2 * size + 5) / 6) * logarithm), size * (size - 1) // 2
    p = float(stats.chi2.sf(value, df))
    flag, expected = judged([(p > limits.p, "uncorrelated", limits.p)])
    return Measure("sphericity", value, n, str(flag), float(expected), df=df, p=p)


def unusable(table: pd.DataFrame) -> dict[Hashable, str]:
    """Return ``"few_regions"`` or ``"constant"`` for every indicator whose correlations are not defined."""
    few = table.count() < LEAST
    constant = table.max() - table.min() <= NOISE * table.abs().max()
    return {code: "few_regions" if few[code] else "constant" for code in table.columns[few | constant]}


def common_regions(table: pd.DataFrame) -> NDArray[np.int_]:
    """Return the number of regions ``(i, i)`` that have both indicators."""
    present = table.notna().to_numpy(dtype=int)
    return present.T @ present


def judged(cases: Sequence[tuple[Any, str, Any]]) -> tuple[NDArray[Any], Array]:
    """Return flag and limit of the first case ``(condition, flag, limit)`` that holds; empty and NaN if none."""
    conditions, flags, limits = zip(*cases, strict=True)
    return np.select(conditions, flags, ""), np.select(conditions, limits, np.nan)


def alpha_kernel(covariances: Array, keep: Array) -> Array:
    """Return alpha for every choice of indicators: covariances ``(i, i)``, `keep` of 0 and 1 ``(..., i)``.

    NaN for fewer than two indicators; minus infinity where they cancel out and their sum does not vary.
    """
    size = keep.sum(axis=-1)
    own = keep @ np.diagonal(covariances)
    total = np.einsum("...i,ij,...j->...", keep, covariances, keep)
    share = np.divide(own, total, out=np.full_like(total, np.inf), where=~(total <= NOISE * own))
    return np.where(size > 1, np.maximum(size, 1) / np.maximum(size - 1, 1) * (1 - share), np.nan)


def checked_group(scores: pd.DataFrame, least: int) -> tuple[pd.DataFrame, int]:
    """Return the scores as float64 and the regions behind the thinnest pair, or refuse with every problem."""
    table = pd.DataFrame(checked_array(scores, "scores"), index=scores.index, columns=scores.columns)
    problems = []
    if table.shape[1] < least:
        problems.append(f"The scores: found {table.shape[1]} indicators, expected at least {least} in a group.")
    faulty = unusable(table)
    few = [code for code, why in faulty.items() if why == "few_regions"]
    flat = [code for code, why in faulty.items() if why == "constant"]
    if few:
        problems.append(f"The scores: found fewer than {LEAST} regions for {listed(few)}. Fill the gaps, or drop them.")
    if flat:
        problems.append(f"The scores: found a constant indicator in {listed(flat)}. Drop it: it tells nothing apart.")
    common = common_regions(table)
    if not faulty and (common < LEAST).any():
        thin = _pairs(table, common < LEAST)
        problems.append(f"The scores: found fewer than {LEAST} regions with both of {thin}. Fill the gaps.")
    if problems:
        raise ScoringError(problems)
    return table, int(common.min())


def _pairs(table: pd.DataFrame, mask: Mask) -> str:
    return listed((table.columns[i], table.columns[j]) for i, j in np.argwhere(mask) if i < j)


def pair_correlations(table: pd.DataFrame, *, regular: bool = False) -> Array:
    """Return pairwise correlations that complete scores could have; `regular`: that have an inverse as well."""
    matrix = table.corr().to_numpy(copy=True)
    undefined = np.isnan(matrix)
    if undefined.any():
        found = f"found a constant indicator among the regions with both of {_pairs(table, undefined)}"
        raise ScoringError([f"The scores: {found}. Fill the gaps, or drop one."])
    np.fill_diagonal(matrix, 1.0)
    smallest = np.linalg.eigvalsh(matrix)[0]
    if smallest < -SINGULAR:
        found = f"found correlations that contradict each other (an eigenvalue of {smallest:.3g})"
        raise ScoringError([f"The scores: {found}, because each pair has other regions. Fill the gaps first."])
    if regular and smallest < SINGULAR:
        remedy = f"Use more regions than indicators (found {len(table)} and {len(matrix)}), or drop an indicator."
        raise ScoringError([f"The scores: found an indicator that is determined by the others. {remedy}"])
    return matrix


def _one_factor(matrix: Array) -> tuple[Array, Array]:
    """Return loadings and uniquenesses of one factor; every step lowers the squared residuals."""
    reduced = matrix.copy()
    communality = np.max(np.abs(matrix - np.eye(len(matrix))), axis=0)
    for _ in range(STEPS):
        np.fill_diagonal(reduced, communality)
        values, vectors = np.linalg.eigh(reduced)
        loading = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
        following = np.minimum(loading**2, 1.0)
        if np.max(np.abs(following - communality)) < NOISE:
            return loading * (-1.0 if loading.sum() < 0 else 1.0), 1 - following
        communality = following
    raise ScoringError([f"omega: found no factor after {STEPS} steps. The indicators have no one factor in common."])
