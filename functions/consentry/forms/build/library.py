"""Everything under ``forms/`` but the catalogs, read once. A broken entry is missing here and its findings are kept."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from consentry.base.build.findings import Finding, errors
from consentry.base.build.source import Key, Source, read, validate
from consentry.forms.build.models import FieldSpec, Form, Name, OptionSet, PluralText, ProblemText, Slug, Text

M = TypeVar("M", bound=BaseModel)

FIELDS = "forms/fields.yaml"
MESSAGES = "forms/messages.yaml"
_NOT_FORMS = {"fields.yaml", "messages.yaml", "locales.yaml"}
_NAME = TypeAdapter(Name)
_SLUG = TypeAdapter(Slug)
_UI: TypeAdapter[str | PluralText] = TypeAdapter(Text | PluralText)
_TEXT = TypeAdapter(Text)


@dataclass
class Library:
    """The English sources. ``broken`` keeps, by entity (``field:email``), the findings of what could not be read."""

    fields: dict[str, FieldSpec] = field(default_factory=dict)
    groups: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    options: dict[str, OptionSet] = field(default_factory=dict)
    ui: dict[str, str | PluralText] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problems: dict[str, ProblemText] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    broken: dict[str, list[Finding]] = field(default_factory=dict)

    def findings(self) -> list[Finding]:
        """Every finding met while reading."""
        return [finding for found in self.broken.values() for finding in found]

    @property
    def broken_forms(self) -> list[str]:
        """Forms that cannot be read."""
        names = (entity.removeprefix("form:") for entity in self.broken if entity.startswith("form:"))
        return [name for name in names if name not in self.forms]

    def unread(self, id_: str) -> bool:
        """Whether a string may be missing only because the file or entry that says it cannot be read."""
        kind, _, rest = id_.partition(".")
        name = rest.partition(".")[0]
        held = {"field": ("fields", f"field:{name}"), "form": (f"form:{name}",), "option": (f"options:{name}",)}
        return any(errors(self.broken.get(entity, ())) for entity in held.get(kind, ("messages",)))

    def _note(self, entity: str, found: list[Finding]) -> None:
        if found:
            self.broken.setdefault(entity, []).extend(found)


def _mapping(source: Source, key: str, library: Library, entity: str) -> dict[str, Any]:
    value = source.data.get(key) if isinstance(source.data, dict) else None
    if not isinstance(value, dict):
        finding = source.finding((key,), "schema", f"`{key}:` must be a mapping", f"write `{key}:` and its entries")
        library._note(entity, [finding])
        return {}
    return value


def _unknown_keys(source: Source, known: set[str], library: Library, entity: str) -> None:
    for key in source.data if isinstance(source.data, dict) else ():
        if key not in known:
            mend = f"remove it or correct its spelling (known: {', '.join(sorted(known))})"
            library._note(entity, [source.finding((key,), "schema", "unknown key", mend)])


def _adapt(adapter: TypeAdapter[Any], source: Source, key: Key, value: Any) -> tuple[Any, list[Finding]]:
    try:
        return adapter.validate_python(value), []
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_context=False)[0]
        return None, [source.finding(key, "schema", str(first["msg"]).lower(), "change the value")]


def _read_fields(root: Path, library: Library) -> None:
    source, found = read(root, FIELDS)
    library._note("fields", found)
    if source is None:
        return
    library.sources[FIELDS] = source
    _unknown_keys(source, {"fields", "groups"}, library, "fields")
    for name, data in _mapping(source, "fields", library, "fields").items():
        _, wrong = _adapt(_NAME, source, ("fields", name), name)
        spec, found = validate(source, FieldSpec, ("fields", name), data)
        library._note(f"field:{name}", found + wrong)
        if spec is not None and not wrong:
            library.fields[name] = spec
    groups = TypeAdapter(dict[str, list[Name]])
    for name, data in _mapping(source, "groups", library, "fields").items():
        key = ("groups", name)
        members, found = _adapt(groups, source, key, data)
        if members is not None and "default" not in members:
            found.append(source.finding(key, "schema", "a group needs `default:`", "add `default: [...]`"))
        for market, names in (members or {}).items():
            for index, member in enumerate(names):
                if member not in library.fields and f"field:{member}" not in library.broken:
                    where = (*key, market, index)
                    found.append(source.finding(where, "reference", f"no field `{member}`", "add it under `fields:`"))
        library._note(f"group:{name}", found)
        if members is not None and not found:
            library.groups[name] = members


def _read_options(root: Path, library: Library) -> None:
    for path in sorted((root / "forms/options").glob("*.yaml")):
        relative = f"forms/options/{path.name}"
        source, found = read(root, relative)
        library._note(f"options:{path.stem}", found)
        if source is None:
            continue
        library.sources[relative] = source
        options, found = validate(source, OptionSet)
        if options is not None and options.set != path.stem:
            found.append(source.finding(("set",), "schema", "`set:` differs from the file name", f"write {path.stem}"))
        library._note(f"options:{path.stem}", found)
        if options is not None and not found:
            library.options[path.stem] = options


def _read_messages(root: Path, library: Library) -> None:
    source, found = read(root, MESSAGES)
    library._note("messages", found)
    if source is None:
        return
    library.sources[MESSAGES] = source
    _unknown_keys(source, {"ui", "errors", "problems"}, library, "messages")
    parts: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("ui", _UI, library.ui),
        ("errors", _TEXT, library.errors),
        ("problems", TypeAdapter(ProblemText), library.problems),
    )
    for part, adapter, into in parts:
        for code, data in _mapping(source, part, library, "messages").items():
            _, wrong = _adapt(_SLUG, source, (part, code), code)
            value, found = _adapt(adapter, source, (part, code), data)
            library._note("messages", found + wrong)
            if not found and not wrong:
                into[code] = value


def _read_forms(root: Path, library: Library) -> None:
    for path in sorted((root / "forms").glob("*.yaml")):
        if path.name in _NOT_FORMS:
            continue
        relative = f"forms/{path.name}"
        source, found = read(root, relative)
        library._note(f"form:{path.stem}", found)
        if source is None:
            continue
        library.sources[relative] = source
        form, found = validate(source, Form)
        if form is not None and form.form != path.stem:
            found.append(
                source.finding(("form",), "schema", "`form:` differs from the file name", f"write {path.stem}")
            )
        library._note(f"form:{path.stem}", found)
        if form is not None and not found:
            library.forms[path.stem] = form


def load_library(root: Path) -> Library:
    """Read ``forms/`` below the content root."""
    library = Library()
    _read_fields(root, library)
    _read_options(root, library)
    _read_messages(root, library)
    _read_forms(root, library)
    return library
