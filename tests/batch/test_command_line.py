"""Every command says how it is used, by an example that can be typed as it stands."""

import argparse
import shlex

import pytest

from smartcity_analysis import __version__
from smartcity_analysis.cli import _parser, main


def commands(parser=None, words=()):
    """Every command that does something, by the words that call it."""
    parser = parser or _parser()
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not below:
        return {" ".join(words): parser}
    return {k: v for name, part in below[0].choices.items() for k, v in commands(part, (*words, name)).items()}


@pytest.mark.parametrize("words", sorted(commands()))
def test_a_command_shows_an_example_that_it_takes(words):
    head, _, text = (commands()[words].epilog or "").partition(": ")
    assert head in ("example", "examples")
    for example in text.split("; "):
        program, *typed = shlex.split(example)
        assert program == "smartcity" and typed[: len(words.split())] == words.split()
        chosen = _parser().parse_args(typed)
        assert callable(chosen.command)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_can_complete_every_command(shell, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--print-completion", shell])
    script = capsys.readouterr().out
    assert ended.value.code in (0, None)
    assert [word for name in commands() for word in name.split() if word not in script] == []
    assert "--dry-run" in script or "dry-run" in script


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"smartcity_analysis {__version__}"
