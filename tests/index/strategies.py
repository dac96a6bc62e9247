"""Random tables for the contract tests: a few regions by a few indicators, in numbers a person could have typed."""

import numpy as np
import pandas as pd
from hypothesis import strategies as st

REGIONS = [f"35.{n:02d}" for n in range(1, 8)]
INDICATORS = ["water", "air", "school", "clinic"]  # also the leaves of the tree in test_build


@st.composite
def tables(draw, *, lower=-1000.0, upper=1000.0, missing=False, varied=False, indicators=(1, 4)):
    """A region by indicator table; `varied` gives every indicator at least two different values."""
    regions, indicators = draw(st.integers(2, len(REGIONS))), draw(st.integers(*indicators))
    steps = st.integers(round(lower * 100), round(upper * 100))
    columns = {}
    for code in INDICATORS[:indicators]:
        column = draw(st.lists(steps, min_size=regions, max_size=regions))
        if varied and len(set(column)) == 1:
            column[0] += 1 if column[0] < upper * 100 else -1
        numbers = np.array(column) / 100
        if missing:
            gone = np.array(draw(st.lists(st.booleans(), min_size=regions, max_size=regions)))
            spread = [numbers.argmin(), numbers.argmax()]
            gone[spread if varied else []] = False
            numbers = np.where(gone, np.nan, numbers)
        columns[code] = numbers
    return pd.DataFrame(columns, index=REGIONS[:regions])


def weights_for(table):
    """Weights by indicator, all above 0."""
    return st.fixed_dictionaries({code: st.integers(1, 20).map(float) for code in table.columns})
