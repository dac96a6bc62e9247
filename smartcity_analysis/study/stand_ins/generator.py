"""The seeded generator of stand-ins: an illustrative panel for what nobody has published by kelurahan.

Nothing it writes is a finding. It gives the tables the shape that real ones will have, so that the review can be tried
before the city supplies its figures, and its seed gives the same tables again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...disk import read_packaged, sha256, write_whole
from ...errors import Breach, DataError
from ..folder import SOURCES_FILE
from ..illustrative import FOLDER
from ..loaded import Study
from ..plain_csv import as_csv
from .programmes import programme_stand_ins
from .seeded import normal as _normal
from .survey import survey_stand_ins

__all__ = ["make_stand_ins", "write_stand_ins"]

Array = NDArray[np.float64]
_SOURCE = "ilustrasi"


def make_stand_ins(study: Study) -> dict[str, pd.DataFrame]:
    """Return the stand-ins of `study` by table, every row illustrative: indicators, programmes and the OPD survey.

    A value follows the density of the real region (polling stations a km2), what sets the region apart, the year and
    chance; the numbers that shape it stand in ``study/stand_ins/recipe.yaml``. The draws of one indicator or programme
    do not depend on the others.

    Parameters
    ----------
    study : Study
        The checked study.

    Raises
    ------
    DataError
        When the study has no regions of the level, or no density, that the stand-ins are shaped by.
    """
    import yaml

    told: Mapping[str, Any] = yaml.safe_load(read_packaged("study/stand_ins/recipe.yaml"))
    regions = study.table("regions").set_index("code")
    codes = sorted(regions.index[regions["level"] == told["level"]])
    rows = study.table("indicators")
    stations = rows[rows["indicator"] == told["density"]].set_index("region")["value"].reindex(codes)
    area = regions["area_km2"].astype(float).reindex(codes)
    if not codes or stations.isna().any() or area.isna().any():
        raise DataError([Breach("empty_table", file=f"{study.name}/indicators.csv", found=told["density"])])
    density = np.log((stations / area).to_numpy())
    urban = (density - density.mean()) / density.std()
    return {
        "catalogue": _catalogue(study, list(told["indicators"])),
        "indicators": _indicators(told, codes, urban, study.spec.seed),
        "programme_coverage": _coverage(told, codes, urban, stations.to_numpy(), study.spec.seed),
        **programme_stand_ins(study),
        **survey_stand_ins(study),
    }


def write_stand_ins(study: Study) -> list[str]:
    """Write the stand-ins of `study` into ``illustrative/``, record them in SOURCES.csv, and return the files.

    Parameters
    ----------
    study : Study
        The checked study.

    Returns
    -------
    list of str
    """
    sources = study.table("sources")
    written = []
    for name, table in make_stand_ins(study).items():
        path, text = f"{FOLDER}/{name}.csv", as_csv(table)
        write_whole(study.folder / path, text)
        row = {
            "path": path,
            "sha256": sha256(text.encode()),
            "title": "Ilustrasi, bukan data: dibangkitkan dengan benih dari study.yaml",
            "producer": "dibangkitkan sendiri",
            "published": "2026",
            "note": "smartcity illustrate",
        }
        if path not in set(sources["path"]):
            sources.loc[len(sources), "path"] = path
        sources.loc[sources["path"] == path, list(row)] = list(row.values())
        written.append(path)
    write_whole(study.folder / SOURCES_FILE, as_csv(sources))
    return written


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _indicators(told: Mapping[str, Any], codes: Sequence[str], urban: Array, seed: int) -> pd.DataFrame:
    years = np.array(told["years"])
    tables = []
    for name, shape in told["indicators"].items():
        span = shape["upper"] - shape["lower"]
        lasting, passing = np.split(_normal(seed, name, (len(codes), len(years) + 1)), [1], axis=1)
        x = _logit((shape["typical"] - shape["lower"]) / span) + shape["urban"] * urban[:, None]
        x = x + shape["spread"] * lasting + shape["trend"] * (years - years[0]) + 0.12 * passing
        values = np.round(shape["lower"] + span * _expit(x), shape["digits"])
        tables.append(_long(codes, years).assign(indicator=name, value=values.ravel()))
    table = pd.concat(tables, ignore_index=True)
    return table[["region", "year", "indicator", "value"]].assign(status=FOLDER, source=_SOURCE)


def _coverage(told: Mapping[str, Any], codes: Sequence[str], urban: Array, stations: Array, seed: int) -> pd.DataFrame:
    tables = []
    for name, shape in told["programmes"].items():
        years = np.array([y for y in told["years"] if y >= shape.get("first_year", y)])
        lasting, passing, plan = np.split(
            _normal(seed, name, (len(codes), 2 * len(years) + 1)), [1, len(years) + 1], axis=1
        )
        growth = shape["growth"] ** (years - years[0])
        planned = np.round(shape["reach"] * stations[:, None] * growth * np.exp(0.1 * plan))
        x = _logit(shape["realised"]) + shape["urban"] * urban[:, None] + shape["spread"] * lasting + 0.25 * passing
        realised = np.round(planned * _expit(x))
        amounts = {"planned_people": planned.ravel().astype(int), "realised_people": realised.ravel().astype(int)}
        tables.append(_long(codes, years).assign(programme=name, **amounts))
    table = pd.concat(tables, ignore_index=True)
    columns = ["programme", "region", "year", "planned_people", "realised_people"]
    return table[columns].assign(status=FOLDER, source=_SOURCE)


def _long(codes: Sequence[str], years: NDArray[np.int64]) -> pd.DataFrame:
    return pd.DataFrame({"region": np.repeat(codes, len(years)), "year": np.tile(years, len(codes))})


def _catalogue(study: Study, codes: Sequence[str]) -> pd.DataFrame:
    """Return the catalogue rows of the framework's leaves `codes`."""
    framework = study.framework
    rows = []
    for code in codes:
        node, leaf = framework.node(code), framework.node(code).leaf
        assert leaf is not None  # the recipe names leaves only
        parent = framework.parents[code]
        rows.append(
            {
                "code": code,
                "pillar": framework.parents[parent],
                "sub_dimension": parent,
                "label_id": node.label["id"],
                "label_en": node.label["en"],
                "type": leaf.type,
                "unit_id": leaf.unit["id"],
                "unit_en": leaf.unit["en"],
                "direction": "up" if leaf.direction > 0 else "down",
                "lowest_region": "kelurahan",
                "status": FOLDER,
                "source": leaf.source,
            }
        )
    return pd.DataFrame(rows)
