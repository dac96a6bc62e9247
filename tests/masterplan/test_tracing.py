"""A conclusion is followed to the raw row and its source, and from a raw row to all that rests on it."""

import ast
import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from smartcity_analysis import masterplan
from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import Finding, Tables, choose_finding, choose_raw_row, findings_on, trace_finding
from smartcity_analysis.masterplan.findings import Cited
from smartcity_analysis.masterplan.lineage import ORIGINS
from smartcity_analysis.study import TABLES, load_study

SOURCE = Path(masterplan.__file__).parent


@pytest.fixture(scope="module")
def real(root):
    return load_study("kediri", root=root, only_real=True)


@pytest.fixture(scope="module")
def made(real):
    trend = masterplan.score_trend(real, until=2024)
    tables = {
        "score_trend": trend,
        "target_gap": masterplan.target_gap(trend).table(),
        "pillars": masterplan.pillar_table(real, real.framework, until=2024),
        "portfolio_pillars": masterplan.portfolio_pillars(real, real.framework),
    }
    return Tables(tables.__getitem__)


@pytest.fixture(scope="module")
def found(made):
    year = int(made["target_gap"]["target_year"].iloc[0])
    return [
        Finding("rose", "fact", {"score": made.cite("score_trend", "score", year=2022)}),
        Finding("target", "gap", {"gap": made.cite("target_gap", "gap", target_year=year)}),
        Finding("owners", "limit", {"n": made.cite("portfolio_pillars", "programmes", code="BRA")}),
        Finding("low", "weakness", {"s": made.cite("pillars", "score", code="GOV")}),
    ]


def test_a_claim_leads_to_the_row_in_the_file(found, made, real):
    trace = trace_finding(found[0], made, real)
    raw = trace.raw.iloc[0]
    with (real.folder / "scores.csv").open(encoding="utf-8", newline="") as stream:
        line = list(csv.reader(stream))[raw["row"] - 1]
    assert len(trace.raw) == 1 and (raw["study"], raw["file"]) == ("kediri", "scores.csv")
    assert line[0] == "2022" and float(line[1]) == trace.evidence["value"].item()
    assert raw["source"] in line and f"score={float(line[1]):g}" in raw["content"]
    assert raw["title"] == real.table("sources").set_index("path").loc["scores.csv", "title"]


def test_the_processed_row_stands_between(found, made, real):
    trace = trace_finding(found[0], made, real)
    assert trace.processed["evidence"].tolist() == ["score_trend[year=2022]"] == trace.raw["evidence"].tolist()
    assert trace.evidence["evidence"].tolist() == ["score_trend[year=2022].score"]


def test_as_many_raw_rows_as_a_count_counts(found, made, real):
    trace = trace_finding(found[2], made, real)
    assert len(trace.raw) == trace.evidence["value"].item()


def test_back_from_a_raw_row_to_all_that_rests_on_it(found, made, real):
    file, row = choose_raw_row(trace_finding(found[0], made, real))
    assert findings_on(file, row, found, made, real)["id"].tolist() == [found[0].id, found[1].id]
    assert findings_on(file, 999, found, made, real).empty


@pytest.mark.parametrize("place", range(4))
def test_every_raw_row_leads_back_to_its_finding(found, made, real, place):
    for raw in trace_finding(found[place], made, real).raw.itertuples():
        file, row = choose_raw_row(trace_finding(found[place], made, real), f"{raw.study}/{raw.file}", raw.row)
        back = findings_on(file, row, found, made, real)
        assert raw.evidence in back.loc[back["id"] == found[place].id, "through"].item().split("; ")


def test_the_peers_rows_come_from_their_own_study(made, real, jatim):
    row = pd.DataFrame({"region": ["35.71"], "year": [2021], "rank": [6], "status": ["official"]})
    tables = Tables({"standing": row}.__getitem__)
    finding = Finding("standing", "fact", {"rank": tables.cite("standing", "rank", region="35.71")})
    raw = trace_finding(finding, tables, real, jatim).raw
    assert set(raw["study"]) == {"jatim"} and len(raw) == 4 * 38
    assert trace_finding(finding, tables, real).raw.empty
    assert choose_raw_row(trace_finding(finding, tables, real)) == ("", 0)


def test_a_finding_is_chosen_by_its_id(found):
    assert choose_finding(found) is found[0] and choose_finding(found, found[2].id) is found[2]
    with pytest.raises(DataError, match=re.escape(found[0].id)):
        choose_finding(found, "F-000000")


def test_every_table_that_a_finding_cites_has_its_origin():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.glob("judgements/*.py")]
    calls = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call) and "cite" in ast.unparse(n.func)]
    named = {n.args[0].value for n in calls if n.args and isinstance(n.args[0], ast.Constant)}
    assert len(named) > 20 and named <= ORIGINS.keys()


def test_every_origin_names_columns_that_are_there():
    for origin in (origin for origins in ORIGINS.values() for origin in origins):
        raw = {*origin.same, *origin.where, *(part[0] for part in (origin.until, origin.since) if part)}
        assert raw <= TABLES[origin.table].by_name.keys(), origin
        assert origin.study in ("city", "peers")


def test_a_citation_without_origin_is_shown_as_far_as_it_goes(real):
    tables = Tables({"own": pd.DataFrame({"code": ["a"], "x": [1.0]})}.__getitem__)
    trace = trace_finding(Finding("own", "fact", {"x": Cited(1.0, "own", (("code", "a"),), "x")}), tables, real)
    assert len(trace.evidence) == len(trace.processed) == 1 and trace.raw.empty
