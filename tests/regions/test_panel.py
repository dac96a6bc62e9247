"""East Java's real figures: the published index, the disparity and what drives it."""

import numpy as np
import pytest

from smartcity_analysis.index import build_index
from smartcity_analysis.regions import (
    decomposition_years,
    disparity_years,
    influence_table,
    lorenz_years,
    regional_index,
    regional_index_table,
    robustness,
    standing,
)
from smartcity_analysis.study import load_framework


def test_human_development_of_all_456_rows_is_the_published_one(jatim):
    hdi = load_framework("human_development")
    codes = [leaf.code for leaf in hdi.leaves]
    published = jatim.panel("hdi_published")
    rows = 0
    for year in range(2010, 2022):
        computed = build_index(jatim.values(codes, year), hdi).total
        assert (computed - published[year]).abs().max() < 0.016, year  # BPS, October 2022
        rows += computed.notna().sum()
    assert rows == 456


def test_the_williamson_index_of_2017_hangs_on_kota_kediri(jatim):
    row = influence_table(jatim, ["williamson"], until=2024).iloc[0]
    assert (round(row["all_regions"], 3), round(row["without"], 3)) == (0.957, 0.825)
    assert (row["region"], row["year"]) == ("35.71", 2017)


def test_between_and_within_sum_to_the_total(jatim):
    for measure in ("theil_t", "mean_log_deviation"):
        table = decomposition_years(jatim, until=2024, measure=measure)
        assert np.abs(table["between"] + table["within"] - table["total"]).max() < 1e-12
        assert list(table["year"]) == list(range(2011, 2018))


def test_a_figure_takes_the_status_of_what_it_rests_on(jatim):
    result, year = regional_index(jatim, until=2024)
    table = regional_index_table(result, jatim, year)
    assert year == 2021 and set(table["status"]) == {"official"}
    assert set(disparity_years(jatim, ["gini"], until=2024)["status"]) == {"estimated"}
    own = standing(table, "35.71").iloc[0]
    assert (own["rank"], own["regions"], own["best_region"]) == (6, 38, "35.78")
    assert standing(table, "99.99").empty


def test_lorenz_curves_of_both_ends(jatim):
    curves = lorenz_years(jatim, until=2024)
    assert set(curves["year"]) == {2011, 2017}
    for _, curve in curves.groupby("year"):
        assert curve["value_share"].iloc[-1] == pytest.approx(1) and len(curve) == 39
        assert (curve["value_share"] <= curve["population_share"] + 1e-12).all()


def test_robustness_repeats_and_accounts_for_every_region(jatim):
    first, again = robustness(jatim, until=2024), robustness(jatim, until=2024)
    assert first.bands.equals(again.bands) and first.drivers.equals(again.drivers)
    np.testing.assert_allclose(first.acceptability.sum(axis=1), 1)
    compared = first.compared("35.71")
    assert len(compared) == 37 and set(compared["verdict"]) <= {"above", "below", "unclear"}
    better = compared["rank"] < 6
    assert (compared.loc[better, "verdict"] != "below").all() and (compared.loc[~better, "verdict"] != "above").all()
