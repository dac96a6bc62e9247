import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.regions import DisparityError, decompose, decompose_nested, disparity
from smartcity_analysis.regions import grouping as module

from .family import FAMILY, close, modest, skewed

ABLE = [m for m in FAMILY if m.entropy_order is not None]
every = pytest.mark.parametrize("measure", ABLE, ids=lambda m: m.name)


@st.composite
def cases(draw):
    n = draw(st.integers(2, 10))
    names = [f"R{i}" for i in range(n)]
    values = pd.Series(draw(st.lists(st.floats(0.01, 1e4), min_size=n, max_size=n)), names)
    people = pd.Series(draw(st.lists(st.integers(1, 400), min_size=n, max_size=n)), names)
    kecamatan = draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    levels = pd.DataFrame({"kota": [k // 2 for k in kecamatan], "kecamatan": [f"K{k}" for k in kecamatan]}, names)
    return values, people, levels


@every
@given(case=cases())
@modest
def test_the_levels_make_the_total_and_agree_with_one_split_after_the_other(measure, case):
    values, people, levels = case
    found = decompose_nested(values, levels, population=people, measure=measure)
    kota, kecamatan = (decompose(values, levels[c], population=people, measure=measure) for c in levels)
    assert list(found.parts.index) == ["kota", "kecamatan", "region"]
    assert found.total == disparity(values, measure, population=people)
    assert found.parts.sum() == pytest.approx(found.total, rel=1e-10, abs=1e-12)
    expected = [kota.between, kecamatan.between - kota.between, kecamatan.within]
    assert list(found.parts) == pytest.approx(expected, rel=1e-9, abs=1e-10)
    by_level = found.groups.groupby("level", sort=False)["contribution"].sum()
    assert list(by_level.index) == ["", "kota", "kecamatan"]
    assert list(by_level) == close(list(found.parts))


def test_groups_tell_how_unequal_their_parts_are():
    values = pd.Series({"a": 1.0, "b": 3.0, "c": 4.0, "d": 4.0, "e": 2.0})
    levels = pd.DataFrame({"kota": list("XXXXY"), "kecamatan": list("pqqqr")}, index=values.index)
    people = pd.Series({"a": 2, "b": 1, "c": 1, "d": 2, "e": 4})
    found = decompose_nested(values.rename_axis("kelurahan"), levels, population=people)
    groups = found.groups.set_index(["level", "group"])
    assert list(groups.loc[("kota", "X"), ["regions", "population_share", "mean"]]) == close([2, 0.6, 17 / 6])
    means = pd.Series({"p": 1.0, "q": 15 / 4})
    assert groups.loc[("kota", "X"), "inequality"] == close(
        disparity(means, "theil_t", population=pd.Series({"p": 2, "q": 4}))
    )
    assert groups.loc[("", ""), ["regions", "value_share"]].tolist() == [2, 1]
    assert list(found.parts.index) == ["kota", "kecamatan", "kelurahan"]
    assert found.shares.sum() == close(1)


def test_shares_are_not_known_without_disparity():
    levels = pd.DataFrame({"kota": ["X", "Y", "Y"]})
    assert decompose_nested(pd.Series([2.0, 2.0, 2.0]), levels).shares.isna().all()


def test_blocks_of_groups_change_nothing(monkeypatch):
    values, people = skewed(60)
    levels = pd.DataFrame({"kota": np.arange(60) % 2, "kecamatan": np.arange(60) % 26}, values.index)
    whole = decompose_nested(values, levels, population=people)
    monkeypatch.setattr(module, "_CELLS", 7)
    found = decompose_nested(values, levels, population=people)
    pd.testing.assert_frame_equal(found.groups, whole.groups)


V = pd.Series({"a": 1.0, "b": 2.0, "c": 4.0})
L = pd.DataFrame({"kota": ["X", "X", "Y"], "kecamatan": ["p", "q", "r"]}, index=V.index)


@pytest.mark.parametrize(
    ("levels", "message"),
    [
        (L.replace("r", "p"), "Found kecamatan 'p' in more than one kota; expected one kota for each; name"),
        (L.replace("q", None), "Found a missing kecamatan for 'b'; expected a name"),
        (L.drop("c"), "Found no levels for 'c'"),
        (L.rename({"b": "a"}), "Found 'a' more than once in levels"),
        (L["kota"], "Found levels of type Series; expected a DataFrame, one column a level"),
    ],
)  # fmt: skip
def test_levels_that_do_not_nest_are_refused(levels, message):
    with pytest.raises(DisparityError, match=message):
        decompose_nested(V, levels)
