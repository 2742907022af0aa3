"""``consentry glossary …`` and ``consentry bench glossary``: terminology on the command line."""

import argparse
import gzip
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consentry.glossary import exchange_cli, review_cli

if TYPE_CHECKING:
    from consentry.glossary.build.check import Report

OK, FINDINGS, USAGE = 0, 1, 2

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
    check = actions.add_parser(
        "check",
        help="check PO, XLIFF, JSON or text files; 1 if anything blocks",
        epilog=_CHECK_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".po, .xlf, .xliff, .json, .arb, .txt")
    check.add_argument("--locale", help="target locale, where the file does not say it")
    check.add_argument("--source", type=Path, help="the source file of a JSON or text translation")
    check.add_argument("--source-locale", default="en-GB", help="default: en-GB")
    check.add_argument("--market", help="market whose overrides and prohibited wording hold")
    check.add_argument("--root", type=Path, default=Path(), help="folder that holds glossary/ (default: .)")
    check.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    check.set_defaults(run=_check)


def register_bench(benches: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``glossary`` to ``consentry bench``."""
    bench = benches.add_parser(
        "glossary",
        help="false alarms, detection and speed of the term matcher on labelled rows",
        epilog=_BENCH_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bench.add_argument("--data", type=Path, required=True, metavar="FILE", help="labelled rows, .tsv or .tsv.gz")
    bench.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    bench.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    from consentry.glossary import bench  # noqa: PLC0415 -- other commands need none of this

    try:
        opened = gzip.open if options.data.suffix == ".gz" else open
        with opened(options.data, "rt", encoding="utf-8", newline="\n") as lines:
            result = bench.measure(bench.read_rows(lines))
    except (OSError, EOFError, UnicodeDecodeError, bench.BenchDataError) as error:
        print(f"consentry bench glossary: {options.data}: {error}", file=sys.stderr)
        return USAGE
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        _table(result)
    return OK


def _table(result: dict[str, Any]) -> None:
    print(f"{'corpus':<16}{'rows':>8}{'false alarms %':>16}{'detection %':>13}{'segments/s':>12}{'p99 ms':>9}")
    for name, figures in [*result["corpora"].items(), ("overall", result["overall"])]:
        shown = ["–" if figures[key] is None else figures[key] for key in ("false_alarm_pct", "detection_pct")]
        print(
            f"{name:<16}{figures['rows']:>8}{shown[0]:>16}{shown[1]:>13}"
            f"{figures['segments_per_s'] or 0:>12}{figures['p99_ms'] or 0:>9}"
        )


def _check(options: argparse.Namespace) -> int:
    from consentry.glossary.build import check  # noqa: PLC0415 -- other commands need none of this
    from consentry.glossary.build.report import as_json, sarif, text  # noqa: PLC0415

    settings = check.Settings(
        root=options.root,
        locale=options.locale,
        market=options.market,
        source=options.source,
        source_locale=options.source_locale,
    )
    try:
        result: Report = check.check_files(options.files, settings)
    except check.CheckError as error:
        print(f"consentry glossary check: {error}", file=sys.stderr)
        return USAGE
    if options.format == "sarif":
        print(json.dumps(sarif(result), ensure_ascii=False, indent=1))
    elif options.format == "json":
        print(json.dumps(as_json(result), ensure_ascii=False, indent=1))
    else:
        print(text(result))
    for problem in result.unread:
        print(f"consentry glossary check: {problem}", file=sys.stderr)
    if result.unread:
        return USAGE
    return FINDINGS if result.blocks else OK
