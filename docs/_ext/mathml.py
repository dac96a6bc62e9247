"""Formulas as MathML, which browsers set by themselves: no script, no font and no network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

_LOGGER = logging.getLogger(__name__)
# docutils sets the index of an accented letter below the letter; beside an empty group the two are a row, and it is not
_ACCENTED = re.compile(r"(\\(?:bar|hat)\{\w\})(?=[_^])")


def _set(node: nodes.Element, *, block: bool) -> str:
    """Return a formula as MathML; one that cannot be set is a warning with its place."""
    try:
        return str(tex2mathml(_ACCENTED.sub(r"{\1{}}", node.astext()), as_block=block))
    except MathError as error:
        _LOGGER.warning("%s in the formula %r", error, node.astext(), location=node)
        return ""


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(_set(node, block=False))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{_set(node, block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Offer the renderer under the name that ``html_math_renderer`` asks for."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
