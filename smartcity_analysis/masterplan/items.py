"""A city scored from the items of its evaluation, and held against the evaluation dimensions that were published."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..errors import DataError
from ..study import Framework, Study, load_framework, weakest_status
from ..study.framework import Leaf, Node
from ..study.readable import readable
from .evaluation import Evaluation, evaluate, evaluate_dimensions

__all__ = ["ItemEvaluation", "evaluation_from_items", "item_check", "item_framework"]


@readable()
@dataclass(frozen=True, eq=False)
class ItemEvaluation:
    """An evaluation that starts from items.

    Parameters
    ----------
    evaluation : Evaluation
        Without a score where a dimension has neither items nor, if these may be used, a published score.
    items : DataFrame
        dimension, code, item, score, status, source.
    origin : Series
        By dimension: ``from_items``, ``as_published`` or ``not_known``.
    """

    evaluation: Evaluation
    items: pd.DataFrame
    origin: pd.Series

    @property
    def framework(self) -> Framework:
        """The evaluation framework with the items as leaves of their dimensions."""
        return item_framework(self.evaluation.framework, self.items)

    @property
    def scores(self) -> pd.Series:
        """The scores by code: every item, and the published score of a dimension without items."""
        whole = self.evaluation.dimensions[self.origin == "as_published"]
        return pd.concat([self.items.set_index("code")["score"], whole]).astype(float).rename("score")


def item_framework(framework: Framework, items: pd.DataFrame) -> Framework:
    """Return `framework` with items as leaves of their dimensions, all of one dimension counting alike.

    A dimension without items stays a leaf. The weights in force stay as they are.

    Parameters
    ----------
    framework : Framework
    items : DataFrame
        dimension, code and, if there is one, item (the wording).

    Examples
    --------
    >>> ministry = load_framework("kominfo_evaluation", year=2022, cohort="kppn_ikn_2021")
    >>> items = pd.DataFrame({"dimension": ["baseline", "baseline"], "code": ["B1.1", "B1.2"]})
    >>> [leaf.code for leaf in item_framework(ministry, items).leaves]
    ['B1.1', 'B1.2', 'output', 'outcome', 'impact', 'quick_wins']
    """
    for dimension in items["dimension"].unique():
        framework.node(dimension)
    texts = items["item"] if "item" in items else items["code"]
    below: dict[str, list[Node]] = {}
    for dimension, code, text in zip(items["dimension"], items["code"], texts, strict=True):
        leaf = Node(str(code), {"id": str(text), "en": str(text)}, leaf=Leaf(type="level"))
        below.setdefault(dimension, []).append(leaf)

    def grown(node: Node) -> Node:
        if node.code in below:
            return replace(node, children=tuple(below[node.code]), leaf=None)
        return replace(node, children=tuple(grown(child) for child in node.children))

    return replace(framework, root=grown(framework.root))


def evaluation_from_items(study: Study, year: int, *, fill: bool = False) -> tuple[ItemEvaluation | None, str]:
    """Return the evaluation of `year` from the items that were published, or None with the reason.

    Parameters
    ----------
    study : Study
    year : int
    fill : bool
        Take the published score of a dimension without items, so that the score can be computed; `origin` says which
        dimensions these are. Otherwise such a score is not computed.

    Returns
    -------
    (ItemEvaluation or None, reason)
        The reason is ``"no_items"`` or ``"no_weights"``; empty when there is an evaluation.
    """
    spec, items = study.spec.evaluation, study.table("score_items")
    items = items[items["year"] == year].drop(columns="year").reset_index(drop=True)
    if spec is None or items.empty:
        return None, "no_items"
    try:
        framework = load_framework(spec.framework, year=year, cohort=spec.cohort)
    except DataError:
        return None, "no_weights"
    known = evaluate(items, framework).dimensions
    published = _published(study, year).reindex(known.index)
    used = known.fillna(published["score"]) if fill else known
    origin = np.where(known.notna(), "from_items", np.where(used.notna(), "as_published", "not_known"))
    statuses = [*items["status"], *published["status"][known.isna() & used.notna()]]
    evaluation = evaluate_dimensions(used, framework, status=weakest_status(statuses))
    return ItemEvaluation(evaluation, items, pd.Series(origin, index=known.index, name="origin")), ""


def item_check(study: Study, year: int) -> pd.DataFrame:
    """Hold the dimensions of `year` computed from items against the published ones, one row a dimension.

    Parameters
    ----------
    study : Study
        The checked study.
    year : int
        The year in question.

    Returns
    -------
    DataFrame
        code, weight, items (how many were published), from_items (NaN without any), published, difference, origin
        (which of both the score takes), status. Empty where no items are known.
    """
    columns = ["code", "weight", "items", "from_items", "published", "difference", "origin", "status"]
    found, _ = evaluation_from_items(study, year, fill=True)
    if found is None:
        return pd.DataFrame(columns=columns)
    groups = found.items.groupby("dimension")["score"]
    codes = found.evaluation.weights.index
    means, published = groups.mean().reindex(codes), _published(study, year).reindex(codes)
    table = pd.DataFrame(
        {
            "code": codes,
            "weight": found.evaluation.weights.to_numpy(),
            "items": groups.size().reindex(codes).fillna(0).astype(int).to_numpy(),
            "from_items": means.to_numpy(),
            "published": published["score"].to_numpy(),
            "difference": (means - published["score"]).to_numpy(),
            "origin": found.origin.to_numpy(),
        }
    )
    return table.assign(status=found.evaluation.status)[columns]


def _published(study: Study, year: int) -> pd.DataFrame:
    """Return score and status of the published dimensions of `year`, by code."""
    rows = study.table("score_components")
    rows = rows[(rows["year"] == year) & (rows["kind"] == "dimension")].set_index("code")
    return rows[["score", "status"]].astype({"score": float})
