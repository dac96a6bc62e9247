"""A tree made of a study's own catalogue: its indicators below their pillars, all weights alike."""

from __future__ import annotations

from collections.abc import Iterable

from .contracts import PILLARS
from .framework import Framework, Leaf, Node
from .framework_files import load_framework
from .loaded import Study

__all__ = ["plain_framework"]

ROOT = "region_index"
_SIGN = {"up": 1, "down": -1}


def plain_framework(study: Study, indicators: Iterable[str]) -> Framework:
    """Return the pillars of `study` with `indicators` below them: siblings weigh alike, scores lie on 0 to 100.

    It is what can be said before anybody has set weights: a beginning, and no framework that anybody has agreed on.

    Parameters
    ----------
    study : Study
    indicators : iterable of str
        Codes of the catalogue. Each needs a direction and both bounds, which become its goalposts.

    Returns
    -------
    Framework

    Raises
    ------
    ValueError
        For an indicator without a direction or a bound.
    """
    catalogue = study.table("catalogue").set_index("code")
    pillars: dict[str, list[Node]] = {}
    for code in indicators:
        row = catalogue.loc[code]
        if row[["direction", "lower", "upper"]].isna().any():
            raise ValueError(f"{code}: found no direction or bound in the catalogue, expected both for a score.")
        leaf = Leaf(
            type=str(row["type"]),
            unit={"id": row["unit_id"], "en": row["unit_en"]},
            direction=_SIGN[row["direction"]],
            goalposts=(float(row["lower"]), float(row["upper"])),
            status=str(row["status"]),
            source=str(row["source"]),
        )
        node = Node(code, {"id": row["label_id"], "en": row["label_en"]}, leaf=leaf)
        pillars.setdefault(str(row["pillar"]), []).append(node)
    labels = {node.code: node.label for node in load_framework("gm100sc").root.children}
    groups = [Node(p, labels.get(p, {"id": p, "en": p}), children=tuple(pillars[p])) for p in PILLARS if p in pillars]
    label = {"id": "Indeks wilayah dengan bobot sama", "en": "Index of the regions with equal weights"}
    return Framework("catalogue", label, Node(ROOT, label, children=tuple(groups)), scale=(0.0, 100.0))
