"""The ministry's evaluation against what it published, and changes taken apart exactly."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import (
    dimension_table,
    evaluate,
    evaluate_dimensions,
    evaluation_of,
    explain_change,
    latest_evaluation,
    peer_table,
    score_check,
)
from smartcity_analysis.study import load_framework
from smartcity_analysis.study.framework_files import framework_from_dict

REFERENCE = Path(__file__).parents[1] / "reference"
DIMENSIONS = ["baseline", "output", "outcome", "impact", "quick_wins"]


def ministry(**which):
    return load_framework("kominfo_evaluation", **which)


# --- published numbers ---


def test_kota_kediri_2022_is_what_the_ministry_published(kediri):
    """Letter B-1003/DJAI/AI.01.04/12/2022: components 3.60, 3.21, 3.23, 3.07, 3.65 and score 3.31."""
    evaluation, reason = evaluation_of(kediri, 2022)
    assert reason == ""
    assert evaluation.score == pytest.approx(3.315, abs=1e-9)
    check = score_check(kediri, evaluation, 2022).iloc[0]
    assert check["published"] == 3.31 and check["difference"] == pytest.approx(0.005, abs=1e-9)
    assert evaluation.missing == () and evaluation.framework.weight_set.id == "2022_100sc"


def test_38_cities_of_the_letter_of_2022_are_computed_within_its_rounding(kediri):
    """Letter B-1004/DJAI/AI.01.04/12/2022: dimensions and score of 38 cities, weights 10/20/30/10/30."""
    table = peer_table(kediri, year=2022, cohort="kppn_ikn_2021")
    assert len(table) == 38
    assert table["difference"].abs().max() <= 0.013 + 1e-9
    assert table.index[0] == "Kota Surabaya" and table["rank"].iloc[0] == 1
    assert "Kota Bandung" not in table.index  # another cohort, other weights
    weights = [0.1, 0.2, 0.3, 0.1, 0.3]
    for city, row in table.iterrows():
        slow = sum(w * row[d] for w, d in zip(weights, DIMENSIONS, strict=True))
        assert row["computed"] == pytest.approx(slow, abs=1e-12), city
        assert row["rank"] == 1 + (table["score"] > row["score"]).sum()


def test_kabupaten_malang_2022_from_its_items():
    """Report of 2022 (items) against letter B-1004 (dimensions): each within the rounding to two decimals."""
    items = pd.read_csv(REFERENCE / "kab_malang_2022_items.csv", comment="#")
    evaluation = evaluate(items, ministry(year=2022, cohort="kppn_ikn_2021"))
    letter = {"baseline": 1.40, "output": 1.54, "outcome": 2.92, "quick_wins": 3.08}
    for dimension, published in letter.items():
        assert abs(evaluation.dimensions[dimension] - published) <= 0.005, dimension
    assert evaluation.missing == ("impact",) and pd.isna(evaluation.score)
    whole = evaluate_dimensions(evaluation.dimensions.fillna({"impact": 2.56}), evaluation.framework)
    assert abs(whole.score - 2.51) <= 0.013


@pytest.mark.parametrize(
    ("which", "score"),
    [({"cohort": "100sc_sleman_page"}, 3.257), ({"year": 2022, "cohort": "100sc_2017_2019"}, 3.315)],
)
def test_other_weights_give_kediri_another_score(kediri, which, score):
    """The same components with 10/20/30/30/10 (page of Sleman) and with 10/20/30/20/20."""
    published = kediri.table("score_components").query("kind == 'dimension'").set_index("code")["score"]
    assert evaluate_dimensions(published, ministry(**which)).score == pytest.approx(score, abs=1e-9)


# --- what is not known is not computed ---


def test_without_components_or_weights_there_is_no_evaluation(kediri, jatim, monkeypatch):
    assert evaluation_of(kediri, 2023) == (None, "no_components")
    assert evaluation_of(jatim, 2022) == (None, "no_components")
    later = kediri.table("score_components").assign(year=2023.0)
    tables = {**kediri.tables, "score_components": later}
    study = type(kediri)(kediri.name, kediri.folder, kediri.spec, tables)
    assert evaluation_of(study, 2023) == (None, "no_weights")
    assert latest_evaluation(study, until=2024)[1].known is False


def test_the_latest_evaluation_is_the_last_one_that_can_be_computed(kediri):
    year, evaluation = latest_evaluation(kediri, until=2024)
    assert year == 2022 and evaluation.score == pytest.approx(3.315, abs=1e-9)


@pytest.mark.parametrize("year", [2020, 2021])
def test_a_year_before_the_first_components_holds_nothing_and_its_tables_say_so(kediri, year):
    found, evaluation = latest_evaluation(kediri, until=year)
    assert found == year and not evaluation.known and pd.isna(evaluation.score) and evaluation.source == ""
    tables = [
        dimension_table(evaluation),
        score_check(kediri, evaluation, year),
        peer_table(kediri, year=year, cohort="kppn_ikn_2021"),
    ]
    columns = [table.columns.tolist() for table in tables]
    assert all(table.empty for table in tables)
    assert columns[0] == ["code", "weight", "score", "contribution", "status"]
    assert columns[1] == ["year", "computed", "published", "difference", "status"]
    with pytest.raises(DataError, match="before"):
        explain_change(evaluation, latest_evaluation(kediri, until=2022)[1])


def test_without_a_cohort_nobody_is_compared(kediri):
    assert peer_table(kediri, year=2022, cohort=None).empty
    assert peer_table(kediri, year=2024, cohort="100sc_2017").empty  # a city, but no weights


def test_an_evaluation_is_as_weak_as_its_components(kediri):
    assert latest_evaluation(kediri, until=2024)[1].status == "reported"
    assert set(dimension_table(latest_evaluation(kediri, until=2024)[1])["status"]) == {"reported"}
    items = pd.DataFrame({"dimension": ["output"] * 2, "code": ["a", "b"], "score": [1.0, 2.0]})
    framework = ministry(year=2022, cohort="kppn_ikn_2021")
    assert evaluate(items, framework).status == "official"
    assert evaluate(items.assign(status=["official", "illustrative"]), framework).status == "illustrative"


def test_weights_must_be_in_force():
    with pytest.raises(DataError, match=r"kominfo_evaluation\n.*\n.*2022_100sc; 2022_kppn_ikn"):
        evaluate_dimensions(pd.Series({"baseline": 3.0}), ministry())


def test_a_dimension_that_is_not_evaluated_that_year_is_refused():
    framework = ministry(year=2022, cohort="kppn_ikn_2021")
    with pytest.raises(DataError, match="Ditemukan: collaboration"):
        evaluate_dimensions(pd.Series({"baseline": 3.0, "collaboration": 2.0}), framework)


def test_an_item_outside_the_scale_is_refused_with_its_row():
    items = pd.DataFrame({"dimension": ["baseline"] * 3, "code": ["a", "b", "c"], "score": [4.0, 4.25, float("nan")]})
    with pytest.raises(DataError) as error:
        evaluate(items, ministry(year=2022, cohort="kppn_ikn_2021"))
    assert [(b.key, b.row, b.column) for b in error.value.breaches] == [
        ("out_of_range", 3, "b"),
        ("out_of_range", 4, "c"),
    ]


def test_a_dimension_is_the_plain_mean_of_its_items():
    items = pd.DataFrame(
        {"dimension": ["output", "baseline", "output"], "code": ["b", "a", "c"], "score": [1.0, 2.75, 2.5]}
    )
    dimensions = evaluate(items, ministry(year=2022, cohort="kppn_ikn_2021")).dimensions
    assert dimensions["baseline"] == 2.75 and dimensions["output"] == 1.75
    assert dimensions[["outcome", "impact", "quick_wins"]].isna().all()


def test_contributions_sum_to_the_score(kediri):
    _, evaluation = latest_evaluation(kediri, until=2024)
    table = dimension_table(evaluation)
    assert table["code"].tolist() == DIMENSIONS and table["weight"].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.2, 0.2])
    assert table["contribution"].sum() == pytest.approx(evaluation.score, abs=1e-12)


# --- a change taken apart ---


@st.composite
def evaluations(draw):
    """An evaluation with any whole-number weights that sum to 100, some dimensions not being part of it."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=5, max_size=5)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    codes = [*DIMENSIONS, "collaboration"]
    tree = {"code": "score", "children": [{"code": code} for code in codes]}
    sets = [{"id": "any", "years": [2022], "cohort": "x", "weights": dict(zip(codes, weights, strict=True))}]
    framework = framework_from_dict({"tree": tree, "weight_sets": sets, "scale": [0, 4]}, file="any").under(year=2022)
    kept = [code for code, weight in zip(codes, weights, strict=True) if weight]
    scores = draw(st.lists(st.floats(0, 4), min_size=len(kept), max_size=len(kept)))
    return evaluate_dimensions(pd.Series(scores, index=kept, dtype=float), framework)


def twin(before, after):
    """Bennet's split, dimension by dimension."""
    weight_effect = score_effect = 0.0
    for code in sorted({*before.weights.index, *after.weights.index}):
        w0, w1 = before.weights.get(code, 0.0), after.weights.get(code, 0.0)
        s0 = before.dimensions.get(code, after.dimensions.get(code))
        s1 = after.dimensions.get(code, before.dimensions.get(code))
        weight_effect += (w1 - w0) * (s0 + s1) / 2
        score_effect += (s1 - s0) * (w0 + w1) / 2
    return weight_effect, score_effect


@given(before=evaluations(), after=evaluations())
@settings(max_examples=40, deadline=None)
def test_the_parts_of_a_change_sum_to_it(before, after):
    parts = explain_change(before, after)
    assert parts.weight_effect + parts.score_effect == pytest.approx(after.score - before.score, abs=1e-12)
    assert parts.change == after.score - before.score
    assert (parts.weight_effect, parts.score_effect) == pytest.approx(twin(before, after), abs=1e-12)
    assert parts.table[["weight_effect", "score_effect"]].to_numpy().sum() == pytest.approx(parts.change, abs=1e-12)
    back = explain_change(after, before)
    assert back.weight_effect == pytest.approx(-parts.weight_effect, abs=1e-12)


@given(one=evaluations())
@settings(max_examples=15, deadline=None)
def test_nothing_changed_has_no_effect(one):
    parts = explain_change(one, one)
    assert (parts.weight_effect, parts.score_effect, parts.change) == (0, 0, 0)


def test_new_weights_alone_are_a_weight_effect_only(kediri):
    _, before = latest_evaluation(kediri, until=2024)
    after = evaluate_dimensions(before.dimensions, ministry(cohort="100sc_sleman_page"))
    parts = explain_change(before, after)
    assert parts.score_effect == 0 and (parts.table["score_effect"] == 0).all()
    assert parts.weight_effect == pytest.approx(3.257 - 3.315, abs=1e-9)
    assert parts.table.loc["quick_wins", "weight_effect"] == pytest.approx(-0.1 * 3.65, abs=1e-12)


def test_new_scores_alone_are_a_score_effect_only(kediri):
    _, before = latest_evaluation(kediri, until=2024)
    after = evaluate_dimensions(before.dimensions - 0.5, before.framework)
    parts = explain_change(before, after)
    assert parts.weight_effect == 0 and parts.score_effect == pytest.approx(-0.5, abs=1e-12)


def test_a_dimension_evaluated_in_one_year_only_is_a_weight_effect(kediri):
    _, before = latest_evaluation(kediri, until=2024)
    after = evaluate_dimensions(pd.Series([3.0] * 6, index=[*DIMENSIONS, "collaboration"]), ministry(year=2023))
    table = explain_change(before, after).table
    assert table.loc["collaboration", ["weight_effect", "score_effect"]].tolist() == pytest.approx([0.3, 0])


def test_what_is_not_known_is_not_explained(kediri):
    _, whole = latest_evaluation(kediri, until=2024)
    part = evaluate_dimensions(whole.dimensions.drop("impact"), whole.framework)
    with pytest.raises(DataError, match="after, kolom impact"):
        explain_change(whole, part)
