"""Guards that need an index: a reversed direction, an outlier that takes up the scale, a leaf that decides."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study.guarded import places, planted, smooth, tiny, with_tables

from smartcity_analysis.index import find_cautions
from smartcity_analysis.index.guards import GUARDS, drivers, reversed_directions, squeezed_scales
from smartcity_analysis.study.guards.cautions import KEYS, judged_rows

VALUE = ("indicators", "value")
UNEMPLOYMENT = ("direction", "unemployment_pct", None, None)
SQUEEZED = {("squeezed", "grdp_per_capita", "35.71", 2017), ("squeezed", "villages_with_hospital", "35.78", 2020)}


def group(values, directions):
    """A study of one pillar: a column an indicator, one year."""
    long = values.rename_axis("region").reset_index().melt("region", var_name="indicator", value_name="value")
    long = long.dropna().assign(year=2020, status="official", source="s", note=None)
    rows = [
        {"code": code, "type": "number", "unit_id": "x", "direction": direction, "pillar": "SOC", "lower": np.nan,
         "upper": np.nan, "status": "official"}
        for code, direction in directions.items()
    ]  # fmt: skip
    return with_tables(tiny(smooth()), indicators=long, catalogue=pd.DataFrame(rows))


def alike(regions=20, columns=4, noise=0.3, seed=0):
    """Indicators that measure one thing, each with noise of its own."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((regions, 1))
    index = [f"35.{n:02d}" for n in range(1, regions + 1)]
    return pd.DataFrame(common + noise * rng.standard_normal((regions, columns)), index, list("abcd")[:columns])


def test_a_direction_that_was_turned_round_is_found_and_no_other():
    values, up = alike(), dict.fromkeys("abcd", "up")
    assert places(reversed_directions(group(values, up))) == set()
    (said,) = reversed_directions(group(values, up | {"c": "down"}))
    assert (said.code, said.file, said.facts["direction"]) == ("c", "catalogue.csv", "down") and said.facts["r"] < -0.8
    assert places(reversed_directions(group(values.assign(c=-values["c"]), up | {"c": "down"}))) == set()


def test_too_few_regions_and_chance_are_not_judged():
    turned = dict.fromkeys("abcd", "up") | {"c": "down"}
    assert places(reversed_directions(group(alike(7), turned))) == set()
    found = sum(
        len(list(reversed_directions(group(alike(noise=1e6, seed=seed), dict.fromkeys("abcd", "up")))))
        for seed in range(40)
    )
    assert found <= 4  # 5 % of 40 studies would be 2


@settings(deadline=None, max_examples=20)
@given(factor=st.floats(0.01, 100), shift=st.floats(-50, 50), seed=st.integers(0, 100))
def test_directions_depend_on_order_only(factor, shift, seed):
    values, turned = alike(seed=seed), dict.fromkeys("abcd", "up") | {"b": "down"}
    found = places(reversed_directions(group(values, turned)))
    other = values.assign(a=values["a"] * factor + shift, d=np.exp(values["d"])).sample(frac=1, random_state=seed)
    assert places(reversed_directions(group(other, turned))) == found == {("direction", "b", None, None)}


def test_unemployment_runs_against_its_pillar_in_east_java(jatim):
    assert places(reversed_directions(jatim)) == {UNEMPLOYMENT}
    turned = planted(jatim, "catalogue", "direction", lambda _: "down", code="spending")
    assert places(reversed_directions(turned)) >= {("direction", "spending", None, None)}


def test_an_outlier_that_takes_up_the_scale_is_found(jatim):
    assert places(squeezed_scales(jatim)) == SQUEEZED
    where = {"region": "35.22", "year": 2021, "indicator": "spending"}
    high = planted(jatim, *VALUE, lambda v: v * 5, **where)
    assert places(squeezed_scales(high)) == SQUEEZED | {("squeezed", "spending", "35.22", 2021)}
    earlier = planted(jatim, *VALUE, lambda v: v * 5, **where | {"year": 2020})
    assert places(squeezed_scales(earlier)) == SQUEEZED


@pytest.mark.parametrize("sign", [1, -1])
def test_either_end_may_be_the_outlier(sign):
    values = smooth()[[2015]] * sign
    values.iat[4, 0] = sign * 1000
    found = {("squeezed", "x", "35.05", 2015)}
    assert places(squeezed_scales(tiny(values, direction="up", pillar="SOC"))) == found
    assert places(squeezed_scales(tiny(values, direction="up"))) == set()  # of no pillar: it is not scored


def test_the_leader_of_east_java_rests_on_single_indicators(jatim):
    (said,) = drivers(jatim)
    assert (said.key, said.region, said.year, said.code) == ("driver_leader", "35.78", 2021, "ipm")
    assert set(said.facts["without"]) == {"life_expectancy", "expected_schooling", "mean_schooling", "spending"}
    assert set(said.facts["instead"]) == {"35.73", "35.77"}


def test_a_leaf_that_decides_the_order_is_found(jatim):
    rng = np.random.default_rng(4)
    rows = jatim.table("indicators")
    chosen = (rows["indicator"] == "life_expectancy") & (rows["year"] == 2021)
    rows.loc[chosen, "value"] = rng.uniform(21, 84, chosen.sum())
    found = places(drivers(with_tables(jatim, indicators=rows)))
    assert {place for place in found if place[0] == "driver_ranks"} == {("driver_ranks", "life_expectancy", None, 2021)}


def test_a_study_without_an_index_or_with_few_regions_has_no_driver(kediri, jatim):
    assert list(drivers(kediri)) == []
    few = jatim.table("indicators").query("region < '35.08'")
    assert list(drivers(with_tables(jatim, indicators=few))) == []
    assert list(drivers(with_tables(jatim, indicators=few.iloc[:0]))) == []


def test_what_all_guards_say_of_the_shipped_studies(kediri, jatim):
    assert places(find_cautions(kediri)) == {("weaker", "target", None, 2023)}
    found = places(find_cautions(jatim))
    assert found >= SQUEEZED | {UNEMPLOYMENT, ("driver_leader", "ipm", "35.78", 2021)} and len(found) == 8
    assert {said.seriousness for said in find_cautions(jatim)} == {"worth_a_look"}


def test_a_study_without_values_is_judged_without_a_word(jatim):
    empty = {name: table.iloc[:0] for name, table in jatim.tables.items() if name not in ("catalogue", "regions")}
    assert find_cautions(replace(jatim, tables={**jatim.tables, **empty})) == []
    assert find_cautions(judged_rows(tiny(smooth().iloc[:1, :1]), illustrative=False)) == []


def test_every_guard_is_called_once():
    assert len(set(GUARDS)) == len(GUARDS) and len({guard for guard, _ in KEYS.values()}) == 8
