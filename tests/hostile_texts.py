"""Texts that would act if anything took them for more than text, and a study whose every free text is one of them."""

import csv
import hashlib
import itertools

import pandas as pd
import yaml

from smartcity_analysis.study import TABLES

HIT = "window.__hit=1"
WORD = "x" * 10_000
PAYLOADS = {
    "script": f"</td></script><script>{HIT}</script>",
    "image": f"<img src=x onerror='{HIT}'>",
    "svg": f"<svg onload={HIT}><style>*{{display:none}}</style></svg>",
    "attribute": f"\" autofocus onfocus={HIT} x='",
    "frame": f"<iframe srcdoc='<script>parent.{HIT}</script>'></iframe><meta http-equiv=refresh content='0;url=x'>",
    "comment": "<!-- <script> ]]> &lt;b&gt; &#x202e; &amp;",
    "link": f"javascript:{HIT}",
    "markdown": f"# h\n\n[x](javascript:{HIT}) ![y](https://example.org/y.png) <https://example.org/z> `c` *d*",
    "web": "https://example.org/ vbscript:x data:text/html,x",
    "formula": '=HYPERLINK("https://example.org";"x")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-1+1",
    "at": "@SUM(1+1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "semicolon": 'aman;=HYPERLINK("https://example.org")',
    "wide": "＝1＋1",
    "array": "{=1+1}",
    "path": "../../x",
    "absolute": "/tmp/x\\..\\y",
    "latex": r"$\frac{1}{0}$ $x_ \undefined{ $$ \input{/etc/passwd} ^_%~",
    "jinja": "{{ 7*7 }} {% raw %} {0} {place} {x!r:>10} %(a)s ${b}",
    "message": "{n, plural, one {#} other {'#}} '{'",
    "typst": '#panic("x") #include "x" $x$ *b* _i_ @ref <label> `c` \\ // /* ] ) "',
    "turned": "a\u202eb\u2066c\u200fd",
    "unseen": "e\u200bf\u200dg\u2060h\ufeffi\u00adj",
    "control": "k\x01l\x08m\x1b[31mn\x7fo\x9fp",
    "separator": "q\u2028r\u2029s\x0bt\x0cu",
    "excel": "_x0000_ <r>x</r>",
    "word": WORD,
}
UNSEEN = "\u202e\u2066\u200f\u200b\u200d\u2060\ufeff\x00\x01\x08\x1b\x7f\x9f\x0b\x0c"  # and never shown
# columns that are a reader's words; codes, keys and choices are held to their patterns when they are read
FREE = {
    "name", "title", "producer", "published", "accessed", "licence", "note", "source", "label_id", "label_en",
    "unit_id", "unit_en", "text_id", "text_en", "measure_id", "measure_en", "abbreviation", "item", "evidence",
    "evidence_id", "evidence_en", "reason", "aliases", "remark",
}  # fmt: skip
SETTLED = {("corrections", "remark")}  # codes of that name


def spoiled(name: str, rows: pd.DataFrame, start: int = 0) -> pd.DataFrame:
    """Return the rows of table `name` with every free text a payload, and a number that keeps names apart."""
    rows = rows.copy()
    turn = itertools.cycle(list(PAYLOADS.values())[start:] + list(PAYLOADS.values())[:start])
    for column in rows.columns:
        if column in FREE and (name, column) not in SETTLED:
            rows[column] = [f"{next(turn)} {number}" for number in range(len(rows))]
        elif column in ("options_id", "options_en"):
            rows[column] = [_options(cell, turn) for cell in rows[column]]
    return rows


def _options(cell, turn):
    if not isinstance(cell, str) or not cell:
        return cell
    return ";".join(f"{next(turn).replace(';', ',')} {place}" for place in range(cell.count(";") + 1))


def spoil_study(folder, start: int = 0) -> None:
    """Make every free text of the study in `folder` a payload, and record the new files."""
    for path in sorted([*folder.glob("*.csv"), *folder.glob("illustrative/*.csv")]):
        name = "sources" if path.name == "SOURCES.csv" else path.stem
        rows = spoiled(name, pd.read_csv(path, dtype=str, keep_default_na=False), start)
        if name == "survey_answers":
            words = rows["question"].isin(_asked_in_words(folder))
            rows.loc[words, "answer"] = [f"{text} {n}" for n, text in zip(range(words.sum()), _turns(), strict=False)]
        assert name in TABLES
        _write(path, rows)
    spec = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    spec["city"]["name"] = f"\x00{PAYLOADS['script']}{PAYLOADS['jinja']}"
    spec["title"] = {"id": f"\x00={PAYLOADS['image']}{PAYLOADS['typst']}", "en": PAYLOADS["latex"]}
    if "masterplan" in spec:
        spec["masterplan"]["title"] = f"{PAYLOADS['comment']}{PAYLOADS['turned']}"
    (folder / "study.yaml").write_text(yaml.safe_dump(spec, allow_unicode=False), encoding="utf-8")
    _record(folder)


def _turns():
    return itertools.cycle(PAYLOADS.values())


def _asked_in_words(folder):
    questions = pd.read_csv(folder / "survey_questions.csv", dtype=str)
    return set(questions.loc[questions["kind"] == "text", "code"])


def _write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([rows.columns, *rows.itertuples(index=False)])


def _record(folder):
    rows = pd.read_csv(folder / "SOURCES.csv", dtype=str, keep_default_na=False)
    rows["sha256"] = [hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in rows["path"]]
    _write(folder / "SOURCES.csv", rows)
