"""The period of a programme: what its source states, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.study.periods import PERIOD_STATES, Period, parse_period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-2024", Period(2019, 2024)),
        ("2024-2019", Period(2019, 2024)),
        ("2020-", Period(first=2020)),
        ("2015- (Plus: 2019-)", Period(first=2015)),
        ("-2021-", Period(seen=2021)),
        (" 2023 ", Period(2023, 2023)),
        ("tahunan", Period()),
        ("", Period()),
        ("20", Period()),
        (None, Period()),
        (float("nan"), Period()),
    ],
)
def test_only_what_is_stated_is_known(text, expected):
    assert parse_period(text) == expected


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("2021-2022", ["not_running", "running", "running", "not_running"]),
        ("2021-", ["not_running", "running", "open", "open"]),
        ("-2021-", ["unknown", "running", "unknown", "unknown"]),
        ("2022", ["not_running", "not_running", "running", "not_running"]),
        ("tahunan", ["unknown"] * 4),
    ],
)
def test_a_year_is_running_open_over_or_unknown(text, states):
    assert [parse_period(text).state(year) for year in (2020, 2021, 2022, 2023)] == states


def test_every_shipped_period_is_read_as_its_notation_says(kediri):
    programmes = kediri.table("programmes").dropna(subset=["period"])
    unread = programmes[[parse_period(text) == Period() for text in programmes["period"]]]
    assert unread["period"].tolist() == ["tahunan"]


@given(st.text(max_size=12), st.integers(1990, 2100))
def test_any_text_has_a_state(text, year):
    assert parse_period(text).state(year) in PERIOD_STATES
