import doctest
import pickle
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.index import IndexSpec, Method, NodeSpec, ScoringError, build_index
from smartcity_analysis.index.panel import GROWTHS, build_panel, explain_index_change, growth, replay, vary
from smartcity_analysis.study import Framework, Leaf, Node, load_study

room = import_module("smartcity_analysis.index.panel")
TREE = Framework(
    "test",
    {},
    Node("city", {}, children=(Node("water", {}, leaf=Leaf()), Node("waste", {}, leaf=Leaf(direction=-1)))),
    scale=(0.0, 100.0),
)
YEARS = {
    2022: pd.DataFrame({"water": [30.0, 10.0, 20.0], "waste": [5.0, 1.0, 3.0]}, index=["c", "a", "b"]),
    2020: pd.DataFrame({"water": [0.0, 20.0, 10.0], "waste": [1.0, 5.0, 9.0]}, index=["a", "b", "c"]),
    2021: pd.DataFrame({"water": [5.0, 15.0], "waste": [2.0, 4.0]}, index=["a", "b"]),
}


def long(tables):
    """One table whose rows are (region, year)."""
    return pd.concat(tables, names=["year", "region"]).swaplevel()


class TestHumanDevelopment:
    def test_published_indices_of_two_years_are_met(self, published, hdi):
        values = published[[node.code for node in hdi.leaves]].astype(float)
        panel = build_panel(values, hdi)
        assert panel.years == (2010, 2021)
        expected = published["published"].unstack("year")
        assert (panel.total - expected).abs().max(axis=None) < 0.016

    def test_kota_kediri_in_twelve_years(self, hdi):
        """BPS: 72.20 in 2010 and 78.60 in 2021; the index grew in every year."""
        study = load_study("jatim")
        codes = [node.code for node in hdi.leaves]
        panel = build_panel({year: study.values(codes, year) for year in range(2010, 2022)}, hdi)
        kediri = panel.total.loc["35.71"]
        assert kediri[[2010, 2021]].to_list() == pytest.approx([72.20, 78.60], abs=0.016)
        assert kediri.is_monotonic_increasing
        steps = [panel.change(year, year + 1) for year in range(2010, 2021, 5)]
        for step in steps:
            assert abs(step.indicators.loc["35.71"].sum() - step.change["35.71"]) < 1e-10


class TestBounds:
    def test_joint_bounds_are_those_of_all_years(self):
        panel = build_panel(YEARS, TREE)
        assert panel.bounds.loc["water", ["lower", "upper"]].to_list() == [0, 30]
        assert panel.bounds.loc["waste", ["lower", "upper"]].to_list() == [1, 9]
        assert panel.scores("water").loc["a"].to_list() == pytest.approx([0, 500 / 30, 1000 / 30])
        assert panel.total.loc["b", 2021] == pytest.approx((50 + 100 * (9 - 4) / 8) / 2)

    def test_one_scale_keeps_the_order_of_years(self):
        assert (build_panel(YEARS, TREE).scores("water").loc["b"].diff().dropna().to_list()) == pytest.approx(
            [-500 / 30, 500 / 30]
        )

    def test_bounds_of_one_year_stay(self):
        first, named = build_panel(YEARS, TREE, bounds="first"), build_panel(YEARS, TREE, bounds=2021)
        assert first.bounds.loc["water", ["lower", "upper"]].to_list() == [0, 20]
        assert named.bounds.loc["water", ["lower", "upper"]].to_list() == [5, 15]
        assert first.scores("water").loc["c", 2022] == 150

    def test_given_bounds_hold(self):
        given_bounds = build_index(YEARS[2022], TREE).bounds
        panel = build_panel(YEARS, TREE, bounds=given_bounds)
        pd.testing.assert_frame_equal(panel.bounds, given_bounds)
        pd.testing.assert_series_equal(
            panel.results[2022].total, build_index(YEARS[2022], TREE).total, check_exact=True
        )

    def test_a_year_alone_is_the_index_itself(self):
        panel = build_panel({2022: YEARS[2022]}, TREE)
        pd.testing.assert_frame_equal(panel.results[2022].scores, build_index(YEARS[2022], TREE).scores)

    def test_what_is_constant_in_one_year_is_scored_within_the_bounds_of_all(self):
        flat = {**YEARS, 2023: YEARS[2022].assign(water=15.0)}
        assert build_panel(flat, TREE).scores("water")[2023].to_list() == [50, 50, 50]

    def test_ranks_are_within_each_year(self):
        panel = build_panel(YEARS, TREE, IndexSpec(normalise="rank"))
        assert panel.scores("water").loc["a"].to_list() == [1, 1, 1]
        assert panel.ranks.loc["c"].to_list() == [3, pd.NA, 1]

    def test_a_region_to_refer_to_needs_the_bounds_of_one_year(self):
        own = NodeSpec(normalise="distance_to_reference", normalise_options={"reference": "b"})
        spec = IndexSpec(nodes={"water": own})
        assert build_panel(YEARS, TREE, spec, bounds=2021).scores("water").loc["b", 2021] == 100
        with pytest.raises(UnknownNameError, match=r"reference region: found 'b', expected one of 'a \(2020\)'"):
            build_panel(YEARS, TREE, spec)

    def test_other_names_are_refused(self):
        with pytest.raises(UnknownNameError, match=r"bounds of a panel: found 'joined', expected one of 'joint', "):
            build_panel(YEARS, TREE, bounds="joined")
        with pytest.raises(UnknownNameError, match=r"bounds of a panel: found 2019, expected .* '2020', '2021', '20"):
            build_panel(YEARS, TREE, bounds=2019)


@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(8)), turned=st.booleans())
def test_the_order_of_rows_does_not_matter(order, turned):
    rows = long(YEARS).iloc[list(order)]
    panel = build_panel(rows.swaplevel() if turned else rows, TREE)
    expected = build_panel(YEARS, TREE)
    assert panel.years == (2020, 2021, 2022)
    pd.testing.assert_frame_equal(panel.total.loc[["a", "b", "c"]], expected.total.loc[["a", "b", "c"]])


class TestPanel:
    def test_a_region_without_a_year_has_no_score_in_it(self):
        panel = build_panel(YEARS, TREE)
        assert panel.total.loc["c"].isna().to_list() == [False, True, False]
        assert panel.total.columns.name == "year" and panel.total.index.name == "region"
        change = panel.change(2021, 2022)
        assert list(change.effects.index) == ["a", "b"] and list(change.only_after) == ["c"]

    def test_levels_without_names_are_region_and_year(self):
        rows = long(YEARS)
        rows.index.names = [None, None]
        pd.testing.assert_frame_equal(build_panel(rows, TREE).total, build_panel(long(YEARS), TREE).total)

    def test_change_between_years_is_of_values_where_the_bounds_are_joint(self):
        change = build_panel(YEARS, TREE).change(2020, 2022, "city")
        assert (change.effects.drop(columns="values") == 0).all(axis=None)
        assert change.indicators.loc["c"].to_list() == pytest.approx([1000 / 30, 25])
        apart = explain_index_change(*(build_index(YEARS[year], TREE) for year in (2020, 2022)))
        assert (apart.effects["method"] != 0).all() and apart.residual.abs().max() < 1e-10

    def test_a_year_that_is_not_there(self):
        with pytest.raises(UnknownNameError, match=r"Unknown year: found 2012, expected one of '2020', '2021'"):
            build_panel(YEARS, TREE).change(2012, 2020)
        with pytest.raises(UnknownNameError, match="Unknown framework code: found 'watr'"):
            build_panel(YEARS, TREE).scores("watr")

    def test_problems_name_their_year(self):
        faulty = {**YEARS, 2021: YEARS[2021].drop(columns="waste"), 2020: YEARS[2020].drop(columns="water")}
        with pytest.raises(ScoringError) as error:
            build_panel(faulty, TREE)
        assert [problem[:33] for problem in error.value.problems] == [
            "2020: The values: found no column",
            "2021: The values: found no column",
        ]
        twice = pd.concat([long(YEARS), long(YEARS).iloc[:1]])
        with pytest.raises(ScoringError, match=r"found regions 'c \(2022\)' twice"):
            build_panel(twice, TREE)

    def test_years_are_whole_numbers(self):
        with pytest.raises(ScoringError, match=r"The years: found .2020., expected whole numbers\. Convert"):
            build_panel({"2020": YEARS[2020]}, TREE)
        with pytest.raises(ScoringError, match="The years: found none, expected whole numbers"):
            build_panel({}, TREE)
        with pytest.raises(ScoringError, match="found rows without a year, expected rows \\(region, year\\)"):
            build_panel(YEARS[2020], TREE)
        with pytest.raises(ScoringError, match="2020: found ndarray, expected a DataFrame"):
            build_panel({2020: YEARS[2020].to_numpy()}, TREE)

    def test_the_callers_tables_are_left_alone(self):
        rows = long(YEARS)
        before = rows.copy(deep=True)
        replay(build_panel(rows, TREE), IndexSpec(scale=(1, 100))).change(2020, 2022)
        pd.testing.assert_frame_equal(rows, before)

    def test_a_panel_travels(self):
        panel = build_panel(YEARS, TREE)
        pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(panel)).total, panel.total)


class TestReplay:
    @pytest.mark.parametrize("bounds", ["joint", "first", 2021])
    def test_a_panel_played_again_is_the_panel_built_anew(self, bounds):
        panel = build_panel(YEARS, TREE, bounds=bounds)
        for spec in (IndexSpec(normalise="zscore"), IndexSpec(normalise="rank"), IndexSpec(scale=(1, 10))):
            again, anew = replay(panel, spec), build_panel(YEARS, TREE, spec, bounds=bounds)
            pd.testing.assert_frame_equal(again.total, anew.total)
            pd.testing.assert_frame_equal(again.bounds, anew.bounds)

    def test_nothing_changed_is_nothing_changed(self):
        panel = build_panel(YEARS, TREE)
        pd.testing.assert_frame_equal(replay(panel, vary(panel.spec)).total, panel.total)

    def test_given_bounds_of_another_method_are_refused(self):
        panel = build_panel(YEARS, TREE, bounds=build_index(YEARS[2020], TREE).bounds)
        with pytest.raises(ScoringError, match=r"2020: The bounds: found no column 'mean', 'sd', which zscore needs"):
            replay(panel, IndexSpec(normalise="zscore"))


class TestVary:
    spec = IndexSpec(scale=(1, 100), nodes={"city": NodeSpec(aggregate="geometric", min_available=0.5)})

    def test_only_what_is_named_changes(self):
        varied = vary(self.spec, weights="equal")
        assert varied.weights == "equal" and varied.scale == (1, 100)
        assert varied.nodes["city"] == self.spec.nodes["city"]
        assert self.spec.weights == "declared"

    def test_settings_of_a_node_are_merged(self):
        varied = vary(self.spec, nodes={"city": {"min_available": 0.8}, "water": {"normalise": "rank"}})
        assert varied.nodes["city"] == NodeSpec(aggregate="geometric", min_available=0.8)
        assert varied.nodes["water"].normalise == "rank"
        assert "water" not in self.spec.nodes

    def test_a_node_may_be_put_in_place_or_taken_away(self):
        assert vary(self.spec, nodes={"city": NodeSpec(aggregate="minimum")}).nodes["city"].min_available is None
        assert vary(self.spec, nodes={"city": None, "water": None}).nodes == {}

    def test_unknown_settings_are_refused(self):
        with pytest.raises(UnknownNameError, match=r"setting of IndexSpec: found 'weight'.*Did you mean 'weights'"):
            vary(self.spec, weight="equal")
        with pytest.raises(UnknownNameError, match=r"setting of NodeSpec: found 'agregate'.*mean 'aggregate'"):
            vary(self.spec, nodes={"city": {"agregate": "minimum"}})

    def test_settings_are_checked_as_ever(self):
        with pytest.raises(ScoringError, match="min_available: found 8"):
            vary(self.spec, nodes={"city": {"min_available": 8}})


SCORES = pd.DataFrame({2012: [40.0, 9.0], 2010: [10.0, 8.0], 2011: [90.0, np.nan]}, index=["a", "b"])


class TestGrowth:
    @pytest.mark.parametrize("method", GROWTHS)
    def test_the_chosen_years_come_back_and_only_they_count(self, method):
        table = growth(SCORES, method, years=[2012, 2010])
        assert list(table.columns) == [2010, 2012, "growth"]
        pd.testing.assert_frame_equal(table[[2010, 2012]], SCORES[[2010, 2012]], check_column_type=False)
        assert table["growth"].to_list() == pytest.approx(
            {"difference": [30, 1], "percent": [300, 12.5], "slope": [15, 0.5]}[method]
        )

    def test_a_score_missing_in_a_chosen_year_gives_no_growth(self):
        assert growth(SCORES)["growth"].isna().to_list() == [False, True]
        assert growth(SCORES, years=range(2010, 2012))["growth"].isna().to_list() == [False, True]

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3), st.sets(st.integers(1990, 2030), min_size=3, max_size=3)
    )
    def test_slope_is_least_squares(self, scores, years):
        table = pd.DataFrame([scores], columns=sorted(years))
        expected = np.polyfit(np.array(sorted(years)) - 2010.0, scores, 1)[0]
        assert growth(table, "slope")["growth"][0] == pytest.approx(expected, abs=1e-7)

    def test_a_researchers_own_function_or_record(self):
        def yearly_pct(scores, years):
            return 100 * ((scores[..., -1] / scores[..., 0]) ** (1 / (years[-1] - years[0])) - 1)

        assert growth(SCORES, yearly_pct, years=[2010, 2012])["growth"]["a"] == pytest.approx(100)
        record = Method("yearly", yearly_pct, "Tahunan", "Yearly", positive=True)
        assert growth(SCORES, record, years=[2010, 2012])["growth"]["a"] == pytest.approx(100)
        with pytest.raises(ScoringError, match=r"growth: found a result of shape \(2, 2\), expected one number a"):
            growth(SCORES, lambda scores, years: np.diff(scores))

    def test_of_a_panel_and_of_one_of_its_nodes(self):
        panel = build_panel(YEARS, TREE)
        table = growth(panel, years=[2020, 2022])
        assert table["growth"].to_list() == pytest.approx((panel.total[2022] - panel.total[2020]).to_list())
        water = growth(panel, code="water", years=[2020, 2022])
        assert water.loc["c", "growth"] == pytest.approx(2000 / 30)

    def test_refusals(self):
        with pytest.raises(UnknownNameError, match=r"Unknown year: found 2009, expected one of '2012', '2010', '2011'"):
            growth(SCORES, years=[2009, 2010])
        with pytest.raises(ScoringError, match="growth: found the years 2010, expected at least two"):
            growth(SCORES, years=[2010, 2010])
        with pytest.raises(UnknownNameError, match=r"growth method: found 'slop'.*Did you mean 'slope'"):
            growth(SCORES, "slop")
        with pytest.raises(ScoringError, match=r"percent: found scores of 0 or less for 'b', expected above 0"):
            growth(SCORES.fillna(-1.0), "percent")


def test_every_example_does_what_it_says():
    result = doctest.testmod(room)
    assert result.failed == 0 and result.attempted > 0
