"""Plan, delivery and judgement: the ministry's evaluation, targets, programmes and findings."""

from .evaluation import (
    Evaluation,
    Explanation,
    dimension_table,
    evaluate,
    evaluate_dimensions,
    evaluation_of,
    explain_change,
    latest_evaluation,
    peer_table,
    score_check,
)
from .findings import Cited, Finding, Tables, findings_table, review_findings
from .pillars import pillar_check, pillar_table
from .programmes import portfolio, portfolio_totals
from .targets import TargetGap, score_trend, target_gap

__all__ = [
    "Cited",
    "Evaluation",
    "Explanation",
    "Finding",
    "Tables",
    "TargetGap",
    "dimension_table",
    "evaluate",
    "evaluate_dimensions",
    "evaluation_of",
    "explain_change",
    "findings_table",
    "latest_evaluation",
    "peer_table",
    "pillar_check",
    "pillar_table",
    "portfolio",
    "portfolio_totals",
    "review_findings",
    "score_check",
    "score_trend",
    "target_gap",
]
