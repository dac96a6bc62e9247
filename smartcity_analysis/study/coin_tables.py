"""Exchange with the other tools of the field: an index as the two tables iData and iMeta of COINr, in and out.

Numbers and tree only: how values are normalised is chosen where the index is built.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..disk import read_bytes
from ..errors import Breach, DataError
from .coin_cells import AGGREGATE, DENOMINATOR, INDICATOR, Columns, Listed, frame_grid, read_data, read_meta
from .framework import Framework, Leaf, Node
from .readers.grid import Grid, read_grid
from .spec import NumberFormat
from .table_files import write_table

__all__ = ["CoinTables", "load_coin", "read_coin", "save_coin", "write_coin"]

# columns of iMeta that say something of a node; the rest is kept as it is
KNOWN = (
    "iCode", "iName", "Level", "Parent", "Direction", "Weight", "Type", "Unit", "Target", "Denominator", "iName_id",
    "Unit_id", "Rule", "Min_available", "Transform", "goalpost_lower", "goalpost_upper", "goalpost_scale",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class CoinTables:
    """What a pair iData and iMeta says, in the terms of this library.

    Parameters
    ----------
    values : DataFrame
        Region by indicator, in the units of iMeta; (region, year) by indicator where iData has Time. NaN is missing.
    framework : Framework
        The tree. Weights stand as they were given (`weight_basis` is ``"relative"``).
    units : DataFrame
        By region: uName, and what iMeta calls Group or Other.
    denominators : DataFrame
        By region: what indicators may be divided by.
    per : mapping of indicator to denominator
    others : DataFrame
        The rows of iMeta that are no part of the tree (Group, Denominator, Other), as they were.
    extra : DataFrame
        By code: columns of iMeta that mean nothing here, kept for writing.
    """

    values: pd.DataFrame
    framework: Framework
    units: pd.DataFrame = field(default_factory=pd.DataFrame)
    denominators: pd.DataFrame = field(default_factory=pd.DataFrame)
    per: Mapping[str, str] = field(default_factory=dict)
    others: pd.DataFrame = field(default_factory=pd.DataFrame)
    extra: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def ratios(self) -> pd.DataFrame:
        """The values, each indicator that has a denominator divided by it."""
        found = self.values.copy()
        for code, denominator in self.per.items():
            found[code] = found[code] / self.denominators[denominator]
        return found


def read_coin(idata: pd.DataFrame, imeta: pd.DataFrame, *, name: str = "coin") -> CoinTables:
    """Return the values and the framework of a pair of tables in the form of COINr.

    Parameters
    ----------
    idata : DataFrame
        One row a region (and Time): uCode, uName, optional Time, one column for every Indicator, Group, Denominator
        and Other of `imeta`.
    imeta : DataFrame
        One row a code: iCode, Level (1 for indicators), Parent, Direction (1 or -1), Weight (relative within a parent;
        empty for all children is equal), Type. Optional: iName, Unit (English; iName_id, Unit_id Indonesian), Target,
        Denominator, goalpost_lower, goalpost_upper, goalpost_scale (one for all), Rule, Min_available, Transform.
    name : str
        Name of the framework.

    Returns
    -------
    CoinTables

    Raises
    ------
    DataError
        With every breach of both tables, with table, row (the header is row 1) and column.

    References
    ----------
    Becker, Caperna, Del Sorbo et al. (2022), COINr: an R package for developing composite indicators, JOSS 7(78).

    Examples
    --------
    >>> meta = pd.DataFrame([["a", 1, "I", -1, 3, "Indicator"], ["b", 1, "I", 1, 1, "Indicator"]])
    >>> meta.loc[2] = ["I", 2, None, 1, 1, "Aggregate"]
    >>> meta.columns = ["iCode", "Level", "Parent", "Direction", "Weight", "Type"]
    >>> coin = read_coin(pd.DataFrame({"uCode": ["x", "y"], "a": [1, 2], "b": [4.5, None]}), meta)
    >>> coin.framework.child_weights("I"), coin.framework.node("a").leaf.direction
    ({'a': 0.75, 'b': 0.25}, -1)
    """
    return _read(frame_grid(idata), frame_grid(imeta), ("iData", "iMeta"), NumberFormat(), name)


def load_coin(idata: Path, imeta: Path, *, numbers: NumberFormat | None = None) -> CoinTables:
    """Read a pair of tables from CSV or XLSX files, as :func:`read_coin` does.

    Parameters
    ----------
    idata, imeta : path
        ``.csv`` or ``.xlsx``; a workbook holds the one table.
    numbers : NumberFormat, optional
        How numbers are written in text cells; decimal point by default.

    Raises
    ------
    DataError
        With every breach of both files.
    """
    grids, breaches = [], []
    for path in (Path(idata), Path(imeta)):
        grid, found = read_grid(read_bytes(path), path.name)
        grids.append(grid)
        breaches += found
    data, meta = grids
    if data is None or meta is None or breaches:
        raise DataError(breaches)
    files = (Path(idata).name, Path(imeta).name)
    return _read(data, meta, files, numbers or NumberFormat(), Path(imeta).stem)


def write_coin(coin: CoinTables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pair iData and iMeta of an index; :func:`read_coin` gives it back.

    Indicators come first, in the order of the tree, then aggregates by level, then what is no part of the tree.
    Optional columns are written where they say something. What moves no score (bands, weight sets, owners,
    sources) is left out.

    Parameters
    ----------
    coin : CoinTables
        The index, as :func:`read_coin` gives it or made by hand.

    Returns
    -------
    idata, imeta : DataFrame

    Raises
    ------
    DataError
        For what iMeta has no place for and the scores need: options of a rule, leaves that are no plain numbers, a
        scale that does not begin at 0; all of them at once.
    """
    framework = coin.framework
    lost = [(code, "options") for code, node in framework.nodes.items() if node.options]
    lost += [(leaf.code, leaf.leaf.type) for leaf in framework.leaves if leaf.leaf and leaf.leaf.type != "number"]
    lost += [(framework.root.code, "scale")] if framework.scale and framework.scale[0] != 0 else []
    if lost:
        raise DataError(Breach("coin_not_carried", file=framework.name, column=code, found=what) for code, what in lost)
    levels = _levels(framework.root)
    inner = [code for code, node in framework.nodes.items() if node.children]
    codes = [*(leaf.code for leaf in framework.leaves), *sorted(inner, key=lambda code: levels[code])]
    rows = [_meta_row(framework, code, levels[code], coin.per.get(code)) for code in codes]
    meta = pd.DataFrame(rows).set_index("iCode").join(coin.extra, how="left").reset_index()
    meta = pd.concat([meta, coin.others], ignore_index=True) if len(coin.others) else meta
    empty = [name for name in KNOWN if name in meta and name not in KNOWN[:7] and meta[name].isna().all()]
    order = [name for name in KNOWN if name in meta and name not in empty]
    meta = meta[[*order, *(name for name in meta if name not in KNOWN)]]
    return _data_table(coin), meta.infer_objects().astype({"Level": "Int64", "Direction": "Int64"})


def save_coin(coin: CoinTables, idata: Path, imeta: Path) -> None:
    """Write an index as two files (CSV, XLSX or Parquet, by their endings), as :func:`write_coin` does.

    Parameters
    ----------
    coin : CoinTables
        The index, as :func:`read_coin` gives it or made by hand.
    idata : path
        Where the values go.
    imeta : path
        Where the structure goes.
    """
    for path, table in zip((idata, imeta), write_coin(coin), strict=True):
        write_table(Path(path), table)


def _read(data: Grid, meta: Grid, files: tuple[str, str], numbers: NumberFormat, name: str) -> CoinTables:
    listed, breaches = read_meta(meta, files[1], numbers)
    if listed:
        columns, more = read_data(data, listed, files[0], numbers)
        breaches += more
    if breaches or not listed:
        raise DataError(breaches)
    index = _index(columns)
    of = {kind: [e.code for e in listed if e.kind == kind] for kind in (INDICATOR, DENOMINATOR)}
    root = next(e for e in listed if e.kind == AGGREGATE and e.cells["Parent"] is None)
    top = next(e.cells.get("goalpost_scale") for e in listed if e.kind == INDICATOR)
    scale = None if top is None else (0.0, top)
    words = _words(root, "iName", root.code)
    framework = Framework(name, words, _node(root, listed), scale, weight_basis="relative")
    texts = [e.code for e in listed if e.kind not in (INDICATOR, AGGREGATE, DENOMINATOR)]
    units = {column: columns[column] for column in ("uName", *texts) if column in columns}
    tree = [e for e in listed if e.kind in (INDICATOR, AGGREGATE)]
    return CoinTables(
        values=_numbers(columns, [leaf.code for leaf in framework.leaves], index),
        framework=framework,
        units=pd.DataFrame(units, index=index, dtype=object),
        denominators=_numbers(columns, of[DENOMINATOR], index),
        per={e.code: e.cells["Denominator"] for e in tree if e.cells.get("Denominator") is not None},
        others=pd.DataFrame([dict(e.cells) for e in listed if e not in tree], columns=list(listed[0].cells)),
        extra=_extra(tree),
    )


def _index(columns: Columns) -> pd.Index:
    if "Time" not in columns:
        return pd.Index(columns["uCode"], name="region", dtype=object)
    years = [int(year) if year == int(year) else year for year in columns["Time"]]
    return pd.MultiIndex.from_arrays([columns["uCode"], years], names=["region", "year"])


def _numbers(columns: Columns, codes: Sequence[str], index: pd.Index) -> pd.DataFrame:
    found = {code: [np.nan if cell is None else float(cell) for cell in columns[code]] for code in codes}
    return pd.DataFrame(found, index=index, columns=list(codes), dtype=float)


def _extra(tree: Sequence[Listed]) -> pd.DataFrame:
    own = [name for name in tree[0].cells if name not in KNOWN]
    return pd.DataFrame(
        [{name: e.cells[name] for name in own} for e in tree], index=pd.Index([e.code for e in tree], name="iCode")
    )


def _words(row: Listed, column: str, otherwise: str = "") -> dict[str, str]:
    """Return the English text of a column with the Indonesian one beside it, which is the English where not given."""
    english = row.cells.get(column)
    said = otherwise if english is None else str(english)
    local = row.cells.get(f"{column}_id")
    return {"id": said if local is None else str(local), "en": said} if said or local else {}


def _node(row: Listed, listed: Sequence[Listed]) -> Node:
    cells = row.cells
    children = [e for e in listed if e.kind in (INDICATOR, AGGREGATE) and e.cells["Parent"] == row.code]
    lower, upper = cells.get("goalpost_lower"), cells.get("goalpost_upper")
    leaf = Leaf(
        unit=_words(row, "Unit"),
        direction=int(cells["Direction"] or 1),
        goalposts=None if lower is None or upper is None else (lower, upper),
        transform=cells.get("Transform"),
        target=cells.get("Target"),
    )
    return Node(
        code=row.code,
        label=_words(row, "iName", row.code),
        rule=cells.get("Rule") or "arithmetic",
        weight=cells["Weight"],
        children=tuple(_node(child, listed) for child in children),
        min_available=cells.get("Min_available"),
        leaf=None if children else leaf,
    )


def _levels(node: Node) -> dict[str, int]:
    """Return the level of a node and all below it: 1 for leaves, a parent one above its highest child."""
    found: dict[str, int] = {}
    for child in node.children:
        found |= _levels(child)
    return {**found, node.code: 1 + max((found[child.code] for child in node.children), default=0)}


def _meta_row(framework: Framework, code: str, level: int, denominator: str | None) -> dict[str, Any]:
    node = framework.node(code)
    leaf, inner = node.leaf or Leaf(), bool(node.children)
    lower, upper = leaf.goalposts or (None, None)
    name, unit = node.label.get("en", code), leaf.unit.get("en")
    local = {"iName_id": node.label.get("id", name), "Unit_id": leaf.unit.get("id", unit)}
    return {
        "iCode": code, "iName": name, "Level": level, "Parent": framework.parents.get(code),
        "Direction": leaf.direction, "Weight": node.weight, "Type": AGGREGATE if inner else INDICATOR,
        "Unit": unit, "Target": leaf.target, "Denominator": denominator,
        "iName_id": local["iName_id"] if local["iName_id"] != name else None,
        "Unit_id": local["Unit_id"] if local["Unit_id"] != unit else None,
        "Rule": node.rule if inner and node.rule != "arithmetic" else None, "Min_available": node.min_available,
        "Transform": leaf.transform, "goalpost_lower": lower, "goalpost_upper": upper,
        "goalpost_scale": framework.scale[1] if framework.scale and not inner else None,
    }  # fmt: skip


def _data_table(coin: CoinTables) -> pd.DataFrame:
    """Return iData: codes, names, groups, denominators, indicators."""
    values, index = coin.values, coin.values.index
    years = {"Time": index.get_level_values(1)} if index.nlevels > 1 else {}
    table = pd.DataFrame({"uCode": index.get_level_values(0), **years})
    parts = [part.reset_index(drop=True) for part in (coin.units, coin.denominators, values) if len(part.columns)]
    found = pd.concat([table, *parts], axis=1)
    first = [name for name in ("uCode", "uName", "Time") if name in found]
    return found[[*first, *(name for name in found if name not in first)]]
