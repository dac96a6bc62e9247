"""Small results for the figures of robustness and for the maps, and the same with hostile words in them."""

import pandas as pd

NAN = float("nan")
HOSTILE = "<script>alert(1)</script> $x^2$ **b** {y} \x00&amp;"

BANDS = pd.DataFrame(
    {
        "name": ["Kota A", "Kota B", "Kota Kediri", "Kota D"],
        "rank": [2, 1, 6, None],
        "median": [2, 1, 6, None],
        "lower": [1, 1, 5, None],
        "upper": [4, 1, 7, None],
    },
    index=["35.01", "35.02", "35.71", "35.04"],
).astype(dict.fromkeys(("rank", "median", "lower", "upper"), "Int64"))
SHARES = pd.DataFrame(
    {"name": ["Kota A", "Kota B", "Kota C"], 1: [0.25, 0.75, 0.0], 2: [0.7, 0.25, 0.05], 3: [0.05, 0.0, 0.95]},
    index=["35.01", "35.02", "35.03"],
)
INPUTS = pd.DataFrame(
    {
        "label": ["Bobot", "Normalisasi"],
        "first": [0.21, 0.425],
        "first_lower": [0.15, 0.35],
        "first_upper": [0.27, 0.5],
        "total": [0.33, 0.6],
        "total_lower": [0.25, 0.5],
        "total_upper": [0.41, 0.7],
    }
)
PLACES = pd.DataFrame(
    {
        "name": ["Pojok", "Dermo", "Setonogedong", "Kampung Dalem", "Bawang"],
        "value": [31.0, 13.0, 3.0, NAN, 16.0],
        "lat": [-7.814, -7.775, -7.817, -7.827, -7.861],
        "lon": [111.971, 112.004, 112.012, 112.013, 112.061],
    },
    index=["1.1", "1.2", "2.1", "2.2", "3.1"],
)
GROUPS = pd.Series({"1.1": "Mojoroto", "1.2": "Mojoroto", "2.1": "Kota", "2.2": "Kota", "3.1": "Pesantren"})
LAYOUT = pd.DataFrame({"code": PLACES.index, "column": [0, 1, 1, 1, 2], "row": [1, 0, 1, 2, 2]})


def square(west, south, size=1.0):
    ring = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return [[*point] for point in ring]


def borders(codes=tuple(PLACES.index)):
    """A square for each region, side by side; the first has a hole."""
    features = []
    for place, code in enumerate(codes):
        rings = [square(place, 0.0), *([square(place + 0.4, 0.4, 0.2)[::-1]] if place == 0 else [])]
        geometry = (
            {"type": "MultiPolygon", "coordinates": [rings]} if place else {"type": "Polygon", "coordinates": rings}
        )
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


# name: result, options, numbers that the words must hold, as Indonesian writes them
MORE_SAMPLES = {
    "rank_bands": (BANDS, {"highlight": "35.71", "level": 0.9},
                   ["Peringkat Kota Kediri: 6, antara 5 dan 7 dalam 90 persen simulasi", "Kota A (peringkat 2"]),
    "acceptability": (SHARES, {"highlight": "35.01"}, ["peringkat 2", "70,0 persen", "75,0 persen", "95,0 persen"]),
    "sensitivity": (INPUTS, {"subject": "urutan"}, ["42,5 persen", "60,0 persen", "21,0 persen", "33,0 persen"]),
    "tile_map": (PLACES, {"layout": LAYOUT, "groups": GROUPS, "label": "TPS", "kind": "num1", "highlight": "1.2"},
                 ["4 wilayah", "Pojok (31,0, barat)", "Setonogedong (3,0, tengah)", "Dermo (13,0, utara)"]),
    "bubble_map": (PLACES, {"label": "TPS", "kind": "num1"}, ["Pojok (31,0, barat)", "Bawang (16,0, tenggara)"]),
    "choropleth": (PLACES, {"geojson": borders(), "label": "TPS", "kind": "num1"}, ["31,0", "Bawang (16,0, timur)"]),
}  # fmt: skip
MORE_HOSTILE = {
    "rank_bands": (BANDS.assign(name=HOSTILE), {"highlight": "35.71", "level": 0.9}),
    "acceptability": (SHARES.assign(name=HOSTILE), {"highlight": "35.01"}),
    "sensitivity": (INPUTS.assign(label=HOSTILE), {"subject": HOSTILE}),
    "tile_map": (
        PLACES.assign(name=HOSTILE),
        {"layout": LAYOUT, "groups": GROUPS.map(lambda _: HOSTILE), "label": HOSTILE},
    ),
    "bubble_map": (PLACES.assign(name=HOSTILE), {"label": HOSTILE, "size_label": HOSTILE}),
    "choropleth": (PLACES.assign(name=HOSTILE), {"geojson": borders(), "label": HOSTILE}),
}
