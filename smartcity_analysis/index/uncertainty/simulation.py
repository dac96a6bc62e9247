"""Draws of an index: inputs are drawn, draws with the same alternatives are scored together, failures are explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...study.framework import Framework
from ..labels import listed
from ..methods import Array, Mask, ScoringError
from ..normalisation.bounds import BoundsLike
from ..one_thread import one_thread
from ..tree import Structure, score_tree
from .combinations import Combination, Combinations
from .inputs import DataError, DirichletWeights, LeaveOut, NoisyWeights, Replicates, UncertaintyPlan
from .streams import BLOCK, Source, Stream
from .value_inputs import CELLS, ValueInputs

__all__ = ["Outcome", "Simulation"]

TILE = 512  # regions scored at a time where one matrix product is all there is, so that it stays in the cache
EMPTY = "every indicator is left out"
Rows = slice | np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Draws that were scored.

    `scores` ``(draw, region)`` are NaN throughout in a draw that failed; `cause` is 0 in one that did not, else the
    number, from 1, of its cause in `causes`; `picks` ``(choice, draw)`` are the alternatives.
    """

    scores: Array
    cause: np.ndarray
    causes: list[str]
    picks: np.ndarray


@dataclass(frozen=True, slots=True)
class _Failures:
    """The first cause of every draw that fails."""

    cause: np.ndarray
    causes: list[str] = field(default_factory=list)

    def add(self, rows: Rows, cause: str, failed: Mask | bool = True) -> None:
        if cause not in self.causes:
            self.causes.append(cause)
        part = self.cause[rows]
        self.cause[rows] = np.where(failed & (part == 0), self.causes.index(cause) + 1, part)


class Simulation:
    """What a plan comes to for given values; :meth:`block` and :meth:`run` make draws of it.

    It is pickled as what it was made of, which is a fraction of what it comes to.

    Parameters
    ----------
    values, framework, plan, bounds
        As given by the caller.
    node : str, optional
        Node whose scores are drawn. None: the root.
    """

    @one_thread
    def __init__(
        self,
        values: pd.DataFrame,
        framework: Framework,
        plan: UncertaintyPlan,
        node: str | None = None,
        bounds: BoundsLike | None = None,
    ):
        self.plan, self.regions = plan, values.index
        self.node = framework.root.code if node is None else framework.node(node).code
        inputs = plan.inputs.items()
        moved = {name: each for name, each in inputs if isinstance(each, DataError | Replicates)}
        self.combinations = Combinations(values, framework, plan, bounds, self.node, bool(moved))
        self.nominal = self.combinations.nominal
        self.tree = self.combinations.tree
        self.values = ValueInputs(values, self.tree.leaves, moved)
        weighted = {name: each for name, each in inputs if isinstance(each, DirichletWeights | NoisyWeights)}
        self.weighted = {name: (each, self._edges_below(each.below)) for name, each in weighted.items()}
        left = {name: each for name, each in inputs if isinstance(each, LeaveOut)}
        self.left = {name: (each, self._edges_to(each.codes)) for name, each in left.items()}
        self._check_weighted()
        self.siblings = np.bincount(self.tree.group)[self.tree.group].astype(float)[:, np.newaxis]

    def __reduce__(self) -> tuple[type[Simulation], tuple[object, ...]]:
        given = self.combinations
        return type(self), (given.values, given.framework, given.plan, self.node, given.bounds)

    @property
    def dimensions(self) -> dict[str, int]:
        """How many uniform numbers each input takes for a draw."""
        counts = dict.fromkeys(self.combinations.choices, 1)
        counts |= {name: len(rows) for name, (_, rows) in self.weighted.items()}
        counts |= {name: len(rows) if each.probability is not None else 1 for name, (each, rows) in self.left.items()}
        counts |= self.values.dimensions
        return {name: counts[name] for name in self.plan.inputs}

    def block(self, entropy: Sequence[int], number: int, size: int = BLOCK, out: Array | None = None) -> Outcome:
        """Return the first `size` draws of block `number`, from 0."""
        return self.run(self.streams(entropy, number, size), size, out)

    def streams(self, entropy: Sequence[int], number: int, size: int = BLOCK) -> dict[str, Source]:
        """Return the random numbers of a block, by input."""
        return {name: Stream(entropy, number, name, size) for name in self.plan.inputs}

    @one_thread
    def run(self, sources: Mapping[str, Source], size: int, out: Array | None = None) -> Outcome:
        """Return draws made of the numbers in `sources`; scores are written to `out` where it is given."""
        scores = np.empty((size, len(self.regions))) if out is None else out
        failures = _Failures(np.zeros(size, dtype=np.int16))
        picks = self.picks(sources, size)
        members, which = self.members(picks)
        weights, empty = self.weights(sources, members, which)
        if empty.any():
            failures.add(slice(None), EMPTY, empty)
        for start, stop, values in self.values.batches(sources, size, len(members)):
            for number, rows, part in _groups(which, len(members), start, stop, values):
                member = members[number]
                if member.cause is None:
                    self._score(
                        member, rows, part, member.nominal if weights is None else weights[:, rows], scores, failures
                    )
                else:
                    failures.add(rows, member.cause)
        failed = failures.cause > 0
        if failed.any():
            scores[failed] = np.nan
        return Outcome(scores, failures.cause, failures.causes, picks)

    def picks(self, sources: Mapping[str, Source], size: int) -> np.ndarray:
        """Return the number of every choice's alternative in every draw, ``(choice, draw)``."""
        chosen = [each.pick(sources[name].uniform(1)[0]) for name, each in self.combinations.choices.items()]
        return np.array(chosen, dtype=np.int16).reshape(len(chosen), size)

    def members(self, picks: np.ndarray) -> tuple[list[Combination], np.ndarray]:
        """Return the combinations that are met, and which of them each draw has."""
        if not len(picks):
            return [self.combinations.get(())], np.zeros(picks.shape[1], dtype=np.intp)
        number = np.ravel_multi_index(tuple(picks.astype(np.intp)), self.combinations.counts)
        _, first, which = np.unique(number, return_index=True, return_inverse=True)
        return [self.combinations.get(tuple(picks[:, at].tolist())) for at in first], which

    def weights(
        self, sources: Mapping[str, Source], members: Sequence[Combination], which: np.ndarray
    ) -> tuple[Array | None, Mask]:
        """Return weights ``(edge, draw)``, and in which draws nothing is left; None where no input moves them."""
        usable = next((member.nominal for member in members if member.cause is None), None)
        if usable is None or not (self.weighted or self.left):
            return None, np.zeros(len(which), dtype=bool)
        each = np.concatenate([usable if member.cause else member.nominal for member in members], axis=1)
        nominal = usable if (each == usable).all() else each[:, which]
        raw: Array | None = None
        for name, (given, rows) in self.weighted.items():
            drawn = given.raw(sources[name], nominal[rows], self.siblings[rows])
            if len(rows) == len(nominal):
                raw = drawn
            else:
                raw = np.broadcast_to(nominal, (len(nominal), len(which))).copy() if raw is None else raw
                raw[rows] = drawn
        if raw is None:
            raw = np.broadcast_to(nominal, (len(nominal), len(which))).copy()
        for name, (left, rows) in self.left.items():
            raw[rows] *= left.kept(sources[name], len(rows))
        return self.tree.shares(raw, nominal)

    def _score(
        self, member: Combination, rows: Rows, values: Array | None, weights: Array, out: Array, failures: _Failures
    ) -> None:
        """Write the scores of draws that have one combination."""
        if values is None:
            assert member.leaves is not None and member.structure is not None  # the combination has no cause
            leaves, structure = member.leaves, member.structure
        else:
            assert member.chain is not None
            leaves, causes = member.chain.score(values)
            structure = member.structure_for(self.tree, np.asarray(~np.isnan(leaves).any(axis=(0, 1))))
            for cause, failed in causes.items():
                failures.add(rows, cause, failed)
        for draws, regions in _pieces(structure, leaves, weights.shape[1]):
            part = leaves if values is not None else leaves[regions]
            at = _part(rows, draws)
            try:
                out[at, regions], causes = score_tree(self.tree, structure, part, weights[:, draws])
            except ScoringError as error:  # an option that the rule of one alternative refuses
                failures.add(at, "; ".join(error.problems))
            else:
                for cause, failed in causes.items():
                    failures.add(at, cause, failed)

    def _edges_below(self, parents: Sequence[str]) -> np.ndarray:
        """Return the edges of parents with several children; of all parents where none is named."""
        self._check_codes(parents, self.tree.groups)
        sizes = np.bincount(self.tree.group)
        wanted = [number for number, code in enumerate(self.tree.groups) if not parents or code in parents]
        return np.flatnonzero(np.isin(self.tree.group, wanted) & (sizes[self.tree.group] > 1))

    def _edges_to(self, codes: Sequence[str]) -> np.ndarray:
        """Return the edges that end in these nodes; in the leaves where none is named."""
        ends = [child for _, child in self.tree.edges]
        self._check_codes(codes, ends)
        return np.array([ends.index(code) for code in codes or self.tree.leaves], dtype=np.intp)

    def _check_codes(self, codes: Sequence[str], known: Sequence[str]) -> None:
        wrong = [code for code in codes if code not in known]
        if wrong:
            raise ScoringError([f"The plan: found {listed(wrong)}, expected codes among {listed(known)}."])

    def _check_weighted(self) -> None:
        taken: dict[int, str] = {}
        for name, (_, rows) in self.weighted.items():
            if not len(rows):
                raise ScoringError([f"The plan: found no siblings whose weights {name!r} could move. Remove it."])
            for row in rows.tolist():
                first = taken.setdefault(row, name)
                if first != name:
                    parent = self.tree.edges[row][0]
                    remedy = "Name different parents in their below=."
                    raise ScoringError(
                        [f"The plan: found {first!r} and {name!r} moving weights below {parent!r}. {remedy}"]
                    )


def _groups(
    which: np.ndarray, count: int, start: int, stop: int, values: Array | None
) -> Iterator[tuple[int, Rows, Array | None]]:
    """Yield each combination among the draws from `start` to `stop`, its draws, and their values."""
    if count == 1:
        yield 0, slice(start, stop), values
        return
    part = which[start:stop]
    order = np.argsort(part, kind="stable")
    ends = np.searchsorted(part[order], np.arange(count + 1))
    for number in range(count):
        rows = order[ends[number] : ends[number + 1]]
        if len(rows):
            yield number, rows + start, None if values is None else values[rows]


def _pieces(structure: Structure, leaves: Array, draws: int) -> Iterator[tuple[slice, slice]]:
    """Yield draws and regions that are scored at a time; the pieces depend on nothing but the problem's size."""
    regions = leaves.shape[-2]
    if leaves.ndim == 3:
        yield slice(None), slice(None)
    elif all(step.product for step in structure.steps):
        tile = TILE if len(structure.steps) == 1 else TILE // 4
        for first in range(0, regions, tile):
            yield slice(None), slice(first, min(first + tile, regions))
    else:
        step = max(1, CELLS // leaves.size)
        for first in range(0, draws, step):
            yield slice(first, min(first + step, draws)) if draws > step else slice(None), slice(None)


def _part(rows: Rows, draws: slice) -> Rows:
    """Return a part of the rows."""
    if draws == slice(None):
        return rows
    return rows[draws] if isinstance(rows, np.ndarray) else slice(rows.start + draws.start, rows.start + draws.stop)
