"""The scores of one region beside those of its peers: by component, with the band its rank may lie in, over the years.

The peers of a kelurahan are the kelurahan, those of a kecamatan the kecamatan (the means of their kelurahan, weighted
by polling stations), those of the city the regions of the peers' study on that study's declared index.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..index import IndexSpec, PanelResult, build_panel
from ..index.ranking import rank_array
from ..index.uncertainty.inputs import Choice, NoisyWeights, UncertaintyPlan
from ..index.uncertainty.propagation import propagate
from ..index.uncertainty.summaries import central, quantiles
from ..study import Study, load_framework, weakest_status
from .area_index import area_panel
from .areas import AREA_LEVEL, PEOPLE, area_weights, areas_of
from .robustness import ABOVE_ZERO, uncertainty_plan

__all__ = ["SCORES", "YEARS", "PeerScores", "peer_scores", "score_table", "years_table"]

DRAWS, SPREAD, LEVEL = 2_000, 0.25, 0.9  # of the kelurahan; the peers' study declares its own
SCORES = [
    "region", "component", "score", "mean", "difference", "lowest", "highest", "rank", "rank_lower", "rank_upper",
    "regions", "verdict", "year", "status",
]  # fmt: skip
YEARS = ["region", "year", "score", "mean", "difference", "rank", "regions", "status"]


@dataclass(frozen=True, eq=False)
class PeerScores:
    """An index of regions over the years, and how those compared are made of them.

    Attributes
    ----------
    panel : PanelResult
        By the smallest regions.
    values : DataFrame
        What the last year was made from.
    bounds : DataFrame or None
        What leaves are normalised with in every draw; None: what each method of the plan takes.
    plan : UncertaintyPlan
        What is uncertain about the index.
    draws : int
    level : float
        Of the bands of ranks.
    seed : int
    shares : DataFrame
        Region compared by smallest region: its share in the mean, rows sum to 1.
    weights : Series
        What each region compared counts in the mean of all.
    name : str
        What the index is called: a code or a word.
    status : str
    """

    panel: PanelResult
    values: pd.DataFrame
    bounds: pd.DataFrame | None
    plan: UncertaintyPlan
    draws: int
    level: float
    seed: int
    shares: pd.DataFrame
    weights: pd.Series
    name: str
    status: str

    @property
    def codes(self) -> list[str]:
        """The code of the index, then those of its direct parts."""
        root = self.panel.framework.root
        return [root.code, *(child.code for child in root.children)]

    def scores(self, code: str) -> pd.DataFrame:
        """Return the scores of a component: region compared by year."""
        found = self.panel.scores(code).reindex(self.shares.columns)
        return pd.DataFrame(self.shares.to_numpy() @ found.to_numpy(), self.shares.index, found.columns)

    def mean(self, scores: pd.DataFrame) -> pd.Series:
        """Return the mean of the regions compared, by year."""
        return scores.mul(self.weights / self.weights.sum(), axis=0).sum()

    def rank_band(self, code: str, region: str) -> tuple[int, int]:
        """Return between which ranks `region` lies on a component in `level` of the draws.

        A component of one indicator has one rank, whatever is chosen.
        """
        if all(len(node.children) < 2 for node in self.panel.framework.node(code).walk()):
            return (int(_ranks(self.scores(code)).loc[region].iloc[-1]),) * 2
        drawn = propagate(
            self.values, self.panel.framework, self.plan, draws=self.draws, rng=np.random.default_rng(self.seed),
            rank=False, node=code, bounds=self.bounds,
        ).scores.dropna(how="all")  # fmt: skip
        compared = pd.DataFrame(drawn[self.shares.columns].to_numpy() @ self.shares.to_numpy().T).T
        own = _ranks(compared).to_numpy()[[self.shares.index.get_loc(region)]].T
        lower, _, upper = quantiles(own, central(self.level))
        return int(lower[0]), int(upper[0])


def peer_scores(city: Study, peers: Study | None, level: str, *, until: int) -> PeerScores | None:
    """Return the scores that a region of `level` is compared on; None where nothing is measured there."""
    if level in (AREA_LEVEL, "kecamatan"):
        return _area_scores(city, level, until)
    return _city_scores(peers, until) if peers is not None and peers.spec.index is not None else None


def _area_scores(city: Study, level: str, until: int) -> PeerScores | None:
    panel = area_panel(city, until=until)
    if panel is None:
        return None
    areas, people = areas_of(city), area_weights(city)
    codes = [leaf.code for leaf in panel.framework.leaves]
    groups = areas["kecamatan"] if level != AREA_LEVEL else pd.Series(areas.index, areas.index)
    weights = people.groupby(groups).sum()
    inside = pd.DataFrame({area: groups[area] == weights.index for area in areas.index}, index=weights.index)
    rows = city.table("indicators")
    used = rows[rows["region"].isin(areas.index) & rows["indicator"].isin([PEOPLE, *codes])]
    plan = UncertaintyPlan(
        IndexSpec(scale=ABOVE_ZERO),
        {"aggregate": Choice("aggregate", ["arithmetic", "geometric"]), "weights": NoisyWeights(SPREAD)},
    )
    return PeerScores(
        panel,
        city.values(codes, panel.years[-1]).reindex(areas.index),
        panel.bounds,
        plan,
        DRAWS,
        LEVEL,
        city.spec.seed,
        inside.mul(people, axis=1).div(weights, axis=0),
        weights,
        "kelurahan_index",
        weakest_status(used["status"]),
    )


def _city_scores(peers: Study, until: int) -> PeerScores | None:
    assert peers.spec.index is not None  # peer_scores has looked
    framework = load_framework(peers.spec.index.framework)
    codes = [leaf.code for leaf in framework.leaves]
    rows = peers.table("indicators")
    rows = rows[rows["indicator"].isin(codes) & (rows["year"] <= until)]
    known = rows.groupby("year")["indicator"].nunique() == len(codes)
    years = [int(year) for year, whole in known.items() if whole]
    if not years:
        return None
    values = {year: peers.values(codes, year) for year in years}
    regions = values[years[-1]].index
    declared = peers.spec.index.uncertainty
    return PeerScores(
        build_panel({year: table.reindex(regions) for year, table in values.items()}, framework),
        values[years[-1]],
        None,
        uncertainty_plan(peers),
        declared.draws if declared else DRAWS,
        declared.level if declared else LEVEL,
        peers.spec.seed,
        pd.DataFrame(np.eye(len(regions)), regions, regions),
        pd.Series(1.0, regions),
        framework.root.code,
        weakest_status(rows["status"]),
    )


def score_table(found: PeerScores | None, region: str) -> pd.DataFrame:
    """Return the index of `region` in the last year and its components, beside its peers.

    Returns
    -------
    DataFrame, one row a component, the index itself first
        region, component (code), score, mean (of the peers), difference, lowest and highest (of the peers), rank (1 is
        highest), rank_lower and rank_upper (best and worst rank in 90 % of the draws), regions, verdict (``strength``:
        the whole band lies in the better half of the peers; ``weakness``: in the other; else ``not_clear``), year,
        status.
    """
    if found is None or region not in found.shares.index:
        return pd.DataFrame(columns=SCORES)
    year, rows = found.panel.years[-1], []
    for code in found.codes:
        scores = found.scores(code)[[year]]
        own, mean = float(scores.at[region, year]), float(found.mean(scores)[year])
        lower, upper = found.rank_band(code, region)
        row = {
            "component": found.name if code == found.codes[0] else code,
            "score": own,
            "mean": mean,
            "difference": own - mean,
        }
        row |= {
            "lowest": scores[year].min(),
            "highest": scores[year].max(),
            "rank": int(_ranks(scores).at[region, year]),
        }
        row |= {"rank_lower": lower, "rank_upper": upper, "verdict": _verdict(lower, upper, len(scores), own - mean)}
        rows.append(row)
    facts = {"region": region, "regions": len(found.shares), "year": year, "status": found.status}
    return pd.DataFrame(rows).assign(**facts)[SCORES]


def years_table(found: PeerScores | None, region: str) -> pd.DataFrame:
    """Return the index of `region` in every year: region, year, score, mean, difference, rank, regions, status."""
    if found is None or region not in found.shares.index:
        return pd.DataFrame(columns=YEARS)
    scores = found.scores(found.codes[0])
    table = pd.DataFrame({"score": scores.loc[region], "mean": found.mean(scores), "rank": _ranks(scores).loc[region]})
    table = table.rename_axis("year").reset_index().assign(region=region, regions=len(scores), status=found.status)
    return table.assign(difference=table["score"] - table["mean"])[YEARS]


def _ranks(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rank in every column, 1 the highest."""
    return pd.DataFrame(rank_array(scores.to_numpy().T).T.astype(int), scores.index, scores.columns)


def _verdict(lower: int, upper: int, regions: int, difference: float) -> str:
    """Return on which side of the middle the whole band lies, where the score says the same."""
    if 2 * upper <= regions and difference > 0:
        return "strength"
    return "weakness" if 2 * lower >= regions + 2 and difference < 0 else "not_clear"
