"""Translations in the editors' store: labels, legal texts, approvals, with what the release and the glossary say."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from consentry.base.documents import Document, Documents, Write
from consentry.base.files import read
from consentry.consent.models import Approval, text_name
from consentry.content.checking import Rules
from consentry.content.readiness import Held, Version
from consentry.content.translations import LegalText
from consentry.content.workbench import CATALOGS, Made, Workbench, approved_words
from consentry.glossary.concept import Task
from consentry.glossary.paths import RECHECKS, TASKS, concept_path
from consentry.glossary.store import Reader, is_open, task_of

TEXTS, APPROVALS = "consent_texts", "consent_texts/approvals"
_CONCEPT = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class HeldText:
    """A legal text with its document. ``fixed``: approved somewhere, or published; its words never change."""

    document: Document
    market: str
    name: str
    legal: LegalText
    fixed: bool

    @property
    def state(self) -> str:
        """How far it is: draft, reviewed, approved."""
        return "approved" if self.fixed else self.legal.state


class Translations:
    """Reads of translations; the release's facts are read once, the enforced glossary when it has changed."""

    def __init__(self, documents: Documents, folder: str) -> None:
        self.documents = documents
        self._folder = folder
        self._bench: Workbench | None = None
        self._reader = Reader(documents)

    @property
    def bench(self) -> Workbench:
        """``workbench.json`` of the release that this function was deployed with."""
        if self._bench is None:
            self._bench = Workbench(json.loads(read(f"{self._folder}/workbench.json")))
        return self._bench

    def rules(self, day: date) -> Rules:
        """The glossary as it is enforced now."""
        enforced = self._reader.enforced()

        def known(name: str) -> bool:
            if name in enforced.files:
                return True
            return bool(_CONCEPT.fullmatch(name)) and self.documents.get(concept_path(name)) is not None

        return Rules(enforced.rulebook, tuple(enforced.waivers.values()), day, known)

    def labels(self, catalogs: Iterable[str]) -> dict[str, Document]:
        """Documents of labels by path."""
        return {
            document.path: document
            for catalog in catalogs
            for document in self.documents.folder(f"{CATALOGS}/{catalog}#")
        }

    def over(self, labels: Mapping[str, Document]) -> dict[str, Made]:
        """Approved words by path."""
        return approved_words({path: document.body for path, document in labels.items()})

    def neighbours(self, catalog: str) -> list[str]:
        """Catalogs whose words decide who shows those of ``catalog``: its own, and nearer ones of its locales."""
        found = {catalog: None}
        for locale in self.bench.locales_of(catalog):
            chain = self.bench.chain(locale)
            found |= dict.fromkeys(chain[: chain.index(catalog)])
        return list(found)

    def approvals(self, market: str) -> tuple[Document | None, list[Approval]]:
        """A market's approvals and their document."""
        document = self.documents.get(f"{APPROVALS}/{market}")
        listed = document.body["approvals"] if document is not None else []
        return document, [Approval.model_validate(each) for each in listed]

    def signed_in(self, market: str, name: str, locale: str) -> dict[str, list[Approval]]:
        """Approvals by market, of the markets that may show a text of ``market``'s folder."""
        markets = {place.market for place in self.bench.showing_text(market, name, locale)} | {market}
        return {each: self.approvals(each)[1] for each in sorted(markets)}

    def text(self, document: Document, signed: Mapping[str, Iterable[Approval]]) -> HeldText:
        """A legal text from its document.

        Raises:
            KeyError, ValidationError: the document is not one.
        """
        _, market, name, _ = document.path.split("/")
        legal = LegalText.of(document.body)
        version, locale = legal.text.version, legal.text.locale
        said = (name, version, locale)
        approved = any((each.text, each.version, each.locale) == said for held in signed.values() for each in held)
        keys = {text_name(each, name, version, locale) for each in signed}
        return HeldText(document, market, name, legal, approved or bool(keys & self.bench.facts["published"].keys()))

    def texts(self, market: str) -> list[Document]:
        """Documents of a market's legal texts."""
        return list(self.documents.folder(f"{TEXTS}/{market}"))

    def versions(self, market: str, name: str, locale: str) -> list[Document]:
        """Versions of a legal text in a locale, oldest first."""
        found = self.documents.folder(f"{TEXTS}/{market}/{name}/")
        ours = [document for document in found if document.path.rpartition("/")[2].partition(".")[2] == locale]
        return sorted(ours, key=lambda document: version_of(document.path))

    def tasks(self) -> list[Task]:
        """Open tasks."""
        return [task_of(document.body) for document in self.documents.folder(TASKS) if is_open(document.body)]

    def pending(self) -> dict[str, str]:
        """Concepts whose re-check has not opened its tasks yet."""
        reports = (document for document in self.documents.folder(RECHECKS) if document.body["state"] == "pending")
        return {document.body["concept"]: document.name for document in reports}

    def held(self, market: str) -> Held:
        """Everything about a market but the re-checks that are pending."""
        places = [place for place in self.bench.places if place.market == market]
        catalogs = dict.fromkeys(name for place in places for name in self.bench.chain(place.locale))
        folders = dict.fromkeys([market, *(parent for place in places for parent in place.facts["parents"])])
        texts: dict[tuple[str, str, str], list[Version]] = {}
        for folder in folders:
            for document in self.texts(folder):
                try:
                    legal = LegalText.of(document.body)
                except (KeyError, ValidationError):
                    continue  # said where it is read or pushed; here it is as good as missing
                key = (folder, document.path.split("/")[2], legal.text.locale)
                texts.setdefault(key, []).append(Version(document.path, legal.text, legal.state))
        for versions in texts.values():
            versions.sort(key=lambda version: version.text.version)
        labels = {path: document.body for path, document in self.labels(catalogs).items()}
        return Held(labels, texts, {market: self.approvals(market)[1]}, self.tasks())

    def add_approval(self, approval: Approval, market: str) -> Write:
        """The write that adds an approval to its market's."""
        document, held = self.approvals(market)
        said = [*held, approval]
        body = {"approvals": [each.model_dump(mode="json", by_alias=True) for each in said]}
        return Write(f"{APPROVALS}/{market}", document.number if document else 0, body, "approve")


def version_of(path: str) -> int:
    """The version in a legal text's path; 0 for another."""
    number = path.rpartition("/")[2].partition(".")[0]
    return int(number) if number.isdigit() else 0


def text_path(market: str, name: str, version: int, locale: str) -> str:
    """Where a legal text lies."""
    return f"{TEXTS}/{market}/{name}/{version}.{locale}"


def described(document: Document | None) -> dict[str, Any]:
    """Who wrote a document's newest version, when and why."""
    if document is None:
        return {"number": 0, "at": None, "actor": None, "action": None, "reason": None}
    names = ("number", "at", "actor", "action", "reason")
    return {name: getattr(document, name) for name in names}
