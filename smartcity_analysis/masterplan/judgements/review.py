"""What the processed tables of one review say, in the order of the report, and what they say that is not printed.

What rests on illustrative or missing values, or does not survive other choices, is withheld with its reason.
"""

from __future__ import annotations

from collections.abc import Callable

from ..findings import Finding, Tables, reason_withheld, select
from .plan import pillar_findings, programme_findings, statement_findings, survey_findings
from .regions import area_findings, disparity_findings, region_findings, robustness_findings
from .score import score_findings, target_findings, unknown_findings

__all__ = ["SUMMARY", "review_findings", "summary_findings", "withheld_findings"]

_JUDGES: tuple[Callable[[Tables], list[Finding]], ...] = (
    score_findings,
    target_findings,
    pillar_findings,
    programme_findings,
    statement_findings,
    survey_findings,
    region_findings,
    robustness_findings,
    disparity_findings,
    area_findings,
    unknown_findings,
)
# what the executive summary says, in its order; what was not found is left out
SUMMARY = (
    "score_fell", "score_rose", "score_rose_before", "targets_all_missed", "target_asks_more", "target_asks",
    "pillars_lowest", "delivery_unknown", "unknown_area_indicators", "follow_up",
)  # fmt: skip


def review_findings(tables: Tables) -> list[Finding]:
    """Return what the processed tables say, in the order of the report.

    Only what a table holds becomes a finding; see :func:`withheld_findings` for what is left out.

    Parameters
    ----------
    tables : Tables
        The processed tables of the review.
    """
    return [finding for finding in _judged(tables) if reason_withheld(finding) is None]


def withheld_findings(tables: Tables) -> list[Finding]:
    """Return the findings that are not printed: each has a reason (:func:`reason_withheld`).

    Parameters
    ----------
    tables : Tables
        The processed tables of the review.
    """
    return [finding for finding in _judged(tables) if reason_withheld(finding) is not None]


def summary_findings(findings: list[Finding]) -> list[Finding]:
    """Return the findings of the executive summary, in its order.

    Parameters
    ----------
    findings : sequence of Finding
        As :func:`review_findings` gives them.
    """
    return select(findings, template=SUMMARY)


def _judged(tables: Tables) -> list[Finding]:
    return [finding for judge in _JUDGES for finding in judge(tables)]
