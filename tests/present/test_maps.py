import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from figure_samples import GROUPS, HOSTILE, LAYOUT, NAN, PLACES, borders, square
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from matplotlib.patches import Circle, PathPatch, Rectangle

from smartcity_analysis.present.figures import draw
from smartcity_analysis.present.language import LANGUAGES, speak
from smartcity_analysis.present.maps import plot_bubble_map, plot_choropleth, plot_tile_map
from smartcity_analysis.present.maps.facts import compass
from smartcity_analysis.present.maps.names import brief, fit_name, text_width
from smartcity_analysis.present.shades import contrast
from smartcity_analysis.present.tiles import LayoutError, tile_layout

PROGRAMME = "Kelurahan prioritas"


def axes(height=7.3):
    return Canvas(figsize=(6.5, height), layout="constrained").add_subplot()


def tile_map(table=PLACES, language="id", **options):
    given = {"layout": LAYOUT, "label": "TPS", "kind": "num0"} | options
    return plot_tile_map(table, ax=axes(4), language=speak(language), **given)


def words_in(svg):
    return " ".join(e.text for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


def tiles_of(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_fill()]


def listed(ax):
    """The names below a map that stand on it as numbers."""
    return [text for artist in ax.artists if isinstance(artist, Legend) for text in artist.get_texts()]


def boxes(ax):
    """Where each text stands, in pixels, on axes of their final size."""
    canvas = ax.get_figure()
    renderer = canvas._get_renderer() if hasattr(canvas, "_get_renderer") else None
    canvas.draw_without_rendering()
    return {text: text.get_window_extent(renderer) for text in ax.texts}


@pytest.fixture(scope="module")
def kelurahan(kediri):
    regions = kediri.table("regions").set_index("code")
    rows = regions[regions["level"] == "kelurahan"]
    values = (
        kediri.table("indicators")
        .query("indicator == 'polling_stations' and year == 2024")
        .set_index("region")["value"]
    )
    table = rows[["name", "lat", "lon"]].assign(value=values.reindex(rows.index).astype(float))
    groups = rows["parent"].map("Kec. " + regions["name"])
    return table, groups, tile_layout(rows.reset_index(), kediri.table("neighbours"), groups=groups)


@pytest.fixture(scope="module")
def whole_city(kelurahan):
    table, groups, layout = kelurahan
    options = {"layout": layout, "groups": groups, "label": "TPS", "kind": "num0"}
    return plot_tile_map(table, ax=axes(), language=speak("id"), **options)


class TestTheWholeCity:
    def test_every_tile_holds_its_words(self, whole_city):
        drawn = boxes(whole_city)
        tiles = [patch.get_window_extent() for patch in tiles_of(whole_city)]
        assert len(tiles) == 46
        inside = [box for text, box in drawn.items() if not text.get_text().startswith("Kec.")]
        for box in inside:
            assert sum(t.x0 <= box.x0 and box.x1 <= t.x1 and t.y0 <= box.y0 and box.y1 <= t.y1 for t in tiles) == 1

    def test_no_name_is_cut(self, whole_city, kelurahan):
        texts = [text.get_text() for text in whole_city.texts]
        assert not [text for text in texts if "…" in text]
        said = "".join(texts).replace("-", "")
        for name in kelurahan[0]["name"]:
            assert name.replace(" ", "") in said.replace(" ", "")

    def test_words_are_as_large_as_print_asks_for(self, whole_city):
        assert min(text.get_fontsize() for text in whole_city.texts) >= 10

    def test_groups_are_named_beside_their_tiles(self, whole_city):
        drawn = {text.get_text(): box for text, box in boxes(whole_city).items()}
        tiles = [patch.get_window_extent() for patch in tiles_of(whole_city)]
        for name in ("Kec. Mojoroto", "Kec. Kota", "Kec. Pesantren"):
            assert not any(drawn[name].overlaps(tile) for tile in tiles)

    def test_words_say_where_high_and_low_are(self, kelurahan):
        table, groups, layout = kelurahan
        options = {"layout": layout, "groups": groups, "label": "Polling stations", "kind": "num0", "source": ""}
        picture = draw("tile_map", table, language=speak("en"), **options)
        assert picture.title == "Polling stations in 46 regions"
        assert "Mojoroto (40, north-west)" in picture.alt
        assert "Kec. Mojoroto: 12 to 40" in picture.alt


class TestTileMap:
    def test_says_that_it_is_schematic(self):
        for language, words in {"id": "Peta skematik (bukan skala)", "en": "Schematic map (not to scale)"}.items():
            assert words in tile_map(language=language).get_xlabel().replace("\n", " ")
            drawn = draw("tile_map", PLACES, layout=LAYOUT, label="x", language=speak(language), source="")
            assert drawn.alt.startswith(words)

    def test_tiles_stand_where_the_layout_says(self):
        middles = [
            np.round(np.add(patch.get_xy(), patch.get_width() / 2), 9).tolist() for patch in tiles_of(tile_map())
        ]
        assert middles == LAYOUT[["column", "row"]].to_numpy().tolist()

    def test_darker_is_higher_and_words_can_be_read(self):
        ax = tile_map(PLACES.fillna(8.0))
        fills = [to_hex(patch.get_facecolor()) for patch in tiles_of(ax)]
        assert list(np.argsort([contrast(fill, "#ffffff") for fill in fills])) == list(np.argsort([31, 13, 3, 8, 16]))
        assert all(contrast(text.get_color(), fills[int(place)]) >= 4.5
                   for place, texts in enumerate(self.by_tile(ax)) for text in texts)  # fmt: skip

    def by_tile(self, ax):
        cells = LAYOUT[["column", "row"]].apply(tuple, axis=1).to_list()
        return [[text for text in ax.texts if text.xy == cell] for cell in cells]

    def test_a_missing_value_is_hatched(self):
        ax = tile_map()
        assert [bool(patch.get_hatch()) for patch in tiles_of(ax)] == [False, False, False, True, False]
        assert "belum diketahui" in [text.get_text() for text in ax.get_legend().get_texts()]
        drawn = draw("tile_map", PLACES, layout=LAYOUT, label="x", language=speak("id"), source="")
        assert "belum diketahui: Kampung Dalem" in drawn.alt
        assert "belum diketahui" not in [t.get_text() for t in tile_map(PLACES.fillna(1.0)).get_legend().get_texts()]

    def test_yes_and_no(self):
        table = PLACES.assign(value=[1.0, 0.0, 0.0, NAN, 1.0])
        options = {"layout": LAYOUT, "label": PROGRAMME, "kind": "yes_no", "groups": GROUPS}
        ax = tile_map(table, **options)
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["ya", "tidak", "belum diketahui"]
        assert [text.get_text() for text in ax.texts].count("ya") == 2
        drawn = draw("tile_map", table, language=speak("en"), source="", **options)
        assert drawn.title == "Kelurahan prioritas: 2 of 4 regions"
        assert "Yes: Pojok (west) and Bawang (south-east)." in drawn.alt
        assert "Mojoroto: 1 of 2" in drawn.alt
        none = draw("tile_map", table.assign(value=0.0), language=speak("en"), source="", **options)
        assert "The value is yes in no region." in none.alt

    def test_a_thick_line_parts_groups_only(self):
        ax = tile_map(groups=GROUPS)
        (lines,) = (c for c in ax.collections if isinstance(c, LineCollection))
        drawn = {tuple(map(tuple, np.round(line, 6).tolist())) for line in lines.get_segments()}
        between = ((0.5, 1.5), (1.5, 1.5))  # Setonogedong above Kampung Dalem, both of Kota
        beside = ((0.5, 0.5), (1.5, 0.5))  # Dermo above Setonogedong, of two groups
        assert beside in drawn
        assert between not in drawn
        assert not [c for c in tile_map().collections if isinstance(c, LineCollection)]

    def test_one_region_is_picked_out(self):
        frames = [patch for patch in tile_map(highlight="1.2").patches if not patch.get_fill()]
        assert [np.round(np.add(frame.get_xy(), frame.get_width() / 2)).tolist() for frame in frames] == [[1, 0]]
        drawn = draw("tile_map", PLACES, layout=LAYOUT, label="x", language=speak("en"), source="", highlight="1.2")
        assert "Picked out: Dermo (13.00, north)." in drawn.alt

    def test_a_group_all_around_another(self):
        cells = [(c, r) for c in range(3) for r in range(3)]
        layout = pd.DataFrame(cells, columns=["column", "row"]).assign(code=[f"{i}" for i in range(9)])
        table = pd.DataFrame({"name": "x", "value": 1.0}, index=layout["code"])
        ax = tile_map(
            table, layout=layout, groups=pd.Series("outer", index=table.index).where(table.index != "4", "inner")
        )
        assert "outer" in [text.get_text() for text in ax.texts]

    def test_a_region_without_a_tile_is_refused(self):
        with pytest.raises(LayoutError, match=r"layout: found no tile for 3.1, expected one for every region"):
            tile_map(layout=LAYOUT.iloc[:4])

    @pytest.mark.parametrize("value", [NAN, 5.0])
    def test_values_all_alike_or_none(self, value):
        picture = draw(
            "tile_map", PLACES.assign(value=value), layout=LAYOUT, label="x", language=speak("en"), source=""
        )
        assert ("not known for" if np.isnan(value) else "The value is 5.00 everywhere.") in picture.alt


def bubbles(table=PLACES, **options):
    ax = plot_bubble_map(table, ax=axes(), language=speak("id"), label="TPS", **options)
    return ax, [patch for patch in ax.patches if isinstance(patch, Circle)]


@pytest.fixture(scope="module")
def city_bubbles(kelurahan):
    return bubbles(kelurahan[0])


class TestBubbleMap:
    def test_area_stands_for_the_value(self):
        _, circles = bubbles()
        areas = sorted((circle.radius**2 for circle in circles), reverse=True)
        assert areas[:3] == pytest.approx([areas[0], areas[0] * 16 / 31, areas[0] * 13 / 31])

    def test_area_can_stand_for_something_else(self):
        ax, circles = bubbles(PLACES.assign(size=[1.0, 1, 4, 1, 1]), size_label="penduduk")
        radii = sorted(circle.radius for circle in circles)
        assert radii[-1] / radii[0] == pytest.approx(2)
        assert "Luas lingkaran: penduduk" in ax.get_xlabel()

    def test_circles_do_not_overlap_and_keep_their_place(self, city_bubbles):
        _, circles = city_bubbles
        middles, radii = np.array([c.center for c in circles]), np.array([c.radius for c in circles])
        far = np.linalg.norm(middles[:, None] - middles, axis=2) + 99 * np.eye(46)
        assert (far >= radii[:, None] + radii - 1e-6).all()

    def test_every_region_is_named_on_the_map_or_below_it(self, city_bubbles, kelurahan):
        ax, _ = city_bubbles
        said = " ".join(text.get_text() for text in [*listed(ax), *ax.texts])
        stacked = said.replace("- ", "").replace("\n", " ")
        for name in kelurahan[0]["name"]:
            assert name in stacked or name.replace(" ", "") in stacked.replace(" ", "")

    def test_words_do_not_overlap(self, city_bubbles):
        drawn = list(boxes(city_bubbles[0]).values())
        crossing = [(i, j) for i in range(len(drawn)) for j in range(i) if
                    min(drawn[i].x1, drawn[j].x1) - max(drawn[i].x0, drawn[j].x0) > 1
                    and min(drawn[i].y1, drawn[j].y1) - max(drawn[i].y0, drawn[j].y0) > 8]  # fmt: skip
        assert crossing == []

    def test_the_list_has_its_own_paper_and_runs_down_its_columns(self, city_bubbles):
        ax, _ = city_bubbles
        canvas = ax.get_figure()
        canvas.draw_without_rendering()
        below = [text.get_window_extent() for text in listed(ax)]
        assert len(below) > 10
        caption = ax.xaxis.label.get_window_extent()
        assert all(canvas.bbox.x0 <= b.x0 and b.x1 <= canvas.bbox.x1 and canvas.bbox.y0 <= b.y0 for b in below)
        assert max(b.y1 for b in below) < caption.y0 + 1
        assert len({round(b.x0) for b in below}) >= 3  # columns
        assert [text.get_text().split()[0] for text in listed(ax)] == [str(n + 1) for n in range(len(below))]

    def test_the_region_picked_out_stands_out_in_the_list(self, kelurahan):
        table = kelurahan[0]
        for name, number in (("Setonogedong", 1), ("Pojok", 0)):
            code = table.index[table["name"] == name][0]
            bold = [
                text.get_text() for text in listed(bubbles(table, highlight=code)[0]) if text.get_weight() == "bold"
            ]
            assert [said.split()[1] for said in bold] == [name] * number

    def test_on_tiles(self):
        _, circles = bubbles(PLACES.drop(columns=["lat", "lon"]), layout=LAYOUT)
        middles = sorted(np.round(circle.center, 6).tolist() for circle in circles)
        assert middles == sorted(LAYOUT[["column", "row"]].to_numpy(float).tolist())

    def test_a_region_without_a_place_is_refused(self):
        with pytest.raises(LayoutError, match=r"found no place for 1.1, expected one for every region"):
            bubbles(PLACES.assign(lat=[NAN, 0, 0, 0, 0]))

    def test_as_high_as_the_land_asks_for(self):
        def height(table):
            svg = draw("bubble_map", table, language=speak("id"), source="", label="x").svg
            return float(ElementTree.fromstring(svg).get("height").removesuffix("pt"))

        assert height(PLACES.assign(lat=PLACES["lat"] / 4)) < height(PLACES) - 100


def turning(ring):
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(ring))


class TestChoropleth:
    def shapes(self, **options):
        ax = plot_choropleth(PLACES, ax=axes(4), language=speak("id"), label="TPS", kind="num0",
                             **{"geojson": borders()} | options)  # fmt: skip
        return ax, [patch for patch in ax.patches if isinstance(patch, PathPatch)]

    @pytest.mark.parametrize("way", [1, -1])
    def test_a_hole_stays_open_whichever_way_it_is_drawn(self, way):
        given = borders()
        given["features"][0]["geometry"]["coordinates"][1] = square(0.2, 0.2, 0.6)[::way]
        ax, shapes = self.shapes(geojson=given)
        border, hole = shapes[0].get_path().to_polygons()
        assert turning(border) > 0 > turning(hole)
        assert not [t for t in ax.texts if 0.2 < t.xy[0] < 0.8 and 0.2 < t.xy[1] < 0.8]

    def test_a_missing_value_is_hatched(self):
        assert [bool(shape.get_hatch()) for shape in self.shapes()[1]] == [False, False, False, True, False]

    def test_names_stand_inside_or_in_the_list(self):
        ax, shapes = self.shapes()
        texts = [text.get_text() for text in ax.texts]
        assert "Dermo" in texts
        assert "13" in texts
        drawn = boxes(ax)
        for text in ax.texts:
            middle = ax.transData.inverted().transform(((drawn[text].x0 + drawn[text].x1) / 2,
                                                        (drawn[text].y0 + drawn[text].y1) / 2))  # fmt: skip
            assert sum(shape.get_path().contains_point(middle) for shape in shapes) == 1
        below = " ".join(text.get_text() for text in listed(ax))
        for name in PLACES["name"]:
            assert name in below or name.replace(" ", "") in "".join(texts).replace("-", "")

    def test_the_list_runs_from_the_north_to_the_south_and_names_the_region_picked_out(self):
        tall = borders()
        for place, feature in enumerate(tall["features"]):
            size = 0.1 if place else 5.0
            rings = [square(0.0, -2.0 * place, size)]
            feature["geometry"] = {"type": "Polygon", "coordinates": rings}
        ax, _ = self.shapes(geojson=tall, highlight="2.2")
        said = [text.get_text() for text in listed(ax)]
        names = ["Dermo (13)", "Setonogedong (3)", "Kampung Dalem (–)", "Bawang (16)"]
        assert said == [f"{number} {name}" for number, name in enumerate(names, start=1)]
        assert [text.get_weight() for text in listed(ax)] == ["normal", "normal", "bold", "normal"]

    def test_a_region_without_a_border_is_refused(self):
        with pytest.raises(LayoutError, match=r"geojson: found no border for 3.1, expected a polygon with this 'code'"):
            self.shapes(geojson=borders(PLACES.index[:4]))

    def test_codes_can_have_another_name(self):
        other = borders()
        for feature in other["features"]:
            feature["properties"] = {"kode": feature["properties"]["code"]}
        assert len(self.shapes(geojson=other, key="kode")[1]) == 5


class TestNames:
    @pytest.mark.parametrize(
        "name, width, lines",
        [
            ("Pojok", 60, ["Pojok"]),
            ("Kampung Dalem", 60, ["Kampung", "Dalem"]),
            ("Setonogedong", 60, ["Setono-", "gedong"]),
            ("Singonegaran", 60, ["Singo-", "negaran"]),
            ("Kabupaten Trenggalek", 48, ["Kab.", "Treng-", "galek"]),
            ("Kabupaten Situbondo", 49.5, ["Kab.", "Situ-", "bondo"]),
            ("Kota Batu", 70, ["Kota Batu"]),
        ],
    )
    def test_long_names_are_parted_between_syllables(self, name, width, lines):
        assert fit_name(name, width).split("\n") == lines

    @pytest.mark.parametrize("name", ["Xxxxxxxxxxxxxxxxxxxxxxx", "Banyuwangi " * 9, HOSTILE, ""])
    def test_nothing_is_wider_than_asked_for(self, name):
        said = fit_name(name, 60, 2)
        assert said.count("\n") <= 1
        assert text_width(said) <= 75  # a cut word with its ellipsis may take a little more

    def test_kinds_of_region_are_abbreviated(self):
        assert brief("Kabupaten Kediri") == "Kab. Kediri"
        assert brief("Kota Kediri") == "Kota Kediri"


def test_compass():
    east, north = pd.Series([0, 1, 1, 1, 0, -1, -1, -1, 0]), pd.Series([1, 1, 0, -1, -1, -1, 0, 1, 0])
    words = ["north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west", "centre"]
    assert list(compass(east, north)) == words
    assert list(compass(pd.Series([5]), pd.Series([7]))) == ["centre"]
    assert list(compass(pd.Series([0, 0]), pd.Series([0, 1]))) == ["south", "north"]


OPTIONS = {"tile_map": {"layout": LAYOUT, "groups": GROUPS}, "bubble_map": {}, "choropleth": {"geojson": borders()}}


@pytest.mark.parametrize("name", OPTIONS)
class TestEveryMap:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_is_the_same_on_every_run_and_in_any_order(self, name, language):
        options = {"language": speak(language), "source": "", "label": "TPS", **OPTIONS[name]}
        one, other = draw(name, PLACES, **options), draw(name, PLACES.iloc[::-1], **options)
        assert (one.svg, one.png, one.alt) == (other.svg, other.png, other.alt)

    def test_hostile_words_are_only_words(self, name):
        table = PLACES.assign(name=HOSTILE)
        options = {"layout": LAYOUT, "groups": GROUPS.map(lambda _: HOSTILE)} if name == "tile_map" else OPTIONS[name]
        picture = draw(name, table, language=speak("id"), source=HOSTILE, label=HOSTILE, **options)
        assert b"<script" not in picture.svg
        assert "<script>" in words_in(picture.svg)
        assert "\x00" not in picture.alt

    def test_illustrative_values_are_marked(self, name):
        picture = draw(name, PLACES, language=speak("id"), source="", label="x", watermark=True, **OPTIONS[name])
        assert "DATA ILUSTRASI" in words_in(picture.svg)

    def test_what_is_given_is_not_changed(self, name):
        before = PLACES.copy()
        draw(name, PLACES, language=speak("id"), source="", label="x", **OPTIONS[name])
        pd.testing.assert_frame_equal(PLACES, before)

    def test_numbers_as_the_language_writes_them(self, name):
        options = {"source": "", "label": "x", "kind": "num1", **OPTIONS[name]}
        said = {code: draw(name, PLACES, language=speak(code), **options).alt for code in LANGUAGES}
        assert "31,0" in said["id"]
        assert "31.0" in said["en"]
        assert not re.search(r"\{|\}", "".join(said.values()))
