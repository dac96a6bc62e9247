"""The regions of a study over time: index, standing of one region, disparity, what drives it, what divides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import pandas as pd

from ..errors import Breach, DataError
from ..index import IndexResult, build_index
from ..study import Study, load_framework
from .decompose import decompose, with_and_without
from .inequality import disparity_table, lorenz

__all__ = [
    "REPORTED",
    "decomposition_years",
    "disparity_panel",
    "disparity_years",
    "influence_table",
    "lorenz_years",
    "regional_index",
    "regional_index_table",
    "standing",
]

REPORTED = ("gini", "theil_t", "mean_log_deviation", "williamson", "coefficient_of_variation", "max_min")

T = TypeVar("T")


def regional_index(study: Study, *, until: int) -> tuple[IndexResult, int]:
    """Compute the study's declared index for the last year, not after `until`, in which all its leaves are known.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    (IndexResult, int)
        The index of every region that has values, and the year.
    """
    spec = _declared(study.spec.index, study, "index")
    framework = load_framework(spec.framework)
    codes = [leaf.code for leaf in framework.leaves]
    year = study.latest_year(codes, until=until)
    return build_index(study.values(codes, year), framework), year


def regional_index_table(result: IndexResult, study: Study, year: int) -> pd.DataFrame:
    """Return scores and ranks by region beside the published index, best first.

    Parameters
    ----------
    result : IndexResult
        The index of the regions.
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row a region
        region, rank, index, the scores of the index's direct parts, published and difference (computed - published).
    """
    root = result.framework.root
    table = result.scores[[child.code for child in root.children]].copy()
    table.insert(0, "index", result.total)
    table.insert(0, "rank", result.ranks[root.code])
    published = study.spec.index.published if study.spec.index else None
    if published:
        table["published"] = study.panel(published)[year]
        table["difference"] = table["index"] - table["published"]
    table.insert(0, "year", year)
    table["status"] = study.status_of([leaf.code for leaf in result.framework.leaves], [year])
    return table.sort_values("rank").rename_axis("region").reset_index()


def standing(table: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return where `region` stands in a table of :func:`regional_index_table`, as one row; none if it is not there.

    Parameters
    ----------
    table : DataFrame
        As :func:`regional_index_table` gives it.
    region : str
        Code of the region in question.
    """
    own = table[table["region"] == region]
    best = table.iloc[0]
    return own.assign(regions=len(table), best_region=best["region"], best_index=best["index"])[
        ["region", "year", "index", "rank", "regions", "best_region", "best_index", "status"]
    ]


def disparity_panel(study: Study, *, until: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the study's disparity indicator and its population weights: region by year, up to `until`.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    """
    spec = _declared(study.spec.disparity, study, "disparity")
    values, people = study.panel(spec.indicator), study.panel(spec.population)
    first = spec.first_year or values.columns.min()
    years = [y for y in values.columns if first <= y <= until and y in people.columns]
    return values[years], people.loc[values.index, years]


def disparity_years(study: Study, measures: Sequence[str], *, until: int) -> pd.DataFrame:
    """Return the study's disparity, population-weighted: one row a year, one column a measure.

    Parameters
    ----------
    study : Study
        The checked study.
    measures : sequence of str
        Names of measures of disparity, see :data:`MEASURES`.
    until : int
        The last year that counts.
    """
    values, people = disparity_panel(study, until=until)
    table = disparity_table(values, measures, population=people).rename_axis("year").reset_index()
    return table.assign(status=_disparity_status(study, values))


def lorenz_years(study: Study, *, until: int) -> pd.DataFrame:
    """Return the Lorenz curves of the first and the last year: year, region, population_share, value_share.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    """
    values, people = disparity_panel(study, until=until)
    ends = dict.fromkeys((values.columns.min(), values.columns.max()))
    curves = {year: lorenz(values[year], population=people[year]) for year in ends}
    return pd.concat(curves, names=["year", "region"]).reset_index()


def influence_table(study: Study, measures: Sequence[str], *, until: int) -> pd.DataFrame:
    """Return each measure in the last year with all regions and without the region that drives it most.

    Parameters
    ----------
    study : Study
        The checked study.
    measures : sequence of str
        Names of measures of disparity, see :data:`MEASURES`.
    until : int
        The last year that counts.
    """
    values, people = disparity_panel(study, until=until)
    year = values.columns.max()
    results = [with_and_without(values[year], measure, population=people[year]) for measure in measures]
    return pd.DataFrame(
        {
            "measure": [r.measure for r in results],
            "year": year,
            "all_regions": [r.value for r in results],
            "region": [r.most_influential for r in results],
            "without": [r.value_without for r in results],
            "status": _disparity_status(study, values),
        }
    )


def decomposition_years(study: Study, *, until: int, measure: str = "theil_t") -> pd.DataFrame:
    """Split the disparity of every year into between and within the study's declared groups.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.
    measure : str, optional
        Name of a measure of disparity, see :data:`MEASURES`.

    Returns
    -------
    DataFrame, one row a year
        year, total, between, within, between_share, within_share (shares 0 to 1).
    """
    values, people = disparity_panel(study, until=until)
    group = _declared(study.spec.disparity, study, "disparity").group
    groups = study.table("regions").set_index("code")[group].reindex(values.index)
    parts = [decompose(values[y], groups, population=people[y], measure=measure) for y in values.columns]
    table = pd.DataFrame(
        {
            "year": values.columns,
            "total": [p.total for p in parts],
            "between": [p.between for p in parts],
            "within": [p.within for p in parts],
            "between_share": [p.between_share for p in parts],
        }
    )
    return table.assign(within_share=1 - table["between_share"], status=_disparity_status(study, values))


def _disparity_status(study: Study, values: pd.DataFrame) -> str:
    spec = _declared(study.spec.disparity, study, "disparity")
    return study.status_of([spec.indicator, spec.population], list(values.columns))


def _declared(spec: T | None, study: Study, entry: str) -> T:
    """Return a declaration of the study, or say that ``study.yaml`` lacks it."""
    if spec is None:
        raise DataError([Breach("spec_missing", file=f"{study.name}/study.yaml", column=entry)])
    return spec
