"""``consentry content export|import|preview``: the round trip of a translation job, on the command line."""

import argparse
from collections.abc import Callable
from pathlib import Path

Common = Callable[[argparse.ArgumentParser], None]
Later = Callable[[str, str], Callable[[argparse.Namespace], int]]
COMMANDS = "job_commands"

_EXPORT = """\
examples:
  consentry content export --locale de-DE                            what waits for a translator, as de-DE.xlf
  consentry content export --locale ja-JP --format po -o jobs/        for gettext tools
  consentry content export --locale fr-FR --tmx memory.tmx           with suggestions from a translation memory
  consentry content export --locale de-DE --all --only 'consent_texts/DE/*'   every line of the German legal texts
"""
_IMPORT = """\
examples:
  consentry content import de-DE.xlf --dry-run      what would change, and what stands against it
  consentry content import de-DE.xlf                all of it is written, or nothing
"""
_PREVIEW = """\
examples:
  consentry content preview --locale de-DE                        drafts as they stand in the files
  consentry content preview --locale de-DE --import de-DE.xlf     a job that is not imported yet
  consentry content preview --locale de-DE --pseudo               with en-XA and ar-XB: does it all fit?
"""


def register(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", common: Common, as_of: Common, later: Later
) -> None:
    """Add ``export``, ``import`` and ``preview``."""
    raw = argparse.RawDescriptionHelpFormatter
    export = actions.add_parser(
        "export",
        help="a translation job: what waits in a locale, as PO, XLIFF or XLSX",
        epilog=_EXPORT,
        formatter_class=raw,
    )
    common(export)
    as_of(export)
    export.add_argument("--locale", required=True, metavar="TAG", help="as in forms/locales.yaml: de-DE")
    scope = export.add_mutually_exclusive_group()
    scope.add_argument("--changed", action="store_true", help="missing, fuzzy, outdated, not approved (default)")
    scope.add_argument("--all", action="store_true", help="every string of the locale")
    scope.add_argument("--since", metavar="RELEASE", help="these, and what reads otherwise than in an earlier release")
    export.add_argument("--only", action="append", metavar="PATTERN", help="ids that match, as 'consent_texts/DE/*'")
    export.add_argument("--format", choices=("po", "xliff-1.2", "xliff-2.0", "xlsx"), help="default: xliff-2.0")
    export.add_argument("--tmx", type=Path, metavar="FILE", help="a translation memory to take suggestions from")
    export.add_argument(
        "--preview-url", default="http://127.0.0.1:8081", metavar="URL", help="where previews are shown"
    )
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="file or folder (default: <locale>.xlf)")
    export.set_defaults(run=later("export", COMMANDS))

    back = actions.add_parser(
        "import", help="a translation job that came back: diff, checks, all or nothing", epilog=_IMPORT,
        formatter_class=raw,
    )  # fmt: skip
    common(back)
    as_of(back)
    back.add_argument("file", type=Path, help="PO, XLIFF or XLSX, as it was exported")
    back.add_argument("--locale", metavar="TAG", help="refuse a file in another language")
    back.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    back.add_argument(
        "--despite-glossary", action="store_true", help="write what the glossary holds back, to decide on"
    )
    back.set_defaults(run=later("import_", COMMANDS))

    shown = actions.add_parser(
        "preview", help="a draft in the real form, before anybody approves it", epilog=_PREVIEW, formatter_class=raw
    )
    common(shown)
    as_of(shown)
    shown.add_argument("--locale", required=True, metavar="TAG", help="as in forms/locales.yaml: de-DE")
    shown.add_argument("--import", dest="draft", type=Path, metavar="FILE", help="with this job's strings in it")
    shown.add_argument("--pseudo", action="store_true", help="en-XA and ar-XB beside it: longer, accented, mirrored")
    shown.add_argument("--port", type=int, default=8081, help="default: 8081; 0 takes a free one")
    shown.add_argument("--no-serve", dest="serve", action="store_false", help="compile into .build/preview only")
    shown.set_defaults(run=later("preview", COMMANDS))
