"""The files of a new study: its declaration, its templates, and the list of what to collect from whom."""

from __future__ import annotations

import json

import pandas as pd

from ..disk import sha256
from ..study import TABLES
from ..study.folder import SOURCES_FILE, TO_COLLECT
from ..study.loaded import SPEC_FILE
from ..study.plain_csv import as_csv
from .forms.table_template import table_template
from .language import Language, speak

__all__ = ["COLLECTED", "TEMPLATES", "need_said", "new_study_files"]

TEMPLATES = "templates"  # the folder of the templates that a study may do without
# the tables that a city collects, in this order; what OPDs answer has forms of its own
COLLECTED = (
    "regions", "catalogue", "indicators", "scores", "score_components", "score_items", "peer_scores", "opd",
    "programmes", "programme_pillars", "programme_details", "programme_platforms", "programme_progress",
    "programme_targets", "programme_coverage", "recommendations", "recommendation_status", "opportunities_challenges",
    "neighbours", "thematic_villages",
)  # fmt: skip


def new_study_files(study: str, name: str, language: str) -> dict[str, bytes]:
    """Return the files of the new study `study` of the city called `name`, by their path in its folder.

    Required templates lie where they are read, the others in a folder of their own until they are filled in.
    """
    words = speak(language)
    spec = _spec(name, words).encode()
    listed = {"path": SPEC_FILE, "sha256": sha256(spec), "title": words.text("new.source_title", name=name),
              "producer": words.text("new.source_producer")}  # fmt: skip
    columns = [column.name for column in TABLES["sources"].columns]
    files = {SPEC_FILE: spec, SOURCES_FILE: as_csv(pd.DataFrame([listed]).reindex(columns=columns)).encode()}
    files[TO_COLLECT[language]] = _to_collect(study, name, words).encode()
    for table in COLLECTED:
        place = f"{table}.xlsx" if TABLES[table].required else f"{TEMPLATES}/{table}.xlsx"
        files[place] = table_template(TABLES[table], language)
    return files


def need_said(need: str, words: Language) -> str:
    """Return what a chapter needs, in words: a part of ``study.yaml``, or a table."""
    key = f"new.needs.{need}"
    return words.text(key) if words.has(key) else words.text("new.needs.table", table=need)


def _spec(name: str, words: Language) -> str:
    """Return ``study.yaml`` with a note on every entry, and the entries that are not in use behind a ``#``."""

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    def note(key: str) -> str:
        return f"# {words.text(f'new.yaml.{key}')}"

    titles = {code: quoted(words.text(f"new.title_{code}", name=name)) for code in ("id", "en")}
    plan = quoted(words.text("new.yaml.plan_title", name=name))
    return "\n".join(
        [
            note("head"), "", note("city"), f'city: {{code: "00.00", name: {quoted(name)}}}',
            f"title: {{id: {titles['id']}, en: {titles['en']}}}",
            "", note("masterplan"), "# masterplan:", f"#   title: {plan}",
            "#   first_year: 2025", "#   last_year: 2034",
            "", "languages: [id, en]",
            note("numbers"), 'number_format: {decimal: "."}',
            note("framework"), "framework: gm100sc",
            "", note("evaluation"), "# evaluation: {framework: kominfo_evaluation, cohort: 100sc_2017_2019}",
            note("peers"), "# peers: jatim",
            "", note("privacy"), "privacy: {small_cell: 3}", "seed: 1", "",
        ]
    )  # fmt: skip


def _to_collect(study: str, name: str, words: Language) -> str:
    heads = [words.text(f"new.collect.{head}") for head in ("table", "need", "what", "whom", "done")]
    intro = words.text("new.collect.intro", study=study, folder=TEMPLATES, sheet=words.text("new.sheets.data"))
    lines = [f"# {words.text('new.collect.title', name=name)}", "", intro, "", _row(heads), _row(["---"] * len(heads))]
    for table in COLLECTED:
        need = words.text("new.required" if TABLES[table].required else "new.optional")
        told = [words.text(f"new.tables.{table}.{part}") for part in ("what", "whom")]
        lines.append(_row([f"`{table}.xlsx`", need, *told, ""]))
    return "\n".join([*lines, ""])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
