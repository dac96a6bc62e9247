"""The review of 2024 carried to 2025: what stays, what is missing for whom, and nothing written over."""

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from smartcity_analysis.cli import main
from smartcity_analysis.study import load_study, plan_year
from smartcity_analysis.study.next_year import YearError

FORMS = [
    f"{name}.xlsx"
    for name in ("indicators", "scores", "score_components", "programme_progress", "recommendation_status")
]


@pytest.fixture
def base(project, monkeypatch):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    return project


def run(capsys, *words):
    status = main(["next-year", "kediri", *words])
    said = capsys.readouterr()
    return status, said.out.splitlines(), said.err.strip()


def test_kediri_is_carried_from_2024_to_2025(base, capsys, tree):
    folder = base / "data/raw/kediri"
    before = tree(base / "data")
    status, lines, _ = run(capsys, "--year", "2025")
    assert status == 0
    after = tree(base / "data")
    new = {name: data for name, data in after.items() if name not in before}
    assert {name: after[name] for name in before} == before
    assert set(new) == {f"raw/kediri/to_fill/2025/{name}" for name in [*FORMS, "missing.csv"]}
    study = load_study("kediri", root=base)  # what lies in the folder is not read
    statuses = study.table("recommendation_status")
    done = set(statuses.loc[statuses["state"] == "done", "recommendation"])
    open_ones = [code for code in study.table("recommendations")["code"] if code not in done]
    assert lines[:2] == [
        "Studi kediri untuk tahun reviu 2025:",
        "Terbawa tanpa diubah, karena tetap berada di folder yang sama:",
    ]
    assert lines[3] == f"  {len(study.table('recommendations'))} rekomendasi dengan kodenya"
    assert lines[4] == f"  {len(study.table('survey_questions'))} pertanyaan survei"
    missing = pd.read_csv(folder / "to_fill/2025/missing.csv", dtype=str)
    assert f"Yang belum ada untuk 2025: {len(missing)} isian." in lines
    assert "  scores, belum ada pengampu: 1 (2025)" in lines
    assert f"  recommendation_status, belum ada pengampu: {len(open_ones)} " \
        f"({', '.join(open_ones[:4])}, {len(open_ones) - 4} lagi)" in lines  # fmt: skip
    assert lines[-2] == f"Daftarnya: {folder / 'to_fill/2025/missing.csv'}"
    assert lines[-1] == (
        f"Baris yang perlu diisi: {', '.join(FORMS)}. Isi nilainya, lalu salin barisnya ke tabel dengan nama yang sama."
    )
    assert list(missing.loc[missing["table"] == "recommendation_status", "item"]) == open_ones


def test_the_rows_to_fill_in_hold_the_key_and_nothing_else(base, capsys):
    run(capsys, "--year", "2025")
    book = openpyxl.load_workbook(base / "data/raw/kediri/to_fill/2025/recommendation_status.xlsx")
    header, *rows = [list(row) for row in book["data"].iter_rows(values_only=True)]
    assert header == ["rekomendasi", "tahun", "keadaan", "bukti_id", "bukti_en", "status", "sumber"]
    assert rows and all(row[0] and row[1] == 2025 and set(row[2:]) == {None} for row in rows)


def test_what_was_filled_in_is_left_when_the_command_is_run_again(base, capsys):
    run(capsys, "--year", "2025")
    path = base / "data/raw/kediri/to_fill/2025/scores.xlsx"
    path.write_bytes(b"filled in")
    _, lines, _ = run(capsys, "--year", "2025", "--language", "en")
    assert path.read_bytes() == b"filled in"
    assert lines[-1] == f"There already and not written over: {', '.join(FORMS)}."
    assert lines[0] == "Study kediri for the review year 2025:"


def test_a_year_that_has_a_score_is_not_opened(base, capsys, tree):
    before = tree(base / "data")
    status, lines, err = run(capsys, "--year", "2023")
    assert status == 2 and lines == [] and tree(base / "data") == before
    assert err == "Tahun 2023 tidak dapat dibuka: data sudah sampai 2023. Pilih tahun sesudahnya."
    with pytest.raises(YearError, match=r"^2022, 2023$"):
        plan_year(load_study("kediri", root=base), 2022)


def test_a_year_outside_the_masterplan_is_pointed_out(base, capsys):
    _, lines, _ = run(capsys, "--year", "2030", "--language", "en")
    assert (
        "Note: 2030 is outside the masterplan's 2020–2029; a review of that year is refused until study.yaml is "
        "corrected." in lines
    )


def test_a_stand_in_is_no_data_and_a_finished_programme_owes_nothing(kediri):
    plan = plan_year(kediri, 2025)
    owed = {m.key["programme"] for m in plan.missing if m.table == "programme_progress"}
    programmes = kediri.table("programmes").set_index("code")
    assert owed and (kediri.table("programme_progress")["status"] == "illustrative").all()
    ended = programmes.index[programmes["period"].isin(["2020", "2021", "2022", "2023", "2024"])]
    assert not owed & set(ended) and owed <= set(programmes.index)


def test_what_a_year_repeats_is_asked_for_again(kediri):
    table = plan_year(kediri, 2025).table()
    components = kediri.table("score_components")
    last = components[components["year"] == components["year"].max()]
    wanted = [f"{row.kind} / {row.code}" for row in last.itertuples()]
    assert wanted and list(table.loc[table["table"] == "score_components", "item"]) == wanted
    targets = kediri.table("programme_targets").assign(status="official")  # stand-ins, as if they were data
    known = replace(kediri, tables=kediri.tables | {"programme_targets": targets})
    table = plan_year(known, 2025).table()
    own = table[table["table"] == "programme_targets"]
    owners = kediri.table("programmes").set_index("code")["owner_opd"]
    last = targets[targets["year"] == targets["year"].max()]
    assert len(own) == len(last) and list(own["owner"]) == [
        str(owners[p]) if pd.notna(owners[p]) else "" for p in last["programme"]
    ]


def test_a_value_that_is_there_is_not_missing(kediri):
    years = kediri.table("indicators")
    plan = plan_year(kediri, 2025)
    asked = {(m.key["region"], m.key["indicator"]) for m in plan.missing if m.table == "indicators"}
    there = years[(years["year"] == 2025) & (years["status"] != "illustrative")]
    assert not asked & set(zip(there["region"], there["indicator"], strict=True))
    real = years[years["status"] != "illustrative"]
    city = set(real.loc[(real["indicator"] == "population") & (real["year"] == 2020), "region"])
    assert {region for region, indicator in asked if indicator == "population"} <= city | {"35.71"}


def test_owners_are_those_of_the_catalogue(kediri):
    plan = plan_year(kediri, 2025)
    owners = kediri.table("catalogue").set_index("code")["owner_opd"].dropna()
    asked = [m for m in plan.missing if m.table == "indicators"]
    assert asked and all(m.owner == owners.get(m.item, "") for m in asked)


def test_a_study_that_lacks_nothing_says_so(base, capsys, monkeypatch):
    from smartcity_analysis import study as room
    from smartcity_analysis.study import YearPlan

    monkeypatch.setattr(room, "plan_year", lambda study, year: YearPlan(year, {"sources": 1}, []))
    status, lines, _ = run(capsys, "--year", "2025")
    assert status == 0 and "Tidak ada yang kurang untuk 2025." in lines
