"""A small constructed survey: two sections of five items, one obstacle, two maturity items, and answers to break."""

from types import SimpleNamespace

import pandas as pd

from smartcity_analysis.study import Study

LIKERT = [f"COM{n}" for n in range(1, 6)]
OTHER = [f"COL{n}" for n in range(1, 6)]
_OPTIONS = {"options": "money;people", "options_id": "anggaran;pegawai", "options_en": "budget;staff"}


def question(code, section, kind="scale", lower=1, upper=5, **more):
    row = {"code": code, "section": section, "kind": kind, "pillar": None, "sub_dimension": None, "text_id": code}
    row |= {"text_en": code, "lower": lower, "upper": upper, "options": None, "options_id": None, "options_en": None}
    return row | {"minimum": 3, "evidence_needed": "no", "status": "survey", "source": "x"} | more


QUESTIONS = pd.DataFrame(
    [
        *(question(code, "commitment") for code in LIKERT),
        *(question(code, "collaboration") for code in OTHER),
        question("GOV1.1", "maturity", lower=0, upper=4, pillar="GOV", sub_dimension="GOV1", evidence_needed="yes"),
        question("ENV1.1", "maturity", lower=0, upper=4, pillar="ENV", sub_dimension="ENV1", evidence_needed="yes",
                 minimum=1),
        question("OBS.money", "obstacle"),
        question("OBS.people", "obstacle"),
        question("OBS.main", "obstacle", "choices", 1, 2, **_OPTIONS),
        question("PRO1", "proposal", "text", None, None, minimum=None),
    ]
)  # fmt: skip
OPD = pd.DataFrame(
    {"code": ["a", "b", "c", "d"], "abbreviation": list("ABCD"), "name": list("ABCD"), "pillars": ["GOV"] * 3 + ["ENV"]}
)


def values(seed):
    """Answers of one form, none of them in one line, no two forms alike."""
    given = {code: str(1 + (seed + place) % 5) for place, code in enumerate(LIKERT)}
    given |= {code: str(1 + (seed * 2 + place * 2) % 5) for place, code in enumerate(OTHER)}
    given |= {"OBS.money": str(1 + seed % 5), "OBS.people": str(1 + (seed + 3) % 5), "OBS.main": "money"}
    return given | {"PRO1": f"usulan {seed}"}


class Survey:
    """Forms and answers as dictionaries, to be changed before they become a study."""

    def __init__(self):
        self.forms, self.answers = {}, {}
        for place, opd in enumerate("abc"):
            self.add(opd, f"R00{place + 1}", place, {"GOV1.1": ("3", "dokumen")})
        self.add("d", "R004", 3, {"ENV1.1": ("2", "dokumen")}, pillars="ENV")

    def add(self, opd, respondent, seed, maturity, pillars="GOV", minutes=20.0, year=2024.0, status="survey"):
        form = f"{opd}-2024-{respondent}"
        self.forms[form] = {"form": form, "opd": opd, "respondent": respondent, "role": None, "year": year,
                            "pillars": pillars, "minutes": minutes, "status": status, "source": "x"}  # fmt: skip
        self.answers[form] = {code: (answer, None) for code, answer in values(seed).items()} | maturity
        return form

    def study(self, small_cell=3, verified=()):
        rows = [
            {"form": form, "question": code, "answer": answer, "evidence": evidence,
             "status": self.forms[form]["status"], "source": "x"}
            for form, given in self.answers.items() for code, (answer, evidence) in given.items()
        ]  # fmt: skip
        scores = pd.DataFrame(verified, columns=["opd", "question", "year", "score", "reason", "status", "source"])
        tables = {"opd": OPD, "survey_questions": QUESTIONS, "survey_verified": scores}
        tables |= {"survey_forms": pd.DataFrame(self.forms.values()), "survey_answers": pd.DataFrame(rows)}
        spec = SimpleNamespace(privacy=SimpleNamespace(small_cell=small_cell), seed=1)
        return Study("tiny", None, spec, tables)
