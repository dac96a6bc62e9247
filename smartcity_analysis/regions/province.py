"""The regions of a study against each other over time: who is ahead, how unequal they are, whether they draw together.

Tables as a notebook saves them, each with the weakest status of what went into it. A column `left_out` says which
region a row does without; nothing stands there when all regions are in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..errors import UnknownNameError
from ..study import Study
from .convergence import beta_convergence, sigma_convergence
from .decompose import with_and_without
from .inference import interval_table
from .panel import disparity_panel
from .position import rank_mobility

__all__ = [
    "CERTAINTY",
    "HEADLINE",
    "compared_panels",
    "convergence_table",
    "disparity_intervals",
    "latest",
    "mobility_table",
    "place_table",
]

CERTAINTY = 0.95  # level of every interval, and of every verdict
HEADLINE = ("gini", "theil_t", "williamson")


def compared_panels(study: Study, *, until: int) -> dict[str, pd.DataFrame]:
    """Return what the study's regions are compared by: its disparity indicator, and its published index if it has one.

    Returns
    -------
    dict of indicator to DataFrame
        One row a region, one column a year, up to `until`.
    """
    values, _ = disparity_panel(study, until=until)
    assert study.spec.disparity is not None  # the panel has refused otherwise
    panels = {study.spec.disparity.indicator: values}
    if study.spec.index is not None and study.spec.index.published:
        panel = study.panel(study.spec.index.published)
        panels[study.spec.index.published] = panel[[year for year in panel.columns if year <= until]]
    return panels


def disparity_intervals(study: Study, measures: Sequence[str] = HEADLINE, *, until: int) -> pd.DataFrame:
    """Return the study's disparity with its limits, with all regions and without the one that drives it.

    The region left out is the one that moves the measure most in the last year, so that it is the same in all years.
    Every year is resampled with the same random numbers.

    Parameters
    ----------
    study : Study
    measures : sequence of str
        As in :func:`interval`.
    until : int

    Returns
    -------
    DataFrame, one row a measure, a choice of regions and a year
        measure, left_out, year, value, lower_limit, upper_limit, level, regions, verdict, status.
    """
    values, people = disparity_panel(study, until=until)
    last, spec = values.columns[-1], study.spec.disparity
    assert spec is not None  # the panel has refused otherwise
    parts = []
    for measure in measures:
        driver = with_and_without(values[last], measure, population=people[last]).most_influential
        for left_out, kept in ((None, values.index), (driver, values.index.drop(driver))):
            for year in values.columns:
                found = interval_table(
                    values.loc[kept, [year]],
                    measure,
                    population=people.loc[kept, year],
                    level=CERTAINTY,
                    rng=np.random.default_rng(study.spec.seed),
                )
                parts.append(found.assign(left_out=left_out))
    table = pd.concat([part.astype({"left_out": object}) for part in parts], ignore_index=True)
    names = {"indicator": "year", "lower": "lower_limit", "upper": "upper_limit"}
    status = study.status_of([spec.indicator, spec.population], list(values.columns))
    columns = ["measure", "left_out", "year", "value", "lower_limit", "upper_limit", "level", "regions", "verdict"]
    return table.rename(columns=names)[columns].assign(status=status)


def latest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the last year of `table`.

    Parameters
    ----------
    table : DataFrame
        With a column ``year``.
    """
    return table[table["year"] == table["year"].max()].reset_index(drop=True)


def convergence_table(study: Study, *, until: int) -> pd.DataFrame:
    """Say of each indicator the study compares regions by whether its regions draw together.

    Both tests are made once more without the region that moves the second most.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator and a choice of regions
        indicator, left_out, year, first_year, spread_change (of the standard deviation of logarithms: -0.1 is a tenth
        less), spread_p, spread_verdict, slope (of yearly growth on the logarithm of the level; below 0 where the lower
        grow faster), lower_limit, upper_limit, growth_p, half_life (years), growth_verdict, status. A verdict is
        ``narrowing`` or ``widening`` where that is clear at 95 %, else ``too_close``.

    References
    ----------
    Barro and Sala-i-Martin (1992), Convergence, Journal of Political Economy 100(2), 223-251.
    """
    rows = []
    for indicator, panel in compared_panels(study, until=until).items():
        first, last = int(panel.columns[0]), int(panel.columns[-1])
        status = study.status_of([indicator], list(panel.columns))
        for left_out in (None, _mover(panel)):
            kept = panel if left_out is None else panel.drop(left_out)
            row = {"indicator": indicator, "left_out": left_out, "year": last, "first_year": first}
            rows.append(row | _tests(kept) | {"status": status})
    return pd.DataFrame(rows)


def mobility_table(study: Study, *, until: int) -> pd.DataFrame:
    """Say how far the order of the regions moved between the first and the last year.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator
        indicator, year, first_year, order_kept (Spearman's correlation: 1 where nobody moved), climber, climbed
        (places), faller, fell, status.
    """
    rows = []
    for indicator, panel in compared_panels(study, until=until).items():
        first, last = panel.columns[0], panel.columns[-1]
        found = rank_mobility(panel[first], panel[last])
        moved = found.table["climbed"]
        row = {"indicator": indicator, "year": last, "first_year": first, "order_kept": found.spearman}
        row |= {"climber": moved.idxmax(), "climbed": moved.max(), "faller": moved.idxmin(), "fell": -moved.min()}
        rows.append(row | {"status": study.status_of([indicator], [first, last])})
    return pd.DataFrame(rows)


def place_table(study: Study, region: str, *, until: int) -> pd.DataFrame:
    """Return where `region` stands among the others, in the first and the last year.

    Parameters
    ----------
    study : Study
        The checked study.
    region : str
        Code of the region in question.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row an indicator
        indicator, year, value, rank (1 is highest), regions, times_median (the value over that of the region
        in the middle), first_year, rank_first, status.

    Raises
    ------
    UnknownNameError
        When the study has no values of `region`.
    """
    rows = []
    for indicator, panel in compared_panels(study, until=until).items():
        if region not in panel.index:
            raise UnknownNameError("region", region, list(panel.index))
        first, last = panel.columns[0], panel.columns[-1]
        ranks = panel[[first, last]].rank(ascending=False, method="min").loc[region].astype(int)
        value = panel.at[region, last]
        row = {
            "indicator": indicator,
            "year": last,
            "value": value,
            "rank": ranks[last],
            "regions": len(panel),
        }
        row |= {"times_median": value / panel[last].median(), "first_year": first, "rank_first": ranks[first]}
        rows.append(row | {"status": study.status_of([indicator], [first, last])})
    return pd.DataFrame(rows)


# --- helpers ---


def _mover(panel: pd.DataFrame) -> str:
    """Return the region without which the slope of growth on the level changes most."""
    first, last = panel.columns[0], panel.columns[-1]
    years = last - first
    slope = beta_convergence(panel[first], panel[last], years).beta
    rest = [(code, panel.drop(code)) for code in panel.index]
    shifts = {code: abs(beta_convergence(p[first], p[last], years).beta - slope) for code, p in rest}
    return max(shifts, key=lambda code: shifts[code])


def _tests(panel: pd.DataFrame) -> dict[str, object]:
    first, last = panel.columns[0], panel.columns[-1]
    spread = sigma_convergence(panel)
    growth = beta_convergence(panel[first], panel[last], last - first, level=CERTAINTY)
    level = growth.table.loc["level"]
    return {
        "spread_change": spread.change,
        "spread_p": spread.p_value,
        "spread_verdict": _verdict(spread.change, spread.p_value),
        "slope": growth.beta,
        "lower_limit": level["lower"],
        "upper_limit": level["upper"],
        "growth_p": level["p_value"],
        "half_life": growth.half_life,
        "growth_verdict": _verdict(growth.beta, level["p_value"]),
    }


def _verdict(sign: float, p_value: float) -> str:
    if not p_value <= 1 - CERTAINTY:
        return "too_close"
    return "narrowing" if sign < 0 else "widening"
