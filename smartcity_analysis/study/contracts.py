"""What each raw table must look like: columns, kinds, allowed values, keys and references.

The tables below and in :mod:`.contracts_plan` are data; :func:`schema` turns one into a pandera schema, which checks
the typed values. What pandera finds is re-worded by :mod:`.readers`, so that an officer reads a place and a remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .columns import (
    DIMENSIONS,
    LEVELS,
    NOTE,
    PILLARS,
    SCORE,
    SOURCE,
    STATUS,
    STATUSES,
    YEAR,
    Column,
    Table,
    altered,
    number,
    region_code,
    text,
)  # fmt: skip
from .contracts_plan import PLAN_TABLES

__all__ = ["PILLARS", "STATUSES", "TABLES", "Column", "Table", "schema"]

_TABLES = (
    Table(
        "sources",
        (
            text("path", "berkas"),
            text("sha256", pattern=r"[0-9a-f]{64}"),
            text("title", "judul"),
            text("producer", "produsen"),
            text("published", "terbit", nullable=True),
            text("accessed", "diakses", nullable=True),
            text("licence", "lisensi", nullable=True),
            NOTE,
        ),
        key=("path",),
        required=True,
    ),
    Table(
        "regions",
        (
            region_code("code", "kode"),
            text("bps_code", "kode_bps", optional=True, nullable=True),
            text("name", "nama"),
            text("level", "tingkat", allowed=LEVELS),
            region_code("parent", "induk", optional=True, nullable=True),
            text("aliases", "alias", optional=True, nullable=True),
            number("area_km2", "luas_km2", optional=True, nullable=True, lower=0.001, upper=500_000),
            number("lat", "lintang", optional=True, nullable=True, lower=-11.5, upper=6.5),
            number("lon", "bujur", optional=True, nullable=True, lower=94, upper=142),
            number("population", "penduduk", optional=True, nullable=True, lower=1, upper=300_000_000, whole=True),
            altered(YEAR, name="population_year", headers=("tahun_penduduk",), optional=True, nullable=True),
            STATUS,
            SOURCE,
        ),
        key=("code",),
        required=True,
    ),
    Table(
        "neighbours",
        (
            region_code("region_a", "wilayah_a", refers="regions.code"),
            region_code("region_b", "wilayah_b", refers="regions.code"),
            STATUS,
            SOURCE,
        ),
        key=("region_a", "region_b"),
    ),
    Table(
        "catalogue",
        (
            text("code", "kode"),
            text("pillar", "pilar", optional=True, nullable=True, allowed=PILLARS),
            text("sub_dimension", "subdimensi", optional=True, nullable=True),
            text("label_id", "nama_id"),
            text("label_en", "nama_en"),
            text("type", "jenis", allowed=("level", "binary", "number", "survey")),
            text("unit_id", "satuan_id"),
            text("unit_en", "satuan_en"),
            text("direction", "arah", nullable=True, allowed=("up", "down")),
            number("lower", "batas_bawah", optional=True, nullable=True),
            number("upper", "batas_atas", optional=True, nullable=True),
            number("target", optional=True, nullable=True),
            altered(YEAR, name="target_year", headers=("tahun_target",), optional=True, nullable=True),
            text("owner_opd", "opd_pengampu", optional=True, nullable=True),
            text("lowest_region", "wilayah_terendah", nullable=True, allowed=LEVELS),
            STATUS,
            SOURCE,
        ),
        key=("code",),
        required=True,
    ),
    Table(
        "indicators",
        (
            region_code("region", "wilayah", refers="regions.code"),
            YEAR,
            text("indicator", "indikator", refers="catalogue.code"),
            number("value", "nilai"),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("region", "year", "indicator"),
        required=True,
    ),
    Table(
        "scores",
        (
            YEAR,
            number("score", "skor", nullable=True, **SCORE),
            number("target", nullable=True, **SCORE),
            text("target_status", "status_target", nullable=True, allowed=STATUSES),
            number("rank_national", "peringkat_nasional", optional=True, nullable=True, lower=1, upper=514, whole=True),
            number("rank_province", "peringkat_provinsi", optional=True, nullable=True, lower=1, upper=60, whole=True),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("year",),
    ),
    Table(
        "score_components",
        (
            YEAR,
            text("kind", "jenis", allowed=("dimension", "pillar")),
            text("code", "kode", allowed=DIMENSIONS + PILLARS),
            number("score", "skor", **SCORE),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("year", "kind", "code"),
    ),
    Table(
        "score_items",
        (
            YEAR,
            text("dimension", "dimensi", allowed=DIMENSIONS),
            text("code", "kode"),
            text("item", "butir"),
            number("score", "skor", **SCORE),
            STATUS,
            SOURCE,
        ),
        key=("year", "code"),
    ),
    Table(
        "peer_scores",
        (
            text("city", "kota"),
            YEAR,
            text("cohort", "kohort"),
            *(number(d, optional=d == "collaboration", nullable=True, **SCORE) for d in DIMENSIONS),
            number("score", "skor", **SCORE),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("city", "year"),
    ),
    *PLAN_TABLES,
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})


def schema(table: Table) -> Any:
    """Return the pandera schema that checks the typed values of `table`.

    Text columns hold ``str``, number and year columns ``float64`` (empty: NaN).
    """
    import pandera.pandas as pa

    columns = {}
    for column in table.columns:
        checks = []
        if column.kind in ("text", "code"):
            if column.allowed:
                checks.append(pa.Check.isin(column.allowed, error="allowed"))
            if column.pattern:
                checks.append(pa.Check.str_matches(f"^(?:{column.pattern})$", error="pattern"))
        if column.lower is not None or column.upper is not None:
            low = -float("inf") if column.lower is None else column.lower
            high = float("inf") if column.upper is None else column.upper
            checks.append(pa.Check.in_range(low, high, error="range"))
        columns[column.name] = pa.Column(
            checks=checks, nullable=column.nullable, required=not column.optional, name=column.name
        )
    return pa.DataFrameSchema(columns, name=table.name)
