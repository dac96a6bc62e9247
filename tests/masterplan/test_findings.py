"""Findings: data with a way back to the row they were read from."""

import pandas as pd
import pytest

from smartcity_analysis import masterplan
from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import (
    Finding,
    Tables,
    findings_table,
    pillar_check,
    pillar_table,
    portfolio,
    portfolio_totals,
    review_findings,
    score_trend,
    select,
    summary_findings,
    target_gap,
    withheld_findings,
    withheld_table,
)
from smartcity_analysis.masterplan.findings import FIRMNESS, KINDS
from smartcity_analysis.masterplan.firmness import change_firmness, driver_firmness
from smartcity_analysis.regions import (
    convergence_table,
    decomposition_years,
    disparity_years,
    influence_table,
    klassen_table,
    priority_tests,
    regional_index,
    regional_index_table,
    robustness,
    standing,
)
from smartcity_analysis.study import STATUSES, Store, area_data, availability, known_by_year


@pytest.fixture(scope="module")
def store(tmp_path_factory, kediri, jatim):
    """The processed tables of the review of 2024, written and read as the notebooks do."""
    store = Store("root", "kediri", 2024, tmp_path_factory.mktemp("findings"))
    trend = score_trend(kediri, until=2024)
    pillars = pillar_table(kediri, kediri.framework, until=2024)
    programmes = portfolio(kediri, kediri.framework)
    result, year = regional_index(jatim, until=2024)
    for name, table in {
        "known_by_year": known_by_year(kediri, review_year=2024),
        "area_data": area_data(kediri),
        "availability": availability([kediri, jatim]),
        "score_trend": trend,
        "target_gap": target_gap(trend).table(),
        "pillars": pillars,
        "pillar_check": pillar_check(kediri, pillars),
        "portfolio": programmes,
        "portfolio_totals": portfolio_totals(programmes),
        "standing": standing(regional_index_table(result, jatim, year), "35.71"),
        "influence": influence_table(jatim, ["gini", "williamson"], until=2024),
        "decomposition": decomposition_years(jatim, until=2024),
        "disparity_years": disparity_years(jatim, ["gini"], until=2024),
        "convergence": convergence_table(jatim, until=2024),
        "klassen": klassen_table(jatim, until=2024),
        "priority_tests": priority_tests(kediri, until=2024),
        **plan_tables(kediri, trend),
    }.items():
        store.save_table(name, table)
    drawn = robustness(jatim, until=2024)
    store.save_table("robustness", drawn.summary("35.71"))
    store.save_table("compared", drawn.compared("35.71"))
    store.save_table("drivers", drawn.drivers)
    return store


def plan_tables(kediri, trend):
    """What the notebooks on the score, the programmes and the review write of the plan."""
    year, evaluation = masterplan.latest_evaluation(kediri, until=2024)
    followed = masterplan.follow_up(kediri, until=2024)
    return {
        "dimensions": masterplan.dimension_table(evaluation),
        "score_check": masterplan.score_check(kediri, evaluation, year),
        "outlook": masterplan.target_outlook(trend).table,
        "effort_plan": masterplan.score_plan(kediri, target_gap(trend), until=2024).table,
        "portfolio_pillars": masterplan.portfolio_pillars(kediri, kediri.framework),
        "delivery_known": masterplan.delivery_known(kediri),
        "ict_dependence": masterplan.ict_dependence(kediri, kediri.framework, until=2024),
        "city_statements": masterplan.city_statements(kediri),
        "follow_up_totals": masterplan.follow_up_totals(followed),
        "survey_known": masterplan.survey_known(kediri, 2024),
    }


def tables_of(store, **changed):
    return Tables(lambda name: changed.get(name, store.load_table(name)))


def found(store, **changed):
    """The findings, with some processed tables changed."""
    return review_findings(tables_of(store, **changed))


def by_template(findings):
    return {finding.template: finding for finding in findings}


def test_the_review_of_2024_finds_what_is_known(store):
    findings = found(store)
    said = [f.template for f in findings if f.topic not in ("statements", "owners")]
    assert said == [
        "score_fell",
        "score_rose_before",
        "method_break",
        "dimension_lowest",
        "target_missed",
        "target_missed_derived",
        "targets_all_missed",
        "target_asks_more",
        "outlook_below",
        "effort_dimensions",
        "pillars_lowest",
        "pillars_highest",
        "pillars_are_impact",
        "sub_dimensions_empty",
        "owners_known",
        "delivery_unknown",
        "ict_share",
        "ict_most",
        "follow_up",
        "unknown_survey",
        "standing",
        "klassen_advanced_slow",
        "rank_band",
        "told_apart_some",
        "rank_driver",
        "williamson_driven",
        "theil_split",
        "spread_unclear",
        "spread_narrowing",
        "priority_too_few",
        "unknown_dimensions",
        "unknown_pillars",
        "unknown_weights",
        "unknown_score",
        "unknown_bands",
        "unknown_area_indicators",
    ]
    assert [f.pillar for f in findings if f.topic == "owners"] == ["GOV", "BRA", "ECO", "LIV", "SOC", "ENV"]
    assert len([f for f in findings if f.topic == "statements"]) == 13
    assert {f.firmness for f in findings} <= set(FIRMNESS) - {"weak"}
    assert {f.kind for f in findings} <= set(KINDS) and {f.status for f in findings} <= set(STATUSES)


def test_the_numbers_are_those_of_the_tables(store):
    values = {template: f.values() for template, f in by_template(found(store)).items()}
    fell = values["score_fell"]
    assert (fell["score_before"], fell["score"], fell["year"]) == (3.31, 3.197, 2023)
    assert fell["step"] == pytest.approx(-0.113)
    rose = values["score_rose_before"]
    assert (rose["first"], rose["first_score"], rose["until"], rose["until_score"]) == (2020, 2.87, 2022, 3.31)
    asks = values["target_asks_more"]
    assert asks["gap"] == pytest.approx(0.403) and asks["largest_step"] == pytest.approx(0.25)
    assert values["pillars_lowest"]["pillars"] == ["GOV", "BRA", "ENV"] and values["pillars_lowest"]["score"] == 2.75
    assert values["pillars_highest"]["pillars"] == ["ECO"]
    assert values["sub_dimensions_empty"]["sub_dimensions"] == ["BRA2", "SOC3", "ENV3"]
    assert values["owners_known"] == {"programmes": 48, "owner_found": 5, "owner_inferred": 38, "owner_unknown": 5}
    assert values["ict_share"] == {"programmes": 48, "ict": 21}
    assert values["ict_most"] == {"code": "GOV", "ict": 13, "programmes": 14}
    assert values["dimension_lowest"]["lowest"] == "impact" and values["dimension_lowest"]["lowest_score"] == 3.07
    assert values["targets_all_missed"]["years"] == [2022, 2023]
    assert values["effort_dimensions"]["dimensions"] == ["outcome", "impact"]
    assert 0 < values["outlook_below"]["lowest"] <= values["outlook_below"]["highest"] < 0.5
    assert values["delivery_unknown"]["known"] == [0] * 5
    counts = {"recommendations": 10, "done": 1, "in_progress": 5, "unknown": 4, "first_year": 2022, "last_year": 2023}
    assert values["follow_up"] == counts
    assert values["priority_too_few"]["p_value"] == pytest.approx(0.3985, abs=5e-5)
    assert values["unknown_survey"] == {"year": 2024, "opds": 40, "answered": 0}
    assert values["standing"]["region"] == "35.71" and values["standing"]["best_region"] == "35.78"
    assert values["unknown_area_indicators"] == {"regions": 46, "indicators": 3, "social_indicators": 0}


def test_every_number_is_found_again_in_the_row_it_cites(store):
    cited = 0
    for finding in found(store):
        for fact in finding.facts.values():
            for each in fact if isinstance(fact, list) else [fact]:
                codes = ("code", "region", "best_region", "left_out")
                table = pd.read_csv(store.processed / f"{each.table}.csv", dtype=dict.fromkeys(codes, str))
                for column, value in each.row:
                    table = table[table[column].isna() if value is None else table[column] == value]
                assert len(table) == 1, each.place
                assert table[each.column].iloc[0] == each.value, each.place
                assert each.place in finding.evidence
                cited += 1
    assert cited > 50


def test_ids_are_the_same_in_every_run_and_tell_findings_apart(store):
    first, again = found(store), found(store)
    assert [f.id for f in first] == [f.id for f in again]
    assert len({f.id for f in first}) == len(first)
    assert Finding("score_fell", "weakness", {}, "2023").id == by_template(first)["score_fell"].id
    assert Finding("score_fell", "weakness", {}, "2024").id != by_template(first)["score_fell"].id


def test_the_id_does_not_depend_on_the_number(store):
    trend = store.load_table("score_trend")
    trend.loc[trend["year"] == 2023, ["score", "step"]] = [3.2, -0.11]
    assert by_template(found(store, score_trend=trend))["score_fell"].id == by_template(found(store))["score_fell"].id


def test_findings_become_a_table_with_their_evidence(store):
    table = findings_table(found(store), {"id": lambda f: f.template.upper(), "en": lambda f: f.template})
    columns = ["id", "template", "topic", "kind", "pillar", "status", "firmness", "text_id", "text_en", "evidence"]
    assert table.columns.tolist() == columns
    assert findings_table([], {"id": str, "en": str}).columns.tolist() == columns
    row = table.set_index("text_en").loc["score_fell"]
    assert row["text_id"] == "SCORE_FELL" and row["topic"] == "score"
    assert row["evidence"].split("; ")[:2] == ["score_trend[year=2023].year", "score_trend[year=2022].year"]


# --- what evidence must be ---


def test_evidence_is_exactly_one_row():
    tables = Tables(lambda name: pd.DataFrame({"year": [2022, 2023, 2023], "score": [3.31, 3.197, 3.2]}))
    assert tables.cite("scores", "score", year=2022).value == 3.31
    assert tables.cite("scores", "score", year=2022).place == "scores[year=2022].score"
    for year, times in ((2023, 2), (2024, 0)):
        with pytest.raises(DataError) as error:
            tables.cite("scores", "score", year=year)
        (breach,) = error.value.breaches
        assert (breach.key, breach.file, breach.column) == ("evidence_unclear", "scores.csv", "score")
        assert f"Ditemukan: {times} x {{'year': {year}}}\n  Seharusnya: tepat satu baris sebagai bukti" in breach.text(
            "id"
        )


def test_a_cited_value_is_a_plain_value():
    tables = Tables(lambda name: pd.DataFrame({"code": ["a"], "value": [1]}))
    assert type(tables.cite("t", "value", code="a").value) is int


def test_a_table_is_read_once():
    asked = []
    tables = Tables(lambda name: asked.append(name) or pd.DataFrame({"a": [1]}))
    assert tables["t"] is tables["t"] and asked == ["t"]


# --- what is said follows the tables ---


def test_a_rise_and_a_target_that_was_met_are_strengths(store):
    trend = store.load_table("score_trend")
    trend.loc[trend["year"] == 2023, ["score", "step", "target_gap"]] = [3.5, 0.19, 0.05]
    findings = by_template(found(store, score_trend=trend))
    assert findings["score_rose"].kind == "strength" and findings["target_met_derived"].kind == "strength"
    assert "score_fell" not in findings and "score_rose_before" not in findings


def test_a_target_within_the_largest_step_is_not_called_more(store):
    gap = store.load_table("target_gap").assign(required_step=0.2)
    assert "target_asks" in by_template(found(store, target_gap=gap))


def test_what_is_known_is_not_called_unknown(store):
    known = store.load_table("known_by_year").assign(known=True)
    social = store.load_table("area_data").assign(social_indicators=4)
    findings = by_template(found(store, known_by_year=known, area_data=social))
    assert [template for template in findings if template.startswith("unknown_")] == ["unknown_survey"]


def test_missing_pillar_scores_and_an_empty_standing_give_no_finding(store):
    pillars = store.load_table("pillars").assign(score=float("nan"))
    standing_ = store.load_table("standing").iloc[:0]
    topics = {f.topic for f in found(store, pillars=pillars, standing=standing_)}
    assert "pillars" not in topics and "regions" not in topics


def test_pillars_that_do_not_average_the_impact_are_not_called_it(store):
    check = store.load_table("pillar_check").assign(impact=3.2)
    assert "pillars_are_impact" not in by_template(found(store, pillar_check=check))


# --- illustrative values never become findings ---


def test_a_finding_that_rests_on_an_illustrative_score_is_left_out(store):
    trend = store.load_table("score_trend").assign(status="illustrative")
    templates = by_template(found(store, score_trend=trend))
    assert not {"score_fell", "score_rose_before", "method_break", "target_missed"} & set(templates)


def test_a_finding_that_rests_on_an_illustrative_target_is_left_out(store):
    trend = store.load_table("score_trend")
    trend.loc[trend["year"] == 2022, "target_status"] = "illustrative"
    assert "target_missed" not in by_template(found(store, score_trend=trend))


def test_a_step_from_an_illustrative_score_is_left_out(store):
    trend = store.load_table("score_trend")
    trend.loc[trend["year"] == 2022, "status"] = "illustrative"
    assert "score_fell" not in by_template(found(store, score_trend=trend))


def test_the_distance_from_an_illustrative_score_is_left_out(store):
    trend = store.load_table("score_trend").assign(status="illustrative")
    assert "target_asks_more" not in by_template(found(store, score_trend=trend, target_gap=target_gap(trend).table()))


def altered(study, name, **columns):
    """The study with the columns of one table replaced."""
    tables = {**study.tables, name: study.table(name).assign(**columns)}
    return type(study)(study.name, study.folder, study.spec, tables)


def test_illustrative_pillar_scores_give_no_finding(store, kediri):
    study = altered(kediri, "score_components", status="illustrative")
    pillars = pillar_table(study, study.framework, until=2024)
    findings = found(store, pillars=pillars, pillar_check=pillar_check(study, pillars))
    assert not [f for f in findings if f.topic == "pillars"]


def test_illustrative_programmes_give_no_finding(store, kediri):
    study = altered(kediri, "programmes", status="illustrative")
    table = portfolio(study, study.framework)
    changed = {"portfolio": table, "portfolio_totals": portfolio_totals(table)}
    changed["portfolio_pillars"] = masterplan.portfolio_pillars(study, study.framework)
    changed["delivery_known"] = masterplan.delivery_known(study)
    changed["ict_dependence"] = masterplan.ict_dependence(study, study.framework, until=2024)
    assert not [f.template for f in found(store, **changed) if f.topic in ("programmes", "owners")]


def test_illustrative_regional_figures_give_no_finding(store, jatim):
    study = altered(jatim, "indicators", status="illustrative")
    result, year = regional_index(study, until=2024)
    findings = found(
        store,
        standing=standing(regional_index_table(result, study, year), "35.71"),
        influence=influence_table(study, ["williamson"], until=2024),
        decomposition=decomposition_years(study, until=2024),
        disparity_years=disparity_years(study, ["gini"], until=2024),
        convergence=convergence_table(study, until=2024),
        klassen=klassen_table(study, until=2024),
    )
    assert not [f.template for f in findings if f.topic in ("regions", "disparity")]


def test_a_finding_is_as_weak_as_the_weakest_it_cites(store):
    findings = by_template(found(store))
    assert findings["target_missed"].status == "reported"
    assert findings["target_missed_derived"].status == "estimated"
    assert findings["owners_known"].status == "estimated"
    for finding in findings.values():
        assert finding.status == max((c.status for c in finding.cited), key=STATUSES.index)


def test_a_target_without_a_status_is_still_judged(store):
    trend = store.load_table("score_trend")
    trend.loc[trend["year"] == 2022, "target_status"] = None
    assert "target_missed" in by_template(found(store, score_trend=trend))


def test_a_study_without_kelurahan_is_reviewed_too(store):
    areas = store.load_table("area_data").query("level != 'kelurahan'")
    assert "unknown_area_indicators" not in by_template(found(store, area_data=areas))


@pytest.mark.parametrize("year", [2021, 2022, 2023])
def test_a_year_without_a_later_target_asks_for_nothing(store, kediri, year):
    trend = score_trend(kediri, until=year)
    templates = by_template(found(store, score_trend=trend, target_gap=target_gap(trend).table()))
    assert not {"target_asks", "target_asks_more"} & set(templates)
    assert ("score_rose" in templates) == (year < 2023)


# --- what survives other methods ---


def test_the_rank_and_whom_it_can_be_told_apart_from(store):
    said = by_template(found(store))
    band = said["rank_band"].values()
    assert band["lower"] <= band["rank"] <= band["upper"] and band["draws"] == 10_000
    apart = said["told_apart_some"].values()
    assert apart["above"] + apart["below"] + apart["unclear"] == 37
    assert len(apart["names"]) == apart["unclear"]


def test_a_rank_that_every_draw_confirms_says_so(store):
    compared = store.load_table("compared").assign(verdict="below")
    assert "told_apart_all" in by_template(found(store, compared=compared))


def test_draws_that_failed_are_said(store):
    summary = store.load_table("robustness").assign(failed=12)
    assert by_template(found(store, robustness=summary))["draws_failed"].values()["failed"] == 12


# --- what is not printed, and why ---


def withheld(store, **changed):
    tables = tables_of(store, **changed)
    return withheld_table(withheld_findings(tables), {"id": lambda f: f.template}).set_index("template")["reason"]


def test_what_does_not_survive_other_choices_is_kept_with_its_reason(store):
    """The Gini index rose, but whether regions drew apart is told only without Kota Kediri."""
    assert withheld(store).to_dict() == {"gini_wider": "not_robust"}
    said = by_template(found(store))["spread_unclear"].values()
    assert said["spread_p"] > 0.05 > said["p_without"] and said["left_out"] == "35.71"


def test_what_rests_on_illustrations_is_kept_with_its_reason(store):
    trend = store.load_table("score_trend").assign(status="illustrative")
    reasons = withheld(store, score_trend=trend)
    assert reasons["score_fell"] == "illustrative" and reasons["target_missed"] == "illustrative"


def test_what_rests_on_a_missing_figure_is_kept_with_its_reason(store):
    place = store.load_table("standing").assign(best_index=float("nan"))
    assert withheld(store, standing=place)["standing"] == "missing"


def test_nothing_disappears(store):
    """Whatever a judge finds is printed or withheld, never both."""
    trend = store.load_table("score_trend").assign(status="illustrative")
    tables = tables_of(store, score_trend=trend)
    printed, kept = review_findings(tables), withheld_findings(tables)
    assert not {f.id for f in printed} & {f.id for f in kept}
    assert {f.id for f in found(store)} | {"F-9263ee"} <= {f.id for f in [*printed, *kept]}


# --- how firm ---


def test_firmness_follows_the_runs(store):
    said = {f.template: f.firmness for f in found(store)}
    assert said["standing"] == "likely"  # rank 6, between 6 and 7
    assert said["pillars_lowest"] == said["pillars_highest"] == "firm"  # 2.75 and 3.33 differ by more than rounding
    assert said["klassen_advanced_slow"] == said["rank_driver"] == said["spread_narrowing"] == "firm"
    assert said["effort_dimensions"] == "likely" and said["score_fell"] == "stated"


def test_a_rank_that_may_lie_in_either_half_is_no_strength(store):
    summary = store.load_table("robustness").assign(lower=4, upper=22)
    assert withheld(store, robustness=summary)["standing"] == "not_robust"


def test_pillars_apart_by_less_than_their_rounding_have_no_order(store):
    pillars = store.load_table("pillars")
    pillars["score"] = [2.75, 2.76, 2.77, 2.78, 2.79, 2.80]
    said = {f.template: f.firmness for f in found(store, pillars=pillars)}
    assert said["pillars_lowest"] == "likely"
    equal = pillars.assign(score=2.75)
    assert not {"pillars_lowest", "pillars_highest"} & set(by_template(found(store, pillars=equal)))


@pytest.mark.parametrize(
    ("verdicts", "changes", "expected"),
    [
        (["widening", "widening"], [0.1, 0.2], "firm"),
        (["too_close", "widening"], [0.1, 0.2], "weak"),
        (["too_close", "too_close"], [0.1, 0.2], "weak"),
        (["widening", "narrowing"], [0.1, -0.2], "weak"),
    ],
)
def test_a_change_is_firm_when_every_choice_tells_it(verdicts, changes, expected):
    assert change_firmness(pd.DataFrame({"v": verdicts, "c": changes}), "v", "c") == expected


@pytest.mark.parametrize(
    ("second", "expected"), [((0.1, 0.3), "firm"), ((0.4, 0.55), "likely"), ((0.4, 0.75), "weak"), (None, "firm")]
)
def test_what_decides_most_is_firm_when_its_interval_lies_above(second, expected):
    rows = [{"total": 0.6, "total_lower": 0.5, "total_upper": 0.7}]
    if second:
        rows.append({"total": 0.2, "total_lower": second[0], "total_upper": second[1]})
    assert driver_firmness(pd.DataFrame(rows)) == expected


# --- the report ---


def test_the_summary_says_five_to_eight_things_in_order(store):
    said = summary_findings(found(store))
    assert 5 <= len(said) <= 8
    assert [f.template for f in said][:4] == [
        "score_fell", "score_rose_before", "targets_all_missed", "target_asks_more",
    ]  # fmt: skip


def test_findings_are_selected_by_what_they_are(store):
    findings = found(store)
    assert {f.kind for f in select(findings, kind=["weakness", "gap"])} == {"weakness", "gap"}
    assert {f.topic for f in select(findings, topic="areas")} == {"areas"}
    assert select(findings, kind="strength", topic="target") == []


def test_the_city_is_quoted_with_its_source(store):
    quoted = [f for f in found(store) if f.topic == "statements"]
    assert {f.kind for f in quoted} == {"opportunity", "challenge"}
    assert all(f.values()["source"] for f in quoted)
    assert {f.pillar for f in quoted if f.kind == "opportunity"} >= {"GOV", "BRA", "ECO", "LIV", "SOC", "ENV"}


@pytest.mark.parametrize(
    ("chances", "template"),
    [([0.1, 0.4], "outlook_below"), ([0.6, 0.9], "outlook_above"), ([0.1, 0.9], "outlook_open")],
)
def test_the_outlook_says_what_every_assumption_says(store, chances, template):
    outlook = store.load_table("outlook").iloc[:2].assign(probability=chances)
    assert template in by_template(found(store, outlook=outlook))


def test_an_answered_survey_is_said(store):
    known = store.load_table("survey_known").assign(answered=12)
    assert by_template(found(store, survey_known=known))["survey_answered"].values()["answered"] == 12


def test_delivery_that_is_known_is_not_called_unknown(store):
    known = store.load_table("delivery_known").assign(known=48)
    assert "delivery_unknown" not in by_template(found(store, delivery_known=known))
