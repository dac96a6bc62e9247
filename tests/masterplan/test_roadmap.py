"""The roadmap: periods as sources state them, targets, actions, and the quick wins that are left."""

import pandas as pd
import pytest

from smartcity_analysis.masterplan import quick_wins_left, roadmap

ACTIONS = pd.DataFrame(
    {
        "number": [1, 2, 3],
        "id": ["R-1", "R-2", "R-3"],
        "pillar": [None, "GOV", None],
        "text_id": ["satu", "dua", "tiga"],
        "text_en": ["one", "two", "three"],
        "owner": ["diskominfo", "bappeda", None],
        "horizon": ["short", "medium", "long"],
        "status": "reported",
    }
)
PROGRESS = ["programme", "year", "state", "physical_plan_pct", "physical_pct", "budget_idr_million",
            "spent_idr_million", "evidence", "status", "source", "note"]  # fmt: skip


def altered(study, **tables):
    return type(study)(study.name, study.folder, study.spec, {**study.tables, **tables})


@pytest.fixture(scope="module")
def planned(kediri):
    return roadmap(kediri, ACTIONS, until=2024)


def test_everything_real_stands_on_it(kediri, planned):
    assert planned["lane"].value_counts().to_dict() == {"programme": 48, "target": 3, "action": 3}
    targets = planned[planned["lane"] == "target"]
    assert targets["value"].tolist() == [3.4, 3.45, 3.6] and targets["status"].tolist()[1] == "estimated"


@pytest.mark.parametrize(
    ("code", "first", "last", "first_known", "last_known"),
    [
        ("P27", 2019, 2024, True, True),  # 2019-2024
        ("P01", 2020, 2020, True, False),  # 2020-
        ("P02", 2021, 2021, False, False),  # -2021-
        ("P19", 2021, 2021, True, True),  # 2021
        ("P17", 2015, 2015, True, False),  # 2015- (Plus: 2019-)
    ],
)
def test_a_period_is_what_its_source_states(planned, code, first, last, first_known, last_known):
    row = planned.set_index("code").loc[code]
    assert (row["first"], row["last"]) == (first, last)
    assert (bool(row["first_known"]), bool(row["last_known"])) == (first_known, last_known)


def test_a_programme_without_a_period_says_so(planned):
    rows = planned.set_index("code").loc[["P12", "P15"]]  # nothing; "tahunan"
    assert rows["first"].isna().all() and rows["last"].isna().all()
    assert not rows[["first_known", "last_known"]].any(axis=None)


def test_actions_run_as_long_as_their_horizon(planned):
    rows = planned[planned["lane"] == "action"]
    assert rows["first"].tolist() == [2024] * 3 and rows["last"].tolist() == [2025, 2029, 2034]
    assert rows["number"].tolist() == [1, 2, 3]


def test_stand_ins_are_left_out(kediri):
    invented = altered(
        kediri,
        programmes=kediri.table("programmes").assign(status="illustrative"),
        scores=kediri.table("scores").assign(target_status="illustrative"),
    )
    assert set(roadmap(invented, ACTIONS, until=2024)["lane"]) == {"action"}
    assert roadmap(invented, ACTIONS.iloc[:0], until=2024).empty


def test_quick_wins_are_short_actions_and_what_was_declared(kediri):
    wins = quick_wins_left(kediri, ACTIONS, until=2024)
    assert wins["code"].tolist() == ["R-1", "P05", "P17", "P21", "P30", "P38", "P43"]
    assert wins.set_index("code").loc["P43", "years"] == "2021, 2023"
    assert set(wins["reason"]) == {"within_a_year", "no_report"}


def reported(*rows):
    return pd.DataFrame([dict.fromkeys(PROGRESS) | row for row in rows], columns=PROGRESS)


@pytest.mark.parametrize(
    ("state", "year", "status", "reason"),
    [
        ("finished", 2023, "official", None),
        ("running", 2023, "official", "not_finished"),
        ("finished", 2025, "official", "no_report"),
        ("finished", 2023, "illustrative", "no_report"),
    ],
)
def test_a_quick_win_is_left_until_it_is_reported_finished(kediri, state, year, status, reason):
    rows = reported({"programme": "P05", "year": year, "state": state, "status": status})
    wins = quick_wins_left(altered(kediri, programme_progress=rows), ACTIONS, until=2024).set_index("code")
    assert ("P05" in wins.index) == (reason is not None)
    if reason:
        assert wins.loc["P05", "reason"] == reason
