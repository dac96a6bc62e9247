"""A choice of weights, methods, year and regions, written down so that it gives the same numbers when read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...index import IndexSpec, NodeSpec, ScoringError
from .explorable import Explorable

__all__ = ["Chosen", "read_chosen"]

_FIELDS = ("study", "areas", "year", "regions", "spec")
_SPEC = ("normalise", "scale", "weights", "nodes")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for an index: ``found.result(chosen.year, chosen.spec, regions=chosen.regions)`` builds it.

    Parameters
    ----------
    study : str
        The study whose regions they are.
    areas : bool
        Whether they are the areas of one city.
    year : int
    spec : IndexSpec
        Made by :meth:`Explorable.choice`: weights of the parts, rule of the root, normalisation.
    regions : tuple of str
        Codes; none means all.
    """

    study: str
    areas: bool
    year: int
    spec: IndexSpec
    regions: tuple[str, ...] = ()

    def text(self, remark: str = "") -> str:
        """Return the choice as YAML, below a remark; numbers keep every digit."""
        import yaml

        spec = self.spec
        nodes = {code: {"aggregate": node.aggregate} for code, node in spec.nodes.items()}
        written = {
            "normalise": spec.normalise,
            "scale": None if spec.scale is None else list(spec.scale),
            "weights": spec.weights if isinstance(spec.weights, str) else _plain(spec.weights),
            "nodes": nodes,
        }
        tree = {"study": self.study, "areas": self.areas, "year": self.year, "regions": list(self.regions)}
        body = yaml.safe_dump(tree | {"spec": written}, sort_keys=False, allow_unicode=True)
        return f"# {remark}\n{body}" if remark else body


def read_chosen(text: str, found: Explorable) -> Chosen:
    """Return the choice that `text` holds, checked against what can be explored.

    Raises
    ------
    ScoringError
        With every fault: no YAML, unknown or missing entries, another study, a year or region that is not there.
    """
    import yaml

    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScoringError([f"The choice: found no YAML ({str(error).splitlines()[0]}). Save it again."]) from None
    if not isinstance(tree, Mapping) or not isinstance(tree.get("spec"), Mapping):
        raise ScoringError([f"The choice: expected entries {', '.join(_FIELDS)}, with spec below. Save it again."])
    problems = [*_entry_problems(tree, _FIELDS, "The choice"), *_entry_problems(tree["spec"], _SPEC, "The spec")]
    problems = problems or _place_problems(tree, found)
    if problems:
        raise ScoringError(problems)
    spec = tree["spec"]
    nodes = {code: NodeSpec(**node) for code, node in (spec["nodes"] or {}).items()}
    scale = None if spec["scale"] is None else tuple(spec["scale"])
    chosen = IndexSpec(normalise=spec["normalise"], scale=scale, weights=spec["weights"], nodes=nodes)
    return Chosen(tree["study"], tree["areas"], tree["year"], chosen, tuple(tree["regions"] or ()))


def _entry_problems(tree: Mapping[str, Any], expected: tuple[str, ...], where: str) -> list[str]:
    unknown = [f"{where}: found {name!r}, expected {', '.join(expected)}." for name in tree if name not in expected]
    return unknown + [f"{where}: found no {name!r}. Save it again." for name in expected if name not in tree]


def _place_problems(tree: Mapping[str, Any], found: Explorable) -> list[str]:
    """Return where the choice does not fit what can be explored."""
    own = (found.study.name, found.areas)
    if (tree["study"], tree["areas"]) != own:
        given = f"study={tree['study']!r}, areas={tree['areas']!r}"
        return [f"The choice: found {given}, expected study={own[0]!r}, areas={own[1]!r}. Explore these, or change it."]
    if tree["year"] not in found.years:
        years = f"{found.years[0]} to {found.years[-1]}"
        return [f"The choice: found the year {tree['year']!r}, expected one with all values, {years}."]
    known = found.values[tree["year"]].index
    absent = [str(code) for code in tree["regions"] or () if code not in known]
    return [f"The choice: found no values of {', '.join(absent)} in {tree['year']}. Leave them out."] if absent else []


def _plain(weights: Any) -> dict[str, float]:
    return {code: float(weight) for code, weight in weights.items()}
