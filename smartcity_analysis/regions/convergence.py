"""Whether the areas draw together: spread over the years, growth against the level, and where each region stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from ..study.readable import readable
from .checks import as_arrays, compute, find_faults, label_list, match_faults, refuse, series_faults
from .kernels import Array
from .measures import MEASURES, Measure, get_measure

__all__ = [
    "BetaConvergence",
    "SigmaConvergence",
    "beta_convergence",
    "sigma_convergence",
]

_ROUNDING = 1e-24  # squares below this part of others are rounding
_POSITIVE = MEASURES["mean_log_deviation"]  # whose values must be above 0


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class SigmaConvergence:
    """The spread between regions over the years.

    Attributes
    ----------
    years : DataFrame
        By year: `spread`, the standard deviation of the logarithms, and the measure under its name.
    first, last : hashable
        The years compared.
    change : float
        Of the spread, last over first less 1: below 0 where regions draw together.
    p_value : float
        Two-sided, of no change in the spread between the two years (Pitman-Morgan); the regions count once each.
    measure : str
    """

    years: pd.DataFrame
    first: object
    last: object
    change: float
    p_value: float
    measure: str


@readable("beta")
@dataclass(frozen=True, slots=True, eq=False)
class BetaConvergence:
    """Yearly growth regressed on the logarithm of the level at the start.

    Attributes
    ----------
    table : DataFrame
        By term (`constant`, `level`, and the controls): coefficient, standard_error, t, p_value, lower, upper.
    r_squared : float
    regions, degrees : int
        Regions, and degrees of freedom left.
    years : float
    errors : {"classical", "hc3"}
    level : float
        Confidence of lower and upper.
    """

    table: pd.DataFrame
    r_squared: float
    regions: int
    degrees: int
    years: float
    errors: str
    level: float

    @property
    def beta(self) -> float:
        """The coefficient of the level: below 0 where poorer regions grow faster."""
        return float(self.table.loc["level", "coefficient"])

    @property
    def speed(self) -> float:
        """Part of the gap that closes in a year, as a rate; NaN where the gap would close more than once."""
        left = 1 + self.beta * self.years
        return float(-np.log(left) / self.years) if left > 0 else float("nan")

    @property
    def half_life(self) -> float:
        """Years until half the gap is closed; infinite where it does not close."""
        speed = self.speed
        return float(np.log(2) / speed) if not speed <= 0 else float("inf")


def sigma_convergence(
    panel: pd.DataFrame,
    measure: str | Measure = "coefficient_of_variation",
    *,
    population: pd.Series | None = None,
) -> SigmaConvergence:
    """Return the spread between regions by year, and whether it changed from the first year to the last.

    Parameters
    ----------
    panel : DataFrame
        Values above 0; regions in rows, years in columns, at least two, in order.
    measure : str or Measure
        As in :func:`disparity`, beside the standard deviation of logarithms.
    population : Series, optional
        As in :func:`disparity`. Weighs both spreads, but not the test.

    Returns
    -------
    SigmaConvergence

    Raises
    ------
    DisparityError
        As in :func:`disparity`, with the year; with fewer than two years or three regions.

    Notes
    -----
    The test compares the variances of the same regions in two years: they are equal where the sum and the difference
    of the two logarithms are not correlated. It is exact for normal logarithms.

    References
    ----------
    Barro and Sala-i-Martin (1992), Convergence, Journal of Political Economy 100(2), 223-251; Pitman (1939), A note on
    normal correlation, Biometrika 31(1/2), 9-12; Carree and Klomp (1997), Testing the convergence hypothesis, Review of
    Economics and Statistics 79(4), 683-686.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({2020: [1.0, 2, 4, 8], 2024: [2.0, 3, 4, 6]}, index=list("ABCD"))
    >>> found = sigma_convergence(panel)
    >>> found.years["spread"].round(3).to_list(), round(found.change, 2), found.p_value < 0.01
    ([0.775, 0.402], -0.48, True)
    """
    record = get_measure(measure)
    refuse(_panel_faults(panel, population, record, fewest=3))
    logs = np.log(panel.to_numpy(dtype=np.float64).T)
    w = as_arrays(panel.iloc[:, 0], population)[1]
    share = w / w.sum()
    spread = np.sqrt((share * (logs - (logs @ share)[:, np.newaxis]) ** 2).sum(axis=-1))
    found = compute(record, np.exp(logs), w)
    years = pd.DataFrame({"spread": spread, record.name: found}, index=panel.columns.rename("year"))
    change = spread[-1] / spread[0] - 1 if spread[0] > 0 else np.nan
    p = _pitman_morgan(logs[0], logs[-1])
    return SigmaConvergence(years, panel.columns[0], panel.columns[-1], float(change), p, record.name)


def beta_convergence(
    first: pd.Series,
    last: pd.Series,
    years: float,
    *,
    controls: pd.DataFrame | None = None,
    errors: str = "hc3",
    level: float = 0.95,
) -> BetaConvergence:
    """Regress yearly growth on the level at the start: a coefficient below 0 means that poorer regions catch up.

    Parameters
    ----------
    first, last : Series
        Values above 0 in the two years, by region; at least three more than there are terms.
    years : float
        Years between the two.
    controls : DataFrame, optional
        Further explanatory variables by region: conditional convergence.
    errors : {"hc3", "classical"}
        Standard errors: robust against unequal variances, or the textbook's.
    level : float
        Confidence of the limits, 0 to 1.

    Returns
    -------
    BetaConvergence

    Raises
    ------
    DisparityError
        When values are missing or not above 0, regions do not match, or the terms cannot be told apart.

    References
    ----------
    Barro and Sala-i-Martin (1992), Convergence, Journal of Political Economy 100(2), 223-251, eq. 1; MacKinnon and
    White (1985), Journal of Econometrics 29(3), 305-325, for HC3.

    Examples
    --------
    >>> import pandas as pd
    >>> first = pd.Series({"A": 1.0, "B": 2.0, "C": 4.0, "D": 8.0, "E": 5.0})
    >>> last = pd.Series({"A": 2.0, "B": 3.1, "C": 5.0, "D": 8.5, "E": 6.2})
    >>> found = beta_convergence(first, last, 10)
    >>> round(found.beta, 4), round(found.speed, 4), round(found.half_life, 1)
    (-0.0299, 0.0355, 19.5)
    """
    refuse(_growth_faults(first, last, years, errors, level))
    start, end = as_arrays(first, last)
    terms = {"constant": np.ones_like(start), "level": np.log(start)}
    if controls is not None:
        refuse(_control_faults(first, controls))
        terms |= {
            str(name): controls[name].reindex(first.index).to_numpy(dtype=np.float64) for name in controls.columns
        }
    x, y = np.stack(list(terms.values()), axis=-1), np.log(end / start) / years
    n, k = x.shape
    if n < k + 3:
        refuse([f"Found {n} region(s) for {k} terms; expected {k + 3} or more; add regions, or drop controls."])
    if np.linalg.matrix_rank(x) < k:
        remedy = "expected terms that differ; drop a control, or check whether all regions start at one level."
        refuse([f"Found terms that cannot be told apart: {', '.join(terms)}; {remedy}"])
    inverse = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ri,ij,rj->r", x, inverse, x)
    if (alone := first.index[leverage > 1 - 1e-9]).size:
        remedy = "expected other regions like it; drop the control, or leave the region out."
        refuse([f"Found a term that {label_list(alone)} alone decides; {remedy}"])
    coefficient, error, r_squared = _least_squares(x, y, inverse, leverage if errors == "hc3" else None)
    t = coefficient / error
    far = stdtrit(n - k, (1 + level) / 2) * error
    table = pd.DataFrame(
        {"coefficient": coefficient, "standard_error": error, "t": t, "p_value": 2 * stdtr(n - k, -np.abs(t))},
        index=pd.Index(list(terms), name="term"),
    ).assign(lower=coefficient - far, upper=coefficient + far)
    return BetaConvergence(table, r_squared, n, n - k, float(years), errors, level)


# --- kernels ---


def _pitman_morgan(one: Array, two: Array) -> float:
    """Return the two-sided p-value of equal variances of the same regions in two years."""
    plus, minus = one + two, two - one
    plus, minus = plus - plus.mean(), minus - minus.mean()
    sizes = np.array([plus @ plus, minus @ minus])
    if sizes.min() <= _ROUNDING * sizes.max():
        return 1.0  # all grew alike, or the second year mirrors the first: the spreads are equal
    r = np.clip((plus @ minus) / np.sqrt(sizes.prod()), -1, 1)
    if abs(r) == 1:
        return 0.0
    degrees = one.size - 2
    return float(2 * stdtr(degrees, -abs(r) * np.sqrt(degrees / (1 - r * r))))


def _least_squares(x: Array, y: Array, inverse: Array, leverage: Array | None) -> tuple[Array, Array, float]:
    """Return coefficients, standard errors (HC3 where leverage is given), and the share of variance explained."""
    coefficient: Array = np.linalg.lstsq(x, y, rcond=None)[0].astype(np.float64)
    residual = y - x @ coefficient
    if leverage is not None:
        scaled = x * (residual / (1 - leverage))[:, np.newaxis]
        covariance = inverse @ (scaled.T @ scaled) @ inverse
    else:
        covariance = inverse * (residual @ residual) / (x.shape[0] - x.shape[1])
    error: Array = np.sqrt(np.diag(covariance)).astype(np.float64)
    spread = y - y.mean()
    r_squared = 1 - (residual @ residual) / (spread @ spread) if spread @ spread > 0 else np.nan
    return coefficient, error, float(r_squared)


# --- checks ---


def _panel_faults(panel: pd.DataFrame, population: pd.Series | None, measure: Measure, fewest: int = 2) -> list[str]:
    if not isinstance(panel, pd.DataFrame) or panel.shape[1] < 2:
        return ["Found fewer than two years; expected a DataFrame, regions in rows and years in columns; add years."]
    records = [_POSITIVE, measure]
    return [f"{y}: {fault}" for y in panel.columns for fault in find_faults(panel[y], population, records, fewest)]


def _growth_faults(first: pd.Series, last: pd.Series, years: float, errors: str, level: float) -> list[str]:
    faults = [f"first: {fault}" for fault in find_faults(first, None, [_POSITIVE])]
    faults += [f"last: {fault}" for fault in find_faults(last, None, [_POSITIVE])]
    if not faults:
        faults = match_faults(first.index, last.index, "value in the last year")
    if not years > 0:
        faults.append(f"Found {years} years; expected more than 0; say how many lie between the two.")
    if errors not in ("hc3", "classical"):
        faults.append(f"Found errors={errors!r}; expected 'hc3' or 'classical'; choose one.")
    if not 0 < level < 1:
        faults.append(f"Found level {level}; expected a number between 0 and 1, such as 0.95; correct it.")
    return faults


def _control_faults(first: pd.Series, controls: pd.DataFrame) -> list[str]:
    faults = [f"{name}: {fault}" for name in controls.columns for fault in series_faults(controls[name], "values")]
    taken = controls.columns.intersection(pd.Index(["constant", "level"]))
    if len(taken):
        faults.append(f"Found a control called {label_list(taken)}; expected another name; rename it.")
    return faults + match_faults(first.index, controls.index, "controls")
