"""The command that holds a report against what it was made from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .told import plain_words

__all__ = ["add_verify_command"]

DIFFERS = 1


def add_verify_command(commands: Any, spoken: argparse.ArgumentParser) -> None:
    """Add the command ``verify``."""
    verify = commands.add_parser(
        "verify",
        parents=[spoken],
        help="say whether a report came from these inputs and this code",
        epilog="example: smartcity verify reports/kediri/2024/id",
    )
    verify.add_argument("report", type=Path, help="the folder of a report")
    verify.set_defaults(command=_verify)


def _verify(chosen: argparse.Namespace) -> int:
    from ..disk import find_root
    from ..manifest import differences, load_manifest

    manifest, said = load_manifest(chosen.report), plain_words(chosen.language)
    found = differences(manifest, find_root(), chosen.report)
    about = manifest.about
    facts = {"study": manifest.asked["study"], "year": manifest.asked["year"], "made": about.get("made", "?"),
             "package": about.get("package", "?"), "commit": about.get("commit") or "-"}  # fmt: skip
    print(said["verify"]["made"].format(**facts))
    for one in found:
        print(f"  {said['verify'][one.part]}: {one.name}: {said['verify'][one.state]}")
    files = len(manifest.inputs) + len(manifest.outputs)
    print(said["verify"]["differs"].format(count=len(found)) if found else said["verify"]["same"].format(count=files))
    return DIFFERS if found else 0
