"""Links from docstrings: to the one that is meant, and none to what has no page but does exist.

Docstrings may point to modules and functions inside the package, which are not part of the reference. They are shown
without a link; a name that does not exist anywhere in the package stays a warning.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes

PACKAGE = Path(__file__).parents[2] / "smartcity_analysis"
_TWO_OF_A_NAME = {"DataError": "smartcity_analysis.errors.DataError"}  # outside `index`, whose own is an error in data


@cache
def inside() -> frozenset[str]:
    """Return the dotted names of everything that the package defines, and every ending of them."""
    names = {name for path in PACKAGE.rglob("*.py") for name in _defined(path)}
    return frozenset(".".join(parts[start:]) for parts in (n.split(".") for n in names) for start in range(len(parts)))


def _defined(path: Path) -> Iterator[str]:
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    yield module
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield f"{module}.{node.name}"
            members = node.body if isinstance(node, ast.ClassDef) else []
            yield from (f"{module}.{node.name}.{m.name}" for m in members if isinstance(m, ast.FunctionDef))


def _without_link(app: Any, env: Any, node: addnodes.pending_xref, shown: nodes.Element) -> nodes.Element | None:
    known = node.get("refdomain") == "py" and node["reftarget"].lstrip(".") in inside()
    return shown if known else None


def _name_fully(app: Any, doctree: nodes.document) -> None:
    for node in doctree.findall(addnodes.pending_xref):
        if node.get("py:module") != "smartcity_analysis.index" and node["reftarget"] in _TWO_OF_A_NAME:
            node["reftarget"] = _TWO_OF_A_NAME[node["reftarget"]]


def setup(app: Any) -> dict[str, bool]:
    """Settle links when pages have been read."""
    app.connect("doctree-read", _name_fully)
    app.connect("missing-reference", _without_link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
