"""``consentry content …``: the content compiler on the command line."""

import argparse
import json
import sys
from pathlib import Path

from consentry.forms.build.extract import extract


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``content`` and its subcommands."""
    content = commands.add_parser("content", help="check, build and approve the content", description=__doc__)
    actions = content.add_subparsers(dest="action", required=True, metavar="ACTION")

    one = actions.add_parser("extract", help="collect the English strings and refresh the catalogs")
    _common(one)
    one.set_defaults(run=_extract)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds forms/, markets/ … (default: .)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def _extract(options: argparse.Namespace) -> int:
    result = extract(options.root)
    if options.json:
        findings = [finding.as_json() for finding in result.findings]
        print(
            json.dumps(
                {"strings": result.strings, "changed": result.changed, "catalogs": result.counts, "findings": findings},
                ensure_ascii=False,
                indent=1,
            )
        )
        return 1 if result.findings else 0
    for finding in result.findings:
        print(f"{finding.file}:{finding.line}: {finding.key}: {finding.message}; {finding.mend}", file=sys.stderr)
    print(f"{result.strings} strings, {len(result.changed)} files changed")
    for name, count in result.counts.items():
        print(f"  {name}: {count['done']} translated, {count['stale']} stale, {count['missing']} missing")
    return 1 if result.findings else 0
