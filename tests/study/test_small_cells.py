"""From what is shown, no suppressed count follows: every one may be another, with all totals as they are shown."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.study.privacy.small_cells import hidden_in_total, suppress

tables = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(st.integers(0, 5), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]).map(
        lambda cells: np.array(cells, dtype=int).reshape(shape)
    )
)


def possible(counts, found, rows, columns):
    """Tables that a reader cannot tell from `counts`: its shown cells and totals, suppressed cells 1 or more."""
    places = list(map(tuple, np.argwhere(found.cells)))
    for steps in product((-1, 0, 1), repeat=len(places)):
        table = counts.copy()
        for place, step in zip(places, steps, strict=True):
            table[place] += step
        if any(table[place] < 1 for place in places):
            continue
        kept = (table.sum(1) == counts.sum(1)) | ~(rows & ~found.rows)
        kept_below = (table.sum(0) == counts.sum(0)) | ~(columns & ~found.columns)
        if kept.all() and kept_below.all():
            yield table


@settings(max_examples=60, deadline=None)
@given(tables.filter(lambda t: t.size <= 6), st.integers(1, 4), st.data())
def test_no_suppressed_count_follows_from_what_is_shown(counts, small, data):
    rows = np.array(data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts))))
    columns = np.array(data.draw(st.lists(st.booleans(), min_size=counts.shape[1], max_size=counts.shape[1])))
    found = suppress(counts, small, rows=rows, columns=columns)
    assert (found.cells | (counts == 0) | (counts >= small)).all() and not (found.cells & (counts == 0)).any()
    others = np.array(list(possible(counts, found, rows, columns)))
    for place in map(tuple, np.argwhere(found.cells)):
        assert len(set(others[(slice(None), *place)])) > 1


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(1, 5))
def test_a_total_less_what_is_shown_leaves_more_than_one_answer(counts, small):
    hidden = hidden_in_total(counts, small)
    values = np.array(counts)
    assert all(hidden[place] for place in np.flatnonzero((values > 0) & (values < small)))
    own = values[hidden & (values > 0)]
    assert not hidden.any() or hidden.all() or own.sum() > len(own) > 1


def test_nothing_small_hides_nothing():
    found = suppress(np.array([[5, 0], [7, 9]]), 3)
    assert not found.cells.any() and not found.rows.any() and not found.columns.any()


@pytest.mark.parametrize(
    "counts, hidden",
    [([9, 1, 4], [1, 2]), ([9, 1, 2], [1, 2]), ([1, 1, 8, 5], [0, 1, 3]), ([4, 5, 6], []), ([2, 0, 0], [0, 1, 2])],
)
def test_one_total(counts, hidden):
    assert np.flatnonzero(hidden_in_total(counts, 3)).tolist() == hidden


def test_a_single_small_cell_of_a_table_takes_a_rectangle_with_it():
    found = suppress(np.array([[1, 6, 7], [8, 9, 5], [6, 7, 9]]), 3)
    assert found.cells.sum() == 4 and found.cells[0, 0] and not found.rows.any() and not found.columns.any()
