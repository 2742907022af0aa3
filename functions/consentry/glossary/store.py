"""The glossary in the editors' store: concepts, judgements, waivers, tasks, re-checks, and what is enforced."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from consentry.base.documents import Conflict, Document, Documents, Write
from consentry.base.files import read
from consentry.base.staff_problems import not_found
from consentry.base.strict_json import dumps
from consentry.glossary.concept import ConceptFile, ProhibitedFile, Task, Waiver
from consentry.glossary.judging import Ruling
from consentry.glossary.matching.model import Prohibited
from consentry.glossary.paths import CONCEPTS, JUDGEMENTS, PROHIBITED, RECHECKS, WAIVERS, concept_path, tasks_of
from consentry.glossary.rulebook import Concepts, Rulebook, concepts_in_force
from consentry.glossary.segments import Published, Segment, published
from consentry.glossary.workflow import Kept

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Result = TypeVar("Result")


class Editorial:
    """Reads and writes of the glossary's documents; tells the re-check's queue what came into force."""

    def __init__(self, documents: Documents, sqs: "SQSClient", queue: str) -> None:
        self.documents = documents
        self._sqs = sqs
        self._queue = queue

    def concept(self, name: str) -> tuple[Document, Kept]:
        """A concept and its document.

        Raises:
            StaffProblem: 404.
        """
        document = self.documents.get(concept_path(name))
        if document is None:
            raise not_found(
                f"There is no concept {name[:64]}.",
                "Look for it with GET /v1/glossary/concepts?q=…, or create it with POST /v1/glossary/concepts.",
            )
        return document, Kept.of(document.body)

    def ruling(self, name: str) -> tuple[Document, Ruling] | None:
        """A judgement and its document."""
        document = self.documents.get(f"{JUDGEMENTS}/{name}")
        return (document, Ruling.model_validate(document.body)) if document is not None else None

    def open_tasks(self, concept: str) -> list[tuple[Document, Task]]:
        """Tasks of a concept (all, where none is named) that nobody has closed."""
        found = (document for document in self.documents.folder(tasks_of(concept)) if is_open(document.body))
        tasks = ((document, task_of(document.body)) for document in found)
        return [(document, task) for document, task in tasks if not concept or task.concept == concept]

    def closing(self, waiver: Waiver, published: Iterable[Segment], actor: str, at: str) -> list[Write]:
        """Closes the tasks that a waiver settles: in every market that they are about."""
        shown = {market for segment in published if segment.binding == waiver.binding for market in segment.markets}
        return [
            close(document, "waived", actor, at, waiver=waiver.id)
            for document, task in self.open_tasks(waiver.concept)
            if (task.rule, task.binding) == (waiver.rule, waiver.binding)
            and (waiver.market in {None, task.market} or (task.market is None and shown == {waiver.market}))
        ]

    def opening(self, waiver: Waiver) -> list[Write]:
        """Opens the tasks again that a waiver had closed: it is reversed."""
        return [
            Write(document.path, document.number, {**document.body, "closed": None}, "reopen")
            for document in self.documents.folder(tasks_of(waiver.concept))
            if (document.body.get("closed") or {}).get("waiver") == waiver.id
        ]

    def recheck_of(self, kept: Kept, number: int, at: str) -> Write:
        """The pending report of a re-check after version ``number`` of the concept's document came into force."""
        version = kept.in_force.version if kept.in_force is not None else kept.current.version
        path = f"{RECHECKS}/{kept.current.concept}-{version}"
        earlier = self.documents.get(path)
        body = {"concept": kept.current.concept, "version": version, "number": number, "state": "pending", "since": at}
        return Write(path, earlier.number if earlier else 0, body, "request")

    def ring(self, concept: str, version: int) -> None:
        """Tell the worker; the sweep does it again if this is lost."""
        # The report is pending in the same transaction as the change: the sweep finds what is lost here.
        with contextlib.suppress(ClientError, BotoCoreError):
            self._sqs.send_message(QueueUrl=self._queue, MessageBody=dumps({"concept": concept, "version": version}))


def retrying(act: Callable[[], Result]) -> Result:
    """``act`` again, from its reading on, while somebody else writes the same document in between."""
    for _ in range(3):
        try:
            return act()
        except Conflict as lost:
            last = lost
    raise last


def is_open(body: dict[str, Any]) -> bool:
    """Whether a waiver or task still stands."""
    return body.get("closed") is None


def task_of(body: dict[str, Any]) -> Task:
    """The task without what the store adds."""
    return Task.model_validate({key: value for key, value in body.items() if key in Task.model_fields})


def waiver_of(body: dict[str, Any]) -> Waiver:
    """The waiver without what the store adds."""
    return Waiver.model_validate({key: value for key, value in body.items() if key in Waiver.model_fields})


def close(document: Document, how: str, actor: str, at: str, **more: str) -> Write:
    """Closes a task."""
    return Write(
        document.path,
        document.number,
        {**document.body, "closed": {"at": at, "actor": actor, "reason": how, **more}},
        "close",
    )


class Live:
    """The segments of the release that this function was deployed with, read on first use."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._published: Published | None = None

    def published(self) -> Published:
        """The published segments."""
        if self._published is None:
            self._published = published(read(f"{self._folder}/segments.json"))
        return self._published


@dataclass(frozen=True)
class Enforced:
    """The glossary as it is enforced at one generation."""

    generation: int
    files: dict[str, ConceptFile]
    prohibited: tuple[Prohibited, ...]
    rulings: dict[str, Ruling]
    rulebook: Rulebook
    waivers: dict[str, Waiver] = field(default_factory=dict)

    def concepts(self) -> Concepts:
        """The concepts in force."""
        return concepts_in_force(self.files.values())

    def concepts_with(self, name: str, file: ConceptFile | None, locales: frozenset[str] | None = None) -> Concepts:
        """The same with ``file`` in the place of the concept ``name``, approved in ``locales``; None: without it."""
        others = [known for known in self.files.values() if known.concept != name]
        if file is None:
            return concepts_in_force(others)
        return concepts_in_force([*others, file], {name: locales} if locales is not None else None)


class Reader:
    """The enforced glossary, kept as long as nothing changed: one read then, and only changed folders otherwise."""

    FOLDERS = (CONCEPTS, PROHIBITED, JUDGEMENTS, WAIVERS)

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._enforced: Enforced | None = None
        self._counts: dict[str, int] = {}
        self._held: dict[str, list[dict[str, Any]]] = {}
        self._loading = threading.Lock()

    def enforced(self) -> Enforced:
        """As of a moment within the call.

        Raises:
            consentry.base.documents.Busy: an import is being written.
        """
        generation, counts = self._documents.counts()
        known = self._enforced
        if known is not None and known.generation == generation:
            return known
        # Lambda sends one request at a time, the one-machine stack does not.
        with self._loading:
            return self._load(generation, counts)

    def _load(self, generation: int, counts: dict[str, int]) -> Enforced:
        if self._enforced is not None and self._enforced.generation >= generation:
            return self._enforced
        changed = [folder for folder in self.FOLDERS if self._counts.get(folder, -1) != counts.get(folder, 0)]
        for folder in changed:
            documents = self._documents.everything(folder)
            self._held[folder] = [document.body for document in documents]
            self._counts[folder] = sum(document.number for document in documents)
        self._enforced = self._made(generation, self._enforced, changed)
        return self._enforced

    def _made(self, generation: int, before: Enforced | None, changed: Sequence[str]) -> Enforced:
        if before is not None and not {CONCEPTS, PROHIBITED} & set(changed):
            files, prohibited, rulebook = before.files, before.prohibited, before.rulebook
        else:
            bodies = (body["in_force"] for body in self._held[CONCEPTS])
            listed = (ConceptFile.model_validate(body) for body in bodies if body is not None)
            files = {file.concept: file for file in listed}
            prohibited = tuple(_wording(self._held[PROHIBITED]))
            rulebook = Rulebook(concepts_in_force(files.values()), prohibited)
        rulings = (Ruling.model_validate(body) for body in self._held[JUDGEMENTS])
        waivers = (waiver_of(body) for body in self._held[WAIVERS] if is_open(body))
        return Enforced(
            generation,
            files,
            prohibited,
            {ruling.id: ruling for ruling in rulings},
            rulebook,
            {waiver.id: waiver for waiver in waivers},
        )


def _wording(bodies: Iterable[dict[str, Any]]) -> Iterable[Prohibited]:
    for body in bodies:
        file = ProhibitedFile.model_validate({k: v for k, v in body.items() if k in ProhibitedFile.model_fields})
        for entry in file.wording:
            yield Prohibited(file.market, entry.locale, entry.text, entry.reason, entry.severity)


def day_of(at: str) -> date:
    """The day of an RFC 3339 time."""
    return date.fromisoformat(at[:10])
