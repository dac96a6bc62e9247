"""What can be explored: an index with its values by year, for the page of officers and the widget of researchers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from ...index import IndexResult, IndexSpec, NodeSpec, build_index
from ...regions import area_panel, area_weights, areas_of
from ...study import Framework, Study, load_framework, weakest_status

__all__ = ["ABOVE_ZERO", "Explorable", "explorable_areas", "explorable_regions"]

ABOVE_ZERO = (1.0, 100.0)  # where scores of a fitted normalisation lie, so that every mean is defined
STATIONS, PEOPLE = "polling_stations", ("population_bps", "population")


@dataclass(frozen=True, slots=True, eq=False)
class Explorable:
    """An index that can be built again with other weights and methods.

    Parameters
    ----------
    study : Study
    framework : Framework
    values : mapping of year to DataFrame
        Region by leaf code, first year to last.
    spec : IndexSpec
        Of the initial choice.
    bounds : DataFrame or None
        What the initial choice normalises with; None: each year by itself, or goalposts.
    population : Series or None
        Weighs the disparity of the last year; None: every region counts once.
    weighted_by : {"population", "polling_stations", ""}
    population_year : int or None
    status : str
        The weakest of the values of the last year, or of all years where they share bounds.
    areas : bool
        Whether the regions are the areas of one city.
    """

    study: Study
    framework: Framework
    values: Mapping[int, pd.DataFrame]
    spec: IndexSpec
    bounds: pd.DataFrame | None
    population: pd.Series | None
    weighted_by: str
    population_year: int | None
    status: str
    areas: bool

    @property
    def years(self) -> tuple[int, ...]:
        """The years, first to last."""
        return tuple(self.values)

    @property
    def parts(self) -> tuple[str, ...]:
        """Codes of the direct parts of the index, whose weights can be moved."""
        return tuple(child.code for child in self.framework.root.children)

    @property
    def zero_is_worst(self) -> bool:
        """Whether a score of 0 is the worst value found, and no goalpost."""
        return self.bounds is not None

    def choice(
        self, weights: Mapping[str, float], *, rule: str | None = None, normalise: str | None = None
    ) -> IndexSpec:
        """Return the spec of an index with these weights of its parts, this rule at the top, this normalisation.

        Parameters
        ----------
        weights : mapping
            For every part; only their proportions count.
        rule : str, optional
            How the parts are put together. None: as in the framework.
        normalise : str, optional
            Method of every leaf; its scores then lie on 1 to 100. None: as at first.
        """
        root = self.framework.root.code
        nodes = {} if rule is None else {root: NodeSpec(aggregate=rule)}
        spec = replace(self.spec, weights={code: float(weights[code]) for code in self.parts}, nodes=nodes)
        return spec if normalise is None else replace(spec, normalise=normalise, scale=ABOVE_ZERO)

    def result(self, year: int, spec: IndexSpec | None = None, *, regions: Sequence[str] = ()) -> IndexResult:
        """Return the index of a year under `spec` (the initial choice without one), of some regions or of all.

        The bounds of the initial choice hold as long as its normalisation does.
        """
        chosen = self.spec if spec is None else spec
        values = self.values[year]
        values = values.loc[list(regions)] if regions else values
        bounds = self.bounds if chosen.normalise == self.spec.normalise else None
        return build_index(values, self.framework, chosen, bounds=bounds)


def explorable_regions(study: Study, *, until: int) -> Explorable | None:
    """Return the index that `study` declares for its regions, in every year up to `until` in which all are known."""
    if study.spec.index is None:
        return None
    framework = load_framework(study.spec.index.framework)
    codes = [leaf.code for leaf in framework.leaves]
    rows = study.table("indicators")
    rows = rows[rows["indicator"].isin(codes) & (rows["year"] <= until)]
    values = {}
    for year in sorted(set(rows["year"].astype(int))):
        found = study.values(codes, year)
        if len(found) and found.notna().all(axis=None):
            values[year] = found
    if not values:
        return None
    last = max(values)
    people, year = _people(study, values[last].index, last)
    return Explorable(
        study, framework, values, IndexSpec(), None, people, "" if people is None else "population", year,
        study.status_of(codes, [last]), areas=False,
    )  # fmt: skip


def explorable_areas(study: Study, *, until: int) -> Explorable | None:
    """Return the index of the kelurahan of `study`, within bounds of all years; None where no pillar is measured."""
    panel = area_panel(study, until=until)
    if panel is None:
        return None
    values = {year: result.values for year, result in panel.results.items()}
    rows = study.table("indicators")
    codes = [leaf.code for leaf in panel.framework.leaves]
    areas = areas_of(study).index
    own = rows[rows["indicator"].isin(codes) & rows["region"].isin(areas)]
    counted = study.panel(STATIONS).reindex(areas).dropna(axis=1, how="any").columns
    year = int(max(counted)) if len(counted) else None
    return Explorable(
        study, panel.framework, values, panel.spec, panel.bounds, area_weights(study) if year else None,
        STATIONS if year else "", year, weakest_status(own[own["year"].isin(panel.years)]["status"]), areas=True,
    )  # fmt: skip


def _people(study: Study, regions: pd.Index, year: int) -> tuple[pd.Series | None, int | None]:
    """Return the people of every region in `year`, or in the last year before it that is known of all."""
    known = []
    for rank, code in enumerate(PEOPLE):
        panel = study.panel(code).reindex(regions).dropna(axis=1, how="any")
        years = [each for each in panel.columns if each <= year]
        known += [(max(years), -rank, panel[max(years)])] if years else []
    if not known:
        return None, None
    latest = max(known, key=lambda each: each[:2])
    return latest[2], int(latest[0])
