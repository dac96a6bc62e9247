"""Commands for what the OPDs say about the draft: the forms that go out, and what comes back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .exchange import add_form, tell_ignored, tell_refused

if TYPE_CHECKING:
    from ..masterplan import Received
    from ..present import Language

__all__ = ["add_feedback_commands", "add_feedback_form"]


def add_feedback_form(forms: Any, common: argparse.ArgumentParser) -> None:
    """Add ``forms feedback`` to the commands that write forms."""
    told = "write one feedback form per OPD about the findings of the last review"
    add_form(forms, common, "feedback", told, _write_forms)


def add_feedback_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the command ``feedback`` with read, list, accept and decline."""
    feedback = commands.add_parser("feedback", help="read returned feedback forms and decide on the remarks")
    parts = feedback.add_subparsers(required=True, metavar="PART")
    read = parts.add_parser(
        "read",
        parents=[common],
        help="read returned forms into the log",
        epilog="example: smartcity feedback read kediri --year 2024 returned/*.xlsx",
    )
    read.add_argument("files", nargs="+", type=Path, metavar="FILE", help="returned forms (.xlsx)")
    read.set_defaults(command=_read)
    listed = parts.add_parser(
        "list",
        parents=[common],
        help="list the remarks with their decisions",
        epilog="example: smartcity feedback list kediri --year 2024",
    )
    listed.set_defaults(command=_list)
    for part in (read, listed):
        part.add_argument("--year", type=int, required=True, help="the year under review")
    for name, decision, answer in (
        ("accept", "accepted", "Diperbaiki, terima kasih."),
        ("decline", "declined", "Angka resmi tahun itu belum berubah."),
    ):
        part = parts.add_parser(
            name,
            parents=[common],
            help=f"{name} remarks, with an answer to the OPD",
            epilog=f'example: smartcity feedback {name} kediri R-1a2b3c4d --answer "{answer}"',
        )
        part.add_argument("codes", nargs="+", metavar="CODE", help="codes of remarks, such as R-1a2b3c4d")
        part.add_argument("--answer", required=True, help="what the OPD is told")
        part.set_defaults(command=_decide, decision=decision, status="survey")
        if name == "accept":
            part.add_argument(
                "--status", choices=("official", "reported", "survey", "estimated"), default="survey",
                help="status of the new value (default: survey; official when the evidence is a publication)",
            )  # fmt: skip


def _write_forms(chosen: argparse.Namespace) -> int:
    from ..disk import write_whole
    from ..masterplan import feedback_form, record_sent
    from ..present import speak
    from ..present.forms.feedback import feedback_workbook
    from ..study import Store, load_study

    words, study = speak(chosen.language), load_study(chosen.study)
    findings = Store.open(chosen.study, chosen.year).load_table("findings")
    forms = [feedback_form(study, chosen.year, opd, findings) for opd in chosen.opd or list(study.table("opd")["code"])]
    new = record_sent(study, chosen.year, findings)
    for form in forms:
        path = chosen.out / f"{words.text('feedback.file')}-{chosen.year}-{form.opd}.xlsx"
        write_whole(path, feedback_workbook(form, study, chosen.language))
        facts = {"opd": form.opd, "findings": len(form.findings), "data": len(form.data), "path": path}
        print(words.text("feedback.cli.written", **facts))
    print(words.text("feedback.cli.sent", count=new))
    return 0


def _read(chosen: argparse.Namespace) -> int:
    from ..disk import read_bytes
    from ..masterplan import receive_feedback
    from ..present import speak
    from ..study import load_study

    words, study = speak(chosen.language), load_study(chosen.study)
    files = [(path.name, read_bytes(path)) for path in chosen.files]
    tell_ignored(dict(files), chosen.language)
    received = receive_feedback(study, chosen.year, files)
    for one in received:
        for line in _said(one, words):
            print(line)
    status = tell_refused([one.breaches for one in received], chosen.language)
    _print_conflicts(load_study(chosen.study).table("feedback"), words)
    return status


def _said(one: Received, words: Language) -> list[str]:
    """Return what became of one form, line by line."""
    if one.breaches:
        return [words.text("feedback.cli.refused", file=one.file, count=len(one.breaches))]
    facts = {"file": one.file, "opd": one.opd, "added": len(one.added), "known": len(one.known)}
    lines = [words.text("feedback.cli.read", **facts)] if one.added else []
    lines += [words.text("feedback.cli.read_known", **facts)] if one.known else []
    for key, codes in (("read_replaced", one.replaced), ("read_outdated", one.outdated)):
        lines += [words.text(f"feedback.cli.{key}", codes=", ".join(codes))] if codes else []
    return lines or [words.text("feedback.cli.read_empty", **facts)]


def _print_conflicts(log: Any, words: Language) -> None:
    """Print every cell that OPDs correct to different values."""
    for item, rows in log[log["decision"] == "conflict"].groupby("item"):
        values = "; ".join(f"{row.code} {row.opd}: {row.new or '-'}" for row in rows.itertuples())
        print(words.text("feedback.cli.conflict", item=item, values=values))


def _list(chosen: argparse.Namespace) -> int:
    from ..masterplan import feedback_log
    from ..present import speak
    from ..study import load_study

    words, log = speak(chosen.language), feedback_log(load_study(chosen.study), chosen.year)
    for row in log.fillna("-").to_dict("records"):
        row |= {part: words.text(f"tables.words.{row[part]}") for part in ("said", "result")}
        print(words.text("feedback.cli.listed", **row))
    if log.empty:
        print(words.text("feedback.cli.nothing"))
    return 0


def _decide(chosen: argparse.Namespace) -> int:
    from ..masterplan import decide_feedback
    from ..present import speak
    from ..study import load_study

    words, study = speak(chosen.language), load_study(chosen.study)
    corrections = decide_feedback(study, chosen.codes, chosen.decision, chosen.answer, status=chosen.status)
    log = load_study(chosen.study).table("feedback")
    years = log.loc[log["code"].isin(chosen.codes), "year"]
    decision = words.text(f"tables.words.{chosen.decision}")
    print(words.text("feedback.cli.decided", codes=", ".join(chosen.codes), decision=decision))
    facts = {"count": len(corrections), "study": study.name, "year": int(years.max())}
    print(words.text("feedback.cli.corrections", **facts))
    return 0
