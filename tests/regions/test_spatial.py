import warnings

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.regions import (
    QUADRANTS,
    DisparityError,
    adjust,
    distance_weights,
    local_moran,
    local_moran_table,
    moran,
    moran_table,
)
from smartcity_analysis.regions import spatial as module

from .family import close

RNG = np.random.default_rng(0)
NAMES = [f"35.{i:02d}" for i in range(20)]
POSITIONS = pd.DataFrame({"lat": RNG.uniform(-8.8, -6.8, 20), "lon": RNG.uniform(111, 114.5, 20)}, NAMES)
VALUES = pd.DataFrame(RNG.lognormal(size=(20, 3)), NAMES, ["water", "roads", "waste"])
NEAREST = distance_weights(POSITIONS, nearest=4)
BAND = distance_weights(POSITIONS, band_km=150, standardise=False)
each = pytest.mark.parametrize("weights", [NEAREST, BAND], ids=["nearest", "band"])


def rng(seed=0):
    return np.random.default_rng(seed)


def twin_moran(x, w):
    n, z = len(x), x - x.mean()
    return n / w.sum() * sum(w[i, j] * z[i] * z[j] for i in range(n) for j in range(n)) / (z @ z)


def twin_p(found, drawn):
    tail = min(sum(d >= found - 1e-12 for d in drawn), sum(d <= found + 1e-12 for d in drawn))
    return min(1, 2 * (1 + tail) / (1 + len(drawn)))


# --- the whole map ---


@each
@pytest.mark.parametrize("cells", [4_000_000, 500], ids=["pairs", "blocks"])
def test_agrees_with_its_slow_twin(weights, cells, monkeypatch):
    monkeypatch.setattr(module, "_CELLS", cells)
    found = moran_table(VALUES, weights, rng=rng(), permutations=49)
    orders = rng().permuted(np.tile(np.arange(20), (49, 1)), axis=1)
    w = weights.matrix.toarray()
    for code, row in found.set_index("indicator").iterrows():
        x = VALUES[code].to_numpy()
        drawn = [twin_moran(x[order], w) for order in orders]
        assert row["statistic"] == close(twin_moran(x, w))
        assert row["z"] == close((row["statistic"] - np.mean(drawn)) / np.std(drawn))
        assert row["p_value"] == close(twin_p(row["statistic"], drawn))
    assert list(found["p_adjusted"]) == close(list(adjust(found["p_value"])))
    assert found["expected"].eq(-1 / 19).all()


def esda_weights(weights):
    libpysal = pytest.importorskip("libpysal.weights")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return libpysal.WSP(weights.matrix).to_W()


@each
def test_parity_with_esda(weights):
    esda = pytest.importorskip("esda.moran")
    other = esda_weights(weights)
    how = "r" if weights.standardised else "b"
    for code in VALUES:
        x = VALUES[code].to_numpy()
        whole = esda.Moran(x, other, transformation=how, permutations=0)
        assert moran(VALUES[code], weights, rng=rng(), permutations=19).statistic == close(whole.I)
        assert moran(VALUES[code], weights, rng=rng(), permutations=19).expected == close(whole.EI)
        parts = esda.Moran_Local(x, other, transformation=how, permutations=0)
        own = local_moran(VALUES[code], weights, rng=rng(), permutations=19)
        assert list(own["statistic"]) == close(list(parts.Is))
        assert list(own["quadrant"]) == [QUADRANTS[q - 1] for q in parts.q]


def test_alike_and_unlike_neighbours_are_told_apart():
    board = pd.DataFrame([(r, c) for r in range(6) for c in range(6)], columns=["lat", "lon"])
    weights = distance_weights(board, band_km=115)
    chequered, halves = (board.sum(axis=1) % 2).astype(float), (board["lon"] > 2).astype(float)
    alike, unlike = (moran(values, weights, rng=rng()) for values in (halves, chequered))
    assert alike.statistic > alike.expected > unlike.statistic == close(-1)
    assert alike.p_value == unlike.p_value == 0.002  # two-sided: the smallest p-value of 999 permutations
    assert alike.z > 5 and unlike.z < -5


def test_values_without_order_have_even_p_values():
    values = pd.DataFrame(rng(3).lognormal(size=(20, 400)), NAMES)
    p = moran_table(values, NEAREST, rng=rng(), permutations=199)["p_value"]
    assert 0.02 < (p <= 0.05).mean() < 0.09
    assert 0.45 < p.mean() < 0.57


def test_unit_level_and_order_do_not_matter():
    before = moran(VALUES["water"], NEAREST, rng=rng())
    for after in (VALUES["water"] * 1e6 + 3, VALUES["water"].sample(frac=1, random_state=0)):
        other = moran(after, NEAREST, rng=rng())
        assert (other.statistic, other.z, other.p_value) == close((before.statistic, before.z, before.p_value))


def test_the_table_is_each_indicator_alone():
    table = moran_table(VALUES, NEAREST, rng=rng())
    for row in table.itertuples():
        alone = moran(VALUES[row.indicator], NEAREST, rng=rng())
        assert (row.statistic, row.z, row.p_value) == close((alone.statistic, alone.z, alone.p_value))


# --- each region ---


@each
@pytest.mark.parametrize("cells", [4_000_000, 300], ids=["whole", "blocks"])
def test_local_agrees_with_its_slow_twin(weights, cells, monkeypatch):
    monkeypatch.setattr(module, "_CELLS", cells)
    found = local_moran_table(VALUES, weights, rng=rng(), permutations=39, level=0.3)
    orders = rng().permuted(np.tile(np.arange(19), (39, 1)), axis=1)
    w = weights.matrix.toarray()
    for code in VALUES:
        x = VALUES[code].to_numpy()
        z = x - x.mean()
        own = found[found["indicator"] == code].set_index("region")
        for i, region in enumerate(NAMES):
            others, weight = np.delete(np.arange(20), i), w[i][w[i] > 0]
            drawn = [weight @ z[others[order[: len(weight)]]] for order in orders]
            assert own.loc[region, "statistic"] == close(19 * z[i] * (w[i] @ z) / (z @ z))
            assert own.loc[region, "p_value"] == close(twin_p(w[i] @ z, drawn))
            assert (own.loc[region, "value"], own.loc[region, "lag"]) == close((x[i], w[i] @ x))
        assert list(own["p_adjusted"]) == close(list(adjust(own["p_value"])))
        told = own["p_adjusted"] <= 0.3
        assert (own["cluster"] == own["quadrant"].where(told, "not_significant")).all()


def test_local_parts_make_the_whole():
    own = local_moran(VALUES["roads"], NEAREST, rng=rng(), permutations=19)
    whole = moran(VALUES["roads"], NEAREST, rng=rng(), permutations=19).statistic
    assert own["statistic"].mean() == close(whole * 19 / 20)


def test_a_cluster_and_an_outlier_are_found_where_they_are():
    line = pd.DataFrame({"lat": np.zeros(46), "lon": np.arange(46) / 100}, index=[f"K{i}" for i in range(46)])
    values = pd.Series(rng().normal(size=46), index=line.index)
    values.iloc[:8] += 9
    values["K4"] = -6
    found = local_moran(values, distance_weights(line, nearest=6), rng=rng())
    assert found.loc["K4", "cluster"] == "low_high"
    assert set(found.index[found["cluster"] == "high_high"]) <= {f"K{i}" for i in range(8)}
    assert "K1" in found.index[found["cluster"] == "high_high"]
    assert found.loc["K20":"K40", "cluster"].eq("not_significant").all()


# --- what is refused ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": VALUES["water"] * 0 + 2}, "Found equal values everywhere in 'values'; expected some spread"),
        ({"values": VALUES["water"].where(VALUES["water"] > 1)}, "^values: Found missing or infinite"),
        ({"values": VALUES["water"].iloc[1:]}, "Found spatial weights but no values for '35.00'"),
        ({"values": list(VALUES["water"])}, "Found values of type list; expected a Series; index it by region"),
        ({"rng": 3}, "Found rng of type int; expected a numpy.random.Generator"),
        ({"permutations": 9}, "Found 9 permutations; expected 19 or more"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("test", [moran, local_moran])
def test_what_cannot_be_tested_is_refused(test, arguments, message):
    with pytest.raises(DisparityError, match=message):
        test(**{"values": VALUES["water"], "weights": NEAREST, "rng": rng()} | arguments)


def test_tables_refuse_a_series():
    with pytest.raises(DisparityError, match="Found values of type Series; expected a DataFrame, regions in rows"):
        moran_table(VALUES["water"], NEAREST, rng=rng())
