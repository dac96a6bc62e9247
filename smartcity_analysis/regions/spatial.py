"""Whether neighbours are alike: Moran's I and its local form, by permutation, for many indicators at once.

Arrays are ``(region, indicator)`` for values and ``(permutation, region)`` for permutations, shared by all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..study.readable import readable
from .checks import label_list, match_faults, refuse, table_faults
from .kernels import Array, Places
from .measures import MEASURES
from .neighbours import SpatialWeights
from .shuffle import permutation_faults, shuffled
from .significance import ADJUSTMENTS, adjust

__all__ = ["QUADRANTS", "Moran", "local_moran", "local_moran_table", "moran", "moran_table"]

QUADRANTS = ("high_high", "low_high", "low_low", "high_low")  # a region, and its neighbours, against the mean
_CELLS = 4_000_000  # cells in one block of permutations: 32 MB
_SAME = 1e-9  # statistics this close, in standard deviations of the permutations, are equal


@readable()
@dataclass(frozen=True, slots=True, eq=False)
class Moran:
    """Moran's I against the same values on shuffled regions.

    Attributes
    ----------
    statistic : float
        Above `expected` where neighbours are alike, below where they differ.
    expected : float
        -1 / (n - 1): what values without spatial order give.
    z : float
        Distance from the mean of the permutations, in their standard deviations.
    p_value : float
        Two-sided: twice the smaller tail, (1 + how many are as far) / (1 + permutations).
    permutations : int
    """

    statistic: float
    expected: float
    z: float
    p_value: float
    permutations: int


def moran(values: pd.Series, weights: SpatialWeights, *, rng: np.random.Generator, permutations: int = 999) -> Moran:
    """Test whether neighbouring regions are more alike, or more different, than by chance.

    Parameters
    ----------
    values : Series
        By region; the same regions as the weights, matched by name. Not equal everywhere.
    weights : SpatialWeights
    rng : numpy.random.Generator
    permutations : int

    Returns
    -------
    Moran

    Raises
    ------
    DisparityError
        When values are missing or equal everywhere, or regions do not match.

    References
    ----------
    Cliff and Ord (1981), Spatial Processes, Pion, ch. 1; Phipson and Smyth (2010), Permutation p-values should never
    be zero, eq. 2.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from smartcity_analysis.regions import distance_weights
    >>> line = pd.DataFrame({"lat": np.zeros(8), "lon": np.arange(8.0)})
    >>> found = moran(pd.Series(np.arange(8.0)), distance_weights(line, band_km=120), rng=np.random.default_rng(0))
    >>> round(found.statistic, 3), found.p_value < 0.01
    (0.833, True)
    """
    refuse(_kind_faults(values))
    row = moran_table(values.to_frame("values"), weights, rng=rng, permutations=permutations).iloc[0]
    statistic, expected, z, p = (float(row[name]) for name in ("statistic", "expected", "z", "p_value"))
    return Moran(statistic, expected, z, p, permutations)


def moran_table(
    values: pd.DataFrame,
    weights: SpatialWeights,
    *,
    adjustment: str = "benjamini_hochberg",
    rng: np.random.Generator,
    permutations: int = 999,
) -> pd.DataFrame:
    """Return Moran's I of every indicator, all on the same permutations.

    Parameters
    ----------
    values : DataFrame
        Regions in rows, indicators in columns.
    weights, rng, permutations
        As in :func:`moran`.
    adjustment : str
        As in :func:`adjust`, over the indicators.

    Returns
    -------
    DataFrame, one row an indicator
        indicator, statistic, expected, z, p_value, p_adjusted.
    """
    z = _centred(values, weights, rng, permutations)
    n = len(z)
    scale = n / weights.matrix.sum() / (z * z).sum(axis=0)
    found = (z * (weights.matrix @ z)).sum(axis=0) * scale
    orders = shuffled(rng, n, permutations, max(1, _CELLS // z.size))
    drawn = np.concatenate([_products(z, weights.matrix, order) for order in orders]) * scale
    spread = drawn.std(axis=0)
    p = _two_sided(found, drawn, spread)
    away = np.divide(found - drawn.mean(axis=0), spread, out=np.full_like(spread, np.nan), where=spread > 0)
    columns = {"indicator": values.columns, "statistic": found, "expected": -1 / (n - 1), "z": away, "p_value": p}
    table = pd.DataFrame(columns)
    return table.assign(p_adjusted=adjust(table["p_value"], adjustment))


def local_moran(
    values: pd.Series,
    weights: SpatialWeights,
    *,
    level: float = 0.05,
    adjustment: str = "benjamini_hochberg",
    rng: np.random.Generator,
    permutations: int = 9999,
) -> pd.DataFrame:
    """Return where alike regions cluster, and which regions differ from their neighbours (LISA).

    Each region keeps its value while the others are shuffled.

    Parameters
    ----------
    values, weights, rng
        As in :func:`moran`.
    level : float
        Share of false discoveries that is accepted.
    adjustment : str
        As in :func:`adjust`, over the regions.
    permutations : int
        With 46 regions at least 2,000: fewer give no p-value that survives the adjustment alone.

    Returns
    -------
    DataFrame, one row a region
        value, lag (of the neighbours), statistic, p_value (two-sided), p_adjusted, quadrant (a name in
        :data:`QUADRANTS`: the region, then its neighbours), cluster (the quadrant where p_adjusted <= level, else
        "not_significant").

    Raises
    ------
    DisparityError
        As in :func:`moran`.

    References
    ----------
    Anselin (1995), Local indicators of spatial association: LISA, Geographical Analysis 27(2), 93-115, eq. 12;
    Caldas de Castro and Singer (2006), Geographical Analysis 38(2), 180-208, for the false discovery rate.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from smartcity_analysis.regions import distance_weights
    >>> line = pd.DataFrame({"lat": np.zeros(30), "lon": np.arange(30.0)})
    >>> values = pd.Series(np.r_[np.full(6, 9.0), np.zeros(24)])
    >>> found = local_moran(values, distance_weights(line, band_km=250), rng=np.random.default_rng(0))
    >>> found.index[found["cluster"] == "high_high"].to_list()
    [1, 2, 3]
    """
    refuse(_kind_faults(values))
    table = local_moran_table(
        values.to_frame("values"), weights, level=level, adjustment=adjustment, rng=rng, permutations=permutations
    )
    return table.drop(columns="indicator").set_index("region").rename_axis(values.index.name)


def local_moran_table(
    values: pd.DataFrame,
    weights: SpatialWeights,
    *,
    level: float = 0.05,
    adjustment: str = "benjamini_hochberg",
    rng: np.random.Generator,
    permutations: int = 9999,
) -> pd.DataFrame:
    """Return :func:`local_moran` of every indicator, all on the same permutations.

    Parameters
    ----------
    values : DataFrame
        Regions in rows, indicators in columns.
    weights, level, adjustment, rng, permutations
        As in :func:`local_moran`; the adjustment is made within each indicator.

    Returns
    -------
    DataFrame, one row an indicator and region
        indicator, region, and the columns of :func:`local_moran`.
    """
    z = _centred(values, weights, rng, permutations)
    lag = weights.matrix @ z
    found = (len(z) - 1) * z * lag / (z * z).sum(axis=0)
    p = _local_p(z, lag, weights.matrix, rng, permutations)
    adjusted = np.ascontiguousarray(ADJUSTMENTS[adjustment](p.T))
    quadrant = np.where(z > 0, np.where(lag > 0, 0, 3), np.where(lag > 0, 1, 2)).T.ravel()
    mean = values.loc[weights.regions].to_numpy(dtype=np.float64).mean(axis=0)
    sums = np.asarray(weights.matrix.sum(axis=1))[:, np.newaxis]
    table = pd.DataFrame(
        {
            "indicator": np.repeat(values.columns, len(z)),
            "region": np.tile(weights.regions, z.shape[1]),
            "value": (z + mean).T.ravel(),
            "lag": (lag + sums * mean).T.ravel(),
            "statistic": found.T.ravel(),
            "p_value": p.T.ravel(),
            "p_adjusted": adjusted.ravel(),
            "quadrant": np.array(QUADRANTS)[quadrant],
        }
    )
    return table.assign(cluster=table["quadrant"].where(table["p_adjusted"] <= level, "not_significant"))


# --- kernels ---


def _products(z: Array, matrix: sparse.csr_array, order: Places) -> Array:
    """Return z'Wz of shuffled values, `(permutation, indicator)`.

    Where all pairs of regions fit into memory, their products are made once, and every permutation picks the pairs
    that are neighbours: one sparse matrix product for all permutations and indicators.
    """
    many, n = order.shape
    if n * z.size > _CELLS:
        shuffled = z[order.T].reshape(n, -1)
        return (shuffled * (matrix @ shuffled)).sum(axis=0).reshape(many, -1)
    pairs = sparse.coo_array(sparse.triu(matrix + matrix.T))  # z'Wz counts each pair twice
    places = order[:, pairs.row] * n + order[:, pairs.col]
    pointers = np.arange(many + 1) * pairs.nnz
    picked = sparse.csr_array((np.tile(pairs.data, many), places.ravel(), pointers), shape=(many, n * n))
    return picked @ (z[:, np.newaxis, :] * z).reshape(n * n, -1)


def _local_p(z: Array, lag: Array, matrix: sparse.csr_array, rng: np.random.Generator, permutations: int) -> Array:
    """Return two-sided p-values `(region, indicator)`: each region keeps its value, its neighbours are drawn."""
    n, count = len(z), np.diff(matrix.indptr)
    above, below = np.zeros(z.shape), np.zeros(z.shape)
    spread = z.std(axis=0) * _SAME
    rows = max(1, _CELLS // (z.size * int(count.max())))
    places = np.repeat(np.arange(n), count)  # the region of each weight
    slot = np.arange(matrix.nnz) - matrix.indptr[places]  # and which of its neighbours
    for order in shuffled(rng, n - 1, permutations, rows):
        many, others = len(order), order[:, slot]
        others += others >= places  # a region is never its own neighbour
        starts = matrix.indptr[:-1] + matrix.nnz * np.arange(many)[:, np.newaxis]
        pointers = np.append(starts, many * matrix.nnz)
        drawn = sparse.csr_array((np.tile(matrix.data, many), others.ravel(), pointers), shape=(many * n, n)) @ z
        drawn = drawn.reshape(many, n, -1)
        above += (drawn >= lag - spread).sum(axis=0)
        below += (drawn <= lag + spread).sum(axis=0)
    return np.minimum(2 * (1 + np.minimum(above, below)) / (1 + permutations), 1.0)


def _two_sided(found: Array, drawn: Array, spread: Array) -> Array:
    near = spread * _SAME
    above, below = (drawn >= found - near).sum(axis=0), (drawn <= found + near).sum(axis=0)
    return np.minimum(2 * (1 + np.minimum(above, below)) / (1 + len(drawn)), 1.0)


# --- checks ---


def _kind_faults(values: object) -> list[str]:
    if isinstance(values, pd.Series):
        return []
    return [f"Found values of type {type(values).__name__}; expected a Series; index it by region."]


def _centred(values: pd.DataFrame, weights: SpatialWeights, rng: object, permutations: int) -> Array:
    """Check values, and return them in the order of the weights, less their mean."""
    refuse(permutation_faults(rng, permutations) + table_faults(values, None, [MEASURES["range"]], fewest=3))
    refuse(match_faults(values.index, weights.regions, "spatial weights"))
    x = values.loc[weights.regions].to_numpy(dtype=np.float64)
    if (flat := values.columns[np.ptp(x, axis=0) == 0]).size:
        refuse([f"Found equal values everywhere in {label_list(flat)}; expected some spread; leave it out."])
    return x - x.mean(axis=0)
