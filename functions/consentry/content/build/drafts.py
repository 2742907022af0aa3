"""Content with drafts laid over it, in memory: what a preview shows and an import is judged by. Never a release."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from consentry.base.build.source import parse, validate
from consentry.consent.build.approvals import sample_approval
from consentry.consent.build.library import TextFile
from consentry.consent.models import Link, Passage, Text
from consentry.content.build.content import Content
from consentry.content.build.wordings import wordings
from consentry.forms.build.catalogs import CatalogFile

Line = TypeVar("Line", Passage, Link)


def overlaid(content: Content, catalogs: Mapping[str, CatalogFile], texts: Iterable[TextFile]) -> Content:
    """The content as it would be with these catalogs and legal texts in it."""
    held = {key: list(files) for key, files in content.consent.texts.items()}
    for text in texts:
        key = (text.market, text.id, text.text.locale)
        others = [file for file in held.get(key, []) if file.text.version != text.text.version]
        held[key] = sorted([*others, text], key=lambda file: file.text.version)
    consent = replace(content.consent, texts=held)
    return replace(content, catalogs={**content.catalogs, **catalogs}, consent=consent)


def as_if_approved(content: Content, on: date) -> Content:
    """The content with every legal text approved as it stands, and nothing locked."""
    _, texts = wordings(content, on)
    approvals = {market: list(held) for market, held in content.consent.approvals.items()}
    for wording in texts:
        days = {"at": datetime.combine(on, time(), UTC), "expires": on + timedelta(days=1)}
        approval = sample_approval(wording).model_copy(update=days)
        approvals.setdefault(wording.market, []).append(approval)
    return replace(content, consent=replace(content.consent, approvals=approvals, published={}))


def as_text(market: str, text_id: str, path: str, data: bytes) -> tuple[TextFile | None, list[str]]:
    """A legal text's file before it is written; or what is wrong with it, in words."""
    source, found = parse(path, data)
    if source is None:
        return None, [finding.message for finding in found]
    text, wrong = validate(source, Text)
    if text is None:
        return None, [f"{finding.key}: {finding.message}" for finding in wrong]
    return TextFile(market, text_id, source, text), []


def reworded(text: Text, words: Mapping[str, str]) -> Text:
    """The text with other words in its lines, by name: ``label``, ``paragraphs[0]``, ``links[0]``. Not validated."""

    def said(passages: Sequence[Line], part: str) -> list[Line]:
        return [p.model_copy(update={"text": words[f"{part}[{at}]"]}) for at, p in enumerate(passages)]

    label = text.label.model_copy(update={"text": words["label"]})
    changed = {"label": label, "paragraphs": said(text.paragraphs, "paragraphs"), "links": said(text.links, "links")}
    return text.model_copy(update=changed)
