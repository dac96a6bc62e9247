"""What a notebook declares that it reads: nothing else can be read, and every change of it is seen."""

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import agency_brief
from smartcity_analysis.study import content_hashes, file_table, limit_study, load_study, resolve_reads
from smartcity_analysis.study.reading import READS

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "opd_brief.ipynb"


@pytest.fixture
def folder(project):
    return project / "data" / "raw" / "kediri"


@pytest.fixture(scope="module")
def declared():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["metadata"]["smartcity"]["reads"]


def reads_of(declared, study, **parameters):
    return resolve_reads(declared, study=study, peers=None, parameters=parameters)[study.name]


def with_table(study, name, table):
    return replace(study, tables={**study.tables, name: table})


# --- a study that was read before ---


def test_a_study_whose_files_are_the_same_is_not_read_again(folder):
    assert load_study(folder) is load_study(folder)
    assert load_study(folder, only_real=True) is not load_study(folder)
    assert "illustrative/indicators.csv" not in load_study(folder, only_real=True).hashes


@pytest.mark.parametrize("file", ["scores.csv", "illustrative/survey_answers.csv", "study.yaml"])
def test_a_changed_file_is_seen_at_once(folder, rehash, file):
    before = load_study(folder)
    path = folder / file
    old = path.read_bytes()
    path.write_bytes(old + b"\n")
    rehash(folder)
    changed = load_study(folder)
    assert changed.hashes[file] != before.hashes[file]
    path.write_bytes(old)
    rehash(folder)
    assert load_study(folder).hashes[file] == before.hashes[file]


def test_an_added_and_a_removed_file_are_seen_at_once(folder):
    before = load_study(folder, check_sources=False)
    table = (folder / "neighbours.csv").read_bytes()
    (folder / "neighbours.csv").unlink()
    assert load_study(folder, check_sources=False).table("neighbours").empty
    (folder / "neighbours.csv").write_bytes(table)
    (folder / "feedback").mkdir()
    (folder / "feedback" / "disdik-1.xlsx").write_bytes(b"a form")
    after = load_study(folder, check_sources=False)
    assert set(after.hashes) - set(before.hashes) == {"feedback/disdik-1.xlsx"}


def test_own_borders_and_an_own_framework_are_seen_at_once(folder):
    assert load_study(folder, check_sources=False).framework.name == "gm100sc"
    (folder / "framework.yaml").write_text("name: own\ntree: {code: t, children: [{code: a}]}\n", encoding="utf-8")
    assert load_study(folder, check_sources=False).framework.name == "own"
    (folder / "framework.yaml").write_text("name: broken\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"kediri/framework\.yaml"):
        load_study(folder, check_sources=False)
    (folder / "framework.yaml").unlink()
    (folder / "regions.geojson").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"kediri/regions\.geojson"):
        load_study(folder, check_sources=False)


def test_a_refusal_is_not_remembered(folder, rehash):
    path = folder / "scores.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    for _ in range(2):
        with pytest.raises(DataError, match=r"kediri/scores\.csv"):
            load_study(folder)
    rehash(folder)
    assert load_study(folder).name == "kediri"


# --- only what is declared ---


def test_only_the_declared_tables_can_be_read(kediri):
    limited = limit_study(kediri, {"scores": None, "corrections": None})
    pd.testing.assert_frame_equal(limited.table("scores"), kediri.table("scores"))
    assert limited.table("corrections").empty  # declared, and not in the study
    assert limited.spec == kediri.spec
    for ask in (
        lambda: limited.table("opd"),
        lambda: limited.names,
        lambda: limited.tables["opd"],
        lambda: limited.tables.get("opd"),
        lambda: "opd" in limited.tables,
        lambda: dict(limited.tables),
        lambda: len(limited.tables),
        lambda: limited.hashes["opd.csv"],
        lambda: dict(limited.hashes),
        lambda: file_table([limited]),
    ):
        with pytest.raises(DataError, match=r'tambahkan "(opd|regions|sources|files)" pada smartcity\.reads'):
            ask()


def test_what_is_not_declared_is_named_with_the_remedy_in_both_languages(kediri):
    with pytest.raises(DataError, match="kediri") as error:
        limit_study(kediri, {"scores": None, "regions": None}).table("opd")
    (breach,) = error.value.breaches
    assert breach.text("id") == (
        "kediri\n"
        "  Ditemukan: opd\n"
        "  Seharusnya: tabel yang dinyatakan notebook ini: scores, regions\n"
        '  Perbaikan: tambahkan "opd" pada smartcity.reads di metadata notebook'
    )
    assert breach.text("en") == (
        "kediri\n"
        "  Found: opd\n"
        "  Expected: a table that this notebook declares: scores, regions\n"
        '  Remedy: add "opd" to smartcity.reads in the notebook\'s metadata'
    )


def test_who_declares_the_files_reads_everything(kediri):
    assert limit_study(kediri, {"files": None}) is kediri


def test_rows_are_kept_by_an_own_column_or_by_one_of_the_table_they_refer_to(kediri):
    forms = kediri.table("survey_forms")
    own = forms[forms["opd"] == "diskominfo"]
    limited = limit_study(kediri, {"survey_forms": {"opd": "diskominfo"}, "survey_answers": {"opd": "diskominfo"}})
    assert 0 < len(own) < len(forms)
    assert limited.table("survey_forms")["form"].tolist() == own["form"].tolist()
    assert set(limited.table("survey_answers")["form"]) == set(own["form"])
    assert limited.table("survey_answers").index.tolist() == list(range(len(limited.table("survey_answers"))))
    assert len(kediri.table("survey_answers")) > len(limited.table("survey_answers"))


def test_the_variable_limits_what_is_loaded(root, monkeypatch):
    monkeypatch.setenv(READS, json.dumps({"kediri": {"survey_forms": {"opd": "diskominfo"}}}))
    assert set(load_study("kediri", root=root).table("survey_forms")["opd"]) == {"diskominfo"}
    with pytest.raises(DataError, match='tambahkan "scores"'):
        load_study("kediri", root=root).table("scores")
    with pytest.raises(DataError, match="studi yang dinyatakan notebook ini: kediri") as error:
        load_study("jatim", root=root)
    assert error.value.text("en") == (
        "jatim\n"
        "  Found: jatim\n"
        "  Expected: a study that this notebook declares: kediri\n"
        '  Remedy: declare the tables it reads of it in smartcity.reads in the notebook\'s metadata, under "city" '
        '(the study under review) or "peers" (its peers)'
    )
    monkeypatch.delenv(READS)
    assert len(load_study("kediri", root=root).table("scores")) > 0


@pytest.mark.parametrize("fifth", [0, *(pytest.param(number, marks=pytest.mark.long) for number in range(1, 5))])
def test_an_agencys_rows_are_enough_for_its_brief(kediri, declared, fifth):
    columns = {
        "actions": ["number", "owner", "supporting", "due_year", "status"],
        "findings": ["id", "template", "kind", "pillar", "evidence", "text_id", "text_en", "status"],
        "gaps": ["code", "gap", "status"],
    }
    none = {name: pd.DataFrame(columns=each) for name, each in columns.items()}
    scored = 0
    for opd in kediri.table("opd")["code"].iloc[fifth::5]:
        limited = limit_study(kediri, reads_of(declared, kediri, opd=opd))
        whole, part = (agency_brief(study, 2024, opd, **none) for study in (kediri, limited))
        for name, table in vars(whole).items():
            if isinstance(table, pd.DataFrame):
                pd.testing.assert_frame_equal(getattr(part, name), table, obj=f"{name} of {opd}")
        scored += "self_score" in whole.items
    assert scored > 3


# --- declarations ---


def test_a_declaration_is_resolved_by_study_and_parameter(kediri, jatim):
    declared = {"city": ["scores", "survey_answers[opd]", "files"], "peers": ["regions"]}
    found = resolve_reads(declared, study=kediri, peers=jatim, parameters={"opd": "diskominfo", "study": "kediri"})
    assert found == {
        "kediri": {"scores": None, "survey_answers": {"opd": "diskominfo"}, "files": None},
        "jatim": {"regions": None},
    }
    assert json.loads(json.dumps(found)) == found
    assert list(resolve_reads(declared, study=kediri, peers=None, parameters={"opd": "diskominfo"})) == ["kediri"]


def test_a_table_declared_whole_and_in_part_is_read_whole(kediri):
    for order in (["survey_forms", "survey_forms[opd]"], ["survey_forms[opd]", "survey_forms"]):
        found = resolve_reads({"city": order}, study=kediri, peers=None, parameters={"opd": "diskominfo"})
        assert found == {"kediri": {"survey_forms": None}}


def test_everything_wrong_with_a_declaration_is_told_at_once(kediri):
    declared = {"town": [], "city": ["score", "scores[opd]", "opd[region]", "files[opd]", "scores [year]", "regions"]}
    with pytest.raises(DataError, match="smartcity") as error:
        resolve_reads(declared, study=kediri, peers=None, parameters={"opd": "diskominfo"}, file="opd_brief.ipynb")
    assert [(breach.key, breach.column, breach.found) for breach in error.value.breaches] == [
        ("not_allowed", "smartcity.reads", "town"),
        ("not_allowed", "smartcity.reads.city", "score"),
        ("read_restriction", "smartcity.reads.city", "scores[opd]"),
        ("read_restriction", "smartcity.reads.city", "opd[region]"),
        ("read_restriction", "smartcity.reads.city", "files[opd]"),
        ("not_allowed", "smartcity.reads.city", "scores [year]"),
    ]
    assert error.value.breaches[2].text("en") == (
        "opd_brief.ipynb, column smartcity.reads.city\n"
        "  Found: scores[opd]\n"
        "  Expected: a column of the table scores that is also a parameter of the notebook: -\n"
        "  Remedy: change what is in the brackets, or declare the table without brackets"
    )


# --- hashes of content ---


def test_the_same_content_in_another_layout_has_the_same_hash(folder):
    before = load_study(folder, check_sources=False)
    book = openpyxl.Workbook()
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as stream:
        for cells in csv.reader(stream):
            book.active.append(cells[::-1])
    book.save(folder / "scores.xlsx")
    (folder / "scores.csv").unlink()
    after = load_study(folder, check_sources=False)
    reads = {"scores": None}
    assert content_hashes(after, reads) == content_hashes(before, reads)
    assert content_hashes(after, {"files": None})["files"] != content_hashes(before, {"files": None})["files"]


def test_a_correction_changes_the_content(folder):
    before = load_study(folder, check_sources=False)
    code, name = before.table("programmes").loc[0, ["code", "name"]]
    (folder / "corrections.csv").write_text(
        "code,table,row,column,from,to,reason,evidence,opd,status,source\n"
        f'K1,programmes,code={code},name,"{name}",Program lain,salah ketik,,,survey,catatan\n',
        encoding="utf-8",
    )
    after = load_study(folder, check_sources=False)
    reads = {"programmes": None, "scores": None, "corrections": None}
    old, new = content_hashes(before, reads), content_hashes(after, reads)
    assert {name for name in new if new[name] != old[name]} == {"programmes", "corrections"}


def test_declaration_framework_and_borders_always_count(kediri, folder):
    assert set(content_hashes(kediri, {"scores": None})) == {"study.yaml", "scores"}
    (folder / "framework.yaml").write_text("name: own\ntree: {code: t, children: [{code: a}]}\n", encoding="utf-8")
    assert set(content_hashes(load_study(folder, check_sources=False), {})) == {"study.yaml", "framework.yaml"}


def test_one_answer_of_one_agency_changes_that_agencys_hash_only(kediri, declared):
    answers, forms = kediri.table("survey_answers"), kediri.table("survey_forms").set_index("form")["opd"]
    at = answers.index[answers["form"].map(forms) == "diskominfo"][0]
    answers.loc[at, "answer"] = "1" if answers.loc[at, "answer"] != "1" else "2"
    changed = with_table(kediri, "survey_answers", answers)
    for opd in kediri.table("opd")["code"]:
        reads = reads_of(declared, kediri, opd=opd)
        assert (content_hashes(kediri, reads) != content_hashes(changed, reads)) == (opd == "diskominfo"), opd


CELLS = st.one_of(
    st.none(), st.text(max_size=6), st.floats(allow_nan=False), st.integers(-3, 3), st.booleans(),
    st.sampled_from(["nan", "None", "", "a\n('b',)", "1", "1.0"]), st.just(np.nan),
)  # fmt: skip


def same(one, other):
    """Whether two cells are the same: a text is no number, an empty text is not nothing."""
    return type(one) is type(other) and repr(one) == repr(other)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4), value=CELLS, data=st.data())
def test_any_changed_cell_row_type_or_order_changes_the_hash(rows, value, data):
    study = load_study("kediri", root=ROOT)

    def hashed(table):
        return content_hashes(with_table(study, "scores", table), {"scores": None})["scores"]

    table = pd.DataFrame(rows, columns=["score", "source"], dtype=object)
    before = hashed(table)
    assert hashed(table.copy()) == before
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.sampled_from(["score", "source"]))
    other = table.copy()
    other[column] = pd.Series([*table[column][:row], value, *table[column][row + 1 :]], dtype=object)
    assert (hashed(other) == before) == same(value, table.at[row, column])
    assert hashed(table.iloc[:-1]) != before
    assert hashed(pd.concat([table, table.iloc[[0]]])) != before
    assert hashed(table[["source", "score"]]) != before
    backwards = table.iloc[::-1]
    alike = all(same(a, b) for a, b in zip(table.to_numpy().ravel(), backwards.to_numpy().ravel(), strict=True))
    assert (hashed(backwards) == before) == alike


def test_a_column_of_another_type_has_another_hash(kediri):
    scores = kediri.table("scores")
    as_objects = with_table(kediri, "scores", scores.astype({"score": object}))
    assert content_hashes(kediri, {"scores": None}) != content_hashes(as_objects, {"scores": None})


def test_the_variable_is_not_left_behind():
    assert READS not in os.environ
