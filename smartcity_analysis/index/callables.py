"""A plain function in the place of a record: wrapped once, then treated and recorded like a built-in method."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from .methods import Array, Method, MethodLike, find_method

__all__ = ["Function", "MethodOrFunction", "as_method", "find_own"]

MethodOrFunction: TypeAlias = MethodLike | Callable[..., Array]
SECOND = ("bounds", "base", "weights")  # what the families call the second argument of a kernel


@dataclass(frozen=True, slots=True)
class Function:
    """A kernel made of a plain function; two of the same function are equal, and it can be pickled if that can.

    Parameters
    ----------
    function : callable
        Takes the array of the family ``(..., region, indicator)``, and after it the second argument of the family
        where it has a second argument that is called so (bounds, base, weights) or has no default. Whatever follows
        is an option.
    """

    function: Callable[..., Array]

    def __call__(self, first: Array, second: Any, **options: Any) -> Array:
        """Call the function with as many arguments as it takes."""
        return self.function(first, second, **options) if self.takes_second else self.function(first, **options)

    @property
    def takes_second(self) -> bool:
        """Whether the function wants the bounds, base or weights."""
        parameters = _positional(self.function)[1:2]
        if not parameters or parameters[0].name == "direction":
            return False
        return parameters[0].name in SECOND or parameters[0].default is inspect.Parameter.empty

    @property
    def __signature__(self) -> inspect.Signature:
        """The signature of a kernel: two arrays, then the options."""
        array = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in ("first", "second")]
        passed = {each.name for each in _positional(self.function)[: 2 if self.takes_second else 1]}
        named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        options = [each for each in _parameters(self.function) if each.kind in named and each.name not in passed]
        return inspect.Signature([*array, *(each.replace(kind=named[1]) for each in options)])


def as_method(function: Callable[..., Array]) -> Method:
    """Return a record made of a plain function, called by the function's name.

    Parameters
    ----------
    function : callable
        Normalisation: scores from values, as if more were better. Weighting: weights from scores. Aggregation: one
        score a region from scores and weights. Arrays as :class:`Method` says for a kernel.

    Examples
    --------
    >>> def doubled(values, factor=2.0):
    ...     return values * factor
    >>> record = as_method(doubled)
    >>> record.name, record.options
    ('doubled', ('factor',))
    """
    named = function.func if isinstance(function, functools.partial) else function
    name = getattr(named, "__name__", type(named).__name__)
    return Method(name, Function(function), name, name)


def find_own(known: Mapping[str, Method], method: MethodOrFunction, kind: str) -> Method:
    """Return the record called `method`, the caller's own record, or a record made of the caller's function.

    Raises
    ------
    UnknownNameError
        For a name outside the family.
    """
    if isinstance(method, str | Method) or not callable(method):
        return find_method(known, method, kind)
    return as_method(method)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:  # written in C without a signature
        return []


def _positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each for each in _parameters(function) if each.kind in kinds]
