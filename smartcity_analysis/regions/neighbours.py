"""Who is whose neighbour: spatial weights from a table of pairs, from positions, or from polygons."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import KDTree

from ..index.imputation.fillers import MissingExtraError
from .checks import label_list, refuse, twice_faults
from .kernels import Places

__all__ = ["SpatialWeights", "distance_km", "distance_weights", "neighbour_weights", "polygon_weights"]

EARTH_KM = 6371.0088  # mean radius (IUGG)


@dataclass(frozen=True, slots=True, eq=False)
class SpatialWeights:
    """How much each region counts as a neighbour of each other.

    Attributes
    ----------
    regions : Index
    matrix : scipy.sparse.csr_array
        `(region, region)`: in row r the weights of the neighbours of r; nothing on the diagonal.
    kind : {"neighbours", "nearest", "band", "polygons"}
        What they were made from.
    standardised : bool
        Every row sums to 1, so that a spatial lag is the mean of the neighbours.
    """

    regions: pd.Index
    matrix: sparse.csr_array
    kind: str
    standardised: bool

    @property
    def neighbours(self) -> pd.Series:
        """How many neighbours each region has."""
        return pd.Series(np.diff(self.matrix.indptr), index=self.regions, name="neighbours")

    def lag(self, values: pd.Series) -> pd.Series:
        """Return the weighted sum over the neighbours of every region: their mean, when standardised."""
        return pd.Series(self.matrix @ values[self.regions].to_numpy(dtype=np.float64), index=self.regions, name="lag")


def neighbour_weights(
    neighbours: pd.DataFrame, regions: Iterable[Hashable], *, standardise: bool = True
) -> SpatialWeights:
    """Return weights from a table of pairs; a pair counts in both directions, and once however often it stands there.

    Parameters
    ----------
    neighbours : DataFrame
        Columns region_a and region_b; others are left alone. Pairs with regions that are not wanted are left out.
    regions : iterable
        The regions, in order.
    standardise : bool
        Divide every row by its sum.

    Raises
    ------
    DisparityError
        When a region has no neighbour, or stands twice; when a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"region_a": ["A", "B"], "region_b": ["B", "C"]})
    >>> neighbour_weights(pairs, ["A", "B", "C"]).matrix.toarray().tolist()
    [[0.0, 1.0, 0.0], [0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]
    """
    index = _index(regions)
    absent = [name for name in ("region_a", "region_b") if name not in getattr(neighbours, "columns", ())]
    refuse([f"Found no column {name!r} in neighbours; expected one; name the columns so." for name in absent])
    a, b = (index.get_indexer(pd.Index(neighbours[name])) for name in ("region_a", "region_b"))
    known = (a >= 0) & (b >= 0) & (a != b)
    return _weights(
        index, np.concatenate([a[known], b[known]]), np.concatenate([b[known], a[known]]), "neighbours", standardise
    )


def distance_weights(
    positions: pd.DataFrame, *, nearest: int | None = None, band_km: float | None = None, standardise: bool = True
) -> SpatialWeights:
    """Return weights from positions: the nearest few of every region, or all within a distance.

    Parameters
    ----------
    positions : DataFrame
        Columns lat and lon in degrees, one row a region.
    nearest : int, optional
        How many neighbours each region has. Being among the nearest is not mutual.
    band_km : float, optional
        Great-circle distance in km up to which regions are neighbours. Give one of the two.
    standardise : bool
        Divide every row by its sum.

    Raises
    ------
    DisparityError
        When not exactly one of the two is given, or out of range; when a position is missing, or not on Earth; when a
        region has no neighbour within the band.

    Examples
    --------
    >>> import pandas as pd
    >>> positions = pd.DataFrame({"lat": [-7.8, -7.8, -7.8], "lon": [112.00, 112.01, 112.05]}, index=list("ABC"))
    >>> distance_weights(positions, nearest=1).matrix.toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    refuse(_position_faults(positions) or _choice_faults(len(positions), nearest, band_km))
    index = _index(positions.index)
    points = _on_sphere(positions)
    tree = KDTree(points)
    if nearest is not None:
        found = tree.query(points, nearest + 1)[1]
        places = np.arange(len(index))
        own = found == places[:, np.newaxis]
        own[~own.any(axis=1), -1] = True  # regions at one and the same place crowd a region out of its own list
        return _weights(index, np.repeat(places, nearest), found[~own], "nearest", standardise)
    assert band_km is not None
    pairs = tree.query_pairs(2 * np.sin(min(band_km / EARTH_KM, np.pi) / 2) * (1 + 1e-12), output_type="ndarray")
    a, b = pairs[:, 0], pairs[:, 1]
    return _weights(index, np.concatenate([a, b]), np.concatenate([b, a]), "band", standardise)


def polygon_weights(
    polygons: pd.Series | Mapping[Hashable, Any], *, tolerance: float = 0.0, standardise: bool = True
) -> SpatialWeights:
    """Return weights from polygons: neighbours are regions that touch, be it at a corner (queen contiguity).

    Needs the extra ``map``.

    Parameters
    ----------
    polygons : Series, GeoSeries or mapping
        Shapely geometries by region, or geometries as GeoJSON has them, such as ``load_borders(study).geometries``.
    tolerance : float
        Gap, in the unit of the coordinates, that still counts as touching: digitised borders rarely agree.
    standardise : bool
        Divide every row by its sum.

    Raises
    ------
    DisparityError
        When a polygon is missing, or a region has no neighbour.
    MissingExtraError
        Without the extra ``map``.

    Examples
    --------
    >>> import pandas as pd
    >>> from shapely import box
    >>> squares = pd.Series({"A": box(0, 0, 1, 1), "B": box(1, 1, 2, 2), "C": box(2, 1, 3, 2)})
    >>> polygon_weights(squares).neighbours.to_dict()
    {'A': 1, 'B': 2, 'C': 1}
    """
    try:
        import shapely
    except ImportError as error:
        raise MissingExtraError(
            "Found no shapely; expected the extra 'map'; pip install smartcity-analysis[map]."
        ) from error
    given = polygons if isinstance(polygons, pd.Series) else pd.Series(dict(polygons), dtype=object)
    index = _index(given.index)
    shapes: NDArray[Any] = np.array([shapely.geometry.shape(s) if isinstance(s, dict) else s for s in given], object)
    lost = index[[shape is None or not isinstance(shape, shapely.Geometry) or shape.is_empty for shape in shapes]]
    refuse([f"Found no polygon for {label_list(lost)}; expected one for every region; add them."] if len(lost) else [])
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=tolerance)
    return _weights(index, a[a != b], b[a != b], "polygons", standardise)


def distance_km(positions: pd.DataFrame) -> pd.DataFrame:
    """Return the great-circle distance in km between every two regions.

    Parameters
    ----------
    positions : DataFrame
        As in :func:`distance_weights`.

    References
    ----------
    Sinnott (1984), Virtues of the haversine, Sky and Telescope 68(2), 159.

    Examples
    --------
    Surabaya and Kediri.

    >>> import pandas as pd
    >>> positions = pd.DataFrame({"lat": [-7.2575, -7.8480], "lon": [112.7521, 112.0178]}, index=["SBY", "KDR"])
    >>> round(distance_km(positions).loc["SBY", "KDR"])
    104
    """
    refuse(_position_faults(positions))
    lat, lon = np.radians(positions[["lat", "lon"]].to_numpy(dtype=np.float64)).T
    half = np.sin((lat - lat[:, np.newaxis]) / 2) ** 2
    half += np.cos(lat) * np.cos(lat[:, np.newaxis]) * np.sin((lon - lon[:, np.newaxis]) / 2) ** 2
    distance = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return pd.DataFrame(distance, index=positions.index, columns=positions.index)


# --- helpers ---


def _weights(index: pd.Index, rows: Places, columns: Places, kind: str, standardise: bool) -> SpatialWeights:
    n = len(index)
    matrix = sparse.csr_array((np.ones(rows.size), (rows, columns)), shape=(n, n))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    matrix.sort_indices()
    count = np.diff(matrix.indptr)
    if (alone := index[count == 0]).size:
        remedy = "expected one at least; widen the band, take the nearest, or leave these regions out."
        refuse([f"Found no neighbour for {label_list(alone)}; {remedy}"])
    if standardise:
        matrix.data /= np.repeat(count, count)
    return SpatialWeights(index, matrix, kind, standardise)


def _index(regions: Iterable[Hashable]) -> pd.Index:
    index = regions if isinstance(regions, pd.Index) else pd.Index(list(regions))
    refuse(twice_faults(index, "regions"))
    if len(index) < 3:
        refuse([f"Found {len(index)} region(s); expected 3 or more; add the other regions."])
    return index


def _on_sphere(positions: pd.DataFrame) -> NDArray[np.float64]:
    """Return points on the unit sphere: who is nearest in a straight line is nearest around the Earth."""
    lat, lon = np.radians(positions[["lat", "lon"]].to_numpy(dtype=np.float64)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _position_faults(positions: pd.DataFrame) -> list[str]:
    absent = [name for name in ("lat", "lon") if name not in getattr(positions, "columns", ())]
    if absent:
        return [f"Found no column {name!r} in positions; expected lat and lon in degrees; add it." for name in absent]
    faults = []
    for name, most in (("lat", 90), ("lon", 180)):
        degrees = pd.to_numeric(positions[name], errors="coerce")
        if (lost := positions.index[~(degrees.abs() <= most)]).size:
            expected = f"expected degrees, -{most} to {most}; complete or correct them."
            faults.append(f"Found a {name} that cannot be for {label_list(lost)}; {expected}")
    return faults


def _choice_faults(n: int, nearest: int | None, band_km: float | None) -> list[str]:
    if (nearest is None) == (band_km is None):
        return [f"Found nearest={nearest} and band_km={band_km}; expected one of the two; give the other up."]
    if nearest is not None and not 1 <= nearest < n:
        return [f"Found nearest={nearest} for {n} regions; expected 1 to {n - 1}; choose another."]
    if band_km is not None and not band_km > 0:
        return [f"Found band_km={band_km}; expected km above 0; choose another."]
    return []
