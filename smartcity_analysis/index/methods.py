"""Method records: what a family offers, and what a researcher may hand in instead of a name.

A family is a read-only mapping of records. Nothing registers itself: a function that accepts a name accepts a
:class:`Method` just as well, and treats it like a built-in one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import SmartCityError, UnknownNameError

__all__ = ["Array", "Mask", "Method", "MethodLike", "ScoringError", "family", "find_method"]

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]


class ScoringError(SmartCityError, ValueError):
    """Values, weights or settings that cannot be scored; every problem is listed, one a line."""

    def __init__(self, problems: Iterable[str]):
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[ScoringError], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


@dataclass(frozen=True, slots=True)
class Method:
    """A method is a kernel and what a chooser must know about it.

    Parameters
    ----------
    name : str
    kernel : callable
        On arrays whose last two axes are region and indicator; whatever stands in front is draws. NaN means
        missing. Its arguments after the first two are its options. By family:

        - normalisation ``kernel(values, bounds)``: scores of the shape of `values`; `bounds` maps each
          name in `bounds` below to an array of shape ``(..., 1, indicator)``. The kernel scores as if more
          were better, and the scores of lower-is-better indicators are mirrored for it; one that has an
          argument `direction` (+1 or -1, by indicator) sees to that itself;
        - weighting ``kernel(scores, base)``: non-negative weights of shape ``(..., indicator)``;
        - aggregation ``kernel(scores, weights)``: one score a region, ``(..., region)``. `weights` has shape
          ``(..., 1, indicator)`` and sums to 1; the kernel leaves missing scores out.
    label_id, label_en : str
        Name to show, in Indonesian and English.
    reference : str
        Where the method is defined.
    fit : callable, optional
        Normalisation: ``fit(values)`` returns the bounds, each of shape ``(..., 1, indicator)``.
    bounds : tuple of str
        Names of the bounds the kernel reads. Bounds without a `fit` must be given, as goalposts are.
    scale : (float, float), optional
        Normalisation: where the kernel's scores lie. None: nowhere in particular, and no other scale can be
        had.
    on_scale : bool
        Normalisation: the values already are scores on the caller's scale.
    positive : bool
        Aggregation: defined for scores above 0 only. Normalisation: for values of 0 or more, and above 0 where less
        is better.
    compensation : str
        Aggregation: ``"full"``, ``"partial"`` or ``"none"``: may a good score make up for a bad one?

    Examples
    --------
    >>> from smartcity_analysis.index import aggregate
    >>> import pandas as pd
    >>> highest = Method("highest", lambda scores, weights: scores.max(axis=-1), "Tertinggi", "Highest")
    >>> aggregate(pd.DataFrame({"a": [1.0], "b": [3.0]}), {"a": 1, "b": 1}, highest).to_list()
    [3.0]
    """

    name: str
    kernel: Callable[..., Array]
    label_id: str
    label_en: str
    reference: str = ""
    fit: Callable[[Array], Mapping[str, Array]] | None = None
    bounds: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None
    on_scale: bool = False
    positive: bool = False
    compensation: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options a caller may set."""
        return tuple(name for name in _arguments(self.kernel) if name != "direction")

    @property
    def takes_direction(self) -> bool:
        """Whether the kernel itself deals with the direction of an indicator."""
        return "direction" in _arguments(self.kernel)

    @property
    def bounds_given(self) -> bool:
        """Whether the bounds must be given because nothing fits them."""
        return bool(self.bounds) and self.fit is None

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Refuse an option that this method does not have, naming the nearest.

        Raises
        ------
        UnknownNameError
            For an option that the method does not have; the nearest known one is named.
        """
        for name in options:
            if name not in self.options:
                raise UnknownNameError(f"option of {self.name}", name, self.options)


MethodLike: TypeAlias = str | Method


def family(*records: Method) -> Mapping[str, Method]:
    """Return records as a read-only mapping by name."""
    return MappingProxyType({record.name: record for record in records})


def find_method(known: Mapping[str, Method], method: MethodLike, kind: str) -> Method:
    """Return the record called `method`; a caller's own record comes back as it is.

    Raises
    ------
    UnknownNameError
        For a name outside the family; the known names and the nearest are listed.

    Examples
    --------
    >>> from smartcity_analysis.index import AGGREGATORS
    >>> find_method(AGGREGATORS, "geometric", "aggregation method").label_en
    'Geometric mean'
    """
    if isinstance(method, Method):
        return method
    if method not in known:
        raise UnknownNameError(kind, method, list(known))
    return known[method]


def _arguments(kernel: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments after the first two."""
    return tuple(inspect.signature(kernel).parameters)[2:]
