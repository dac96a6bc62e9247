"""The yearly review of a city's Smart City masterplan, from raw study folder to report.

Rooms, in the direction data goes: :mod:`study`, :mod:`index`, :mod:`regions` and :mod:`masterplan`, :mod:`present`,
:mod:`batch`. Each is imported on first use, so that ``import smartcity_analysis`` costs next to nothing.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"
_ROOMS = ("study", "index", "regions", "masterplan", "present", "batch", "errors")
__all__ = ["__version__", *_ROOMS]


def __getattr__(name: str) -> ModuleType:
    if name in _ROOMS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
