"""``consentry serve`` and ``consentry token``: the one-machine stack on the command line."""

import argparse
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

_EXAMPLES = """\
examples:
  consentry serve                 http://127.0.0.1:8080/, everything on this machine, nothing kept
  PORT=9000 consentry serve       another port (or --port; 0 takes a free one)
  consentry serve --endpoint-url http://127.0.0.1:4566 --leave-messages
                                  an emulator that runs already; messages stay on the queue for your own consumer

exit codes: 0 ended by Ctrl-C, 1 could not start, 2 wrong usage
"""
_HOW_TO_SIGN_IN = """\
examples:
  consentry token --sub anna-t --scopes glossary:read glossary:edit --locales de --markets DE
  curl -H "Authorization: Bearer $(consentry token --sub anna-t --scopes glossary:read)" \\
       http://127.0.0.1:8080/v1/glossary/concepts

Only the stack on this machine takes such a token. Who approves must not be who edited: use two names.

exit codes: 0 the token is the only line printed, 1 no development key yet, 2 wrong usage
"""
SCOPES = (
    "glossary:read",
    "glossary:edit",
    "glossary:review",
    "glossary:approve",
    "glossary:waive",
    "translations:edit",
    "translations:review",
    "translations:approve",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``serve`` and ``token``."""
    serve = commands.add_parser(
        "serve",
        help="run everything on this machine, without an AWS account",
        description="Run forms, submissions, outbox, landing pages and consoles on this machine.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("--port", type=_port, default=os.environ.get("PORT", "8080"), help="default: $PORT, else 8080")
    serve.add_argument("--endpoint-url", metavar="URL", help="an AWS endpoint to use instead of an emulator of our own")
    serve.add_argument("--no-build", action="store_true", help="serve .build/content as it is")
    serve.add_argument("--leave-messages", action="store_true", help="do not take messages off the queue to show them")
    serve.add_argument("--root", type=Path, default=Path(), help="the checkout (default: .)")
    serve.set_defaults(run=_serve)

    token = commands.add_parser(
        "token",
        help="a token for the staff API of the stack on this machine (development only)",
        description="Print a token that the running `consentry serve` takes for a member of staff.",
        epilog=_HOW_TO_SIGN_IN,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    token.add_argument("--sub", type=_name, required=True, metavar="ID", help="who: an id, no name or address")
    token.add_argument(
        "--scopes", nargs="+", action=_Words, required=True, metavar="SCOPE", help=f"what for: {', '.join(SCOPES)}"
    )
    token.add_argument(
        "--locales",
        nargs="+",
        action=_Words,
        default=["*"],
        metavar="LOCALE",
        help="de covers de-AT and de-CH too (default: all)",
    )
    token.add_argument(
        "--markets",
        nargs="+",
        action=_Words,
        default=["*"],
        metavar="MARKET",
        help="DE, CA-QC, … (default: all)",
    )
    token.add_argument("--hours", type=_hours, default=8.0, help="how long it counts: at most 24 (default: 8)")
    token.add_argument("--root", type=Path, default=Path(), help="the checkout (default: .)")
    token.set_defaults(run=_token)


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use 0 to 65535 (PORT= or --port)")
    return int(text)


class _Words(argparse.Action):
    """A list, however it is written: apart, in quotes, or with commas."""

    _KINDS = {  # noqa: RUF012 -- a table
        "scopes": (re.compile("|".join(map(re.escape, SCOPES))), f"no scope; there are {', '.join(SCOPES)}"),
        "locales": (re.compile(r"\*|[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"), "no locale: de, de-CH, zh-Hans or *"),
        "markets": (re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?"), "no market: DE, CA-QC or *"),
    }

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[str] | None,
        option_string: str | None = None,
    ) -> None:
        """Take the words apart and refuse by name what is none."""
        known, otherwise = self._KINDS[self.dest]
        words = [word for value in values or () for word in re.split(r"[\s,]+", value) if word]
        for word in words:
            if not known.fullmatch(word):
                parser.error(f"argument {option_string}: {word!r} is {otherwise}")
        if not words:
            parser.error(f"argument {option_string}: nothing was named")
        setattr(namespace, self.dest, words)


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._|:-]{1,128}", text):
        raise argparse.ArgumentTypeError(
            f"{text!r}: an id of letters, digits and . _ - | : (histories keep neither names nor addresses)"
        )
    return text


def _hours(text: str) -> float:
    from consentry.local.issuer import MAX_HOURS  # noqa: PLC0415 -- other commands need none of this

    try:
        hours = float(text)
    except ValueError:
        hours = 0
    if not 0 < hours <= MAX_HOURS:
        raise argparse.ArgumentTypeError(f"{text!r}: more than 0 and at most {MAX_HOURS}")
    return hours


def _token(options: argparse.Namespace) -> int:
    from consentry.local.issuer import IssuerError, data_folder, load_key, mint  # noqa: PLC0415 -- likewise

    try:
        key = load_key(data_folder(options.root))
    except IssuerError as error:
        print(f"consentry token: {error}", file=sys.stderr)
        return 1
    token = mint(
        key,
        sub=options.sub,
        scopes=options.scopes,
        locales=options.locales,
        markets=options.markets,
        now=int(time.time()),
        hours=options.hours,
    )
    print(token)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from consentry.local.emulator import EmulatorError  # noqa: PLC0415 -- other commands need none of this
    from consentry.local.serve import Options, ServeError, run  # noqa: PLC0415

    out = sys.stdout

    def say(text: str) -> None:
        print(text, file=out, flush=True)

    try:
        run(
            Options(
                root=options.root,
                port=options.port,
                endpoint_url=options.endpoint_url,
                build=not options.no_build,
                consume=not options.leave_messages,
            ),
            say,
        )
    except (ServeError, EmulatorError) as error:
        print(f"consentry serve: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("Ended.")
    return 0
