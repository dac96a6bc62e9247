"""Broken declarations: the framework, the study, corrections, and borders."""

import json
import os

from .breaking import both, change, faults, record, remade, rows_of, write

Y, F, C, G = "study.yaml", "framework.yaml", "corrections.csv", "regions.geojson"

TREE = """\
name: own
tree:
  code: top
  children:
    - {code: GOV, weight: 60, children: [{code: GOV.a}, {code: GOV.b, type: number, goalposts: [0, 100]}]}
    - {code: ECO, weight: 40}
weight_sets:
  - {id: w2022, years: [2022], weights: {GOV: 70, ECO: 30}}
"""


def tree(old="", new=""):
    assert old in TREE
    return write(F, TREE.replace(old, new, 1) if old else TREE)


ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{two}: &{two} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}]\n"
    for one, two in zip("abcdefg", "bcdefgh", strict=True)
)

FRAMEWORK = faults(
    "framework",
    a_sound_one=tree(),
    weights_that_sum_to_90=tree("weight: 40", "weight: 30"),
    a_weight_set_that_sums_to_120=tree("ECO: 30", "ECO: 50"),
    a_weight_in_words=tree("weight: 40", "weight: banyak"),
    a_negative_weight=tree("weight: 40", "weight: -40"),
    a_weight_that_is_no_number=tree("weight: 40", "weight: .nan"),
    a_weight_with_a_leading_zero=tree("weight: 40", "weight: 040"),
    a_weight_like_a_time=tree("weight: 40", "weight: 0:40"),
    a_weight_on_one_child_only=tree(", weight: 60", ""),
    a_weight_of_a_code_that_is_not_there=tree("ECO: 30", "ECA: 30"),
    a_code_twice=tree("code: ECO", "code: GOV"),
    no_code=tree("{code: ECO, weight: 40}", "{weight: 40}"),
    a_code_that_reads_as_no=tree("code: ECO", "code: no"),
    an_unknown_entry=tree("weight: 40", "wieght: 40"),
    an_unknown_entry_at_the_top=tree("name: own", "nama: own"),
    an_entry_twice=tree("weight: 40}", "weight: 40, weight: 30}"),
    a_section_twice=write(F, TREE + "tree: {code: other}\n"),
    an_unknown_type=tree("type: number", "type: angka"),
    an_unknown_direction=tree("type: number", "direction: naik"),
    an_unknown_weight_basis=tree("name: own", "name: own\nweight_basis: some"),
    goalposts_in_the_wrong_order=tree("[0, 100]", "[100, 0]"),
    one_goalpost=tree("[0, 100]", "[100]"),
    goalposts_in_words=tree("[0, 100]", "[nol, seratus]"),
    logarithm_of_zero=tree("goalposts: [0, 100]", "goalposts: [0, 100], transform: log"),
    an_unknown_transform=tree("goalposts: [0, 100]", "transform: ln"),
    a_scale_of_one_number=tree("name: own", "name: own\nscale: [4]"),
    a_scale_upside_down=tree("name: own", "name: own\nscale: [4, 0]"),
    a_band_without_its_end=tree("name: own", "name: own\nbands: [{lower: 0, label: {id: a, en: b}}]"),
    bands_that_are_a_text=tree("name: own", "name: own\nbands: rendah"),
    children_that_are_a_text=tree("{code: ECO, weight: 40}", "{code: ECO, weight: 40, children: a b}"),
    a_share_above_one=tree("weight: 60", "weight: 60, min_available: 2"),
    a_child_that_is_a_text=tree("{code: GOV.a}", "GOV.a"),
    years_of_a_weight_set_in_words=tree("years: [2022]", "years: sekarang"),
    weights_that_are_a_list=tree("{GOV: 70, ECO: 30}", "[70, 30]"),
    leaves_from_another_folder=tree("name: own", "name: own\nleaves: ../kediri/opd.csv"),
    leaves_from_the_system=tree("name: own", "name: own\nleaves: /etc/passwd"),
    leaves_from_a_table_that_is_not_there=tree("name: own", "name: own\nleaves: leaves.csv"),
    leaves_from_a_table_of_another_form=tree("name: own", "name: own\nleaves: opd.csv"),
    no_tree=write(F, "name: own\n"),
    a_list=write(F, "- a\n- b\n"),
    empty=write(F, ""),
    not_YAML=write(F, "name: own\n  tree: [\n"),
    tabs_for_indentation=write(F, "tree:\n\tcode: a\n"),
    two_documents=write(F, TREE + "---\n" + TREE),
    an_alias=tree("{code: ECO, weight: 40}", "&eco {code: ECO, weight: 40}"),
    a_circle_of_aliases=write(F, "tree: &t {code: top, children: [*t]}\n"),
    aliases_that_multiply=write(F, ALIASES + "tree: {code: top}\n"),
    an_object_of_Python=write(F, "tree: !!python/object/apply:os.system ['true']\n"),
    nested_very_deep=write(F, "tree: " + "{code: a, children: [" * 300 + "]}" * 300),
    of_two_megabytes=write(F, TREE + "# " + "x" * 2_000_000),
    not_UTF_8=write(F, TREE.encode("utf-16")),
    an_impossible_date=tree("name: own", "name: own\nsource: 2024-13-45"),
)  # fmt: skip

STUDY = faults(
    "study.yaml",
    an_unknown_entry=change(Y, "framework: gm100sc", "frame: gm100sc"),
    an_entry_twice=change(Y, "seed: 20240823", "seed: 1\nseed: 20240823"),
    the_city_missing=change(Y, 'city: {code: "35.71", name: Kota Kediri}', ""),
    the_code_of_the_city_a_number=change(Y, '"35.71"', "35.71"),
    a_code_of_the_city_of_another_form=change(Y, '"35.71"', '"3571"'),
    a_year_in_words=change(Y, "first_year: 2020", "first_year: dua ribu"),
    years_in_the_wrong_order=change(Y, "first_year: 2020", "first_year: 2030"),
    a_year_with_a_leading_zero=change(Y, "first_year: 2020", "first_year: 02020"),
    an_unknown_language=change(Y, "[id, en]", "[id, jv]"),
    the_same_sign_for_decimals_and_thousands=change(Y, 'decimal: "."', 'decimal: ".", thousands: "."'),
    an_unknown_decimal_sign=change(Y, 'decimal: "."', 'decimal: ";"'),
    peers_in_another_place=change(Y, "peers: jatim", "peers: ../../elsewhere"),
    a_framework_in_another_place=change(Y, "framework: gm100sc", "framework: /tmp/framework.yaml"),
    a_seed_that_is_no_number=change(Y, "seed: 20240823", "seed: acak"),
    a_cell_count_below_one=change(Y, "small_cell: 3", "small_cell: 0"),
    a_decimal_comma_declared_for_points=change(Y, 'decimal: "."', 'decimal: ","'),
    not_YAML=change(Y, "languages: [id, en]", "languages: [id, en"),
    a_list=remade(Y, lambda text: "- a\n"),
    empty=remade(Y, lambda text: ""),
    not_UTF_8=remade(Y, lambda text: text.encode("utf-16")),
    aliases_that_multiply=remade(Y, lambda text: ALIASES + text),
    with_a_mark_at_its_start=remade(Y, lambda text: "\ufeff" + text),
    with_lines_of_another_system=remade(Y, lambda text: text.replace("\n", "\r\n")),
)

HEADER = "code,table,row,column,from,to,reason,evidence,opd,status,source\n"
ROW = {
    "code": "K1", "table": "scores", "row": "year=2022", "column": "rank_province", "from": "4", "to": "4",
    "reason": "uji", "evidence": "uji", "opd": "", "status": "reported", "source": "uji",
}  # fmt: skip


def correction(**other):
    return write(C, HEADER + ",".join(f'"{cell}"' for cell in {**ROW, **other}.values()) + "\n")


BASELINE = {"table": "score_components", "row": "year=2022; kind=dimension; code=baseline", "column": "score"}
CORRECTIONS = faults(
    "corrections",
    of_a_table_nobody_knows=correction(table="skor"),
    of_the_sources=correction(table="sources"),
    of_a_column_nobody_knows=correction(column="rank"),
    of_a_key=correction(column="year"),
    of_a_status=correction(column="status"),
    of_a_row_that_is_not_there=correction(row="year=1999"),
    of_a_row_written_otherwise=correction(row="2022"),
    against_another_value=correction(**{"from": "5"}),
    to_words=correction(to="empat"),
    to_a_value_out_of_range=correction(to="99"),
    to_a_decimal_comma=correction(column="score", to="3,31", **{"from": "3.31"}),
    to_nothing_where_a_value_is_needed=correction(**BASELINE, to="", **{"from": "3.6"}),
    to_a_formula_error=correction(to="#REF!"),
    to_half_a_rank=correction(to="4.5"),
    twice=write(C, HEADER + (",".join(f'"{cell}"' for cell in ROW.values()) + "\n") * 2),
    without_a_reason=correction(reason=""),
    by_an_unknown_OPD=correction(opd="dinas"),
    header_only=write(C, HEADER),
)  # fmt: skip


def square(lon, lat, half=0.001):
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [[lon + half * x, lat + half * y] for x, y in signs]


def features(folder):
    """A square for every kelurahan of the study."""
    head, *rows = rows_of(folder / "regions.csv")
    at = {name: head.index(name) for name in ("code", "level", "lat", "lon")}
    return [
        {"type": "Feature", "properties": {"code": row[at["code"]]},
         "geometry": {"type": "Polygon", "coordinates": [square(float(row[at["lon"]]), float(row[at["lat"]]))]}}
        for row in rows if row[at["level"]] == "kelurahan"
    ]  # fmt: skip


def borders(edit=None, text=None):
    """Add borders, their features edited, then their text."""

    def fault(folder):
        every = features(folder)
        if edit:
            every = edit(every) or every
        made = json.dumps({"type": "FeatureCollection", "features": every})
        (folder / G).write_bytes((text(made) if text else made).encode())
        record(folder, G)

    return fault


def first(path, value):
    """Put `value` at a place of the first feature."""

    def edit(every):
        place = every[0]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return borders(edit)


XY = ("geometry", "coordinates", 0)
BORDERS = faults(
    "borders",
    sound_ones=borders(),
    not_JSON=borders(None, lambda text: text[:-5]),
    empty=borders(None, lambda text: ""),
    a_list=borders(None, lambda text: "[]"),
    no_features=borders(lambda every: every.clear()),
    one_feature_alone=borders(None, lambda text: json.dumps({"type": "Feature", "properties": {}, "geometry": None})),
    a_feature_that_is_a_text=borders(lambda every: every.__setitem__(0, "x")),
    a_region_missing=borders(lambda every: every.pop() and None),
    a_region_nobody_knows=first(("properties", "code"), "35.71.01.1999"),
    a_code_as_a_number=first(("properties", "code"), 35.71),
    no_code=first(("properties",), {"nama": "Bandar Lor"}),
    properties_that_are_a_text=first(("properties",), "code"),
    properties_that_are_a_list=first(("properties",), ["code"]),
    no_geometry=first(("geometry",), None),
    a_geometry_that_is_a_list=first(("geometry",), [1, 2]),
    a_point=first(("geometry",), {"type": "Point", "coordinates": [112.0, -7.8]}),
    no_coordinates=first(("geometry", "coordinates"), None),
    coordinates_that_are_a_text=first(("geometry", "coordinates"), "112,-7"),
    an_open_ring=first(XY, [[112.0, -7.8], [112.1, -7.8], [112.1, -7.9], [112.0, -7.9]]),
    a_ring_of_two_places=first(XY, [[112.0, -7.8], [112.0, -7.8]]),
    numbers_as_texts=first(XY, [["112", "-7"], ["113", "-7"], ["113", "-8"], ["112", "-7"]]),
    places_of_one_number=first(XY, [[112.0], [112.1], [112.1], [112.0]]),
    longitude_and_latitude_swapped=first(XY, [[y, x] for x, y in square(112.0, -7.8)]),
    metres_for_degrees=first(XY, square(610000.0, 9134000.0, 100)),
    not_a_number=borders(None, lambda text: text.replace("112.0", "NaN1", 1).replace("NaN1", "NaN,", 1)),
    a_number_of_5000_digits=first(XY + (0,), [10**4000, -7.8]),
    a_key_twice=borders(None, lambda text: text.replace('{"code"', '{"code": "x", "code"', 1)),
    nested_very_deep=borders(None, lambda text: "[" * 100_000 + "]" * 100_000),
    not_UTF_8=both(borders(), remade(G, lambda text: text.encode("utf-16"))),
    of_200_MB=both(borders(), lambda folder: os.truncate(folder / G, 200_000_000)),
)  # fmt: skip

FAULTS = FRAMEWORK | STUDY | CORRECTIONS | BORDERS
