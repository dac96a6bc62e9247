"""The discrete choices of an uncertainty plan: each combination of alternatives is made ready once, when it is met."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...study.framework import Framework
from ..build import build_index, score_nodes
from ..imputation.asked import Task
from ..imputation.asked import prepare as prepare_imputation
from ..imputation.fillers import IMPUTERS
from ..imputation.impute import impute
from ..leaves import score_leaves
from ..methods import Array, Mask, ScoringError
from ..normalisation.bounds import BoundsLike
from ..one_thread import one_thread
from ..outliers.plan import TreatmentPlan, plan_treatment
from ..outliers.treat import treat
from ..own import find_or_wrap
from ..plan import NodePlan, plan_leaves, plan_nodes
from ..spec import IndexSpec, NodeSpec
from ..tree import Structure, Tree
from ..weighting.weights import WEIGHTINGS, weight_array
from .inputs import Choice, UncertaintyPlan, split
from .perturbed import LeafChain, leaf_parts

__all__ = ["Combination", "Combinations"]

UNSCORED = ("equal", "declared")  # weightings that do not look at scores
LEAF_STEPS = ("impute", "treat", "normalise")


@dataclass(frozen=True, slots=True, eq=False)
class Combination:
    """One combination of alternatives, ready to be scored; `cause` says why it cannot be.

    `leaves` are scores ``(region, leaf)``, or None where they differ from draw to draw and `chain` makes them;
    `nominal` are weights ``(edge, 1)``.
    """

    cause: str | None = None
    plans: tuple[NodePlan, ...] = ()
    leaves: Array | None = None
    chain: LeafChain | None = None
    nominal: Array = field(default_factory=lambda: np.empty((0, 1)))
    structure: Structure | None = None
    _structures: dict[bytes, Structure] = field(default_factory=dict)

    def structure_for(self, tree: Tree, complete: Mask) -> Structure:
        """Return the structure where these leaves have no missing score."""
        key = complete.tobytes()
        if key not in self._structures:
            self._structures[key] = Structure.of(tree, self.plans, complete)
        return self._structures[key]


class Combinations:
    """The combinations of a plan; what several have in common is made once.

    Parameters
    ----------
    values : DataFrame
        Region by leaf, as given to the index.
    framework, plan, bounds
        As given.
    root : str
        Node that is scored.
    perturbed : bool
        Whether the values differ from draw to draw.
    """

    def __init__(
        self,
        values: pd.DataFrame,
        framework: Framework,
        plan: UncertaintyPlan,
        bounds: BoundsLike | None,
        root: str,
        perturbed: bool,
    ):
        self.values, self.framework, self.plan, self.bounds = values, framework, plan, bounds
        self.perturbed = perturbed
        self.choices = {name: each for name, each in plan.inputs.items() if isinstance(each, Choice)}
        if not framework.node(root).children:
            raise ScoringError([f"{root!r} is a leaf, expected a node with children. Leave node out for the index."])
        self.tree = Tree.of(plan_nodes(framework, plan.base), root)
        self.counts = tuple(len(choice.alternatives) for choice in self.choices.values())
        self._kept: dict[Any, Any] = {}
        self._plans(plan.base)
        self._check()
        self.nominal = build_index(_prepared(values, plan.impute, plan.treat), framework, plan.base, bounds=bounds)
        if not any(choice.step in LEAF_STEPS for choice in self.choices.values()):
            leaves = self.nominal.scores[list(self.tree.leaves)].to_numpy(dtype=float)
            self._kept["leaves", ()] = leaves, self.nominal.bounds

    def alternatives(self, picks: tuple[int, ...]) -> dict[str, tuple[str, Any]]:
        """Return label and alternative by the name of the choice."""
        pairs = zip(self.choices.items(), picks, strict=True)
        return {name: list(choice.alternatives.items())[pick] for (name, choice), pick in pairs}

    def spec(self, picks: tuple[int, ...]) -> IndexSpec:
        """Return the base spec with the alternatives of a combination in their places."""
        spec = self.plan.base
        for name, (_, alternative) in self.alternatives(picks).items():
            spec = _with(spec, self.choices[name], alternative)
        return spec

    def ready_values(self, picks: tuple[int, ...]) -> pd.DataFrame:
        """Return the values after imputation and treatment, a column for every leaf."""
        return self._once(("values", self._part(picks, ("impute", "treat"))), lambda: self._ready_values(picks))

    def get(self, picks: tuple[int, ...]) -> Combination:
        """Return a combination, made ready when it is first asked for."""
        return self._once(picks, lambda: self._make(picks))

    def _make(self, picks: tuple[int, ...]) -> Combination:
        try:
            spec = self.spec(picks)
            plans = self._once(("nodes", self._part(picks, ("weights", "aggregate"))), lambda: self._plans(spec))
            leaves, table = self._once(
                ("leaves", self._part(picks, LEAF_STEPS)), lambda: self._leaves(self.ready_values(picks), spec)
            )
            nominal = self._nominal(plans, leaves)
            if self.perturbed:
                return Combination(None, plans, None, self._chain(picks, spec, table), nominal)
            structure = Structure.of(self.tree, plans, ~np.isnan(leaves).any(axis=0))
            return Combination(None, plans, leaves, None, nominal, structure)
        except ScoringError as error:
            return Combination(cause="; ".join(error.problems))

    def _nominal(self, plans: tuple[NodePlan, ...], leaves: Array) -> Array:
        """Return the weights of a combination by edge ``(edge, 1)``; those taken from scores need them made."""
        if all(any(plan.weighting == WEIGHTINGS[name] for name in UNSCORED) for plan in plans):
            weights = {
                plan.code: weight_array(
                    plan.weighting, np.ones((1, len(plan.base))), plan.base, plan.children, plan.weights_options
                )
                for plan in plans
            }
        else:
            weights = score_nodes(plans, {code: leaves[:, at] for at, code in enumerate(self.tree.leaves)}).weights
        return np.concatenate([weights[code] for code in self.tree.groups])[:, np.newaxis]

    def _plans(self, spec: IndexSpec) -> tuple[NodePlan, ...]:
        plans = tuple(plan for plan in plan_nodes(self.framework, spec) if plan.code in self.tree.groups)
        if plans[-1].rule is None:
            raise ScoringError([f"{plans[-1].code!r} has the rule 'none', and so no score to be uncertain about."])
        return plans

    def _leaves(self, values: pd.DataFrame, spec: IndexSpec) -> tuple[Array, pd.DataFrame]:
        scores, table = score_leaves(values, self.framework, plan_leaves(self.framework, spec), self.bounds)
        return scores[list(self.tree.leaves)].to_numpy(dtype=float), table

    def _ready_values(self, picks: tuple[int, ...]) -> pd.DataFrame:
        imputation = self._chosen(picks, "impute", self.plan.impute)
        treatment = self._chosen(picks, "treat", self.plan.treat)
        ready = _prepared(self.values, imputation, treatment)
        return ready.reindex(columns=[leaf.code for leaf in self.framework.leaves])

    def _chain(self, picks: tuple[int, ...], spec: IndexSpec, table: pd.DataFrame) -> LeafChain:
        """Return how values that differ from draw to draw become scores of the leaves below the root."""
        codes = list(self.tree.leaves)
        values = self.values.reindex(columns=codes)
        imputation: Task | None = None
        treatment: TreatmentPlan | None = None
        method, options = split(self._chosen(picks, "impute", self.plan.impute))
        if method is not None:
            named = {name: options.pop(name, None) for name in ("groups", "pillars")}
            imputation = prepare_imputation(values, method, named["groups"], named["pillars"], options)
        method, options = split(self._chosen(picks, "treat", self.plan.treat))
        if method is not None:
            treatment = plan_treatment(codes, method, **options)
        leaf_plans = {code: each for code, each in plan_leaves(self.framework, spec).items() if code in codes}
        nodes = [self.framework.node(code).leaf for code in codes]
        signs = np.array([1.0 if leaf is None else leaf.direction for leaf in nodes])
        fixed = codes if isinstance(self.bounds, pd.DataFrame) else list(self.bounds or ())
        parts = leaf_parts(values, {code: leaf_plans[code] for code in codes}, table, signs, fixed)
        return LeafChain(imputation, treatment, parts)

    def _chosen(self, picks: tuple[int, ...], step: str, base: Any) -> Any:
        chosen = self.alternatives(picks).items()
        return next((each for name, (_, each) in chosen if self.choices[name].step == step), base)

    def _part(self, picks: tuple[int, ...], steps: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(p for p, choice in zip(picks, self.choices.values(), strict=True) if choice.step in steps)

    def _once(self, key: Any, make: Any) -> Any:
        if key not in self._kept:
            with one_thread:
                self._kept[key] = make()
        return self._kept[key]

    def _check(self) -> None:
        """Refuse alternatives that name what is not there, before anything is drawn."""
        codes = [leaf.code for leaf in self.framework.leaves]
        for choice in self.choices.values():
            for alternative in choice.alternatives.values():
                method, options = split(alternative)
                if choice.step == "impute" and method is not None:
                    record = find_or_wrap(IMPUTERS, method, "imputation method")
                    record.check_options({k: v for k, v in options.items() if k not in ("groups", "pillars")})
                elif choice.step == "treat" and method is not None:
                    plan_treatment(codes, method, **options)
                elif choice.step not in ("impute", "treat"):
                    spec = _with(self.plan.base, choice, alternative)
                    plan_leaves(self.framework, spec)
                    plan_nodes(self.framework, spec)


def _prepared(values: pd.DataFrame, imputation: Any, treatment: Any) -> pd.DataFrame:
    """Return values imputed and treated as two alternatives say."""
    method, options = split(imputation)
    if method is not None:
        values = impute(values, method, **options).values
    method, options = split(treatment)
    return values if method is None else treat(values, method, **options).values


def _with(spec: IndexSpec, choice: Choice, alternative: Any) -> IndexSpec:
    """Return a spec with an alternative in its place: everywhere, or at the nodes of the choice."""
    if choice.step in ("impute", "treat"):
        return spec
    method, options = split(alternative)
    changes: dict[str, Any] = {choice.step: method}
    if choice.step == "normalise" and "scale" in options and not choice.nodes:
        changes["scale"] = options.pop("scale")
    if not choice.nodes or choice.step != "weights":
        changes[f"{choice.step}_options"] = options
    if not choice.nodes:
        return replace(spec, **changes)
    own = {code: replace(spec.nodes.get(code, NodeSpec()), **changes) for code in choice.nodes}
    return replace(spec, nodes={**spec.nodes, **own})
