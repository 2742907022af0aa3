"""``consentry glossary …`` and ``consentry bench glossary``: terminology on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

from consentry.glossary import exchange_cli, review_cli
from consentry.glossary.options import action, later, with_json, with_root

if TYPE_CHECKING:
    import argparse

_CHECK_EXAMPLES = """\
examples:
  consentry glossary check de.po                          catalog entries against their English sources
  consentry glossary check job.xlf --market CH --format sarif > glossary.sarif
  consentry glossary check fr.json --source en.json --locale fr-FR
  consentry glossary check notice.txt --locale de-DE --market DE     no source: forbidden and prohibited words only

exit codes: 0 nothing blocks, 1 something blocks, 2 wrong usage or a file that cannot be read
"""
_BENCH_EXAMPLES = """\
example:
  consentry bench glossary --data rows.tsv.gz --json

FILE is tab-separated UTF-8 with a header line, plain or .gz; columns used: corpus, lang, source_term,
approved_alternatives (separated by |), label (used or not-used), source, target.
"""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``glossary`` and its actions."""
    glossary = commands.add_parser("glossary", help="terms: check translations, import, export, review")
    actions = glossary.add_subparsers(dest="action", required=True, metavar="ACTION")
    _register_check(actions)
    exchange_cli.register(actions)
    review_cli.register(actions)


def _register_check(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    check = action(actions, "check", "check PO, XLIFF, JSON or text files; 1 if anything blocks", _CHECK_EXAMPLES)
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".po, .xlf, .xliff, .json, .arb, .txt")
    check.add_argument("--locale", help="target locale, where the file does not say it")
    check.add_argument("--source", type=Path, help="the source file of a JSON or text translation")
    check.add_argument("--source-locale", default="en-GB", help="default: en-GB")
    check.add_argument("--market", help="market whose overrides and prohibited wording hold")
    with_root(check)
    check.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    check.set_defaults(run=later("build.report"))


def register_bench(benches: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``glossary`` to ``consentry bench``."""
    what = "false alarms, detection and speed of the term matcher on labelled rows"
    bench = action(benches, "glossary", what, _BENCH_EXAMPLES)
    bench.add_argument("--data", type=Path, required=True, metavar="FILE", help="labelled rows, .tsv or .tsv.gz")
    with_json(bench)
    bench.set_defaults(run=later("bench"))
