"""Writing reviews into a concept's file, and opening tasks for live words that they make wrong.

The file is a person's text: lines are added and outdated ones taken out, everything else stays as it was written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from consentry.base.build.put import put
from consentry.base.build.source import parse, validate
from consentry.base.build.yaml_text import flow
from consentry.glossary.build.impact import ReviewError, find, usual_locales, would_break
from consentry.glossary.build.library import TASKS_FILE, Library
from consentry.glossary.build.write import add_decisions
from consentry.glossary.concept import REVIEWS, Approval, ConceptFile, ReviewRole, Task
from consentry.glossary.decisions import Violation, tasks_for
from consentry.glossary.paths import concept_path
from consentry.glossary.reviews import SAMPLE, refusal
from consentry.glossary.segments import Published

_TASKS_HEADER = """\
# Live words that a change of the glossary made wrong. They stay live until they are mended; an edited text is judged
# anew. Written by `consentry glossary approve`; `consentry content check` says which are done and can be removed.
"""


@dataclass(frozen=True)
class Review:
    """Who reviews, as what, and why. ``author``: who last changed the terms, where known."""

    role: ReviewRole
    actor: str
    at: date
    reason: str | None = None
    author: str | None = None


@dataclass(frozen=True)
class Reviewed:
    """One concept with its reviews. ``text`` is the new file; ``enforced`` the locales that are now in force."""

    file: ConceptFile
    text: str
    given: tuple[Approval, ...]
    enforced: tuple[str, ...]


@dataclass(frozen=True)
class Approved:
    """What approving concepts together comes to."""

    concepts: tuple[Reviewed, ...]
    breaking: tuple[Violation, ...]
    tasks: tuple[Task, ...]


def sample_reviews(at: date) -> list[Review]:
    """Both reviews of demonstration content."""
    return [Review(role, SAMPLE, at) for role in sorted(REVIEWS, reverse=True)]


def approve(
    root: Path,
    library: Library,
    live: Published,
    concepts: Iterable[str],
    locales: Sequence[str],
    reviews: Sequence[Review],
) -> Approved:
    """The concepts' files with ``reviews`` of ``locales`` (of ``usual_locales`` where none is named). Writes nothing.

    Raises:
        ReviewError: a review is refused, or a file's shape cannot be kept.
    """
    done = [_reviewed(root, library, concept, locales, reviews) for concept in dict.fromkeys(concepts)]
    after = [reviewed.file for reviewed in done if reviewed.enforced]
    breaking = tuple(would_break(library, after, live.segments)) if after else ()
    held = {task.id for task in library.tasks}
    versions = {file.concept: file.version for file in library.files}
    tasks = tuple(task for task in tasks_for(breaking, versions, reviews[0].at) if task.id not in held)
    return Approved(tuple(done), breaking, tasks)


def _reviewed(
    root: Path, library: Library, concept: str, locales: Sequence[str], reviews: Sequence[Review]
) -> Reviewed:
    file = find(library, concept)
    given: list[Approval] = []
    for tag in locales or usual_locales(file):
        for review in reviews:
            why = refusal(file, tag, review.role, review.actor, review.author)
            if why is not None:
                raise ReviewError(f"{why[0]}; {why[1]}")
            if review.role in file.missing_reviews(tag):
                given.append(_approval(file, tag, review))
    path = f"{concept_path(concept)}.yaml"
    text = with_approvals((root / path).read_text("utf-8"), file, given)
    source, found = parse(path, text.encode("utf-8"))
    after, more = validate(source, ConceptFile) if source is not None else (None, [])
    unchanged = {"state", "approvals"}
    if after is None or after.model_dump(exclude=unchanged) != file.model_dump(exclude=unchanged):
        why_not = "; ".join(finding.message for finding in (*found, *more))
        lines = "\n".join(f"  - {_flow(approval)}" for approval in given)
        raise ReviewError(f"{path} cannot be added to as it is written ({why_not}); add to its `approvals:`\n{lines}")
    enforced = tuple(sorted(after.approved_locales() - file.approved_locales()))
    return Reviewed(after, text, tuple(given), enforced)


def _approval(file: ConceptFile, locale: str, review: Review) -> Approval:
    return Approval(
        locale=locale,
        role=review.role,
        actor=review.actor,
        at=review.at,
        digest=file.meaning_digest(locale),
        reference=review.reason,
    )


def write(root: Path, approved: Approved) -> list[str]:
    """Write the files and the tasks; the paths written."""
    written = []
    for reviewed in approved.concepts:
        path = f"{concept_path(reviewed.file.concept)}.yaml"
        if reviewed.given:
            put(root, path, reviewed.text.encode())
            written.append(path)
    if approved.tasks:
        add_decisions(root, TASKS_FILE, approved.tasks, _TASKS_HEADER)
        written.append(TASKS_FILE)
    return written


def _flow(approval: Approval) -> str:
    return flow(approval.model_dump(exclude_none=True))


def with_approvals(text: str, file: ConceptFile, given: Iterable[Approval]) -> str:
    """The file's text with approvals added, those they replace taken out, and the state brought up to date.

    Raises:
        ReviewError: the approvals are written in one line.
    """
    given = list(given)
    if not given:
        return text
    lines = text.split("\n")
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    nodes = {key.value: (key, value) for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    outdated = _outdated(file, given)
    state = _state(file, [*file.approvals, *given])
    fresh = [_flow(approval) for approval in given]
    if "approvals" not in nodes:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += ["approvals:", *(f"  - {flow}" for flow in fresh), ""]
    else:
        key, value = nodes["approvals"]
        lines = _in_list(lines, key, value, outdated, fresh)
    if state != file.state:
        mark = nodes["state"][1].start_mark
        line = lines[mark.line]
        lines[mark.line] = line[: mark.column] + line[mark.column :].replace(file.state, state, 1)
    return "\n".join(lines)


def _outdated(file: ConceptFile, given: Iterable[Approval]) -> set[int]:
    replaced = {(approval.locale, approval.role) for approval in given}
    return {
        index
        for index, held in enumerate(file.approvals)
        if held.locale in file.terms
        and held.digest != file.meaning_digest(held.locale)
        and (held.locale, held.role) in replaced
    }


def _state(file: ConceptFile, approvals: Sequence[Approval]) -> str:
    if file.state not in {"draft", "in-review"}:
        return file.state
    whole = file.model_copy(update={"state": "approved", "approvals": tuple(approvals)}).approved_locales()
    return "approved" if whole else "in-review"


def _in_list(lines: list[str], key: yaml.Node, value: yaml.Node, outdated: set[int], fresh: list[str]) -> list[str]:
    at = key.start_mark.line
    if not isinstance(value, yaml.SequenceNode) or not value.value:
        comment = lines[at].partition("#")[2]
        lines[at] = "approvals:" + (f"  #{comment}" if comment else "")
        return [*lines[: at + 1], *(f"  - {flow}" for flow in fresh), *lines[at + 1 :]]
    if value.flow_style:
        raise ReviewError("its `approvals:` stand in one line; write them one below the other, each after `- `")
    starts = [item.start_mark.line for item in value.value]
    end = value.end_mark.line if value.end_mark.column == 0 else value.end_mark.line + 1
    while end > starts[-1] + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    bounds = [*starts, end]
    indent = " " * (len(lines[starts[0]]) - len(lines[starts[0]].lstrip()))
    body = [line for i in range(len(starts)) if i not in outdated for line in lines[bounds[i] : bounds[i + 1]]]
    return [*lines[: starts[0]], *body, *(f"{indent}- {flow}" for flow in fresh), *lines[end:]]
