import sys

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import SmartCityError
from smartcity_analysis.regions import (
    DisparityError,
    distance_km,
    distance_weights,
    neighbour_weights,
    polygon_weights,
)

from .family import close

RNG = np.random.default_rng(0)
POSITIONS = pd.DataFrame(
    {"lat": RNG.uniform(-8.8, -6.8, 38), "lon": RNG.uniform(111, 114.5, 38)}, [f"35.{i:02d}" for i in range(38)]
)
PAIRS = pd.DataFrame(
    {"region_a": ["A", "B", "B", "C", "D"], "region_b": ["B", "C", "A", "D", "X"], "status": "official"}
)


def haversine(a, b):
    lat1, lon1, lat2, lon2 = np.radians([*a, *b])
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * np.arcsin(np.sqrt(half))


def test_distances_are_those_around_the_earth():
    found = distance_km(POSITIONS)
    assert found.loc["35.03", "35.20"] == close(haversine(POSITIONS.loc["35.03"], POSITIONS.loc["35.20"]))
    assert np.allclose(found, found.T) and (np.diag(found) == 0).all()
    quarter = distance_km(pd.DataFrame({"lat": [0, 0, 90], "lon": [0, 90, 0]}, index=list("abc")))
    assert quarter.loc["a", "b"] == close(np.pi / 2 * 6371.0088)


def test_pairs_count_in_both_directions_and_once():
    found = neighbour_weights(PAIRS, ["D", "C", "B", "A"], standardise=False)
    expected = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    assert found.matrix.toarray().tolist() == expected
    assert found.neighbours.to_dict() == {"D": 1, "C": 2, "B": 2, "A": 1}
    assert (found.kind, found.standardised) == ("neighbours", False)


def test_a_standardised_lag_is_the_mean_of_the_neighbours():
    values = pd.Series({"A": 1.0, "B": 2.0, "C": 4.0, "D": 8.0})
    found = neighbour_weights(PAIRS, ["D", "C", "B", "A"]).lag(values)
    assert found.to_dict() == {"D": 4, "C": 5, "B": 2.5, "A": 2}


@pytest.mark.parametrize("nearest", [1, 4])
def test_the_nearest_are_those_at_the_smallest_distance(nearest):
    found = distance_weights(POSITIONS, nearest=nearest)
    distance = distance_km(POSITIONS)
    for region, row in zip(found.regions, found.matrix.toarray(), strict=True):
        nearby = distance.loc[region].drop(region).nsmallest(nearest).index
        assert set(found.regions[row > 0]) == set(nearby)
        assert row.sum() == close(1)


def test_a_band_holds_all_within_its_distance():
    found = distance_weights(POSITIONS, band_km=120.0, standardise=False)
    distance = distance_km(POSITIONS).to_numpy()
    assert (found.matrix.toarray() == ((distance <= 120) & (distance > 0))).all()


def test_regions_at_one_place_are_not_their_own_neighbours():
    crowd = pd.DataFrame({"lat": [1.0] * 6, "lon": [2.0] * 6}, index=list("abcdef"))
    found = distance_weights(crowd, nearest=2).matrix.toarray()
    assert (np.diag(found) == 0).all()
    assert ((found > 0).sum(axis=1) == 2).all()


def test_parity_with_libpysal():
    weights = pytest.importorskip("libpysal.weights")
    cg = pytest.importorskip("libpysal.cg")
    points = POSITIONS[["lon", "lat"]].to_numpy()
    tree = cg.KDTree(points, distance_metric="Arc", radius=6371.0088)
    nearest = weights.KNN(tree, k=4)
    own = distance_weights(POSITIONS, nearest=4, standardise=False).matrix.toarray()
    assert (own == nearest.full()[0]).all()


def test_polygons_that_touch_are_neighbours():
    shapely = pytest.importorskip("shapely")
    squares = {"A": (0, 0, 1, 1), "B": (1, 0, 2, 1), "C": (1.001, 1.001, 2, 2), "D": (5, 5, 6, 6), "E": (6, 5, 7, 6)}
    polygons = pd.Series({name: shapely.box(*ends) for name, ends in squares.items()})
    with pytest.raises(DisparityError, match="Found no neighbour for 'C'; expected one at least; widen the band"):
        polygon_weights(polygons)
    found = polygon_weights(polygons, tolerance=0.01)
    assert found.neighbours.to_dict() == {"A": 2, "B": 2, "C": 2, "D": 1, "E": 1}
    with pytest.raises(DisparityError, match="Found no polygon for 'B'"):
        polygon_weights(polygons.where(polygons.index != "B", None))


def test_geometries_of_a_study_are_polygons_too():
    shapely = pytest.importorskip("shapely")
    squares = {"A": shapely.box(0, 0, 1, 1), "B": shapely.box(1, 1, 2, 2), "C": shapely.box(2, 1, 3, 2)}
    given = {name: shapely.geometry.mapping(shape) for name, shape in squares.items()}
    assert (polygon_weights(given).matrix != polygon_weights(pd.Series(squares)).matrix).nnz == 0


def test_polygons_without_the_extra_say_which(monkeypatch):
    monkeypatch.setitem(sys.modules, "shapely", None)
    with pytest.raises(SmartCityError, match="Found no shapely; expected the extra 'map'"):
        polygon_weights(pd.Series({"A": None}))


def test_the_kelurahan_of_kediri_all_have_neighbours(kediri):
    regions = kediri.table("regions")
    kelurahan = regions.loc[regions["level"] == "kelurahan", "code"]
    found = neighbour_weights(kediri.table("neighbours"), kelurahan)
    assert len(found.regions) == 46
    assert found.matrix.nnz == 2 * len(kediri.table("neighbours"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: neighbour_weights(PAIRS, ["A", "B", "C", "X"]), "Found no neighbour for 'X'; expected one at least"),
        (lambda: neighbour_weights(PAIRS, ["A", "B", "C", "A"]), "Found 'A' more than once in regions"),
        (lambda: neighbour_weights(PAIRS, ["A", "B"]), r"Found 2 region\(s\); expected 3 or more"),
        (lambda: neighbour_weights(PAIRS[["region_a"]], list("ABC")), "Found no column 'region_b' in neighbours"),
        (lambda: distance_weights(POSITIONS), "Found nearest=None and band_km=None; expected one of the two"),
        (lambda: distance_weights(POSITIONS, nearest=38), "Found nearest=38 for 38 regions; expected 1 to 37"),
        (lambda: distance_weights(POSITIONS, band_km=-1), "Found band_km=-1; expected km above 0"),
        (lambda: distance_weights(POSITIONS, band_km=0.001), "Found no neighbour for '35.00', .* and 28 more"),
        (lambda: distance_weights(POSITIONS + 100, nearest=2), "Found a lat that cannot be for '35.00'.*-90 to 90"),
        (lambda: distance_weights(POSITIONS[["lat"]], nearest=2), "Found no column 'lon' in positions"),
    ],
)  # fmt: skip
def test_what_makes_no_weights_is_refused(make, message):
    with pytest.raises(DisparityError, match=message):
        make()
