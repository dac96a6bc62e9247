"""What a command says of the next step, so that each leads to the one after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..present import Language
    from ..study import Step, Study

__all__ = ["tell_ahead", "tell_steps"]


def tell_steps(steps: Sequence[Step], study: str, words: Language) -> None:
    """Print the first of `steps`, and which required tables come after it."""
    if not steps:
        return
    first, rest = steps[0], steps[1:]
    facts = {"study": study, "folder": f"data/raw/{study}", "sheet": words.text("new.sheets.data"), **first.facts}
    if "table" in first.facts:
        key = f"new.tables.{first.facts['table']}.what"  # SOURCES.csv is no table that is collected
        facts["what"] = words.text(key) if words.has(key) else ""
    print(f"\n{words.text('new.next.head')}\n  {words.text(f'new.next.{first.key}', **facts)}")
    later = [step.facts["file"] for step in rest if "table" in step.facts]
    if later:
        print(f"  {words.text('new.next.then', files=', '.join(later))}")


def tell_ahead(study: Study, words: Language) -> None:
    """Print which chapters the study does not have yet, and what each of them needs."""
    from ..batch.tasks import absent_chapters
    from ..present.new_study import need_said

    absent = absent_chapters(study)
    if not absent:
        return
    print(words.text("new.next.ahead"))
    for chapter, needs in absent.items():
        said = words.listed([need_said(need, words) for need in needs])
        print(words.text("new.next.absent", chapter=words.text(f"pages.chapter.{chapter}"), needs=said))
