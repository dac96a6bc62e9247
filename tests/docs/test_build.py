"""The documentation is built without a warning, and the build stops at whatever is broken in a page."""

import subprocess
import sys

from .pages import DOCS


def build(folder, text):
    (folder / "index.md").write_text(f"# Page\n\n{text}\n", encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-W", "--keep-going", "-q", "-c", str(DOCS)]
    return subprocess.run([*command, str(folder), str(folder / "_build")], capture_output=True, text=True)


def test_the_whole_documentation_is_built_without_a_warning(tmp_path):
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-W", "--keep-going", "-q", "-j", "2"]
    done = subprocess.run([*command, "-d", str(tmp_path / "read"), str(DOCS), str(tmp_path / "site")],
                          capture_output=True, text=True)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_sound_page_is_built_with_its_formula_and_without_the_network(tmp_path):
    done = build(tmp_path, "The mean is $\\bar{x}_r$.\n\n<!-- generated: room errors -->")
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "_build" / "index.html").read_text(encoding="utf-8")
    assert "<msub>" in page and "<munderover>" not in page
    assert "smartcity_analysis.errors.DataError" in page
    assert 'src="http' not in page and 'rel="stylesheet" type="text/css" href="http' not in page


BROKEN = {  # what a page says, and what the build must name
    "[there](nowhere.md)": "nowhere.md",
    "[there](#no-heading)": "no-heading",
    "```{toctree}\nno_page\n```": "no_page",
    "![picture](no_picture.png)": "no_picture.png",
    "{py:func}`smartcity_analysis.index.build_indices`": "build_indices",
    "$\\nocommand{x}$": "nocommand",
}


def test_everything_that_leads_nowhere_is_named_and_stops_the_build(tmp_path):
    done = build(tmp_path, "\n\n".join(BROKEN))
    assert done.returncode != 0
    assert [said for said in BROKEN.values() if said not in done.stderr] == []


def test_asking_for_what_cannot_be_generated_stops_the_build(tmp_path):
    done = build(tmp_path, "<!-- generated: weather -->")
    assert done.returncode != 0
    assert "weather" in done.stderr
