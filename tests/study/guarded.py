"""Studies to plant a fault in: a shipped one with single cells changed, and a small one made of numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd

from smartcity_analysis.study import Study, StudySpec

SPEC = {"city": {"code": "35", "name": "Tiny"}, "title": "Tiny"}


def with_tables(study, **tables):
    """The study with other tables."""
    return replace(study, tables={**study.tables, **tables})


def with_guards(study, **guards):
    """The study with other limits in its declaration."""
    spec = study.spec
    return replace(study, spec=spec.model_copy(update={"guards": spec.guards.model_copy(update=guards)}))


def planted(study, table, column, change, **where):
    """The study with `change` applied to the cells of `column` in the rows that `where` names."""
    rows = study.table(table)
    chosen = np.ones(len(rows), dtype=bool)
    for name, wanted in where.items():
        chosen &= rows[name].isin(wanted if isinstance(wanted, list) else [wanted]).to_numpy()
    assert chosen.any()
    rows[column] = [change(v) if hit else v for v, hit in zip(rows[column], chosen, strict=True)]
    return with_tables(study, **{table: rows})


def tiny(values, *, unit="jiwa", direction=None, pillar=None, kind="number", **spec):
    """A study of one indicator ``x``: `values` by region and year, two levels down where a code says so."""
    long = pd.DataFrame(values).rename_axis("region").reset_index().melt("region", var_name="year", value_name="value")
    long = long.dropna().assign(indicator="x", status="official", source="s", note=None).reset_index(drop=True)
    catalogue = {"code": "x", "type": kind, "unit_id": unit, "direction": direction, "pillar": pillar}
    catalogue |= {"lower": np.nan, "upper": np.nan, "status": "official"}
    regions = pd.DataFrame({"code": sorted(set(long["region"])), "status": "official"})
    tables = {"indicators": long, "catalogue": pd.DataFrame([catalogue]), "regions": regions}
    return Study("tiny", None, StudySpec.model_validate(SPEC | spec), tables)


def smooth(regions=12, years=5, seed=1):
    """Values that grow by about a tenth a year, every region at its own level."""
    rng = np.random.default_rng(seed)
    level, growth = rng.lognormal(3, 0.3, regions), rng.normal(0.1, 0.01, (regions, years)).cumsum(axis=1)
    index = [f"35.{n:02d}" for n in range(1, regions + 1)]
    return pd.DataFrame(level[:, None] * np.exp(growth), index=index, columns=range(2015, 2015 + years))


def places(cautions):
    """Where cautions point: key, indicator, region and year."""
    return {(said.key, said.code, said.region, said.year) for said in cautions}
