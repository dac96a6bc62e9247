"""The widget for researchers: weights, methods, year and regions are moved; ranks, map and disparity respond.

Its numbers are those of :func:`build_index` and the measures of disparity. Nothing here needs a screen: what was chosen
can be read, built and saved where no widget is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...disk import read_text, write_whole
from ...index import IndexResult, IndexSpec, ScoringError, propagate
from ...index.uncertainty.inputs import NoisyWeights, UncertaintyPlan
from ...regions import DisparityError, disparity
from ...study import Study
from ..display import Presenter
from ..region_map import region_map
from ..tables import ILLUSTRATIVE, illustrative_mark
from .chosen import Chosen, read_chosen
from .explorable import Explorable, explorable_areas, explorable_regions

__all__ = ["Explorer", "open_explorer"]

MEASURES: Mapping[str, str] = {"gini": "num4", "theil_t": "num4", "max_min": "num2"}
SPREAD, DRAWS, LEVEL = 0.25, 1000, 0.9  # of the bands
_LEVELS: Mapping[bool, str | tuple[str, ...]] = {True: "kelurahan", False: ("kabupaten", "kota")}


def open_explorer(
    study: Study, peers: Study | None, show: Presenter, *, until: int, areas: bool = False, choice: str = ""
) -> Explorer:
    """Return the explorer of the regions a city is compared with, or of its own areas, as last saved in `choice`.

    Parameters
    ----------
    study, peers : Study
    show : Presenter
        Its language and its store are used.
    until : int
        No later year can be chosen.
    areas : bool
        Explore the areas of the city.
    choice : str
        The file of a saved choice; without one, the initial choice.

    Raises
    ------
    ScoringError
        When there is nothing to explore, or the saved choice does not fit.
    """
    found = explorable_areas(study, until=until) if areas else None
    if not areas and peers is not None:
        found = explorable_regions(peers, until=until)
    if found is None:
        where = "areas of the city" if areas else "regions"
        raise ScoringError(
            [f"open_explorer: found no index of the {where} up to {until}. Set areas or only_real otherwise."]
        )
    saved = read_chosen(read_text(Path(choice)), found) if choice else None
    return Explorer(found, show, highlight=study.spec.city.code, chosen=saved)


class Explorer:
    """One choice at a time, and what follows from it.

    Parameters
    ----------
    found : Explorable
    show : Presenter
    highlight : str, optional
        The region picked out.
    chosen : Chosen, optional
        Where to begin; the initial choice by default.
    """

    def __init__(
        self, found: Explorable, show: Presenter, *, highlight: str | None = None, chosen: Chosen | None = None
    ):
        self.found, self.show, self.highlight = found, show, highlight
        self.level = LEVEL
        first = found.choice(_declared(found))
        self.chosen = chosen or Chosen(found.study.name, found.areas, found.years[-1], first)

    def choose(
        self,
        *,
        weights: Mapping[str, float] | None = None,
        rule: str | None = None,
        normalise: str | None = None,
        year: int | None = None,
        regions: Sequence[str] = (),
    ) -> Explorer:
        """Make a choice, all of it anew: what is not given is as at first; return the explorer itself."""
        spec = self.found.choice(weights or _declared(self.found), rule=rule, normalise=normalise)
        when = self.found.years[-1] if year is None else year
        self.chosen = Chosen(self.found.study.name, self.found.areas, when, spec, tuple(regions))
        return self

    def spec(self) -> IndexSpec:
        """Return the present choice as :func:`build_index` takes it."""
        return self.chosen.spec

    def result(self) -> IndexResult:
        """Return the index of the present choice."""
        return self.found.result(self.chosen.year, self.chosen.spec, regions=self.chosen.regions)

    def bands(self) -> pd.DataFrame:
        """Return ranks and scores, with the band of ranks when weights move by a quarter either way, best first.

        Returns
        -------
        DataFrame, one row a region
            region, rank, score, median, lower, upper (ranks), year, status.
        """
        result = self.result()
        plan = UncertaintyPlan(result.spec, {"weights": NoisyWeights(SPREAD)})
        own = result.spec.normalise == self.found.spec.normalise
        rng = np.random.default_rng(self.found.study.spec.seed)
        drawn = propagate(
            result.values, result.framework, plan, draws=DRAWS, rng=rng, bounds=self.found.bounds if own else None
        )
        table = drawn.rank_intervals(LEVEL).rename(columns={"nominal": "rank"})
        table.insert(1, "score", result.total)
        table = table.assign(year=self.chosen.year, status=self.found.status)
        return table.rename_axis("region").sort_values("rank", kind="stable").reset_index()

    def disparity(self) -> pd.DataFrame:
        """Return Gini, Theil T (weighted by population) and max/min of the scores; NaN where one is not defined.

        Returns
        -------
        DataFrame, one row a measure
            measure, value, year, status.
        """
        total = self.result().total
        people = self.found.population
        weights = None if people is None else people[total.index]
        found = {"measure": list(MEASURES), "value": [_measured(total, name, weights) for name in MEASURES]}
        return pd.DataFrame(found).assign(year=self.chosen.year, status=self.found.status)

    def text(self) -> str:
        """Return the present choice as YAML."""
        return self.chosen.text(self.show.language.text("explorer.widget.choice"))

    def save(self, path: str | Path = "") -> Path:
        """Write the present choice, by default beside the tables of the review, and return where."""
        return write_whole(Path(path) if path else self.show.store.processed / "choice.yaml", self.text())

    def pictures(self) -> Iterator[tuple[str, str]]:
        """Yield the HTML of the disparity, the ranks and the map of the present choice, the quickest first."""
        words, invented = self.show.language, self.found.status == ILLUSTRATIVE
        mark = illustrative_mark(words, whole=True) if invented else ""
        yield "disparity", mark + self._table()
        named = self.show.named(self.bands(), "region").set_index("region")
        note = words.text("explorer.widget.bands", level=LEVEL * 100, draws=DRAWS, spread=SPREAD)
        ranks = self._drawn("rank_bands", named, level=LEVEL, highlight=self.highlight)
        yield "ranks", f"{mark}{ranks}<p>{escape(note)}</p>"
        drawn = region_map(self.found.study, named["score"], _LEVELS[self.found.areas])
        options = {"highlight": self.highlight, "label": words.text("explorer.widget.map", year=self.chosen.year)}
        yield "map", mark + self._drawn(drawn.figure, drawn.table, kind="num1", **options, **drawn.options)

    def widget(self) -> Any:
        """Return the widget; it draws itself anew after every change."""
        from .controls import controls

        return controls(self)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget())

    def _drawn(self, name: str, table: pd.DataFrame, **options: Any) -> str:
        from ..figures import draw

        invented = self.found.status == ILLUSTRATIVE
        drawn = draw(name, table, language=self.show.language, source="", watermark=invented, **options)
        return f"<h3>{escape(drawn.title)}</h3>{_fitting(drawn.svg)}"

    def _table(self) -> str:
        words, values = self.show.language, self.disparity().set_index("measure")["value"]
        rows = [
            f"<tr><th>{escape(words.text(f'explorer.disparity.{name}'))}</th>"
            f"<td>{words.number(values[name], kind)}</td></tr>"
            for name, kind in MEASURES.items()
        ]
        return f"<table>{''.join(rows)}</table>"


def _fitting(svg: bytes) -> str:
    """Return a picture that is as wide as its place."""
    return svg.decode("utf-8").replace("<svg ", '<svg style="width:100%;height:auto" ', 1)


def _declared(found: Explorable) -> dict[str, float]:
    """Return the weights of the framework, in the unit of a slider."""
    shares = found.result(found.years[-1]).weights.loc[list(found.parts), "nominal"]
    return {code: float(100 * share) for code, share in (shares / shares.max() / 2).items()}


def _measured(total: pd.Series, measure: str, people: pd.Series | None) -> float:
    try:
        return disparity(total, measure, population=people)
    except DisparityError:
        return float("nan")
