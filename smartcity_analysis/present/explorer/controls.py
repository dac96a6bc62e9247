"""The controls of the explorer in a notebook; the only module that knows ipywidgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ...errors import SmartCityError
from ...index import AGGREGATORS, NORMALISERS, Method

if TYPE_CHECKING:
    from .widget import Explorer

__all__ = ["NORMALISED", "RULES", "controls"]

NORMALISED = ("minmax", "percentile_rank")  # beside the initial choice
RULES = ("arithmetic", "geometric", "harmonic", "median", "minimum", "copeland", "topsis")

_FIRST = ""  # the initial choice of a menu, which takes None for nothing chosen
_LOOK: Mapping[str, Any] = {"style": {"description_width": "14rem"}, "layout": {"width": "32rem"}}


def controls(explorer: Explorer) -> Any:
    """Return sliders, menus and pictures of `explorer`, tied together.

    A choice that cannot be computed is told in words, and the pictures of the last one stay.
    """
    import ipywidgets

    parts = _inputs(explorer)
    told, pictures = ipywidgets.HTML(), {name: ipywidgets.HTML() for name in ("disparity", "ranks", "map")}
    save = ipywidgets.Button(description=_say(explorer, "save"), icon="save")

    def update(_change: Any = None) -> None:
        try:
            _choose(explorer, parts)
            for name, html in explorer.pictures():
                pictures[name].value = html
            told.value = ""
        except SmartCityError as error:
            told.value = _say(explorer, "broken", why=escape(str(error)))

    def write(_button: Any) -> None:
        told.value = _say(explorer, "saved", path=escape(str(explorer.save())))

    save.on_click(write)
    for part in parts.values():
        part.observe(update, "value")
    update()
    left = ipywidgets.VBox([*parts.values(), save, told, pictures["disparity"]], layout={"flex": "0 0 auto"})
    right = ipywidgets.VBox([pictures["ranks"], pictures["map"]], layout={"flex": "1 1 20rem", "overflow": "auto"})
    return ipywidgets.HBox([left, right])


def _inputs(explorer: Explorer) -> dict[str, Any]:
    """Return a slider for every part, and the menus, set to the present choice."""
    import ipywidgets

    found, chosen = explorer.found, explorer.chosen
    regions = [(explorer.show.label(code), code) for code in found.values[found.years[-1]].index]
    year = _look(explorer, "year") | {"options": list(found.years), "value": chosen.year}
    several = _look(explorer, "regions") | {"options": regions, "value": chosen.regions, "rows": 8}
    return {
        **_sliders(explorer),
        **_methods(explorer),
        "year": ipywidgets.Dropdown(**year),
        "regions": ipywidgets.SelectMultiple(**several),
    }


def _sliders(explorer: Explorer) -> dict[str, Any]:
    import ipywidgets

    weights = explorer.chosen.spec.weights
    given = weights if isinstance(weights, Mapping) else {}
    nodes, language = explorer.found.framework.nodes, explorer.show.language
    labels = {code: language.label(nodes[code].label) for code in explorer.found.parts}
    return {
        code: ipywidgets.FloatSlider(
            value=given[code], min=0, max=100, step=1, continuous_update=False, description=label, **_LOOK
        )
        for code, label in labels.items()
    }


def _methods(explorer: Explorer) -> dict[str, Any]:
    """Return a menu for the normalisation and one for the rule; the first entry of each is the initial choice."""
    import ipywidgets

    found, spec, root = explorer.found, explorer.chosen.spec, explorer.found.framework.root
    rule = spec.nodes[root.code].aggregate if root.code in spec.nodes else _FIRST
    value = {"normalise": _FIRST if spec.normalise == found.spec.normalise else spec.normalise, "rule": rule}
    language = explorer.show.language.code
    declared = str(found.result(found.years[-1]).bounds["method"].iloc[0])
    first = {
        "normalise": getattr(NORMALISERS[declared], f"label_{language}"),
        "rule": getattr(AGGREGATORS[root.rule or RULES[0]], f"label_{language}"),
    }
    made = {}
    for name, pairs in _menus(language).items():
        start = (_say(explorer, "declared", method=first[name]), _FIRST)
        made[name] = ipywidgets.Dropdown(options=[start, *pairs], value=value[name], **_look(explorer, name))
    return made


def _look(explorer: Explorer, name: str) -> dict[str, Any]:
    return {"description": _say(explorer, name), **_LOOK}


def _menus(language: str) -> dict[str, list[tuple[str, str]]]:
    """Return what the menus of methods offer beside the initial choice: (label, name)."""
    return {
        "normalise": _labelled(NORMALISERS, NORMALISED, language),
        "rule": _labelled(AGGREGATORS, RULES, language),
    }


def _labelled(family: Mapping[str, Method], names: Sequence[str], language: str) -> list[tuple[str, str]]:
    return [(getattr(family[name], f"label_{language}"), name) for name in names]


def _choose(explorer: Explorer, parts: dict[str, Any]) -> None:
    explorer.choose(
        weights={code: parts[code].value for code in explorer.found.parts},
        rule=parts["rule"].value or None,
        normalise=parts["normalise"].value or None,
        year=parts["year"].value,
        regions=parts["regions"].value,
    )


def _say(explorer: Explorer, key: str, **facts: Any) -> str:
    return explorer.show.language.text(f"explorer.widget.{key}", **facts)
