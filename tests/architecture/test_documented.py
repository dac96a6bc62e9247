"""What is public is documented whole: every argument, what comes back, what is raised; and every example runs."""

import ast
import doctest
import importlib
import inspect
import re
import textwrap

import pytest

from .source import MODULES, PACKAGE
from .test_rooms import ROOMS, signatures

SECTION = re.compile(
    r"^(Parameters|Attributes|Returns|Yields|Raises|Notes|References|Examples|See Also)\n-+$", re.MULTILINE
)
SAYS = re.compile(r"\b(return|yield|say|give|read|open)s?\b", re.IGNORECASE)  # a text that names what comes back
DESCRIBED = (ast.Module, ast.ClassDef, ast.FunctionDef)
NOTHING = (None, "None", inspect.Signature.empty)
rooms = pytest.mark.parametrize("room", [*ROOMS, "errors", "messages"])


def public(room):
    """The functions of a room, and those behind the methods of its classes, by qualified name."""
    module = importlib.import_module(f"{PACKAGE}.{room}")
    return {f.__qualname__: f for name in module.__all__ for f in signatures(getattr(module, name))}


def sections(function):
    parts = SECTION.split(inspect.getdoc(function) or "")
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


@rooms
def test_every_argument_of_a_function_is_listed(room):
    missing = []
    for name, function in public(room).items():
        listed = sections(function).get("Parameters", "")
        if "." not in name:
            arguments = inspect.signature(function).parameters
            missing += [f"{name}: {a}" for a in arguments if not re.search(rf"(?<!\w){a}(?!\w)", listed)]
    assert missing == []


@rooms
def test_what_comes_back_is_said(room):
    silent = []
    for name, function in public(room).items():
        said, back = sections(function), inspect.signature(function).return_annotation
        known = "." in name or back in NOTHING or {"Returns", "Yields"} & set(said) or SAYS.search(said[""])
        silent += [] if known else [name]
    assert silent == []


@rooms
def test_what_is_raised_is_said(room):
    """As far as a function raises it itself."""
    unsaid = []
    for name, function in public(room).items():
        raised = set(re.findall(r"raise (\w+)\(", textwrap.dedent(inspect.getsource(function))))
        unsaid += [f"{name}: {error}" for error in sorted(raised) if error not in (inspect.getdoc(function) or "")]
    assert unsaid == []


def test_the_test_sees_what_is_missing():
    def bare(one, two):
        """Return nothing.

        Parameters
        ----------
        one : int
        """

    assert "two" not in sections(bare)["Parameters"] and "one" in sections(bare)["Parameters"]


def examples():
    """The modules that show how something is called."""
    texts = {name: [ast.get_docstring(n) or "" for n in ast.walk(tree) if isinstance(n, DESCRIBED)]
             for name, tree in MODULES.items()}  # fmt: skip
    return [name for name, found in texts.items() if any(">>>" in text for text in found)]


@pytest.mark.parametrize("module", examples())
def test_every_example_does_what_it_says(module):
    found = doctest.testmod(importlib.import_module(module))
    assert found.failed == 0 and found.attempted > 0
