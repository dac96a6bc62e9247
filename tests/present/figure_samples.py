"""Small results for the figures of robustness and for the maps, and the same with hostile words in them."""

import pandas as pd

from smartcity_analysis.study.spec import Masterplan

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

# Scores of Kota Kediri as reported, and its dimensions of 2022 (letter B-1003/DJAI/AI.01.04/12/2022).
SCORED = pd.DataFrame({"year": [2020, 2021, 2022, 2023, 2024], "score": [2.87, 3.06, 3.31, 3.197, NAN]})
CHANCES = pd.DataFrame(
    {
        "label": ["langkah serupa", "tanpa kecenderungan", "langkah setara"],
        "steps": [3, 3, 3],
        "target_year": 2024,
        "target": 3.6,
        "forecast": [3.306, 3.197, NAN],
        "lower_limit": [2.65, 2.744, NAN],
        "upper_limit": [3.962, 3.65, NAN],
        "level": 0.9,
        "probability": [0.16, 0.064, 0.25],
    }
)
RISES = pd.DataFrame(
    {
        "label": ["poin paling sedikit"] * 3 + ["dimensi paling sedikit"] * 3 + ["tersebar"] * 3,
        "name": ["Outcome", "Impact", "Baseline"] * 3,
        "weight": [0.5, 0.3, 0.2] * 3,
        "present": [3.23, 3.07, 3.6] * 3,
        "gain": [0.77, 0.0, 0.0, 0.77, 0.0, 0.0, 0.4, 0.3, 0.2],
        "needed": [4.0, 3.07, 3.6, 4.0, 3.07, 3.6, 3.63, 3.37, 3.8],
    }
)

OPDS = pd.DataFrame(
    {
        "name": ["Dinas Kesehatan", "belum ada pengampu"],
        "abbreviation": ["Dinkes", None],
        "programmes": [4, 1],
        "GOV": [0, 1],
        "LIV": [4, 0],
    }
)
HEADS = pd.Series({"GOV": "Smart Governance", "LIV": "Smart Living", "smart_city": "Smart City"})
ICT = pd.DataFrame(
    {
        "name": ["Smart Governance", "Smart Society", "Smart City"],
        "programmes": [14, 6, 20],
        "ict": [13, 2, 15],
        "ict_unknown": [0, 1, 1],
        "lower": [13 / 14, 2 / 6, 0.75],
        "upper": [13 / 14, 0.5, 0.8],
    }
)
PHYSICAL = pd.DataFrame(
    {
        "name": ["Bank sampah", "e-Suket", "SAKTI", "Pecut", "Tilang"],
        "year": 2024,
        "physical_plan_pct": [80.0, 82.0, 60.0, NAN, 100.0],
        "physical_pct": [71.5, 83.8, 58.0, NAN, 100.0],
        "deviation": [-8.5, 1.8, -2.0, NAN, 0.0],
        "progress_class": ["critical", "as_planned", "late", "no_report", "not_due"],
    }
)
FAILURES = pd.DataFrame(
    {"name": ["jaringan kota", "PDN"], "programmes": [16, 2], "people": [35466.0, NAN], "GOV": [9, 2], "LIV": [7, 0]}
)

RESPONSE = pd.DataFrame(
    {
        "name": ["Diskominfo", "Bappeda", "Bag. Hukum"],
        "forms": [2, 1, 0],
        "share": [0.98, 0.9, 0.0],
        "commitment": [1.0, 0.5, 0.0],
        "maturity": [0.9, NAN, 0.0],
        "status": "survey",
    }
)
QUADRANTS = pd.DataFrame(
    {
        "label": ["Layanan Publik", "Ekosistem Industri", "Prasarana Kesehatan"],
        "pillar": ["GOV", "ECO", "LIV"],
        "pillar_label": ["Smart Governance", "Smart Economy", "Smart Living"],
        "importance": [4.6, 3.9, 4.4],
        "performance": [3.1, 3.4, 4.0],
        "quadrant": ["concentrate", "low_priority", "keep_up"],
        "cut_importance": 4.3,
        "cut_performance": 3.5,
    }
)
HINDRANCES = pd.DataFrame(
    {
        "label": ["anggaran", "data"],
        "severity": [4.2, 3.1],
        "lower_limit": [3.9, 2.8],
        "upper_limit": [4.5, 3.4],
        "share": [0.63, NAN],
        "share_lower": [0.47, NAN],
        "share_upper": [0.77, NAN],
    }
)
OWN = pd.DataFrame(
    {
        "label": ["Smart Governance", "Smart Environment"],
        "self_score": [3.2, NAN],
        "verified": [2.6, NAN],
        "difference": [-0.6, NAN],
    }
)

STANDING = pd.DataFrame(
    {
        "measure": ["programmes_owned"] * 3 + ["owner_stated_share"] * 3 + ["gaps_per_programme"] * 3,
        "label": ["Program"] * 3 + ["Pengampu disebut"] * 3 + ["Perlu dilengkapi"] * 3,
        "value": [1.0, 1.0, 9.0, 0.0, 0.0, 1 / 3, 1.0, 1.0, 2.5],
        "own": [False, False, True, False, False, True, True, False, False],
    }
)

ROADMAP = pd.DataFrame(
    {
        "lane": ["target", "target", "programme", "programme", "programme", "programme", "action", "action", "action"],
        "code": ["2022", "2023", "P01", "P02", "P03", "P04", "R-1", "R-2", "R-3"],
        "pillar_label": [None, None, "Governance", "Governance", "Economy", "Economy", None, None, None],
        "first": [2022, 2023, 2019, 2021, 2020, None, 2024, 2024, 2024],
        "last": [2022, 2023, 2024, 2021, 2020, None, 2025, 2025, 2034],
        "first_known": [True, True, True, False, True, False, True, True, True],
        "last_known": [True, True, True, False, False, False, True, True, True],
        "value": [3.4, 3.45, NAN, NAN, NAN, NAN, NAN, NAN, NAN],
        "horizon": [None, None, None, None, None, None, "short", "short", "long"],
        "number": [None, None, None, None, None, None, 1, 2, 3],
        "status": ["reported", "estimated", *["reported"] * 7],
    }
).astype(dict.fromkeys(("first", "last", "number"), "Int64"))
YEARS = {"year": 2024, "period": Masterplan(title="Masterplan", first_year=2020, last_year=2029)}

OWN_SCORES = pd.DataFrame(
    {
        "name": ["Indeks kelurahan", "Smart Living"],
        "score": [53.1, 42.6],
        "mean": [50.0, 54.9],
        "lowest": [38.6, 39.8],
        "highest": [77.0, 73.7],
        "rank": [12, 45],
        "rank_lower": [8, 45],
        "rank_upper": [30, 45],
        "regions": 46,
        "verdict": ["not_clear", "weakness"],
        "year": 2024,
    }
)
OWN_YEARS = pd.DataFrame({"year": [2020, 2024], "score": [31.6, 43.1], "mean": [38.7, 53.2]})

# name: result, options, numbers that the words must hold, as Indonesian writes them
MORE_SAMPLES = {
    "profile_scores": (OWN_SCORES, {"place": "Kelurahan Pojok"},
                       ["Kelurahan Pojok menurut komponen, 2024", "53,1, rata-rata 50,0, ke-12 dari 46",
                        "ke-45 dari 46."]),
    "profile_years": (OWN_YEARS, {"place": "Kelurahan Pojok", "mean": "rata-rata kelurahan"},
                      ["+11,5 poin sejak 2020", "+14,5 poin", "2020–2024", "dari 38,7 menjadi 53,2"]),
    "agency_standing": (STANDING, {"own_name": "Diskominfo"},
                        ["3 OPD", "Diskominfo 9; median", "33 persen", "terendah 1,0, tertinggi 2,5"]),
    "roadmap": (ROADMAP, YEARS,
                ["2020–2029", "3,40 (2022)", "2 jangka pendek", "4 program (Governance 2; Economy 2), 1 periodenya"]),
    "survey_response": (RESPONSE, {}, ["2 dari 3 OPD", "Komitmen 75 persen", "Kematangan 90 persen", "Bag. Hukum"]),
    "importance_performance": (QUADRANTS, {}, ["4,30", "3,50", "utama: Layanan Publik", "rata-rata: Layanan"]),
    "obstacles": (HINDRANCES, {}, ["anggaran (4,2", "anggaran 4,2 (3,9–4,5), disebut 63 persen", "data 3,1"]),
    "self_verified": (OWN, {}, ["Smart Governance (\u22120,60)", "3,20 dan 2,60"]),
    "opd_portfolio": (OPDS, {"pillars": HEADS}, ["Dinas Kesehatan (4)", "2 pengampu", "belum ada pengampu 1"]),
    "ict_dependence": (ICT, {},
                       ["Smart Governance (93 persen)", "13 dari 14", "33–50 persen", "75,0 persen sampai 80,0"]),
    "physical_progress": (PHYSICAL, {},
                          ["2024", "1 program kritis", "1 terlambat", "sampah (\u22128,5 poin)", "melapor: Pecut."]),
    "platform_failure": (FAILURES, {"pillars": HEADS}, ["16 program ikut berhenti", "35.466 orang", "PDN: 2 program"]),
    "outlook": (CHANCES, {"trend": SCORED},
                ["3,600 pada 2024", "6 persen sampai paling tinggi 25 persen", "2,65 sampai 3,96", "3,197 pada 2023"]),
    "effort_plan": (RISES, {"target": 3.6},
                    ["3,600", "Outcome 50 persen", "dari 3,23 ke 4,00", "seluruhnya 0,90 poin",
                     "Poin paling sedikit dan dimensi paling sedikit"]),
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
    "profile_scores": (OWN_SCORES.assign(name=HOSTILE), {"place": HOSTILE}),
    "profile_years": (OWN_YEARS, {"place": HOSTILE, "mean": HOSTILE}),
    "agency_standing": (STANDING.assign(label=HOSTILE), {"own_name": HOSTILE}),
    "roadmap": (
        ROADMAP.assign(pillar_label=ROADMAP["pillar_label"].where(ROADMAP["pillar_label"].isna(), HOSTILE)),
        YEARS,
    ),
    "survey_response": (RESPONSE.assign(name=HOSTILE), {}),
    "importance_performance": (QUADRANTS.assign(label=HOSTILE, pillar_label=HOSTILE), {}),
    "obstacles": (HINDRANCES.assign(label=HOSTILE), {}),
    "self_verified": (OWN.assign(label=HOSTILE), {}),
    "opd_portfolio": (OPDS.assign(name=HOSTILE, abbreviation=None), {"pillars": HEADS}),
    "ict_dependence": (ICT.assign(name=HOSTILE), {}),
    "physical_progress": (PHYSICAL.assign(name=HOSTILE), {}),
    "platform_failure": (FAILURES.assign(name=HOSTILE), {"pillars": HEADS}),
    "outlook": (CHANCES.assign(label=HOSTILE), {"trend": SCORED}),
    "effort_plan": (RISES.assign(name=HOSTILE), {"target": 3.6}),
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
