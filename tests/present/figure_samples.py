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


RATES = pd.DataFrame(
    {
        "name": ["Mojoroto", "Kota", "Kota Kediri"],
        "regions": [14, 17, 46],
        "priority": [3, 2, 10],
        "rate": [0.214, 0.118, 0.217],
        "rate_lower": [0.047, 0.015, 0.109],
        "rate_upper": [0.508, 0.364, 0.364],
        "shrunk": [0.217, 0.208, NAN],
        "shrunk_lower": [0.159, 0.151, NAN],
        "shrunk_upper": [0.282, 0.271, NAN],
        "p_value": 0.3985,
        "verdict": "too_few",
    }
)
LIMITS = pd.DataFrame(
    {
        "measure": ["gini"] * 4 + ["williamson"] * 2,
        "left_out": [None, None, "35.78", "35.78", None, None],
        "name": [None, None, "Kota Surabaya", "Kota Surabaya", None, None],
        "year": [2011, 2017] * 3,
        "value": [0.396, 0.406, 0.323, 0.33, 0.951, 0.957],
        "lower_limit": [0.278, 0.289, 0.255, 0.268, 0.729, 0.757],
        "upper_limit": [0.781, 0.884, 0.499, 0.501, 3.866, 3.622],
        "level": 0.95,
    }
)
TYPES = pd.DataFrame(
    {
        "region": ["35.78", "35.71", "35.24", "35.26"],
        "name": ["Kota Surabaya", "Kota Kediri", "Kabupaten Lamongan", "Kabupaten Bangkalan"],
        "year": 2017,
        "first_year": 2011,
        "level": [126870.7, 285019.1, 20974.7, 18147.2],
        "growth": [0.0618, 0.0469, 0.0622, 0.0157],
        "type": ["advanced_growing", "advanced_slow", "catching_up", "lagging"],
        "reference_level": 38237.0,
        "reference_growth": 0.0552,
    }
)
SOURCES = pd.DataFrame(
    {
        "name": ["Pengetahuan", "Rata-rata lama sekolah", "Harapan lama sekolah", "Umur panjang"],
        "parent": [None, "education", "education", None],
        "share": [0.524, 0.371, 0.153, 0.476],
        "year": 2021,
    }
)
SPREAD = pd.DataFrame(
    {
        "region": ["1.1", "1.2", "2.1", "2.2", "3.1"] * 2,
        "name": ["Pojok", "Dermo", "Setonogedong", "Kampung Dalem", "Bawang"] * 2,
        "year": [2020] * 5 + [2024] * 5,
        "area_index": [30.0, 40, 41, 42, 55, 43, 50, 51, 52, 77],
        "mean": [41.6] * 5 + [54.6] * 5,
        "spread": [8.0] * 5 + [11.6] * 5,
        "trend": "not_told",
        "trend_p": 0.42,
    }
)
SERVICES = pd.DataFrame(
    {
        "region": ["1.1", "1.2", "2.1"],
        "name": ["Pojok", "Dermo", "Setonogedong"],
        "planned_each": [92.0, 90.0, 95.0],
        "realised_each": [81.5, 76.1, 65.4],
        "fair_each": 76.2,
        "gap_people": [171.4, -0.2, -75.1],
        "underserved": [False, False, True],
    }
)

# name: result, options, numbers that the words must hold, as Indonesian writes them
MORE_SAMPLES = {
    "disparity_interval": (LIMITS, {"measure": "gini", "subject": "PDRB"},
                           ["0,396", "0,406", "95 persen", "tanpa Kota Surabaya: 0,330", "0,268–0,501"]),
    "klassen": (TYPES, {"xlabel": "PDRB", "highlight": "35.71"}, ["2011–2017", "285.019", "4,7 persen", "38.237"]),
    "contributions": (SOURCES, {"subject": "IPM"}, ["52,4 persen", "37,1 persen", "15,3 persen", "2021"]),
    "priority_rates": (RATES, {}, ["p = 0,3985", "Kota: 2 dari 17, mentah 11,8 persen", "ditarik 20,8 persen"]),
    "area_spread": (SPREAD, {"highlight": "1.2"},
                    ["2020–2024", "41,6 menjadi 54,6", "8,0 dan 11,6 poin", "Bawang (77,0)", "Dermo (50,0) ditandai"]),
    "service_gap": (SERVICES, {"highlight": "1.2"},
                    ["1 dari 3", "76,2", "Setonogedong (65,4)", "Pojok (81,5)", "Kurang terlayani: Setonogedong."]),
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
    "disparity_interval": (
        LIMITS.assign(name=LIMITS["name"].where(LIMITS["name"].isna(), HOSTILE)),
        {"measure": "gini", "subject": HOSTILE},
    ),
    "klassen": (TYPES.assign(name=HOSTILE), {"xlabel": HOSTILE, "highlight": "35.71"}),
    "contributions": (SOURCES.assign(name=HOSTILE), {"subject": HOSTILE}),
    "priority_rates": (RATES.assign(name=HOSTILE), {}),
    "area_spread": (SPREAD.assign(name=HOSTILE), {"highlight": "1.2"}),
    "service_gap": (SERVICES.assign(name=HOSTILE), {"highlight": "1.2"}),
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
