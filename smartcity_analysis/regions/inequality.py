"""How unequal regions are: one number, the Lorenz curve, and the table by year.

A value is a level for each head or each region (GRDP per capita, a score), never a regional total: population
weights multiply it. Without population every region counts once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .checks import as_arrays, compute, find_faults, label_list, refuse
from .measures import MEASURES, Measure, get_measure

__all__ = ["disparity", "disparity_table", "lorenz"]


def disparity(values: pd.Series, measure: str | Measure = "gini", *, population: pd.Series | None = None) -> float:
    """Return how unequal the regions are.

    Parameters
    ----------
    values : Series
        A level for each region, in any unit, indexed by region. Missing values are refused.
    measure : str or Measure
        A name in :data:`MEASURES`, or a record of your own:

        - ``gini``, ``theil_t``, ``generalised_entropy_2``, ``atkinson_0.5``, ``hoover``,
          ``coefficient_of_variation``: values of 0 or more, not all 0.
        - ``gini_unbiased``: the same; n / (n - 1) times ``gini``, n the number of regions. The correction is
          not weighted, so with population it is a convention and not an unbiased estimate.
        - ``williamson``: the same; the coefficient of variation weighted by population, around the mean
          weighted by population, which it needs. **It is not bounded by 1**: a region with the share p of the
          people and all of the value gives sqrt((1 - p) / p).
        - ``mean_log_deviation`` (also ``theil_l``), ``atkinson_1``, ``palma``, ``p90_p10``, ``p80_p20``,
          ``max_min``: values above 0.
        - ``range``: any values, in their unit. It and ``max_min`` see only the extremes, not population.

        Other parameters: :func:`generalised_entropy`, :func:`atkinson`, :func:`share_ratio`,
        :func:`quantile_ratio`.
    population : Series, optional
        Persons in each region, above 0, matched by name. Without it each region counts once.

    Returns
    -------
    float
        0 when all values are equal (1 for ``max_min`` and quantile ratios, 0.25 for ``palma``).

    Raises
    ------
    DisparityError
        When values, population or their match break a rule; all faults at once, with the regions.
    UnknownNameError
        When no measure has that name.

    References
    ----------
    Cowell (2011), Measuring Inequality, 3rd ed.; each record in :data:`MEASURES` names its own.

    Examples
    --------
    >>> import pandas as pd
    >>> income = pd.Series({"A": 10, "B": 10, "C": 10, "D": 20, "E": 50})
    >>> round(disparity(income, "mean_log_deviation"), 7)
    0.2326302
    """
    record = get_measure(measure)
    refuse(find_faults(values, population, [record]))
    return float(compute(record, *as_arrays(values, population)))


def lorenz(values: pd.Series, *, population: pd.Series | None = None) -> pd.DataFrame:
    """Return the Lorenz curve: what share of the value the poorest share of the people has.

    Parameters
    ----------
    values, population
        As in :func:`disparity` with ``gini``.

    Returns
    -------
    DataFrame
        `population_share` and `value_share`, cumulated from (0, 0) to (1, 1): a first row labelled "" for the
        origin, then one row a region from the lowest value to the highest.

    Raises
    ------
    DisparityError
        As in :func:`disparity` with ``gini``.

    References
    ----------
    Lorenz (1905), Publications of the American Statistical Association 9(70), 209-219.

    Examples
    --------
    >>> import pandas as pd
    >>> lorenz(pd.Series({"A": 30, "B": 10})).to_dict("list")
    {'population_share': [0.0, 0.5, 1.0], 'value_share': [0.0, 0.25, 1.0]}
    """
    refuse(find_faults(values, population, [MEASURES["gini"]]))
    x, w = as_arrays(values, population)
    order = np.argsort(x, kind="stable")
    people, amount = np.cumsum(w[order]), np.cumsum((w * x)[order])
    labels = pd.Index(["", *values.index[order]], dtype=object, name=values.index.name, tupleize_cols=False)
    shares = np.insert([people / people[-1], amount / amount[-1]], 0, 0.0, axis=1)
    return pd.DataFrame(shares.T, index=labels, columns=["population_share", "value_share"])


def disparity_table(
    values_by_year: pd.DataFrame,
    measures: str | Measure | Sequence[str | Measure],
    *,
    population: pd.Series | pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return one row a year and one column a measure.

    Parameters
    ----------
    values_by_year : DataFrame
        Levels as in :func:`disparity`; regions in rows, years in columns.
    measures : str, Measure, or sequence of them
        As in :func:`disparity`.
    population : Series or DataFrame, optional
        Persons: one figure a region for all years, or a column for every year of the values.

    Returns
    -------
    DataFrame
        Years in rows, in the order given; measures in columns, under their names.

    Raises
    ------
    DisparityError
        As in :func:`disparity`; the faults of all years at once.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.DataFrame({2023: [10, 30], 2024: [10, 10]}, index=["A", "B"])
    >>> disparity_table(values, ["gini", "max_min"]).loc[2023].to_dict()
    {'gini': 0.25, 'max_min': 3.0}
    """
    records = [get_measure(m) for m in ([measures] if isinstance(measures, str | Measure) else measures)]
    years = values_by_year.columns
    people = population if isinstance(population, pd.DataFrame) else dict.fromkeys(years, population)
    lacking = years[[year not in people for year in years]]
    if len(lacking) or not len(years):
        refuse([f"Found no figures for {label_list(lacking) or 'any year'}; expected a column a year; add it."])
    refuse([f"{y}: {fault}" for y in years for fault in find_faults(values_by_year[y], people[y], records)])
    pairs = [as_arrays(values_by_year[year], people[year]) for year in years]
    x, w = np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
    return pd.DataFrame({m.name: compute(m, x, w) for m in records}, index=years)
