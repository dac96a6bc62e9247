"""A whole feedback round: forms out, forms back (one twice, one broken), decisions, the review again, what changed."""

import io
import shutil

import openpyxl
import pandas as pd
import pytest

from smartcity_analysis.batch import review
from smartcity_analysis.cli import main
from smartcity_analysis.masterplan import feedback_changes, feedback_log
from smartcity_analysis.study import find_root, load_study

ROOT = find_root(__file__.rpartition("/tests/")[0])
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("feedback_round")]
AGENCIES = ("disdik", "kec_mojoroto", "dinkes")
STATIONS = "indicators[region=35.71.01.1006; year=2024; indicator=polling_stations].value"
ICT = "programmes[code=P38].ict"


def tables(base):
    """The processed tables of the review, by name."""
    folder = base / "data/processed/kediri/2024"
    return {path.stem: pd.read_csv(path, dtype=str) for path in sorted(folder.glob("*.csv"))}


def line(book, sheet, *words):
    """The row of the line that holds all of `words`."""
    for row in range(5, book[sheet].max_row + 1):
        text = [str(book[sheet].cell(row, column).value) for column in range(1, 7)]
        if all(any(word in cell for cell in text) for word in words):
            return row
    raise AssertionError(words)


def fill(path, into, *answers, addition=None):
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    for sheet, words, cells in answers:
        row = line(book, sheet, *words)
        for column, value in cells.items():
            book[sheet][f"{column}{row}"].value = value
    for column, value in (addition or {}).items():
        book["Tambahan"][f"{column}5"].value = value
    book.save(into)


@pytest.fixture(scope="module")
def round_(tmp_path_factory, begun):
    """The project after one round, with the tables before and after and what the commands said."""
    base = begun(tmp_path_factory.mktemp("round"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMARTCITY_ROOT", str(base))
        assert review("kediri", 2024, root=base, sheets=()).ok
        told = {"before": tables(base), "raw": raw_files(base)}
        out = base / "forms"
        wanted = [part for opd in AGENCIES for part in ("--opd", opd)]
        assert main(["forms", "feedback", "kediri", "--year", "2024", "--out", str(out), *wanted]) == 0
        fill_all(out)
        files = [str(out / f"{name}.xlsx") for name in ("disdik", "kec_mojoroto", "dinkes", "disdik")]
        told["status"] = main(["feedback", "read", "kediri", "--year", "2024", *files])
        log = load_study("kediri", root=base).table("feedback").set_index("item")["code"]
        answer = ["--answer", "Diterima, sesuai bukti."]
        assert main(["feedback", "accept", "kediri", log[ICT], log[STATIONS], *answer]) == 0
        assert review("kediri", 2024, root=base, sheets=()).ok
        told["after"] = tables(base)
        yield base, told


def raw_files(base):
    return {p.name: p.read_bytes() for p in sorted((base / "data/raw/kediri").glob("*.csv")) if p.name != "SOURCES.csv"}


def fill_all(out):
    """Fill the three forms: two as they should be, one with a word that is no answer."""
    fill(
        out / "umpan-balik-2024-disdik.xlsx",
        out / "disdik.xlsx",
        ("Temuan", ("turun dari 3,31",), {"G": "setuju"}),
        ("Data", ("P38", "Bergantung pada TIK"), {"G": "koreksi", "H": "TIK", "I": "Renja 2024"}),
        ("Data", ("P39", "Nama program"), {"G": "setuju"}),
        addition={"B": "Program baru", "C": "Sekolah Digital"},
    )
    fill(
        out / "umpan-balik-2024-kec_mojoroto.xlsx",
        out / "kec_mojoroto.xlsx",
        ("Temuan", ("Hasil evaluasi 2024",), {"G": "keberatan", "J": "Hasilnya sudah ada."}),
        ("Data", ("Bujel", "Tempat pemungutan suara"), {"G": "koreksi", "H": 25, "I": "Berita acara KPU"}),
    )
    broken = {"G": "barangkali", "H": "2024"}
    fill(out / "umpan-balik-2024-dinkes.xlsx", out / "dinkes.xlsx", ("Data", ("P29", "Tahun quick win"), broken))


def test_a_broken_form_gives_the_status_of_bad_input_and_the_others_are_logged(round_):
    base, told = round_
    assert told["status"] == 2
    log = feedback_log(load_study("kediri", root=base), 2024)
    assert log["opd"].tolist() == ["disdik"] * 4 + ["kec_mojoroto"] * 2
    assert log["result"].tolist() == ["noted", "accepted", "noted", "listed", "shown_beside", "accepted"]
    assert len(list((base / "data/raw/kediri/feedback").iterdir())) == 2


def test_no_raw_file_was_edited(round_):
    base, told = round_
    now = raw_files(base)
    assert set(now) - set(told["raw"]) == {"corrections.csv", "feedback.csv", "feedback_sent.csv"}
    assert all(now[name] == data for name, data in told["raw"].items())


def test_the_study_is_what_it_would_be_had_the_raw_files_said_so(round_, tmp_path):
    base, _ = round_
    corrected = load_study("kediri", root=base)
    shutil.copytree(ROOT / "data/raw", tmp_path / "data/raw")
    folder = tmp_path / "data/raw/kediri"
    edits = [
        ("programmes", {"code": "P38"}, "ict", "ict"),
        ("indicators", {"region": "35.71.01.1006", "year": "2024", "indicator": "polling_stations"}, "value", "25"),
    ]
    for name, key, column, value in edits:
        rows = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        at = rows.index[(rows[list(key)] == pd.Series(key)).all(axis=1)][0]
        declared = corrected.table("corrections").set_index("table")["code"][name]
        source = f"{rows.at[at, 'source']}; corrections.csv {declared}"
        rows.loc[at, [column, "status", "source"]] = [value, "survey", source]
        rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    edited = load_study(folder, check_sources=False)
    for name in edited.tables:
        if name != "sources":
            pd.testing.assert_frame_equal(corrected.table(name), edited.table(name), obj=name)


def test_only_what_depends_on_the_corrected_values_differs(round_):
    _, told = round_
    before, after = told["before"], told["after"]
    assert before.keys() == after.keys()
    same = {name for name in before if before[name].equals(after[name])}
    untouched = {"score_trend", "target_gap", "dimensions", "peers", "pillars", "pillar_check", "known_by_year",
                 "regional_index", "standing", "robustness", "compared", "drivers", "influence", "decomposition",
                 "disparity_years", "convergence", "klassen", "area_data"}  # fmt: skip
    assert untouched - same == set()
    assert {"portfolio", "portfolio_totals", "areas", "findings", "file_table"}.isdisjoint(same)


def cells(before, after, key):
    """The cells that differ between two tables of the same rows, by key and column."""
    old, new = before.set_index(key), after.set_index(key)
    assert list(old.index) == list(new.index) and list(old.columns) == list(new.columns)
    differ = ((old != new) & ~(old.isna() & new.isna())).stack()
    return {(row, column): (old.at[row, column], new.at[row, column]) for row, column in differ.index[differ]}


def test_the_portfolio_and_the_kelurahan_change_in_the_corrected_cells_only(round_):
    _, told = round_
    before, after = told["before"], told["after"]
    assert cells(before["portfolio"], after["portfolio"], "code") == {
        ("SOC2", "ict"): ("1", "2"),
        ("SOC2", "non_ict"): ("2", "1"),
    }
    changed = cells(before["areas"], after["areas"], "region")
    assert {now for (_, column), (_, now) in changed.items() if column == "status"} == {"survey"}  # of the whole table
    assert {row for row, column in changed if column != "status"} == {"35.71.01.1006"}
    assert [float(value) for value in changed["35.71.01.1006", "polling_stations"]] == [21, 25]


def test_the_findings_say_what_changed_for_whom_and_why(round_):
    base, told = round_
    study = load_study("kediri", root=base)
    changes = feedback_changes(study, 2024, told["after"]["findings"])
    old, new = (told[when]["findings"].set_index("id")["text_id"] for when in ("before", "after"))
    moved = [code for code in new.index if code not in old.index or old[code] != new[code]]
    assert moved and set(changes.loc[changes["what_changed"] != "unchanged", "id"]) >= set(moved)
    ict = changes[changes["text_id"].str.contains("bergantung pada TIK", na=False)].iloc[0]
    assert ict["what_changed"] == "changed_number" and "Disdik" in ict["opds"] and ict["because_of"]
    objected = changes[changes["objected_by"] != ""]
    assert objected["objected_by"].tolist() == ["Kec. Mojoroto"] and objected["what_changed"].tolist() == ["unchanged"]


def test_a_second_reading_adds_nothing_and_the_review_has_nothing_to_do(round_, monkeypatch):
    base, _ = round_
    monkeypatch.setenv("SMARTCITY_ROOT", str(base))
    files = [str(base / "forms" / f"{name}.xlsx") for name in ("disdik", "kec_mojoroto")]
    assert main(["feedback", "read", "kediri", "--year", "2024", *files]) == 0
    assert review("kediri", 2024, root=base, sheets=()).unchanged
