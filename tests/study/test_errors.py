"""Errors: found, expected, remedy and place, in the reader's language."""

import string

import pytest

from smartcity_analysis.errors import Breach, DataError, SmartCityError, UnknownNameError, nearest
from smartcity_analysis.messages import BREACHES, breach_words, default_language

RANGE = Breach("out_of_range", "a.xlsx", "Data", 7, "score", 4.5, {"lower": 0, "upper": 4, "unit": ""})


def test_a_breach_says_place_found_expected_and_remedy():
    assert RANGE.text("id") == (
        "a.xlsx, lembar Data, baris 7, kolom score\n"
        "  Ditemukan: 4.5\n"
        "  Seharusnya: nilai antara 0 dan 4\n"
        "  Perbaikan: periksa nilai, satuan, dan tanda desimalnya"
    )
    assert RANGE.text("en").startswith("a.xlsx, sheet Data, row 7, column score\n  Found: 4.5\n")


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "(kosong)"),
        ("", "(kosong)"),
        (3.0, "3"),
        (float("nan"), "(kosong)"),
        (0.1 + 0.2, "0.3"),
        (["a", "b"], "a, b"),
        ("x" * 200, "x" * 117 + "..."),
    ],
)
def test_what_was_found_is_shown_plainly(found, shown):
    assert breach_words(Breach("cell_empty", found=found), "id")["found"] == shown


def test_lists_of_what_is_expected_are_shown_whole():
    known = "; ".join(f"set_{n} (2022, cohort)" for n in range(20))
    text = Breach("weight_set_unknown", facts={"known": known}).text("en")
    assert known in text


def test_facts_may_differ_by_language():
    breach = Breach("out_of_range", facts={"lower": 0, "upper": 1, "unit": {"id": " (persen)", "en": " (per cent)"}})
    assert "0 dan 1 (persen)" in breach.text("id") and "0 and 1 (per cent)" in breach.text("en")


def test_an_error_lists_all_its_breaches_in_the_readers_language(monkeypatch):
    breaches = [RANGE, Breach("cell_empty", "b.csv", row=2)]
    error = DataError(breaches, language="en")
    assert str(error) == f"{RANGE.text('en')}\n{breaches[1].text('en')}"
    assert isinstance(error, SmartCityError) and error.breaches == tuple(breaches)
    assert DataError(breaches).language == "id"
    monkeypatch.setenv("SMARTCITY_LANGUAGE", "en")
    assert DataError(breaches).language == "en" and error.text("id").startswith("a.xlsx, lembar")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "id"),
        ({"LANGUAGE": "en_GB:en"}, "en"),
        ({"LANGUAGE": "de"}, "id"),
        ({"SMARTCITY_LANGUAGE": "EN"}, "en"),
        ({"SMARTCITY_LANGUAGE": "id", "LANGUAGE": "en"}, "id"),
    ],
)
def test_the_readers_language(monkeypatch, environment, language):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language


def test_an_unknown_name_lists_the_known_ones_and_the_nearest():
    error = UnknownNameError("study", "kedri", ["kediri", "jatim"])
    assert str(error) == "Unknown study: found 'kedri', expected one of 'kediri', 'jatim'. Did you mean 'kediri'?"
    assert isinstance(error, KeyError)
    assert str(UnknownNameError("study", "zzz", ["kediri"])) == "Unknown study: found 'zzz', expected one of 'kediri'."


def test_nearest_is_none_when_nothing_is_close():
    assert nearest("aggregate", ["agregate", "weights"]) == "agregate"
    assert nearest("zzz", ["kediri"]) is None


@pytest.mark.parametrize("key", BREACHES)
def test_every_breach_can_be_said_in_both_languages(key):
    words = "".join(part for language in BREACHES[key] for part in BREACHES[key][language])
    names = {name for _, name, _, _ in string.Formatter().parse(words) if name}
    breach = Breach(key, "a.csv", row=2, column="c", found="x", facts=dict.fromkeys(names, 1))
    for language in ("id", "en"):
        text = breach.text(language)
        assert text.count("\n") == 3 and "{" not in text


def test_many_breaches_alike_are_one_block_with_all_their_rows():
    breaches = [Breach("cell_empty", file="a.csv", row=row, column="value") for row in (2, 3, 4, 5, 8, 11, 12)]
    text = DataError(breaches).text("id")
    assert text.count("Ditemukan") == 1
    assert text.endswith("dan 6 lagi yang sama, baris 3-5, 8, 11-12")
    assert DataError(breaches[:5]).text("en").count("Found") == 5
