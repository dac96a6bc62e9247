import numpy as np
import pandas as pd
import pytest
from figure_samples import BANDS, INPUTS, NAN, SHARES
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas

from smartcity_analysis.present.figures import draw, plot_acceptability, plot_rank_bands, plot_sensitivity
from smartcity_analysis.present.language import LANGUAGES, speak
from smartcity_analysis.present.shades import contrast, ink_on, shade


def plotted(plot, result, language="id", **options):
    ax = Canvas(figsize=(6.5, 4)).add_subplot()
    assert plot(result, ax=ax, language=speak(language), **options) is ax
    return ax


def texts(ax):
    return [text.get_text() for text in ax.texts]


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


class TestRankBands:
    def test_best_on_top_and_unknown_last_in_words(self):
        ax = plotted(plot_rank_bands, BANDS)
        assert rows(ax) == ["Kota B", "Kota A", "Kota Kediri", "Kota D"]
        assert texts(ax) == ["1", "1–4", "5–7", "belum diketahui"]
        assert ax.get_ylim()[0] > ax.get_ylim()[1]
        assert ax.get_xlabel() == "Peringkat (1 = terbaik)"

    def test_bands_hold_their_ranks(self):
        ax = plotted(plot_rank_bands, BANDS)
        spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
        for (left, right), (low, high) in zip(spans, [(1, 1), (1, 4), (5, 7)], strict=True):
            assert left < low
            assert right > high
            assert right - left < high - low + 1  # bands of neighbouring ranks do not touch

    def test_one_region_is_picked_out(self):
        ax = plotted(plot_rank_bands, BANDS, highlight="35.71")
        assert [label.get_text() for label in ax.get_yticklabels() if label.get_fontweight() == "bold"] == [
            "Kota Kediri"
        ]
        filled = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())
                  and line.get_markerfacecolor() != "white"]  # fmt: skip
        assert filled == [6]

    @pytest.mark.parametrize(
        "language, title",
        [
            ("id", "Peringkat Kota Kediri: 6, antara 5 dan 7 dalam 90 persen simulasi"),
            ("en", "Rank of Kota Kediri: 6, between 5 and 7 in 90% of the simulations"),
        ],
    )
    def test_title_says_the_rank_and_its_range(self, language, title):
        options = {"language": speak(language), "source": "", "level": 0.9}
        assert draw("rank_bands", BANDS, highlight="35.71", **options).title == title
        firm = draw("rank_bands", BANDS, highlight="35.02", **options)
        assert firm.title.endswith({"id": "tetap 1", "en": "always 1"}[language])
        assert "3" in draw("rank_bands", BANDS, **options).title

    def test_words_name_what_is_firm_and_what_is_not(self):
        alt = draw("rank_bands", BANDS, language=speak("en"), source="", level=0.95).alt
        assert "95%" in alt
        assert "First: Kota B (rank 1, range 1–1)" in alt
        assert "Widest range: Kota A (rank 2, range 1–4)" in alt
        assert "does not move: 1." in alt
        assert "not known for Kota D" in alt

    def test_many_ranks_have_round_ticks(self):
        many = pd.DataFrame({"name": "x", "rank": range(1, 39), "median": range(1, 39), "lower": 1, "upper": 38})
        ax = plotted(plot_rank_bands, many)
        assert list(ax.get_xticks()) == [1, 5, 10, 15, 20, 25, 30, 35]


class TestAcceptability:
    def test_rows_by_expected_rank_and_shares_in_per_cent(self):
        ax = plotted(plot_acceptability, SHARES)
        assert rows(ax) == ["Kota B", "Kota A", "Kota C"]
        assert texts(ax) == ["75", "25", "25", "70", "5", "5", "95"]

    def test_darker_is_more_often(self):
        ax = plotted(plot_acceptability, SHARES)
        (cells,) = (c for c in ax.collections if isinstance(c, PolyCollection))
        colours = [to_hex(colour) for colour in cells.get_facecolors()]
        ink = [contrast(colour, "#ffffff") for colour in colours]
        assert list(np.argsort(ink, kind="stable")) == list(np.argsort([75, 25, 25, 70, 5, 5, 95], kind="stable"))

    def test_a_share_of_nothing_is_no_cell(self):
        (cells,) = (c for c in plotted(plot_acceptability, SHARES).collections if isinstance(c, PolyCollection))
        assert len(cells.get_paths()) == 7

    def test_numbers_stay_out_of_small_cells(self):
        many = pd.DataFrame(np.eye(14), columns=range(1, 15)).assign(name="x")
        assert texts(plotted(plot_acceptability, many)) == []

    def test_words(self):
        picture = draw("acceptability", SHARES, language=speak("en"), source="", highlight="35.01")
        assert picture.title == "Kota A is most often number 2: in 70.0% of the simulations"
        assert "top rank: Kota B (75.0%)" in picture.alt
        assert "lowest rank: Kota C (95.0%)" in picture.alt
        assert "more than half of the simulations: 3." in picture.alt

    def test_a_region_without_shares_is_last(self):
        lost = SHARES.copy()
        lost.loc["35.02", [1, 2, 3]] = NAN
        assert rows(plotted(plot_acceptability, lost)) == ["Kota A", "Kota C", "Kota B"]
        assert "2 wilayah" in draw("acceptability", lost, language=speak("id"), source="").alt


class TestSensitivity:
    def test_largest_total_on_top(self):
        ax = plotted(plot_sensitivity, INPUTS)
        assert rows(ax) == ["Normalisasi", "Bobot"]

    def test_dots_stand_within_their_intervals(self):
        ax = plotted(plot_sensitivity, INPUTS)
        ends = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2 and line.get_marker() == "None"]
        dots = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
        spans = [tuple(end) for end in ends if tuple(end) != (0, 1) and tuple(end) != (0, 0)]
        assert sorted(dots) == [0.21, 0.33, 0.425, 0.6]
        assert sorted(spans) == [(0.15, 0.27), (0.25, 0.41), (0.35, 0.5), (0.5, 0.7)]

    def test_a_negative_estimate_is_inside(self):
        ax = plotted(plot_sensitivity, INPUTS.assign(first=-0.08, first_lower=-0.2, first_upper=0.01))
        assert ax.get_xlim()[0] < -0.2

    def test_without_intervals(self):
        lost = dict.fromkeys(("first_lower", "first_upper", "total_lower", "total_upper"), NAN)
        picture = draw("sensitivity", INPUTS.assign(**lost), language=speak("en"), source="", subject="the order")
        assert picture.title == "What decides the order most: Normalisasi"
        assert "Bobot: alone 21.0%, with interactions 33.0%." in picture.alt


class TestShades:
    def test_steps_of_lightness_are_even(self):
        def lightness(colour):
            return 116 * ((contrast(colour, "#000000") * 0.05 - 0.05) ** (1 / 3)) - 16  # CIE L*

        steps = np.diff([lightness(shade(share)) for share in np.linspace(0, 1, 11)])
        assert (steps < 0).all()
        assert steps.max() - steps.min() < 1.0

    @pytest.mark.parametrize("share", np.linspace(0, 1, 21))
    def test_words_can_be_read_on_every_shade(self, share):
        assert contrast(ink_on(shade(share)), shade(share)) >= 4.5

    def test_shares_outside_take_the_ends(self):
        assert (shade(-1), shade(2)) == (shade(0), shade(1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_of_a_simulation_fits(language):
    """The tables as the index room makes them, with names added."""
    names = {"name": [f"Kota {letter}" for letter in "ABC"]}
    intervals = pd.DataFrame({"nominal": [1, 2, 3], "median": [1, 2, 3], "lower": [1, 1, 3], "upper": [2, 2, 3]},
                             index=list("abc"), dtype="Int64")  # fmt: skip
    bands = intervals.rename(columns={"nominal": "rank"}).assign(**names)
    draw("rank_bands", bands, language=speak(language), source="", level=0.9)
    shares = pd.DataFrame(np.eye(3), index=list("abc"), columns=pd.RangeIndex(1, 4, name="rank")).assign(**names)
    assert "100" in draw("acceptability", shares, language=speak(language), source="").alt
