"""Where disparity comes from: between and within groups of regions, and from single regions."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..study.readable import readable
from .checks import as_arrays, compute, find_faults, group_faults, refuse, split_faults
from .grouping import inside_groups
from .kernels import Array
from .measures import Measure, get_measure

__all__ = ["Decomposition", "InfluenceResult", "decompose", "with_and_without"]

_CELLS = 4_000_000  # cells in one block of the jackknife: 32 MB
_ROUNDING = 1e-12  # totals below this are equality


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """A measure split into the part between groups and the part within them.

    Attributes
    ----------
    measure : str
    total, between, within : float
        between + within = total.
    groups : DataFrame
        One row a group, in order of first appearance: `regions` (how many), `population_share`,
        `value_share`, `mean`, `inequality` (inside the group), `contribution` (they sum to `within`).
    population : Series or None
        The weights it was computed with.
    """

    measure: str
    total: float
    between: float
    within: float
    groups: pd.DataFrame
    population: pd.Series | None

    @property
    def between_share(self) -> float:
        """The part of the total that lies between groups, 0 to 1; NaN when there is no disparity to split."""
        return self.between / self.total if self.total > _ROUNDING else float("nan")


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class InfluenceResult:
    """A measure with all regions and without each of them.

    Attributes
    ----------
    measure : str
    value : float
        With all regions.
    without : Series
        One value for each region: the measure when that region is left out.
    most_influential : hashable
        The region that moves the measure most, up or down; of equals the first.
    population : Series or None
        The weights it was computed with.
    """

    measure: str
    value: float
    without: pd.Series
    most_influential: Hashable
    population: pd.Series | None

    @property
    def change(self) -> pd.Series:
        """What leaving each region out does to the measure."""
        return (self.without - self.value).rename("change")

    @property
    def value_without(self) -> float:
        """The measure without the most influential region."""
        return float(self.without.loc[self.most_influential])


def decompose(
    values: pd.Series,
    groups: pd.Series,
    *,
    population: pd.Series | None = None,
    measure: str | Measure = "theil_t",
) -> Decomposition:
    """Split disparity exactly into a part between groups of regions and a part within them.

    Parameters
    ----------
    values, population
        As in :func:`disparity`.
    groups : Series
        The group of each region (its kecamatan, say), matched by name.
    measure : str or Measure
        ``theil_t`` or ``mean_log_deviation``, or a record of your own with an `entropy_order`.

    Returns
    -------
    Decomposition
        A group whose values are all 0 counts as equal inside.

    Raises
    ------
    DisparityError
        As in :func:`disparity`; when the measure does not split; when regions and groups do not match.

    References
    ----------
    Shorrocks (1980), The class of additively decomposable inequality measures, Econometrica 48(3), 613-625.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.Series({"A": 10, "B": 30, "C": 20, "D": 20})
    >>> kecamatan = pd.Series({"A": "Kota", "B": "Kota", "C": "Mojoroto", "D": "Mojoroto"})
    >>> split = decompose(values, kecamatan)
    >>> split.between, round(split.within, 4)
    (0.0, 0.0654)
    >>> split.groups["contribution"].round(4).to_dict()
    {'Kota': 0.0654, 'Mojoroto': 0.0}
    """
    record = get_measure(measure)
    regions = values.index if isinstance(values, pd.Series) else None
    refuse(split_faults(record) + find_faults(values, population, [record]) + group_faults(regions, groups))
    x, w = as_arrays(values, population)
    codes, names = pd.factorize(groups.reindex(values.index))
    table = inside_groups(record, x, w, codes, len(names))
    between = compute(record, table["mean"], table["population_share"])
    frame = pd.DataFrame(table, index=pd.Index(names, name=groups.name))
    total, within = float(compute(record, x, w)), float(frame["contribution"].sum())
    return Decomposition(record.name, total, float(between), within, frame, population)


def with_and_without(
    values: pd.Series, measure: str | Measure = "gini", *, population: pd.Series | None = None
) -> InfluenceResult:
    """Return the measure with all regions and without each, and the region that drives it.

    Parameters
    ----------
    values, measure, population
        As in :func:`disparity`; three regions or more.

    Returns
    -------
    InfluenceResult

    Raises
    ------
    DisparityError
        As in :func:`disparity`, and when leaving one region out would leave a relative measure nothing but 0.

    Examples
    --------
    >>> import pandas as pd
    >>> result = with_and_without(pd.Series({"A": 10, "B": 12, "C": 11, "D": 90}), "max_min")
    >>> result.most_influential, result.value, round(result.value_without, 1)
    ('D', 9.0, 1.2)
    """
    record = get_measure(measure)
    refuse(find_faults(values, population, [record], fewest=3))
    x, w = as_arrays(values, population)
    value = float(compute(record, x, w))
    without = _without_each(record, x, w)
    most = values.index[int(np.argmax(np.abs(without - value)))]
    series = pd.Series(without, index=values.index, name=record.name)
    return InfluenceResult(record.name, value, series, most, population)


def _without_each(measure: Measure, x: Array, w: Array) -> Array:
    """Return the measure without each region in turn, `(region,)`: one kernel call a block."""
    kept, rows = np.arange(x.size - 1), max(1, _CELLS // x.size)
    blocks = []
    for first in range(0, x.size, rows):  # bounded memory; up to 2,000 regions it is one block
        left_out = np.arange(first, min(first + rows, x.size))[:, np.newaxis]
        places = kept + (kept >= left_out)
        blocks.append(compute(measure, x[places], w[places]))
    return np.concatenate(blocks)
