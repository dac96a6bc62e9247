"""Whatever a page shows runs as it stands there, and prints what the page says that it prints."""

import contextlib
import io
import shlex
from pathlib import PurePosixPath

import pytest

from smartcity_analysis import cli

from .pages import DOCS, ROOT, blocks, pages

RUN = [page for page in pages() if blocks(page, "python")]
TOLD = [page for page in pages() if blocks(page, "sh")]


def test_there_is_something_to_run():
    assert {"tutorial.md", "how-to/own-method.md", "explain/weights.md"} <= set(RUN)
    assert {"how-to/new-year.md", "how-to/share.md"} <= set(TOLD)


@pytest.mark.parametrize("page", RUN)
def test_the_code_of_a_page_runs_and_prints_what_stands_below(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    names = {}
    for code, expected in blocks(page, "python"):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, page, "exec"), names)
        lines = [line.rstrip() for line in printed.getvalue().splitlines()]
        assert lines == ([] if expected is None else expected.splitlines()), code


@pytest.mark.parametrize("page", TOLD)
def test_the_commands_of_a_page_are_commands(page):
    for text, _ in blocks(page, "sh"):
        for line in text.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["smartcity"]:
                assert callable(cli._parser().parse_args(words[1:]).command), line
            elif words[:1] == ["make"]:
                assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8"), line


def test_the_command_that_only_looks_ends_well(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    [(command, _)] = blocks("tutorial.md", "sh")
    assert cli.main(shlex.split(command)[1:]) == 0
    assert "jatim" in capsys.readouterr().out


def test_every_page_is_reached_from_the_first():
    def below(page):
        yield page
        for tree in (DOCS / page).read_text(encoding="utf-8").split("```{toctree}\n")[1:]:
            for line in tree.partition("```")[0].splitlines():
                if line and not line.startswith(":"):
                    yield from below((PurePosixPath(page).parent / f"{line}.md").as_posix())

    assert sorted(below("index.md")) == pages()
