"""Kernels of decomposition: what each group has, and how unequal it is inside."""

from __future__ import annotations

import numpy as np

from .checks import compute
from .kernels import Array, Places
from .measures import Measure

__all__ = ["inside_groups"]

_CELLS = 4_000_000  # cells in one block of groups: 32 MB


def inside_groups(measure: Measure, values: Array, weights: Array, codes: Places, groups: int) -> dict[str, Array]:
    """Return columns `(group,)`; the contributions are what the groups add to the part within.

    `values` and `weights` are `(region,)`, and `codes` says which group each region is in.
    """
    sizes = np.bincount(codes, minlength=groups)
    people = np.bincount(codes, weights, minlength=groups).astype(np.float64)
    amount = np.bincount(codes, weights * values, minlength=groups).astype(np.float64)
    order = np.argsort(codes, kind="stable")
    own = _each(measure, values, weights, order, sizes, amount)
    people_share, value_share = people / people.sum(), amount / amount.sum()
    alpha = float(measure.entropy_order or 0.0)
    return {
        "regions": sizes,
        "population_share": people_share,
        "value_share": value_share,
        "mean": amount / people,
        "inequality": own,
        "contribution": people_share ** (1 - alpha) * value_share**alpha * own,
    }


def _each(measure: Measure, values: Array, weights: Array, order: Places, sizes: Places, amount: Array) -> Array:
    """Return the measure inside every group; groups of like size stand in one array, filled up with weights of 0."""
    starts, found = np.cumsum(sizes) - sizes, np.zeros(sizes.size)
    largest_first, first = np.argsort(-sizes, kind="stable"), 0
    while first < sizes.size:
        width = int(sizes[largest_first[first]])
        block = largest_first[first : first + max(1, _CELLS // width)]
        slots = np.arange(width)
        filled = slots < sizes[block, np.newaxis]
        places = order[np.where(filled, starts[block, np.newaxis] + slots, 0)]
        # A group that has nothing at all is equal inside.
        x = np.where(filled & (amount[block, np.newaxis] > 0), values[places], 1.0)
        found[block] = compute(measure, x, np.where(filled, weights[places], 0.0))
        first += block.size
    return found
