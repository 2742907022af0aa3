"""``consentry content …``: the content compiler on the command line."""

import argparse
import importlib
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from consentry.content.build import job_cli


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``content`` and its actions."""
    content = commands.add_parser("content", help="check, build and approve the content", description=__doc__)
    actions = content.add_subparsers(dest="action", required=True, metavar="ACTION")

    check = actions.add_parser("check", help="every finding with file, line, key and how to mend it; 1 if any blocks")
    _common(check)
    _switches(check)
    check.set_defaults(run=_later("check"))

    build = actions.add_parser("build", help="compile the release; what is broken is left out and listed")
    _common(build)
    _switches(build)
    build.add_argument("--out", type=Path, default=Path(".build/content"), help="default: .build/content")
    build.add_argument("--previous", type=Path, help="an earlier build, whose release is served on as superseded")
    build.add_argument("--market", action="append", help="host this market only (may be repeated; default: all)")
    build.add_argument("--sizes", action="store_true", help="print the size of every document")
    build.set_defaults(run=_later("build"))

    approve = actions.add_parser("approve", help="approve texts as they now stand")
    _common(approve)
    approve.add_argument("--sample", action="store_true", required=True, help="sample texts, with sample approvals")
    approve.add_argument("--market", action="append", help="this market only (may be repeated)")
    _as_of(approve)
    approve.set_defaults(run=_later("approve"))

    _waive(actions)

    lock = actions.add_parser("publish-lock", help="record the digests of published texts: they never change again")
    _common(lock)
    _as_of(lock)
    lock.add_argument(
        "--previous", type=Path, help="an earlier build, whose texts were published before they were locked"
    )
    lock.set_defaults(run=_later("publish_lock"))

    what = "collect the English strings, refresh forms/catalogs/*.po and the element's first words"
    strings = actions.add_parser("extract", help=what)
    _common(strings)
    strings.set_defaults(run=_later("extract"))

    _revoke(actions)
    _store(actions)
    job_cli.register(actions, _common, _as_of, _later)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds forms/, markets/ … (default: .)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def _switches(parser: argparse.ArgumentParser) -> None:
    _as_of(parser)
    parser.add_argument("--production", action="store_true", help="refuse sample content")


def _as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=_instant, default=None, metavar="DATE", help="day or RFC 3339 instant, UTC")


def _instant(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date (2026-11-22) or instant") from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _waive(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``waive``: one violation of the glossary accepted, in these words, until a day."""
    example = (
        "example: consentry content waive forms/catalogs/de.po:174 --role medical-reviewer --actor m.rossi "
        '--reason "The authority prints this word on the card" --expires 2027-05-31'
    )
    what = "accept what the glossary holds back, in these words only, until a day"
    parser = actions.add_parser("waive", help=what, description=what, epilog=example)
    parser.add_argument("place", metavar="FILE:LINE", help="as `consentry content check` prints it")
    parser.add_argument("--role", required=True, choices=("medical-reviewer", "compliance-officer"))
    parser.add_argument("--actor", required=True, help="who accepts it")
    parser.add_argument("--reason", required=True, help="why, in at least ten characters; kept with it")
    parser.add_argument("--expires", required=True, type=_instant, metavar="DATE", help="first day it no longer holds")
    parser.add_argument("--concept", help="of this concept only, where a text violates several")
    parser.add_argument("--locale", help="in this locale only, where several inherit the words")
    parser.add_argument("--market", help="in this market only")
    _common(parser)
    _as_of(parser)
    parser.set_defaults(run=_later("waive", "waive"))


def _revoke(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``revoke``: a deployment accepts a text or document no more, from the next minute on."""
    example = (
        'example: consentry content revoke --environment prod sha256-… --reason "The authority objects to it"\n'
        "         consentry content revoke --environment prod                   lists what was revoked, by whom and why"
    )
    what = "accept a text or document no more, within a minute and without deploying"
    kind = argparse.RawDescriptionHelpFormatter
    parser = actions.add_parser("revoke", help=what, description=what, epilog=example, formatter_class=kind)
    parser.add_argument("digest", nargs="*", type=_digest, help="of a text (consent_texts/published.yaml) or document")
    parser.add_argument("--reason", type=_reason, help="why, in at least ten characters; kept with it")
    parser.add_argument("--lift", action="store_true", help="accept it again")
    parser.add_argument("--actor", default="operator", help="your staff id, for the history (default: operator)")
    _deployment(parser, "content")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    parser.set_defaults(run=_later("revoke", "revoke"))


def _digest(text: str) -> str:
    if not re.fullmatch(r"sha256-[0-9a-f]{64}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no digest: sha256- and 64 hexadecimal digits")
    return text


def _reason(text: str) -> str:
    if len(text.strip()) < 10:
        raise argparse.ArgumentTypeError("say why, in at least ten characters")
    return text.strip()


def _deployment(parser: argparse.ArgumentParser, table: str) -> None:
    """Whose table: of an environment in AWS, or where ``consentry serve`` runs."""
    environment = os.environ.get("ENVIRONMENT", "local")
    parser.add_argument("--environment", default=environment, help="default: $ENVIRONMENT, else local")
    parser.add_argument("--table", help=f"the table (default: consentry-<environment>-{table})")
    parser.add_argument("--endpoint-url", metavar="URL", help="an AWS endpoint, as `consentry serve` prints it")


def _store(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """``push`` and ``pull``: the content folders and the editors' store."""
    for name, what in (
        ("push", "send the glossary and the legal texts to the editors' store; nothing newer there is written over"),
        ("pull", "write what was approved in the editors' store to files; no local change is written over"),
    ):
        example = f"example: consentry content {name} --environment dev --dry-run"
        parser = actions.add_parser(name, help=what, description=what, epilog=example)
        _common(parser)
        _deployment(parser, "editorial")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
        winner = "file" if name == "push" else "store"
        take = f"in a conflict the {winner} wins for this document (may be repeated)"
        parser.add_argument("--take", action="append", default=[], metavar="PATH", help=take)
        parser.add_argument("--actor", default="operator", help="your staff id, for the history (default: operator)")
        parser.add_argument("--reason", default=f"content {name}", help="why, for the history")
        parser.set_defaults(run=_later(name, "sync"))


def _later(name: str, module: str = "commands") -> Callable[[argparse.Namespace], int]:
    """The command ``name``; the compiler and CLDR are loaded when it runs, not for ``--help`` or ``serve``."""

    def run(options: argparse.Namespace) -> int:
        code: int = getattr(importlib.import_module(f"consentry.content.build.{module}"), name)(options)
        return code

    return run
