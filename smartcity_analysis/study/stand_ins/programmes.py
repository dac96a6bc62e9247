"""The seeded stand-ins of delivery: horizon, partners, platforms, progress and targets of every programme.

Nobody has published them for the programmes under review. Some are late here, some have no evidence or no report, so
that the tables can be tried. Nothing contradicts what is known of a programme's years.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...disk import read_packaged
from ..illustrative import FOLDER
from ..loaded import Study
from ..periods import Period, parse_period
from .seeded import normal, uniform

__all__ = ["programme_stand_ins"]

_SOURCE = "ilustrasi"
_MARKED = {"status": FOLDER, "source": _SOURCE}
_BUDGETED = ("running", "stopped")


def programme_stand_ins(study: Study) -> dict[str, pd.DataFrame]:
    """Return programme_details, programme_platforms, programme_progress and programme_targets of `study`.

    A study without programmes gets none. The recipe stands in ``study/stand_ins/programmes.yaml``.
    """
    import yaml

    programmes = study.table("programmes")
    if programmes.empty:
        return {}
    told: Mapping[str, Any] = yaml.safe_load(read_packaged("study/stand_ins/programmes.yaml"))
    rows, seed = programmes.to_dict("records"), study.spec.seed
    made = {
        "programme_details": [_details(told, row["code"], seed) for row in rows],
        "programme_platforms": [link for row in rows for link in _platforms(told, row, seed)],
        "programme_progress": [report for row in rows for report in _progress(told, row, seed)],
        "programme_targets": [target for row in rows for target in _targets(told, row, seed)],
    }
    return {name: pd.DataFrame(parts).assign(**_MARKED) for name, parts in made.items()}


def _details(told: Mapping[str, Any], code: str, seed: int) -> dict[str, Any]:
    """Return horizon and partners of one programme."""
    limits = np.cumsum(list(told["horizons"].values()))
    drawn = uniform(seed, f"programme details {code}", (1 + len(told["partners"]),))
    horizon = list(told["horizons"])[min(int(np.searchsorted(limits, drawn[0])), len(limits) - 1)]
    pairs = zip(told["partners"].items(), drawn[1:], strict=True)
    partners = [name for (name, share), luck in pairs if luck < share]
    return {"programme": code, "horizon": horizon, "partners": ";".join(partners)}


def _platforms(told: Mapping[str, Any], row: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Return the shared platforms that one programme rests on."""
    kind = "ict" if row["ict"] == "ict" else "other"
    drawn = uniform(seed, f"programme platforms {row['code']}", (len(told["platforms"]),))
    chosen = [
        name for (name, shares), luck in zip(told["platforms"].items(), drawn, strict=True) if luck < shares[kind]
    ]
    return [{"programme": row["code"], "platform": name} for name in chosen if name != row["code"]]


def _progress(told: Mapping[str, Any], row: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Return the yearly reports of one programme; a year without a report has no row."""
    shape, code, period = told["progress"], row["code"], parse_period(row["period"])
    lasting = normal(seed, f"programme progress {code}", (3,))
    reports = []
    for place, year in enumerate(told["years"]):
        luck = uniform(seed, f"programme progress {code} {year}", (4,))
        passing = normal(seed, f"programme progress {code} {year} level", (3,))
        if luck[0] < shape["unreported"]:
            continue
        state = _state(period, year, stopped=year == max(told["years"]) and luck[3] < shape["stopped"])
        physical = _physical(shape, state, place, (lasting + 0.6 * passing).tolist())
        budget = spent = None
        if state in _BUDGETED and luck[2] >= shape["no_budget"]:
            size = shape["budget_idr_million"]
            budget = float(np.round(size["typical"] * np.exp(size["spread"] * lasting[2] + 0.1 * passing[2])))
            x = _logit(shape["spent"]["typical"]) + shape["spent"]["spread"] * passing[2]
            spent = float(np.round(budget * _expit(x), 1))
        evidence = f"ilustrasi: laporan {code} {year}" if luck[1] >= shape["no_evidence"] and physical[1] else None
        reports.append(
            {"programme": code, "year": year, "state": state, "physical_plan_pct": physical[0],
             "physical_pct": physical[1], "budget_idr_million": budget, "spent_idr_million": spent,
             "evidence": evidence}
        )  # fmt: skip
    return reports


def _state(period: Period, year: int, *, stopped: bool) -> str:
    if period.first is not None and year < period.first:
        return "planned"
    if period.last is not None and year >= period.last:
        return "finished"
    return "stopped" if stopped else "running"


def _physical(shape: Mapping[str, Any], state: str, place: int, luck: list[float]) -> tuple[float, float]:
    """Return planned and realised physical per cent at the end of the year."""
    if state in ("planned", "finished"):
        return (0.0, 0.0) if state == "planned" else (100.0, 100.0)
    plan, realised = shape["plan"], shape["realised"]
    x = _logit(plan["typical"]) + plan["yearly"] * place + plan["spread"] * luck[0]
    planned = float(np.round(100 * _expit(x)))
    part = 1.04 * _expit(_logit(realised["typical"]) + realised["spread"] * luck[1])
    return planned, float(np.round(min(planned * part, 100.0), 1))


def _targets(told: Mapping[str, Any], row: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Return the measure of one programme by year, with target and realisation, for the years in which it may run."""
    shape, code = told["targets"], row["code"]
    measure = told["measures"].get(row["sub_dimension"])
    if measure is None or uniform(seed, f"programme targets {code}", (1,))[0] < shape["without"]:
        return []
    own, up = (
        float(np.exp(0.3 * normal(seed, f"programme targets {code} level", (1,))[0])),
        measure["direction"] == "up",
    )
    rows, period = [], parse_period(row["period"])
    for place, year in enumerate(told["years"]):
        if period.state(year) == "not_running":
            continue
        luck = normal(seed, f"programme targets {code} {year}", (1,))[0]
        scale = 1.0 if measure["unit_en"] == "per cent" and up else own
        target = round(measure["target"] * scale * (1 + shape["growth"] * (place if up else -place)), measure["digits"])
        target = min(target, 100.0) if measure["unit_en"] == "per cent" else target
        part = shape["typical"] * np.exp(shape["spread"] * luck) if up else np.exp(shape["spread"] * luck) / 0.97
        realised = round(float(target * part if target else abs(3 * luck)), measure["digits"])
        realised = min(realised, 100.0) if measure["unit_en"] == "per cent" else realised
        told_at_all = uniform(seed, f"programme targets {code} {year} told", (1,))[0] >= shape["unrealised"]
        words = {f"{name}_{c}": measure[key] for name in ("measure", "unit") for c, key in _keys(name)}
        numbers = {"target": float(target), "realised": realised if told_at_all else None}
        rules = {"direction": measure["direction"], "formula": measure["formula"]}
        rows.append({"programme": code, "year": year} | words | rules | numbers)
    return rows


def _keys(name: str) -> list[tuple[str, str]]:
    return [(c, c if name == "measure" else f"{name}_{c}") for c in ("id", "en")]


def _expit(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))
