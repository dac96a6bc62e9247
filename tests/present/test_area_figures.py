"""The figures and maps of the kelurahan."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from figure_samples import NAN, RATES, SERVICES, SPREAD
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle

from smartcity_analysis.present import Presenter, labels_of, tile_options, tile_values
from smartcity_analysis.present.figures import draw, plot_area_spread, plot_priority_rates, plot_service_gap
from smartcity_analysis.present.language import LANGUAGES, speak
from smartcity_analysis.present.tiles import neighbours_within
from smartcity_analysis.regions import area_index_table, area_table, area_years, priority_table, service_areas
from smartcity_analysis.study import Store


def plotted(plot, result, language="id", **options):
    ax = Canvas(figsize=(6.5, 8)).add_subplot()
    assert plot(result, ax=ax, language=speak(language), **options) is ax
    return ax


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def said(ax):
    return [text.get_text() for text in ax.texts]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.fixture
def show(kediri, tmp_path, root):
    def presenter(language):
        store = Store.open("kediri", 2024, output=tmp_path, root=root)
        return Presenter(store, language, labels_of([kediri], [kediri.framework]))

    return presenter


class TestPriorityRates:
    def test_rows_say_how_many_of_how_many(self):
        ax = plotted(plot_priority_rates, RATES)
        assert rows(ax) == ["Mojoroto:\n3 dari 14", "Kota:\n2 dari 17", "Kota Kediri:\n10 dari 46"]
        assert legend(ax) == ["mentah", "ditarik ke angka bersama"]

    def test_intervals_are_in_per_cent_and_within_the_axes(self):
        ax = plotted(plot_priority_rates, RATES)
        spans = [tuple(np.round(line.get_xdata(), 1)) for line in ax.lines if len(line.get_xdata()) == 2]
        assert (4.7, 50.8) in spans and (15.1, 27.1) in spans
        assert ax.get_xlim()[1] > 50.8

    @pytest.mark.parametrize("language, verdict", [("id", "terlalu sedikit kelompok"), ("en", "too few groups to say")])
    def test_the_title_is_the_verdict(self, language, verdict):
        picture = draw("priority_rates", RATES, language=speak(language), source="")
        assert verdict in picture.title
        assert "nan" not in picture.alt and "–" not in picture.alt.rpartition("Kota Kediri")[2].partition("(")[0]


class TestAreaSpread:
    def test_bars_reach_one_standard_deviation_each_way(self):
        bars = [p for p in plotted(plot_area_spread, SPREAD).patches if isinstance(p, Rectangle)]
        assert [(round(b.get_y(), 1), round(b.get_y() + b.get_height(), 1)) for b in bars] == [(33.6, 49.6), (43, 66.2)]

    def test_ends_and_the_region_picked_out_are_named(self):
        assert said(plotted(plot_area_spread, SPREAD)) == ["Pojok", "Dermo", "Kampung Dalem", "Bawang"]
        assert "Setonogedong" in said(plotted(plot_area_spread, SPREAD, highlight="2.1"))

    @pytest.mark.parametrize("trend, words", [("narrower", "narrower"), ("wider", "wider"), ("not_told", "chance")])
    def test_the_title_says_whether_the_gap_closes(self, trend, words):
        picture = draw("area_spread", SPREAD.assign(trend=trend), language=speak("en"), source="")
        assert words in picture.title and picture.title.startswith("Index of 5 kelurahan 2020–2024")

    def test_one_year(self):
        picture = draw("area_spread", SPREAD.iloc[:5].assign(trend_p=NAN), language=speak("id"), source="")
        assert "p = –" in picture.alt


class TestServiceGap:
    def test_least_on_top_and_who_falls_short_stands_out(self):
        ax = plotted(plot_service_gap, SERVICES)
        assert rows(ax) == ["Setonogedong", "Dermo", "Pojok"]
        assert [label.get_text() for label in ax.get_yticklabels() if label.get_fontweight() == "bold"] == [
            "Setonogedong"
        ]
        assert said(ax) == ["−75", "0", "+171"]
        assert "bila merata: 76,2" in legend(ax)

    def test_nobody_falls_short(self):
        picture = draw("service_gap", SERVICES.assign(underserved=False), language=speak("en"), source="")
        assert picture.title.startswith("0 of 3 kelurahan")
        assert "Underserved:" not in picture.alt


@pytest.mark.parametrize("language", LANGUAGES)
class TestWholeCity:
    def test_every_name_of_the_city_stands_in_the_figure(self, language, kediri, show):
        gap = show(language).named(service_areas(kediri, until=2024), "region")
        ax = plotted(plot_service_gap, gap, language)
        assert len(rows(ax)) == 46 and {"Pojok", "Dermo"} <= set(rows(ax))
        assert ax.get_ylim()[0] == pytest.approx(45.6)

    def test_stand_ins_are_marked_and_real_figures_are_not(self, language, kediri, show):
        presenter = show(language)
        mark = speak(language).text("illustrative_whole")
        spread = presenter.figure("area_spread", presenter.named(area_years(kediri, until=2024), "region"))
        assert mark in spread.html and speak(language).text("figures.watermark") in spread.html
        rates = presenter.figure("priority_rates", presenter.named(priority_table(kediri, until=2024), "region"))
        assert mark not in rates.html and speak(language).text("figures.watermark") not in rates.html

    def test_both_maps_have_every_kelurahan_on_the_same_tile(self, language, kediri, show):
        presenter, options = show(language), tile_options(kediri)
        index = tile_values(area_index_table(kediri, until=2024), "area_index", presenter)
        flags = tile_values(area_table(kediri, until=2024), "stunting_priority", presenter)
        assert set(index["status"]) == {"illustrative"} and set(flags["status"]) == {"reported"}
        assert set(index.index) == set(flags.index) == set(options["layout"]["code"])
        yes = presenter.figure("tile_map", flags, label="x", kind="yes_no", **options)
        assert "10" in yes.plain and "Kec. Pesantren" in yes.html and "Pojok" in yes.html and "Dermo" in yes.html

    def test_without_data_a_sentence_takes_the_place_of_the_picture(self, language, jatim, show):
        presenter = show(language)
        sentence = speak(language).text("tables.notes.no_data")
        empty = tile_values(area_index_table(jatim, until=2024), "area_index", presenter)
        assert empty.empty and tile_options(jatim) == {}
        assert presenter.figure("tile_map", empty, label="x", **tile_options(jatim)).plain == sentence
        named = presenter.named(service_areas(jatim, until=2024), "region")
        assert presenter.figure("service_gap", named).plain == sentence
        assert presenter.table(named, "service_areas").plain == sentence


def test_tiles_keep_neighbours_near(kediri):
    layout = tile_options(kediri)["layout"]
    assert len(layout) == 46 and not layout.duplicated(["column", "row"]).any()
    assert neighbours_within(layout, kediri.table("neighbours")) > 0.95


def test_tiles_without_neighbours(kediri):
    alone = MappingProxyType({name: table for name, table in kediri.tables.items() if name != "neighbours"})
    assert len(tile_options(replace(kediri, tables=alone))["layout"]) == 46


def test_values_of_a_table_are_not_changed(kediri, show):
    table = area_table(kediri, until=2024)
    before = table.copy()
    tile_values(table, "stunting_priority", show("id"))
    pd.testing.assert_frame_equal(table, before)
