"""Files of the content folders as documents of the editors' store, and documents as files.

What file and document share is the *essence*: of a concept what is enforced, of a label the last approved words, of a
legal text the text itself, of approvals the set. Drafts, states and history are the store's alone, so that pushing and
then pulling an unchanged tree writes nothing.

A label has a document from its first edit on; until then it is what the release says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from consentry.base.build.findings import Finding
from consentry.base.build.source import Source, read, validate
from consentry.base.canonical import canonical_bytes, digest
from consentry.consent.build.library import text_folders
from consentry.consent.models import Approval, Text
from consentry.forms.build.catalogs import CatalogFile, Entry, plural_categories, read_catalog
from consentry.glossary.concept import ConceptFile, ProhibitedFile, Task, Waiver
from consentry.glossary.paths import CONCEPTS, PROHIBITED, TASKS, WAIVERS

Kind = Literal["concept", "prohibited", "waiver", "task", "label", "text", "approvals"]
Body = dict[str, Any]

CATALOGS = "forms/catalogs"
TEXTS, APPROVALS = "consent_texts", "consent_texts/approvals"
_LISTS: Mapping[str, tuple[Kind, type[BaseModel]]] = {WAIVERS: ("waiver", Waiver), TASKS: ("task", Task)}


@dataclass
class Files:
    """What the tree holds: essence by document path, and the findings about files that cannot be read."""

    essences: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    catalogs: dict[str, CatalogFile] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    """Document paths, or catalogs, whose file is there and broken: nothing is written over them."""


def kind(path: str) -> Kind | None:
    """What lies at a document path; None for what is the store's alone (judgements, rechecks, imports)."""
    match path.split("/"):
        case ["glossary", "concepts", _]:
            return "concept"
        case ["glossary", "prohibited", _]:
            return "prohibited"
        case ["glossary", "waivers", _]:
            return "waiver"
        case ["glossary", "tasks", _]:
            return "task"
        case ["forms", "catalogs", name] if "#" in name:
            return "label"
        case ["consent_texts", "approvals", _]:
            return "approvals"
        case ["consent_texts", _, _, _]:
            return "text"
    return None


def file_of(path: str) -> str:
    """The file a document is written to."""
    held = kind(path)
    if held in ("waiver", "task"):
        return f"{path.rpartition('/')[0]}.yaml"
    if held == "label":
        return f"{path.partition('#')[0]}.po"
    return f"{path}.yaml"


def fingerprint(essence: Any) -> str:
    """One digest for one meaning."""
    return digest(canonical_bytes(essence))


def essence_of(path: str, body: Body) -> Any:
    """What of a document belongs into its file; None when nothing does: a draft never approved, a closed task.

    Raises:
        ValidationError: the document is not what its path says.
    """
    held = kind(path)
    match held:
        case "concept":
            return _enforced(body)
        case "label":
            return _label_essence(body)
        case "text":
            return _plain(Text.model_validate(body["text"]))
        case "approvals":
            return [_plain(Approval.model_validate(each)) for each in body["approvals"]]
        case _ if held is not None and body.get("closed") is None:
            model = _MODELS[held]
            return _plain(model.model_validate({k: v for k, v in body.items() if k in model.model_fields}))
    return None


_MODELS: Mapping[Kind, type[BaseModel]] = {"prohibited": ProhibitedFile, "waiver": Waiver, "task": Task}


def _plain(model: BaseModel) -> Body:
    return model.model_dump(mode="json", by_alias=True)


def _enforced(body: Body) -> Body:
    """A draft over an approved concept stays in the store: what is enforced is what the file says."""
    current = ConceptFile.model_validate(body["current"])
    in_force = body.get("in_force")
    if in_force is not None and current.state in ("draft", "in-review"):
        current = ConceptFile.model_validate(in_force)
    return _plain(current)


def _label_essence(body: Body) -> Any:
    published = body.get("published")
    return None if published is None else {"source": published["source"], "target": published["target"]}


def body_for(path: str, essence: Any, stored: Body | None) -> Body:
    """The document that a file's essence makes, over what is stored.

    Whether a legal text is approved is said by its approvals alone; ``state`` holds how far its review is.
    """
    match kind(path):
        case "concept":
            before = (stored or {}).get("in_force")
            in_force = essence if essence["state"] in ("approved", "retired") else before
            return {**(stored or {}), "current": essence, "in_force": None if _retired(in_force) else in_force}
        case "label":
            said = {"source": essence["source"], "target": essence["target"]}
            return {**(stored or {}), **said, "state": "approved", "published": said, "author": None}
        case "text":
            return {**(stored or {}), "text": essence, "state": "draft"}
        case "approvals":
            return {"approvals": essence}
    return {**(stored or {}), **essence}


def _retired(concept: Body | None) -> bool:
    return concept is not None and concept["state"] == "retired"


def read_files(root: Path) -> Files:
    """Everything below ``root`` that has a document, or may get one."""
    files = Files()
    _each(root, files, CONCEPTS, ConceptFile)
    _each(root, files, PROHIBITED, ProhibitedFile)
    for folder in _LISTS:
        _listed(root, files, folder)
    for market, text in text_folders(root):
        _each(root, files, f"{TEXTS}/{market}/{text}", Text)
    _approvals(root, files)
    for path in sorted((root / CATALOGS).glob("*.po")):
        _catalog(root, files, path.stem)
    return files


def _note(files: Files, path: str, found: Iterable[Finding]) -> bool:
    """Keep findings; whether there was an error."""
    found = list(found)
    files.findings += found
    broken = any(finding.severity == "error" for finding in found)
    if broken:
        files.unreadable.add(path)
    return broken


def _each(root: Path, files: Files, folder: str, model: type[BaseModel]) -> None:
    for file in sorted((root / folder).glob("*.yaml")):
        path = f"{folder}/{file.stem}"
        source, found = read(root, f"{path}.yaml")
        value = None
        if source is not None:
            value, wrong = validate(source, model)
            found += wrong
        if not _note(files, path, found) and value is not None:
            files.essences[path] = _plain(value)


def _entries(root: Path, files: Files, file: str) -> Iterable[tuple[Source, int, Any]]:
    if not (root / file).exists():
        return
    source, found = read(root, file)
    path = file.removesuffix(".yaml")
    if _note(files, path, found) or source is None:
        return
    if not isinstance(source.data, list):
        if source.data is not None:
            _note(files, path, [source.finding((), "schema", "not a list", "write `- {…}` entries")])
        return
    for index, data in enumerate(source.data):
        yield source, index, data


def _listed(root: Path, files: Files, folder: str) -> None:
    """``glossary/waivers.yaml`` and ``tasks.yaml``: one document an entry."""
    _, model = _LISTS[folder]
    for source, index, data in _entries(root, files, f"{folder}.yaml"):
        value, found = validate(source, model, (index,), data)
        if not _note(files, folder, found) and value is not None:
            essence = _plain(value)
            files.essences[f"{folder}/{essence['id']}"] = essence


def _approvals(root: Path, files: Files) -> None:
    for file in sorted((root / APPROVALS).glob("*.yaml")):
        path = f"{APPROVALS}/{file.stem}"
        held = []
        for source, index, data in _entries(root, files, f"{path}.yaml"):
            value, found = validate(source, Approval, (index,), data)
            if not _note(files, path, found) and value is not None:
                held.append(_plain(value))
        if path not in files.unreadable:
            files.essences[path] = sorted(held, key=approval_order)


def approval_order(approval: Body) -> tuple[Any, ...]:
    """Approvals in the order of their file."""
    order = ("text", "version", "locale", "sample", "digest", "actor", "at")
    return tuple(approval[name] for name in order)


def _catalog(root: Path, files: Files, name: str) -> None:
    catalog, found = read_catalog(root, name)
    path = f"{CATALOGS}/{name}"
    if _note(files, path, found) or catalog is None:
        return
    files.catalogs[name] = catalog
    for id_, entry in catalog.entries.items():
        if entry.translated:
            files.essences[f"{path}#{id_}"] = label_essence(name, entry)


def label_essence(name: str, entry: Entry) -> Body:
    """Words and the English they were made from; of a fuzzy entry that is the previous English."""
    source: str | Body = entry.source if entry.other is None else {"one": entry.source, "other": entry.other}
    if entry.fuzzy and entry.previous:
        two = len(entry.previous) > 1
        source = {"one": entry.previous[0], "other": entry.previous[1]} if two else entry.previous[0]
    target: str | Body = entry.strings[0]
    if entry.other is not None:
        target = dict(zip(plural_categories(name), entry.strings, strict=False))
    return {"source": source, "target": target}


def same(path: str, one: Any, other: Any) -> bool:
    """Whether two essences say the same; approvals regardless of their order."""
    if kind(path) == "approvals" and one is not None and other is not None:
        one, other = sorted(one, key=approval_order), sorted(other, key=approval_order)
    return bool(one == other)


def merged_approvals(one: list[Body], other: list[Body]) -> list[Body]:
    """Approvals of both sides: they are only ever added, and none speaks about another's words."""
    both = {fingerprint(each): each for each in (*one, *other)}
    return sorted(both.values(), key=approval_order)


def readable(path: str, body: Body) -> tuple[Any, str]:
    """``essence_of``, or why the document cannot be read."""
    try:
        return essence_of(path, body), ""
    except (ValidationError, KeyError, TypeError) as error:
        return None, str(error).splitlines()[0]
