"""What the commands on reviews print: outcomes, forecasts and profiles in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..batch import Forecast, Outcome, Wish
    from ..manifest import Manifest
    from ..present import Language

__all__ = ["outcome_said", "plain_words", "tell_forecasts", "tell_profile"]

STEPS = ("kernel", "imports", "cells", "saving", "rendering")


def plain_words(language: str) -> dict[str, Any]:
    """Return the messages of the command line without what writes numbers, which takes long to load."""
    import yaml

    from ..disk import read_packaged

    said: dict[str, Any] = yaml.safe_load(read_packaged(f"present/messages/{language}/cli.yaml"))
    return said


def outcome_said(outcome: Outcome, words: Language) -> str:
    """Return what became of one notebook."""
    if outcome.state == "failed":
        key = "cli.failed_at" if outcome.cell else "cli.failed_whole"
        return words.text(key, cell=outcome.cell, cause=outcome.cause)
    return words.text(f"cli.{outcome.state}", seconds=outcome.seconds, cause=outcome.cause)


def tell_profile(manifest: Manifest, words: Language, write: Callable[[str], Any]) -> None:
    """Print where the time of the notebooks that ran went, the longest first, and the sums."""
    ran = [line for line in manifest.notebooks if line["state"] == "done"]
    heads = [words.text(f"cli.steps.{step}") for step in (*STEPS, "whole", "memory")]
    write(f"{'':<40}" + "".join(f"{head:>12}" for head in heads))
    for line in sorted(ran, key=lambda line: -line["seconds"]):
        cells = [line["timings"].get(step, 0.0) for step in STEPS] + [line["seconds"], line["peak_mib"] or 0.0]
        write(f"{line['name']:<40}" + "".join(f"{words.number(cell, 'num2'):>12}" for cell in cells))
    sums = [sum(line["timings"].get(step, 0.0) for line in ran) for step in STEPS]
    sums += [sum(line["seconds"] for line in ran), max((line["peak_mib"] or 0.0 for line in ran), default=0.0)]
    write(f"{words.text('cli.steps.all'):<40}" + "".join(f"{words.number(cell, 'num2'):>12}" for cell in sums))


def tell_forecasts(studies: Sequence[str], wish: Wish, words: Language) -> int:
    """Print what a run would do with every notebook of every study, and why."""
    from ..batch import preview

    for study in studies:
        told = preview(study, wish)
        for one in told:
            print(f"  {one.job.name:<12} {_foreseen(one, words)}")
        counts = {state: sum(one.state == state for one in told) for state in ("run", "perhaps", "kept", "left")}
        print(words.text("cli.foreseen.counts", study=study, **counts))
    return 0


def _foreseen(one: Forecast, words: Language) -> str:
    reasons = [_reason(reason, words) for reason in one.reasons]
    return words.text(f"cli.foreseen.{one.state}", reasons="; ".join(reasons))


def _reason(part: str, words: Language) -> str:
    """Return the words for a part of a key: a kind, and for tables which one."""
    kind, _, name = part.partition(" ")
    key = f"cli.reasons.{kind}"
    return words.text(key, name=name) if words.has(key) else part
