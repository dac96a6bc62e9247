"""The family of disparity measures: a record for each, and makers for those that have a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import numpy as np

from ..errors import SmartCityError, UnknownNameError
from . import kernels as k
from .kernels import Kernel, Moments

__all__ = [
    "MEASURES",
    "DisparityError",
    "Measure",
    "atkinson",
    "generalised_entropy",
    "get_measure",
    "quantile_ratio",
    "share_ratio",
]


class DisparityError(SmartCityError, ValueError):
    """Values, population, groups or settings that cannot be taken; every fault on its own line."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of disparity: a kernel, and what one must know to choose it.

    Parameters
    ----------
    name : str
    kernel : callable
        ``kernel(values, weights)``: each `(..., region)` or `(region,)`; reduces the last axis, writes to
        neither. Weights need not sum to 1; a weight of 0 means that the region is not there.
    label_id, label_en, reference, aliases : str, tuple of str
        Names to print, where the definition stands, other names it answers to.
    needs_positive, allows_negative, needs_population : bool
        0 is refused; values below 0 are taken; the measure has no meaning without population.
    bounded : bool
        Never above 1.
    scale_invariant : bool
        The unit of the values does not matter (a relative measure).
    replication_invariant : bool
        k copies of every region change nothing.
    transfer : {"strict", "weak", "none"}
        With every transfer from a richer to a poorer region it falls; or never rises; or may even rise.
    extremes_only : bool
        It sees two regions only, so that resampling the regions says nothing of its uncertainty.
    at_equality : float
        What it is when all values are equal.
    entropy_order : float, optional
        Order in the generalised entropy family, the measures that split into between and within.
    terms : callable, optional
        ``terms(values, weights)``: what each region adds, `(..., region)`; never negative, and they sum to
        the measure.
    moments : Moments, optional
        The same measure as a function of two means, for resampling by one matrix product.
    slopes : callable, optional
        ``slopes(values, weights)``: the influence function, `(..., region)`; what more of the weight in a
        region would do to the measure. Gives a standard error where there are no `moments`.
    """

    name: str
    kernel: Kernel
    label_id: str
    label_en: str
    reference: str = ""
    needs_positive: bool = False
    allows_negative: bool = False
    needs_population: bool = False
    bounded: bool = False
    scale_invariant: bool = True
    replication_invariant: bool = True
    transfer: Literal["strict", "weak", "none"] = "strict"
    extremes_only: bool = False
    at_equality: float = 0.0
    entropy_order: float | None = None
    terms: Kernel | None = None
    moments: Moments | None = None
    slopes: Kernel | None = None
    aliases: tuple[str, ...] = ()


_COBHAM = "Cobham and Sumner (2013), Putting the Gini back in the bottle?, King's International Development Institute"
_COWELL = "Cowell (2011), Measuring Inequality, 3rd ed., Oxford University Press"
_DELTAS = "Deltas (2003), Review of Economics and Statistics 85(1), 226-234"
_HOOVER = "Hoover (1936), Review of Economics and Statistics 18(4), 162-171"
_ATKINSON = "Atkinson (1970), Journal of Economic Theory 2(3), 244-263"
_SHANKAR = "Shankar and Shah (2003), World Development 31(8), 1421-1441"
_SHORROCKS = "Shorrocks (1980), Econometrica 48(3), 613-625"
_THEIL = "Theil (1967), Economics and Information Theory, North-Holland, ch. 4"
_WILLIAMSON = "Williamson (1965), Economic Development and Cultural Change 13(4, part 2), 1-84"

_THEIL_T = Measure(
    "theil_t", partial(k.summed, k.theil_t_terms), "Indeks Theil T", "Theil T index", _THEIL,
    entropy_order=1.0, terms=k.theil_t_terms, moments=k.THEIL_T_MOMENTS,
)  # fmt: skip
_MEAN_LOG = Measure(
    "mean_log_deviation", partial(k.summed, k.mean_log_deviation_terms), "Deviasi log rata-rata (Theil L)",
    "Mean log deviation (Theil L)", _THEIL, needs_positive=True, entropy_order=0.0,
    terms=k.mean_log_deviation_terms, moments=k.MEAN_LOG_MOMENTS, aliases=("theil_l",),
)  # fmt: skip


def generalised_entropy(order: float) -> Measure:
    """Return the generalised entropy of that order: the lower it is, the more the poorest regions count.

    Parameters
    ----------
    order : float
        0 is the mean log deviation, 1 is Theil T, 2 is half the squared coefficient of variation. Orders
        above 0 take values of 0.

    Raises
    ------
    DisparityError
        When the order is not a number.

    References
    ----------
    Shorrocks (1980), Econometrica 48(3), 613-625, eq. 30.

    Examples
    --------
    >>> from smartcity_analysis.regions import disparity
    >>> import pandas as pd
    >>> disparity(pd.Series([1.0, 3.0]), generalised_entropy(2))
    0.125
    """
    _check(np.isfinite(order), "order", order, "a number")
    for known in (_MEAN_LOG, _THEIL_T):
        if order == known.entropy_order:
            return known
    terms = partial(k.entropy_terms, order=float(order))
    return Measure(
        f"generalised_entropy_{order:g}", partial(k.summed, terms), f"Entropi umum ({order:g})",
        f"Generalised entropy ({order:g})", _SHORROCKS, needs_positive=order <= 0, entropy_order=float(order),
        terms=terms, moments=k.entropy_moments(float(order)),
    )  # fmt: skip


def atkinson(aversion: float) -> Measure:
    """Return the Atkinson index: the share of the total that equality would make superfluous.

    Parameters
    ----------
    aversion : float
        Aversion to inequality, above 0. From 1 up, values must be above 0.

    Raises
    ------
    DisparityError
        When the aversion is not above 0.

    References
    ----------
    Atkinson (1970), On the measurement of inequality, Journal of Economic Theory 2(3), 244-263.

    Examples
    --------
    >>> from smartcity_analysis.regions import disparity
    >>> import pandas as pd
    >>> round(disparity(pd.Series([1.0, 4.0]), atkinson(1)), 12)
    0.2
    """
    _check(0 < aversion < np.inf, "aversion", aversion, "a number above 0")
    return Measure(
        f"atkinson_{aversion:g}", partial(k.atkinson, aversion=float(aversion)), f"Indeks Atkinson ({aversion:g})",
        f"Atkinson index ({aversion:g})", _ATKINSON, needs_positive=aversion >= 1, bounded=True,
        moments=k.atkinson_moments(float(aversion)),
    )  # fmt: skip


def quantile_ratio(upper: float = 0.9, lower: float = 0.1) -> Measure:
    """Return the ratio of two quantiles of the people, such as P90/P10.

    The quantile of a share p of the people is the lowest value that reaches p when regions are counted from the
    lowest value up; where a region ends exactly at p, it lies halfway to the next value. Without population the
    people are the regions.

    Parameters
    ----------
    upper, lower : float
        Shares of the people, 0 to 1.

    Raises
    ------
    DisparityError
        When not 0 < lower < upper < 1.

    References
    ----------
    Hyndman and Fan (1996), Sample quantiles in statistical packages, American Statistician 50(4), definition 2;
    with weights, Cowell (2011), Measuring Inequality, ch. 2.

    Examples
    --------
    >>> from smartcity_analysis.regions import disparity
    >>> import pandas as pd
    >>> values, people = pd.Series({"A": 1.0, "B": 2.0, "C": 8.0}), pd.Series({"A": 80, "B": 10, "C": 10})
    >>> disparity(values, quantile_ratio(0.9, 0.5), population=people)
    5.0
    """
    _check(0 < lower < upper < 1, "upper, lower", (upper, lower), "0 < lower < upper < 1")
    name = f"p{100 * upper:g}_p{100 * lower:g}"
    said = name.upper().replace("_", "/")
    return Measure(
        name, partial(k.quantile_ratio, upper=float(upper), lower=float(lower)), f"Rasio kuantil {said}",
        f"Quantile ratio {said}", _COWELL, needs_positive=True, transfer="none", at_equality=1.0,
    )  # fmt: skip


def share_ratio(top: float = 0.1, bottom: float = 0.4) -> Measure:
    """Return what the richest share of the people have over what the poorest share have: Palma's is 0.1 and 0.4.

    A region on the cut counts in part. At equality the ratio is `top` over `bottom`.

    Parameters
    ----------
    top, bottom : float
        Shares of the people, 0 to 1, together at most 1.

    Raises
    ------
    DisparityError
        When a share is not above 0, or both together are above 1.

    References
    ----------
    Palma (2011), Development and Change 42(1), 87-153; Cobham and Sumner (2013).

    Examples
    --------
    >>> from smartcity_analysis.regions import disparity
    >>> import pandas as pd
    >>> round(disparity(pd.Series([1.0] * 9 + [4.0]), share_ratio()), 12)
    1.0
    """
    sound = min(top, bottom) > 0 and top + bottom <= 1
    _check(sound, "top, bottom", (top, bottom), "two shares above 0 that make at most 1 together")
    palma = (top, bottom) == (0.1, 0.4)
    said = f"{100 * top:g}/{100 * bottom:g}"
    return Measure(
        "palma" if palma else f"share_ratio_{100 * top:g}_{100 * bottom:g}",
        partial(k.share_ratio, top=float(top), bottom=float(bottom)),
        "Rasio Palma" if palma else f"Rasio porsi {said}",
        "Palma ratio" if palma else f"Share ratio {said}",
        _COBHAM, needs_positive=True, transfer="weak", at_equality=top / bottom,
        slopes=partial(k.share_ratio_slopes, top=float(top), bottom=float(bottom)),
    )  # fmt: skip


def _check(sound: bool | np.bool_, name: str, found: object, expected: str) -> None:
    if not sound:
        raise DisparityError(f"{name}: found {found}, expected {expected}; choose another.")


_ALL = (
    Measure("gini", k.gini, "Indeks Gini", "Gini index", _COWELL, bounded=True, terms=k.gini_terms,
            slopes=k.gini_slopes),
    Measure("gini_unbiased", k.gini_unbiased, "Indeks Gini terkoreksi (n - 1)", "Gini index, n - 1 form",
            _DELTAS, replication_invariant=False, slopes=k.gini_unbiased_slopes),
    _THEIL_T,
    _MEAN_LOG,
    generalised_entropy(2),
    atkinson(0.5),
    atkinson(1),
    Measure("williamson", k.cv, "Indeks Williamson", "Williamson index", _WILLIAMSON, needs_population=True,
            terms=k.cv_terms, moments=k.CV_MOMENTS),
    Measure("coefficient_of_variation", k.cv, "Koefisien variasi", "Coefficient of variation", _SHANKAR,
            terms=k.cv_terms, moments=k.CV_MOMENTS),
    Measure("hoover", partial(k.summed, k.hoover_terms), "Indeks Hoover", "Hoover index", _HOOVER, bounded=True,
            transfer="weak", terms=k.hoover_terms, slopes=k.hoover_slopes),
    share_ratio(),
    quantile_ratio(0.9, 0.1),
    quantile_ratio(0.8, 0.2),
    Measure("max_min", k.max_min, "Rasio maksimum-minimum", "Maximum to minimum ratio", _SHANKAR,
            needs_positive=True, transfer="weak", extremes_only=True, at_equality=1.0),
    Measure("range", k.value_range, "Rentang (maksimum - minimum)", "Range (maximum - minimum)", _COWELL,
            allows_negative=True, scale_invariant=False, transfer="weak", extremes_only=True),
)  # fmt: skip
MEASURES: Mapping[str, Measure] = MappingProxyType({m.name: m for m in _ALL})


def get_measure(measure: str | Measure) -> Measure:
    """Return the measure of that name or alias; a Measure passes as it is."""
    if isinstance(measure, Measure):
        return measure
    names = {name: m for m in _ALL for name in (m.name, *m.aliases)}
    if measure not in names:
        raise UnknownNameError("disparity measure", measure, list(names))
    return names[measure]
