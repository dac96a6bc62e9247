"""Plan, delivery and judgement: the ministry's evaluation, targets, programmes and findings."""

from .achievement import (
    ACHIEVEMENT_CLASSES,
    achieved,
    achievement,
    achievement_class,
    achievement_classes,
    not_achieved,
)
from .brief import AgencyBrief, agency_brief
from .comparison import other_cohorts, under_weights, weight_scenarios
from .dependence import (
    ict_dependence,
    platform_failure,
    platform_pillars,
    shared_platforms,
    single_points,
)
from .details import horizons_and_partners
from .effort import OBJECTIVES, EffortPlan, effort_plan
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
from .feedback.filing import Received, decide_feedback, receive_feedback, record_sent
from .feedback.lines import FeedbackForm, feedback_form
from .feedback.log import feedback_changes, feedback_log, feedback_summary, objections
from .feedback.returned import Returned, read_returned
from .findings import Cited, Finding, Tables, findings_table, reason_withheld, select, withheld_table
from .gaps import delivery_gaps, delivery_known, gaps_by_opd, programme_gaps, unowned_gaps
from .items import ItemEvaluation, evaluation_from_items, item_check, item_framework
from .judgements.review import review_findings, summary_findings, withheld_findings
from .outlook import ASSUMPTIONS, TargetOutlook, target_outlook
from .pillars import pillar_check, pillar_table
from .programmes import (
    portfolio,
    portfolio_pillars,
    portfolio_totals,
    programmes_by_opd,
    programmes_by_year,
    quick_wins,
)
from .progress import progress, progress_by_opd, progress_by_pillar, quick_win_progress
from .recommendations import Action, actions_table, review_actions
from .roadmap import quick_wins_left, roadmap
from .score_plan import ScorePlan, plan_table, score_plan
from .served import people_served, served_by_kecamatan
from .statements import background, city_statements, follow_up, follow_up_totals, real_rows, survey_known
from .survey.answers import (
    often_skipped,
    question_response,
    questions_for,
    response_shown,
    section_response,
    survey_answers,
    survey_forms,
    survey_questionnaire,
    survey_response,
    unanswered,
)
from .survey.filing import ReceivedSurvey, receive_survey
from .survey.form import SurveyForm, survey_form
from .survey.quality import QualityLimits, flag_counts, flags_by_section, free_texts, survey_flags
from .survey.reliability import survey_reliability
from .survey.returned import ReturnedSurvey, read_survey_form
from .survey.scores import importance_performance, obstacles, perception_scores, survey_scores
from .survey.verified import maturity_pairs, self_verified
from .targets import TargetGap, score_trend, target_gap
from .tracing import FindingTrace, choose_finding, choose_raw_row, findings_on, trace_finding

__all__ = [
    "ACHIEVEMENT_CLASSES",
    "ASSUMPTIONS",
    "OBJECTIVES",
    "Action",
    "AgencyBrief",
    "Cited",
    "EffortPlan",
    "Evaluation",
    "Explanation",
    "FeedbackForm",
    "Finding",
    "FindingTrace",
    "ItemEvaluation",
    "QualityLimits",
    "Received",
    "ReceivedSurvey",
    "Returned",
    "ReturnedSurvey",
    "ScorePlan",
    "SurveyForm",
    "Tables",
    "TargetGap",
    "TargetOutlook",
    "achieved",
    "achievement",
    "achievement_class",
    "achievement_classes",
    "actions_table",
    "agency_brief",
    "background",
    "choose_finding",
    "choose_raw_row",
    "city_statements",
    "decide_feedback",
    "delivery_gaps",
    "delivery_known",
    "dimension_table",
    "effort_plan",
    "evaluate",
    "evaluate_dimensions",
    "evaluation_from_items",
    "evaluation_of",
    "explain_change",
    "feedback_changes",
    "feedback_form",
    "feedback_log",
    "feedback_summary",
    "findings_on",
    "findings_table",
    "flag_counts",
    "flags_by_section",
    "follow_up",
    "follow_up_totals",
    "free_texts",
    "gaps_by_opd",
    "horizons_and_partners",
    "ict_dependence",
    "importance_performance",
    "item_check",
    "item_framework",
    "latest_evaluation",
    "maturity_pairs",
    "not_achieved",
    "objections",
    "obstacles",
    "often_skipped",
    "other_cohorts",
    "peer_table",
    "people_served",
    "perception_scores",
    "pillar_check",
    "pillar_table",
    "plan_table",
    "platform_failure",
    "platform_pillars",
    "portfolio",
    "portfolio_pillars",
    "portfolio_totals",
    "programme_gaps",
    "programmes_by_opd",
    "programmes_by_year",
    "progress",
    "progress_by_opd",
    "progress_by_pillar",
    "question_response",
    "questions_for",
    "quick_win_progress",
    "quick_wins",
    "quick_wins_left",
    "read_returned",
    "read_survey_form",
    "real_rows",
    "reason_withheld",
    "receive_feedback",
    "receive_survey",
    "record_sent",
    "response_shown",
    "review_actions",
    "review_findings",
    "roadmap",
    "score_check",
    "score_plan",
    "score_trend",
    "section_response",
    "select",
    "self_verified",
    "served_by_kecamatan",
    "shared_platforms",
    "single_points",
    "summary_findings",
    "survey_answers",
    "survey_flags",
    "survey_form",
    "survey_forms",
    "survey_known",
    "survey_questionnaire",
    "survey_reliability",
    "survey_response",
    "survey_scores",
    "target_gap",
    "target_outlook",
    "trace_finding",
    "unanswered",
    "under_weights",
    "unowned_gaps",
    "weight_scenarios",
    "withheld_findings",
    "withheld_table",
]
