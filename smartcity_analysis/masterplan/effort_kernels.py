"""The least that must rise until a weighted sum has risen by what is needed: exact answers on arrays, without labels.

Every kernel returns gains ``(item,)`` between 0 and `room` with ``weights @ gains >= need``, and takes for granted that
there are such gains, that weights, prices and rooms are above 0, and that the items come in the order in which ties are
broken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["COVERED", "cheapest", "fewest", "smoothest", "stepwise"]

Array = NDArray[np.float64]
COVERED = 1e-9  # a sum that misses the need by so little has reached it
_SAME = 1e-12  # costs and gains that differ by less are equal


def cheapest(weights: Array, prices: Array, room: Array, need: float) -> Array:
    """Return the gains of least total price: where a point of the sum is cheapest, to the end, then the next."""
    order = np.argsort(np.round(prices / weights, 12), kind="stable")
    full = weights[order] * room[order]
    taken = np.clip(need - np.concatenate([[0.0], np.cumsum(full)[:-1]]), 0.0, full)
    gains = np.zeros_like(room)
    gains[order] = np.where(taken == full, room[order], taken / weights[order])
    return gains


def fewest(weights: Array, prices: Array, room: Array, need: float) -> Array:
    """Return which items rise (True) when as few as possible do: those that can give most, then the cheapest."""
    order = np.lexsort((np.round(prices / weights, 12), -np.round(weights * room, 12)))
    reached = np.cumsum((weights * room)[order])
    chosen = np.zeros(len(room), dtype=bool)
    chosen[order[: int(np.searchsorted(reached, need - COVERED)) + 1]] = True
    return chosen


def smoothest(weights: Array, prices: Array, room: Array, need: float) -> Array:
    """Return the gains of least priced sum of squares: proportional to weight over price, cut off at the room.

    The common factor rises until the need is met (water-filling); between two items reaching their room the sum is
    linear in it, so the factor is solved for exactly.
    """
    slope = weights / prices
    ends = np.argsort(room / slope, kind="stable")
    open_slope = float(weights @ slope)
    filled = 0.0
    for item in ends:
        factor = (need - filled) / open_slope if open_slope > 0 else np.inf
        if factor <= room[item] / slope[item]:
            return np.minimum(room, factor * slope)
        filled += weights[item] * room[item]
        open_slope -= weights[item] * slope[item]
    return room.copy()


@dataclass(frozen=True, eq=False)
class _Rest:
    """What the items still to be decided can give: whole steps in order of price, summed up."""

    gain: Array
    cost: Array

    @classmethod
    def of(cls, gains: list[Array], costs: list[Array]) -> _Rest:
        """Return the steps of the items whose options are `gains` and `costs`, the cheapest gain first."""
        gain = np.concatenate([np.diff(g) for g in gains] or [np.empty(0)])
        cost = np.concatenate([np.diff(c) for c in costs] or [np.empty(0)])
        order = np.argsort(np.round(cost / gain, 12), kind="stable")
        return cls(*(np.concatenate([[0.0], np.cumsum(part[order])]) for part in (gain, cost)))

    def least(self, need: Array) -> Array:
        """Return a price below which `need` cannot be met, part of a step allowed; infinite where it cannot at all."""
        bound = np.interp(need, self.gain, self.cost)
        return np.where(need > self.gain[-1] + COVERED, np.inf, bound)

    def enough(self, need: Array) -> Array:
        """Return a price for which whole steps do meet `need`; infinite where they cannot."""
        place = np.searchsorted(self.gain, need - COVERED)
        return np.where(place < len(self.cost), self.cost[np.minimum(place, len(self.cost) - 1)], np.inf)


def stepwise(gains: list[Array], costs: list[Array], need: float) -> NDArray[np.intp]:
    """Return how many whole steps each item rises, at least total cost.

    Parameters
    ----------
    gains, costs : list of array
        For each item, what 0, 1, 2, ... steps give and cost; both rise, and no step costs less than the one before.
    need : float

    Notes
    -----
    Dynamic programming over the pairs (cost, gain) that no other pair beats (Nemhauser and Ullmann 1969), without those
    that cannot lead to the best: a pair is left out when its cost and the cheapest rest, part of a step allowed, exceed
    what whole steps are known to cost.

    References
    ----------
    Nemhauser, G. L. and Ullmann, Z. (1969), Discrete dynamic programming and capital allocation, Management Science
    15(9), 494-505.
    """
    order = sorted(range(len(gains)), key=lambda i: round(float(costs[i][1] / gains[i][1]), 12))
    cost, gain = np.zeros(1), np.zeros(1)
    best = np.inf
    back: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    for place, item in enumerate(order):
        later = order[place + 1 :]
        rest = _Rest.of([gains[i] for i in later], [costs[i] for i in later])
        steps = np.arange(len(gains[item]))  # few steps first: of equal plans, the one that leaves later items alone
        new_cost = (costs[item][steps][:, np.newaxis] + cost).ravel()
        new_gain = np.minimum((gains[item][steps][:, np.newaxis] + gain).ravel(), need)
        open_need = need - new_gain
        best = min(best, float((new_cost + rest.enough(open_need)).min()))
        keep = np.flatnonzero(new_cost + rest.least(open_need) <= best + COVERED)
        keep = keep[_unbeaten(new_cost[keep], new_gain[keep])]
        back.append((keep % len(cost), steps[keep // len(cost)]))
        cost, gain = new_cost[keep], new_gain[keep]
    return _traced(order, back, int(np.flatnonzero(gain >= need - COVERED)[0]))


def _unbeaten(cost: Array, gain: Array) -> NDArray[np.intp]:
    """Return the places of the pairs that give more than every cheaper one, by rising cost."""
    order = np.lexsort((-np.round(gain, 12), np.round(cost, 12)))
    highest = np.concatenate([[-np.inf], np.maximum.accumulate(gain[order])[:-1]])
    return order[gain[order] > highest + _SAME]


def _traced(order: list[int], back: list[tuple[NDArray[np.intp], NDArray[np.intp]]], place: int) -> NDArray[np.intp]:
    taken = np.zeros(len(order), dtype=np.intp)
    for item, (parents, steps) in zip(order[::-1], back[::-1], strict=True):
        taken[item] = steps[place]
        place = int(parents[place])
    return taken
