"""Borders of regions: what a study may hold, and how each way of being broken is said."""

import json

import numpy as np
import pytest

from smartcity_analysis.errors import DataError
from smartcity_analysis.study import load_borders, load_study


def square(place, size=0.01):
    west, south = 112.0 + place % 7 * size, -7.8 - place // 7 * size
    corners = [(west, south), (west + size, south), (west + size, south + size), (west, south + size)]
    return [[x, y] for x, y in [*corners, corners[0]]]


def feature(code, place=0, **changed):
    geometry = {"type": "Polygon", "coordinates": [square(place)]}
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry} | changed


@pytest.fixture
def folder(project):
    return project / "data" / "raw" / "kediri"


@pytest.fixture
def codes(kediri):
    regions = kediri.table("regions")
    return list(regions.loc[regions["level"] == "kelurahan", "code"])


@pytest.fixture
def whole(codes):
    return [feature(code, place) for place, code in enumerate(codes)]


def write(folder, features):
    text = features if isinstance(features, str) else json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "regions.geojson").write_text(text, encoding="utf-8")


def broken(folder, features):
    write(folder, features)
    with pytest.raises(DataError) as error:
        load_study(folder, check_sources=False)
    return error.value.breaches


# --- what is read ---


def test_a_study_without_borders_has_none(kediri):
    assert load_borders(kediri) is None


def test_borders_are_polygons_by_code_in_order(folder, whole, codes):
    write(folder, whole[::-1])
    study = load_study(folder, check_sources=False)
    borders = load_borders(study, "kelurahan")
    assert list(borders.polygons) == sorted(codes)
    (polygon,) = borders.polygons[codes[0]]
    assert np.array_equal(polygon[0], square(0))
    assert borders.geojson["features"][0] == {
        "type": "Feature",
        "properties": {"code": codes[0]},
        "geometry": {"type": "MultiPolygon", "coordinates": [[square(0)]]},
    }
    assert load_borders(study, "kecamatan") is None
    with pytest.raises(TypeError, match="does not support item assignment"):
        borders.polygons["x"] = ()


def test_holes_parts_heights_and_the_indonesian_name_are_taken(folder, whole, codes):
    hole = [[112.002, -7.798], [112.004, -7.798], [112.004, -7.796], [112.002, -7.798]]
    high = [[x, y, 81.5] for x, y in square(0)]
    parts = {"type": "MultiPolygon", "coordinates": [[high, hole], [square(60)]]}
    whole[0] = feature(codes[0], properties={"kode": f" {codes[0]} "}, geometry=parts)
    whole[1:2] = [feature(codes[1], 1), feature(codes[1], 61)]  # two features of one region are its two parts
    write(folder, whole)
    polygons = load_borders(load_study(folder, check_sources=False)).polygons
    assert [len(polygon) for polygon in polygons[codes[0]]] == [2, 1]
    assert polygons[codes[0]][0][0].shape == (5, 2)
    assert len(polygons[codes[1]]) == 2


def test_borders_are_a_file_like_others_and_need_a_source(folder, whole):
    write(folder, whole)
    with pytest.raises(DataError) as error:
        load_study(folder)
    assert [(b.key, b.file) for b in error.value.breaches] == [("source_missing", "kediri/regions.geojson")]


# --- what is refused, and how it is said ---


def test_broken_json_is_named_with_its_row(folder):
    (breach,) = broken(folder, '{"type": "FeatureCollection",\n "features": [}')
    assert breach.text("id") == (
        "kediri/regions.geojson, baris 2\n"
        "  Ditemukan: Expecting value\n"
        "  Seharusnya: berkas JSON yang utuh\n"
        "  Perbaikan: periksa koma, kurung, dan tanda kutip di baris itu, atau ekspor ulang dari aplikasi peta"
    )


@pytest.mark.parametrize("text", ["[]", '{"type": "Topology"}', '{"type": "FeatureCollection", "features": []}'])
def test_json_that_is_no_collection_of_features_is_refused(folder, text):
    (breach,) = broken(folder, text)
    assert "Expected: GeoJSON of type FeatureCollection with at least one feature" in breach.text("en")


def test_a_region_without_a_polygon_is_named(folder, whole, codes):
    (breach,) = broken(folder, whole[1:])
    assert breach.text("en") == (
        "kediri/regions.geojson\n"
        f"  Found: {codes[0]}\n"
        "  Expected: a polygon for every kelurahan of the table regions\n"
        "  Remedy: add the polygon of that region, or remove the file so that the tile map is used"
    )


def test_a_polygon_of_an_unknown_region_is_named_with_the_nearest(folder, whole):
    (breach,) = broken(folder, [*whole, feature("35.7101.1001", 50)])
    assert breach.text("id") == (
        "kediri/regions.geojson, kolom code\n"
        "  Ditemukan: 35.7101.1001 (feature 47)\n"
        "  Seharusnya: kode yang ada di tabel regions\n"
        '  Perbaikan: betulkan kodenya (mungkin maksudnya "35.71.01.1001"), atau tambahkan dahulu ke tabel regions'
    )


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("changed", "key", "said"),
    [
        ({"properties": {"nama": "Pojok"}}, "border_no_code", "nama (feature 1)"),
        ({"properties": None}, "border_no_code", "- (feature 1)"),
        ({"properties": {"code": 35.71}}, "code_as_number", "35.71 (feature 1)"),
        ({"geometry": None}, "border_polygon", "None: {code} (feature 1)"),
        ({"geometry": {"type": "Point", "coordinates": [112, -7]}}, "border_polygon", "Point: {code} (feature 1)"),
        ({"geometry": polygon(square(0)[:4])}, "border_polygon", "Polygon: {code} (feature 1)"),  # open
        ({"geometry": polygon(square(0)[:2])}, "border_polygon", "Polygon: {code} (feature 1)"),
        ({"geometry": polygon()}, "border_polygon", "Polygon: {code} (feature 1)"),
        ({"geometry": polygon([1, 2, 3, 1])}, "border_polygon", "Polygon: {code} (feature 1)"),
        ({"geometry": polygon([[112, "x"]] * 4)}, "border_polygon", "Polygon: {code} (feature 1)"),
        ({"geometry": polygon([[y, x] for x, y in square(0)])}, "border_degrees", "-7.8: {code} (feature 1)"),
        ({"geometry": polygon([[112, 9131000.0]] * 4)}, "border_degrees", "9131000: {code} (feature 1)"),
    ],
)  # fmt: skip
def test_features_that_cannot_be_borders_are_named(folder, whole, codes, changed, key, said):
    (breach,) = broken(folder, [whole[0] | changed, *whole[1:]])
    assert (breach.key, breach.found) == (key, said.format(code=codes[0]))


def test_coordinates_of_another_system_say_which_is_wanted(folder, whole):
    metres = polygon([[610_000.0 + x, 9_131_000.0 + y] for x, y in square(0)])
    (breach,) = broken(folder, [whole[0] | {"geometry": metres}, *whole[1:]])
    assert breach.text("en").endswith(
        "  Expected: lon in degrees between 94 and 142, longitude first\n"
        "  Remedy: export it again in the coordinate system WGS 84 (EPSG:4326)"
    )


def test_all_breaches_are_said_at_once_beside_those_of_other_files(folder, whole):
    (folder / "scores.csv").write_text("tahun\n", encoding="utf-8")
    found = broken(folder, [3, whole[0] | {"geometry": None}, feature("35.99", 3), *whole[3:]])
    of_borders = [(b.key, b.found) for b in found if b.file.endswith("geojson")]
    assert [key for key, _ in of_borders] == ["border_polygon", "border_polygon", "unknown_reference"]
    assert of_borders[0][1] == "3 (feature 1)"
    assert {b.file for b in found} == {"kediri/scores.csv", "kediri/regions.geojson"}


def test_a_file_that_breaks_later_is_refused_too(folder, whole):
    write(folder, whole)
    study = load_study(folder, check_sources=False)
    write(folder, "{")
    with pytest.raises(DataError, match="berkas JSON yang utuh"):
        load_borders(study)


def test_other_encodings_are_a_breach(folder):
    (folder / "regions.geojson").write_bytes(b'{"type": "\xe9"}')
    with pytest.raises(DataError, match="teks UTF-8"):
        load_study(folder, check_sources=False)
