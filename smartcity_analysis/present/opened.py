"""A review opened in a notebook of one's own: every table and figure of the report in three lines."""

from __future__ import annotations

from pathlib import Path

from ..study import Store, load_framework, load_study
from .display import Presenter, labels_of

__all__ = ["open_review"]


def open_review(
    study: str, year: int, *, language: str = "id", output: str | Path = "", root: Path | None = None
) -> Presenter:
    """Return a presenter that knows the tables and the labels of a review that was run.

    Parameters
    ----------
    study : str
        A folder below ``data/raw``.
    year : int
        Year under review.
    language : {"id", "en"}
    output : str or path, optional
        Where the tables lie and figures go; the project's own folders by default.
    root : path, optional
        The project; found from the working directory by default.

    Returns
    -------
    Presenter
        ``show.store.load_table(name)`` gives a table of the review, ``show.table`` and ``show.figure`` show it as the
        report does.

    Raises
    ------
    UnknownNameError
        For an unknown study or language.
    DataError
        For a study that is not in order.

    Examples
    --------
    ::

        show = open_review("kediri", 2024, language="en")
        pillars = show.store.load_table("pillars")
        show.table(pillars, "pillars", year=2022)
    """
    store = Store.open(study, year, output=output, root=root)
    city = load_study(study, root=store.root)
    studies, frames = [city], []
    if city.spec.peers is not None:
        peers = load_study(city.spec.peers, root=store.root)
        studies = [peers, city]
        frames = [load_framework(peers.spec.index.framework)] if peers.spec.index is not None else []
    if city.spec.evaluation is not None:
        frames.append(load_framework(city.spec.evaluation.framework))
    own = [city.framework] if city.spec.framework is not None or (city.folder / "framework.yaml").is_file() else []
    return Presenter(store, language, labels_of(studies, [*own, *frames]))
