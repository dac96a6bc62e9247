"""Completion of commands and options by the shell."""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["PrintCompletion"]


class PrintCompletion(argparse.Action):
    """Print the completion script of a shell, and end; nothing is loaded for it before it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any, option: str | None = None) -> None:
        """Print the script for the shell named in `values`."""
        from shtab import complete

        print(complete(parser, values))
        parser.exit()
