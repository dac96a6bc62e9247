"""The borders of the regions: ``regions.geojson``, read into polygons by code and held against the regions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..disk import read_text
from ..errors import Breach, DataError, nearest
from .contracts import TABLES
from .loaded import Study

__all__ = ["BORDERS_FILE", "Borders", "Polygon", "border_breaches", "load_borders"]

BORDERS_FILE = "regions.geojson"
Polygon: TypeAlias = tuple[NDArray[np.float64], ...]
_REGIONS = TABLES["regions"].by_name
_CODE = ("code", *_REGIONS["code"].headers)


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Polygons by region code, in degrees.

    Attributes
    ----------
    polygons : mapping
        By code, in order: the polygons of a region, each a tuple of closed rings `(place, 2)` of longitude and
        latitude; the first ring is the border, the others are holes.
    """

    polygons: Mapping[str, tuple[Polygon, ...]]

    @property
    def geometries(self) -> dict[str, dict[str, Any]]:
        """A GeoJSON geometry for each region, by code."""
        return {
            code: {"type": "MultiPolygon", "coordinates": [[ring.tolist() for ring in polygon] for polygon in parts]}
            for code, parts in self.polygons.items()
        }

    @property
    def geojson(self) -> dict[str, Any]:
        """A FeatureCollection with one feature a region, its property ``code`` the region's."""
        features = [
            {"type": "Feature", "properties": {"code": code}, "geometry": geometry}
            for code, geometry in self.geometries.items()
        ]
        return {"type": "FeatureCollection", "features": features}


def load_borders(study: Study, level: str | tuple[str, ...] | None = None) -> Borders | None:
    """Return the borders of a study's regions, or None where they are not known.

    Parameters
    ----------
    study : Study
    level : str or tuple of str, optional
        Only the regions of these levels, such as ``kelurahan``.

    Returns
    -------
    Borders or None
        None when the study has no ``regions.geojson``, or none of that level stands in it.

    Raises
    ------
    DataError
        When the file was broken since the study was read.
    """
    path, regions = study.folder / BORDERS_FILE, study.table("regions")
    if not path.is_file():
        return None
    found, breaches = _read(path, regions)
    if breaches:
        raise DataError(breaches)
    levels = set(regions["level"] if level is None else [level] if isinstance(level, str) else level)
    wanted = regions.loc[regions["level"].isin(levels), "code"]
    chosen = {code: found[code] for code in sorted(wanted) if code in found}
    return Borders(MappingProxyType(chosen)) if chosen else None


def border_breaches(folder: Path, regions: pd.DataFrame) -> list[Breach]:
    """Return all that is wrong with the borders of a study folder; nothing where it has none."""
    path = folder / BORDERS_FILE
    if not path.is_file():
        return []
    try:
        return _read(path, regions)[1]
    except DataError as error:  # not UTF-8
        return list(error.breaches)


def _read(path: Path, regions: pd.DataFrame) -> tuple[dict[str, tuple[Polygon, ...]], list[Breach]]:
    """Return polygons by code, and every breach; regions are held against the polygons only when these are sound."""
    levels = dict(zip(regions["code"], regions["level"], strict=True))
    found: dict[str, tuple[Polygon, ...]] = {}
    breaches: list[Breach] = []
    for number, feature in _features(path.name, read_text(path), breaches):
        code, faults = _code(feature, path.name, number, levels)
        polygons, lost = _polygons(feature, path.name, f"{code or ''} (feature {number})".strip())
        breaches += [*faults, *lost]
        if code is not None and not faults and not lost:
            found[code] = found.get(code, ()) + polygons
    if breaches:
        return found, breaches
    drawn = {levels[code] for code in found}
    missing = [(code, level) for code, level in levels.items() if level in drawn and code not in found]
    return found, [Breach("border_missing", file=path.name, found=c, facts={"level": level}) for c, level in missing]


def _features(file: str, text: str, breaches: list[Breach]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the features with their numbers from 1; what is no collection of features becomes a breach."""
    try:
        raw = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        breaches.append(Breach("json_deep", file=file, found="[[[["))
        return
    except json.JSONDecodeError as error:
        breaches.append(Breach("json_unreadable", file=file, row=error.lineno, found=error.msg))
        return
    except ValueError as error:  # a key twice, or a number of thousands of digits
        breaches.append(Breach("json_unreadable", file=file, found=str(error)))
        return
    kind = raw.get("type") if isinstance(raw, dict) else type(raw).__name__
    features = raw.get("features") if isinstance(raw, dict) else None
    if kind != "FeatureCollection" or not isinstance(features, list) or not features:
        breaches.append(Breach("border_collection", file=file, found=kind))
        return
    for number, feature in enumerate(features, start=1):
        if isinstance(feature, dict):
            yield number, feature
        else:
            breaches.append(Breach("border_polygon", file=file, found=f"{feature!r} (feature {number})"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of `pairs`; a second one of a name would take the place of the first."""
    known: dict[str, Any] = {}
    for name, value in pairs:
        if name in known:
            raise ValueError(f"2 x {name}")
        known[name] = value
    return known


def _code(
    feature: Mapping[str, Any], file: str, number: int, levels: Mapping[str, str]
) -> tuple[str | None, list[Breach]]:
    """Return the region code of a feature, and what is wrong with it."""
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    name = next((name for name in _CODE if name in properties), None)
    if name is None:
        known = ", ".join(map(str, properties)) or None
        return None, [Breach("border_no_code", file=file, found=f"{known or '-'} (feature {number})")]
    code = properties[name]
    if not isinstance(code, str):
        return None, [Breach("code_as_number", file=file, column=name, found=f"{code!r} (feature {number})")]
    code = code.strip()
    if code in levels:
        return code, []
    facts = {"table": "regions", "hint": nearest(code, levels) or ""}
    return code, [Breach("unknown_reference", file=file, column=name, found=f"{code} (feature {number})", facts=facts)]


def _polygons(feature: Mapping[str, Any], file: str, found: str) -> tuple[tuple[Polygon, ...], list[Breach]]:
    """Return the polygons of a feature, and what is wrong with them."""
    geometry = feature.get("geometry")
    geometry = geometry if isinstance(geometry, dict) else {}
    kind = geometry.get("type")
    parts: Any = geometry.get("coordinates")
    try:
        if kind not in ("Polygon", "MultiPolygon"):
            raise ValueError(kind)
        polygons = tuple(tuple(map(_ring, rings)) for rings in ([parts] if kind == "Polygon" else parts))
        if not polygons or not all(polygons):
            raise ValueError("no rings")
    except (TypeError, ValueError, OverflowError, KeyError, IndexError):
        return (), [Breach("border_polygon", file=file, found=f"{kind}: {found}")]
    for axis, name in enumerate(("lon", "lat")):
        lower, upper = (float(limit or 0) for limit in (_REGIONS[name].lower, _REGIONS[name].upper))
        every = np.concatenate([ring[:, axis] for polygon in polygons for ring in polygon])
        outside = every[(every < lower) | (every > upper)]
        if outside.size:
            facts = {"lower": lower, "upper": upper}
            said = f"{outside[0]:.10g}: {found}"
            return (), [Breach("border_degrees", file=file, column=name, found=said, facts=facts)]
    return polygons, []


def _ring(places: Any) -> NDArray[np.float64]:
    """Return a closed ring `(place, 2)`; heights are left out."""
    flat = [place[:2] for place in places]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for place in flat for value in place):
        raise ValueError("no numbers")
    ring = np.array(flat, dtype=np.float64)
    if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 4 or not np.isfinite(ring).all():
        raise ValueError("no ring")
    if not np.array_equal(ring[0], ring[-1]):
        raise ValueError("an open ring")
    return ring
