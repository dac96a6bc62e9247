"""What is uncertain about an index: each thing is a named input, and knows how a draw of it is made from numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ...errors import UnknownNameError
from ..methods import Array, Method, ScoringError
from ..spec import IndexSpec
from .streams import Source

__all__ = [
    "STEPS",
    "Choice",
    "DataError",
    "DirichletWeights",
    "Input",
    "LeaveOut",
    "NoisyWeights",
    "Replicates",
    "UncertaintyPlan",
    "split",
]

STEPS = ("impute", "treat", "normalise", "weights", "aggregate")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several methods at one step.

    Parameters
    ----------
    step : str
        ``impute``, ``treat``, ``normalise``, ``weights`` or ``aggregate``.
    alternatives : sequence, or mapping of label to alternative
        Each a name, a Method, ``(method, options)``; at ``impute`` and ``treat`` also a function, or None for leaving
        the values alone; at ``weights`` also weights by code. Options are those of the step's public function; at
        ``normalise`` also `scale`, the scale of the whole index for that alternative.
    probabilities : sequence, optional
        One for every alternative, summing to 1. None: all the same.
    nodes : tuple of str
        Codes the choice holds for: leaves (normalise) or nodes with children (weights, aggregate). Empty: all for
        which the base spec has no own entry.

    Examples
    --------
    >>> Choice("treat", [None, ("winsorise", {"limit": 2})]).labels
    ('none', 'winsorise(limit=2)')
    """

    step: str
    alternatives: Any
    probabilities: Any = None
    nodes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.step not in STEPS:
            raise UnknownNameError("step of a choice", self.step, STEPS)
        given = self.alternatives
        table = dict(given) if isinstance(given, Mapping) else _labelled(list(given))
        chances = np.full(len(table), 1.0) / max(len(table), 1)
        if self.probabilities is not None:
            chances = np.asarray(self.probabilities, dtype=float)
        problems = []
        if not table:
            problems.append(f"Choice of {self.step}: found no alternative, expected some.")
        if chances.shape != (len(table),) or (chances < 0).any() or not np.isclose(chances.sum(), 1.0):
            expected = f"expected {len(table)} of 0 or more that sum to 1"
            problems.append(f"Choice of {self.step}: found the probabilities {chances.tolist()}, {expected}.")
        if self.nodes and self.step in ("impute", "treat"):
            remedy = "Leave nodes out: it is done to the whole table. Give treat its rules= in the alternatives."
            problems.append(f"Choice of {self.step}: found nodes. {remedy}")
        if problems:
            raise ScoringError(problems)
        object.__setattr__(self, "alternatives", table)
        object.__setattr__(self, "probabilities", tuple(chances.tolist()))
        object.__setattr__(self, "nodes", (self.nodes,) if isinstance(self.nodes, str) else tuple(self.nodes))

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the alternatives."""
        return tuple(self.alternatives)

    def pick(self, uniform: Array) -> np.ndarray:
        """Return the number of the alternative at each uniform number."""
        limits = np.cumsum(self.probabilities)[:-1]
        return np.searchsorted(limits, uniform, side="right")


@dataclass(frozen=True, slots=True)
class DirichletWeights:
    """Weights of siblings around their nominal ones, from a Dirichlet distribution.

    Parameters
    ----------
    concentration : float, optional
        Sum of the distribution's parameters, above 0: the higher, the closer to the nominal weights. The standard
        deviation of a weight w is ``sqrt(w (1 - w) / (concentration + 1))``. None: the number of siblings, which with
        equal nominal weights makes all weights alike probable.
    below : tuple of str
        Codes of the parents whose children are meant. Empty: every parent.

    References
    ----------
    Kotz, Balakrishnan and Johnson (2000), Continuous Multivariate Distributions 1, chapter 49.
    """

    concentration: float | None = None
    below: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.concentration is not None and not self.concentration > 0:
            raise ScoringError([f"DirichletWeights: found a concentration of {self.concentration}, expected above 0."])

    def raw(self, source: Source, nominal: Array, siblings: Array) -> Array:
        """Return weights ``(child, draw)`` before they are brought to a sum of 1, from nominal ones."""
        return source.gamma(nominal * (siblings if self.concentration is None else self.concentration))


@dataclass(frozen=True, slots=True)
class NoisyWeights:
    """Nominal weights times a factor that is uniform between ``1 - spread`` and ``1 + spread``, then brought to sum 1.

    Parameters
    ----------
    spread : float
        Above 0, at most 1; 0.25 is 25 per cent either way.
    below : tuple of str
        Codes of the parents whose children are meant. Empty: every parent.
    """

    spread: float
    below: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.spread <= 1:
            raise ScoringError([f"NoisyWeights: found a spread of {self.spread}, expected above 0 and at most 1."])

    def raw(self, source: Source, nominal: Array, siblings: Array) -> Array:
        """Return weights ``(child, draw)`` before they are brought to a sum of 1, from nominal ones."""
        factor = source.uniform(len(nominal)) * (2 * self.spread)
        factor += 1 - self.spread
        factor *= nominal
        return factor


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Indicators, or whole nodes, left out of the index; their siblings share their weight in proportion.

    A node that loses all its children is left out itself. A draw that loses everything fails.

    Parameters
    ----------
    probability : float, optional
        Of each to be left out, independently, from 0 to below 1. None: in every draw exactly one is.
    codes : tuple of str
        Who may be left out. Empty: every leaf.
    """

    probability: float | None = None
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.probability is not None and not 0 <= self.probability < 1:
            raise ScoringError([f"LeaveOut: found a probability of {self.probability}, expected 0 to below 1."])

    def kept(self, source: Source, count: int) -> Array:
        """Return 1 where one of `count` stays in a draw and 0 where it is left out, ``(count, draw)``."""
        if self.probability is not None:
            return (source.uniform(count) >= self.probability).astype(float)
        gone = (source.uniform(1) * count).astype(np.intp)
        return (np.arange(count)[:, np.newaxis] != gone).astype(float)


@dataclass(frozen=True, slots=True, eq=False)
class DataError:
    """Values known with a standard error: independent normal errors are added to the observed ones.

    Parameters
    ----------
    errors : DataFrame
        Standard errors, region by indicator, in the unit of the values; matched by label. What is not there, or NaN,
        is exact.
    limits : mapping of indicator to (lower, upper)
        Values with errors are cut off here, such as ``(0, 100)`` for a percentage.
    """

    errors: pd.DataFrame
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Values replaced by one of several tables: a survey's bootstrap, or multiple imputations.

    Parameters
    ----------
    tables : array (replicate, region, indicator), sequence of DataFrame, or callable
        One is picked in every draw, all alike probable. DataFrames, region by some indicators, are matched by label;
        an array has the regions of the values in their order. A callable is given uniform numbers ``(draw, dimension)``
        and returns ``(draw, region, indicator)``.
    columns : sequence of str, optional
        Indicators of the array. None: the columns of the values in their order.
    missing_only : bool
        Only missing values are replaced, as imputations do.
    dimensions : int
        How many uniform numbers a callable takes for a draw.
    """

    tables: Array | Sequence[pd.DataFrame] | Callable[[Array], Array]
    columns: Sequence[str] | None = None
    missing_only: bool = False
    dimensions: int = 1


Input: TypeAlias = Choice | DirichletWeights | NoisyWeights | LeaveOut | DataError | Replicates


@dataclass(frozen=True, slots=True, eq=False)
class UncertaintyPlan:
    """An index and what is uncertain about it.

    Parameters
    ----------
    base : IndexSpec
        The nominal index; holds for all that no input changes.
    inputs : mapping of name to input
        Each is one input of a sensitivity analysis, a group of weights as a whole. The numbers of an input depend on
        its name and the seed only, so that inputs may be added without changing the draws of the others.
    impute, treat
        The nominal imputation and treatment, written like an alternative of :class:`Choice`. None: none.

    Examples
    --------
    >>> inputs = {"normalisation": Choice("normalise", ["minmax", "zscore"]), "weights": NoisyWeights(0.25)}
    >>> list(UncertaintyPlan(IndexSpec(), inputs).inputs)
    ['normalisation', 'weights']
    """

    base: IndexSpec
    inputs: Mapping[str, Input]
    impute: Any = None
    treat: Any = None

    def __post_init__(self) -> None:
        problems = []
        if not self.inputs:
            problems.append("The plan: found no input, expected some.")
        for name, each in self.inputs.items():
            if not isinstance(each, Input):
                expected = "expected a Choice, DirichletWeights, NoisyWeights, LeaveOut, DataError or Replicates"
                problems.append(f"The plan: found {type(each).__name__} for {name!r}, {expected}.")
        taken: dict[tuple[str, str], str] = {}
        for name, each in [(n, c) for n, c in self.inputs.items() if isinstance(c, Choice)]:
            for code in each.nodes or ("",):
                first = taken.setdefault((each.step, code), name)
                if first != name:
                    remedy = "Put them into one choice, or give each its nodes=."
                    problems.append(f"The plan: found {first!r} and {name!r} choosing the same {each.step}. {remedy}")
        if problems:
            raise ScoringError(problems)
        object.__setattr__(self, "inputs", dict(self.inputs))


def split(alternative: Any) -> tuple[Any, dict[str, Any]]:
    """Return method and options of an alternative.

    Examples
    --------
    >>> split(("winsorise", {"limit": 2})), split("minmax")
    (('winsorise', {'limit': 2}), ('minmax', {}))
    """
    if isinstance(alternative, tuple):
        method, options = alternative
        return method, dict(options)
    return alternative, {}


def _labelled(alternatives: Sequence[Any]) -> dict[str, Any]:
    """Return alternatives by label; a label that stands already is numbered."""
    table: dict[str, Any] = {}
    for place, alternative in enumerate(alternatives, start=1):
        label = _label(alternative, place)
        table[label if label not in table else f"{label} ({place})"] = alternative
    return table


def _label(alternative: Any, place: int) -> str:
    method, options = split(alternative)
    if isinstance(method, str):
        name = method
    elif isinstance(method, Method):
        name = method.name
    elif isinstance(method, Mapping):
        name = f"set {place}"
    else:
        name = "none" if method is None else getattr(method, "__name__", type(method).__name__)
    return f"{name}({', '.join(f'{key}={value}' for key, value in options.items())})" if options else name
