"""YAML from outside, read as plain data: bounded, without aliases, every key once, every number as it looks.

The safe loader builds no objects, but it still takes the last of two equal keys, reads ``010`` as eight and ``1:30`` as
ninety, and follows aliases, through which a few lines stand for billions.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ..errors import Breach, DataError

__all__ = ["parse_yaml"]

LARGEST, DEEPEST = 1_000_000, 40  # characters of a file; levels of nesting
_PLAIN = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9]+([eE][-+]?[0-9]+)?")


def parse_yaml(text: str, *, file: str) -> Any:
    """Return the content of the YAML document `text` as dictionaries, lists, texts, numbers and dates.

    Raises
    ------
    DataError
        When it is not YAML, too large or nested too deep, uses aliases, repeats a key, or holds a number that YAML
        does not read as it looks.
    """
    import yaml

    if len(text) > LARGEST:
        raise DataError([_large(file, None, f"{len(text) / 1e6:.1f} MB")])
    try:
        return yaml.load(text, Loader=_loader(file))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        raise DataError([Breach("yaml_unreadable", file=file, row=row, found=str(error).split("\n")[0])]) from None
    except (ValueError, RecursionError) as error:  # such as 2024-13-45, which is no date
        raise DataError([Breach("yaml_unreadable", file=file, found=str(error))]) from None


def _large(file: str, row: int | None, found: str) -> Breach:
    facts = {"most": f"{LARGEST / 1e6:.0f} MB", "depth": DEEPEST}
    return Breach("yaml_large", file=file, row=row, found=found, facts=facts)


@cache
def _strict() -> type:
    """Return the loader class; made on first use, because importing yaml takes its time."""
    import yaml

    class Strict(yaml.SafeLoader):
        file, depth = "", 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            row = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise DataError([Breach("yaml_alias", file=self.file, row=row, found=event.anchor)])
            self.depth += 1
            if self.depth > DEEPEST:
                raise DataError([_large(self.file, row, str(self.depth))])
            node = super().compose_node(parent, index)
            self.depth -= 1
            if isinstance(node, yaml.MappingNode):
                _refuse_twice(node, self.file)
            if isinstance(node, yaml.ScalarNode) and node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
                _refuse_odd_number(node, self.file)
            return node

    return Strict


def _loader(file: str) -> Any:
    return type("Strict", (_strict(),), {"file": file})


def _refuse_twice(node: Any, file: str) -> None:
    first: dict[str, int] = {}
    for key, _ in node.value:
        row, name = key.start_mark.line + 1, str(key.value)
        if name in first:
            raise DataError([Breach("yaml_twice", file=file, row=row, found=name, facts={"first": first[name]})])
        first[name] = row


def _refuse_odd_number(node: Any, file: str) -> None:
    if not _PLAIN.fullmatch(node.value):
        raise DataError([Breach("yaml_number", file=file, row=node.start_mark.line + 1, found=node.value)])
