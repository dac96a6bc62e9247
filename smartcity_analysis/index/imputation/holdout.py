"""What an imputation would have made of values that are known: cells are hidden, filled and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..methods import Array, Mask
from .asked import Task, fill

__all__ = ["error_pool", "errors_of", "hidden", "stretch"]

CELLS = 20_000_000  # at once
KEPT = 2  # values an indicator keeps whatever is hidden


def hidden(values: Array, share: float, repeats: int, rng: np.random.Generator) -> Iterator[Mask]:
    """Yield which cells to hide, ``(repeat, ..., indicator)``, a few repeats at a time.

    A share of every indicator's observed values, one at least, but so that two remain.
    """
    for rank, count in _ranks(values, repeats, rng):
        number = np.minimum(np.maximum(1, np.floor(share * count + 1e-9)), np.maximum(count - KEPT, 0))
        yield rank < number


def error_pool(task: Task, share: float, repeats: int, rng: np.random.Generator) -> tuple[Array, np.ndarray]:
    """Return errors on hidden cells, a column an indicator with NaN at the end, and how many each column has.

    Every observed cell is hidden `repeats` times, a share of its indicator at a time. An indicator with fewer than
    three observed values is never hidden.
    """
    values = task.table.array
    parts = []
    for folds in _folds(values, share, repeats, rng):
        error = np.full(folds[0].shape, np.nan)
        for hide in folds:
            error = np.where(hide, errors_of(task, hide), error)
        parts.append(error.reshape(-1, values.shape[-1]))
    pool = np.sort(np.concatenate(parts), axis=0)
    size = np.count_nonzero(~np.isnan(pool), axis=0)
    return pool[: size.max(initial=0)], size


def stretch(task: Task, spread: Callable[..., Array], share: float, repeats: int, rng: np.random.Generator) -> Array:
    """Return by indicator how much larger a method's errors on hidden cells are than its own model has them.

    The ratio of their root mean squares; 1 for an indicator that is never hidden. `spread` is that of the record.
    """
    values = task.table.array
    errors, deviations = np.zeros((2, values.shape[-1]))
    for folds in _folds(values, share, repeats, rng):
        for hide in folds:
            noise = rng.standard_normal(hide.shape)
            centre, drawn = spread(np.where(hide, np.nan, values), np.stack([0 * noise, noise]), **task.options)
            axes = tuple(range(hide.ndim - 1))
            asked = hide & ~np.isnan(drawn)
            errors += np.sum(np.where(asked, centre - values, 0.0) ** 2, axis=axes)
            deviations += np.sum(np.where(asked, drawn - centre, 0.0) ** 2, axis=axes)
    return np.sqrt(np.divide(errors, deviations, out=np.ones_like(errors), where=deviations > 0))


def _folds(values: Array, share: float, repeats: int, rng: np.random.Generator) -> Iterator[list[Mask]]:
    """Yield masks ``(repeat, ..., indicator)`` that together hide every cell once in every repeat."""
    number = int(np.ceil(1 / share - 1e-9))
    for rank, count in _ranks(values, repeats, rng):
        fold = np.where((rank < count) & (count > KEPT), rank % number, -1)
        yield [fold == this for this in range(number)]


def errors_of(task: Task, hide: Mask) -> Array:
    """Return imputed less true value of the cells hidden in every repeat; NaN elsewhere and where none is imputed."""
    values = task.table.array
    filled, _ = fill(task.record, np.where(hide, np.nan, values), task.layout, task.options)
    return np.where(hide, filled - values, np.nan)


def _ranks(values: Array, repeats: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, Array]]:
    """Yield a random order of every indicator's observed cells, from 0, and how many there are.

    Missing cells come last. The order does not depend on how many repeats are yielded at a time.
    """
    rows = values.reshape(-1, values.shape[-1])
    count = np.count_nonzero(~np.isnan(rows), axis=0).astype(float)
    size = max(1, CELLS // max(rows.size, 1))
    for start in range(0, repeats, size):
        key = rng.random((min(size, repeats - start), *rows.shape))
        order = np.argsort(np.where(np.isnan(rows), 2.0, key), axis=-2)
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(len(rows))[:, np.newaxis], axis=-2)
        yield rank.reshape(-1, *values.shape), count
