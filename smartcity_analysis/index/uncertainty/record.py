"""One draw in full: what every input was, and the index that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..methods import Array
from ..ranking import rank_array
from ..spec import IndexSpec, NodeSpec
from .combinations import Combination
from .inputs import Choice, DataError, DirichletWeights, LeaveOut, NoisyWeights, Replicates
from .simulation import Simulation
from .streams import BLOCK, Source

__all__ = ["DrawRecord", "draw_inputs", "draw_record"]


@dataclass(frozen=True, eq=False)
class DrawRecord:
    """A draw that can be looked at, and built again.

    Parameters
    ----------
    number : int
        From 0.
    inputs : mapping
        By name: the label of the alternative (Choice); weights by code (DirichletWeights, NoisyWeights); the codes
        that were left out (LeaveOut); the errors added before limits, region by indicator (DataError); the number of
        the table, or for a callable the uniform numbers it was given (Replicates).
    values : DataFrame
        Values after errors, imputation and treatment.
    spec : IndexSpec
        ``build_index(values, framework, spec)`` scores this draw.
    scores, ranks : Series
        Of the node, by region.
    failure : str or None
        Why it has no scores.
    """

    number: int
    inputs: Mapping[str, Any]
    values: pd.DataFrame
    spec: IndexSpec
    scores: pd.Series
    ranks: pd.Series
    failure: str | None


def draw_inputs(simulation: Simulation, entropy: Sequence[int], number: int, size: int, row: int) -> dict[str, Any]:
    """Return what every input was in draw `row` of a block of `size` draws, which are drawn again for it."""
    picks, held = _drawn(simulation, entropy, number, size, row)
    labels = {name: label for name, (label, _) in simulation.combinations.alternatives(picks).items()}
    sources = simulation.streams(entropy, number, size)
    ends = [child for _, child in simulation.tree.edges]
    found: dict[str, Any] = {}
    for name, each in simulation.plan.inputs.items():
        if isinstance(each, Choice):
            found[name] = labels[name]
        elif isinstance(each, DirichletWeights | NoisyWeights):
            rows = simulation.weighted[name][1]
            found[name] = pd.Series(held[rows], index=[ends[edge] for edge in rows], name=name)
        elif isinstance(each, LeaveOut):
            rows = simulation.left[name][1]
            found[name] = tuple(ends[edge] for edge in rows[each.kept(sources[name], len(rows))[:, row] == 0])
        elif isinstance(each, DataError | Replicates):
            found[name] = simulation.values.drawn(name, sources[name], row)
    return found


def draw_record(simulation: Simulation, entropy: Sequence[int], number: int, size: int, row: int) -> DrawRecord:
    """Return draw `row` of a block of `size` draws, all of which are drawn again for it."""
    made = simulation.block(entropy, number, size)
    picks, held = _drawn(simulation, entropy, number, size, row)
    combinations = simulation.combinations
    member = combinations.get(picks)
    failed = int(made.cause[row])
    spec = combinations.spec(picks)
    return DrawRecord(
        number=number * BLOCK + row,
        inputs=draw_inputs(simulation, entropy, number, size, row),
        values=_values(simulation, picks, member, simulation.streams(entropy, number, size), size, row),
        spec=spec if member.cause else _with_weights(simulation, spec, held),
        scores=pd.Series(made.scores[row], index=simulation.regions, name=simulation.node),
        ranks=pd.Series(rank_array(made.scores[[row]])[0], index=simulation.regions, name=simulation.node),
        failure=made.causes[failed - 1] if failed else None,
    )


def _drawn(
    simulation: Simulation, entropy: Sequence[int], number: int, size: int, row: int
) -> tuple[tuple[int, ...], Array]:
    """Return the alternatives and the weights, by edge, of a draw."""
    sources = simulation.streams(entropy, number, size)
    picks = simulation.picks(sources, size)
    members, which = simulation.members(picks)
    weights, _ = simulation.weights(sources, members, which)
    held = members[which[row]].nominal[:, 0] if weights is None else weights[:, row]
    return tuple(int(pick) for pick in picks[:, row]), held


def _values(
    simulation: Simulation,
    picks: tuple[int, ...],
    member: Combination,
    sources: Mapping[str, Source],
    size: int,
    row: int,
) -> pd.DataFrame:
    """Return the values of a draw, ready to be normalised."""
    ready = simulation.combinations.ready_values(picks)
    if member.chain is None:
        return ready
    for start, stop, values in simulation.values.batches(sources, size):
        if values is not None and start <= row < stop:
            ready = ready.copy()
            ready[list(simulation.tree.leaves)] = member.chain.ready(values[[row - start]])[0]
    return ready


def _with_weights(simulation: Simulation, spec: IndexSpec, held: Array) -> IndexSpec:
    """Return a spec with the weights of a draw at every node."""
    nodes = dict(spec.nodes)
    for number, code in enumerate(simulation.tree.groups):
        edges = np.flatnonzero(simulation.tree.group == number)
        own = {simulation.tree.edges[edge][1]: float(held[edge]) for edge in edges}
        nodes[code] = replace(nodes.get(code, NodeSpec()), weights=own)
    return replace(spec, nodes=nodes)
