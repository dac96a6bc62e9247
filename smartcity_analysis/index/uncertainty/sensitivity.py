"""What the uncertainty of an index comes from: Sobol' indices of every input, for as many outputs as are asked for."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ...study.framework import Framework
from ...study.readable import readable
from ..build import IndexResult
from ..labels import listed
from ..methods import Array, Mask, ScoringError
from ..normalisation.bounds import BoundsLike
from ..one_thread import one_thread
from ..ranking import rank_array
from .inputs import UncertaintyPlan
from .simulation import Simulation
from .sobol import PARTS, SobolIndices, sobol_design, sobol_indices
from .streams import BLOCK, Points
from .summaries import failure_table, renumbered
from .workers import each

__all__ = ["Output", "SensitivityResult", "sensitivity"]

Kernel: TypeAlias = Callable[[Array], Array]
Output: TypeAlias = str | Sequence[Any] | Kernel | Mapping[str, Kernel]
NAMED = ("scores", "ranks", "rank_shift")


@readable("total")
@dataclass(frozen=True, eq=False)
class SensitivityResult:
    """Sobol' indices of every input for every output.

    Parameters
    ----------
    indices : SobolIndices
        Arrays ``(input, output)``.
    inputs, outputs : Index
        Their labels.
    points, runs : int
        Points of the design, and draws scored: points x (inputs + 2).
    level : float
        Of the intervals.
    failures : DataFrame
        Every cause of failure: `cause`, `draws`, `share` of all runs, `first`. A point is left out of an index where
        one of the three draws it needs failed.
    nominal : IndexResult
        The base index.
    framework, plan
        As they were given.
    """

    indices: SobolIndices
    inputs: pd.Index
    outputs: pd.Index
    points: int
    runs: int
    level: float
    failures: pd.DataFrame
    nominal: IndexResult
    framework: Framework
    plan: UncertaintyPlan

    @property
    def first(self) -> pd.DataFrame:
        """Share of an output's variance that an input explains by itself, output by input."""
        return self._table(self.indices.first)

    @property
    def total(self) -> pd.DataFrame:
        """Share of an output's variance that an input has a part in, output by input."""
        return self._table(self.indices.total)

    @property
    def interactions(self) -> pd.Series:
        """Share of the variance that no input explains by itself, by output; 0 for one that does not vary."""
        left = 1 - self.first.sum(axis=1)
        return left.where(self.variance > 0, 0.0).rename("interactions")

    @property
    def variance(self) -> pd.Series:
        """Variance of every output."""
        return pd.Series(self.indices.variance, index=self.outputs, name="variance")

    def table(self) -> pd.DataFrame:
        """Return all indices with their intervals, a row an output and input.

        Returns
        -------
        DataFrame
            `first`, `first_lower`, `first_upper`, `total`, `total_lower`, `total_upper`, and `used`: points that the
            index rests on. Bounds are NaN without resamples.
        """
        found = self.indices
        parts = {"first": found.first, "first_lower": found.first_interval[0], "first_upper": found.first_interval[1]}
        parts |= {"total": found.total, "total_lower": found.total_interval[0], "total_upper": found.total_interval[1]}
        index = pd.MultiIndex.from_product([self.outputs, self.inputs], names=["output", "input"])
        return pd.DataFrame({name: part.T.ravel() for name, part in {**parts, "used": found.used}.items()}, index=index)

    def convergence(self) -> pd.DataFrame:
        """Return the indices from the first eighth, quarter and half of the points, and from all of them.

        Returns
        -------
        DataFrame
            By `output`, `input` and `points`: `first`, `total`. Numbers that still move say that more draws are needed.
        """
        counts = [self.points // part for part in PARTS]
        index = pd.MultiIndex.from_product([self.outputs, self.inputs, counts], names=["output", "input", "points"])
        paths = {"first": self.indices.first_path, "total": self.indices.total_path}
        return pd.DataFrame({name: path.transpose(2, 1, 0).ravel() for name, path in paths.items()}, index=index)

    def _table(self, array: Array) -> pd.DataFrame:
        return pd.DataFrame(array.T, index=self.outputs, columns=self.inputs)


@one_thread
def sensitivity(
    values: pd.DataFrame,
    framework: Framework,
    plan: UncertaintyPlan,
    *,
    draws: int,
    rng: np.random.Generator,
    output: Output = "scores",
    resamples: int = 100,
    level: float = 0.95,
    node: str | None = None,
    bounds: BoundsLike | None = None,
    memory_mb: float = 1024,
    executor: Executor | None = None,
) -> SensitivityResult:
    """Return how much of the variance of an index each input of the plan explains, alone and in all.

    Parameters
    ----------
    values, framework, plan
        As for :func:`propagate`. Each input of the plan is one input here, a group of weights as a whole.
    draws : int
        Points of the design, a power of 2; the index is scored ``draws x (inputs + 2)`` times.
    rng : Generator
    output : str, sequence, callable or mapping
        ``"scores"`` or ``"ranks"`` of every region; ``"rank_shift"``, the mean absolute difference of all ranks from
        the nominal ones; a list of regions, for their scores; a function of scores ``(draw, region)`` that returns one
        number a draw, such as a measure of disparity, or several such functions by name.
    resamples : int
        Bootstrap samples for the intervals. 0: no intervals.
    level : float
        Of the intervals.
    node : str, optional
        Node whose scores are meant. None: the index.
    bounds : DataFrame or mapping, optional
        As for :func:`build_index`; they hold in every draw.
    memory_mb : float
        Megabytes that the design and the outputs may take.
    executor : Executor, optional
        Who scores the draws, as for :func:`propagate`; the result is the same. A function as output must then stand in
        a module that the workers can import. None: this process.

    Returns
    -------
    SensitivityResult

    Raises
    ------
    ScoringError
        For a number of draws that is no power of 2, outputs that need more memory than is allowed, and when no draw
        can be scored; for an executor as :func:`propagate` says.

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181, 259-270. Discrete choices and distributions are driven
    by their quantile functions: Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168.

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
    >>> found = sensitivity(cities, hdi, plan, draws=256, rng=np.random.default_rng(0))
    >>> found.first.idxmax(axis=1).to_dict()
    {'Kediri': 'weights', 'Blitar': 'weights', 'Sampang': 'weights'}
    """
    simulation = Simulation(values, framework, plan, node, bounds)
    measure, labels = _measure(simulation, output)
    sizes = simulation.dimensions
    need = draws * (2 * sum(sizes.values()) + 8 * len(labels)) * 8 / 2**20
    if need > memory_mb:
        remedy = "Raise memory_mb, ask for fewer regions or a measure as output, or take fewer draws."
        found = f"the design and the outputs take {need:.0f} MB, and memory_mb={memory_mb:g} allows less"
        raise ScoringError([f"The memory: {found}. {remedy}"])
    design = _Design.drawn(simulation, measure, len(labels), draws, rng)
    samples = [(), tuple(sizes), *((name,) for name in sizes)]
    blocks = range(-(-draws // BLOCK))
    tasks = [(moved, number) for moved in samples for number in blocks]
    made = _Outputs(each(design, tasks, executor, size=BLOCK * len(labels) * 8, memory_mb=memory_mb), len(blocks))
    first, second = made.sample(), made.sample()
    mixed = (made.sample() for _ in sizes)
    indices = sobol_indices(first, second, mixed, resamples=resamples, rng=rng, level=level)
    failures = failure_table(np.concatenate(made.cause), made.causes)
    if not np.isfinite(first).any():
        told = "; ".join(f"{row.cause} ({row.draws} draws)" for row in failures.itertuples())
        told = told or "no output is a finite number"
        raise ScoringError([f"sensitivity: found no draw that can be scored: {told}."])
    return SensitivityResult(
        indices=indices,
        inputs=pd.Index(list(plan.inputs), name="input"),
        outputs=pd.Index(labels, name="output"),
        points=draws,
        runs=draws * (len(sizes) + 2),
        level=level,
        failures=failures,
        nominal=simulation.nominal,
        framework=framework,
        plan=plan,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Outputs ``(point, output)`` of a block of draws, and what made draws fail, as in :class:`Outcome`."""

    outputs: Array
    cause: np.ndarray
    causes: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """The two samples of a design; called, it makes the outputs of draws that mix them.

    It is pickled as what the samples are drawn from, not with the samples, which are larger than all the rest.
    """

    simulation: Simulation
    measure: Kernel
    width: int
    points: int
    before: np.random.Generator
    first: Mapping[str, list[Points]]
    second: Mapping[str, list[Points]]

    @classmethod
    def drawn(
        cls, simulation: Simulation, measure: Kernel, width: int, points: int, rng: np.random.Generator
    ) -> _Design:
        """Return the design that a generator makes next."""
        before, sizes = copy.deepcopy(rng), simulation.dimensions
        a, b = sobol_design(points, sum(sizes.values()), rng)
        return cls(simulation, measure, width, points, before, _sources(sizes, a), _sources(sizes, b))

    def __reduce__(self) -> tuple[Callable[..., _Design], tuple[object, ...]]:
        return type(self).drawn, (self.simulation, self.measure, self.width, self.points, self.before)

    def __call__(self, task: tuple[tuple[str, ...], int]) -> _Part:
        """Return a block of the first sample, with the numbers of some inputs from the second."""
        moved, number = task
        sample = {name: self.second[name] if name in moved else points for name, points in self.first.items()}
        sources = {name: points[number].again() for name, points in sample.items()}
        made = self.simulation.run(sources, next(iter(sources.values())).size)
        return _Part(self._measured(made.scores, made.cause == 0), made.cause, made.causes)

    def _measured(self, scores: Array, good: Mask) -> Array:
        """Return outputs ``(draw, output)``; NaN in draws that failed, which no measure is asked about."""
        if good.all():
            return self.measure(scores)
        result = np.full((len(scores), self.width), np.nan)
        if good.any():
            result[good] = self.measure(scores[good])
        return result


class _Outputs:
    """The outputs of one sample after another, put together of their blocks, and what made draws fail."""

    def __init__(self, parts: Iterator[_Part], blocks: int):
        self.parts, self.blocks = parts, blocks
        self.cause: list[np.ndarray] = []
        self.causes: list[str] = []

    def sample(self) -> Array:
        """Return outputs ``(point, output)`` of the next sample."""
        outputs = []
        for part in islice(self.parts, self.blocks):
            self.causes += [cause for cause in part.causes if cause not in self.causes]
            self.cause.append(renumbered(part.cause, part.causes, self.causes))
            outputs.append(part.outputs)
        return np.concatenate(outputs)


def _sources(sizes: Mapping[str, int], uniform: Array) -> dict[str, list[Points]]:
    """Return every input's numbers, cut into blocks."""
    starts = np.cumsum([0, *sizes.values()])
    cuts = range(0, uniform.shape[1], BLOCK)
    return {
        name: [Points(uniform[start : start + size, cut : cut + BLOCK]) for cut in cuts]
        for (name, size), start in zip(sizes.items(), starts[:-1], strict=True)
    }


def _measure(simulation: Simulation, output: Output) -> tuple[Kernel, list[Any]]:
    """Return what makes outputs ``(draw, output)`` of scores ``(draw, region)``, and their labels."""
    regions = simulation.regions
    if isinstance(output, str) and output in NAMED:
        if output == "scores":
            return _same, list(regions)
        if output == "ranks":
            return _ranks, list(regions)
        nominal = simulation.nominal.ranks[simulation.node].to_numpy(dtype=float, na_value=np.nan)
        return partial(_rank_shift, nominal), [output]
    if callable(output):
        return partial(_several, [output]), [getattr(output, "__name__", "output")]
    if isinstance(output, Mapping):
        return partial(_several, list(output.values())), list(output)
    wanted = [output] if isinstance(output, str) else list(output)
    absent = [region for region in wanted if region not in regions]
    if absent or not wanted:
        expected = f"expected one of {listed(NAMED)}, regions, or a function of the scores"
        raise ScoringError([f"output: found {listed(absent) or 'nothing'}, {expected}."])
    places = regions.get_indexer(wanted)
    return partial(_some, places), wanted


def _same(scores: Array) -> Array:
    return scores


def _some(places: np.ndarray, scores: Array) -> Array:
    return scores[:, places]


def _rank_shift(nominal: Array, scores: Array) -> Array:
    return _mean_known(np.abs(_ranks(scores) - nominal))


def _ranks(scores: Array) -> Array:
    ranks = rank_array(scores).astype(float)
    return np.where(ranks > 0, ranks, np.nan)


def _mean_known(array: Array) -> Array:
    """Return the mean ``(draw, 1)`` over the regions that have a number."""
    known = ~np.isnan(array)
    count = np.count_nonzero(known, axis=1)
    total = np.where(known, array, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(array), np.nan), where=count > 0)[:, np.newaxis]


def _several(kernels: Sequence[Kernel], scores: Array) -> Array:
    columns = [np.asarray(kernel(scores), dtype=float) for kernel in kernels]
    for column in columns:
        if column.shape != (len(scores),):
            expected = f"expected one number a draw, ({len(scores)},)"
            raise ScoringError([f"output: found an array {column.shape} from scores {scores.shape}, {expected}."])
    return np.stack(columns, axis=1)
