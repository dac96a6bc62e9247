"""What a verdict says in words: that there is enough to conclude from, or too little."""

from __future__ import annotations

from ..regions import Verdict
from .language import Language

__all__ = ["verdict_sentence"]


def verdict_sentence(verdict: Verdict, language: Language) -> str:
    """Return the sentence of `verdict`: whether these regions, or these groups, are enough to say anything.

    Examples
    --------
    >>> from smartcity_analysis.present import speak
    >>> from smartcity_analysis.regions import too_few
    >>> verdict_sentence(too_few(3), speak("en"))
    'Too few to say: 3 groups, and with fewer than 5 no difference between them can be told from chance.'
    """
    what = "groups" if "groups" in verdict.facts else "regions"
    return language.text(f"verdicts.{what}_{verdict.key}", **verdict.facts)
