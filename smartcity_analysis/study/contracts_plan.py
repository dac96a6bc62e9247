"""The contracts of plan, delivery and judgement: OPDs, programmes, survey, recommendations, feedback, corrections."""

from __future__ import annotations

from typing import Any

from .columns import (
    NOTE,
    PILLAR,
    PILLARS,
    SOURCE,
    STATUS,
    YEAR,
    Column,
    Table,
    altered,
    number,
    region_code,
    text,
)  # fmt: skip

__all__ = ["PARTNERS", "PLAN_TABLES", "RESPONDENT", "ROLES", "SECTIONS"]

PARTNERS = ("government", "academia", "business", "community", "media")  # the pentahelix
SECTIONS = (
    "commitment",
    "collaboration",
    "technology",
    "importance",
    "performance",
    "maturity",
    "obstacle",
    "proposal",
)
ROLES = ("head", "secretary", "division_head", "planner", "it_officer", "staff")  # of who answers for an OPD
RESPONDENT = r"R[0-9]{2,4}"  # a code, never a name
DECISIONS = ("open", "accepted", "declined", "conflict", "noted", "replaced")  # on a remark of an OPD
SUB_DIMENSION = "(GOV|BRA|ECO|LIV|SOC|ENV)[123]"
_HEADERS = {"programmes": "program", "opd": "perangkat_daerah", "recommendations": "rekomendasi"}


def _code_of(name: str, table: str, **rules: Any) -> Column:
    """Return a column of codes of `table`."""
    return text(name, _HEADERS[table], refers=f"{table}.code", **rules)


PLAN_TABLES = (
    Table(
        "opd",
        (
            text("code", "kode", pattern="[a-z0-9_]{1,40}"),
            text("abbreviation", "singkatan"),
            text("name", "nama"),
            text("kind", "jenis"),
            text("existence", "keberadaan", allowed=("found", "unverified")),
            Column("pillars", "list", ("pilar",), nullable=True, allowed=PILLARS),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "programmes",
        (
            text("code", "kode"),
            text("name", "nama"),
            PILLAR,
            text("sub_dimension", "subdimensi", pattern=SUB_DIMENSION),
            Column("owner_opd", "list", ("opd_pengampu",), nullable=True, refers="opd.code"),
            text("owner_status", "status_pengampu", allowed=("found", "inferred", "unverified", "unknown")),
            text("ict", "tik", nullable=True, allowed=("ict", "non_ict")),
            Column("quick_win_years", "list", ("tahun_quick_win",), nullable=True, pattern=r"\d{4}"),
            text("period", "periode", nullable=True),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("code",),
    ),
    Table(
        "programme_coverage",
        (
            text("programme", "program", refers="programmes.code"),
            region_code("region", "wilayah", refers="regions.code"),
            YEAR,
            number("planned_people", "rencana_jiwa", lower=0, upper=10_000_000, whole=True),
            number("realised_people", "realisasi_jiwa", lower=0, upper=10_000_000, whole=True),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("programme", "region", "year"),
    ),
    Table(
        "programme_pillars",
        (_code_of("programme", "programmes"), PILLAR, STATUS, SOURCE, NOTE),
        key=("programme", "pillar"),
    ),
    Table(
        "programme_details",
        (
            _code_of("programme", "programmes"),
            text("horizon", "jangka", nullable=True, allowed=("short", "medium", "long")),
            Column("partners", "list", ("mitra",), nullable=True, allowed=PARTNERS),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("programme",),
    ),
    Table(
        "programme_platforms",
        (_code_of("programme", "programmes"), text("platform", "platform_tik"), STATUS, SOURCE, NOTE),
        key=("programme", "platform"),
    ),
    Table(
        "programme_progress",
        (
            _code_of("programme", "programmes"),
            YEAR,
            text("state", "keadaan", allowed=("planned", "running", "finished", "stopped")),
            number("physical_plan_pct", "rencana_fisik_persen", nullable=True, lower=0, upper=100),
            number("physical_pct", "fisik_persen", nullable=True, lower=0, upper=100),
            number("budget_idr_million", "anggaran_juta_rupiah", nullable=True, lower=0, upper=10_000_000),
            number("spent_idr_million", "realisasi_juta_rupiah", nullable=True, lower=0, upper=10_000_000),
            text("evidence", "bukti", optional=True, nullable=True),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("programme", "year"),
    ),
    Table(
        "programme_targets",
        (
            _code_of("programme", "programmes"),
            YEAR,
            text("measure_id", "ukuran_id"),
            text("measure_en", "ukuran_en"),
            text("unit_id", "satuan_id"),
            text("unit_en", "satuan_en"),
            text("direction", "arah", allowed=("up", "down")),
            text("formula", "rumus", allowed=("ratio", "inverse", "mirrored")),
            number("target"),
            number("realised", "realisasi", nullable=True),
            STATUS,
            SOURCE,
            NOTE,
        ),
        key=("programme", "year", "measure_id"),
    ),
    Table(
        "survey_questions",
        (
            text("code", "kode"),
            text("section", "bagian", allowed=SECTIONS),
            text("kind", "jenis", allowed=("scale", "choice", "choices", "number", "text")),
            altered(PILLAR, nullable=True),
            text("sub_dimension", "subdimensi", optional=True, nullable=True, pattern=SUB_DIMENSION),
            text("text_id", "teks_id"),
            text("text_en", "teks_en"),
            number("lower", "batas_bawah", nullable=True),
            number("upper", "batas_atas", nullable=True),
            Column("options", "list", ("pilihan",), optional=True, nullable=True),
            Column("options_id", "list", ("pilihan_id",), optional=True, nullable=True),
            Column("options_en", "list", ("pilihan_en",), optional=True, nullable=True),
            number("minimum", "jumlah_minimum", optional=True, nullable=True, lower=1, upper=100_000),
            text("evidence_needed", "perlu_bukti", optional=True, nullable=True, allowed=("yes", "no")),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "survey_forms",
        (
            text("form", "formulir"),
            _code_of("opd", "opd"),
            text("respondent", "responden", pattern=RESPONDENT),
            text("role", "peran", optional=True, nullable=True, allowed=ROLES),
            YEAR,
            Column("pillars", "list", ("pilar",), nullable=True, allowed=PILLARS),
            number("minutes", "menit", nullable=True, lower=0, upper=100_000),
            STATUS,
            SOURCE,
        ),
        key=("form",),
    ),
    Table(
        "survey_answers",
        (
            text("form", "formulir", refers="survey_forms.form"),
            text("question", "pertanyaan", refers="survey_questions.code"),
            text("answer", "jawaban", nullable=True),
            text("evidence", "bukti", optional=True, nullable=True),
            STATUS,
            SOURCE,
        ),
        key=("form", "question"),
    ),
    Table(
        "survey_verified",
        (
            _code_of("opd", "opd"),
            text("question", "pertanyaan", refers="survey_questions.code"),
            YEAR,
            number("score", "skor", lower=0, upper=5),
            text("reason", "alasan", optional=True, nullable=True),
            STATUS,
            SOURCE,
        ),
        key=("opd", "question", "year"),
    ),
    Table(
        "thematic_villages",
        (region_code("region", "wilayah", refers="regions.code"), text("name", "nama"), STATUS, SOURCE),
        key=("region", "name"),
    ),
    Table(
        "recommendations",
        (
            text("code", "kode"),
            YEAR,
            Column("number", "number", ("nomor",), lower=1, upper=500),
            text("text_id", "teks_id"),
            text("text_en", "teks_en"),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "recommendation_status",
        (
            _code_of("recommendation", "recommendations"),
            YEAR,
            text("state", "keadaan", allowed=("done", "in_progress", "not_started", "unknown")),
            text("evidence_id", "bukti_id", nullable=True),
            text("evidence_en", "bukti_en", nullable=True),
            STATUS,
            SOURCE,
        ),
        key=("recommendation", "year"),
    ),
    Table(
        "corrections",
        (
            text("code", "kode"),
            text("table", "tabel"),
            text("row", "baris"),
            text("column", "kolom"),
            text("from", "dari", nullable=True),
            text("to", "menjadi", nullable=True),
            text("reason", "alasan"),
            text("evidence", "bukti", nullable=True),
            _code_of("opd", "opd", nullable=True),
            text("remark", "tanggapan", optional=True, nullable=True),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "feedback",
        (
            text("code", "kode"),
            _code_of("opd", "opd"),
            YEAR,
            text("kind", "jenis", allowed=("agree", "correct", "object", "add")),
            text("item", "butir", nullable=True),
            text("old", "lama", nullable=True),
            text("new", "baru", nullable=True),
            text("remark", "tanggapan", nullable=True),
            text("evidence", "bukti", nullable=True),
            text("decision", "keputusan", allowed=DECISIONS),
            text("answer", "jawaban", nullable=True),
            text("replaced_by", "diganti_oleh", optional=True, nullable=True),
            text("file", "berkas"),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
    Table(
        "feedback_sent",
        (
            YEAR,
            text("finding", "temuan"),
            text("text_id", "teks_id"),
            text("text_en", "teks_en"),
            STATUS,
            SOURCE,
        ),
        key=("year", "finding"),
    ),
    Table(
        "opportunities_challenges",
        (
            text("code", "kode"),
            text("kind", "jenis", allowed=("opportunity", "challenge")),
            altered(PILLAR, nullable=True),
            text("text_id", "teks_id"),
            text("text_en", "teks_en"),
            STATUS,
            SOURCE,
        ),
        key=("code",),
    ),
)
