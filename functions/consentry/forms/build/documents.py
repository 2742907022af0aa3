"""The projections of a form: one document per dialect, from the same parts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consentry.forms.build.opening import ONLY_BEFORE
from consentry.forms.build.schema import PlacedField

DIALECTS = ("consentry", "rjsf")


@dataclass(frozen=True)
class ShownText:
    """A notice or statement as shown: the lines of its canonical text, and what they are the proof of."""

    id: str
    version: int
    digest: str
    label: str
    paragraphs: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    purpose: str | None = None
    channels: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShownField:
    """A field with its words. ``options``: code and label, in the order shown."""

    placed: PlacedField
    label: str
    help: str | None
    errors: Mapping[str, str]
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class ShownStage:
    """One stage in one language; ``schema`` is the stage's own, locale-free."""

    id: str
    title: str
    intro: str | None
    submit: str
    fields: Sequence[ShownField]
    statements: Sequence[ShownText]
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Projection:
    """Everything that every dialect of a form × market × locale shows."""

    form: str
    version: int
    market: str
    locale: str
    dir: str
    release: str
    sample: bool
    title: str
    intro: str | None
    controller: str
    controller_name: str
    hcp_gate: str | None
    fallbacks: Sequence[str]
    notice: ShownText
    stages: Sequence[ShownStage]
    done_title: str
    done_text: str
    messages: Mapping[str, str | Mapping[str, str]]
    source_locale: str = field(default="en-GB")


def _without_none(value: dict[str, Any]) -> dict[str, Any]:
    return {key: item for key, item in value.items() if item is not None}


def _links(text: ShownText) -> list[dict[str, str]]:
    return [{"text": words, "url": url} for words, url in text.links]


def _notice(text: ShownText) -> dict[str, Any]:
    return {
        "id": text.id,
        "version": text.version,
        "digest": text.digest,
        "label": text.label,
        "paragraphs": list(text.paragraphs),
        "links": _links(text),
    }


def _envelope(projection: Projection, dialect: str, stages: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "dialect": dialect,
        "form": projection.form,
        "version": projection.version,
        "market": projection.market,
        "locale": projection.locale,
        "dir": projection.dir,
        "release": projection.release,
        "sample": projection.sample,
        "title": projection.title,
        **({"intro": projection.intro} if projection.intro else {}),
        "controller": {"id": projection.controller, "name": projection.controller_name},
        "hcpGate": projection.hcp_gate,
        "fallbacks": [{"key": key, "locale": projection.source_locale} for key in projection.fallbacks],
        "notice": _notice(projection.notice),
        "stages": stages,
        "done": {"title": projection.done_title, "text": projection.done_text},
    }


_PICKED = {"choice", "country", "region", "declaration"}


def shown_errors(item: ShownField) -> dict[str, str]:
    """The sentences a page can need: none for an answer left out where it may be, none for a list nobody types into."""
    kept = {"required"} if item.placed.required else set()
    if item.placed.spec.type not in _PICKED:
        kept.add("invalid")
    return {code: text for code, text in item.errors.items() if code in kept}


_CODE_LENGTH = {"country": 2, "region": 3}
_LONGEST_CODE = 60


def lean_schema(stage: ShownStage) -> dict[str, Any]:
    """The stage's schema without the codes that its fields list under ``options``.

    Still correct, and a third of a kilobyte lighter for the countries alone: a code is a short string here, and which
    codes there are stands beside its label. With the codes put back it is the schema that judges submissions.
    """
    properties = dict(stage.schema["properties"])
    for item in stage.fields:
        if item.options:
            name, spec = item.placed.name, item.placed.spec
            code = {"type": "string", "maxLength": _CODE_LENGTH.get(spec.type, _LONGEST_CODE)}
            properties[name] = {**properties[name], "items": code} if spec.type == "choices" else code
    return {**stage.schema, "properties": properties}


def consentry_document(projection: Projection) -> dict[str, Any]:
    """The canonical dialect."""

    def shown(item: ShownField) -> dict[str, Any]:
        spec = item.placed.spec
        return _without_none(
            {
                "name": item.placed.name,
                "type": spec.type,
                "label": item.label,
                "help": item.help,
                "required": item.placed.required,
                "maxLength": spec.max_length,
                "maxItems": spec.max_items,
                "autocomplete": spec.autocomplete,
                "inputMode": spec.input_mode,
                "options": [list(option) for option in item.options] or None,
                "errors": shown_errors(item),
            }
        )

    def statement(text: ShownText) -> dict[str, Any]:
        body = _notice(text)
        return {
            "id": body.pop("id"),
            "version": body.pop("version"),
            "digest": body.pop("digest"),
            "purpose": text.purpose,
            "channels": list(text.channels),
            **({"needs": list(text.needs)} if text.needs else {}),
            **body,
        }

    stages = [
        _without_none(
            {
                "id": stage.id,
                "title": stage.title,
                "intro": stage.intro,
                "submit": stage.submit,
                "fields": [shown(item) for item in stage.fields],
                "statements": [statement(text) for text in stage.statements],
                "schema": lean_schema(stage),
            }
        )
        for stage in projection.stages
    ]
    return _envelope(projection, "consentry", stages)


_INPUT_TYPES = {"email": "email", "phone": "tel"}


def _in_order(schema: Mapping[str, Any], options: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The field's schema with its codes in the order of their labels: ``enum`` and ``ui:enumNames`` go by position."""
    codes = [code for code, _ in options]
    if schema["type"] == "array":
        return {**schema, "items": {**schema["items"], "enum": codes}}
    return {**schema, "enum": codes}


def _ui(item: ShownField, choose: str) -> dict[str, Any]:
    spec = item.placed.spec
    ui: dict[str, Any] = {"ui:title": item.label}
    if item.help:
        ui["ui:help"] = item.help
    if spec.autocomplete:
        ui["ui:autocomplete"] = spec.autocomplete
    if spec.type in _INPUT_TYPES:
        ui["ui:options"] = {"inputType": _INPUT_TYPES[spec.type]}
    if item.options:
        ui["ui:enumNames"] = [label for _, label in item.options]
        ui |= {"ui:widget": "checkboxes"} if spec.type == "choices" else {"ui:placeholder": choose}
    return ui


def rjsf_stage(stage: ShownStage, choose: str) -> dict[str, Any]:
    """Schema and uiSchema for react-jsonschema-form. Statements are booleans that nothing requires or fills in."""
    properties: dict[str, Any] = dict(stage.schema["properties"])
    ui: dict[str, Any] = {"ui:title": stage.title}
    if stage.intro:
        ui["ui:description"] = stage.intro
    order = [item.placed.name for item in stage.fields]
    for item in stage.fields:
        name = item.placed.name
        if item.options:
            properties[name] = _in_order(properties[name], item.options)
        ui[name] = _ui(item, choose)
    if stage.statements:
        properties["consents"] = {
            "type": "object",
            "properties": {text.id: {"type": "boolean"} for text in stage.statements},
            "additionalProperties": False,
        }
        ui["consents"] = {
            text.id: {
                "ui:title": text.label,
                # Help, not description: RJSF draws a box's description above its label, out of the text's order.
                "ui:help": "\n".join([*text.paragraphs, *(f"{words}: {url}" for words, url in text.links)]),
            }
            for text in stage.statements
        }
        ui["consents"]["ui:title"] = ""
        order.append("consents")
    ui["ui:order"] = order
    ui["ui:submitButtonOptions"] = {"submitText": stage.submit}
    return _without_none(
        {
            "id": stage.id,
            "title": stage.title,
            "intro": stage.intro,
            "submit": stage.submit,
            "schema": {**stage.schema, "properties": properties},
            "uiSchema": ui,
            "statements": [{"id": t.id, "version": t.version, "digest": t.digest} for t in stage.statements],
        }
    )


def rjsf_document(projection: Projection) -> dict[str, Any]:
    """The dialect of react-jsonschema-form 5 and 6."""
    choose = projection.messages.get("choose", "")
    stages = [rjsf_stage(stage, choose if isinstance(choose, str) else "") for stage in projection.stages]
    return _envelope(projection, "rjsf", stages)


def messages_document(projection: Projection) -> dict[str, Any]:
    """The words around a form, which only a page that draws it by itself needs."""
    return {code: words for code, words in projection.messages.items() if code not in ONLY_BEFORE}


def documents(projection: Projection) -> dict[str, dict[str, Any]]:
    """Every dialect by name."""
    return {"consentry": consentry_document(projection), "rjsf": rjsf_document(projection)}
