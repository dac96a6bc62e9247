"""Every way in which a study folder is broken on purpose, by name."""

from . import corpus_books, corpus_cells, corpus_declared, corpus_files, corpus_shape

FAULTS = corpus_shape.FAULTS | corpus_cells.FAULTS | corpus_books.FAULTS | corpus_files.FAULTS | corpus_declared.FAULTS
