"""The log of remarks: nothing twice, nothing lost, contradictions shown and not decided, corrections that follow."""

import pandas as pd
import pytest

from smartcity_analysis.errors import DataError
from smartcity_analysis.masterplan import (
    decide_feedback,
    feedback_changes,
    feedback_log,
    feedback_summary,
    objections,
    receive_feedback,
    record_sent,
)
from smartcity_analysis.present import Presenter
from smartcity_analysis.study import Store, load_study
from smartcity_analysis.study.privacy.workbooks import without_people

from .feedback_forms import FINDINGS, blank, cell, fill, finding

QUICK = cell("P40", "Tahun quick win")  # of two agencies: Disbudparpora and Disdik
ITEM = "programmes[code=P40].quick_win_years"


@pytest.fixture(scope="module")
def forms(kediri):
    return {opd: blank(kediri, opd) for opd in ("disdik", "disbudparpora", "dlhkp")}


@pytest.fixture
def folder(project):
    return project / "data" / "raw" / "kediri"


@pytest.fixture
def receive(folder):
    def given(*data):
        named = [(f"f{number}.xlsx", each) for number, each in enumerate(data, start=1)]
        return receive_feedback(load_study(folder), 2024, named)

    return given


def correct(form, value, evidence="SK 1", line=QUICK):
    return fill(form, ("Data", line, {"G": "koreksi", "H": value, "I": evidence}))


def entries(folder):
    return load_study(folder).table("feedback").set_index("code")


# --- receiving ---


def test_a_form_is_kept_without_its_writers_and_its_remarks_are_logged(folder, forms, receive):
    data = fill(forms["disdik"], ("Temuan", finding("F-aaaaaa"), {"G": "setuju"}), ("Data", QUICK, {"G": "koreksi",
                "H": "2023", "I": "SK 1"}), additions=[{"B": "Hal", "C": "Isi"}])  # fmt: skip
    (received,) = receive(data)
    assert len(received.added) == 3 and not received.breaches and not received.known
    (kept,) = (folder / "feedback").iterdir()
    assert kept.read_bytes() == without_people(data) and kept.name.startswith("disdik-")
    log = entries(folder)
    assert set(log["file"]) == {f"feedback/{kept.name}"} and set(log["status"]) == {"survey"}
    assert log["decision"].tolist() == ["noted", "open", "open"]
    places = [source.rpartition(" ")[0] for source in log["source"]]
    assert places == ["f1.xlsx: Temuan", "f1.xlsx: Data", "f1.xlsx: Tambahan"]


def test_a_form_sent_twice_adds_nothing(folder, forms, receive):
    data = correct(forms["disdik"], "2023")
    receive(data)
    before = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    (again,) = receive(data)
    assert not again.added and len(again.known) == 1
    assert before == {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_answers_in_another_file_add_nothing(folder, forms, receive):
    receive(correct(forms["disdik"], "2023"))
    saved_again = fill(correct(forms["disdik"], "2023"), change=lambda book: setattr(book.properties, "title", "lain"))
    (again,) = receive(saved_again)
    assert not again.added and len(list((folder / "feedback").iterdir())) == 1


def test_a_changed_second_form_replaces_what_it_changes_and_keeps_the_rest(folder, forms, receive):
    first = fill(correct(forms["disdik"], "2023"), ("Temuan", finding("F-aaaaaa"), {"G": "keberatan", "J": "Keliru."}))
    receive(first)
    (second,) = receive(correct(forms["disdik"], "2023;2024"))
    log = entries(folder)
    assert len(log) == 3 and len(second.added) == len(second.replaced) == 1
    assert log.at[second.replaced[0], "decision"] == "replaced"
    assert log.at[second.replaced[0], "replaced_by"] == second.added[0]
    assert log["decision"].value_counts().to_dict() == {"open": 2, "replaced": 1}
    (third,) = receive(first)
    assert not third.added and third.outdated == second.replaced


def test_agreement_withdraws_an_objection(folder, forms, receive):
    line = finding("F-aaaaaa")
    receive(fill(forms["disdik"], ("Temuan", line, {"G": "keberatan", "J": "Keliru."})))
    assert objections(load_study(folder), 2024) == {"F-aaaaaa": ["Disdik"]}
    receive(fill(forms["disdik"], ("Temuan", line, {"G": "setuju"})))
    assert objections(load_study(folder), 2024) == {}


def test_a_broken_form_is_refused_whole_and_the_others_are_read(folder, forms, receive):
    broken = fill(correct(forms["disdik"], "2023"), ("Temuan", finding("F-aaaaaa"), {"G": "mungkin"}))
    refused, taken = receive(broken, correct(forms["disbudparpora"], "2024"))
    assert len(refused.breaches) == 1 and not refused.added and len(taken.added) == 1
    assert set(entries(folder)["opd"]) == {"disbudparpora"} and len(list((folder / "feedback").iterdir())) == 1


def test_contradicting_corrections_are_a_conflict_and_equal_ones_are_not(folder, forms, receive):
    receive(correct(forms["disdik"], "2023"), correct(forms["disbudparpora"], "2023"))
    assert entries(folder)["decision"].tolist() == ["open", "open"]
    receive(correct(forms["disbudparpora"], "2024"))
    assert entries(folder)["decision"].tolist() == ["conflict", "replaced", "conflict"]
    receive(correct(forms["disbudparpora"], "2023", "SK 2"))
    assert entries(folder)["decision"].tolist() == ["open", "replaced", "replaced", "open"]


def test_an_empty_form_changes_nothing(folder, forms, receive):
    (received,) = receive(forms["disdik"])
    assert not received.added and not received.breaches and not (folder / "feedback").exists()


def test_sent_findings_stay_as_they_were_first_sent(folder):
    assert record_sent(load_study(folder), 2024, FINDINGS) == 3
    later = FINDINGS.assign(text_id="lain")
    assert record_sent(load_study(folder), 2024, later) == 0
    assert set(load_study(folder).table("feedback_sent")["text_id"]) == set(FINDINGS["text_id"])


# --- deciding ---


def only(folder):
    return entries(folder).index[-1]


def test_an_accepted_correction_is_declared_and_applied(folder, forms, receive, kediri):
    receive(correct(forms["disdik"], "2023;2024"))
    code = only(folder)
    corrections = decide_feedback(load_study(folder), [code], "accepted", "Sesuai SK.")
    row = corrections.iloc[0]
    assert (row["code"], row["remark"], row["evidence"], row["status"]) == (f"K-{code[2:]}", code, "SK 1", "survey")
    study = load_study(folder)
    assert study.table("programmes").set_index("code").at["P40", "quick_win_years"] == "2023;2024"
    assert entries(folder).loc[code, ["decision", "answer"]].tolist() == ["accepted", "Sesuai SK."]
    assert (folder / "programmes.csv").read_bytes() == (kediri.folder / "programmes.csv").read_bytes()


def test_declining_withdraws_what_was_accepted(folder, forms, receive):
    receive(correct(forms["disdik"], "2023"))
    code = only(folder)
    decide_feedback(load_study(folder), [code], "accepted", "Ya.")
    assert decide_feedback(load_study(folder), [code], "declined", "Ternyata tidak.").empty
    study = load_study(folder)
    assert pd.isna(study.table("programmes").set_index("code").at["P40", "quick_win_years"])


def test_a_later_correction_of_the_same_agency_takes_the_place_of_an_accepted_one(folder, forms, receive):
    receive(correct(forms["disdik"], "2023"))
    first = only(folder)
    decide_feedback(load_study(folder), [first], "accepted", "Ya.")
    receive(correct(forms["disdik"], "2024"))
    assert entries(folder).loc[first, "decision"] == "accepted"  # until the new one is decided
    second = only(folder)
    corrections = decide_feedback(load_study(folder), [second], "accepted", "Ya.")
    assert corrections["remark"].tolist() == [second] and entries(folder).loc[first, "decision"] == "replaced"
    assert load_study(folder).table("programmes").set_index("code").at["P40", "quick_win_years"] == "2024"


def test_of_two_contradicting_corrections_one_must_be_declined(folder, forms, receive):
    receive(correct(forms["disdik"], "2023"), correct(forms["disbudparpora"], "2024"))
    one, other = entries(folder).index
    decide_feedback(load_study(folder), [one], "accepted", "Ya.")
    assert entries(folder).loc[other, "decision"] == "conflict"
    with pytest.raises(DataError, match=f"tolak dahulu {one}, lalu terima yang ini"):
        decide_feedback(load_study(folder), [other], "accepted", "Ya.")
    decide_feedback(load_study(folder), [one], "declined", "Tidak.")
    assert entries(folder).loc[other, "decision"] == "open"


def test_both_of_two_equal_corrections_may_be_accepted(folder, forms, receive):
    receive(correct(forms["disdik"], "2023"), correct(forms["disbudparpora"], "2023"))
    corrections = decide_feedback(load_study(folder), list(entries(folder).index), "accepted", "Ya.")
    assert len(corrections) == 1 and set(entries(folder)["decision"]) == {"accepted"}


def test_a_correction_of_a_finding_declares_nothing(folder, forms, receive):
    data = fill(forms["disdik"], ("Temuan", finding("F-bbbbbb"), {"G": "koreksi", "H": "Dua quick win.", "I": "SK"}))
    receive(data)
    assert decide_feedback(load_study(folder), [only(folder)], "accepted", "Datanya dikoreksi.").empty


def test_what_cannot_be_decided_is_told_and_nothing_is_written(folder, forms, receive):
    receive(fill(correct(forms["disdik"], "2023"), ("Temuan", finding("F-aaaaaa"), {"G": "setuju"})))
    agreed, corrected = entries(folder).index
    before = (folder / "feedback.csv").read_bytes()
    with pytest.raises(DataError) as error:
        decide_feedback(load_study(folder), [agreed, corrected, "R-00000000"], "accepted", "Ya.")
    assert [breach.key for breach in error.value.breaches] == ["feedback_closed", "feedback_unknown"]
    assert (folder / "feedback.csv").read_bytes() == before and not (folder / "corrections.csv").exists()


def test_a_correction_whose_cell_changed_since_is_not_accepted(folder, forms, receive, rehash):
    receive(correct(forms["disdik"], "2023"))
    path = folder / "programmes.csv"
    text = path.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("P40,"))
    path.write_text(text.replace(row, row.replace("non_ict,,", "non_ict,2021,")), encoding="utf-8")
    rehash(folder)
    with pytest.raises(DataError, match="Ditemukan: 2021"):
        decide_feedback(load_study(folder), [only(folder)], "accepted", "Ya.")


# --- what is told afterwards ---


def test_the_log_answers_every_remark_and_names_what_it_is_about(folder, forms, receive):
    record_sent(load_study(folder), 2024, FINDINGS)
    first = fill(correct(forms["disdik"], "2023"), ("Temuan", finding("F-aaaaaa"), {"G": "setuju"}),
                 ("Temuan", finding("F-bbbbbb"), {"G": "keberatan", "J": "Ada dua."}),
                 additions=[{"B": "Program baru", "C": "Isi"}])  # fmt: skip
    receive(first, correct(forms["disbudparpora"], "2024"))
    study = load_study(folder)
    log = feedback_log(study, 2024)
    assert log["result"].tolist() == ["noted", "shown_beside", "in_conflict", "listed", "in_conflict"]
    assert log["text_id"].tolist()[:3] == ["Skor turun dari 3,31 menjadi 3,197.", "Dari 48 program, 1 quick win.",
                                           "P40 Genibudujari: tahun quick win"]  # fmt: skip
    assert log["text_en"].iloc[2] == "P40 Genibudujari: quick win years"
    counts = feedback_summary(study, 2024).set_index("opd")
    assert counts.loc["disdik", ["remarks", "agreed", "corrected", "objected", "added", "in_conflict"]].tolist() == [
        4, 1, 1, 1, 1, 1,
    ]  # fmt: skip
    assert feedback_log(study, 2023).empty and feedback_summary(study, 2023).empty


def test_changes_of_findings_are_named_with_what_stands_behind_them(folder, forms, receive):
    record_sent(load_study(folder), 2024, FINDINGS)
    receive(fill(correct(forms["disdik"], "2023"), ("Temuan", finding("F-aaaaaa"), {"G": "keberatan", "J": "Keliru."})))
    objected, corrected = entries(folder).index
    decide_feedback(load_study(folder), [corrected], "accepted", "Ya.")
    now = FINDINGS[FINDINGS["id"] != "F-cccccc"].copy()
    now.loc[now["id"] == "F-bbbbbb", ["text_id", "text_en"]] = ["Dari 48 program, 2 quick win.", "Of 48 ..., 2 ..."]
    now = pd.concat([now, FINDINGS.iloc[[2]].assign(id="F-dddddd")], ignore_index=True)
    changes = feedback_changes(load_study(folder), 2024, now).set_index("id")
    assert changes["what_changed"].to_dict() == {
        "F-aaaaaa": "unchanged", "F-bbbbbb": "changed_number", "F-dddddd": "finding_new", "F-cccccc": "finding_gone",
    }  # fmt: skip
    assert changes.loc["F-aaaaaa", ["remarked", "because_of", "objected_by"]].tolist() == [objected, "", "Disdik"]
    assert changes.loc["F-bbbbbb", ["because_of", "opds"]].tolist() == [corrected, "Disdik"]
    assert changes.at["F-bbbbbb", "before_id"] == "Dari 48 program, 1 quick win."


def test_without_feedback_there_is_nothing_to_tell(kediri):
    assert feedback_log(kediri, 2024).empty and feedback_summary(kediri, 2024).empty and objections(kediri, 2024) == {}
    assert feedback_changes(kediri, 2024, FINDINGS).empty


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_tables_are_shown_in_both_languages(folder, forms, receive, tmp_path, language):
    record_sent(load_study(folder), 2024, FINDINGS)
    receive(fill(correct(forms["disdik"], "2023"), ("Temuan", finding("F-aaaaaa"), {"G": "keberatan", "J": "Keliru."})))
    study = load_study(folder)
    show = Presenter(Store(folder.parents[2], "kediri", 2024, tmp_path), language)
    log = show.table(show.in_language(feedback_log(study, 2024)), "feedback_log")
    assert {"id": "ditampilkan di sisi temuan", "en": "shown beside the finding"}[language] in log.html
    changes = show.in_language(feedback_changes(study, 2024, FINDINGS), "text", "before")
    assert {"id": "Keberatan dari", "en": "Objection from"}[language] in show.table(changes, "feedback_changes").html
    assert "Disdik" in show.table(changes, "feedback_changes").html
    assert "disdik" in show.table(feedback_summary(study, 2024), "feedback_summary").html
