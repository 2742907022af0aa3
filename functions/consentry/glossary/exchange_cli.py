"""``consentry glossary import``, ``export`` and ``stats``: termbases of other tools on the command line."""

import argparse
from pathlib import Path

from consentry.glossary.options import action, later, with_json, with_root

_IMPORT_EXAMPLES = """\
examples:
  consentry glossary import termbase.tbx --dry-run           what would change, and everything wrong with the file
  consentry glossary import termbase.tbx                     the same, and write glossary/concepts/*.yaml
  consentry glossary import de.tsv --format deepl --locale de
  consentry glossary import terms.csv --skip c17 --skip c23  without these two entries

Formats: TBX (2019 in DCA and DCT style, and martif), XLIFF 2 with glossary entries, and CSV or TSV: our own, Weblate,
DeepL, AWS Translate, or a column for each language (memoQ). They are recognised; --format overrides that.

All or nothing: while an entry conflicts or is refused, nothing is written. Imported terms are drafts until reviewed.

exit codes: 0 done, 1 problems found and nothing written, 2 wrong usage
"""
_EXPORT_EXAMPLES = """\
examples:
  consentry glossary export --format tbx -o glossary.tbx                 everything but retired concepts
  consentry glossary export --format csv --locale de -o de.csv           English and German, for a spreadsheet
  consentry glossary export --format deepl --locale de -o de.tsv         approved terms for machine translation
  consentry glossary export --format aws --locale de --locale fr -o terminology.csv

deepl, aws and weblate take approved concepts only, unless --state says otherwise.

exit codes: 0 done, 2 wrong usage
"""
_STATS_EXAMPLES = """\
example:
  consentry glossary stats --json

exit codes: 0 done, 1 the glossary has errors, 2 wrong usage
"""
# Kept here, not imported: --help must not load the readers. A test holds them together.
IMPORT_FORMATS = ("tbx", "xliff", "csv", "weblate", "deepl", "aws", "columns")
EXPORT_FORMATS = ("tbx", "tbx-dct", "csv", "weblate", "deepl", "aws", "xliff")
STATES = ("draft", "in-review", "approved", "retired")


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three actions to ``consentry glossary``."""
    what = "take terms from a TBX, CSV, TSV or XLIFF file; --dry-run shows what would change"
    _import(action(actions, "import", what, _IMPORT_EXAMPLES))
    what = "write the glossary as TBX, CSV, XLIFF, or for Weblate, DeepL, AWS Translate"
    _export(action(actions, "export", what, _EXPORT_EXAMPLES))
    what = "concepts by state, coverage of each locale, missing reviews, options without a concept"
    stats = action(actions, "stats", what, _STATS_EXAMPLES)
    with_root(stats)
    with_json(stats)
    stats.set_defaults(run=later("build.stats"))


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the termbase, at most 50 MB")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    parser.add_argument("--format", choices=IMPORT_FORMATS, help="the file's format, where it is not recognised")
    parser.add_argument("--locale", help="target language of a bilingual file that does not say it")
    parser.add_argument("--source-locale", default="en", help="its source language (default: en)")
    parser.add_argument(
        "--skip", action="append", default=[], metavar="ENTRY", help="leave this entry out (may be repeated)"
    )
    parser.add_argument(
        "--skip-problems", action="store_true", help="leave out every entry that conflicts or is refused"
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="where the file and the glossary differ, take the file's"
    )
    with_root(parser)
    with_json(parser)
    parser.set_defaults(run=later("build.importing"))


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=EXPORT_FORMATS, required=True)
    parser.add_argument("--locale", action="append", default=[], help="English and this locale (may be repeated)")
    parser.add_argument("--state", action="append", choices=STATES, help="concepts in this state (may be repeated)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    with_root(parser)
    parser.set_defaults(run=later("build.exporting"))
