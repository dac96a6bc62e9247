"""What is known of every kelurahan without any stand-in: land, polling stations, priority against stunting.

Nobody publishes how many adults live in a kelurahan. The number of its polling stations stands in for it wherever this
room weighs or compares kelurahan.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..study import Study, weakest_status
from .neighbours import SpatialWeights, neighbour_weights
from .rates import PRIORS, shrink
from .significance import exact_test
from .spatial import moran

__all__ = [
    "AREA_LEVEL",
    "PEOPLE",
    "area_neighbours",
    "area_table",
    "area_weights",
    "areas_of",
    "priority_table",
    "priority_tests",
]

AREA_LEVEL = "kelurahan"
PEOPLE, PRIORITY, LAND = "polling_stations", "stunting_priority", "area_km2"
SURE = 0.05  # a p-value up to this is not called chance
LEVEL = 0.95  # of every interval
_PERMUTATIONS = 9999
_TABLE = ["region", "kecamatan", "lat", "lon", LAND, PEOPLE, "stations_per_km2", PRIORITY, "thematic_villages"]
_RATES = ["rate", "rate_lower", "rate_upper", "shrunk", "shrunk_lower", "shrunk_upper"]
_GROUPS = ["region", "regions", "priority", *_RATES, "p_value", "verdict", "year", "status"]
_TESTS = ["test", "found", "expected", "p_value", "verdict", "regions", "year", "status"]


def areas_of(study: Study) -> pd.DataFrame:
    """Return the kelurahan of `study`: index region; kecamatan (its code), lat, lon, status.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    regions = study.table("regions")
    own = regions[regions["level"] == AREA_LEVEL].set_index("code").rename_axis("region").sort_index()
    return own.rename(columns={"parent": "kecamatan"}).reindex(columns=["kecamatan", "lat", "lon", "status"])


def area_weights(study: Study, indicator: str = PEOPLE) -> pd.Series:
    """Return a figure that stands for all years, as last counted, by kelurahan; 1 each where it is not known of all.

    Parameters
    ----------
    study : Study
        The checked study.
    indicator : str, optional
        Code of the indicator that weighs.
    """
    panel = study.panel(indicator).reindex(areas_of(study).index)
    known = panel.dropna(axis=1, how="any")
    return known[known.columns.max()] if known.size else pd.Series(1.0, panel.index)


def area_neighbours(study: Study) -> SpatialWeights | None:
    """Return the neighbours of every kelurahan; None where the study has none.

    Parameters
    ----------
    study : Study
        The checked study.
    """
    pairs = study.table("neighbours")
    return neighbour_weights(pairs, areas_of(study).index) if len(pairs) else None


def area_table(study: Study, *, until: int) -> pd.DataFrame:
    """Return what is known of every kelurahan: place, land, polling stations, priority against stunting.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kelurahan
        region, kecamatan, lat, lon (degrees), area_km2, polling_stations, stations_per_km2 (a stand-in for the density
        of adults), stunting_priority (1 or 0), thematic_villages, year (the last of what is shown), status. Without
        rows where the study has no kelurahan.
    """
    areas = areas_of(study)
    panels = {name: study.panel(name).reindex(areas.index) for name in (LAND, PEOPLE, PRIORITY)}
    known = {name: panel.dropna(axis=1, how="all").columns for name, panel in panels.items()}
    years = {name: [year for year in own if year <= until] for name, own in known.items()}
    for name, panel in panels.items():
        areas[name] = panel[max(years[name])] if years[name] else np.nan
    if areas.empty or not any(years.values()):
        return pd.DataFrame(columns=[*_TABLE, "year", "status"])
    villages = study.table("thematic_villages")
    areas["thematic_villages"] = villages["region"].value_counts().reindex(areas.index).fillna(0).astype(int)
    areas["stations_per_km2"] = areas[PEOPLE] / areas[LAND]
    used = {name: [max(own)] for name, own in years.items() if own}
    statuses = [*areas["status"], *villages["status"], *(study.status_of([name], own) for name, own in used.items())]
    year = max(own[0] for own in used.values())
    return areas.reset_index()[_TABLE].assign(year=year, status=weakest_status(statuses))


def priority_table(study: Study, *, until: int) -> pd.DataFrame:
    """Return how many kelurahan have priority by kecamatan, the rate with its interval, and the shrunk rate beside it.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a kecamatan, and the city last
        region, regions (kelurahan), priority (how many), rate, rate_lower, rate_upper (exact), shrunk, shrunk_lower,
        shrunk_upper (0 to 1; the city has no shrunk rate), p_value and verdict (of :func:`priority_tests` between
        kecamatan, in every row), year, status.
    """
    flags, areas, known = _priorities(study, until)
    if flags.empty:
        return pd.DataFrame(columns=_GROUPS)
    counts = flags.groupby(areas["kecamatan"]).agg(["sum", "count"])
    table = shrink(counts["sum"], counts["count"], "beta_binomial", level=LEVEL).table
    lower, upper = PRIORS["beta_binomial"].exact(np.array([flags.sum()]), np.array([flags.size]), LEVEL)
    city = {"events": flags.sum(), "exposed": flags.size, "rate": flags.mean(), "rate_lower": lower[0]}
    table.loc[study.spec.city.code] = pd.Series(city | {"rate_upper": upper[0]})
    table = table.rename_axis("region").reset_index().rename(columns={"events": "priority", "exposed": "regions"})
    p_value, verdict = _between(counts)
    known |= {"p_value": p_value, "verdict": verdict}
    return table.astype({"priority": int, "regions": int}).assign(**known)[_GROUPS]


def _between(counts: pd.DataFrame) -> tuple[float, str]:
    """Return the exact p-value of one rate for all groups, and what it lets one say."""
    exact = exact_test(counts["sum"], counts["count"])
    few = exact.verdict.key == "too_few"
    return exact.p_value, "too_few" if few else _verdict(exact.p_value, "differs")


def priority_tests(study: Study, *, until: int) -> pd.DataFrame:
    """Test whether priority differs between kecamatan, and whether kelurahan with priority lie side by side.

    Parameters
    ----------
    study : Study
        The checked study.
    until : int
        The last year that counts.

    Returns
    -------
    DataFrame, one row a test
        test: ``between_kecamatan`` (exact, Freeman and Halton; the verdict is ``too_few`` with three), ``joins``
        (neighbouring pairs that both have priority) and ``moran`` (Moran's I), both against the same priorities on
        shuffled kelurahan; found and expected (NaN for the first), p_value, verdict (``too_few``, ``differs``,
        ``like_chance``, ``side_by_side``, ``scattered``), regions (groups or kelurahan compared), year, status.
    """
    flags, areas, known = _priorities(study, until)
    if flags.empty or flags.nunique() == 1:
        return pd.DataFrame(columns=_TESTS)
    counts = flags.groupby(areas["kecamatan"]).agg(["sum", "count"])
    rows = [("between_kecamatan", np.nan, np.nan, *_between(counts), len(counts))]
    weights, seed = area_neighbours(study), study.spec.seed
    if weights is not None:
        local = moran(flags, weights, rng=np.random.default_rng(seed), permutations=_PERMUTATIONS)
        tested = {
            "joins": _joins(flags, weights, np.random.default_rng(seed)),
            "moran": (local.statistic, local.expected, local.p_value),
        }
        for name, (found, expected, p_value) in tested.items():
            verdict = _verdict(p_value, "side_by_side" if found > expected else "scattered")
            rows.append((name, found, expected, p_value, verdict, flags.size))
    return pd.DataFrame(rows, columns=_TESTS[:6]).assign(**known)


def _verdict(p_value: float, otherwise: str) -> str:
    return otherwise if p_value <= SURE else "like_chance"


def _joins(flags: pd.Series, weights: SpatialWeights, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return how many neighbouring pairs are both marked, how many by chance, and the two-sided p-value."""
    pairs = np.argwhere(np.triu(weights.matrix.toarray() + weights.matrix.toarray().T))
    x = flags[weights.regions].to_numpy(dtype=bool)
    found = int((x[pairs[:, 0]] & x[pairs[:, 1]]).sum())
    shuffled = rng.permuted(np.tile(x, (_PERMUTATIONS, 1)), axis=1)
    drawn = (shuffled[:, pairs[:, 0]] & shuffled[:, pairs[:, 1]]).sum(axis=1)
    tail = min((drawn >= found).sum(), (drawn <= found).sum())
    marked = x.sum() / x.size * (x.sum() - 1) / (x.size - 1)
    return float(found), float(len(pairs) * marked), float(min(1.0, 2 * (1 + tail) / (1 + _PERMUTATIONS)))


def _priorities(study: Study, until: int) -> tuple[pd.Series, pd.DataFrame, dict[str, object]]:
    """Return the priority of every kelurahan as last known, the kelurahan, and the year and status of it."""
    areas = areas_of(study)
    panel = study.panel(PRIORITY).reindex(areas.index)
    years = [year for year in panel.columns if year <= until and panel[year].notna().all()]
    if areas.empty or not years:
        return pd.Series(dtype=float), areas, {}
    year = max(years)
    return panel[year].astype(int), areas, {"year": year, "status": study.status_of([PRIORITY], [year])}
