"""Results made readable: words, tables, figures and pages."""

from .area_maps import tile_options, tile_values
from .display import Presenter, Shown, labels_of, sentence, sentences
from .language import LANGUAGES, Language, speak
from .tables import ILLUSTRATIVE, html_table

__all__ = [
    "ILLUSTRATIVE",
    "LANGUAGES",
    "Language",
    "Presenter",
    "Shown",
    "html_table",
    "labels_of",
    "sentence",
    "sentences",
    "speak",
    "tile_options",
    "tile_values",
]
