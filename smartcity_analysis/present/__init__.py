"""Results made readable: words, tables, figures and pages."""

from .actions import phrases
from .area_maps import tile_options, tile_values
from .display import Presenter, Shown, labels_of, sentence, sentences
from .explorer.page import ExplorerSet, explorer_page, explorer_set, render_explorer
from .explorer.widget import Explorer, open_explorer
from .language import LANGUAGES, Language, speak
from .opened import open_review
from .tables import ILLUSTRATIVE, html_table
from .tidy import TIDY, to_tidy, write_tidy
from .warnings import pillar_labels, warning_lines, warning_table

__all__ = [
    "ILLUSTRATIVE",
    "LANGUAGES",
    "TIDY",
    "Explorer",
    "ExplorerSet",
    "Language",
    "Presenter",
    "Shown",
    "explorer_page",
    "explorer_set",
    "html_table",
    "labels_of",
    "open_explorer",
    "open_review",
    "phrases",
    "pillar_labels",
    "render_explorer",
    "sentence",
    "sentences",
    "speak",
    "tile_options",
    "tile_values",
    "to_tidy",
    "warning_lines",
    "warning_table",
    "write_tidy",
]
