import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.regions import (
    SERVED,
    DisparityError,
    adjust,
    compare_references,
    coverage_table,
    disparity,
    service_gap,
)

from .family import close, modest, skewed

KECAMATAN = ["Mojoroto", "Kota", "Pesantren"]
PRIORITY = pd.DataFrame({"SOC": [3, 2, 5]}, KECAMATAN)
KELURAHAN = pd.Series([14, 17, 15], KECAMATAN)


@st.composite
def cases(draw):
    """People reached by region and pillar, some in each pillar, and a reference above 0."""
    names = [f"R{i}" for i in range(draw(st.integers(2, 7)))]
    counts = st.lists(st.integers(0, 60), min_size=len(names), max_size=len(names)).filter(any)
    amounts = pd.DataFrame({pillar: draw(counts) for pillar in ("GOV", "SOC", "all")}, index=names)
    reference = draw(st.lists(st.floats(0.1, 1e4), min_size=len(names), max_size=len(names)))
    return amounts, pd.Series(reference, names)


def wide(found, column):
    return found.table.pivot(index="region", columns="pillar", values=column)


# --- the gap ---


def test_priority_against_stunting_in_the_three_kecamatan_by_hand():
    # Kota Kediri 2024: 3 of 14, 2 of 17 and 5 of 15 kelurahan have priority, 10 of 46 in all.
    found = service_gap(PRIORITY, KELURAHAN)
    table = found.table.set_index("region")
    assert list(table["expected"]) == close([140 / 46, 170 / 46, 150 / 46])
    assert list(table["gap"]) == close([-2 / 46, -78 / 46, 80 / 46])
    assert list(table["ratio"]) == close([138 / 140, 92 / 170, 230 / 150])
    assert found.to_move.loc["SOC", ["total", "amount", "share"]].to_list() == close([10, 80 / 46, 8 / 46])
    p = 17 / 46  # Kota: none, one, and half of two of ten
    tail = (1 - p) ** 10 + 10 * p * (1 - p) ** 9 + 45 * p**2 * (1 - p) ** 8 / 2
    assert table.loc["Kota", "p_value"] == close(2 * tail)
    assert set(table["served"]) <= {"unclear", "as_expected"}
    assert list(found.underserved("SOC", beyond_chance=False)["region"]) == ["Kota", "Mojoroto"]
    assert found.underserved().empty


@given(case=cases())
@modest
def test_gaps_sum_to_nothing_and_what_would_move_is_the_hoover_index(case):
    amounts, reference = case
    found = service_gap(amounts, reference)
    total = amounts.sum()
    gap = wide(found, "gap")
    assert (gap.sum().abs() <= 1e-9 * total).all()
    for pillar, row in found.to_move.iterrows():
        hoover = disparity(amounts[pillar] / reference, "hoover", population=reference)
        assert row["amount"] == close(hoover * total[pillar]) == close(gap[pillar].abs().sum() / 2)
        assert row["share"] == close(hoover)


@given(case=cases())
@modest
def test_moving_as_proposed_evens_it_out_and_moves_no_more(case):
    amounts, reference = case
    found = service_gap(amounts, reference)
    gives, receives = wide(found, "gives"), wide(found, "receives")
    even = amounts - gives + receives
    for pillar in amounts:
        assert list(even[pillar] / reference) == close([amounts[pillar].sum() / reference.sum()] * len(reference))
        assert gives[pillar].sum() == close(receives[pillar].sum()) == close(found.to_move.loc[pillar, "amount"])
    assert ((gives == 0) | (receives == 0)).all(axis=None)
    after = service_gap(even, reference)
    assert (after.to_move["share"] <= 1e-9).all()


@given(case=cases(), people=st.sampled_from([1, 2.5, 8]))
@modest
def test_agrees_with_its_slow_twin(case, people):
    amounts, reference = case
    table = service_gap(amounts, reference, people_per_decision=people).table.set_index(["pillar", "region"])
    for pillar in amounts:
        whole = amounts[pillar].sum()
        for region, count in amounts[pillar].items():
            share = reference[region] / reference.sum()
            row = table.loc[(pillar, region)]
            assert (row["realised"], row["expected"]) == (count, close(whole * share))
            if people == 1:
                law = stats.binom(whole, share)
                below, above = law.cdf(count - 1), law.sf(count)
                half = law.pmf(count) / 2
                assert row["p_value"] == pytest.approx(min(1, 2 * (below + half), 2 * (above + half)), rel=1e-6)
        assert list(table.loc[pillar, "p_adjusted"]) == close(list(adjust(table.loc[pillar, "p_value"])))
    assert set(table["served"]) <= set(SERVED)


@given(case=cases(), factor=st.sampled_from([2, 4, 0.25]))
@modest
def test_neither_unit_nor_order_matters(case, factor):
    amounts, reference = case
    found = service_gap(amounts, reference)
    turned = service_gap(amounts[::-1], reference * factor)
    keys = ["pillar", "region"]
    pd.testing.assert_frame_equal(
        found.table.sort_values(keys, ignore_index=True), turned.table.sort_values(keys, ignore_index=True)
    )
    more = service_gap(amounts * 3, reference, people_per_decision=3)  # three times as many, in groups of three
    same = ["ratio", "p_value", "p_adjusted"]
    pd.testing.assert_frame_equal(more.table[same], found.table[same])
    pd.testing.assert_series_equal(more.to_move["dispersion"], found.to_move["dispersion"] * 3)
    pd.testing.assert_series_equal(more.to_move["share"], found.to_move["share"])


def test_an_even_share_has_no_gap_at_all():
    _, reference = skewed(46)
    found = service_gap(pd.DataFrame({"SOC": reference * 0.1}), reference)
    assert (found.table[["gap", "gives", "receives"]] == 0).all(axis=None)
    assert (found.table["ratio"] == 1).all()
    assert found.underserved(beyond_chance=False).empty


def test_years_and_pillars_may_be_two_levels():
    names = ["programme", "region", "year", "planned_people", "realised_people", "status"]
    rows = [
        ("P1", "A", 2023, 9, 9, "official"),
        ("P1", "B", 2023, 9, 1, "official"),
        ("P1", "B", 2024, 9, 8, "official"),
    ]
    table = coverage_table(pd.DataFrame(rows, columns=names), pd.Series({"P1": "SOC"}), regions=["A", "B"])
    amounts = table.pivot(index="region", columns=["year", "pillar"], values="realised")
    found = service_gap(amounts, pd.Series({"A": 1, "B": 1}))
    assert list(found.table.columns[:3]) == ["year", "pillar", "region"]
    assert list(found.underserved((2024, "SOC"), beyond_chance=False)["region"]) == ["A"]
    one = service_gap(amounts[2024], pd.Series({"A": 1, "B": 1}))
    assert list(one.table["gap"]) == list(found.table.query("year == 2024")["gap"])
    unnamed = service_gap(amounts.rename_axis(columns=[None, None]), pd.Series({"A": 1, "B": 1}))
    assert list(unnamed.table.columns[:3]) == ["level_0", "level_1", "region"]


# --- more than chance ---


def test_the_words_for_what_is_found():
    names = [*"ABCD", "small", "none"]
    reached = pd.DataFrame({"SOC": [10, 100, 60, 49, 2, 0]}, index=names)
    need = pd.Series([50, 50, 58, 50, 2, 2], names)
    assert service_gap(reached, need).table.set_index("region")["served"].to_dict() == {
        "A": "under", "B": "over", "C": "as_expected", "D": "as_expected", "small": "unclear", "none": "unclear",
    }  # fmt: skip


def test_unclear_is_where_not_even_nobody_at_all_could_be_told_from_chance():
    share, regions = 0.05, 20
    for whole in (100, 116, 118, 200):
        amounts = pd.DataFrame({"SOC": [0.0, *[whole / (regions - 1)] * (regions - 1)]})
        row = service_gap(amounts, pd.Series(np.ones(regions))).table.iloc[0]
        assert row["p_value"] == close((1 - share) ** whole)
        assert row["served"] == ("under" if (1 - share) ** whole * regions <= 0.05 else "unclear")


def test_regions_are_flagged_by_chance_no_oftener_than_promised():
    _, reference = skewed(46)
    share = (reference / reference.sum()).to_numpy()
    groups = np.random.default_rng(0).multinomial(400, share, size=400).T
    people = pd.DataFrame(groups * 10, index=reference.index)

    def flagged(**options):
        table = service_gap(people, reference, **options).table
        some = table["served"].isin(["under", "over"]).groupby(table["pillar"]).any().mean()
        return (table["p_value"] <= 0.05).mean(), some

    alone, some = flagged(people_per_decision=10)
    assert alone == pytest.approx(0.05, abs=0.012)
    assert some < 0.07
    as_persons, almost_all = flagged()  # people in groups of ten, taken for single persons
    assert as_persons > 0.4
    assert almost_all > 0.99
    assert service_gap(people, reference).to_move["dispersion"].mean() == pytest.approx(10, rel=0.03)


def test_half_the_share_is_found_when_there_are_enough_people():
    _, reference = skewed(46)
    weight = reference.where(np.arange(46) % 5 != 0, reference / 2)
    served = np.random.default_rng(0).multinomial(40_000, weight / weight.sum())
    found = service_gap(pd.DataFrame({"SOC": served}, index=reference.index), reference)
    assert set(reference.index[::5]) <= set(found.underserved("SOC")["region"])
    assert list(found.underserved()["gap"]) == sorted(found.underserved()["gap"])


def test_nobody_reached_and_nothing_needed_are_no_errors():
    amounts = pd.DataFrame({"GOV": [0, 0, 0], "SOC": [10, 5, 40]}, index=list("ABC"))
    found = service_gap(amounts, pd.Series({"A": 1, "B": 1, "C": 0}))
    table = found.table.set_index(["pillar", "region"])
    assert table.loc["GOV", "served"].eq("unclear").all()
    assert table.loc["GOV", ["p_value", "gap"]].to_numpy().tolist() == [[1, 0]] * 3
    assert np.isnan(found.to_move.loc["GOV", "share"])
    assert table.loc[("SOC", "C"), ["gives", "served"]].to_list() == [40, "over"]  # served where nothing is needed
    assert np.isnan(table.loc[("SOC", "C"), "ratio"])
    assert found.to_move.loc["SOC", "amount"] == 40
    alone = service_gap(amounts, pd.Series({"A": 1, "B": 0, "C": 0})).to_move
    assert alone["dispersion"].isna().all()


# --- several references ---


def test_underserved_whichever_way_is_below_one_under_every_reference():
    _, people = skewed(12)
    references = pd.DataFrame({"people": people, "area_km2": people[::-1].to_numpy(), "need": 1.0})
    rng = np.random.default_rng(0)
    amounts = pd.DataFrame({pillar: rng.poisson(people / 50) for pillar in ("GOV", "SOC")}, index=people.index)
    table = compare_references(amounts, references[::-1], people_per_decision=2)
    each = [service_gap(amounts, references[name], people_per_decision=2).table for name in references]
    for name, own in zip(references, each, strict=True):
        for column in ("gap", "ratio", "served"):
            assert list(table[f"{column}_{name}"]) == list(own[column])
    assert list(table["underserved"]) == list(np.all([own["ratio"] < 1 for own in each], axis=0))
    assert list(table["underserved_beyond_chance"]) == list(np.all([own["served"] == "under" for own in each], axis=0))
    assert 0 < table["underserved"].sum() < len(table)
    assert (table["underserved"] >= table["underserved_beyond_chance"]).all()


# --- what is refused ---


def test_every_fault_is_found_at_once():
    amounts = pd.DataFrame({"GOV": [1.0, np.nan, 2.0], "SOC": [1.0, -2.0, 3.0]}, index=list("ABC"))
    references = pd.DataFrame({"people": [0, 0, 0], "need": [1, -1, 1]}, index=list("ABD"))
    with pytest.raises(DisparityError) as caught:
        compare_references(amounts, references, people_per_decision=0, level=95)
    remedy = "expected the same regions in both, matched by name; correct the names, or drop these regions."
    assert str(caught.value).splitlines() == [
        "GOV: Found missing or infinite amounts for 'B'; expected a number for every region; complete them, or drop "
        "these regions yourself.",
        "SOC: Found amounts below 0 in 'B'; expected 0 or more; correct them.",
        f"people: Found no reference for 'C'; {remedy}",
        f"people: Found reference but no values for 'D'; {remedy}",
        "need: Found reference below 0 in 'B'; expected 0 or more; correct them.",
        f"need: Found no reference for 'C'; {remedy}",
        f"need: Found reference but no values for 'D'; {remedy}",
        "Found people_per_decision 0; expected a number of 1 or more; correct it.",
        "Found level 95; expected a number between 0 and 1; correct it.",
    ]


@pytest.mark.parametrize(
    ("amounts", "reference", "message"),
    [
        (PRIORITY["SOC"], KELURAHAN, "Found amounts of type Series; expected a DataFrame, two regions or more"),
        (PRIORITY[:1], KELURAHAN[:1], r"Found amounts of type DataFrame of shape \(1, 1\); expected"),
        (PRIORITY[["SOC", "SOC"]], KELURAHAN, "Found 'SOC' more than once in amounts"),
        (PRIORITY, KELURAHAN * 0, "reference: Found a reference of 0 everywhere; expected some above 0"),
        (PRIORITY, [1, 2, 3], "reference: Found reference of type list; expected a Series"),
        (PRIORITY.loc[["Kota", "Kota", "Mojoroto"]], KELURAHAN, "SOC: Found 'Kota' more than once in amounts"),
    ],
)
def test_amounts_that_cannot_be_are_refused(amounts, reference, message):
    with pytest.raises(DisparityError, match=message):
        service_gap(amounts, reference)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownNameError, match=r"adjustment: found 'holmes', expected one of .*Did you mean 'holm'"):
        service_gap(PRIORITY, KELURAHAN, adjustment="holmes")
    with pytest.raises(UnknownNameError, match=r"pillar: found 'SOX', expected one of 'SOC'. Did you mean 'SOC'"):
        service_gap(PRIORITY, KELURAHAN).underserved("SOX")
    with pytest.raises(DisparityError, match="Found references of type Series; expected a DataFrame with columns"):
        compare_references(PRIORITY, KELURAHAN)
