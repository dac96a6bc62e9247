"""What the feedback commands print, in both languages, and the status they end with."""

import io

import openpyxl
import pandas as pd
import pytest

from smartcity_analysis.cli import main
from smartcity_analysis.study import Store, load_study

FINDINGS = pd.DataFrame(
    [{"id": "F-aaaaaa", "topic": "score", "kind": "fact", "pillar": None, "status": "reported", "text_id": "Turun.",
      "text_en": "The score fell.", "evidence": "score_trend[year=2023].score"}]
)  # fmt: skip


@pytest.fixture
def base(project, monkeypatch):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    Store.open("kediri", 2024, root=project).save_table("findings", FINDINGS)
    return project


def run(*words):
    return main([*words[:2], "kediri", *words[2:]])


def forms(base, *opds):
    wanted = [part for opd in opds for part in ("--opd", opd)]
    assert run("forms", "feedback", "--year", "2024", "--out", str(base / "out"), *wanted) == 0
    return [base / "out" / f"umpan-balik-2024-{opd}.xlsx" for opd in opds]


def answer(path, value):
    """Correct the quick-win years of programme P40."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    sheet = book["Data"]
    row = next(r for r in range(5, sheet.max_row) if "P40" in str(sheet.cell(r, 3).value) and
               sheet.cell(r, 4).value == "Tahun quick win")  # fmt: skip
    sheet[f"G{row}"].value, sheet[f"H{row}"].value, sheet[f"I{row}"].value = "koreksi", value, "SK 1"
    book.save(path)
    return str(path)


def test_forms_name_the_opd_and_what_it_is_asked(base, capsys):
    forms(base, "disdik", "inspektorat")
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("disdik: 1 temuan, ") and out[1].startswith("inspektorat: 1 temuan, 0 isian data")
    assert out[2] == "1 temuan dicatat seperti saat dikirim (feedback_sent.csv)."


def test_forms_need_a_review_that_was_run(project, monkeypatch, capsys):
    monkeypatch.setenv("SMARTCITY_ROOT", str(project))
    assert run("forms", "feedback", "--year", "2024", "--out", str(project / "out")) == 2
    assert "tabel olahan findings.csv" in capsys.readouterr().err and not (project / "out").exists()


def test_a_round_of_commands_says_what_it_did(base, capsys):
    first, second = forms(base, "disdik", "disbudparpora")
    assert run("feedback", "list", "--year", "2024") == 0
    assert "Belum ada tanggapan." in capsys.readouterr().out
    files = [answer(first, "2023"), answer(second, "2024")]
    assert run("feedback", "read", "--year", "2024", *files) == 0
    out = capsys.readouterr().out
    assert "umpan-balik-2024-disdik.xlsx: disdik, 1 tanggapan baru." in out
    assert "Bertentangan, belum diputuskan: programmes[code=P40].quick_win_years: R-" in out
    assert "disdik: 2023" in out and "disbudparpora: 2024" in out
    code, other = load_study("kediri", root=base).table("feedback")["code"]
    assert run("feedback", "accept", code, "--answer", "Ya.", "--status", "official") == 0
    assert run("feedback", "decline", other, "--answer", "Tidak.", "--language", "en") == 0
    out = capsys.readouterr().out
    assert (
        f"{code}: diterima." in out and "corrections.csv kini memuat 1 koreksi" in out and f"{other}: declined." in out
    )
    assert load_study("kediri", root=base).table("corrections")["status"].tolist() == ["official"]
    assert run("feedback", "read", "--year", "2024", files[0], "--language", "en") == 0
    assert "recorded before and not added again: 1." in capsys.readouterr().out
    assert run("feedback", "list", "--year", "2024", "--language", "en") == 0
    assert "accepted  disdik: corrects  programmes[code=P40].quick_win_years  - -> 2023" in capsys.readouterr().out


def test_a_file_that_is_no_form_and_a_code_nobody_gave_end_with_status_2(base, capsys):
    path = base / "lain.xlsx"
    path.write_bytes(b"bukan formulir")
    assert run("feedback", "read", "--year", "2024", str(path)) == 2
    told = capsys.readouterr()
    assert "lain.xlsx: DITOLAK seluruhnya, 1 masalah" in told.out and "buku kerja Excel (.xlsx) yang utuh" in told.err
    assert run("feedback", "accept", "R-00000000", "--answer", "Ya.") == 2
    assert "kode tanggapan yang ada di feedback.csv" in capsys.readouterr().err
