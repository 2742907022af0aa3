"""``consentry glossary impact`` and ``consentry glossary approve``: what a concept would break, and letting it in."""

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from consentry.glossary.build.approve import Reviewed
    from consentry.glossary.concept import Task
    from consentry.glossary.decisions import Violation

OK, FINDINGS, USAGE = 0, 1, 2

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
    raw = argparse.RawDescriptionHelpFormatter
    impact = actions.add_parser(
        "impact",
        help="which published words a concept would break, with proposed fixes",
        epilog=_IMPACT_EXAMPLES,
        formatter_class=raw,
    )
    impact.add_argument("concept", metavar="CONCEPT")
    _common(impact, "in this locale only (may be repeated)")
    impact.set_defaults(run=_impact)
    approve = actions.add_parser(
        "approve",
        help="give a review of concepts as they stand; tasks keep live words live",
        epilog=_APPROVE_EXAMPLES,
        formatter_class=raw,
    )
    approve.add_argument("concepts", nargs="+", metavar="CONCEPT")
    languages = "this locale only (may be repeated); default: those reviewed before, or all of a new concept"
    _common(approve, languages)
    approve.add_argument("--role", choices=("terminologist", "medical-reviewer"))
    approve.add_argument("--actor", help="who reviews")
    approve.add_argument("--reason", help="what the review rests on; kept with it")
    approve.add_argument("--author", help="who last changed the terms, where known: they may not review them")
    approve.add_argument("--sample", action="store_true", help="both reviews of demonstration content")
    approve.add_argument("--as-of", type=_day, default=None, metavar="DATE", help="day of the review, default: today")
    approve.set_defaults(run=_approve)


def _common(parser: argparse.ArgumentParser, languages: str) -> None:
    parser.add_argument("--locale", action="append", default=[], help=languages)
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds glossary/ (default: .)")
    parser.add_argument("--segments", type=Path, help="what is live (default: .build/content/editorial/segments.json)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date (2026-11-22)") from None


def _impact(options: argparse.Namespace) -> int:
    from consentry.glossary.build import impact  # noqa: PLC0415 -- other commands need none of this
    from consentry.glossary.build.library import load  # noqa: PLC0415
    from consentry.glossary.decisions import tasks_for  # noqa: PLC0415

    today = datetime.now(UTC).date()
    try:
        library = load(options.root)
        after = impact.as_if_approved(impact.find(library, options.concept), options.locale, today)
        live = impact.read_live(options.segments or options.root / impact.SEGMENTS)
    except impact.ReviewError as error:
        return _refused("impact", error)
    found = impact.would_break(library, [after], live.segments)
    tasks = tasks_for(found, {after.concept: after.version}, today)
    if options.json:
        _say(
            json.dumps({"concept": after.concept, "release": live.release, **_facts(found, tasks)}, ensure_ascii=False)
        )
    else:
        _show(found, tasks)
        _say(f"{after.concept} against release {live.release}: {_count(found)}")
    return FINDINGS if found else OK


def _approve(options: argparse.Namespace) -> int:
    from consentry.glossary.build import approve  # noqa: PLC0415 -- other commands need none of this
    from consentry.glossary.build.impact import SEGMENTS, ReviewError, read_live  # noqa: PLC0415
    from consentry.glossary.build.library import load  # noqa: PLC0415

    day = options.as_of or datetime.now(UTC).date()
    try:
        reviews = _reviews(options, day)
        live = read_live(options.segments or options.root / SEGMENTS)
        done = approve.approve(options.root, load(options.root), live, options.concepts, options.locale, reviews)
    except ReviewError as error:
        return _refused("approve", error)
    written = approve.write(options.root, done)
    if options.json:
        said = {"release": live.release, "written": written, "concepts": [_as_json(each) for each in done.concepts]}
        _say(json.dumps({**said, **_facts(done.breaking, done.tasks)}, ensure_ascii=False))
        return OK
    for reviewed in done.concepts:
        _show_reviewed(reviewed)
    _show(done.breaking, done.tasks)
    if any(reviewed.enforced for reviewed in done.concepts):
        _say(_count(done.breaking))
    _say(f"{len(written)} files changed" + "".join(f"\n  {path}" for path in written))
    return OK


def _say(text: str) -> None:
    print(text)  # noqa: T201 -- this is the command's output


def _refused(action: str, error: Exception) -> int:
    print(f"consentry glossary {action}: {error}", file=sys.stderr)  # noqa: T201
    return USAGE


def _as_json(reviewed: "Reviewed") -> dict[str, Any]:
    return {
        "concept": reviewed.file.concept,
        "state": reviewed.file.state,
        "given": [approval.model_dump(mode="json") for approval in reviewed.given],
        "enforced": list(reviewed.enforced),
    }


def _reviews(options: argparse.Namespace, day: date) -> "Sequence[Any]":
    from consentry.glossary.build.approve import Review, sample_reviews  # noqa: PLC0415
    from consentry.glossary.build.impact import ReviewError  # noqa: PLC0415
    from consentry.glossary.reviews import SAMPLE  # noqa: PLC0415

    if options.sample:
        if options.role or options.actor or options.reason:
            raise ReviewError("--sample stands for both reviewers; give it without --role, --actor and --reason")
        return sample_reviews(day)
    if not (options.role and options.actor and options.reason):
        raise ReviewError("say --role, --actor and --reason (or --sample for demonstration content)")
    if options.actor == SAMPLE:
        raise ReviewError("the actor `sample` is for demonstration content: use --sample")
    return [Review(options.role, options.actor, day, options.reason, options.author)]


def _show_reviewed(reviewed: "Reviewed") -> None:
    file = reviewed.file
    given = ", ".join(dict.fromkeys(f"{a.locale} as {a.role}" for a in reviewed.given)) or "nothing new"
    _say(f"{file.concept} ({file.state}): reviewed {given}")
    if reviewed.enforced:
        _say(f"  now enforced: {', '.join(reviewed.enforced)}")
    lacking = {tag: file.missing_reviews(tag) for tag in sorted(file.terms)}
    half = [f"{tag} ({', '.join(roles)})" for tag, roles in lacking.items() if len(roles) == 1]
    drafts = [tag for tag, roles in lacking.items() if len(roles) > 1]
    if half:
        _say(f"  one more review needed: {', '.join(half)}")
    if drafts:
        _say(f"  drafts, not enforced: {', '.join(drafts)}")


def _count(found: "Sequence[Violation]") -> str:
    if not found:
        return "nothing that is live breaks"
    markets = sorted({market for violation in found for market in violation.markets})
    texts = len({(violation.segment.key, violation.segment.locale) for violation in found})
    return f"{texts} live texts break, in {', '.join(markets)}; they stay live, with a task each"


def _show(found: "Sequence[Violation]", tasks: "Sequence[Task]") -> None:
    due = {(task.key, task.locale, str(task.rule), task.target_digest): task for task in tasks}
    for violation in found:
        segment, judgement = violation.segment, violation.judgement
        where = f"{segment.file}:{segment.line}: {segment.key.partition('#')[2] or segment.key}"
        _say(f"{where}: {segment.locale} in {', '.join(violation.markets)}: {judgement.reason} [{judgement.rule}]")
        _say(f"    now: {_around(segment.target, judgement.start, judgement.side)}")
        if violation.proposed:
            _say(f"    proposed: {_around(violation.proposed, judgement.start, judgement.side)}")
        task = due.get((segment.key, segment.locale, judgement.rule, segment.target_digest))
        if task:
            _say(f"    task: {task.owner}, due {task.due}")


def _around(text: str, start: int, side: str, width: int = 160) -> str:
    """The text in one line; of a long one the part about ``start``."""
    line = text.replace("\n", " ")
    if len(line) <= width:
        return line
    first = max(0, start - width // 2) if side == "target" else 0
    return ("… " if first else "") + line[first : first + width] + (" …" if first + width < len(line) else "")


def _facts(found: "Iterable[Violation]", tasks: "Iterable[Task]") -> dict[str, Any]:
    return {
        "violations": [
            {
                "key": violation.segment.key,
                "file": violation.segment.file,
                "line": violation.segment.line,
                "locale": violation.segment.locale,
                "markets": list(violation.markets),
                "rule": violation.judgement.rule,
                "reason": violation.judgement.reason,
                "found": violation.judgement.found,
                "suggestions": list(violation.judgement.suggestions),
                "target": violation.segment.target,
                "proposed": violation.proposed or None,
            }
            for violation in found
        ],
        "tasks": [task.model_dump(mode="json") for task in tasks],
    }
