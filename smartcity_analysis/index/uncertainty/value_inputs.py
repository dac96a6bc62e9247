"""Values that differ from draw to draw: errors added to them, and tables that take their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..labels import did_you_mean, listed
from ..methods import Array, ScoringError
from .inputs import DataError, Replicates
from .streams import Source

__all__ = ["CELLS", "ValueInputs"]

CELLS = 2**17  # numbers worked on at a time where values differ from draw to draw: they stay in the cache
MOST = 16  # times as many at most, where they are shared out among combinations of choices


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """Replicates in the order of the values: those at `taken` stand for the leaves at `columns`."""

    tables: Array | Callable[[Array], Array]
    columns: np.ndarray
    taken: np.ndarray
    missing_only: bool
    dimensions: int

    def number(self, uniform: Array) -> np.ndarray:
        """Return the number of the table at each uniform number; a callable makes its own of them."""
        return uniform if callable(self.tables) else (uniform[..., 0] * len(self.tables)).astype(np.intp)

    def pick(self, uniform: Array) -> Array:
        """Return values ``(draw, region, column)`` from uniform numbers ``(draw, dimension)``."""
        made = self.tables(uniform) if callable(self.tables) else self.tables[self.number(uniform)]
        return np.asarray(made, dtype=float)[..., self.taken]


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """Standard errors above 0, and the limits, of the cells that have one."""

    cells: np.ndarray | slice
    sizes: Array
    lower: Array
    upper: Array
    limited: bool


class ValueInputs:
    """The inputs of a plan that move values, ready for values ``(region, leaf)``.

    Parameters
    ----------
    values : DataFrame
        As given to the index.
    leaves : sequence of str
        Codes of the leaves that are scored, in order.
    inputs : mapping of name to DataError or Replicates
    """

    def __init__(self, values: pd.DataFrame, leaves: Sequence[str], inputs: Mapping[str, DataError | Replicates]):
        self.regions, self.leaves = values.index, list(leaves)
        self.columns = [code for code in values.columns if code in leaves]
        self.base = values.reindex(columns=list(leaves)).to_numpy(dtype=float)
        self._tables: dict[str, _Tables] = {}
        self._errors: dict[str, _Errors] = {}
        for name, each in inputs.items():
            if isinstance(each, Replicates):
                self._tables[name] = _tables(name, each, values, leaves)
            else:
                self._errors[name] = _errors(name, each, values, leaves)

    @property
    def dimensions(self) -> dict[str, int]:
        """How many uniform numbers each input takes for a draw."""
        counts = {name: each.dimensions for name, each in self._tables.items()}
        return counts | {name: len(each.sizes) for name, each in self._errors.items()}

    def batches(
        self, sources: Mapping[str, Source], size: int, shares: int = 1
    ) -> Iterator[tuple[int, int, Array | None]]:
        """Yield first draw, end and values ``(draw, region, leaf)`` of batches of about ``CELLS`` numbers a share.

        Without such inputs there is one batch, whose values are None.
        """
        if not (self._tables or self._errors):
            yield 0, size, None
            return
        uniform = {name: sources[name].uniform(each.dimensions) for name, each in self._tables.items()}
        step = max(1, CELLS * min(shares, MOST) // self.base.size)
        for start in range(0, size, step):
            stop = min(start + step, size)
            x = np.broadcast_to(self.base, (stop - start, *self.base.shape)).copy()
            for name, each in self._tables.items():
                self._replace(x, each, each.pick(uniform[name][:, start:stop].T), name)
            flat = x.reshape(stop - start, -1)
            for name, error in self._errors.items():
                moved = sources[name].normal(len(error.sizes), stop - start)
                moved *= error.sizes
                moved += flat[:, error.cells]
                if error.limited:
                    np.clip(moved, error.lower, error.upper, out=moved)
                flat[:, error.cells] = moved
            yield start, stop, x

    def drawn(self, name: str, source: Source, row: int) -> object:
        """Return what an input was in draw `row` of its source: errors, the number of a table, or uniform numbers."""
        if name in self._tables:
            each = self._tables[name]
            number = each.number(source.uniform(each.dimensions)[:, row])
            return number if callable(each.tables) else int(number)
        error = self._errors[name]
        moved = np.zeros(self.base.size)
        step = max(1, CELLS // self.base.size)
        for first in range(0, row + 1, step):
            part = source.normal(len(error.sizes), min(step, row + 1 - first))
        moved[error.cells] = part[-1] * error.sizes
        table = pd.DataFrame(moved.reshape(self.base.shape), index=self.regions, columns=self.leaves)
        return table[self.columns]

    def _replace(self, x: Array, each: _Tables, picked: Array, name: str) -> None:
        expected = (*x.shape[:2], len(each.columns))
        if picked.shape != expected:
            found = f"found an array {picked.shape}, expected (draw, region, indicator) {expected}"
            raise ScoringError([f"The replicates {name!r}: {found}."])
        part = x[..., each.columns]
        x[..., each.columns] = np.where(np.isnan(part), picked, part) if each.missing_only else picked


def _tables(name: str, each: Replicates, values: pd.DataFrame, leaves: Sequence[str]) -> _Tables:
    given = list(values.columns) if each.columns is None else list(each.columns)
    if callable(each.tables):
        return _Tables(each.tables, *_places(name, given, leaves, values), each.missing_only, each.dimensions)
    if isinstance(each.tables, np.ndarray):
        array = np.asarray(each.tables, dtype=float)
        if array.ndim != 3 or array.shape[1:] != (len(values), len(given)) or not len(array):
            expected = f"expected (replicate, {len(values)} regions, {len(given)} indicators)"
            raise ScoringError([f"The replicates {name!r}: found an array {array.shape}, {expected}."])
    else:
        frames = list(each.tables)
        given = list(frames[0].columns) if frames else []
        lost = [r for r in values.index if any(r not in frame.index for frame in frames)]
        if not frames or lost or any(list(frame.columns) != given for frame in frames):
            expected = "expected tables of the same indicators with a row for every region"
            raise ScoringError([f"The replicates {name!r}: found none for {listed(lost)}, {expected}."])
        array = np.stack([frame.loc[values.index].to_numpy(dtype=float) for frame in frames])
    if np.isinf(array).any():
        raise ScoringError([f"The replicates {name!r}: found infinite numbers, expected finite ones or NaN."])
    return _Tables(array, *_places(name, given, leaves, values), each.missing_only, 1)


def _places(
    name: str, given: Sequence[str], leaves: Sequence[str], values: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the given indicators among the leaves, and among themselves; others take no part."""
    wrong = [code for code in given if code not in values.columns]
    if wrong:
        hint = did_you_mean(wrong[0], values.columns)
        expected = "expected indicators of the values"
        raise ScoringError([f"The input {name!r}: found {listed(wrong)}, {expected}.{hint}"])
    known = [(list(leaves).index(code), at) for at, code in enumerate(given) if code in leaves]
    places = np.array(known, dtype=np.intp).reshape(-1, 2)
    return places[:, 0], places[:, 1]


def _errors(name: str, each: DataError, values: pd.DataFrame, leaves: Sequence[str]) -> _Errors:
    _places(name, [*each.errors.columns, *each.limits], leaves, values)
    lost = [region for region in each.errors.index if region not in values.index]
    sizes = each.errors.reindex(index=values.index, columns=list(leaves)).to_numpy(dtype=float)
    sizes = np.where(np.isnan(sizes) | values.reindex(columns=list(leaves)).isna().to_numpy(), 0.0, sizes)
    problems = []
    if lost:
        problems.append(f"The errors {name!r}: found regions {listed(lost)}, which the values do not have.")
    if (sizes < 0).any() or np.isinf(sizes).any():
        problems.append(f"The errors {name!r}: found a negative or infinite standard error, expected 0 or more.")
    if not (sizes > 0).any():
        problems.append(f"The errors {name!r}: found no standard error above 0 for an observed value, expected some.")
    if problems:
        raise ScoringError(problems)
    cells = np.flatnonzero(sizes)
    limits = np.array([each.limits.get(code, (-np.inf, np.inf)) for code in leaves])[cells % len(leaves)]
    whole = len(cells) == sizes.size
    limited = bool(np.isfinite(limits).any())
    return _Errors(slice(None) if whole else cells, sizes.ravel()[cells], limits[:, 0], limits[:, 1], limited)
