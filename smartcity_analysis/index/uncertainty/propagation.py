"""How sure an index is: scores and ranks in many draws of what is uncertain about it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ...study.framework import Framework
from ...study.readable import readable
from ..build import IndexResult
from ..labels import listed
from ..methods import Mask, ScoringError
from ..normalisation.bounds import BoundsLike
from .inputs import UncertaintyPlan
from .kept import Kept, keep
from .record import DrawRecord, draw_inputs, draw_record
from .simulation import Simulation
from .streams import BLOCK
from .summaries import (
    central,
    compared,
    failure_table,
    mean_over_draws,
    moments_over_draws,
    quantiles,
    rank_counts,
    share,
)

__all__ = ["UncertaintyResult", "propagate"]


@readable("regions")
@dataclass(frozen=True, eq=False)
class UncertaintyResult:
    """Scores and ranks of every region in every draw, and what they say.

    A draw that failed is in no summary: they hold for the draws that did not, and `failures` says how many that are.
    Where scores do not fit into the memory given, they are drawn again for every summary; the numbers are the same.

    Parameters
    ----------
    values, framework, plan, node
        As they were given; `node` is the code of the node scored.
    draws : int
    entropy : tuple of int
        What all random numbers were made from.
    nominal : IndexResult
        The base index.
    kept : Kept
        The draws themselves.
    """

    values: pd.DataFrame
    framework: Framework
    plan: UncertaintyPlan
    node: str
    draws: int
    entropy: tuple[int, ...]
    nominal: IndexResult
    kept: Kept = field(repr=False)

    @property
    def regions(self) -> pd.Index:
        """The regions, as in the values."""
        return self.values.index

    @property
    def failed(self) -> Mask:
        """Which draws failed, ``(draw,)``."""
        return self.kept.failed

    @property
    def failures(self) -> pd.DataFrame:
        """Every cause of failure: `cause`, `draws`, `share` of all draws, `first`, the number of a draw it struck."""
        return failure_table(self.kept.cause, self.kept.causes)

    @property
    def scores(self) -> pd.DataFrame:
        """Scores by draw and region; NaN throughout in a draw that failed."""
        self.kept.need(self.draws * len(self.regions) * 8, "the scores of every draw")
        return self._by_draw(self.kept.columns(slice(None), ranks=False))

    @property
    def ranks(self) -> pd.DataFrame:
        """Ranks by draw and region: 1 is best, ties share the lowest, 0 where there is none."""
        self.kept.need(self.draws * len(self.regions) * 4, "the ranks of every draw")
        return self._by_draw(self.kept.columns(slice(None), ranks=True))

    @property
    def choices(self) -> pd.DataFrame:
        """The alternative of every choice, by draw."""
        choices = self.kept.simulation.combinations.choices
        columns = {
            name: pd.Categorical.from_codes(picks, list(choice.labels))
            for (name, choice), picks in zip(choices.items(), self.kept.picks, strict=True)
        }
        return pd.DataFrame(columns, index=pd.RangeIndex(self.draws, name="draw"))

    def summary(self, level: float = 0.9) -> pd.DataFrame:
        """Return nominal and drawn scores and ranks, a row a region.

        Returns
        -------
        DataFrame
            `score` (nominal), `mean`, `sd`, `score_lower`, `score_upper`; `rank` (nominal), `rank_median`,
            `rank_lower`, `rank_upper`, `shift` (mean absolute difference from the nominal rank), `available` (share of
            the draws that did not fail in which the region has a score).
        """
        ranks, scores = self.rank_intervals(level), self.score_intervals(level)
        nominal = ranks["nominal"].to_numpy(dtype=float, na_value=np.nan)
        parts = []
        for tile, drawn in self.kept.tiles(ranks=False):
            mean, sd, count = moments_over_draws(drawn)
            place = self.kept.columns(tile, ranks=True)[~self.failed].astype(float)
            shift = mean_over_draws(np.where(place > 0, np.abs(place - nominal[tile]), np.nan))
            parts.append(np.stack([mean, sd, shift, count / len(drawn)], axis=1))
        found = pd.DataFrame(np.concatenate(parts), self.regions, ["mean", "sd", "shift", "available"])
        table = pd.DataFrame({"score": scores["nominal"], "mean": found["mean"], "sd": found["sd"]})
        table["score_lower"], table["score_upper"], table["rank"] = scores["lower"], scores["upper"], ranks["nominal"]
        for name in ("median", "lower", "upper"):
            table[f"rank_{name}"] = ranks[name]
        return table.assign(shift=found["shift"], available=found["available"])

    def rank_intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Return nominal and median rank, and the central interval that holds `level` of the ranks, by region.

        Lower, median and upper are ranks that occur: the smallest that at least the share in question does not exceed.
        """
        return self._intervals(level, self.nominal.ranks[self.node], ranks=True).astype("Int64")

    def score_intervals(self, level: float = 0.9) -> pd.DataFrame:
        """Return nominal and median score, and the central interval that holds `level` of the scores, by region."""
        return self._intervals(level, self.nominal.scores[self.node], ranks=False)

    def acceptability(self) -> pd.DataFrame:
        """Return in which share of draws each region has each rank; rows sum to 1 for regions that have one.

        References
        ----------
        Lahdelma and Salminen (2001), SMAA-2, Operations Research 49, 444-454: rank acceptability index.
        """
        regions = len(self.regions)
        self.kept.need(regions**2 * 8, "a share for every region and rank")
        counts = np.concatenate([rank_counts(drawn, regions) for _, drawn in self.kept.tiles(ranks=True)])
        ranks = pd.RangeIndex(1, regions + 1, name="rank")
        return pd.DataFrame(share(counts, counts.sum(axis=1, keepdims=True)), index=self.regions, columns=ranks)

    def probability_top(self, k: int) -> pd.Series:
        """Return in which share of draws each region is among the first `k`; ties at the border are all in."""
        parts = []
        for _, drawn in self.kept.tiles(ranks=True):
            inside = np.count_nonzero((drawn > 0) & (drawn <= k), axis=0)
            parts.append(share(inside, np.count_nonzero(drawn, axis=0)))
        return pd.Series(np.concatenate(parts), index=self.regions, name=f"top_{k}")

    def probability_above(self) -> pd.DataFrame:
        """Return P(row above column), over the draws in which both have a rank; a tie counts half, so does itself."""
        regions = len(self.regions)
        self.kept.need(regions**2 * 3 * 8, "a share for every pair of regions")
        above, both = np.zeros((regions, regions)), np.zeros((regions, regions))
        for ranks in self.kept.rank_blocks(regions**2):
            more, pairs = compared(ranks, ranks)
            above += more
            both += pairs
        ties = both - above - above.T
        return pd.DataFrame(share(above + ties / 2, both), index=self.regions, columns=self.regions)

    def distinguishable(self, region: object, level: float = 0.95) -> pd.DataFrame:
        """Return the regions whose order relative to `region` is the same in at least `level` of the draws.

        Returns
        -------
        DataFrame
            By region: `order` (``"above"`` if it stands above `region`, else ``"below"``), and `share` of the draws in
            which it does. A draw with a tie supports neither.

        Raises
        ------
        ScoringError
            For a region that is not among the values.
        """
        if region not in self.regions:
            known = listed(self.regions[:3])
            raise ScoringError([f"distinguishable: found {region!r}, expected a region of the values such as {known}."])
        central(level)
        own = self.regions.get_indexer([region])
        above, below, both = np.zeros((3, len(self.regions)))
        for ranks in self.kept.rank_blocks(len(self.regions)):
            more, pairs = compared(ranks, ranks[:, own])
            above += more[:, 0]
            below += compared(ranks[:, own], ranks)[0][0]
            both += pairs[:, 0]
        shares = pd.DataFrame({"above": share(above, both), "below": share(below, both)}, index=self.regions)
        shares = shares[self.regions != region].dropna()
        order = np.where(shares["above"] > shares["below"], "above", "below")
        table = pd.DataFrame({"order": order, "share": shares.max(axis=1)}, index=shares.index)
        return table[table["share"] >= level]

    def inputs(self, draw: int) -> Mapping[str, Any]:
        """Return what every input was in a draw, by name: see :class:`DrawRecord`."""
        return draw_inputs(self.kept.simulation, self.entropy, *self._place(draw))

    def record(self, draw: int) -> DrawRecord:
        """Return a draw with all its inputs, and the values and the spec that :func:`build_index` scores alike."""
        return draw_record(self.kept.simulation, self.entropy, *self._place(draw))

    def _place(self, draw: int) -> tuple[int, int, int]:
        """Return the block of a draw, how many draws that has, and the draw's place among them."""
        if not 0 <= draw < self.draws:
            raise ScoringError([f"draw: found {draw}, expected 0 to {self.draws - 1}."])
        number, row = divmod(draw, BLOCK)
        return number, min(BLOCK, self.draws - number * BLOCK), row

    def _by_draw(self, array: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(array, index=pd.RangeIndex(self.draws, name="draw"), columns=self.regions)

    def _intervals(self, level: float, nominal: pd.Series, ranks: bool) -> pd.DataFrame:
        found = [quantiles(drawn, central(level)) for _, drawn in self.kept.tiles(ranks=ranks)]
        table = pd.DataFrame(np.concatenate(found, axis=1).T, index=self.regions, columns=["lower", "median", "upper"])
        return table.assign(nominal=nominal)[["nominal", "median", "lower", "upper"]]


def propagate(
    values: pd.DataFrame,
    framework: Framework,
    plan: UncertaintyPlan,
    *,
    draws: int,
    rng: np.random.Generator,
    rank: bool = True,
    node: str | None = None,
    bounds: BoundsLike | None = None,
    memory_mb: float = 1024,
    threads: int | None = None,
    executor: Executor | None = None,
) -> UncertaintyResult:
    """Return the index in many draws of what is uncertain about it.

    Parameters
    ----------
    values : DataFrame
        Region by leaf code, as for :func:`build_index`.
    framework : Framework
    plan : UncertaintyPlan
        The base index, and what is uncertain about it by name.
    draws : int
    rng : Generator
        The result depends on its state and on nothing else: not on `memory_mb`, `threads`,
        `executor` or `rank`.
    rank : bool
        Rank the regions in every draw at once, and keep the ranks. Otherwise this is done when a summary asks for it.
    node : str, optional
        Node whose scores are drawn. None: the index.
    bounds : DataFrame or mapping, optional
        As for :func:`build_index`; they hold in every draw.
    memory_mb : float
        Megabytes that scores and ranks may take. If they need more, none are kept.
    threads : int, optional
        Blocks of draws made at a time. None: one. Two are twice as fast with many regions, and no faster with less than
        some hundred, where threads wait for each other.
    executor : Executor, optional
        Who makes the blocks of draws instead: a pool of processes, or the machines of a cluster by
        ``client.get_executor()`` of dask.distributed. None: this process, by `threads`. Functions among the inputs must
        then stand in a module that the workers can import. Where scores do not fit into memory, what is drawn again for
        a summary is drawn by this process.

    Returns
    -------
    UncertaintyResult

    Raises
    ------
    ScoringError
        When the base index cannot be built, the plan does not fit the framework, or every draw fails; for an executor
        whose workers die or have other versions, and for functions that cannot be sent to them.
    UnknownNameError
        For an unknown method, option or code in any alternative.

    Notes
    -----
    Weights that a method takes from the scores are found anew for every combination of choices, from the values as
    given: errors in the values do not move them.

    Scores repeat to the byte on one kind of processor, whoever makes them. Another kind may add up in another order and
    change the last bits; ranks look at twelve digits and repeat. So would another number of threads inside the linear
    algebra: it is held to one.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for the quality
    assessment of composite indicators, Journal of the Royal Statistical Society A 168, 307-323.

    Examples
    --------
    >>> from smartcity_analysis.index import IndexSpec
    >>> from smartcity_analysis.index.uncertainty.inputs import Choice, NoisyWeights
    >>> from smartcity_analysis.study import load_framework
    >>> codes = ["life_expectancy", "expected_schooling", "mean_schooling", "spending"]
    >>> rows = [[74.0, 15.3, 10.2, 12359], [73.9, 14.1, 8.9, 14100], [70.1, 12.2, 6.0, 9000]]
    >>> cities = pd.DataFrame(rows, index=["Kediri", "Blitar", "Sampang"], columns=codes)
    >>> inputs = {"mean": Choice("aggregate", ["arithmetic", "geometric"]), "weights": NoisyWeights(0.25)}
    >>> plan = UncertaintyPlan(IndexSpec(), inputs)
    >>> hdi = load_framework("human_development")
    >>> result = propagate(cities, hdi, plan, draws=2000, rng=np.random.default_rng(0))
    >>> result.rank_intervals()["upper"].to_list(), len(result.failures)
    ([1, 2, 3], 0)
    """
    if draws < 1:
        raise ScoringError([f"draws: found {draws}, expected 1 or more."])
    simulation = Simulation(values, framework, plan, node, bounds)
    entropy = tuple(int(word) for word in rng.integers(0, 2**32, size=4, dtype=np.uint64))
    kept = keep(simulation, entropy, draws, rank=rank, memory_mb=memory_mb, threads=threads or 1, executor=executor)
    if kept.failed.all():
        table = failure_table(kept.cause, kept.causes)
        told = "; ".join(f"{row.cause} ({row.draws} draws)" for row in table.itertuples())
        raise ScoringError([f"propagate: found {draws} draws, and every one failed: {told}."])
    return UncertaintyResult(
        values.copy(), framework, plan, simulation.node, draws, entropy, nominal=simulation.nominal, kept=kept
    )
