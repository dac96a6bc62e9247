"""Whom the programmes reach, region by region: planned against realised, and whether delivery is less equal than plan.

People are beneficiaries: who is served by two programmes counts twice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..study import STATUSES, weakest_status
from .checks import compute, group_faults, label_list, match_faults, refuse, series_faults, table_faults, twice_faults
from .kernels import Array
from .measures import Measure, get_measure

__all__ = ["coverage_table", "disparity_of_coverage"]

_ALL = "all"
_PEOPLE = {"planned": "planned_people", "realised": "realised_people"}
_KEY = ["programme", "region", "year"]
_TAKEN = ("region", "year", "status", "realisation", *_PEOPLE)


def coverage_table(
    coverage: pd.DataFrame,
    programmes: pd.Series | pd.DataFrame,
    *,
    regions: Sequence[str] | pd.Index | None = None,
    year: int | None = None,
    by: str = "pillar",
) -> pd.DataFrame:
    """Return how many people were to be reached and were reached, by year, pillar and region.

    Parameters
    ----------
    coverage : DataFrame
        One row a programme, region and year: programme, region, year, planned_people, realised_people, status. People
        may be reached where none were planned.
    programmes : Series or DataFrame
        The pillar of each programme: a Series by programme, or a table with the columns code and `by`.
    regions : sequence of str, optional
        All regions, on one level. **Whoever passes them says that a region without a row was to reach, and reached,
        nobody**: it counts 0. Without them such a region has no row here either, because it is not known.
    year : int, optional
        One year only; all years by default.
    by : str
        The column of `programmes` to sum by (pillar, sub_dimension), or ``programme`` for each on its own. It names
        the column of the result.

    Returns
    -------
    DataFrame
        year, `by`, region, planned, realised (people), realisation (realised / planned, 1 is as planned; NaN where
        nothing was planned), status (the weakest of the rows of that year and pillar). The pillar ``all`` sums the
        others. A pillar has rows in the years in which a programme of its has any.

    Raises
    ------
    DisparityError
        For columns, programmes, regions, people or statuses that cannot be; all faults at once.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("P1", "A", 2024, 50, 40, "reported"), ("P2", "A", 2024, 0, 5, "official")]
    >>> names = ["programme", "region", "year", "planned_people", "realised_people", "status"]
    >>> pillars = pd.Series({"P1": "SOC", "P2": "LIV"})
    >>> table = coverage_table(pd.DataFrame(rows, columns=names), pillars, regions=["A", "B"])
    >>> table.query("region == 'A'").set_index("pillar")["realisation"].to_dict()
    {'SOC': 0.8, 'LIV': nan, 'all': 0.9}
    """
    wide, status = _people(coverage, programmes, regions, year, by)
    table = wide.stack("region", future_stack=True).dropna().reset_index()
    planned = table["planned"]
    table["realisation"] = table["realised"] / planned.where(planned > 0)
    return table.merge(status.reset_index(), on=["year", by], how="left")


def disparity_of_coverage(
    coverage: pd.DataFrame,
    programmes: pd.Series | pd.DataFrame,
    reference: pd.Series,
    *,
    measures: Sequence[str | Measure] = ("hoover", "gini", "theil_t"),
    regions: Sequence[str] | pd.Index | None = None,
    year: int | None = None,
    by: str = "pillar",
) -> pd.DataFrame:
    """Return whether delivery is shared less equally than the plan, by year and pillar.

    Compared is what each region gets for each unit of the reference, weighted by the reference: people reached for
    each resident, say.

    Parameters
    ----------
    coverage, programmes, regions, year, by
        As in :func:`coverage_table`.
    reference : Series
        By region, above 0, any unit: people, area, need.
    measures : sequence of str or Measure
        As in :func:`disparity`. One that refuses values of 0 refuses regions that nobody reaches.

    Returns
    -------
    DataFrame, one row a year and pillar
        planned, realised (people), planned_share_lost (of the people planned, the share that their own region did
        not reach, 0 to 1: more in one region does not make good for less in another), and of each measure
        `<measure>_planned`, `<measure>_realised` and `<measure>_change`: above 0 where delivery is less equal than the
        plan. NaN where nobody was planned, or reached. status.

    Raises
    ------
    DisparityError
        As in :func:`coverage_table`, and when the reference does not fit the regions, or a measure the values.
    UnknownNameError
        For an unknown measure.

    References
    ----------
    Each record in :data:`MEASURES` names its own.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("P1", "A", 2024, 50, 50, "reported"), ("P1", "B", 2024, 50, 30, "reported")]
    >>> names = ["programme", "region", "year", "planned_people", "realised_people", "status"]
    >>> residents = pd.Series({"A": 1_000, "B": 1_000})
    >>> found = disparity_of_coverage(pd.DataFrame(rows, columns=names), pd.Series({"P1": "SOC"}), residents)
    >>> found[["planned_share_lost", "hoover_planned", "hoover_realised"]].loc[:0].to_dict("list")
    {'planned_share_lost': [0.2], 'hoover_planned': [0.0], 'hoover_realised': [0.125]}
    """
    records = [get_measure(m) for m in measures]
    wide, status = _people(coverage, programmes, regions, year, by)
    unfit = series_faults(reference, "reference")
    refuse(unfit or match_faults(wide["planned"].columns, reference.index, "reference"))
    sides = {side: wide[side] for side in _PEOPLE}
    refuse([fault for side, amounts in sides.items() for fault in _level_faults(side, amounts, reference, records)])
    planned, realised = (amounts.to_numpy(dtype=np.float64) for amounts in sides.values())
    whole = planned.sum(axis=-1)
    lost = np.maximum(planned - realised, 0.0).sum(axis=-1)
    table = pd.DataFrame({side: amounts.sum(axis=1) for side, amounts in sides.items()})
    table["planned_share_lost"] = np.divide(lost, whole, out=np.full_like(whole, np.nan), where=whole > 0)
    weights = reference.reindex(wide["planned"].columns).to_numpy(dtype=np.float64)
    for measure in records:
        before, after = (_measured(measure, amounts, weights) for amounts in (planned, realised))
        named = {"planned": before, "realised": after, "change": after - before}
        table = table.assign(**{f"{measure.name}_{what}": values for what, values in named.items()})
    return table.join(status).reset_index()


def _measured(measure: Measure, amounts: Array, weights: Array) -> Array:
    """Measure the amounts ``(row, region)`` for each unit of the weights; NaN for a row without any."""
    result, some = np.full(len(amounts), np.nan), amounts.any(axis=-1)
    if some.any():
        result[some] = compute(measure, amounts[some] / weights, weights)
    return result


def _level_faults(side: str, amounts: pd.DataFrame, reference: pd.Series, records: Sequence[Measure]) -> list[str]:
    """Return what keeps the measures from being computed; years and pillars without anyone are left out of it."""
    if amounts.isna().any(axis=None):
        gaps = amounts.columns[amounts.isna().any()]
        remedy = "pass regions= if a region without a row is one that nobody was to reach."
        return [f"{side}: Found no rows in some year or pillar for {label_list(gaps)}; expected some; {remedy}"]
    some = amounts[(amounts != 0).any(axis=1)].T
    some.columns = pd.Index([f"{side} {year} {group}" for year, group in some.columns])
    return table_faults(some, reference, records) if some.shape[1] else []


# --- from rows to regions ---


def _people(
    coverage: pd.DataFrame,
    programmes: pd.Series | pd.DataFrame,
    regions: Sequence[str] | pd.Index | None,
    year: int | None,
    by: str,
) -> tuple[pd.DataFrame, pd.Series]:
    """Return people by (year, pillar) in rows and (side, region) in columns, and the status of each row."""
    groups, faults = _groups(programmes, by)
    known = None if regions is None else pd.Index(regions)
    refuse(faults + _coverage_faults(coverage, None if faults else groups, known, year))
    rows = coverage if year is None else coverage[coverage["year"] == year]
    people = {side: rows[column].astype(np.float64) for side, column in _PEOPLE.items()}
    own = rows[["year", "region", "status"]].assign(**people, **{by: rows["programme"].map(groups)})
    both = pd.concat([own, own.assign(**{by: _ALL})])
    wide = both.groupby(["year", by, "region"])[list(_PEOPLE)].sum().unstack("region")
    order = [*groups.unique(), _ALL]
    wide = wide.reindex(sorted(wide.index, key=lambda row: (row[0], order.index(row[1]))))
    shown = pd.Index(rows["region"].unique()) if known is None else known
    wide = wide.reindex(columns=pd.MultiIndex.from_product([_PEOPLE, shown], names=[None, "region"]))
    return wide if known is None else wide.fillna(0.0), both.groupby(["year", by])["status"].agg(weakest_status)


def _groups(programmes: pd.Series | pd.DataFrame, by: str) -> tuple[pd.Series, list[str]]:
    """Return the pillar of each programme, and what keeps it from being one."""
    groups, column = programmes, "code" if by == "programme" else by
    if by in _TAKEN:
        return pd.Series(), [f"Found by={by!r}, a column of the result; expected pillar, say; choose another."]
    if isinstance(programmes, pd.DataFrame):
        if lost := [repr(name) for name in dict.fromkeys(["code", column]) if name not in programmes]:
            return pd.Series(), [f"Found programmes without {', '.join(lost)}; expected these columns; add them."]
        groups = pd.Series(programmes[column].to_numpy(), programmes["code"].to_numpy())
    faults = group_faults(None, groups, by)
    if not faults and (groups == _ALL).any():
        faults = [f"Found a {by} of the name {_ALL!r}; expected another, because it names the sum; rename it."]
    return groups, faults


def _coverage_faults(
    coverage: pd.DataFrame, groups: pd.Series | None, regions: pd.Index | None, year: int | None
) -> list[str]:
    """Return all that is wrong with the rows; of a programme only if its group is known, of a region if all are."""
    if not isinstance(coverage, pd.DataFrame):
        return [f"Found coverage of type {type(coverage).__name__}; expected a DataFrame; pass one."]
    if lost := [repr(name) for name in (*_KEY, *_PEOPLE.values(), "status") if name not in coverage]:
        return [f"Found coverage without {', '.join(lost)}; expected these columns; add them."]
    names = coverage[_KEY].astype(object)
    labels = pd.Index([" / ".join(map(str, row)) for row in names.itertuples(index=False)], dtype=object)
    faults = twice_faults(labels, "coverage")
    for column in (*_KEY, "status"):
        if (gap := coverage[column].isna().to_numpy()).any():
            faults.append(f"Found a missing {column} in {label_list(labels[gap])}; expected one; complete it.")
    faults += [fault for column in _PEOPLE.values() for fault in _number_faults(coverage[column], labels)]
    allowed = {"status": pd.Index(STATUSES)}
    allowed |= {} if groups is None else {"programme": groups.index}
    allowed |= {} if regions is None else {"region": regions}
    for column, known in allowed.items():
        strange = pd.Index(coverage[column].dropna().unique()).difference(known, sort=False)
        if len(strange):
            faults.append(f"Found the unknown {column} {label_list(strange)}; expected one of {label_list(known, 6)}.")
    faults += [] if regions is None else twice_faults(regions, "regions")
    if not (len(coverage) if year is None else (coverage["year"] == year).any()):
        of_year = "" if year is None else f" of {year}"
        faults.append(f"Found no rows{of_year} in coverage; expected one or more; add them.")
    return faults


def _number_faults(people: pd.Series, labels: pd.Index) -> list[str]:
    """Return what keeps a column from being numbers of people."""
    if not pd.api.types.is_numeric_dtype(people) or pd.api.types.is_bool_dtype(people):
        return [f"Found {people.name} of dtype {people.dtype}; expected numbers; convert them first."]
    x = people.to_numpy(dtype=np.float64, na_value=np.nan)
    broken = {"missing or infinite": ~np.isfinite(x), "below 0": np.isfinite(x) & (x < 0)}
    return [
        f"Found {people.name} {what} in {label_list(labels[where])}; expected 0 or more; correct them."
        for what, where in broken.items()
        if where.any()
    ]
