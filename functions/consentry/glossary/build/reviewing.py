"""``consentry glossary impact`` and ``consentry glossary approve``: what they do, and what they say."""

import argparse
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from consentry.glossary.build.approve import Review, Reviewed, sample_reviews, write
from consentry.glossary.build.approve import approve as reviewed_files
from consentry.glossary.build.impact import SEGMENTS, ReviewError, as_if_approved, find, read_live, would_break
from consentry.glossary.build.library import load
from consentry.glossary.build.saying import FINDINGS, OK, refuse, say
from consentry.glossary.concept import Task
from consentry.glossary.decisions import Violation, tasks_for
from consentry.glossary.reviews import SAMPLE


def impact(options: argparse.Namespace) -> int:
    """``consentry glossary impact``; the exit code."""
    today = datetime.now(UTC).date()
    try:
        library = load(options.root)
        after = as_if_approved(find(library, options.concept), options.locale, today)
        live = read_live(options.segments or options.root / SEGMENTS)
    except ReviewError as error:
        return refuse("impact", error)
    found = would_break(library, [after], live.segments)
    tasks = tasks_for(found, {after.concept: after.version}, today)
    if options.json:
        say(json.dumps({"concept": after.concept, "release": live.release, **_facts(found, tasks)}, ensure_ascii=False))
    else:
        _show(found, tasks)
        say(f"{after.concept} against release {live.release}: {_count(found)}")
    return FINDINGS if found else OK


def approve(options: argparse.Namespace) -> int:
    """``consentry glossary approve``; the exit code."""
    day = options.as_of or datetime.now(UTC).date()
    try:
        reviews = _reviews(options, day)
        live = read_live(options.segments or options.root / SEGMENTS)
        done = reviewed_files(options.root, load(options.root), live, options.concepts, options.locale, reviews)
    except ReviewError as error:
        return refuse("approve", error)
    written = write(options.root, done)
    if options.json:
        said = {"release": live.release, "written": written, "concepts": [_as_json(each) for each in done.concepts]}
        say(json.dumps({**said, **_facts(done.breaking, done.tasks)}, ensure_ascii=False))
        return OK
    for reviewed in done.concepts:
        _show_reviewed(reviewed)
    _show(done.breaking, done.tasks)
    if any(reviewed.enforced for reviewed in done.concepts):
        say(_count(done.breaking))
    say(f"{len(written)} files changed" + "".join(f"\n  {path}" for path in written))
    return OK


def _as_json(reviewed: Reviewed) -> dict[str, Any]:
    return {
        "concept": reviewed.file.concept,
        "state": reviewed.file.state,
        "given": [approval.model_dump(mode="json") for approval in reviewed.given],
        "enforced": list(reviewed.enforced),
    }


def _reviews(options: argparse.Namespace, day: date) -> Sequence[Review]:
    if options.sample:
        if options.role or options.actor or options.reason:
            raise ReviewError("--sample stands for both reviewers; give it without --role, --actor and --reason")
        return sample_reviews(day)
    if not (options.role and options.actor and options.reason):
        raise ReviewError("say --role, --actor and --reason (or --sample for demonstration content)")
    if options.actor == SAMPLE:
        raise ReviewError("the actor `sample` is for demonstration content: use --sample")
    return [Review(options.role, options.actor, day, options.reason, options.author)]


def _show_reviewed(reviewed: Reviewed) -> None:
    file = reviewed.file
    given = ", ".join(dict.fromkeys(f"{a.locale} as {a.role}" for a in reviewed.given)) or "nothing new"
    say(f"{file.concept} ({file.state}): reviewed {given}")
    if reviewed.enforced:
        say(f"  now enforced: {', '.join(reviewed.enforced)}")
    lacking = {tag: file.missing_reviews(tag) for tag in sorted(file.terms)}
    half = [f"{tag} ({', '.join(roles)})" for tag, roles in lacking.items() if len(roles) == 1]
    drafts = [tag for tag, roles in lacking.items() if len(roles) > 1]
    if half:
        say(f"  one more review needed: {', '.join(half)}")
    if drafts:
        say(f"  drafts, not enforced: {', '.join(drafts)}")


def _count(found: Sequence[Violation]) -> str:
    if not found:
        return "nothing that is live breaks"
    markets = sorted({market for violation in found for market in violation.markets})
    texts = len({(violation.segment.key, violation.segment.locale) for violation in found})
    return f"{texts} live texts break, in {', '.join(markets)}; they stay live, with a task each"


def _show(found: Sequence[Violation], tasks: Sequence[Task]) -> None:
    due = {(task.key, task.locale, str(task.rule), task.target_digest): task for task in tasks}
    for violation in found:
        segment, judgement = violation.segment, violation.judgement
        where = f"{segment.file}:{segment.line}: {segment.key.partition('#')[2] or segment.key}"
        say(f"{where}: {segment.locale} in {', '.join(violation.markets)}: {judgement.reason} [{judgement.rule}]")
        say(f"    now: {_around(segment.target, judgement.start, judgement.side)}")
        if violation.proposed:
            say(f"    proposed: {_around(violation.proposed, judgement.start, judgement.side)}")
        task = due.get((segment.key, segment.locale, judgement.rule, segment.target_digest))
        if task:
            say(f"    task: {task.owner}, due {task.due}")


def _around(text: str, start: int, side: str, width: int = 160) -> str:
    """The text in one line; of a long one the part about ``start``."""
    line = text.replace("\n", " ")
    if len(line) <= width:
        return line
    first = max(0, start - width // 2) if side == "target" else 0
    return ("… " if first else "") + line[first : first + width] + (" …" if first + width < len(line) else "")


def _facts(found: Iterable[Violation], tasks: Iterable[Task]) -> dict[str, Any]:
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
