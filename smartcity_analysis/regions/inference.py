"""How sure a disparity is: intervals by resampling the regions, and disparity under an uncertain index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..study.readable import readable
from .checks import (
    as_arrays,
    check_rng,
    compute,
    find_faults,
    label_list,
    refuse,
    series_faults,
    table_arrays,
    table_faults,
)
from .kernels import Array
from .measures import Measure, get_measure
from .resample import INTERVALS, IntervalMethod, Resampled, resample
from .significance import Verdict

__all__ = ["FEWEST_REGIONS", "Interval", "disparity_of_draws", "interval", "interval_table"]

FEWEST_REGIONS = 10  # below this the intervals miss the truth too often: docs/coverage.md
_CELLS = 4_000_000


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """A measure between two limits.

    Attributes
    ----------
    measure : str
    value, lower, upper : float
    level : float
        How often such limits are meant to hold the truth; docs/coverage.md says how often they do.
    method : str
        A name in :data:`INTERVALS`.
    regions, resamples : int
    """

    measure: str
    value: float
    lower: float
    upper: float
    level: float
    method: str
    regions: int
    resamples: int

    @property
    def verdict(self) -> Verdict:
        """Whether there are regions enough for the limits to be read."""
        return _verdict(self.regions)


def interval(
    values: pd.Series,
    measure: str | Measure = "gini",
    *,
    population: pd.Series | None = None,
    level: float = 0.95,
    method: str | IntervalMethod | None = None,
    resamples: int = 1999,
    rng: np.random.Generator,
) -> Interval:
    """Return a measure with limits, from resamples of the regions.

    The regions are taken as draws from a larger set of regions like them, and population as a property of a
    region that is drawn with it.

    Parameters
    ----------
    values, measure, population
        As in :func:`disparity`; three regions or more. ``max_min`` and ``range`` see two regions only and have
        no interval.
    level : float
        Confidence, 0 to 1.
    method : str or IntervalMethod, optional
        ``studentised`` (in logarithms), ``bca`` or ``percentile``. By default ``studentised`` where the measure
        has a standard error, which covers best, and ``bca`` elsewhere.
    resamples : int
    rng : numpy.random.Generator

    Returns
    -------
    Interval
        With fewer than 10 regions its `verdict` is ``too_few``: the limits are then not to be relied on.

    Raises
    ------
    DisparityError
        As in :func:`disparity`; when the measure sees extremes only; when a setting is out of range.
    UnknownNameError
        When no measure or method has that name.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap Methods and their Application, ch. 5; Mills and Zandvakili (1997), Journal
    of Applied Econometrics 12(2), 133-150, for measures of inequality.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> values = pd.Series(range(10, 56), dtype=float)
    >>> found = interval(values, "gini", rng=np.random.default_rng(1))
    >>> round(found.value, 3), round(found.lower, 2), round(found.upper, 2), found.verdict.key
    (0.236, 0.2, 0.29, 'enough')
    """
    record = get_measure(measure)
    refuse(_setting_faults([record], level, resamples, rng) + find_faults(values, population, [record], fewest=3))
    x, w = as_arrays(values, population)
    found = resample([record], x[np.newaxis], w, rng, resamples)[0]
    chosen, lower, upper = _limits(found, level, method)
    return Interval(
        record.name, float(found.value[0]), float(lower[0]), float(upper[0]), level, chosen, x.size, resamples
    )


def interval_table(
    values: pd.DataFrame,
    measures: str | Measure | Sequence[str | Measure] = "gini",
    *,
    population: pd.Series | None = None,
    level: float = 0.95,
    method: str | IntervalMethod | None = None,
    resamples: int = 1999,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return every measure of every indicator with limits, all from one shared set of resamples.

    Parameters
    ----------
    values : DataFrame
        Regions in rows, indicators (or years) in columns.
    measures : str, Measure, or sequence of them
    population, level, method, resamples, rng
        As in :func:`interval`.

    Returns
    -------
    DataFrame, one row an indicator and measure
        indicator, measure, value, lower, upper, level, method, regions, verdict.

    Raises
    ------
    DisparityError
        As in :func:`interval`; the faults of all indicators at once.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> values = pd.DataFrame({"water": [1.0, 2, 3, 9], "roads": [4.0, 4, 5, 4]})
    >>> table = interval_table(values, ["gini", "theil_t"], rng=np.random.default_rng(1))
    >>> table[["indicator", "measure", "verdict"]].iloc[0].to_list()
    ['water', 'gini', 'too_few']
    """
    records = [get_measure(m) for m in ([measures] if isinstance(measures, str | Measure) else measures)]
    refuse(_setting_faults(records, level, resamples, rng) + table_faults(values, population, records, fewest=3))
    x, w = table_arrays(values, population)
    parts = []
    for found in resample(records, x, w, rng, resamples):
        chosen, lower, upper = _limits(found, level, method)
        part = pd.DataFrame({"indicator": values.columns, "measure": found.measure.name, "value": found.value})
        parts.append(part.assign(lower=lower, upper=upper, level=level, method=chosen))
    table = pd.concat(parts, ignore_index=True).assign(regions=len(values), verdict=_verdict(len(values)).key)
    order = np.arange(len(table)).reshape(len(records), -1).T.ravel()
    return table.iloc[order].reset_index(drop=True)


def disparity_of_draws(
    scores: pd.DataFrame, measure: str | Measure = "gini", *, population: pd.Series | None = None
) -> pd.Series:
    """Return the disparity of every draw of an uncertain index: its quantiles are the disparity's uncertainty.

    Parameters
    ----------
    scores : DataFrame
        Draws in rows, regions in columns: :attr:`UncertaintyResult.scores` without the draws that failed.
    measure, population
        As in :func:`disparity`.

    Returns
    -------
    Series
        By draw, named after the measure.

    Raises
    ------
    DisparityError
        As in :func:`disparity`, with the draws; a draw without a score for every region is refused.

    Notes
    -----
    A relative measure depends on where the scale has its zero. Let weights, rules and data vary here, and
    normalisations only if they share one scale; otherwise the spread says more of scales than of regions.

    Examples
    --------
    >>> import pandas as pd
    >>> draws = pd.DataFrame({"A": [1.0, 1.0], "B": [3.0, 1.0]})
    >>> disparity_of_draws(draws).to_list()
    [0.25, 0.0]
    """
    record = get_measure(measure)
    refuse(_draw_faults(scores, record, population))
    x, w = as_arrays(scores.iloc[0], population)
    array, rows = scores.to_numpy(dtype=np.float64), max(1, _CELLS // x.size)
    blocks = [compute(record, array[first : first + rows], w) for first in range(0, len(array), rows)]
    return pd.Series(np.concatenate(blocks), index=scores.index, name=record.name)


# --- helpers ---


def _verdict(regions: int) -> Verdict:
    key = "enough" if regions >= FEWEST_REGIONS else "too_few"
    return Verdict(key, {"regions": regions, "needed": FEWEST_REGIONS})


def _limits(found: Resampled, level: float, method: str | IntervalMethod | None) -> tuple[str, Array, Array]:
    """Return the name of the method, and its limits; a measure that is bounded has none above 1."""
    has_error = found.measure.moments is not None or found.measure.slopes is not None
    record = _get_method(method if method is not None else "studentised" if has_error else "bca")
    if record.needs_error and not has_error:
        said = f"Found method {record.name!r} for {found.measure.name!r}, which has no standard error"
        refuse([f"{said}; expected 'bca' or 'percentile'; use one of these."])
    lower, upper = record.kernel(found, level)
    return record.name, lower, np.minimum(upper, 1.0) if found.measure.bounded else upper


def _get_method(method: str | IntervalMethod) -> IntervalMethod:
    if isinstance(method, IntervalMethod):
        return method
    if method not in INTERVALS:
        raise UnknownNameError("interval method", method, list(INTERVALS))
    return INTERVALS[method]


def _setting_faults(measures: Sequence[Measure], level: float, resamples: int, rng: object) -> list[str]:
    faults = check_rng(rng)
    remedy = "expected one that resampling can judge, such as 'gini'; show it without an interval."
    blind = [m.name for m in measures if m.extremes_only]
    faults += [f"Found measure {name!r}, which sees two regions only; {remedy}" for name in blind]
    if not 0 < level < 1:
        faults.append(f"Found level {level}; expected a number between 0 and 1, such as 0.95; correct it.")
    if resamples < 99:
        faults.append(f"Found {resamples} resamples; expected 99 or more; 1999 are usual.")
    return faults


def _draw_faults(scores: pd.DataFrame, measure: Measure, population: pd.Series | None) -> list[str]:
    """Look at the draws as one array, and say the faults of the first that is broken."""
    if not isinstance(scores, pd.DataFrame) or scores.empty:
        return ["Found no table of draws; expected a DataFrame, draws in rows and regions in columns; pass one."]
    array = scores.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    broken = ~np.isfinite(array).all(axis=1)
    if not measure.allows_negative:
        broken |= (array <= 0 if measure.needs_positive else array < 0).any(axis=1)
        broken |= ~(array != 0).any(axis=1)
    lost = scores.index[broken]
    row = scores.iloc[int(np.argmax(broken))]
    faults = find_faults(row, population, [measure])
    if not len(lost):
        return faults
    more = "" if len(lost) == 1 else f" ({len(lost)} draws are like it: {label_list(lost)})"
    return [f"Draw {row.name!r}: {fault}{more}" for fault in faults or series_faults(row, "scores")]
