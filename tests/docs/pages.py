"""The pages of the documentation, their blocks, and the small modules that write into them."""

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r"(?P<before><!-- not run: .+ -->\n+)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.S | re.M)


def pages():
    found = (path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
    return sorted(path.relative_to(DOCS).as_posix() for path in found)


def blocks(page, kind):
    """Return the blocks of a kind that are to be run, each with what stands in an `output` block after it, or None."""
    fences = list(_FENCE.finditer((DOCS / page).read_text(encoding="utf-8")))
    following = [(fence["kind"], fence["body"]) for fence in fences[1:]] + [("", "")]
    return [
        (fence["body"], body if after == "output" else None)
        for fence, (after, body) in zip(fences, following[: len(fences)], strict=True)
        if fence["kind"] == kind and not fence["before"]
    ]


def site_pages():
    spec = importlib.util.spec_from_file_location("site_pages", DOCS / "_ext" / "site_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
