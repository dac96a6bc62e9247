"""What each raw table must look like: columns, kinds, allowed values, keys and references.

The tables below are data; :func:`schema` turns one into a pandera schema, which checks the typed values. What pandera
finds is re-worded by :mod:`.readers`, so that an officer reads a place and a remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

__all__ = ["PILLARS", "STATUSES", "TABLES", "Column", "Table", "schema"]

STATUSES = ("official", "reported", "survey", "estimated", "imputed", "illustrative")  # strongest first
PILLARS = ("GOV", "BRA", "ECO", "LIV", "SOC", "ENV")
REGION_CODE = r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?"
DIMENSIONS = ("baseline", "output", "outcome", "impact", "quick_wins", "collaboration")
LEVELS = ("provinsi", "kabupaten", "kota", "kecamatan", "kelurahan", "desa")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `kind` is text, code, number, year, flag or list (values separated by ``;``).

    `headers` are further accepted headers (Indonesian first); `lower` and `upper` are inclusive bounds in the unit of
    the column; `refers` is ``"table.column"`` whose values every value here must be among.
    """

    name: str
    kind: str = "text"
    headers: tuple[str, ...] = ()
    optional: bool = False  # the column may be absent
    nullable: bool = False  # a cell may be empty
    allowed: tuple[str, ...] = ()
    pattern: str | None = None
    lower: float | None = None
    upper: float | None = None
    refers: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a study folder: its columns, its key, and whether a study may do without it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    required: bool = False

    @property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


def _text(name: str, *headers: str, **rules: Any) -> Column:
    return Column(name, "text", headers, **rules)


def _number(name: str, *headers: str, **rules: Any) -> Column:
    return Column(name, "number", headers, **rules)


def _code(name: str, *headers: str, **rules: Any) -> Column:
    return Column(name, "code", headers, pattern=REGION_CODE, **rules)


STATUS = _text("status", allowed=STATUSES)
SOURCE = _text("source", "sumber")
NOTE = _text("note", "catatan", optional=True, nullable=True)
YEAR = Column("year", "year", ("tahun",), lower=1990, upper=2100)
PILLAR = _text("pillar", "pilar", allowed=PILLARS)
_SCORE = {"lower": 0, "upper": 4}


def _maybe(column: Column, **rules: Any) -> Column:
    from dataclasses import replace

    return replace(column, **rules)


_TABLES = (
    Table(
        "sources",
        (
            _text("path", "berkas"),
            _text("sha256", pattern=r"[0-9a-f]{64}"),
            _text("title", "judul"),
            _text("producer", "produsen"),
            _text("published", "terbit", nullable=True),
            _text("accessed", "diakses", nullable=True),
            _text("licence", "lisensi", nullable=True),
            NOTE,
        ),
        key=("path",),
        required=True,
    ),
    Table(
        "regions",
        (
            _code("code", "kode"),
            _text("bps_code", "kode_bps", optional=True, nullable=True),
            _text("name", "nama"),
            _text("level", "tingkat", allowed=LEVELS),
            _code("parent", "induk", optional=True, nullable=True),
            _text("aliases", "alias", optional=True, nullable=True),
            _number("area_km2", "luas_km2", optional=True, nullable=True, lower=0.001, upper=500_000),
            _number("lat", "lintang", optional=True, nullable=True, lower=-11.5, upper=6.5),
            _number("lon", "bujur", optional=True, nullable=True, lower=94, upper=142),
            _number("population", "penduduk", optional=True, nullable=True, lower=1, upper=300_000_000),
            _maybe(YEAR, name="population_year", headers=("tahun_penduduk",), optional=True, nullable=True),
            STATUS,
            SOURCE,
        ),
        key=("code",),
        required=True,
    ),
    Table(
        "neighbours",
        (
            _code("region_a", "wilayah_a", refers="regions.code"),
            _code("region_b", "wilayah_b", refers="regions.code"),
            STATUS,
            SOURCE,
        ),
        key=("region_a", "region_b"),
    ),
    Table(
        "catalogue",
        (
            _text("code", "kode"),
            _text("pillar", "pilar", optional=True, nullable=True, allowed=PILLARS),
            _text("sub_dimension", "subdimensi", optional=True, nullable=True),
            _text("label_id", "nama_id"),
            _text("label_en", "nama_en"),
            _text("type", "jenis", allowed=("level", "binary", "number", "survey")),
            _text("unit_id", "satuan_id"),
            _text("unit_en", "satuan_en"),
            _text("direction", "arah", nullable=True, allowed=("up", "down")),
            _number("lower", "batas_bawah", optional=True, nullable=True),
            _number("upper", "batas_atas", optional=True, nullable=True),
            _number("target", optional=True, nullable=True),
            _maybe(YEAR, name="target_year", headers=("tahun_target",), optional=True, nullable=True),
            _text("owner_opd", "opd_pengampu", optional=True, nullable=True),
            _text("lowest_region", "wilayah_terendah", nullable=True, allowed=LEVELS),
            STATUS,
            SOURCE,
        ),
        key=("code",),
        required=True,
    ),
    Table(
        "indicators",
        (
            _code("region", "wilayah", refers="regions.code"),
            YEAR,
            _text("indicator", "indikator", refers="catalogue.code"),
            _number("value", "nilai"),
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
            _number("score", "skor", nullable=True, **_SCORE),
            _number("target", nullable=True, **_SCORE),
            _text("target_status", "status_target", nullable=True, allowed=STATUSES),
            _number("rank_national", "peringkat_nasional", optional=True, nullable=True, lower=1, upper=514),
            _number("rank_province", "peringkat_provinsi", optional=True, nullable=True, lower=1, upper=60),
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
            _text("kind", "jenis", allowed=("dimension", "pillar")),
            _text("code", "kode", allowed=DIMENSIONS + PILLARS),
            _number("score", "skor", **_SCORE),
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
            _text("dimension", "dimensi", allowed=DIMENSIONS),
            _text("code", "kode"),
            _text("item", "butir"),
            _number("score", "skor", **_SCORE),
            STATUS,
            SOURCE,
        ),
        key=("year", "code"),
    ),
    Table(
        "peer_scores",
        (
            _text("city", "kota"),
            YEAR,
            _text("cohort", "kohort"),
            *(_number(d, optional=d == "collaboration", nullable=True, **_SCORE) for d in DIMENSIONS),
            _number("score", "skor", **_SCORE),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("city", "year"),
    ),
    Table(
        "opd",
        (
            _text("code", "kode"),
            _text("abbreviation", "singkatan"),
            _text("name", "nama"),
            _text("kind", "jenis"),
            _text("existence", "keberadaan", allowed=("found", "unverified")),
            Column("pillars", "list", ("pilar",), nullable=True, allowed=PILLARS),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "programmes",
        (
            _text("code", "kode"),
            _text("name", "nama"),
            PILLAR,
            _text("sub_dimension", "subdimensi", pattern="(GOV|BRA|ECO|LIV|SOC|ENV)[123]"),
            Column("owner_opd", "list", ("opd_pengampu",), nullable=True, refers="opd.code"),
            _text("owner_status", "status_pengampu", allowed=("found", "inferred", "unverified", "unknown")),
            _text("ict", "tik", nullable=True, allowed=("ict", "non_ict")),
            Column("quick_win_years", "list", ("tahun_quick_win",), nullable=True, pattern=r"\d{4}"),
            _text("period", "periode", nullable=True),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("code",),
    ),
    Table(
        "thematic_villages",
        (_code("region", "wilayah", refers="regions.code"), _text("name", "nama"), STATUS, SOURCE),
        key=("region", "name"),
    ),
    Table(
        "recommendations",
        (
            _text("code", "kode"),
            YEAR,
            Column("number", "number", ("nomor",), lower=1, upper=500),
            _text("text_id", "teks_id"),
            _text("text_en", "teks_en"),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "opportunities_challenges",
        (
            _text("code", "kode"),
            _text("kind", "jenis", allowed=("opportunity", "challenge")),
            _maybe(PILLAR, nullable=True),
            _text("text_id", "teks_id"),
            _text("text_en", "teks_en"),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
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
