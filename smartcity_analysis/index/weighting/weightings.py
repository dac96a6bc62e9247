"""The weighting methods: kernels on arrays, and the family they make.

`scores` is ``(..., region, indicator)``, what stands in front is draws; weights ``(..., indicator)`` need not sum to 1.
Scores are better when they are higher: direction is applied in normalisation, so that a conflict between two
indicators is one of good and bad, and not of signs. Missing scores are left out: entropy and CRITIC use what each
indicator or pair of indicators has, PCA and optimised weights the regions that have every score.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.optimize import nnls

from ...errors import SmartCityError, UnknownNameError
from ..methods import Array, Mask, Method, ScoringError, family

__all__ = ["WEIGHTINGS", "Unweighable", "complete_correlations", "importance_shares", "varimax"]

HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6"
MEASURES = ("correlation", "r2")
FEWEST = 3  # regions with every score below which a correlation has no meaning
SWEEPS = 1000
SUM = 1e4  # how much more the sum of the shares counts than a single share, when no weights reach them all


class Unweighable(SmartCityError):
    """Indicators that a weighting method cannot weigh; :func:`weights` puts their names to it."""

    def __init__(self, columns: Mask, found: str, remedy: str):
        super().__init__(columns, found, remedy)
        self.columns, self.found, self.remedy = columns, found, remedy


def _refuse(faulty: Mask | np.bool_, found: str, remedy: str) -> None:
    """Refuse indicators that are faulty in any draw."""
    if np.any(faulty):
        raise Unweighable(np.any(faulty, axis=tuple(range(faulty.ndim - 1))), found, remedy)


def _equal(scores: Array, base: Array | None) -> Array:
    return np.ones(scores.shape[-1])


def _declared(scores: Array, base: Array | None) -> Array:
    if base is None:
        raise ScoringError(["declared: found no weights. Give base= a framework, or a weight by indicator."])
    return base


def _entropy(scores: Array, base: Array | None) -> Array:
    """One less the entropy of an indicator's shares over the regions, over its largest; 0 log 0 is 0."""
    _refuse(np.any(scores < 0, axis=-2), "a negative score", "Normalise onto a scale from 0, such as scale=(0, 1).")
    there = ~np.isnan(scores)
    count = np.count_nonzero(there, axis=-2)
    total = np.sum(np.where(there, scores, 0.0), axis=-2)
    _refuse(count < 2, "fewer than two scores", "Leave the indicator out.")
    _refuse(total == 0, "only scores of 0", "Leave the indicator out.")
    share = np.where(there, scores, 0.0) / total[..., np.newaxis, :]
    entropy = -np.sum(share * np.log(share, out=np.zeros_like(share), where=share > 0), axis=-2)
    return np.maximum(1 - entropy / np.log(count), 0.0)


def _critic(scores: Array, base: Array | None) -> Array:
    """Standard deviation times the sum of one less the correlation with every other indicator."""
    if scores.shape[-1] == 1:
        return np.ones(1)
    lowest, highest = (ufunc.reduce(scores, axis=-2, keepdims=True) for ufunc in (np.fmin, np.fmax))
    _refuse(~(lowest < highest)[..., 0, :], "no two different scores", "Leave the indicator out.")
    unit = (scores - lowest) / (highest - lowest)
    there = ~np.isnan(scores)
    centred = _centred(unit, there)
    sd = np.sqrt(np.sum(centred**2, axis=-2) / (np.count_nonzero(there, axis=-2) - 1))
    correlation, known = _pairwise(centred, there.astype(float))
    unknown = np.any(~known, axis=-1)
    _refuse(unknown, "no correlation with every other indicator", "Fill or leave out what only some regions have.")
    return sd * np.sum(1 - correlation, axis=-1)


def _centred(scores: Array, there: Mask) -> Array:
    """Scores less their mean, 0 where missing."""
    count = np.count_nonzero(there, axis=-2, keepdims=True)
    mean = np.sum(np.where(there, scores, 0.0), axis=-2, keepdims=True) / np.maximum(count, 1)
    return np.where(there, scores - mean, 0.0)


def _pairwise(centred: Array, there: Array) -> tuple[Array, Mask]:
    """Correlations ``(..., indicator, indicator)`` over the regions that have both, and which are defined."""
    transposed = np.swapaxes(centred, -1, -2)
    count = np.swapaxes(there, -1, -2) @ there
    total = transposed @ there  # of the first indicator, over the regions that also have the second
    safe = np.maximum(count, 1)
    squares = np.swapaxes(centred**2, -1, -2) @ there - total**2 / safe
    product = transposed @ centred - total * np.swapaxes(total, -1, -2) / safe
    both = squares * np.swapaxes(squares, -1, -2)
    known = (count >= 2) & (squares > 1e-12) & (np.swapaxes(squares, -1, -2) > 1e-12)
    correlation = np.divide(product, np.sqrt(np.where(known, both, 1.0)), out=np.zeros_like(product), where=known)
    correlation[..., np.arange(centred.shape[-1]), np.arange(centred.shape[-1])] = 1.0
    return np.clip(correlation, -1.0, 1.0), known


def complete_correlations(scores: Array, method: str) -> tuple[Array, Array]:
    """Correlations ``(..., indicator, indicator)`` and standard deviations over the regions with every score."""
    there = np.broadcast_to(~np.isnan(scores).any(axis=-1, keepdims=True), scores.shape)
    count = np.count_nonzero(there[..., 0], axis=-1)
    if np.any(count < FEWEST):
        remedy = "Impute first, or leave the indicator with the most missing scores out."
        found = f"found {int(np.min(count))} regions with every score"
        raise ScoringError([f"{method}: {found}, expected at least {FEWEST}. {remedy}"])
    kept = np.where(there, scores, np.nan)
    constant = np.fmin.reduce(kept, axis=-2) == np.fmax.reduce(kept, axis=-2)
    _refuse(constant, "the same score in every region with all of them", "Leave the indicator out.")
    centred = _centred(scores, there)
    sd = np.sqrt(np.sum(centred**2, axis=-2) / (count - 1)[..., np.newaxis])
    unit = centred / sd[..., np.newaxis, :]
    return np.swapaxes(unit, -1, -2) @ unit / (count - 1)[..., np.newaxis, np.newaxis], sd


def _pca(scores: Array, base: Array | None, factors: int | None = None) -> Array:
    """Squared loadings on the principal components with an eigenvalue above 1, rotated by varimax."""
    indicators = scores.shape[-1]
    if indicators == 1:
        return np.ones(1)
    if factors is not None and not (isinstance(factors, int) and 1 <= factors <= indicators):
        raise ScoringError([f"pca: found factors={factors}, expected a whole number from 1 to {indicators}."])
    correlation, _ = complete_correlations(scores, "pca")
    values, vectors = (part[..., ::-1] for part in np.linalg.eigh(correlation))
    kept = np.arange(indicators) < factors if factors is not None else values > 1
    kept = np.broadcast_to(kept, values.shape) | (np.arange(indicators) == 0)
    most = int(np.max(np.count_nonzero(kept, axis=-1)))
    loadings = (vectors * np.sqrt(np.where(kept, np.maximum(values, 0.0), 0.0))[..., np.newaxis, :])[..., :most]
    return _own_factor(varimax(loadings) ** 2)


def _own_factor(squares: Array) -> Array:
    """The squared loading of every indicator on the factor of whose squares it has the largest share.

    That is its share there times what the factor explains.
    """
    explained = squares.sum(axis=-2, keepdims=True)
    share = np.divide(squares, explained, out=np.zeros_like(squares), where=explained > 0)
    own = np.argmax(share, axis=-1)[..., np.newaxis]
    return np.take_along_axis(squares, own, axis=-1)[..., 0]


def varimax(loadings: Array, *, kaiser: bool = True, tolerance: float = 1e-10) -> Array:
    """Return loadings ``(..., indicator, factor)`` rotated to the largest variance of their squares in every factor.

    Two factors are turned at a time by the angle that is best for the pair, until no angle is larger than `tolerance`
    (radians). With `kaiser`, rows are brought to length 1 before and back after. A factor of zeros stays one, so that
    draws with fewer factors can be rotated with the others.

    References
    ----------
    Kaiser (1958), The varimax criterion for analytic rotation in factor analysis, Psychometrika 23, 187-200.

    Examples
    --------
    >>> np.abs(varimax(np.array([[0.8, 0.6], [0.8, -0.6], [0.7, 0.7], [0.7, -0.7]]))).round(2).tolist()
    [[0.99, 0.14], [0.14, 0.99], [0.99, 0.0], [0.0, 0.99]]
    """
    length = np.sqrt(np.sum(loadings**2, axis=-1, keepdims=True)) if kaiser else np.ones_like(loadings[..., :1])
    turned = np.divide(loadings, length, out=np.zeros_like(loadings), where=length > 0)
    rows, factors = loadings.shape[-2:]
    for _ in range(SWEEPS):
        largest = 0.0
        for one in range(factors - 1):
            for other in range(one + 1, factors):
                x, y = turned[..., one], turned[..., other]
                angle = _best_angle(x, y, rows)[..., np.newaxis]
                turned[..., one], turned[..., other] = (
                    x * np.cos(angle) + y * np.sin(angle),
                    y * np.cos(angle) - x * np.sin(angle),
                )
                largest = max(largest, float(np.max(np.abs(angle))))
        if largest <= tolerance:
            return turned * length
    raise ScoringError([f"varimax: found no rotation in {SWEEPS} rounds. Choose another number of factors."])


def _best_angle(x: Array, y: Array, rows: int) -> Array:
    """Angle that makes the varimax criterion of two factors largest; 0 where none is better than another."""
    u, v = x**2 - y**2, 2 * x * y
    a, b = u.sum(axis=-1), v.sum(axis=-1)
    sine = 2 * np.sum(u * v, axis=-1) - 2 * a * b / rows
    cosine = np.sum(u**2 - v**2, axis=-1) - (a**2 - b**2) / rows
    return np.where(np.hypot(sine, cosine) > 1e-12, np.arctan2(sine, cosine) / 4, 0.0)


def importance_shares(correlation: Array, sd: Array, weights: Array, measure: str = "correlation") -> Array:
    """Return every indicator's share in the correlations (or their squares) with the weighted sum of all.

    Arrays are ``(..., indicator, indicator)``, ``(..., indicator)`` and ``(..., indicator)``.
    """
    with_sum = np.squeeze(correlation @ (weights * sd)[..., np.newaxis], axis=-1)
    part = with_sum**2 if measure == "r2" else with_sum
    return part / part.sum(axis=-1, keepdims=True)


def _optimised(
    scores: Array, base: Array | None, importance: Array | None = None, measure: str = "correlation"
) -> Array:
    """Non-negative weights whose sum correlates with the indicators in the proportions wanted, or as near as can be.

    With R the correlations and s the standard deviations, indicator i correlates with the sum as ``(R s w)_i``: least
    squares for ``R s w = importance``, in which the sum counts for much more. Draws are solved one after another.
    """
    if measure not in MEASURES:
        raise UnknownNameError("measure of importance", measure, MEASURES)
    indicators = scores.shape[-1]
    wanted = base if importance is None else importance
    wanted = np.broadcast_to(1.0 if wanted is None else np.asarray(wanted, dtype=float), (indicators,))
    if not np.all(wanted >= 0) or not wanted.sum() > 0:
        raise ScoringError(["optimised: found a negative or no importance, expected 0 or more, and one above 0."])
    if indicators == 1:
        return np.ones(1)
    correlation, sd = complete_correlations(scores, "optimised")
    goal = np.sqrt(wanted) if measure == "r2" else wanted
    system = np.concatenate([correlation, SUM * correlation.sum(axis=-2, keepdims=True)], axis=-2)
    flat = system.reshape(-1, indicators + 1, indicators)
    found = [nnls(each, np.append(goal / goal.sum(), SUM))[0] for each in flat]
    return np.stack(found).reshape(sd.shape) / sd


WEIGHTINGS: Mapping[str, Method] = family(
    Method("equal", _equal, "Bobot sama", "Equal weights", HANDBOOK),
    Method("declared", _declared, "Bobot yang ditetapkan", "Declared weights", HANDBOOK),
    Method(
        "entropy",
        _entropy,
        "Bobot entropi",
        "Entropy weights",
        "Shannon (1948), A mathematical theory of communication; Zeleny (1982), Multiple Criteria Decision Making",
    ),
    Method(
        "critic",
        _critic,
        "Bobot CRITIC",
        "CRITIC weights",
        "Diakoulaki, Mavrotas and Papayannakis (1995), Determining objective weights in multiple criteria problems, "
        "Computers and Operations Research 22",
    ),
    Method(
        "pca",
        _pca,
        "Bobot komponen utama",
        "Principal component weights",
        "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, tables 17 and 18, after Nicoletti, "
        "Scarpetta and Boylaud (2000)",
    ),
    Method(
        "optimised",
        _optimised,
        "Bobot menurut kepentingan",
        "Weights optimised to importance",
        "Becker, Saisana, Paruolo and Vandecasteele (2017), Weights and importance in composite indicators: closing "
        "the gap, Ecological Indicators 80",
    ),
)
