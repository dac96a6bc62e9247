"""A result goes out as one long table under one contract, and comes back from every format as it went."""

import re
from dataclasses import is_dataclass

import numpy as np
import pandas as pd
import pytest

from smartcity_analysis import index, masterplan, regions
from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.index import (
    Choice,
    IndexSpec,
    NoisyWeights,
    UncertaintyPlan,
    build_index,
    build_panel,
    propagate,
    sensitivity,
)
from smartcity_analysis.present import TIDY, labels_of, open_review, to_tidy, write_tidy
from smartcity_analysis.regions import decompose, interval
from smartcity_analysis.study import load_framework

CODES = ["life_expectancy", "expected_schooling", "mean_schooling", "spending"]


@pytest.fixture(scope="module")
def values(jatim):
    return jatim.values(CODES, 2021).astype(float)


@pytest.fixture(scope="module")
def result(values):
    return build_index(values, load_framework("human_development"))


@pytest.fixture(scope="module")
def results(result, values, jatim):
    rng = np.random.default_rng(7)
    inputs = {"mean": Choice("aggregate", ["arithmetic", "geometric"]), "weights": NoisyWeights(0.25)}
    plan = UncertaintyPlan(IndexSpec(), inputs)
    groups = pd.Series(["a" if code < "35.20" else "b" for code in values.index], values.index)
    return {
        "index": result,
        "panel": build_panel({2020: jatim.values(CODES, 2020), 2021: values}, result.framework),
        "uncertainty": propagate(values, result.framework, plan, draws=64, rng=rng),
        "sensitivity": sensitivity(values, result.framework, plan, draws=64, rng=rng),
        "decomposition": decompose(values["spending"], groups),
        "interval": interval(values["spending"], resamples=99, rng=rng),
    }


NAMES = ["index", "panel", "uncertainty", "sensitivity", "decomposition", "interval"]


@pytest.mark.parametrize("name", NAMES)
def test_every_result_has_the_one_contract(results, name):
    found = to_tidy(results[name])
    assert list(found) == list(TIDY) and len(found)
    assert found["value"].dtype == float and found.attrs["columns"] == dict(TIDY)
    assert not found.duplicated(["part", "item", "within", "variable"]).any()


@pytest.mark.parametrize("name", NAMES)
def test_every_result_reads_in_a_console_and_a_notebook(results, name):
    text, html = repr(results[name]), results[name]._repr_html_()
    assert text.startswith(type(results[name]).__name__) and len(text) < 2000
    assert html.startswith("<div><table>") and html.count("<tr>") < 60 and len(html) < 20_000


def test_every_number_of_an_index_is_there(result):
    found = to_tidy(result)
    scores = found[found["part"] == "scores"].pivot(index="item", columns="variable", values="value")
    pd.testing.assert_frame_equal(
        scores[list(result.scores)], result.scores, check_names=False, check_index_type=False, check_column_type=False
    )


def test_labels_and_units_stand_beside_the_numbers(result, jatim):
    found = to_tidy(result, labels=labels_of([jatim]), language="id")
    row = found[(found["part"] == "values") & (found["item"] == "35.71") & (found["variable"] == "life_expectancy")]
    assert row["item_label"].item() == jatim.names["35.71"]
    assert row["unit"].item() == result.framework.node("life_expectancy").leaf.unit["id"] != ""
    assert row["label"].item() == result.framework.node("life_expectancy").label["id"]


def test_a_status_goes_along():
    table = pd.DataFrame(
        {"code": ["a", "b"], "score": [1.0, None], "owner": ["x", None], "status": ["official", "survey"]}
    )
    found = to_tidy(table)
    assert found[["item", "variable", "status"]].values.tolist() == [
        ["a", "score", "official"], ["b", "score", "survey"], ["a", "owner", "official"], ["b", "owner", "survey"],
    ]  # fmt: skip
    assert found["text"].tolist() == ["", "", "x", ""] and found["value"].tolist()[0] == 1


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_hold_the_same(results, tmp_path, ending):
    path = write_tidy(results["decomposition"], tmp_path / f"found.{ending}")
    read = pd.read_csv(path) if ending == "csv" else pd.read_excel(path)
    pd.testing.assert_series_equal(read["value"], to_tidy(results["decomposition"])["value"])


def test_parquet_holds_the_same(results, tmp_path):
    pytest.importorskip("pyarrow")
    read = pd.read_parquet(write_tidy(results["index"], tmp_path / "found.parquet"))
    pd.testing.assert_frame_equal(read, to_tidy(results["index"]))
    assert read.attrs["result"] == "IndexResult"


def test_parquet_without_pyarrow_says_what_to_install(result, tmp_path, monkeypatch):
    def absent(*_, **__):
        raise ImportError("pyarrow")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", absent)
    with pytest.raises(DataError, match=re.escape("smartcity-analysis[parquet]")):
        write_tidy(result, tmp_path / "found.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_holds_no_formula(tmp_path):
    import openpyxl

    path = write_tidy(pd.DataFrame({"code": ["=1+1"], "x": [1.0]}), tmp_path / "found.xlsx")
    cells = [cell for row in openpyxl.load_workbook(path)["data"].iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells] and all(cell.data_type != "f" for cell in cells)
    assert path.read_bytes() == write_tidy(pd.DataFrame({"code": ["=1+1"], "x": [1.0]}), path).read_bytes()


def test_another_ending_and_what_is_no_result_are_refused(result, tmp_path):
    with pytest.raises(DataError, match="sav"):
        write_tidy(result, tmp_path / "found.sav")
    with pytest.raises(TypeError, match="expected a result"):
        to_tidy(3)
    with pytest.raises(UnknownNameError, match="language"):
        to_tidy(result, language="xx")


# --- how results read ---


def test_names_from_data_are_escaped():
    bad = "<script>alert(1)</script>"
    frame = pd.DataFrame({"spending": [1.0, 2.0, 4.0]}, index=[bad, "b", "c"])
    html = decompose(frame["spending"], pd.Series([bad, bad, "y"], frame.index))._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_long_table_is_cut_and_says_so(result):
    assert "10 of 38 rows" in result._repr_html_() and "38 rows" in repr(result)


KINDS = ("Result", "Decomposition", "Interval", "Evaluation", "Attribution", "Convergence", "Test", "Moran", "Plan")
KINDS += ("Outlook", "Gap", "Audit", "Change", "Comparison", "Rates", "Mobility", "Robustness", "Trace")


def test_every_public_result_reads_well():
    """Whatever comes back as an object of its own has a form for the notebook; a plan is what goes in."""
    things = [getattr(room, name) for room in (index, regions, masterplan) for name in room.__all__]
    made = [t for t in things if isinstance(t, type) and is_dataclass(t) and t.__name__.endswith(KINDS)]
    assert len(made) > 25
    assert {thing.__name__ for thing in made if not hasattr(thing, "_repr_html_")} == {"UncertaintyPlan"}


# --- a review in three lines ---


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_table_and_a_figure_of_a_report_take_three_lines(root, tmp_path, kediri, language):
    from smartcity_analysis.study import Store

    Store.open("kediri", 2024, root=root, output=tmp_path).save_table(
        "score_trend", masterplan.score_trend(kediri, until=2024)
    )
    show = open_review("kediri", 2024, language=language, output=tmp_path, root=root)
    table = show.table(show.store.load_table("score_trend"), "score_trend", place=show.label("35.71"))
    figure = show.figure("score_trend", show.store.load_table("score_trend"), source="")
    assert "<table>" in table._repr_html_() and "<svg" in figure._repr_html_()
    assert show.label("GOV") != "GOV" and show.label("ipm") != "ipm"
