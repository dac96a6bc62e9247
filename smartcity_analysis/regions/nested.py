"""Disparity split over nested groups: kelurahan in kecamatan in kota."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..study.readable import readable
from .checks import as_arrays, compute, find_faults, label_list, match_faults, refuse, split_faults, twice_faults
from .grouping import inside_groups
from .measures import Measure, get_measure

__all__ = ["NestedDecomposition", "decompose_nested"]


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class NestedDecomposition:
    """A measure split into what lies between groups at every level.

    Attributes
    ----------
    measure : str
    total : float
    parts : Series
        By level, the coarsest first and the regions themselves last: what lies between the groups of that level
        inside their common parent. They sum to the total.
    groups : DataFrame
        One row a group that is divided further, the whole first: `level` and `group` (both "" for the whole),
        `regions` (how many parts it is divided into), `population_share`, `value_share`, `mean`, `inequality`
        (between its parts) and `contribution`; the contributions of one level sum to the part of the next.
    population : Series or None
        The weights it was computed with.
    """

    measure: str
    total: float
    parts: pd.Series
    groups: pd.DataFrame
    population: pd.Series | None

    @property
    def shares(self) -> pd.Series:
        """The parts over the total; NaN when there is no disparity to split."""
        return (self.parts / (self.total if self.total > 1e-12 else np.nan)).rename("share")


def decompose_nested(
    values: pd.Series,
    levels: pd.DataFrame,
    *,
    population: pd.Series | None = None,
    measure: str | Measure = "theil_t",
) -> NestedDecomposition:
    """Split disparity exactly over levels of groups that lie in one another.

    Parameters
    ----------
    values, population
        As in :func:`disparity`.
    levels : DataFrame
        The groups of each region: one column a level, the coarsest first (kota, then kecamatan), matched by name.
    measure : str or Measure
        As in :func:`decompose`.

    Returns
    -------
    NestedDecomposition

    Raises
    ------
    DisparityError
        As in :func:`decompose`; when a group lies in two groups of the level above.

    References
    ----------
    Shorrocks (1984), Inequality decomposition by population subgroups, Econometrica 52(6), 1369-1385; Akita (2003),
    Decomposing regional income inequality using two-stage nested Theil decomposition, Annals of Regional Science 37(1),
    55-77.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.Series({"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0, "e": 4.0, "f": 8.0})
    >>> levels = pd.DataFrame({"kota": list("XXXXYY"), "kecamatan": list("112233")}, index=values.index)
    >>> split = decompose_nested(values, levels)
    >>> split.parts.round(3).to_dict()
    {'kota': 0.148, 'kecamatan': 0.052, 'region': 0.034}
    >>> bool(abs(split.parts.sum() - split.total) < 1e-12)
    True
    """
    record = get_measure(measure)
    refuse(split_faults(record) + find_faults(values, population, [record]) + _level_faults(values, levels))
    x, w = as_arrays(values, population)
    placed = [pd.factorize(levels[name].reindex(values.index)) for name in levels.columns]
    placed = [(np.zeros(x.size, dtype=np.intp), pd.Index([""])), *placed]
    tables = [inside_groups(record, x, w, codes, len(labels)) for codes, labels in placed]
    for (codes, _), table, (finer, _), below in zip(placed, tables, placed[1:], tables[1:], strict=False):
        parent = np.empty(below["mean"].size, dtype=np.intp)
        parent[finer] = codes
        divided = inside_groups(record, below["mean"], below["population_share"], parent, table["mean"].size)
        table |= {name: divided[name] for name in ("regions", "inequality", "contribution")}
    heads = zip(("", *levels.columns), (labels for _, labels in placed), tables, strict=True)
    groups = pd.concat([pd.DataFrame({"level": level, "group": labels} | table) for level, labels, table in heads])
    parts = pd.Series(
        [float(table["contribution"].sum()) for table in tables],
        index=pd.Index([*levels.columns, values.index.name or "region"], name="level"),
        name=record.name,
    )
    total = float(compute(record, x, w))
    return NestedDecomposition(record.name, total, parts, groups.reset_index(drop=True), population)


def _level_faults(values: pd.Series, levels: pd.DataFrame) -> list[str]:
    if not isinstance(levels, pd.DataFrame) or not levels.shape[1]:
        return [f"Found levels of type {type(levels).__name__}; expected a DataFrame, one column a level; pass one."]
    faults = twice_faults(levels.index, "levels")
    for name in levels.columns:
        if (lost := levels.index[levels[name].isna()]).size:
            faults.append(f"Found a missing {name} for {label_list(lost)}; expected a name; complete the levels.")
    if isinstance(values, pd.Series):
        faults += match_faults(values.index, levels.index, "levels")
    return faults or _torn(levels)


def _torn(levels: pd.DataFrame) -> list[str]:
    """Return the groups that lie in more than one group of the level above."""
    faults = []
    for coarse, fine in zip(levels.columns, levels.columns[1:], strict=False):
        many = levels.groupby(fine, observed=True)[coarse].nunique()
        if (torn := many.index[many > 1]).size:
            remedy = f"expected one {coarse} for each; name groups apart, or put the coarsest level first."
            faults.append(f"Found {fine} {label_list(torn)} in more than one {coarse}; {remedy}")
    return faults
