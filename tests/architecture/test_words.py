"""The catalogues of words: both languages say the same things, and every key that is used exists."""

import ast
import json
import string

import pytest
import yaml

from smartcity_analysis.masterplan.recommendations import RULES
from smartcity_analysis.messages import BREACHES, LANGUAGES

from .source import MODULES, PACKAGE, ROOT

FOLDER = ROOT / PACKAGE / "present" / "messages"
FILES = sorted(path.name for path in (FOLDER / "id").glob("*.yaml"))


def flat(tree, prefix=""):
    for key, value in tree.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, dict):
            yield from flat(value, path)
        else:
            yield path, value


def words(language, file):
    return dict(flat(yaml.safe_load((FOLDER / language / file).read_text(encoding="utf-8"))))


def fields(text):
    return {(name.partition(".")[0], spec) for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


def catalogue(language):
    merged = {}
    for file in FILES:
        prefix = "" if file == "common.yaml" else f"{file[:-5]}."
        merged |= {f"{prefix}{key}": text for key, text in words(language, file).items()}
    return merged


# --- breaches ---


@pytest.mark.parametrize("key", BREACHES)
def test_a_breach_has_the_same_fields_in_both_languages(key):
    assert set(BREACHES[key]) == set(LANGUAGES)
    found = {language: {name for part in BREACHES[key][language] for name, _ in fields(part)} for language in LANGUAGES}
    assert found["id"] == found["en"]
    assert all(part.strip() for language in LANGUAGES for part in BREACHES[key][language])


def strings(node):
    """The texts an expression may stand for: a constant, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return strings(node.body) + strings(node.orelse) if isinstance(node, ast.IfExp) else []


def breach_keys():
    """Every key the code gives to a breach: as its first argument, as ``key = ...``, or in a pair with its facts."""
    for module, tree in MODULES.items():
        if module == f"{PACKAGE}.messages":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Breach" and node.args:
                yield from strings(node.args[0])
            if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["key"]:
                yield from (text for text in strings(node.value) if "Breach(key" in ast.unparse(tree))
            if module.startswith(f"{PACKAGE}.study.readers") and isinstance(node, ast.Tuple) and len(node.elts) == 2:
                facts = node.elts[1]
                if isinstance(facts, ast.Dict) or "_format_facts" in ast.unparse(facts):
                    yield from strings(node.elts[0])


def test_the_breaches_the_code_names_are_those_the_catalogue_knows():
    assert set(breach_keys()) == set(BREACHES)


# --- what is presented ---


def test_both_languages_have_the_same_files():
    assert sorted(path.name for path in (FOLDER / "en").glob("*.yaml")) == FILES and FILES


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_messages_with_the_same_fields(file):
    one, other = words("id", file), words("en", file)
    assert one.keys() == other.keys()
    for key in one:
        assert fields(str(one[key])) == fields(str(other[key])), key
        assert str(one[key]).strip() and str(other[key]).strip(), key


def notebook_trees():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        yield path.name, ast.parse("\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code"))


def test_every_message_that_is_asked_for_by_name_exists():
    """A notebook asks its presenter, whose own texts stand under ``tables``."""
    known = catalogue("id")
    asked = set()
    for _, tree in [*MODULES.items(), *notebook_trees()]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "text" and node.args:
                prefix = "tables." if ast.unparse(node.func.value) == "show" else ""
                asked |= {prefix + text for text in strings(node.args[0]) if text not in LANGUAGES}
    assert len(asked) > 20 and asked <= known.keys(), sorted(asked - known.keys())


def test_every_finding_has_its_sentence_and_every_sentence_its_finding():
    trees = [tree for name, tree in MODULES.items() if name.startswith(f"{PACKAGE}.masterplan.judgements")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    made = {f"unknown_{what}" for what in ("dimensions", "pillars", "weights", "score", "bands")}
    made |= {f"{text}{suffix}" for text in ("target_missed", "target_met") for suffix in ("", "_derived")}
    made |= {f"city_{kind}" for kind in ("opportunity", "challenge")}
    made |= {f"spread_{verdict}" for verdict in ("narrowing", "widening", "unclear")}
    made |= {f"klassen_{kind}" for kind in ("advanced_growing", "advanced_slow", "catching_up", "lagging")}
    made |= {f"priority_{verdict}" for verdict in ("too_few", "differs", "like_chance")}
    sentences = set(words("id", "findings.yaml"))
    assert sentences - texts - made == set()
    calls = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Finding"]
    named = {text for call in calls for text in strings(call.args[0])}
    assert named and named | made <= sentences


def test_every_rule_has_its_words():
    said = set(words("id", "recommendations.yaml"))
    assert said == {f"{rule.action}.{part}" for rule in RULES for part in ("text", "indicator", "target")}
    assert {rule.finding for rule in RULES} <= set(words("id", "findings.yaml"))


def test_notebooks_are_titled_in_both_languages():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        about = json.loads(path.read_text(encoding="utf-8"))["metadata"]["smartcity"]
        for part in ("title", "question"):
            assert set(about[part]) == set(LANGUAGES) and all(about[part].values()), path.name
