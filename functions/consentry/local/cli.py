"""``consentry serve``: the one-machine stack on the command line."""

import argparse
import os
import sys
from pathlib import Path

_EXAMPLES = """\
examples:
  consentry serve                 http://127.0.0.1:8080/, everything on this machine, nothing kept
  PORT=9000 consentry serve       another port (or --port; 0 takes a free one)
  consentry serve --endpoint-url http://127.0.0.1:4566 --leave-messages
                                  an emulator that runs already; messages stay on the queue for your own consumer

exit codes: 0 ended by Ctrl-C, 1 could not start, 2 wrong usage
"""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``serve``."""
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


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use 0 to 65535 (PORT= or --port)")
    return int(text)


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
