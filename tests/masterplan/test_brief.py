"""What one agency reads of a review: what it is asked, what was found, its programmes, its place, and what to check."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.masterplan import (
    achievement,
    agency_brief,
    gaps_by_opd,
    programme_gaps,
    programmes_by_opd,
    progress,
)
from smartcity_analysis.masterplan.brief import CHECKS, MEASURES, REASONS, _named
from smartcity_analysis.masterplan.findings import KINDS
from smartcity_analysis.masterplan.gaps import GAPS
from smartcity_analysis.masterplan.programmes import NO_OWNER
from smartcity_analysis.present import LANGUAGES, Presenter, labels_of, speak
from smartcity_analysis.present.figures import draw
from smartcity_analysis.study import load_study

YEAR = 2024
TABLES = ("agency", "owned", "supported", "findings", "programmes", "items", "delivery", "targets", "checks")


def action(number, owner, supporting=None, due=2025):
    words = {f"{part}_{code}": f"{part} {number}" for part in ("text", "indicator", "target") for code in LANGUAGES}
    return {"number": number, "owner": owner, "supporting": supporting, "due_year": due, "status": "reported"} | words


def finding(code, template, kind, pillar=None, evidence="score_trend[year=2023].score"):
    row = {"id": code, "template": template, "kind": kind, "pillar": pillar, "evidence": evidence}
    return row | {"text_id": template, "text_en": template, "status": "reported"}


ACTIONS = pd.DataFrame(
    [
        action(1, "diskominfo", due=2025),
        action(2, "dinkes", "dishub;diskominfo", due=2029),
        action(3, None, "dlhkp", due=2029),
    ]
)
LOWEST = "pillars[code=GOV].code; pillars[code=GOV].score; pillars[code=LIV].score; pillars[code=GOV].year"
FINDINGS = pd.DataFrame(
    [
        finding("F-1", "score_fell", "weakness"),
        finding("F-2", "targets_all_missed", "weakness"),
        finding("F-3", "target_asks_more", "gap"),
        finding("F-4", "pillars_lowest", "weakness", evidence=LOWEST),
        finding("F-5", "sub_dimensions_empty", "gap", evidence="portfolio[code=ENV3].code; portfolio[code=BRA2].code"),
        finding("F-6", "pillar_owners", "limit", "LIV"),
        finding("F-7", "city_opportunity", "opportunity", "GOV", "city_statements[code=O1].code"),
        finding("F-8", "late", "fact", "ENV", "progress[programme=P13, year=2024].physical_pct"),
        finding("F-9", "unknown_bands", "unknown"),
    ]
)


@pytest.fixture(scope="module")
def gaps(kediri):
    return programme_gaps(kediri, kediri.framework)


@pytest.fixture(scope="module")
def brief(kediri, gaps):
    def made(opd, study=kediri, actions=ACTIONS, findings=FINDINGS, gaps=gaps):
        return agency_brief(study, YEAR, opd, actions=actions, findings=findings, gaps=gaps)

    return made


# --- what is asked ---


def test_actions_are_those_it_carries_and_those_it_supports(brief):
    own = brief("diskominfo")
    assert (own.owned["number"].tolist(), own.supported["number"].tolist()) == ([1], [2])
    assert own.totals == {"owned": 1, "supported": 1, "programmes": 9, "gaps": 9, "due_year": 2025}
    assert (own.asked, own.recorded) == ("asked", "recorded")
    assert (own.name, own.abbreviation) == ("Dinas Komunikasi dan Informatika", "Diskominfo")


def test_an_agency_that_is_asked_for_nothing_is_told_so(brief):
    own = brief("setwan")
    assert (own.asked, own.recorded) == ("not_asked", "not_recorded")
    assert own.totals == {"owned": 0, "supported": 0, "programmes": 0, "gaps": 0, "due_year": None}


def test_a_code_is_matched_whole(brief, kediri):
    """``kec_kota`` is no part of another code, and a code within a longer one does not count."""
    actions = pd.DataFrame([action(1, "kec_kota"), action(2, "dinkes", "kec_kota_lain; kec_pesantren")])
    assert brief("kec_kota", actions=actions).supported.empty
    assert brief("kec_pesantren", actions=actions).supported["number"].tolist() == [2]


# --- findings ---


def test_findings_come_with_the_reason_the_closest_first(brief):
    rows = brief("diskominfo").findings  # its pillars are GOV and LIV; P13 is a programme of its own
    assert rows[["id", "reason", "concerns"]].to_numpy().tolist() == [
        ["F-8", "own_programme", "P13"],
        ["F-4", "own_pillar", "GOV"],  # LIV is only compared with, not named
        ["F-6", "own_pillar", "LIV"],
        ["F-7", "own_pillar", "GOV"],
        ["F-1", "whole_city", "whole_city"],
        ["F-3", "whole_city", "whole_city"],  # what the target asks goes before what was missed
    ]


def test_a_sub_dimension_counts_for_its_pillar(brief):
    assert brief("dlhkp").findings.set_index("id")["concerns"].to_dict()["F-5"] == "ENV"
    assert "F-5" not in set(brief("dinkes").findings["id"])


def test_of_the_whole_city_at_most_two_findings_are_given(brief, kediri):
    for opd in kediri.table("opd")["code"]:
        assert (brief(opd).findings["reason"] == "whole_city").sum() == 2
    without = FINDINGS[FINDINGS["template"] != "target_asks_more"]
    assert brief("setwan", findings=without).findings["id"].tolist()[-2:] == ["F-1", "F-2"]
    assert brief("setwan", findings=FINDINGS[8:]).findings.empty


def test_evidence_on_the_agency_itself_is_its_own(brief):
    row = finding("F-1", "x", "gap", evidence="gaps_by_opd[opd=dinkes].gaps")
    assert brief("dinkes", findings=pd.DataFrame([row])).findings["concerns"].tolist() == ["dinkes"]
    assert brief("dishub", findings=pd.DataFrame([row])).findings.empty


@given(st.dictionaries(st.sampled_from(["code", "year", "opd"]), st.text("AZ09_.", min_size=1), min_size=1),
       st.sampled_from(["code", "score"]))  # fmt: skip
def test_every_key_of_a_piece_of_evidence_is_read(key, column):
    place = f"table[{', '.join(f'{k}={v}' for k, v in key.items())}].{column}"
    assert list(_named(f"{place}; {place}")) == 2 * [(k, v, column) for k, v in key.items()]


def test_no_evidence_names_nothing():
    assert list(_named(float("nan"))) == []


# --- programmes ---


def test_programmes_come_with_the_gaps_to_mend(brief, kediri):
    rows = brief("diskominfo").programmes.set_index("programme")
    owners = kediri.table("programmes").set_index("code")["owner_opd"]
    assert set(rows.index) == {code for code, opds in owners.dropna().items() if "diskominfo" in opds.split(";")}
    assert rows.loc["P12", "gaps"] == "owner_unverified;years_unknown"
    assert pd.isna(rows.loc["P13", "gaps"]) and rows.loc["P13", "owner_status"] == "found"
    assert {gap for cell in rows["gaps"].dropna() for gap in cell.split(";")} <= set(GAPS)


def test_a_programme_that_is_a_stand_in_is_left_out(brief, kediri):
    programmes = kediri.table("programmes")
    invented = programmes.assign(status=programmes["status"].mask(programmes["code"] == "P13", "illustrative"))
    own = brief("diskominfo", study=replace(kediri, tables={**kediri.tables, "programmes": invented}))
    assert "P13" not in set(own.programmes["programme"])
    counts = own.standing[own.standing["own"]].set_index("measure")["value"]
    assert counts["programmes_owned"] == len(own.programmes) == 8


# --- its place ---


def test_the_place_is_what_the_other_tables_count(brief, kediri, gaps):
    counts = programmes_by_opd(kediri).set_index("opd").drop(NO_OWNER)
    found = gaps_by_opd(gaps).set_index("opd")["gaps"].reindex(counts.index).fillna(0)
    expected = {
        "programmes_owned": counts["programmes"],
        "owner_stated_share": counts["owner_found"] / counts["programmes"],
        "gaps_per_programme": found / counts["programmes"],
    }
    for opd in ("diskominfo", "dinkes", "bag_hukum"):
        place = brief(opd).standing
        assert place["measure"].unique().tolist() == list(MEASURES) == list(expected)
        for measure, values in expected.items():
            rows = place[place["measure"] == measure]
            assert rows["value"].tolist() == pytest.approx(sorted(values))
            assert rows.loc[rows["own"], "value"].tolist() == pytest.approx([values[opd]])


def test_no_other_agency_is_named(brief, kediri):
    place = brief("dinkes").standing
    assert list(place.columns) == ["measure", "value", "own", "status"]
    assert place.index.tolist() == list(range(len(place)))
    words = speak("id")
    drawn = draw("agency_standing", place.assign(label=place["measure"]), language=words, source="", own_name="Dinkes")
    shown = drawn.svg.decode() + drawn.alt + drawn.title
    assert "Dinkes: 3" in shown
    others = kediri.table("opd").set_index("code").drop("dinkes")
    assert not [name for name in [*others["name"], *others["abbreviation"], *others.index] if name in shown]


def test_without_programmes_there_is_no_place(brief):
    assert brief("setwan").standing.empty


# --- items, delivery, checks ---


def test_items_are_the_official_ones_of_its_pillars(brief, kediri):
    rows = brief("dinkes").items
    assert len(rows) == 9 and set(rows["pillar"]) == {"LIV"}
    scored = rows["self_score"].notna() | rows["verified"].notna()
    assert set(rows.loc[scored, "status"]) == {"illustrative"}
    assert set(rows.loc[~scored, "status"]) <= {"official"}


def test_own_scores_of_few_forms_are_hidden_and_the_sheet_says_so(brief, kediri):
    rows = brief("dinkes").items
    assert rows["hidden"].any() and rows.loc[rows["hidden"], "self_score"].isna().all() and "self_score" in rows
    for language, words in (("id", "Tanda pisah pada skor mandiri"), ("en", "A dash for an own score")):
        assert words in speak(language).text("tables.notes.agency_items")
    privacy = kediri.spec.privacy.model_copy(update={"small_cell": 1})
    spec = kediri.spec.model_copy(update={"privacy": privacy})
    shown = brief("dinkes", study=replace(kediri, spec=spec)).items
    assert not shown["hidden"].any() and shown["self_score"].notna().any()


def test_delivery_and_targets_are_those_of_its_programmes(brief, kediri):
    own = brief("dlhkp")
    for table, whole in ((own.delivery, progress(kediri, until=YEAR)), (own.targets, achievement(kediri, until=YEAR))):
        kept = whole[whole["programme"].isin(own.programmes["programme"])]
        assert len(table) == len(kept) and set(table["status"]) == {"illustrative"}


def test_checks_are_numbered_and_name_what_is_unsure(brief):
    rows = brief("diskominfo").checks.set_index("check")
    assert rows["number"].tolist() == [1, 2, 3, 4]
    assert rows["concerns"].to_dict() == {
        "check_owner": "P07;P08;P10;P12;P34;P36",
        "check_years": "P12;P34;P36",
        "check_actions": "1",
        "check_unlisted": None,
    }
    assert brief("setwan").checks["check"].tolist() == ["check_agency", "check_unlisted"]


# --- every agency ---


def test_an_agency_that_is_not_listed_is_refused(brief):
    with pytest.raises(UnknownNameError, match=r"Unknown OPD: found 'dinkess'.*Did you mean 'dinkes'"):
        brief("dinkess")


@pytest.mark.parametrize("only_real", [False, True])
def test_every_agency_has_its_brief(brief, root, gaps, only_real):
    study = load_study("kediri", root=root, only_real=only_real)
    shows = [Presenter(None, code, labels_of([study], [study.framework])) for code in LANGUAGES]
    codes = study.table("opd")["code"].tolist()
    assert len(codes) == 40
    for opd in codes:
        own = brief(opd, study=study)
        for name in TABLES:
            table = getattr(own, name)
            assert "status" in table.columns
            for show in shows:
                parts = [part for part in ("text", "indicator", "target", "unit") if f"{part}_id" in table.columns]
                said = show.table(show.in_language(table, *parts) if parts else table, layout_of(name), agency=own.name)
                assert "{" not in said.html and ">nan<" not in said.html
        assert own.standing.empty == own.programmes.empty
        assert set(own.checks["check"]) <= set(CHECKS) and set(own.findings["reason"]) <= set(REASONS)
        if only_real:
            statuses = [*own.items["status"], *own.delivery["status"], *own.targets["status"]]
            assert "illustrative" not in statuses and "self_score" not in own.items.columns


def layout_of(name):
    return name if name == "agency" else f"agency_{name}"


def test_tables_without_rows_are_enough(brief):
    own = brief(
        "diskominfo", actions=ACTIONS[:0], findings=FINDINGS[:0], gaps=pd.DataFrame(columns=["gap", "code", "status"])
    )
    assert own.findings.empty and own.totals["gaps"] == 0 and own.asked == "not_asked"
    assert set(own.standing.loc[own.standing["measure"] == "gaps_per_programme", "value"]) == {0.0}


def test_every_kind_of_finding_has_its_place_in_the_order():
    from smartcity_analysis.masterplan import brief as module

    assert sorted(module._KINDS) == sorted(KINDS)
