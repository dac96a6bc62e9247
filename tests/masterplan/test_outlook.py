"""The probability of a target from a short series: assumptions named, nothing said where nothing can be."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smartcity_analysis.masterplan import ASSUMPTIONS, score_trend, target_outlook
from smartcity_analysis.present.language import LANGUAGES, speak


def trend_of(scores, target=3.6, horizon=1, breaks=()):
    years = list(range(2010, 2010 + len(scores) + horizon))
    score = [*scores, *[np.nan] * horizon]
    frame = pd.DataFrame({"year": years, "score": score, "target": np.nan, "target_met": None, "status": "reported"})
    frame.loc[frame.index[-1], "target"] = target
    return frame.assign(step=frame["score"].diff(), method_break=frame["year"].isin(breaks))


def test_kediri_has_three_steps_and_a_method_break(kediri):
    """Steps +0.19, +0.25, -0.113 of mean 0.109; the last one leads into 2023, when the method changed."""
    found = target_outlook(score_trend(kediri, until=2024))
    assert found.verdict == "few_break" and found.assumptions == ASSUMPTIONS
    assert (found.points, found.steps, found.facts["break_years"]) == (4, 3, [2023])
    table = found.table.set_index("assumption")
    steps = np.array([0.19, 0.25, -0.113])
    spread = steps.std(ddof=1) * np.sqrt(4 / 3)
    assert table.loc["drift", "probability"] == pytest.approx(stats.t.sf((0.403 - 0.109) / spread, 2))
    assert table.loc["drift", "forecast"] == pytest.approx(3.306)
    assert table.loc["drift", "lower_limit"] == pytest.approx(3.306 - stats.t.ppf(0.95, 2) * spread)
    before = steps[:2].std(ddof=1) * np.sqrt(3 / 2)
    assert table.loc["before_break", "probability"] == pytest.approx(stats.t.sf((0.403 - 0.22) / before, 1))
    assert table.loc["no_drift", "probability"] == pytest.approx(stats.t.sf(0.403 / np.sqrt((steps**2).mean()), 3))
    assert table.loc["exchangeable", "probability"] == 1 / 4 and np.isnan(table.loc["exchangeable", "upper_limit"])
    assert (found.lowest, found.highest) == (table["probability"].min(), 0.25)
    assert set(table["status"]) == {"reported"} == {found.status}


def test_a_weaker_score_makes_a_weaker_outlook(kediri):
    trend = score_trend(kediri, until=2024)
    trend.loc[trend["year"] == 2021, "status"] = "illustrative"
    found = target_outlook(trend)
    assert found.status == "illustrative" and set(found.table["status"]) == {"illustrative"}


def test_intervals_of_a_random_walk_hold_what_they_promise():
    """Simulated: over many walks with drift the interval holds the score in 90 % of cases, one and three years on."""
    rng = np.random.default_rng(5)
    for horizon in (1, 3):
        held = []
        for _ in range(400):
            walk = 2.0 + np.cumsum(rng.normal(0.01, 0.02, 5 + horizon))
            found = target_outlook(trend_of(walk[:5], 3.0, horizon))
            held.append(found.lower <= walk[-1] <= found.upper)
        assert abs(np.mean(held) - 0.9) < 0.045, horizon


def test_a_longer_way_is_wider_and_has_no_bound_from_ranks():
    near, far = (target_outlook(trend_of([2.0, 2.2, 2.3, 2.6, 2.7, 2.8], horizon=h)) for h in (1, 3))
    assert near.verdict == far.verdict == "given"
    assert far.upper - far.lower > near.upper - near.lower
    assert near.assumptions == ("drift", "no_drift", "exchangeable") and far.assumptions == ("drift", "no_drift")


def test_steps_that_were_large_enough_before_raise_the_bound():
    found = target_outlook(trend_of([2.0, 2.5, 2.4, 3.0, 3.1], target=3.5))
    row = found.table.set_index("assumption").loc["exchangeable"]
    assert row["probability"] == (2 + 1) / (4 + 1)  # steps of 0.5 and 0.6 were at least 0.4


def test_limits_stay_on_the_scale():
    found = target_outlook(trend_of([2.0, 3.9, 2.0, 3.9], target=4.0))
    assert found.upper == 4.0 and found.lower == 0.0


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [([], "no_score"), ([2.0], "too_few"), ([2.0, 2.1], "too_few"), ([2.0, 2.5, 3.0], "no_spread")],
)
def test_too_little_gives_no_probability(scores, verdict):
    found = target_outlook(trend_of(scores))
    assert found.verdict == verdict and np.isnan(found.probability) and found.table.empty
    assert {"assumption", "probability", "lower_limit", "status"} <= set(found.table)


@pytest.mark.parametrize(
    ("year", "verdict"), [(2020, "no_target"), (2021, "no_target"), (2022, "past"), (2023, "past")]
)
def test_without_a_target_ahead_there_is_none(kediri, year, verdict):
    assert target_outlook(score_trend(kediri, until=year)).verdict == verdict


def test_missing_years_give_no_step(kediri):
    scores = kediri.table("scores").query("year != 2021")
    study = type(kediri)(kediri.name, kediri.folder, kediri.spec, {**kediri.tables, "scores": scores})
    assert target_outlook(score_trend(study, until=2024)).verdict == "too_few"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_a_sentence(language, kediri):
    trends = {
        "few_break": score_trend(kediri, until=2024),
        "past": score_trend(kediri, until=2023),
        "no_target": score_trend(kediri, until=2021),
        "few": trend_of([2.0, 2.2, 2.3]),
        "given": trend_of([2.0, 2.2, 2.3, 2.6, 2.7]),
        "given_break": trend_of([2.0, 2.2, 2.3, 2.6, 2.7], breaks=[2012]),
        "too_few": trend_of([2.0, 2.2]),
        "no_spread": trend_of([2.0, 2.2, 2.4]),
        "no_score": trend_of([]),
    }
    words = speak(language)
    for verdict, trend in trends.items():
        found = target_outlook(trend)
        assert found.verdict == verdict
        assert len(words.text(f"tables.outlook.{verdict}", **found.facts)) > 20
    assert {key for key in words.messages if key.startswith("tables.outlook.")} == {
        f"tables.outlook.{v}" for v in trends
    }
    said = words.text("tables.outlook.few_break", **target_outlook(trends["few_break"]).facts)
    numbers = ("16 persen", "2,65", "3,96", "6 persen", "25 persen") if language == "id" else ("16%", "2.65", "3.96")
    assert all(number in said for number in (*numbers, "2023", "2024"))
