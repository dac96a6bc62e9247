import re
import string
import subprocess
import sys
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from figure_samples import MORE_HOSTILE, MORE_SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas

from smartcity_analysis.errors import UnknownNameError
from smartcity_analysis.present.figures import (
    FIGURES,
    Figure,
    draw,
    plot_disparity_trend,
    plot_portfolio,
    plot_ranking,
    plot_score_trend,
)
from smartcity_analysis.present.language import LANGUAGES, speak
from smartcity_analysis.present.theme import clean_svg, plain, spread, wrap

pytestmark = pytest.mark.xdist_group("figures")

NAN = float("nan")
WITHOUT_TICKS = ("tile_map", "bubble_map", "choropleth", "opd_portfolio", "platform_failure", "survey_response")
HOSTILE = "<script>alert(1)</script> $x^2$ **b** {y} \x00&amp;"
HARMLESS = "<script>alert(1)</script> $x^2$ **b** {y} &amp;"

# Scores and targets of Kota Kediri as reported: jatim.antaranews.com 573957 and 774747, lenteratoday 2024-08-24.
TREND = pd.DataFrame(
    {
        "year": [2020, 2021, 2022, 2023, 2024],
        "score": [2.87, 3.06, 3.31, 3.197, NAN],
        "step": [NAN, 0.19, 0.25, -0.113, NAN],
        "target": [NAN, NAN, 3.4, 3.45, 3.6],
        "target_met": [None, None, False, False, None],
        "target_status": [None, None, "reported", "estimated", "reported"],
        "method_break": [False, False, False, True, False],
    }
)
PILLARS = pd.DataFrame(
    {"label": ["Governance", "Branding", "Economy", "Living"], "score": [2.75, 2.5, 3.5, 3.33]},
    index=["GOV", "BRA", "ECO", "LIV"],
)
REGIONS = pd.DataFrame(
    {"name": ["Kota A", "Kota B", "Kota C", "Kota D"], "score": [71.25, 80.5, NAN, 75.75]},
    index=["35.01", "35.02", "35.03", "35.04"],
)
CURVE = pd.DataFrame({"population_share": [0, 0.5, 1], "value_share": [0, 0.25, 1]})
DISPARITY = pd.DataFrame({"Gini": [0.31, 0.305], "Williamson": [0.96, 0.83]}, index=[2019, 2021])
PARTS = pd.DataFrame({"between": [0.03, 0.18], "within": [0.97, 0.82]}, index=[2020, 2021])
PORTFOLIO = pd.DataFrame(
    {
        "label": ["Layanan", "Kebijakan", "Industri"],
        "pillar_label": ["Governance", "Governance", "Economy"],
        "ict": [12, 3, 0],
        "non_ict": [1, 2, 0],
        "ict_unknown": [0, 1, 0],
    }
)
# name: result, options, numbers that the words must hold, as Indonesian writes them
SAMPLES = {
    "score_trend": (TREND, {"break_labels": {2023: "Lima asesor"}},
                    ["2,87", "3,06", "3,31", "3,197", "turun 0,113", "3,40", "3,45", "3,60", "+0,403"]),
    "pillar_radar": (PILLARS, {"series": "2022"}, ["2022", "2,75", "3,50", "3,33"]),
    "ranking": (REGIONS, {"xlabel": "IPM", "highlight": "35.04"}, ["urutan 2 dari 3", "80,50", "71,25", "75,75"]),
    "lorenz": ({"PDRB": CURVE}, {"subject": "PDRB"}, ["25,0 persen"]),
    "disparity_trend": (DISPARITY, {"subject": "PDRB"}, ["0,310", "0,305", "0,960", "0,830", "2019", "2021"]),
    "portfolio": (PORTFOLIO, {}, ["19 program", "15 memakai", "3 tanpa", "1 belum diketahui", "Layanan (13)"]),
    "decomposition": (PARTS, {"subject": "PDRB", "groups": "kecamatan"}, ["3,0 persen", "18,0 persen"]),
    **MORE_SAMPLES,
}  # fmt: skip


def drawn(name, language="id", **options):
    result, given_options, _ = SAMPLES[name]
    return draw(name, result, language=speak(language), source="Sumber: BPS, 2022", **given_options | options)


def words_in(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def texts_on(plot, result, language="id", **options):
    ax = Canvas().add_subplot()
    assert plot(result, ax=ax, language=speak(language), **options) is ax
    return ax, [text.get_text() for text in ax.texts]


@pytest.fixture(scope="module")
def pictures():
    return {(name, language): drawn(name, language) for name in FIGURES for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
class TestEveryFigure:
    def test_svg_says_what_it_shows(self, pictures, name, language):
        picture = pictures[name, language]
        root = ElementTree.fromstring(picture.svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == picture.alt
        assert len(picture.alt) > 60
        assert root.get("font-family").endswith("sans-serif")

    def test_svg_is_safe_inside_a_page(self, pictures, name, language):
        root = ElementTree.fromstring(pictures[name, language].svg)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "g", "defs", "path", "pattern", "use", "clipPath", "rect", "text", "tspan"}
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        links = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
        assert links or name in WITHOUT_TICKS
        assert all(link.startswith("#") and link[1:] in ids for link in links)
        used = re.findall(r"url\(#([^)]+)\)", pictures[name, language].svg.decode())
        assert set(used) <= set(ids)

    def test_svg_is_readable_on_a_small_screen(self, pictures, name, language):
        svg = pictures[name, language].svg.decode()
        assert ElementTree.fromstring(svg).get("width") == "468pt"
        sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg)]
        assert sizes
        assert min(sizes) >= 10

    def test_title_and_source_are_in_the_png_only(self, pictures, name, language):
        picture = pictures[name, language]
        assert picture.source == "Sumber: BPS, 2022"
        assert picture.png.startswith(b"\x89PNG")
        assert b"Sumber: BPS" not in picture.svg
        assert picture.title not in " ".join(words_in(picture.svg))

    def test_has_its_messages(self, pictures, name, language):
        for part in ("title", "alt", "x", "y"):
            assert speak(language).has(f"figures.{name}.{part}")
        assert "{" not in pictures[name, language].title + pictures[name, language].alt


@pytest.mark.parametrize("name", FIGURES)
def test_is_the_same_on_every_run(pictures, name):
    again = drawn(name)
    assert again.svg == pictures[name, "id"].svg
    assert again.png == pictures[name, "id"].png


def test_every_figure_has_a_sample():
    assert set(SAMPLES) == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_words_hold_the_numbers(pictures, name):
    words = f"{pictures[name, 'id'].title} {pictures[name, 'id'].alt}"
    for number in SAMPLES[name][2]:
        assert number in words


def test_english_writes_numbers_as_english_does(pictures):
    assert "3.197 in 2023" in pictures["score_trend", "en"].alt
    assert "+0.403" in pictures["score_trend", "en"].alt
    assert "3.40 for 2022 (missed)" in pictures["score_trend", "en"].alt
    assert "3,197" not in pictures["score_trend", "en"].svg.decode()


def test_messages_are_alike_in_both_languages():
    def fields(language):
        own = {k: v for k, v in speak(language).messages.items() if k.startswith("figures.")}
        return {k: {f for _, f, _, _ in string.Formatter().parse(v) if f} for k, v in own.items()}

    assert fields("id") == fields("en")


def test_ids_of_two_figures_differ(pictures):
    ids = [set(re.findall(r' id="([^"]+)"', picture.svg.decode())) for picture in pictures.values()]
    assert sum(map(len, ids)) == len(set.union(*ids))


HOSTILE_SAMPLES = {
    "score_trend": (TREND, {"break_labels": {2023: HOSTILE}}),
    "pillar_radar": (PILLARS.assign(label=HOSTILE), {"series": HOSTILE}),
    "ranking": (REGIONS.assign(name=HOSTILE), {"xlabel": HOSTILE, "highlight": "35.04"}),
    "lorenz": ({HOSTILE: CURVE, "_" + HOSTILE: CURVE}, {"subject": HOSTILE}),
    "disparity_trend": (DISPARITY.set_axis([HOSTILE, "b"], axis=1), {"subject": HOSTILE}),
    "portfolio": (PORTFOLIO.assign(label=HOSTILE, pillar_label=HOSTILE), {}),
    "decomposition": (PARTS, {"subject": HOSTILE, "groups": HOSTILE}),
    **MORE_HOSTILE,
}


@pytest.mark.parametrize("name", FIGURES)
def test_hostile_text_is_only_text(name):
    result, options = HOSTILE_SAMPLES[name]
    picture = draw(name, result, language=speak("id"), source=HOSTILE, note=HOSTILE, **options)
    said = "".join("".join(words_in(picture.svg)).split())  # long words may be wrapped
    assert "<script>alert(1)</script>" in said
    assert "$x^2$" in said  # as it stands, not as a formula
    assert "**b**" in said
    assert HARMLESS in picture.alt
    assert b"<script" not in picture.svg
    assert picture.source == HARMLESS


def test_a_label_that_begins_with_an_underscore_is_shown():
    picture = draw("lorenz", {"_a": CURVE}, language=speak("id"), source="", subject="x")
    assert "_a" in " ".join(words_in(picture.svg))


def test_own_settings_neither_matter_nor_change(pictures):
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        before = dict(mpl.rcParams)
        assert drawn("lorenz").svg == pictures["lorenz", "id"].svg
        assert dict(mpl.rcParams) == before


def test_drawing_is_quiet(caplog):
    drawn("portfolio")
    assert not caplog.records


def test_the_room_itself_does_not_know_matplotlib():
    code = "import sys, smartcity_analysis.present as p; assert p.speak; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


class TestDraw:
    def test_unknown_name(self):
        with pytest.raises(UnknownNameError, match=r"Unknown figure: found 'rankin'.*Did you mean 'ranking'"):
            draw("rankin", REGIONS, language=speak("id"), source="")

    def test_misspelt_option(self):
        with pytest.raises(UnknownNameError, match=r"option of figure ranking: found 'higlight'.*'highlight'"):
            drawn("ranking", higlight="35.04")

    def test_a_record_of_ones_own(self):
        own = Figure("own", lambda result, *, ax, language: ax, lambda result, *, language: {})
        picture = draw(own, [1], language=speak("en"), source="", title="A title", alt="What it shows")
        assert (picture.title, picture.alt) == ("A title", "What it shows")
        ranking = replace(FIGURES["ranking"], size=(3.0, 2.0))
        assert b'width="216pt"' in draw(ranking, REGIONS, language=speak("id"), source="", xlabel="x").svg

    def test_illustrative_values_are_marked(self):
        picture = drawn("ranking", watermark=True)
        assert "DATA ILUSTRASI" in words_in(picture.svg)
        assert picture.alt.endswith("Gambar ini memakai data ilustrasi, bukan data resmi.")
        assert "DATA ILUSTRASI" not in words_in(drawn("ranking").svg)

    def test_records_are_read_only(self):
        with pytest.raises(TypeError):
            FIGURES["own"] = FIGURES["ranking"]


class TestScoreTrend:
    def test_shows_scores_targets_drop_and_gap(self):
        _, texts = texts_on(plot_score_trend, TREND, break_labels={2023: "Lima asesor"})
        assert {"2,87", "3,06", "3,31", "3,197", "−0,113", "+0,403", "Lima asesor"} <= set(texts)
        assert {"target 3,40", "target 3,45\n(turunan)", "target 3,60"} <= set(texts)

    def test_derived_target_is_hollow(self):
        ax, _ = texts_on(plot_score_trend, TREND)
        faces = {line.get_ydata()[0]: line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "D"}
        assert faces[3.45] == "white"
        assert faces[3.4] == faces[3.6] != "white"

    def test_break_stands_before_its_year(self):
        ax, _ = texts_on(plot_score_trend, TREND)
        dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
        assert [line.get_xdata()[0] for line in dotted] == [2022.5]

    def test_a_rise_is_not_shown_as_a_drop(self):
        _, texts = texts_on(plot_score_trend, TREND.iloc[:3])
        assert not [text for text in texts if text.startswith("−")]
        picture = draw("score_trend", TREND.iloc[:3], language=speak("id"), source="")
        assert "naik 0,25" in picture.alt
        assert "selisihnya" not in picture.alt  # no target lies ahead

    def test_a_missing_year_breaks_the_line(self):
        ax, _ = texts_on(plot_score_trend, TREND.drop(index=1))
        assert np.isnan(ax.lines[0].get_ydata()[1])

    def test_without_targets(self):
        picture = draw("score_trend", TREND.iloc[:2], language=speak("en"), source="")
        assert picture.title == "Smart City evaluation score 2020–2021"
        one = draw("score_trend", TREND.iloc[:1], language=speak("en"), source="")
        assert one.title == "Smart City evaluation score 2020"


def test_radar_with_an_earlier_year():
    picture = draw("pillar_radar", PILLARS.assign(previous=[2.5, 2.6, NAN, 3.4]), language=speak("id"), source="",
                   series="2022", previous="2021")  # fmt: skip
    assert picture.title == "Skor pilar Smart City 2022 dan 2021"
    assert "Governance 2,75 (sebelumnya 2,50)" in picture.alt
    assert "2,75 (2021: 2,50)" in words_in(picture.svg)
    assert "3,50 (2021: –)" in words_in(picture.svg)


class TestRanking:
    def test_highest_first_and_missing_last_in_words(self):
        ax, texts = texts_on(plot_ranking, REGIONS, xlabel="IPM")
        names = [label.get_text() for label in ax.get_yticklabels()]
        assert names == ["1. Kota B", "2. Kota D", "3. Kota A", "Kota C"]
        assert texts == ["80,50", "75,75", "71,25", "belum diketahui"]
        assert ax.get_xlabel() == "IPM"
        assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is at the top

    def test_one_region_is_picked_out(self):
        ax, _ = texts_on(plot_ranking, REGIONS, xlabel="IPM", highlight="35.04")
        filled = [line for line in ax.lines if line.get_markerfacecolor() != "white"]
        assert [line.get_xdata()[0] for line in filled] == [75.75]
        bold = [label.get_text() for label in ax.get_yticklabels() if label.get_fontweight() == "bold"]
        assert bold == ["2. Kota D"]

    def test_equal_scores_share_a_rank(self):
        ax, _ = texts_on(plot_ranking, REGIONS.assign(score=[2.0, 2.0, 1.0, 3.0]), xlabel="x")
        names = [label.get_text() for label in ax.get_yticklabels()]
        assert names == ["1. Kota D", "2. Kota A", "2. Kota B", "4. Kota C"]


def test_a_measure_without_values_is_said():
    table = DISPARITY.assign(Theil=NAN)
    _, texts = texts_on(plot_disparity_trend, table)
    assert texts == ["Gini: 0,305", "Williamson: 0,830"]
    picture = draw("disparity_trend", table, language=speak("id"), source="", subject="PDRB")
    assert "Theil: belum diketahui." in picture.alt


def test_an_empty_sub_dimension_is_said():
    ax, texts = texts_on(plot_portfolio, PORTFOLIO)
    assert texts.count("belum ada program") == 1
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Layanan", "Kebijakan", "Industri", "Governance", "Economy",
    ]  # fmt: skip
    assert "Belum ada program pada: Industri." in drawn("portfolio").alt
    full = draw("portfolio", PORTFOLIO.iloc[:2], language=speak("en"), source="")
    assert full.alt.endswith("Every sub-dimension has at least one programme.")


class TestTheme:
    @settings(max_examples=60)
    @given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(0.1, 5))
    def test_spread_keeps_order_and_middle(self, places, gap):
        moved = np.array(spread(places, gap))
        order = np.argsort(places, kind="stable")
        assert (np.diff(moved[order]) >= gap - 1e-6).all()
        assert moved.mean() == pytest.approx(np.mean(places), abs=1e-6)

    def test_spread_leaves_what_is_apart(self):
        assert spread([3.0, 1.0, 2.0], 0.5) == [3.0, 1.0, 2.0]

    def test_wrap_loses_no_word(self):
        text = "Skor evaluasi Smart City Kota Kediri dan target sampai 2024"
        for even in (False, True):
            assert wrap(text, 2.0, even=even).split() == text.split()
        assert wrap("", 2.0) == ""
        lengths = [len(line) for line in wrap(text, 4.0, even=True).splitlines()]
        assert max(lengths) - min(lengths) < 12

    def test_plain_keeps_what_xml_can_carry(self):
        assert plain("a\x00\x0b\ud800b\n") == "ab\n"

    def test_clean_svg_keeps_only_used_ids(self):
        raw = (
            b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><metadata>x</metadata>'
            b'<style>*{fill:red}</style><g id="unused"><path id="p" d="M 1.23456 2"/><use xlink:href="#p"/></g></svg>'
        )
        svg = clean_svg(raw, 'a "b" <c>')
        assert b"unused" not in svg
        assert b"fill:red" not in svg
        assert b'd="M 1.23 2"' in svg
        assert ElementTree.fromstring(svg).get("aria-label") == 'a "b" <c>'


def test_agencies_with_too_few_forms_share_one_row_and_count_in_no_mean():
    table = pd.DataFrame(
        {
            "name": ["A", "B", "C", "D", "E"],
            "forms": [4, 1, 2, 1, 0],
            "share": [0.8, np.nan, np.nan, np.nan, 0.0],
            "commitment": [0.8, np.nan, np.nan, np.nan, 0.0],
            "maturity": [0.6, np.nan, np.nan, np.nan, 0.0],
            "status": "survey",
        }
    )
    drawn = draw("survey_response", table, language=speak("en"), source="")
    text = drawn.svg.decode()
    assert "3 OPDs" in text and text.count("too few forms to be shown") == 1
    assert "4 of 5 OPDs" in drawn.title
    assert "Mean of the 1 that are shown: Commitment 80%" in drawn.alt and "No form from: E." in drawn.alt
