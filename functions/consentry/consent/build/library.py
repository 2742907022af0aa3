"""Everything under ``consent_texts/``, read once. What is broken is missing here and its findings are kept."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from consentry.base.build.findings import Finding
from consentry.base.build.source import Source, read, validate
from consentry.consent.models import NOTICE, Approval, Controller, Digest, Purpose, Statement, Text, text_name

FOLDER = "consent_texts"
STATEMENTS = f"{FOLDER}/statements.yaml"
LOCK = f"{FOLDER}/published.yaml"
_NOT_MARKETS = {"purposes", "controllers", "approvals"}
_FILE = re.compile(r"^([1-9][0-9]*)\.([A-Za-z-]+)\.yaml$")
_LOCKED: TypeAdapter[dict[str, dict[str, str]]] = TypeAdapter(dict[str, dict[str, Digest]])


@dataclass(frozen=True)
class TextFile:
    """One version of one text in one locale, where it lies."""

    market: str
    id: str
    source: Source
    text: Text

    @property
    def name(self) -> str:
        """``DE/promotional-email/1.de-DE``."""
        return text_name(self.market, self.id, self.text.version, self.text.locale)


@dataclass
class ConsentLibrary:
    """``texts`` by (market, id, locale), oldest version first. ``broken`` by entity, as ``text:DE/profiling/de-DE``."""

    statements: dict[str, Statement] = field(default_factory=dict)
    purposes: dict[str, Purpose] = field(default_factory=dict)
    controllers: dict[str, Controller] = field(default_factory=dict)
    texts: dict[tuple[str, str, str], list[TextFile]] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=dict)
    published: dict[str, dict[str, str]] = field(default_factory=dict)
    """Text name to controller to the digest it was published with."""
    sources: dict[str, Source] = field(default_factory=dict)
    broken: dict[str, list[Finding]] = field(default_factory=dict)

    def findings(self) -> list[Finding]:
        """Every finding met while reading."""
        return [finding for found in self.broken.values() for finding in found]

    def note(self, entity: str, found: list[Finding]) -> None:
        """Keep findings under the entity they break."""
        if found:
            self.broken.setdefault(entity, []).extend(found)


def text_key(market: str, text: str, locale: str) -> str:
    """The entity of a text in ``ConsentLibrary.broken``."""
    return f"text:{market}/{text}/{locale}"


def _statements(root: Path, library: ConsentLibrary) -> None:
    source, found = read(root, STATEMENTS)
    library.note("statements", found)
    if source is None:
        return
    library.sources[STATEMENTS] = source
    if not isinstance(source.data, dict):
        message, mend = "not a mapping of statements", "write `<id>: {purpose: …}` entries"
        library.note("statements", [source.finding((), "schema", message, mend)])
        return
    for name, data in source.data.items():
        statement, found = validate(source, Statement, (name,), data)
        library.note(f"statement:{name}", found)
        if statement is not None:
            library.statements[name] = statement


def _named(root: Path, library: ConsentLibrary) -> None:
    """Purposes and controllers: one file each, named as its id."""
    for path in sorted((root / FOLDER / "purposes").glob("*.yaml")):
        source, found = read(root, f"{FOLDER}/purposes/{path.name}")
        library.note(f"purpose:{path.stem}", found)
        if source is not None:
            library.sources[source.path] = source
            purpose, found = validate(source, Purpose)
            if purpose is not None and purpose.purpose != path.stem:
                found.append(_misnamed(source, "purpose", path.stem))
            library.note(f"purpose:{path.stem}", found)
            if purpose is not None and not found:
                library.purposes[path.stem] = purpose
    for path in sorted((root / FOLDER / "controllers").glob("*.yaml")):
        source, found = read(root, f"{FOLDER}/controllers/{path.name}")
        library.note(f"controller:{path.stem}", found)
        if source is not None:
            library.sources[source.path] = source
            controller, found = validate(source, Controller)
            if controller is not None and controller.controller != path.stem:
                found.append(_misnamed(source, "controller", path.stem))
            library.note(f"controller:{path.stem}", found)
            if controller is not None and not found:
                library.controllers[path.stem] = controller


def _misnamed(source: Source, key: str, stem: str) -> Finding:
    return source.finding((key,), "schema", f"`{key}:` differs from the file name", f"write `{key}: {stem}`")


def _text(root: Path, library: ConsentLibrary, market: str, text_id: str, file_name: str) -> None:
    path = f"{FOLDER}/{market}/{text_id}/{file_name}"
    match = _FILE.match(file_name)
    if match is None:
        mend = "name it <version>.<locale>.yaml"
        library.note("texts", [Finding(path, 0, "", "file-name", "this is not the name of a text", mend)])
        return
    version, locale = int(match.group(1)), match.group(2)
    entity = text_key(market, text_id, locale)
    source, found = read(root, path)
    library.note(entity, found)
    if source is None:
        return
    library.sources[path] = source
    text, found = validate(source, Text)
    if text is not None:
        expected = {"version": version, "locale": locale, "kind": "notice" if text_id == NOTICE else "statement"}
        for key, value in expected.items():
            if getattr(text, key) != value:
                message = f"`{key}:` differs from the file's place"
                found.append(source.finding((key,), "schema", message, f"write `{key}: {value}`"))
        if (
            text.kind == "statement"
            and text_id not in library.statements
            and not {"statements", f"statement:{text_id}"} & library.broken.keys()
        ):
            mend = f"add `{text_id}:` to {STATEMENTS}, or rename the folder"
            found.append(source.finding((), "reference", f"no statement `{text_id}`", mend))
    library.note(entity, found)
    if text is not None and not found:
        library.texts.setdefault((market, text_id, locale), []).append(TextFile(market, text_id, source, text))


def _approvals(root: Path, library: ConsentLibrary) -> None:
    for path in sorted((root / FOLDER / "approvals").glob("*.yaml")):
        source, found = read(root, f"{FOLDER}/approvals/{path.name}")
        library.note(f"approvals:{path.stem}", found)
        if source is None:
            continue
        library.sources[source.path] = source
        entries = source.data if isinstance(source.data, list) else []
        if not isinstance(source.data, list):
            finding = source.finding((), "schema", "not a list of approvals", "write `- {text: …}` entries")
            library.note(f"approvals:{path.stem}", [finding])
        for index, data in enumerate(entries):
            approval, found = validate(source, Approval, (index,), data)
            library.note(f"approvals:{path.stem}", found)
            if approval is not None:
                library.approvals.setdefault(path.stem, []).append(approval)


def _lock(root: Path, library: ConsentLibrary) -> None:
    if not (root / LOCK).exists():
        message = "there is no lock: a published text could change without anybody being told"
        mend = "restore it, or, before the first deployment, run `consentry content publish-lock`"
        library.note("no-lock", [Finding(LOCK, 0, "", "lock", message, mend, "warning")])
        return
    source, found = read(root, LOCK)
    library.note("lock", found)
    if source is None:
        return
    library.sources[LOCK] = source
    try:
        library.published = _LOCKED.validate_python(source.data)
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_context=False):
            mend = "restore the file; it is written by `consentry content publish-lock`"
            library.note("lock", [source.finding(tuple(error["loc"]), "schema", str(error["msg"]), mend)])


def text_folders(root: Path) -> list[tuple[str, str]]:
    """Market and text of every folder that holds a legal text's versions."""
    markets = (p for p in (root / FOLDER).glob("*") if p.is_dir() and p.name not in _NOT_MARKETS)
    return sorted((market.name, text.name) for market in markets for text in market.glob("*") if text.is_dir())


def load_consent(root: Path) -> ConsentLibrary:
    """Read ``consent_texts/`` below the content root."""
    library = ConsentLibrary()
    _statements(root, library)
    _named(root, library)
    for market, text_id in text_folders(root):
        for file in sorted((root / FOLDER / market / text_id).glob("*.yaml")):
            _text(root, library, market, text_id, file.name)
    for files in library.texts.values():
        files.sort(key=lambda file: file.text.version)
    _approvals(root, library)
    _lock(root, library)
    return library
