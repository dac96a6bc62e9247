"""The map a study can have: borders where they are known, tiles elsewhere."""

import json

import pandas as pd
import pytest
from figure_samples import square

from smartcity_analysis.present import Presenter
from smartcity_analysis.present.region_map import region_map
from smartcity_analysis.present.tiles import LayoutError
from smartcity_analysis.study import Store, load_study


@pytest.fixture
def stations(kediri):
    rows = kediri.table("indicators").query("indicator == 'polling_stations' and year == 2024")
    return rows.set_index("region")["value"]


def with_borders(project, codes):
    folder = project / "data" / "raw" / "kediri"
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [square(112 + place % 7 / 50, -8 + place // 7 / 50, 0.02)]},
        }
        for place, code in enumerate(codes)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "regions.geojson").write_text(text, encoding="utf-8")
    return load_study(folder, check_sources=False)


def test_without_borders_a_study_has_tiles_in_its_kecamatan(kediri, stations):
    found = region_map(kediri, stations, "kelurahan")
    assert found.figure == "tile_map"
    assert set(found.options["groups"]) == {"Kec. Mojoroto", "Kec. Kota", "Kec. Pesantren"}
    assert len(found.options["layout"].drop_duplicates(["column", "row"])) == len(found.table) == 46
    assert found.table.loc["35.71.01.1001", "value"] == stations["35.71.01.1001"]


def test_regions_of_one_parent_have_no_groups_and_two_levels_stand_side_by_side(jatim):
    found = region_map(jatim, pd.Series({"35.71": 78.6}), ("kabupaten", "kota"))
    assert (found.figure, found.options["groups"], len(found.table)) == ("tile_map", None, 38)
    assert found.table["value"].notna().sum() == 1


def test_with_borders_a_study_is_drawn_in_them(project, kediri, stations):
    study = with_borders(project, stations.index)
    found = region_map(study, stations, "kelurahan")
    assert (found.figure, len(found.options["geojson"]["features"])) == ("choropleth", 46)


def test_without_borders_and_positions_there_is_no_map(project, stations):
    with pytest.raises(LayoutError, match=r"found no lat or lon for 35.71.01, 35.71.02, 35.71.03"):
        region_map(with_borders(project, stations.index), stations, "kecamatan")


@pytest.mark.parametrize("borders", [True, False])
def test_a_notebook_draws_it_in_one_call(borders, project, kediri, stations, tmp_path):
    study = with_borders(project, stations.index) if borders else kediri
    show = Presenter(Store.open("kediri", 2024, output=tmp_path, root=project), "id")
    found = region_map(study, stations, "kelurahan")
    shown = show.figure(found.figure, found.table, label="TPS", kind="num0", **found.options)
    assert "46 wilayah" in shown.plain
    assert ("Peta skematik" in shown.plain) is not borders
    assert (tmp_path / "figures" / "kediri" / "2024" / f"{found.figure}_id.png").stat().st_size > 20_000
