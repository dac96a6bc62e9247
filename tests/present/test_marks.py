"""What rests on an illustrative value is marked where it is shown, whatever shows it."""

import pandas as pd
import pytest

from smartcity_analysis.present import Presenter, html_table, speak
from smartcity_analysis.present.display import rests_on_illustration
from smartcity_analysis.study import Store

MARK = 'data-status="illustrative"'
AREAS = pd.DataFrame({"level": ["kota", "kelurahan"], "regions": [1, 46], "indicators": [3, 5]})


@pytest.fixture
def show(tmp_path, root):
    return Presenter(Store.open("kediri", 2024, output=tmp_path, root=root), "id")


@pytest.mark.parametrize(
    ("statuses", "words", "rows"),
    [
        (["official", "reported"], None, 0),
        (["official", "illustrative"], "Sebagian baris di bawah ini adalah ILUSTRASI", 1),
        (["illustrative", "illustrative"], "ILUSTRASI, bukan data", 2),
    ],
)
def test_a_table_marks_its_illustrative_rows(statuses, words, rows):
    html = html_table(AREAS.assign(status=statuses), "area_data", language=speak("id"), title="Data")
    assert html.count('class="illustrative"') == rows
    assert (MARK in html) == (words is not None) and (words is None or words in html)


def test_a_marked_row_keeps_its_own_mark():
    table = AREAS.assign(status="illustrative")
    html = html_table(table, "area_data", language=speak("en"), title="Data", highlight="kota")
    assert 'class="marked illustrative"' in html and "ILLUSTRATION, not data" in html


def test_a_figure_of_illustrative_values_is_drawn_and_shown_as_one(show, tmp_path):
    parts = pd.DataFrame({"between": [0.2], "within": [0.8]}, index=pd.Index([2024], name="year"))
    plain = show.figure("decomposition", parts, groups="kecamatan", subject="indeks").html
    marked = show.figure("decomposition", parts.assign(status="illustrative"), groups="kecamatan", subject="i").html
    assert MARK not in plain and "DATA ILUSTRASI" not in plain
    assert MARK in marked and "DATA ILUSTRASI" in marked and "memakai data ilustrasi" in marked


def test_the_same_figure_twice_keeps_both_pictures(show, tmp_path):
    parts = pd.DataFrame({"between": [0.2], "within": [0.8]}, index=pd.Index([2024], name="year"))
    show.figure("decomposition", parts, groups="kecamatan", subject="a")
    show.figure("decomposition", parts, groups="kecamatan", subject="b", save_as="again")
    names = {p.name for p in (tmp_path / "figures/kediri/2024").iterdir()}
    assert names == {"decomposition_id.png", "again_id.png"}


def test_what_is_empty_says_so(show):
    for shown in (show.table(AREAS.iloc[:0], "area_data"), show.figure("ranking", AREAS.iloc[:0], xlabel="x")):
        assert shown.plain == "Belum ada data untuk bagian ini."


class Result:
    status = "illustrative"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (AREAS, False),
        (AREAS.assign(status=["official", "illustrative"]), True),
        ({"a": AREAS, "b": AREAS.assign(status="illustrative")}, True),
        ({"a": AREAS}, False),
        (Result(), True),
        (3, False),
    ],
)
def test_a_result_says_what_it_rests_on(result, expected):
    assert rests_on_illustration(result) is expected
