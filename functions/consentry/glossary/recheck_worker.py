"""glossary-recheck: what a change of the glossary means for what is published.

The approval writes a pending report in its own transaction; the queue is the doorbell, the minute's sweep the safety
net. Every live text that a change made wrong gets a task, so that it stays live until somebody mends it; tasks whose
text was mended are closed. Repeating a re-check changes nothing. The sweep also ends imports that were interrupted.
"""

import contextlib
import json
import time
from collections.abc import Sequence
from typing import Any

from consentry.base import aws, settings, telemetry
from consentry.base.clock import now_ms, rfc3339
from consentry.base.documents import Busy, Conflict, Document, Documents, Write
from consentry.glossary.concept import ConceptFile, Task
from consentry.glossary.decisions import HOLDS_BACK, Violation, decide, tasks_for
from consentry.glossary.impact import impact
from consentry.glossary.importing import resume
from consentry.glossary.paths import RECHECKS, TASKS, concept_path
from consentry.glossary.segments import Segment
from consentry.glossary.store import Editorial, Enforced, Live, Reader, close, day_of, is_open

FUNCTION = "glossary-recheck"
ACTOR = FUNCTION
SWEEP_AFTER_MS = 60_000
BATCH = 40
BATCH_SECONDS = 60
"""After so long the rest of a batch is left to the next delivery."""

_documents = Documents(aws.dynamodb(), settings.required("EDITORIAL_TABLE"))
_editorial = Editorial(_documents, aws.sqs(), settings.required("RECHECK_QUEUE_URL"))
_reader = Reader(_documents)
_live = Live(settings.content_dir())


def handler(event: dict[str, Any], _context: object) -> Any:
    """An SQS batch (answers with partial failures) or the schedule (answers with nothing)."""
    if "Records" not in event:
        return sweep(now_ms())
    failed = []
    began = time.monotonic()
    for record in event["Records"]:
        try:
            if time.monotonic() - began > BATCH_SECONDS:
                raise TimeoutError  # noqa: TRY301 -- the same way out as any other failure
            asked = json.loads(record["body"])
            recheck(f"{asked['concept']}-{asked['version']}")
        except Exception as error:
            telemetry.emit(FUNCTION, {"Failures": 1}, {"error": type(error).__name__})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def sweep(now: int) -> None:
    """Ring again for reports that wait too long, end interrupted imports, close tasks that a new release mended."""
    waiting = oldest = 0
    for document in _documents.folder(RECHECKS):
        if document.body.get("state") != "pending":
            continue
        waiting += 1
        age = now - _ms(document.body["since"])
        oldest = max(oldest, age)
        if age >= SWEEP_AFTER_MS:
            _editorial.ring(document.body["concept"], document.body["version"])
    resumed = resume(_documents, rfc3339(now - SWEEP_AFTER_MS))
    with contextlib.suppress(Busy):  # an import is being written: the next minute's sweep
        _released(rfc3339(now))
    telemetry.emit(
        FUNCTION, {"RecheckAgeSeconds": oldest / 1000, "RechecksPending": waiting, "ImportsResumed": resumed}, {}
    )


def _ms(at: str) -> int:
    whole, _, milliseconds = at.rstrip("Z").partition(".")
    seconds = time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone
    return int(seconds) * 1000 + int(milliseconds or 0)


def recheck(name: str) -> None:
    """Do the re-check of one report, unless it is done."""
    report = _documents.get(f"{RECHECKS}/{name}")
    if report is None or report.body["state"] != "pending":
        return
    began, at = time.monotonic(), rfc3339(now_ms())
    concept: str = report.body["concept"]
    version: int = report.body["version"]
    judged_version = _version(_documents.get(concept_path(concept)))
    # Tasks first: what a re-check beside this one has opened rests on terms that are in force when they are read next.
    open_tasks = _editorial.open_tasks("")
    enforced, live = _reader.enforced(), _live.published()
    found = _broken_by(report, enforced, live.segments)
    decided = decide(found, enforced.waivers.values(), [task for _, task in open_tasks], day_of(at))
    standing = [violation for violation, _ in decided.standing]
    mine = [(document, task) for document, task in open_tasks if task.concept == concept]
    new = tasks_for(standing, {concept: version}, day_of(at))
    why = f"re-check of {name}"
    opened = _all([Write(f"{TASKS}/{task.id}", 0, task.model_dump(mode="json"), "open") for task in new], why, at)
    closed = _all(
        [close(document, "mended", ACTOR, at) for document in _mended(mine, live.segments, enforced)], why, at
    )
    done = {
        **report.body,
        "state": "done",
        "done": at,
        "release": live.release,
        "judged_version": judged_version,
        "segments": len(live.segments),
        "breaks": len(found),
        "waived": len(decided.waived),
        "tasks": sorted({*report.body.get("tasks", []), *opened}),
        "closed": len(closed),
        "seconds": round(time.monotonic() - began, 3),
    }
    _all([Write(report.path, report.number, done, "done")], why, at)
    telemetry.emit(
        FUNCTION,
        {"Rechecks": 1, "Segments": len(live.segments), "TasksOpened": len(opened), "TasksClosed": len(closed)},
        {"seconds": int(time.monotonic() - began)},
    )


def _broken_by(report: Document, enforced: Enforced, segments: Sequence[Segment]) -> list[Violation]:
    """What the change that the report is about made wrong."""
    concept: str = report.body["concept"]
    before = _in_force(_documents.version(concept_path(concept), report.body["number"] - 1))
    return impact(segments, enforced.concepts_with(concept, before), enforced.concepts(), enforced.prohibited)


def _in_force(document: Document | None) -> ConceptFile | None:
    body = document.body.get("in_force") if document is not None else None
    return ConceptFile.model_validate(body) if body is not None else None


def _version(head: Document | None) -> int | None:
    file = _in_force(head)
    return file.version if file is not None else None


def _mended(tasks: list[tuple[Document, Task]], segments: Sequence[Segment], enforced: Enforced) -> list[Document]:
    """Open tasks whose words are no longer published, or no longer wrong."""
    published = {segment.binding: segment for segment in segments}
    mended = []
    for document, task in tasks:
        segment = published.get(task.binding)
        if segment is None or not _still_wrong(task, segment, enforced):
            mended.append(document)
    return mended


def _still_wrong(task: Task, segment: Segment, enforced: Enforced) -> bool:
    return any(
        judgement.concept == task.concept and judgement.rule == task.rule and judgement.outcome in HOLDS_BACK
        for markets, judgements in enforced.rulebook.judge(segment)
        if task.market is None or task.market in markets
        for judgement in judgements
    )


def _released(at: str) -> None:
    """Once a release: close the tasks that its words mended."""
    live = _live.published()
    path = f"{RECHECKS}/release-{live.release}"
    if _documents.get(path) is not None:
        return
    mended = _mended(_editorial.open_tasks(""), live.segments, _reader.enforced())
    closed = _all([close(document, "mended", ACTOR, at) for document in mended], f"release {live.release}", at)
    body = {"release": live.release, "state": "done", "done": at, "closed": len(closed)}
    _all([Write(path, 0, body, "done")], f"release {live.release}", at)


def _all(writes: list[Write], reason: str, at: str) -> list[str]:
    """Write in batches; what is there already is left, a closed task that is wrong again is opened. Names written."""
    written: list[str] = []
    for start in range(0, len(writes), BATCH):
        left = writes[start : start + BATCH]
        while left:
            try:
                made = _documents.write(left, actor=ACTOR, reason=reason, at=at)
            except Conflict as lost:
                left = [write for write in left if write.path != lost.path]
                again = next(write for write in writes if write.path == lost.path)
                if again.base == 0 and lost.current is not None and not is_open(lost.current.body):
                    left.append(Write(again.path, lost.current.number, again.body, "reopen"))
                elif again.base == 0 and again.path.startswith(f"{TASKS}/"):
                    written.append(again.path.rpartition("/")[2])
                continue
            written += [document.name for document in made]
            break
    return written
