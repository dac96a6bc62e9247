"""A pair iData and iMeta as other tools make them: two sub-indices, eight pillars, sixteen indicators; all invented."""

import pandas as pd

from smartcity_analysis.study import Framework, Leaf, Node

# pillar: (sub-index, weight, indicators as (code, direction, weight)); the numbers are plain inventions
PILLARS = {
    "Phys": ("Conn", 2.0, [("Goods", 1, 3.0), ("Delay", -1, 1.0)]),
    "Ener": ("Conn", 1.0, [("Grid", 1, 1.0), ("Loss", -1, 1.0)]),
    "Inst": ("Conn", 1.0, [("Trust", 1, 2.0), ("Wait", -1, 0.5)]),
    "Peop": ("Conn", 0.5, [("Study", 1, 1.0), ("Visit", 1, 1.0)]),
    "Digi": ("Conn", 0.5, [("Fibre", 1, 1.0), ("Outage", -1, 4.0)]),
    "Envi": ("Sust", 1.0, [("Forest", 1, 1.0), ("Carbon", -1, 2.0)]),
    "Soci": ("Sust", 3.0, [("School", 1, 1.0), ("Poor", -1, 1.0)]),
    "Fina": ("Sust", 1.0, [("Debt", -1, 1.0), ("Growth", 1, 1.0)]),
}
SUB_INDICES = {"Conn": ("Connectivity", 1.0), "Sust": ("Sustainability", 2.0)}
COLUMNS = ["iCode", "iName", "Level", "Parent", "Direction", "Weight", "Type", "Unit", "Target", "Denominator"]
LEAVES = [(pillar, *leaf) for pillar, (_, _, leaves) in PILLARS.items() for leaf in leaves]


def imeta():
    rows = [
        [code, f"{code} measured", 1, pillar, direction, weight, "Indicator", f"{code} unit", None, None]
        for pillar, code, direction, weight in LEAVES
    ]
    rows[0][8:] = [80.0, "Pop"]
    rows += [
        [code, f"Pillar {code}", 2, parent, 1, weight, "Aggregate", None, None, None]
        for code, (parent, weight, _) in PILLARS.items()
    ]
    rows += [[c, name, 3, "Index", 1, w, "Aggregate", None, None, None] for c, (name, w) in SUB_INDICES.items()]
    rows += [["Index", "Synthetic index", 4, None, 1, 1.0, "Aggregate", None, None, None]]
    rows += [
        ["Pop", "People", None, None, None, None, "Denominator", "persons", None, None],
        ["Block", "Block of places", None, None, None, None, "Group", None, None, None],
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def idata(years=()):
    places, codes = ["NA", "P2", "P3", "P4", "P5", "P6"], [leaf[1] for leaf in LEAVES]
    rows = []
    for year in years or (None,):
        for at, place in enumerate(places):
            own = [(7 * (at + 2) * (n + 3) + (year or 0)) % 23 + n / 4 for n in range(len(codes))]
            time = [] if year is None else [year]
            rows.append([place, f"Place {at}", *time, "east" if at % 2 else "west", 100.0 * (at + 1), *own])
    head = ["uCode", "uName", *(["Time"] if years else []), "Block", "Pop"]
    return pd.DataFrame(rows, columns=[*head, *codes])


def by_hand():
    """The same tree as the library builds it, its weights in per cent as the shipped frameworks give them."""

    def parts(nodes):
        total = sum(weight for _, weight in nodes)
        return tuple(Node(**spec, weight=100 * weight / total) for spec, weight in nodes)

    def leaf(code, direction):
        return {"code": code, "label": {"id": code, "en": code}, "leaf": Leaf(direction=direction)}

    def node(code, children):
        return {"code": code, "label": {"id": code, "en": code}, "children": children}

    pillars = {
        code: node(code, parts([(leaf(c, d), w) for c, d, w in leaves])) for code, (_, _, leaves) in PILLARS.items()
    }
    subs = [
        (node(sub, parts([(pillars[c], w) for c, (parent, w, _) in PILLARS.items() if parent == sub])), weight)
        for sub, (_, weight) in SUB_INDICES.items()
    ]
    return Framework("by hand", {}, Node(**node("Index", parts(subs))))
