"""``consentry glossary impact`` and ``consentry glossary approve``: what a concept would break, and letting it in."""

import argparse
from datetime import date
from pathlib import Path

from consentry.glossary.options import action, later, with_json, with_root

_IMPACT_EXAMPLES = """\
example:
  consentry content build                        so that it is known what is live
  consentry glossary impact adverse-event        what would break if the file, as it stands, were approved

exit codes: 0 nothing would break, 1 something would, 2 wrong usage
"""
_APPROVE_EXAMPLES = """\
examples:
  consentry glossary approve adverse-event --role terminologist --actor k.brandt --reason "Checked with the label"
  consentry glossary approve adverse-event --locale de --role medical-reviewer --actor m.rossi --reason "As in the SmPC"
  consentry glossary approve --sample adverse-event webinar         both reviews of demonstration content

A locale is enforced when two different people gave the two reviews. Live words that it makes wrong stay live: a task
is opened for each in glossary/tasks.yaml.

exit codes: 0 written, 2 refused or wrong usage
"""


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``impact`` and ``approve`` to ``consentry glossary``."""
    what = "which published words a concept would break, with proposed fixes"
    impact = action(actions, "impact", what, _IMPACT_EXAMPLES)
    impact.add_argument("concept", metavar="CONCEPT")
    _common(impact, "in this locale only (may be repeated)")
    impact.set_defaults(run=later("build.reviewing", "impact"))
    what = "give a review of concepts as they stand; tasks keep live words live"
    approve = action(actions, "approve", what, _APPROVE_EXAMPLES)
    approve.add_argument("concepts", nargs="+", metavar="CONCEPT")
    languages = "this locale only (may be repeated); default: those reviewed before, or all of a new concept"
    _common(approve, languages)
    approve.add_argument("--role", choices=("terminologist", "medical-reviewer"))
    approve.add_argument("--actor", help="who reviews")
    approve.add_argument("--reason", help="what the review rests on; kept with it")
    approve.add_argument("--author", help="who last changed the terms, where known: they may not review them")
    approve.add_argument("--sample", action="store_true", help="both reviews of demonstration content")
    approve.add_argument("--as-of", type=_day, default=None, metavar="DATE", help="day of the review, default: today")
    approve.set_defaults(run=later("build.reviewing", "approve"))


def _common(parser: argparse.ArgumentParser, languages: str) -> None:
    parser.add_argument("--locale", action="append", default=[], help=languages)
    with_root(parser)
    parser.add_argument("--segments", type=Path, help="what is live (default: .build/content/editorial/segments.json)")
    with_json(parser)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date (2026-11-22)") from None
