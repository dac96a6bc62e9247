"""The seeded stand-ins of the OPD survey: forms, answers and verified scores, with a few faults on purpose.

They let the quality checks and the tables be tried before a survey is held. Nothing here is an answer of anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...disk import read_packaged
from ..illustrative import FOLDER
from ..loaded import Study
from .seeded import normal, uniform

__all__ = ["survey_stand_ins"]

_SOURCE = "ilustrasi"
_MARKED = {"status": FOLDER, "source": _SOURCE}


def survey_stand_ins(study: Study) -> dict[str, pd.DataFrame]:
    """Return the stand-ins of the survey of `study`: survey_forms, survey_answers and survey_verified.

    A study without a questionnaire gets none. The recipe stands in ``study/stand_ins/survey.yaml``.
    """
    import yaml

    questions = study.table("survey_questions")
    if questions.empty:
        return {}
    told: Mapping[str, Any] = yaml.safe_load(read_packaged("study/stand_ins/survey.yaml"))
    forms = _forms(told, study.table("opd"))
    parts = [_answers(told, form, questions, study.spec.seed) for form in forms.to_dict("records")]
    answers = _with_faults(told, forms, pd.concat(parts, ignore_index=True), questions)
    counts = answers.groupby("form").size().reindex(forms["form"]).to_numpy(float)
    pace = told["minutes_per_answer"] * np.exp(0.2 * normal(study.spec.seed, "survey minutes", (len(forms),)))
    fast = forms["opd"].isin(told["faults"]["too_fast"]).to_numpy()
    forms["minutes"] = np.where(fast, 2, np.round(counts * pace)).astype(int)
    verified = _verified(told, forms, answers, questions, study.spec.seed)
    answers, forms = answers.assign(**_MARKED), forms.assign(**_MARKED)
    columns = ["form", "opd", "respondent", "role", "year", "pillars", "minutes", "status", "source"]
    return {"survey_forms": forms[columns], "survey_answers": answers, "survey_verified": verified.assign(**_MARKED)}


def _forms(told: Mapping[str, Any], opd: pd.DataFrame) -> pd.DataFrame:
    """Return one form an OPD, or one for each of its pillars; the silent ones have none."""
    rows: list[dict[str, Any]] = []
    for code, pillars in zip(opd["code"], opd["pillars"], strict=True):
        if code in told["silent"]:
            continue
        own = str(pillars).split(";") if isinstance(pillars, str) else []
        for part in own if code in told["by_pillar"] else [";".join(own)]:
            person = f"R{len(rows) + 1:03d}"
            role = ("planner", "division_head", "secretary", "it_officer")[len(rows) % 4]
            form = f"{code}-{told['year']}-{person}"
            rows.append(
                {"form": form, "opd": code, "respondent": person, "role": role, "year": told["year"], "pillars": part}
            )
    return pd.DataFrame(rows)


def _answers(told: Mapping[str, Any], form: Mapping[str, Any], questions: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the answers of one form: scales around what sets its OPD and the items apart, the rest by chance."""
    asked = questions[(questions["section"] != "maturity") | questions["pillar"].isin(form["pillars"].split(";"))]
    luck = uniform(seed, f"survey {form['form']}", (len(asked), 3))
    rows = []
    for row, (skip, proof, pick) in zip(asked.to_dict("records"), luck.tolist(), strict=True):
        if skip < told["often_skipped"].get(row["code"], told["skipped"]):
            continue
        answer = _answer(told, form, row, pick, seed)
        if answer is None:
            continue
        needed = row["evidence_needed"] == "yes" and proof >= told["without_evidence"]
        evidence = f"ilustrasi: dokumen {row['code']}" if needed else None
        rows.append({"form": form["form"], "question": row["code"], "answer": answer, "evidence": evidence})
    return pd.DataFrame(rows)


def _answer(
    told: Mapping[str, Any], form: Mapping[str, Any], row: Mapping[str, Any], pick: float, seed: int
) -> str | None:
    if row["kind"] == "scale":
        shape = told["sections"][row["section"]]
        x = np.log(shape["centre"] / (1 - shape["centre"]))
        x += shape["opd"] * normal(seed, f"survey {form['opd']} {row['section']}", (1,))[0]
        x += shape["item"] * normal(seed, f"survey {row['code']}", (1,))[0]
        x += shape["chance"] * normal(seed, f"survey {form['form']} {row['code']}", (1,))[0]
        span = row["upper"] - row["lower"] + 1
        return str(int(row["lower"] + min(np.floor(span / (1 + np.exp(-x))), span - 1)))
    if row["kind"] == "number":
        return str(1 + int(pick * 14))
    if row["kind"] == "text":
        texts = told["texts"].get(row["code"], [])
        return texts[int(pick * 12)] if pick * 12 < len(texts) else None
    options = str(row["options"]).split(";")
    if row["kind"] == "choice":
        return options[int(pick * len(options))]
    order = np.argsort(uniform(seed, f"survey {form['form']} {row['code']}", (len(options),)) ** (1 + pick))
    return ";".join(options[i] for i in order[: int(row["upper"])])


def _with_faults(
    told: Mapping[str, Any], forms: pd.DataFrame, answers: pd.DataFrame, questions: pd.DataFrame
) -> pd.DataFrame:
    """Return `answers` with the declared faults: one value for a section, a copied form, 0 outside the scale."""
    form_of = forms.drop_duplicates("opd").set_index("opd")["form"]
    sections = answers["question"].map(questions.set_index("code")["section"])
    for opd, section in told["faults"]["straight_lining"].items():
        answers.loc[(answers["form"] == form_of[opd]) & (sections == section), "answer"] = "4"
    for opd, code in told["faults"]["zero"].items():
        answers.loc[(answers["form"] == form_of[opd]) & (answers["question"] == code), "answer"] = "0"
    for opd, origin in told["faults"]["copied"].items():
        copy = answers[answers["form"] == form_of[origin]].assign(form=form_of[opd])
        answers = pd.concat([answers[answers["form"] != form_of[opd]], copy], ignore_index=True)
    return answers.reset_index(drop=True)


def _verified(
    told: Mapping[str, Any], forms: pd.DataFrame, answers: pd.DataFrame, questions: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Return what an assessor might have made of the maturity scores: lower by and large, and in coarser steps."""
    shape = told["verified"]
    own = answers.merge(forms[["form", "opd"]], on="form")
    own = own[own["question"].isin(questions.loc[questions["section"] == "maturity", "code"])]
    means = own.assign(score=own["answer"].astype(float)).groupby(["opd", "question"], sort=False)["score"].mean()
    table = means.reset_index()
    chosen = [uniform(seed, f"survey verified {opd}", (1,))[0] < shape["opds"] for opd in table["opd"]]
    table = table[chosen].reset_index(drop=True)
    lower = shape["lower_by"] + shape["spread"] * normal(seed, "survey verified", (len(table),))
    steps = np.round((table["score"] - lower) / shape["step"]) * shape["step"]
    table = table.assign(year=told["year"], score=np.clip(steps, 0, 4) + 0.0, reason=None)
    return table[["opd", "question", "year", "score", "reason"]]
