"""What the answers say: means with intervals, importance against performance, and obstacles.

Every OPD counts once: its answer to a question is the mean over its forms, and a figure is the mean over OPDs.
Intervals take the OPDs for a sample of what OPDs answer; they do not say how well a single respondent speaks for an
OPD. What rests on fewer forms than the study's `small_cell` is not given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ...study import Study
from .answers import survey_answers, weakest_by

__all__ = ["importance_performance", "obstacles", "perception_scores", "survey_scores"]

Array = NDArray[np.float64]
LEVEL = 0.95


def survey_scores(study: Study, year: int) -> pd.DataFrame:
    """Return the mean of every scale and number question over the OPDs, with its 95 % interval.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row a question
        question, section, pillar, sub_dimension, mean, lower_limit, upper_limit (Student's t over OPDs, kept within the
        scale; NaN for one OPD), opds, forms, hidden (fewer forms than the study's small cell: no figure
        and no count), status.
    """
    answers = survey_answers(study, year).dropna(subset=["value"])
    columns = ["question", "section", "pillar", "sub_dimension", "mean", "lower_limit", "upper_limit", "opds", "forms",
               "hidden", "status"]  # fmt: skip
    statuses, rows = weakest_by(answers, ["question"]), []
    order = [c for c in study.table("survey_questions")["code"] if c in set(answers["question"])]
    for code in order:
        group = answers[answers["question"] == code]
        first, forms = group.iloc[0], group["form"].nunique()
        hidden = forms < study.spec.privacy.small_cell
        means = _by_opd(group)
        limits = _mean_interval(means, first["lower"], first["upper"])
        mean, low, high = (np.nan,) * 3 if hidden else (float(means.mean()), *limits)
        row = {name: first[name] for name in ("question", "section", "pillar", "sub_dimension")}
        sizes = (np.nan, np.nan) if hidden else (len(means), forms)
        row |= {"mean": mean, "lower_limit": low, "upper_limit": high, "opds": sizes[0], "forms": sizes[1]}
        rows.append(row | {"hidden": hidden, "status": statuses[code]})
    return pd.DataFrame(rows, columns=columns)


def perception_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of :func:`survey_scores` on commitment, collaboration and technology, each with its question.

    Parameters
    ----------
    scores : DataFrame
        As :func:`survey_scores` gives them.
    """
    rows = scores[scores["section"].isin(["commitment", "collaboration", "technology"])]
    return rows.assign(question_text=rows["question"]).reset_index(drop=True)


def importance_performance(
    study: Study, year: int, *, rng: np.random.Generator | None = None, draws: int = 2000
) -> pd.DataFrame:
    """Return importance and performance of every sub-dimension, and the quadrant they fall into.

    The cuts are the means over the sub-dimensions, so that some always lie on each side: a quadrant is an order of
    attention, not a verdict. `stays` is the share of bootstrap draws of the OPDs in which the sub-dimension keeps its
    quadrant, cuts included.

    Parameters
    ----------
    study : Study
    year : int
    rng : numpy Generator, optional
        Of the bootstrap; seeded from the study by default.
    draws : int

    Returns
    -------
    DataFrame, one row a sub-dimension
        sub_dimension, pillar, importance, performance, gap (performance minus importance), quadrant (concentrate,
        keep_up, low_priority, overkill; None where hidden), stays (0-1), cut_importance, cut_performance, opds, forms,
        hidden, status.

    References
    ----------
    Martilla and James (1977), Journal of Marketing 41(1), 77-79.
    """
    columns = ["sub_dimension", "pillar", "importance", "performance", "gap", "quadrant", "stays", "cut_importance",
               "cut_performance", "opds", "forms", "hidden", "status"]  # fmt: skip
    answers = survey_answers(study, year).dropna(subset=["value"])
    answers = answers[answers["section"].isin(["importance", "performance"]) & answers["sub_dimension"].notna()]
    if answers.empty:
        return pd.DataFrame(columns=columns)
    by = answers.sort_values("sub_dimension", key=_in_order(study), kind="stable").groupby("sub_dimension", sort=False)
    table = by.agg(pillar=("pillar", "first"), opds=("opd", "nunique"))
    table["forms"] = answers.groupby(["sub_dimension", "section"])["form"].nunique().unstack().min(axis=1)
    table["hidden"] = table["forms"] < study.spec.privacy.small_cell
    shown = list(table.index[~table["hidden"]])
    means = answers.groupby(["section", "opd", "sub_dimension"])["value"].mean().unstack().reindex(columns=shown)
    parts = [means.loc[section].reindex(means.index.levels[1]) for section in ("importance", "performance")]
    values = np.stack([part.to_numpy(float) for part in parts])
    overall = np.nanmean(values, axis=1)
    places = _quadrants(overall[np.newaxis])[0]
    generator = rng or np.random.default_rng(study.spec.seed)
    drawn = generator.integers(values.shape[1], size=(draws, values.shape[1]))
    stays = (_quadrants(_drawn_means(values, drawn)) == places).mean(axis=0)
    frame = pd.DataFrame({"importance": overall[0], "performance": overall[1], "stays": stays}, index=shown)
    frame["quadrant"] = np.array(_QUADRANTS)[places]
    table = table.join(frame).assign(cut_importance=overall[0].mean(), cut_performance=overall[1].mean())
    table["gap"] = table["performance"] - table["importance"]
    table["status"] = weakest_by(answers, ["sub_dimension"])
    table[["opds", "forms"]] = table[["opds", "forms"]].astype(float).mask(table["hidden"], axis=0)
    return table.rename_axis("sub_dimension").reset_index()[columns]


def _in_order(study: Study) -> Callable[[pd.Series], pd.Series]:
    """Return the places of sub-dimensions in the questionnaire."""
    codes = list(study.table("survey_questions")["sub_dimension"].dropna().unique())
    return lambda column: column.map(codes.index)


_QUADRANTS = ("low_priority", "overkill", "concentrate", "keep_up")  # 2 x (important) + (performs well)


def _quadrants(means: Array) -> NDArray[np.int_]:
    """Return the quadrants of means ``(d, 2, i)``, importance first: at the cut counts as above it."""
    high = means >= means.mean(axis=-1, keepdims=True)
    return np.asarray(2 * high[..., 0, :] + high[..., 1, :], dtype=int)


def _drawn_means(values: Array, drawn: NDArray[np.int_]) -> Array:
    """Return the means ``(d, 2, i)`` of values ``(2, opd, i)`` over drawn OPDs ``(d, opd)``, gaps left out."""
    counts = np.zeros((len(drawn), values.shape[1]))
    np.add.at(counts, (np.arange(len(drawn))[:, np.newaxis], drawn), 1.0)
    known = ~np.isnan(values)
    total = np.einsum("do,soi->dsi", counts, np.where(known, values, 0.0))
    size = np.einsum("do,soi->dsi", counts, known.astype(float))
    return np.divide(total, size, out=np.broadcast_to(np.nanmean(values, axis=1), total.shape).copy(), where=size > 0)


def obstacles(study: Study, year: int) -> pd.DataFrame:
    """Return the obstacles in order of severity, with the share of OPDs that name each among their main ones.

    A scale question of the section whose code ends in an option of the section's choice is one obstacle: ``OBS.money``
    and the option ``money`` of ``OBS.main``.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame, one row an obstacle
        obstacle (the option), text_id, text_en (its words), question, rank (of the severity), severity (mean over
        OPDs), lower_limit, upper_limit, share (of OPDs naming it, 0-1; an OPD with several forms counts by the part of
        them that does), share_lower, share_upper (Wilson), opds, forms, hidden, status.
    """
    columns = ["obstacle", "text_id", "text_en", "question", "rank", "severity", "lower_limit", "upper_limit", "share",
               "share_lower", "share_upper", "opds", "forms", "hidden", "status"]  # fmt: skip
    scores = survey_scores(study, year)
    scores = scores[scores["section"] == "obstacle"]
    if scores.empty:
        return pd.DataFrame(columns=columns)
    answers = survey_answers(study, year)
    named = answers[(answers["section"] == "obstacle") & (answers["kind"] == "choices")]
    picks = named["answer"].str.split(";")
    words, rows = _option_words(study.table("survey_questions")), []
    for row in scores.to_dict("records"):
        option = str(row["question"]).rpartition(".")[2]
        chosen = pd.DataFrame({"opd": named["opd"], "value": [float(option in p) for p in picks]})
        few = named["form"].nunique() < study.spec.privacy.small_cell
        share, low, high = (np.nan,) * 3 if few else _share_interval(_by_opd(chosen))
        row |= {"obstacle": option, "severity": row["mean"], **words.get(option, {})}
        rows.append(row | {"share": share, "share_lower": low, "share_upper": high})
    table = pd.DataFrame(rows).sort_values("severity", ascending=False, kind="stable")
    table["rank"] = table["severity"].rank(ascending=False, method="min").astype("Int64")
    return table[columns].reset_index(drop=True)


def _option_words(questions: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the words of every obstacle that can be named, in both languages, by option."""
    named = questions[(questions["section"] == "obstacle") & (questions["kind"] == "choices")]
    cells = [named[c].dropna().str.split(";").explode() for c in ("options", "options_id", "options_en")]
    return {o: {"text_id": i, "text_en": e} for o, i, e in zip(*cells, strict=True)}


def _by_opd(table: pd.DataFrame) -> Array:
    """Return the mean of column ``value`` in each OPD."""
    return table.groupby("opd")["value"].mean().to_numpy(float)


def _mean_interval(means: Array, lower: float, upper: float) -> Sequence[float]:
    from scipy import stats

    if len(means) < 2:
        return (np.nan, np.nan)
    half = stats.t.ppf((1 + LEVEL) / 2, len(means) - 1) * means.std(ddof=1) / np.sqrt(len(means))
    return (float(max(means.mean() - half, lower)), float(min(means.mean() + half, upper)))


def _share_interval(shares: Array) -> tuple[float, float, float]:
    """Return the mean of the shares of the OPDs and Wilson's interval for as many units as there are OPDs."""
    from scipy import stats

    size, share, z = len(shares), float(shares.mean()), float(stats.norm.ppf((1 + LEVEL) / 2))
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2))
    return share, float(max(middle - half, 0.0)), float(min(middle + half, 1.0))
