"""The ``consentry`` command."""

import argparse
import sys
import traceback
from collections.abc import Sequence

from consentry.content.build import cli as content
from consentry.glossary import cli as glossary
from consentry.local import cli as local

_EXAMPLES = """\
examples:
  consentry serve                               everything on this machine, without an AWS account
  consentry content extract                     collect the English strings, refresh forms/catalogs/*.po
  consentry content check --json                every finding with file, line, key and how to mend it
  consentry content approve --sample            approve the sample texts as they stand
  consentry content build --out .build/content  compile the release
  consentry content export --locale de-DE       a translation job; import brings it back, preview shows it
  consentry content pull --environment dev      what editors approved, into files; push sends files to them
  consentry glossary check de.po --format sarif check a translation's terms
  consentry bench glossary --data rows.tsv.gz   measure the term matcher on labelled rows

exit codes: 0 done, 1 findings, 2 wrong usage, 70 a fault of consentry itself
"""
CRASHED = 70


def parser() -> argparse.ArgumentParser:
    """The command line, with every subcommand."""
    root = argparse.ArgumentParser(
        prog="consentry",
        description="Localized forms, provable consent and leads, as a serverless API.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    content.register(commands)
    local.register(commands)
    glossary.register(commands)
    bench = commands.add_parser("bench", help="measure, and print the numbers")
    benches = bench.add_subparsers(dest="bench", required=True, metavar="WHAT")
    glossary.register_bench(benches)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def run() -> int:
    """``main`` as a process: a crash is told from findings, for which Python's own exit code would be the same."""
    try:
        return main()
    except Exception:
        traceback.print_exc()
        return CRASHED


if __name__ == "__main__":
    sys.exit(run())
