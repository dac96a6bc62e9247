import numpy as np
import pandas as pd
import pytest
from figure_samples import LIMITS, NAN, SOURCES, TYPES
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.figure import Figure as Canvas

from smartcity_analysis.present.figures import draw, plot_contributions, plot_disparity_interval, plot_klassen
from smartcity_analysis.present.language import LANGUAGES, speak
from smartcity_analysis.regions import disparity_intervals, index_contributions, klassen_table


def plotted(plot, result, language="id", **options):
    ax = Canvas(figsize=(6.5, 5)).add_subplot()
    assert plot(result, ax=ax, language=speak(language), **options) is ax
    return ax


def texts(ax):
    return [text.get_text().replace("\n", " ") for text in ax.texts]


class TestDisparityInterval:
    def test_two_bands_hold_their_lines(self):
        ax = plotted(plot_disparity_interval, LIMITS, measure="gini")
        bands = [c.get_paths()[0].vertices for c in ax.collections if isinstance(c, FillBetweenPolyCollection)]
        spans = [(band[:, 1].min(), band[:, 1].max()) for band in bands]
        assert spans == [(0.278, 0.884), (0.255, 0.501)]
        drawn = [list(line.get_ydata()) for line in ax.lines if line.get_marker() in ("o", "s")]
        assert drawn == [[0.396, 0.406], [0.323, 0.33]]

    def test_lines_are_told_apart_without_colour(self):
        ax = plotted(plot_disparity_interval, LIMITS, measure="gini")
        looks = {(line.get_linestyle(), line.get_marker()) for line in ax.lines if line.get_marker() != "None"}
        assert looks == {("-", "o"), ("--", "s")}
        assert [bool(c.get_hatch()) for c in ax.collections] == [False, True]

    def test_each_line_is_named_with_its_limits(self):
        assert texts(plotted(plot_disparity_interval, LIMITS, measure="gini")) == [
            "semua wilayah: 0,406; selang 95 persen 0,289–0,884",
            "tanpa Kota Surabaya: 0,330; selang 95 persen 0,268–0,501",
        ]

    def test_another_measure_and_one_line_only(self):
        ax = plotted(plot_disparity_interval, LIMITS, "en", measure="williamson")
        assert texts(ax) == ["all regions: 0.957; 95% interval 0.757–3.622"]
        assert ax.get_ylabel().replace("\n", " ") == "Williamson index, no unit (0 = equal)"

    def test_the_axis_begins_at_nothing_and_holds_the_limits(self):
        low, high = plotted(plot_disparity_interval, LIMITS, measure="williamson").get_ylim()
        assert low == 0 and high > 3.866

    @pytest.mark.parametrize(
        "language, title",
        [
            ("id", "Ketimpangan PDRB, indeks Gini: 0,396 menjadi 0,406 (2011–2017)"),
            ("en", "Disparity of PDRB, Gini index: from 0.396 to 0.406 (2011–2017)"),
        ],
    )
    def test_title_says_the_first_and_the_last_value(self, language, title):
        options = {"language": speak(language), "source": "", "measure": "gini", "subject": "PDRB"}
        assert draw("disparity_interval", LIMITS, **options).title == title


class TestKlassen:
    def test_marks_stand_at_level_and_growth(self):
        ax = plotted(plot_klassen, TYPES, xlabel="PDRB", highlight="35.71")
        marks = {
            line.get_marker(): (line.get_xdata()[0], round(line.get_ydata()[0], 2))
            for line in ax.lines
            if line.get_linestyle() == "None" and len(line.get_xdata())
        }
        assert marks == {"o": (126870.7, 6.18), "^": (20974.7, 6.22), "D": (18147.2, 1.57)}
        (star,) = (line for line in ax.lines if line.get_marker() == "*")
        assert (star.get_xdata()[0], round(star.get_ydata()[0], 2)) == (285019.1, 4.69)

    def test_quadrants_and_regions_are_named(self):
        said = texts(plotted(plot_klassen, TYPES, xlabel="PDRB", highlight="35.71"))
        assert {"maju dan tumbuh cepat", "maju tetapi tertekan", "berkembang cepat", "relatif tertinggal"} <= set(said)
        assert {"Kota Kediri", "Kota Surabaya", "Kab. Lamongan", "Kab. Bangkalan"} <= set(said)

    def test_only_the_notable_are_named(self):
        rng = np.random.default_rng(0)
        many = pd.DataFrame(
            {
                "region": [f"r{i:02d}" for i in range(38)],
                "name": [f"Kota {i}" for i in range(38)],
                "year": 2017,
                "first_year": 2011,
                "level": np.exp(rng.normal(10, 0.5, 38)),
                "growth": rng.normal(0.05, 0.01, 38),
                "type": "lagging",
                "reference_level": 4e4,
                "reference_growth": 0.055,
            }
        )
        ax = plotted(plot_klassen, many, xlabel="PDRB", highlight="r00")
        names = [text for text in texts(ax) if text.startswith("Kota")]
        assert "Kota 0" in names and len(names) <= 9

    def test_names_do_not_cover_each_other(self, jatim):
        table = klassen_table(jatim, until=2024)
        table["name"] = table["region"].map(jatim.names)
        canvas = Canvas(figsize=(6.5, 5.2), layout="constrained")
        ax = canvas.add_subplot()
        plot_klassen(table, ax=ax, language=speak("id"), xlabel="PDRB", highlight="35.71")
        canvas.draw_without_rendering()
        boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith(("Ko", "Kab"))]
        assert len(boxes) == 8
        assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])

    def test_the_lines_part_the_types(self):
        ax = plotted(plot_klassen, TYPES, "en", xlabel="GRDP")
        dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
        ends = [(list(line.get_xdata()), [round(y, 2) for y in line.get_ydata()]) for line in dashed]
        assert ends == [([38237.0, 38237.0], [0, 1]), ([0, 1], [5.52, 5.52])]
        assert "38,237" in ax.get_xlabel() and "5.5" in ax.get_ylabel()

    def test_words(self):
        options = {"language": speak("en"), "source": "", "xlabel": "GRDP"}
        picture = draw("klassen", TYPES, highlight="35.71", **options)
        expected = "Kota Kediri: advanced but under pressure (Klassen typology of 4 regencies and cities, 2011–2017)"
        assert picture.title == expected
        assert "Kota Kediri is advanced but under pressure: level 285,019" in picture.alt
        assert draw("klassen", TYPES, **options).title == "Klassen typology of 4 regencies and cities, 2011–2017"
        bare = draw("klassen", TYPES[TYPES["type"] == "lagging"], **options).alt
        assert "No region is advanced and growing fast." in bare


class TestContributions:
    def test_bars_in_the_order_given(self):
        ax = plotted(plot_contributions, SOURCES)
        assert [round(bar.get_width(), 1) for bar in ax.patches] == [52.4, 37.1, 15.3, 47.6]
        assert [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()] == [
            "Pengetahuan", "– Rata-rata lama sekolah", "– Harapan lama sekolah", "Umur panjang",
        ]  # fmt: skip
        assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True, True, False]
        assert texts(ax) == ["52,4 persen", "37,1 persen", "15,3 persen", "47,6 persen"]

    def test_a_part_that_evens_out_is_inside(self):
        ax = plotted(plot_contributions, SOURCES.assign(share=[1.2, 0.8, 0.4, -0.2]))
        assert ax.get_xlim()[0] < -20

    def test_title_names_the_largest_part_of_the_whole(self):
        picture = draw("contributions", SOURCES, language=speak("en"), source="", subject="HDI")
        assert picture.title == "Pengetahuan adds most to the disparity of the HDI between regions in 2021: 52.4%"
        assert "what 2 components add" in picture.alt and "Umur panjang 47.6%" in picture.alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_of_the_province_fit(jatim, language):
    say = {"language": speak(language), "source": ""}
    limits = disparity_intervals(jatim, until=2024)
    limits["name"] = limits["left_out"].map(jatim.names)
    assert "0" in draw("disparity_interval", limits, measure="theil_t", subject="x", **say).title
    types = klassen_table(jatim, until=2024)
    types["name"] = types["region"].map(jatim.names)
    draw("klassen", types, xlabel="x", **say)
    parts = index_contributions(jatim, until=2024)
    named = parts.assign(name=parts["code"])
    assert "2021" in draw("contributions", named, subject="x", **say).title


def test_equal_values_can_be_drawn():
    flat = TYPES.assign(level=1.0, growth=0.05, reference_level=1.0, reference_growth=0.05)
    plotted(plot_klassen, flat, xlabel="x")
    none = SOURCES.assign(share=NAN)
    assert draw("contributions", none, language=speak("en"), source="", subject="HDI").title.endswith("2021: –")
