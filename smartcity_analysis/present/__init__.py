"""Results made readable: words, tables, figures and pages."""

from .display import Presenter, Shown, labels_of, sentence, sentences
from .language import LANGUAGES, Language, speak
from .tables import html_table

__all__ = [
    "LANGUAGES",
    "Language",
    "Presenter",
    "Shown",
    "html_table",
    "labels_of",
    "sentence",
    "sentences",
    "speak",
]
