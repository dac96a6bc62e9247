"""The score against its targets, year by year."""

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import score_trend, target_gap


def test_kediris_scores_rose_until_2022_and_fell_in_2023(kediri):
    """Press: 2.87 (2020), 3.06 (2021), 3.31 (2022), 3.197 (2023); targets 3.40 for 2022 and 3.45 for 2023."""
    trend = score_trend(kediri, until=2024).set_index("year")
    assert trend["score"].tolist()[:4] == [2.87, 3.06, 3.31, 3.197] and np.isnan(trend.loc[2024, "score"])
    assert trend["step"].tolist()[1:4] == pytest.approx([0.19, 0.25, -0.113])
    assert trend.loc[[2022, 2023], "target_gap"].tolist() == pytest.approx([-0.09, -0.253])
    assert trend["target_met"].tolist() == [None, None, False, False, None]
    assert trend["method_break"].tolist() == [False, False, False, True, False]
    assert trend["weights_known"].tolist() == [False, False, True, False, False]


def test_the_target_of_2024_asks_for_more_than_any_year_brought(kediri):
    gap = target_gap(score_trend(kediri, until=2024))
    assert gap.gap == pytest.approx(0.403) and gap.required_step == pytest.approx(0.403) and gap.years_left == 1
    assert (gap.largest_step, gap.largest_step_year) == (pytest.approx(0.25), 2022)
    assert (gap.last_year, gap.last_score, gap.target_year, gap.target) == (2023, 3.197, 2024, 3.6)
    assert (gap.targets_known, gap.targets_met) == (2, 0)
    assert gap.table().iloc[0].to_dict() == {name: getattr(gap, name) for name in gap.__dataclass_fields__}


def test_years_after_the_review_are_not_looked_at(kediri):
    trend = score_trend(kediri, until=2022)
    assert trend["year"].tolist() == [2020, 2021, 2022]
    with pytest.raises(DataError, match=r"scores\.csv\n  Ditemukan: <= 2019"):
        score_trend(kediri, until=2019)


def trend(**columns):
    years = range(2020, 2020 + len(columns["score"]))
    frame = pd.DataFrame({"year": years, "target": np.nan, "target_met": None, **columns})
    return frame.assign(step=frame["score"].diff())


def test_a_target_some_years_away_asks_for_a_rate():
    gap = target_gap(
        trend(score=[2.0, 2.5, np.nan, np.nan], target=[np.nan, 2.4, 2.6, 3.1], target_met=[None, True, None, None])
    )
    assert (gap.target_year, gap.years_left, gap.target) == (2023, 2, 3.1)
    assert gap.gap == pytest.approx(0.6) and gap.required_step == pytest.approx(0.3)
    assert (gap.targets_known, gap.targets_met) == (1, 1)


def test_one_score_has_no_largest_step():
    gap = target_gap(trend(score=[2.0, np.nan], target=[np.nan, 3.0]))
    assert np.isnan(gap.largest_step) and gap.gap == 1.0


def test_scores_of_years_that_do_not_follow_each_other_are_no_step(kediri):
    scores = kediri.table("scores").query("year != 2021").sort_values("year", ascending=False)
    study = type(kediri)(kediri.name, kediri.folder, kediri.spec, {**kediri.tables, "scores": scores})
    steps = score_trend(study, until=2024).set_index("year")["step"]
    assert np.isnan(steps[2022]) and steps[2023] == pytest.approx(-0.113)


def test_without_a_score_there_is_no_gap():
    with pytest.raises(DataError, match=r"scores\.csv, kolom score"):
        target_gap(trend(score=[np.nan, np.nan], target=[3.0, 3.1]))


@pytest.mark.parametrize(("year", "gap"), [(2022, 0.09), (2023, 0.253)])
def test_a_year_whose_result_is_known_is_held_against_its_own_target(kediri, year, gap):
    found = target_gap(score_trend(kediri, until=year))
    assert (found.target_year, found.years_left) == (year, 0) and found.gap == pytest.approx(gap)
    assert np.isnan(found.required_step)


def test_without_any_target_the_gap_is_not_known(kediri):
    found = target_gap(score_trend(kediri, until=2021))
    assert np.isnan([found.target, found.gap, found.required_step]).all() and found.targets_known == 0
    assert found.last_score == 3.06


@pytest.mark.parametrize(
    ("column", "year"), [("status", 2023), ("status", 2022), ("status", 2021), ("target_status", 2024)]
)
def test_the_gap_is_as_weak_as_the_weakest_that_went_into_it(kediri, column, year):
    """The last score, both ends of the largest step, and the target."""
    trend = score_trend(kediri, until=2024)
    assert target_gap(trend).status == "reported"
    trend.loc[trend["year"] == year, column] = "illustrative"
    assert target_gap(trend).status == "illustrative"
