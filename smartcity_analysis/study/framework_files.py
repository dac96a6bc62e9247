"""Framework files: YAML (with a table of leaves where they are many) read into a checked tree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..disk import packaged_frameworks, plain_name, read_packaged, read_text
from ..errors import Breach, DataError, UnknownNameError
from .framework import Band, Framework, Leaf, MethodBreak, Node, WeightSet
from .framework_shape import shape_breaches
from .yaml_files import parse_yaml

__all__ = ["framework_from_dict", "load_framework"]

WEIGHT_TOLERANCE = 0.005  # published weights carry at most two decimals
LEAF_TYPES = ("level", "binary", "number", "survey")
BASES = ("parent", "total")
LEAF_COLUMNS = ("code", "parent", "label_id", "label_en")


def load_framework(
    name: str | Path, *, year: int | None = None, cohort: str | None = None, file: str | None = None
) -> Framework:
    """Read a framework, check it whole, and put the weight set of `year` and `cohort` in force.

    Parameters
    ----------
    name : str or path
        A shipped framework (``human_development``, ``gm100sc``, ``kominfo_evaluation``, ``spbe``) or a YAML file.
    year, cohort
        Choose among the framework's weight sets. With neither, no set is put in force, and what needs one refuses.
    file : str, optional
        Name to use in messages.

    Returns
    -------
    Framework

    Raises
    ------
    DataError
        With every breach: weights that do not sum to 100 (and the sum found), repeated codes, bad goalposts, ...
    UnknownNameError
        For a name that is neither shipped nor a file.

    Examples
    --------
    >>> hdi = load_framework("human_development")
    >>> [leaf.code for leaf in hdi.leaves]
    ['life_expectancy', 'expected_schooling', 'mean_schooling', 'spending']
    >>> load_framework("kominfo_evaluation", year=2022, cohort="100sc_2017_2019").node("baseline").weight
    10.0
    """
    text, shown, folder = _framework_text(name)
    shown = file or shown
    raw = _parsed(text, shown)
    framework = framework_from_dict(raw, file=shown, folder=folder)
    if framework.weight_sets and (year is not None or cohort is not None):
        return framework.under(year=year, cohort=cohort)
    return framework


@lru_cache(maxsize=16)
def _parsed(text: str, shown: str) -> Any:
    """Return parsed YAML, not to be changed: a report asks for the same few files hundreds of times."""
    return parse_yaml(text, file=shown)


def framework_from_dict(raw: Any, *, file: str, folder: Path | None = None) -> Framework:
    """Build a checked framework from parsed YAML; weight sets are checked, none is put in force."""
    if not isinstance(raw, dict) or not isinstance(raw.get("tree"), dict):
        raise DataError([Breach("framework_shape", file=file, found=type(raw).__name__)])
    breaches = shape_breaches(raw, file)
    if breaches:
        raise DataError(breaches)
    basis = raw.get("weight_basis", "parent")
    if basis not in BASES:
        breaches.append(Breach("not_allowed", file=file, column="weight_basis", found=basis, facts={"allowed": BASES}))
    root = _node(raw["tree"], file, breaches)
    if raw.get("leaves"):
        root = _graft(root, _leaf_rows(str(raw["leaves"]), folder, file), file, breaches)
    sets = tuple(_weight_set(s, file, breaches) for s in raw.get("weight_sets") or ())
    scale = raw.get("scale")
    framework = Framework(
        name=str(raw.get("name", file)),
        label=raw.get("label") or {},
        root=root,
        scale=(float(scale[0]), float(scale[1])) if scale else None,
        bands=tuple(Band(float(b["lower"]), float(b["upper"]), b["label"]) for b in raw.get("bands") or ()),
        weight_basis=basis,
        weight_sets=sets,
        breaks=tuple(MethodBreak(b["year"], b["label"], str(b.get("source", ""))) for b in raw.get("breaks") or ()),
        source=str(raw.get("source", "")),
    )
    breaches += _check_codes(framework, file) + _check_weights(framework, file)
    if breaches:
        raise DataError(breaches)
    return framework


def _framework_text(name: str | Path) -> tuple[str, str, Path | None]:
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return read_text(path), path.name, path.parent
    known = packaged_frameworks()
    if str(name) not in known:
        raise UnknownNameError("framework", str(name), known)
    return read_packaged(f"frameworks/{name}.yaml"), f"{name}.yaml", None


def _is_weight(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


def _node(raw: Any, file: str, breaches: list[Breach]) -> Node:
    if not isinstance(raw, dict):
        breaches.append(Breach("framework_no_code", file=file, found=raw))
        raw = {"code": "?"}
    code = str(raw.get("code", ""))
    if not code:
        breaches.append(Breach("framework_no_code", file=file, found=raw))
    children = tuple(_node(child, file, breaches) for child in raw.get("children") or ())
    weight = raw.get("weight")
    if weight is not None and not _is_weight(weight):
        breaches.append(Breach("weight_not_number", file=file, column=code, found=weight))
        weight = None
    return Node(
        code=code,
        label=raw.get("label") or {"id": code, "en": code},
        rule=raw.get("rule", "arithmetic"),
        weight=None if weight is None else float(weight),
        children=children,
        min_available=raw.get("min_available"),
        options=raw.get("options") or {},
        leaf=None if children else _leaf(raw, code, file, breaches),
    )


def _leaf(raw: Mapping[str, Any], code: str, file: str, breaches: list[Breach]) -> Leaf:
    kind, goalposts = raw.get("type", "number"), raw.get("goalposts")
    if kind not in LEAF_TYPES:
        breaches.append(Breach("not_allowed", file=file, column=code, found=kind, facts={"allowed": LEAF_TYPES}))
    if goalposts is not None and not _in_order(goalposts):
        breaches.append(Breach("goalposts_order", file=file, column=code, found=goalposts))
        goalposts = None
    if raw.get("transform") == "log" and goalposts and goalposts[0] <= 0:
        breaches.append(Breach("goalposts_log", file=file, column=code, found=goalposts))
    direction = raw.get("direction", "up")
    if direction not in ("up", "down"):
        breaches.append(
            Breach("not_allowed", file=file, column=code, found=direction, facts={"allowed": ("up", "down")})
        )
    years = raw.get("years") or (None, None)
    return Leaf(
        type=kind,
        unit=raw.get("unit") or {},
        direction=-1 if direction == "down" else 1,
        goalposts=(float(goalposts[0]), float(goalposts[1])) if goalposts else None,
        transform=raw.get("transform"),
        target=raw.get("target"),
        owners=tuple(raw.get("owners") or ()),
        lowest_region=raw.get("lowest_region"),
        years=(years[0], years[1]),
        status=raw.get("status"),
        source=str(raw.get("source", "")),
    )


def _in_order(goalposts: Any) -> bool:
    two = isinstance(goalposts, list) and [isinstance(g, int | float) for g in goalposts] == [True, True]
    return two and goalposts[0] < goalposts[1]


def _leaf_rows(name: str, folder: Path | None, file: str) -> list[dict[str, str]]:
    """Read the leaves that a framework keeps in a table beside its YAML."""
    import csv

    name = plain_name(name, file=file)
    try:
        text = read_packaged(f"frameworks/{name}") if folder is None else read_text(folder / name)
    except FileNotFoundError:  # of the package; the store says it of a study's own
        raise DataError([Breach("file_unreadable", file=name)]) from None
    reader = csv.DictReader(text.splitlines(), restval="", strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise DataError([Breach("not_csv", file=name, row=reader.line_num, found=str(error))]) from None
    header = list(reader.fieldnames or ())
    place: dict[str, Any] = {"file": name, "row": 1, "found": header, "facts": {"headers": "-", "hint": ""}}
    missing = [Breach("column_missing", column=column, **place) for column in LEAF_COLUMNS if column not in header]
    if missing:
        raise DataError(missing)
    long = [(number, row) for number, row in enumerate(rows, start=2) if None in row]
    if long:
        facts = {"expected": len(header)}
        raise DataError(Breach("row_length", file=name, row=n, found=len(r), facts=facts) for n, r in long)
    return rows


def _graft(root: Node, rows: list[dict[str, str]], file: str, breaches: list[Breach]) -> Node:
    """Hang the leaves of a table under the nodes they name as parent."""
    below: dict[str, list[Node]] = {}
    for row in rows:
        raw: dict[str, Any] = {
            "code": row["code"],
            "label": {"id": row["label_id"], "en": row["label_en"]},
            "type": row.get("type") or "number",
            "unit": {"id": row.get("unit_id", ""), "en": row.get("unit_en", "")},
            "direction": row.get("direction") or "up",
            "owners": [o.strip() for o in (row.get("owners") or "").split(";") if o.strip()],
            "lowest_region": row.get("lowest_region") or None,
            "status": row.get("status") or None,
            "source": row.get("source") or "",
        }
        below.setdefault(row["parent"], []).append(_node(raw, file, breaches))
    known = {node.code for node in root.walk()}
    for parent in sorted(below.keys() - known):
        breaches.append(Breach("unknown_reference", file=file, column="parent", found=parent, facts={"table": file}))

    def rebuilt(node: Node) -> Node:
        children = tuple(rebuilt(child) for child in node.children) + tuple(below.get(node.code, ()))
        return replace(node, children=children, leaf=None if children else node.leaf)

    return rebuilt(root)


def _weight_set(raw: Mapping[str, Any], file: str, breaches: list[Breach]) -> WeightSet:
    name, years = str(raw.get("id", "")), raw.get("years") or ()
    weights = {}
    for code, weight in (raw.get("weights") or {}).items():
        if _is_weight(weight):
            weights[str(code)] = float(weight)
        else:
            place = f"weight_sets/{name}/{code}"
            breaches.append(Breach("weight_not_number", file=file, column=place, found=weight))
    return WeightSet(
        id=name,
        years=tuple(int(y) for y in years),
        cohort=raw.get("cohort"),
        weights=weights,
        source=raw.get("source", ""),
    )


def _check_codes(framework: Framework, file: str) -> list[Breach]:
    seen: set[str] = set()
    breaches = []
    for node in framework.root.walk():
        if node.code in seen:
            breaches.append(Breach("duplicate_key", file=file, column="code", found=node.code, facts={"key": "code"}))
        seen.add(node.code)
    for s in framework.weight_sets:
        for code in sorted(s.weights.keys() - seen):
            breaches.append(
                Breach(
                    "unknown_reference",
                    file=file,
                    column=f"weight_sets/{s.id}",
                    found=code,
                    facts={"table": file},
                )
            )
    return breaches


def _check_weights(framework: Framework, file: str) -> list[Breach]:
    """Refuse siblings whose declared weights miss their sum, naming the sum found."""
    breaches = []
    for s in framework.weight_sets:
        total = sum(s.weights.values())
        if abs(total - 100) > WEIGHT_TOLERANCE:
            facts = {"expected": 100.0, "parts": len(s.weights)}
            breaches.append(Breach("weight_sum", file=file, column=f"weight_sets/{s.id}", found=total, facts=facts))
        for node in framework.root.walk():
            unnamed = [child.code or "?" for child in node.children if child.code not in s.weights]
            if 0 < len(unnamed) < len(node.children):
                breaches.append(Breach("weight_partly", file=file, column=f"weight_sets/{s.id}", found=unnamed))
    for node in framework.root.walk():
        declared = [child.weight for child in node.children]
        if not declared or all(w is None for w in declared):
            continue
        if any(w is None for w in declared):
            breaches.append(Breach("weight_partly", file=file, column=node.code, found=declared.count(None)))
            continue
        expected = 100.0 if framework.weight_basis == "parent" or node.weight is None else node.weight
        total = sum(w for w in declared if w is not None)
        if abs(total - expected) > WEIGHT_TOLERANCE:
            facts = {"expected": expected, "parts": len(declared)}
            breaches.append(Breach("weight_sum", file=file, column=node.code, found=total, facts=facts))
    return breaches
