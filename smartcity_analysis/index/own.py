"""A researcher's own function in the place of a record, and options by indicator in the place of a number."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from .labels import by_name
from .methods import Array, Method, MethodLike, ScoringError, find_method

__all__ = ["MethodOrFunction", "called", "find_or_wrap", "options_in_order"]

MethodOrFunction: TypeAlias = MethodLike | Callable[..., Array]


def find_or_wrap(known: Mapping[str, Method], method: MethodOrFunction, kind: str) -> Method:
    """Return the record called `method`, the record itself, or a record made of a plain function.

    A plain function takes the array of values and its options; the kernel made of it passes over the second
    argument of the family.

    Examples
    --------
    >>> record = find_or_wrap({}, lambda values, floor=0.0: values, "imputation method")
    >>> record.options
    ('floor',)
    """
    if isinstance(method, str | Method) or not callable(method):
        return find_method(known, method, kind)
    name = getattr(method, "__name__", type(method).__name__)
    return Method(name, _Kernel(method), name, name)


@dataclass(frozen=True, slots=True)
class _Kernel:
    """A kernel made of a plain function; it can be pickled if that can."""

    function: Callable[..., Array]

    def __call__(self, values: Array, _context: Any, **options: Any) -> Array:
        return self.function(values, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        first = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in ("values", "_context")]
        taken = list(inspect.signature(self.function).parameters.values())[1:]
        return inspect.Signature([*first, *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in taken)])


def called(
    record: Method, values: Array, context: object, options: Mapping[str, Any]
) -> tuple[Array, Mapping[str, Any]]:
    """Return what a kernel makes of `values`, and what it says beside: ``kernel(...)`` or ``(result, notes)``.

    Raises
    ------
    ScoringError
        When the result does not have the regions and indicators of `values`, or is infinite.
    """
    result = record.kernel(values, context, **options)
    notes: Mapping[str, Any] = {}
    if isinstance(result, tuple):
        result, notes = result
    array = np.asarray(result, dtype=float)
    if array.shape[-2:] != values.shape[-2:]:
        found = f"found an array {array.shape}, expected (..., region, indicator) with {values.shape[-2:]} at the end"
        raise ScoringError([f"{record.name}: {found}. Its kernel must return an array like the one it is given."])
    if np.isinf(array).any():
        raise ScoringError([f"{record.name}: found infinite numbers in its result, expected finite ones or NaN."])
    return array, notes


def options_in_order(options: Mapping[str, Any], codes: Sequence[Hashable]) -> dict[str, Any]:
    """Return options with those given by indicator (a mapping or Series) as arrays in the order of `codes`."""
    return {
        name: by_name(value, codes, f"option {name}", exact=False) if isinstance(value, Mapping | pd.Series) else value
        for name, value in options.items()
    }
