"""A study folder: every file held against its source, every breach at once, changes accepted only when sound."""

import hashlib

import openpyxl
import pytest

from smartcity_analysis.errors import DataError, UnknownNameError
from smartcity_analysis.study import accept_sources, load_study, weakest_status


def keys(error):
    """Each breach by its key and its file, which is named with the folder of its study."""
    return [(breach.key, breach.file.rpartition("/")[2]) for breach in error.value.breaches]


@pytest.fixture
def folder(project):
    return project / "data" / "raw" / "kediri"


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- what is read ---


def test_the_shipped_study_is_whole(kediri):
    assert len(kediri.table("regions")) == 50  # city, 3 kecamatan, 46 kelurahan
    levels = kediri.table("regions")["level"].value_counts()
    assert (levels["kota"], levels["kecamatan"], levels["kelurahan"]) == (1, 3, 46)
    assert len(kediri.table("neighbours")) == 121
    assert kediri.names["35.71.01.1001"] == "Bandar Lor"
    assert set(kediri.hashes) >= {"scores.csv", "SOURCES.csv", "study.yaml"}


def test_east_java_has_38_regions(jatim):
    levels = jatim.table("regions")["level"].value_counts()
    assert (levels["kabupaten"], levels["kota"]) == (29, 9)


def test_a_table_is_a_copy(kediri):
    mine = kediri.table("scores")
    mine.loc[0, "score"] = 0
    assert kediri.table("scores").loc[0, "score"] == 2.87


def test_a_table_the_study_does_not_have_is_empty_with_its_columns(jatim):
    assert jatim.table("scores").empty and "score" in jatim.table("scores").columns
    with pytest.raises(UnknownNameError, match=r"Unknown table: found 'score'.*Did you mean 'scores'"):
        jatim.table("score")


def test_values_and_panel_are_region_by_indicator_and_region_by_year(jatim):
    values = jatim.values(["life_expectancy", "spending"], 2021)
    assert values.shape == (38, 2) and values.index[0] == "35.01"
    panel = jatim.panel("life_expectancy")
    assert panel.shape == (38, 12) and panel.columns[0] == 2010
    assert panel.loc["35.71", 2021] == values.loc["35.71", "life_expectancy"]
    with pytest.raises(UnknownNameError, match=r"Unknown indicator: found 'life_expectency'"):
        jatim.values(["life_expectency"], 2021)


def test_the_latest_year_is_the_last_one_all_indicators_share(jatim):
    assert jatim.latest_year(["life_expectancy", "spending"]) == 2021
    assert jatim.latest_year(["life_expectancy"], until=2015) == 2015
    with pytest.raises(DataError, match="satu tahun yang memuat semua indikator"):
        jatim.latest_year(["life_expectancy"], until=2009)


def test_the_tree_under_review_is_the_studys_own_or_the_shipped_one_it_names(kediri, jatim, folder, rehash):
    assert kediri.framework.name == "gm100sc"
    with pytest.raises(DataError, match=r"jatim/study\.yaml, kolom framework\n"):
        _ = jatim.framework
    (folder / "framework.yaml").write_text("name: own\ntree: {code: t, children: [{code: a}]}\n", encoding="utf-8")
    with (folder / "SOURCES.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"framework.yaml,{'0' * 64},Kerangka,sendiri,2024,,,\n")
    rehash(folder)
    assert load_study(folder).framework.name == "own"


@pytest.mark.parametrize(
    ("statuses", "weakest"),
    [(["official"], "official"), (["illustrative", "official"], "illustrative"), (["survey", "reported"], "survey")],
)
def test_the_weakest_status_decides(statuses, weakest):
    assert weakest_status(statuses) == weakest


def test_an_unknown_study_names_the_nearest(root):
    with pytest.raises(UnknownNameError, match=r"Unknown study: found 'kedri'.*Did you mean 'kediri'"):
        load_study("kedri", root=root)
    with pytest.raises(DataError, match="tidak/ada"):
        load_study("tidak/ada")


# --- files ---


def test_a_file_changed_after_its_hash_was_recorded_is_refused(folder):
    change(folder, "scores.csv", "2.87", "2.88")
    digest = hashlib.sha256((folder / "scores.csv").read_bytes()).hexdigest()
    with pytest.raises(DataError) as error:
        load_study(folder)
    (breach,) = error.value.breaches
    assert breach.text("id") == (
        "kediri/scores.csv\n"
        f"  Ditemukan: {digest[:12]}…\n"
        "  Seharusnya: sha256 767afa2acb83… seperti tercatat di SOURCES.csv\n"
        "  Perbaikan: bila perubahan berkas memang disengaja, jalankan: smartcity check kediri --accept"
    )
    assert load_study(folder, check_sources=False).table("scores").loc[0, "score"] == 2.88


def test_a_change_made_on_purpose_is_accepted_and_recorded(folder):
    before = (folder / "SOURCES.csv").read_bytes()
    change(folder, "scores.csv", "2.87", "2.88")
    assert accept_sources(folder) == ["scores.csv"]
    assert load_study(folder).table("scores").loc[0, "score"] == 2.88
    after = (folder / "SOURCES.csv").read_bytes()
    digest = hashlib.sha256((folder / "scores.csv").read_bytes()).hexdigest().encode()
    lines = [(a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert len(lines) == 1 and digest in lines[0][1]


def test_without_a_change_nothing_is_written(folder):
    stamp = (folder / "SOURCES.csv").stat().st_mtime_ns
    assert accept_sources(folder) == []
    assert (folder / "SOURCES.csv").stat().st_mtime_ns == stamp


def test_a_broken_file_is_never_accepted(folder):
    before = (folder / "SOURCES.csv").read_bytes()
    change(folder, "scores.csv", "2.87", "two")
    with pytest.raises(DataError, match=r"scores\.csv, baris 2, kolom score"):
        accept_sources(folder)
    assert (folder / "SOURCES.csv").read_bytes() == before


def test_a_file_without_a_source_is_refused(folder):
    path = folder / "SOURCES.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("opd.csv")), encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert keys(error) == [("source_missing", "opd.csv")]


def test_a_source_without_a_file_names_its_row(folder):
    (folder / "recommendations.csv").unlink()
    with pytest.raises(
        DataError, match=r"SOURCES\.csv, baris 12, kolom path\n  Ditemukan: recommendations\.csv"
    ) as error:
        load_study(folder)
    assert keys(error) == [("source_gone", "SOURCES.csv")]


def test_a_required_file_that_is_gone_is_reported_once(folder):
    (folder / "indicators.csv").unlink()
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert keys(error) == [("file_missing", "indicators.csv")]


def test_a_folder_without_anything_lists_what_it_needs(tmp_path):
    with pytest.raises(DataError) as error:
        load_study(tmp_path)
    assert keys(error) == [
        ("file_unreadable", "study.yaml"),
        ("file_missing", "SOURCES.csv"),
        ("file_missing", "regions.csv"),
        ("file_missing", "catalogue.csv"),
        ("file_missing", "indicators.csv"),
    ]


def test_a_file_of_another_name_is_refused_with_a_hint(folder):
    (folder / "programme.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert ("file_unknown", "programme.csv") in keys(error)
    assert 'ganti nama berkas (mungkin maksudnya "programmes"), atau keluarkan' in error.value.text("id")


def test_what_a_spreadsheet_or_a_desktop_leaves_behind_is_ignored(folder):
    for name in (".DS_Store", "~$indicators.xlsx", ".~lock.scores.csv#"):
        (folder / name).write_bytes(b"\x00")
    assert load_study(folder).name == "kediri"


def test_a_table_given_twice_is_refused(folder):
    openpyxl.Workbook().save(folder / "scores.xlsx")
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert keys(error) == [("file_twice", "scores.csv"), ("source_missing", "scores.xlsx")]
    assert "hapus salah satu: scores.csv, scores.xlsx" in error.value.text("id")


def test_a_table_may_come_as_a_workbook(folder, rehash):
    rows = [line.split(",") for line in (folder / "neighbours.csv").read_text(encoding="utf-8").splitlines()]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "neighbours.xlsx")
    (folder / "neighbours.csv").unlink()
    change(folder, "SOURCES.csv", "neighbours.csv", "neighbours.xlsx")
    rehash(folder)
    assert len(load_study(folder).table("neighbours")) == 121


def test_a_study_in_indonesian_headers_and_numbers_reads_the_same(folder, rehash, root):
    kediri = load_study("kediri", root=root, only_real=True)
    headers = {
        "year": "tahun",
        "score": "skor",
        "value": "nilai",
        "region": "wilayah",
        "source": "sumber",
        "note": "catatan",
    }
    for name, table in kediri.tables.items():
        whole = [c for c in table if table[c].dtype == float and table[c].dropna().mod(1).eq(0).all()]
        written = table.astype(dict.fromkeys(whole, "Int64")).rename(columns=headers)
        if name != "sources":
            written.to_csv(folder / f"{name}.csv", sep=";", decimal=",", index=False)
    change(folder, "study.yaml", '{decimal: "."}', '{decimal: ",", thousands: "."}')
    rehash(folder)
    study = load_study(folder, only_real=True)
    for name in kediri.tables.keys() - {"sources"}:
        assert study.table(name).equals(kediri.table(name)), name


def test_everything_wrong_in_every_file_is_said_at_once(folder, rehash):
    change(folder, "scores.csv", "3.06", '"3,06"')
    change(folder, "study.yaml", "seed: 20240823", "sead: 20240823")
    change(folder, "neighbours.csv", "35.71.01.1001", "35.71.01.1999")
    (folder / "catalog.csv").write_text("x\n", encoding="utf-8")
    rehash(folder)
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert {key for key, _ in keys(error)} == {
        "number_format",
        "spec_unknown",
        "unknown_reference",
        "file_unknown",
        "source_missing",
    }


def test_a_framework_of_the_studys_own_is_checked_with_it(folder, rehash):
    text = "tree: {code: t, children: [{code: a, weight: 60}, {code: b, weight: 60}]}\n"
    (folder / "framework.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"framework\.yaml, kolom t\n  Ditemukan: 120\n") as error:
        load_study(folder)
    assert keys(error) == [("weight_sum", "framework.yaml"), ("source_missing", "framework.yaml")]
