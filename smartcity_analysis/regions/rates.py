"""Rates from small counts: the raw rate with its exact interval, beside the rate drawn towards that of all regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.special import betaincinv, gammaincinv

from ..errors import UnknownNameError
from ..study.readable import readable
from .checks import label_list, match_faults, refuse, series_faults
from .kernels import Array

__all__ = ["PRIORS", "Prior", "ShrunkRates", "shrink"]

_LEAST = 1e-6  # persons that a prior counts for at least
Limits = tuple[Array, Array]


@dataclass(frozen=True, slots=True)
class Prior:
    """A model of how the true rates of regions spread, and what it makes of small counts.

    Parameters
    ----------
    name : str
    spread : callable
        ``spread(events, exposed)``: the prior's weight, in persons, beside a region's own; infinite where the rates
        spread no more than by chance. Arrays ``(..., region)`` to ``(...)``.
    exact : callable
        ``exact(events, exposed, level)``: limits of a rate on its own.
    posterior : callable
        ``posterior(events, exposed, mean, weight, level)``: limits of a rate under the prior.
    label_id, label_en, reference : str
        Names to print, where the method is defined.
    proportion : bool
        Events are some of those exposed, so that there cannot be more of them.
    """

    name: str
    spread: Callable[[Array, Array], Array]
    exact: Callable[[Array, Array, float], Limits]
    posterior: Callable[[Array, Array, Array, Array, float], Limits]
    label_id: str
    label_en: str
    reference: str = ""
    proportion: bool = False


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class ShrunkRates:
    """Raw and shrunk rates side by side.

    Attributes
    ----------
    table : DataFrame
        By region: events, exposed, rate, rate_lower, rate_upper (exact), shrunk, shrunk_lower, shrunk_upper, and
        own_share: how much of the shrunk rate is the region's own, 0 to 1.
    mean : float
        The rate of all regions together, towards which they are drawn.
    weight : float
        The persons that the prior counts for; infinite where the rates differ no more than by chance, and every
        region then gets the common rate with the common rate's limits.
    prior : str
    level : float
    """

    table: pd.DataFrame
    mean: float
    weight: float
    prior: str
    level: float


def shrink(
    events: pd.Series, exposed: pd.Series, prior: str | Prior = "gamma_poisson", *, level: float = 0.95
) -> ShrunkRates:
    """Return rates drawn towards the common rate, the more so the smaller the region, beside the raw rates.

    The prior is estimated from the same regions and then taken as known, so that its intervals are somewhat too
    narrow, the more so the fewer the regions.

    Parameters
    ----------
    events, exposed : Series
        Whole numbers of events, and persons (or person-years), above 0, by region.
    prior : str or Prior
        ``gamma_poisson`` for rare events, with the moments of Marshall's global estimator; ``beta_binomial`` for
        proportions, with Kleinman's.
    level : float
        Of both intervals, 0 to 1.

    Returns
    -------
    ShrunkRates

    Raises
    ------
    DisparityError
        For counts that cannot be; all faults at once.
    UnknownNameError
        For an unknown prior.

    References
    ----------
    Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, Journal of the Royal
    Statistical Society C 40(2), 283-294, sect. 3.1; Kleinman (1973), Proportions with extraneous variance, Journal of
    the American Statistical Association 68(341), 46-54.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.Series({"A": 0, "B": 30, "C": 90})
    >>> persons = pd.Series({"A": 50, "B": 1000, "C": 1000})
    >>> shrink(events, persons).table[["rate", "shrunk", "own_share"]].round(3).loc["A"].to_list()
    [0.0, 0.033, 0.429]
    """
    if not isinstance(prior, Prior):
        if prior not in PRIORS:
            raise UnknownNameError("prior", prior, list(PRIORS))
        prior = PRIORS[prior]
    refuse(_count_faults(events, exposed, prior, level))
    o = events.to_numpy(dtype=np.float64)
    n = exposed.reindex(events.index).to_numpy(dtype=np.float64)
    mean, weight = o.sum() / n.sum(), np.asarray(prior.spread(o, n))
    own = n / (n + weight)
    raw = prior.exact(o, n, level)
    if np.isfinite(weight):
        limits = prior.posterior(o, n, mean, weight, level)
    else:
        limits = prior.exact(np.full_like(o, o.sum()), np.full_like(n, n.sum()), level)
    columns = {"events": o, "exposed": n, "rate": o / n, "rate_lower": raw[0], "rate_upper": raw[1]}
    columns |= {"shrunk": mean + own * (o / n - mean), "shrunk_lower": limits[0], "shrunk_upper": limits[1]}
    table = pd.DataFrame(columns | {"own_share": own}, index=events.index)
    return ShrunkRates(table, float(mean), float(weight), prior.name, level)


# --- gamma and Poisson ---


def _marshall(events: Array, exposed: Array) -> Array:
    """Return mean over variance of the true rates."""
    people = exposed.sum(axis=-1)
    mean = events.sum(axis=-1) / people
    spread = (exposed * (events / exposed - mean[..., np.newaxis]) ** 2).sum(axis=-1) / people
    beyond = spread - mean / exposed.mean(axis=-1)
    return np.divide(mean, beyond, out=np.full_like(mean, np.inf), where=beyond > 0)


def _garwood(events: Array, exposed: Array, level: float) -> Limits:
    low = gammaincinv(np.maximum(events, 1), (1 - level) / 2)
    return np.where(events > 0, low, 0.0) / exposed, gammaincinv(events + 1, (1 + level) / 2) / exposed


def _gamma(events: Array, exposed: Array, mean: Array, weight: Array, level: float) -> Limits:
    shape, rate = mean * weight + events, weight + exposed
    return gammaincinv(shape, (1 - level) / 2) / rate, gammaincinv(shape, (1 + level) / 2) / rate


# --- beta and binomial ---


def _kleinman(events: Array, exposed: Array) -> Array:
    """Return the sum of the parameters of the beta distribution, from the weighted variance of the proportions."""
    people, regions = exposed.sum(axis=-1), exposed.shape[-1]
    mean = events.sum(axis=-1) / people
    spread = (exposed * (events / exposed - mean[..., np.newaxis]) ** 2).sum(axis=-1)
    chance = mean * (1 - mean)
    beyond = spread - chance * (regions - 1)
    most = chance * (people - (exposed**2).sum(axis=-1) / people) - chance * (regions - 1)
    correlation = np.divide(beyond, most, out=np.zeros_like(mean), where=most > 0)
    inverse = np.divide(1, correlation, out=np.full_like(mean, np.inf), where=correlation > 0)
    return np.maximum(inverse - 1, _LEAST)


def _clopper_pearson(events: Array, exposed: Array, level: float) -> Limits:
    free = exposed - events
    low = betaincinv(np.maximum(events, 1), free + 1, (1 - level) / 2)
    high = betaincinv(events + 1, np.maximum(free, 1), (1 + level) / 2)
    return np.where(events > 0, low, 0.0), np.where(free > 0, high, 1.0)


def _beta(events: Array, exposed: Array, mean: Array, weight: Array, level: float) -> Limits:
    a, b = mean * weight + events, (1 - mean) * weight + exposed - events
    return betaincinv(a, b, (1 - level) / 2), betaincinv(a, b, (1 + level) / 2)


_MARSHALL = "Marshall (1991), Journal of the Royal Statistical Society C 40(2), 283-294"
_KLEINMAN = "Kleinman (1973), Journal of the American Statistical Association 68(341), 46-54"
PRIORS: Mapping[str, Prior] = MappingProxyType(
    {
        prior.name: prior
        for prior in (
            Prior("gamma_poisson", _marshall, _garwood, _gamma, "Gamma-Poisson", "Gamma-Poisson", _MARSHALL),
            Prior("beta_binomial", _kleinman, _clopper_pearson, _beta, "Beta-binomial", "Beta-binomial", _KLEINMAN,
                  proportion=True),
        )
    }
)  # fmt: skip


def _count_faults(events: pd.Series, exposed: pd.Series, prior: Prior, level: float) -> list[str]:
    faults = series_faults(events, "events") + series_faults(exposed, "exposed")
    faults = faults or match_faults(events.index, exposed.index, "exposed")
    if not 0 < level < 1:
        faults.append(f"Found level {level}; expected a number between 0 and 1, such as 0.95; correct it.")
    if faults:
        return faults
    people = exposed.reindex(events.index)
    rules = [
        ((events < 0) | (events % 1 != 0), "events", "whole numbers, 0 or more"),
        (people <= 0, "exposed", "more than 0"),
    ]
    if prior.proportion:
        rules.append((events > people, "more events than exposed", "events among those exposed"))
        rules.append((people % 1 != 0, "parts of persons exposed", "whole numbers"))
    for broken, what, expected in rules:
        if (names := events.index[broken]).size:
            faults.append(f"Found {what} that cannot be for {label_list(names)}; expected {expected}; correct them.")
    if len(events) < 2:
        faults.append(f"Found {len(events)} region(s); expected 2 or more; add the other regions.")
    return faults
