"""How a recommended action is said, in each language."""

from __future__ import annotations

from collections.abc import Callable

from ..masterplan import Action
from .display import worded_facts
from .language import LANGUAGES, Language, speak
from .tables import Labels

__all__ = ["phrases"]


def phrases(labels: Labels) -> dict[str, Callable[[Action, str], str]]:
    """Return, by language, how the parts ``text``, ``indicator`` and ``target`` of an action are said.

    Parameters
    ----------
    labels : Labels
        Labels in both languages by code, as :func:`labels_of` makes them.
    """

    def speaker(language: Language) -> Callable[[Action, str], str]:
        def say(action: Action, part: str) -> str:
            facts = worded_facts(action.values(), language, labels)
            return language.text(f"recommendations.{action.rule.action}.{part}", **facts)

        return say

    return {code: speaker(speak(code)) for code in LANGUAGES}
