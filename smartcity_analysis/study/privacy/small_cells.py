"""Small counts kept out of what is shared, with as many others as it takes so that no sum gives them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Suppressed", "hidden_in_total", "suppress"]

Counts = NDArray[np.int_]
Mask = NDArray[np.bool_]
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Suppressed:
    """What is not shown of a table of counts: `cells` (r, c), and the totals of some `rows` (r) and `columns` (c)."""

    cells: Mask
    rows: Mask
    columns: Mask


def suppress(
    counts: Counts, small: int, *, rows: Sequence[bool] | bool = True, columns: Sequence[bool] | bool = True
) -> Suppressed:
    """Suppress the counts from 1 to below `small`, and others, until no suppressed count follows from what is shown.

    A reader is taken to know the rule: a suppressed count is at least 1, because a 0 is never suppressed. Complementary
    cells are the smallest that are large enough to help; where none is left, a total is not shown.

    Parameters
    ----------
    counts : array (r, c) of int, 0 or more
    small : int
    rows, columns : bool or sequence of bool
        Whether the total of each row, and of each column, is shown.

    Returns
    -------
    Suppressed
        Every suppressed count may be another one, with all that is shown left as it is.

    References
    ----------
    Cox (1980), Journal of the American Statistical Association 75, 377-385 (suppression); Gusfield (1988), SIAM Journal
    on Computing 17, 552-571 (what is determined is what lies on no cycle).
    """
    shape = counts.shape
    hidden = (counts > 0) & (counts < small)
    row_totals, column_totals = np.broadcast_to(rows, shape[0]).copy(), np.broadcast_to(columns, shape[1]).copy()
    while True:
        cells = np.argwhere(hidden).tolist()
        fixed = next((c for c in cells if _is_fixed(counts, hidden, row_totals, column_totals, *c)), None)
        if fixed is None:
            break
        _add(counts, hidden, row_totals, column_totals, *fixed)
    given = np.broadcast_to(rows, shape[0]), np.broadcast_to(columns, shape[1])
    return Suppressed(hidden, given[0] & ~row_totals, given[1] & ~column_totals)


def hidden_in_total(counts: Sequence[int], small: int) -> Mask:
    """Return which of the parts of one total that is shown are not shown themselves.

    A single small part is hidden with the next larger one, because the total less the others would give it away.

    Examples
    --------
    >>> hidden_in_total([9, 1, 4], 3).tolist(), hidden_in_total([9, 1, 2], 3).tolist()
    ([False, True, True], [False, True, True])
    """
    table = np.asarray(counts, dtype=int).reshape(1, -1)
    found = suppress(table, small, columns=False)
    return np.ones(table.shape[1], dtype=bool) if found.rows[0] else found.cells[0]


def _add(counts: Counts, hidden: Mask, rows: Mask, columns: Mask, row: int, column: int) -> None:
    """Suppress what else it takes for the cell at (row, column) to become larger: small counts, or a total."""
    height, width = counts.shape
    ways = [_way(counts, rows, columns, (row, column), (r, c)) for r in range(height) for c in range(width)]
    able = [way for way in ways if way]
    if able:
        for cell in min(able, key=lambda way: (sum(int(counts[cell]) for cell in way if not hidden[cell]), way)):
            hidden[cell] = True
    elif rows[row]:
        rows[row] = False
    else:
        columns[column] = False


def _way(counts: Counts, rows: Mask, columns: Mask, cell: Cell, corner: Cell) -> list[Cell]:
    """Return the cells that `cell` needs to become larger by way of the opposite `corner`; none if they cannot change.

    Where the total of its row is shown, another of the row becomes smaller; where the total of that one's column is
    shown too, the corner becomes larger; and so on around the rectangle.
    """
    (row, column), (r, c) = cell, corner
    round_off = (rows[row] and columns[c]) or (columns[column] and rows[r])
    less = [(row, c)] if rows[row] or (round_off and columns[c]) else []
    less += [(r, column)] if columns[column] or (round_off and rows[r]) else []
    more = [(r, c)] if round_off else []
    distinct = (c != column or (row, c) not in less) and (r != row or (r, column) not in less)
    able = all(counts[one] > 1 for one in less) and all(counts[one] > 0 for one in more)
    return [*less, *more] if less and distinct and able else []


def _is_fixed(counts: Counts, hidden: Mask, rows: Mask, columns: Mask, row: int, column: int) -> bool:
    """Say whether the suppressed count at (row, column) can be no other: neither one more nor one less.

    One more in a cell is one less in another of its row, which is one more in that one's column, and so on until the
    round closes. Lines whose total is not shown close it anywhere. A count of 1 cannot become less.
    """
    start, end = _node(columns, column, 1), _node(rows, row, 0)
    more = _reaches(counts, hidden, rows, columns, start, end, (row, column))
    less = counts[row, column] > 1 and _reaches(counts, hidden, rows, columns, end, start, (row, column))
    return not (more or less)


def _node(totals: Mask, place: int, kind: int) -> tuple[int, int]:
    return (kind, place) if totals[place] else (2, 0)


def _reaches(
    counts: Counts, hidden: Mask, rows: Mask, columns: Mask, start: tuple[int, int], end: tuple[int, int],
    without: tuple[int, int],
) -> bool:  # fmt: skip
    """Say whether changes by one can be passed on from `start` to `end` over suppressed cells other than `without`."""
    links: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for r, c in np.argwhere(hidden).tolist():
        if (r, c) != without:
            row, column = _node(rows, r, 0), _node(columns, c, 1)
            links.setdefault(row, []).append(column)  # the cell becomes larger
            if counts[r, c] > 1:
                links.setdefault(column, []).append(row)  # the cell becomes smaller
    seen, waiting = {start}, [start]
    while waiting:
        for node in links.get(waiting.pop(), []):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return end in seen
