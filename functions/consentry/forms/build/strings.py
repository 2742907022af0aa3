"""Every translatable string of ``forms/``, with its stable id and what a translator needs to know."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from consentry.base.build.source import Key
from consentry.forms.build.library import FIELDS, MESSAGES, Library
from consentry.forms.build.models import Form, PluralText, StageField
from consentry.forms.labels import placeholders

# Longest text, in characters, that fits its place in the sample front end at 320 CSS pixels.
LIMITS = {
    "label": 120,
    "help": 240,
    "error": 160,
    "option": 90,
    "title": 120,
    "intro": 600,
    "submit": 40,
    "ui": 240,
    "problem-title": 100,
    "problem-detail": 320,
}


@dataclass(frozen=True)
class SourceString:
    """One English string. ``other`` is its plural form; ``where`` says in words where a reader meets it."""

    id: str
    text: str
    other: str | None
    file: str
    key: Key
    where: str
    limit: int

    @property
    def english(self) -> str | dict[str, str]:
        """The text, or singular and plural as ``one`` and ``other``."""
        return self.text if self.other is None else {"one": self.text, "other": self.other}

    @property
    def placeholders(self) -> set[str]:
        """Names between braces, of both forms."""
        return placeholders(self.text) | placeholders(self.other or "")


def _field_uses(library: Library) -> dict[str, list[str]]:
    uses: dict[str, list[str]] = defaultdict(list)
    for form in library.forms.values():
        for stage in form.stages:
            for entry in stage.fields:
                name = entry.field if isinstance(entry, StageField) else entry
                members = {m for names in library.groups.get(name, {"": [name]}).values() for m in names}
                for member in sorted(members):
                    uses[member].append(f"{form.form}/{stage.id}")
    return uses


def _fields(library: Library) -> Iterator[SourceString]:
    uses = _field_uses(library)
    for name, spec in library.fields.items():
        used = f" ({', '.join(dict.fromkeys(uses[name]))})" if uses[name] else " (in no form yet)"
        base = ("fields", name)

        def make(part: str, text: str, key: Key, where: str, limit: str, *, name: str = name) -> SourceString:
            return SourceString(f"field.{name}.{part}", text, None, FIELDS, key, where, LIMITS[limit])

        yield make("label", spec.label, (*base, "label"), f"Label of the field {name}{used}", "label")
        if spec.help:
            yield make("help", spec.help, (*base, "help"), f"Hint under the label of {name}{used}", "help")
        if spec.errors.required:
            where = f"Error beside {name} when nothing was entered{used}"
            yield make("error.required", spec.errors.required, (*base, "errors", "required"), where, "error")
        if spec.errors.invalid:
            where = f"Error beside {name} when the answer cannot be accepted{used}"
            yield make("error.invalid", spec.errors.invalid, (*base, "errors", "invalid"), where, "error")


def _options(library: Library) -> Iterator[SourceString]:
    for name, options in library.options.items():
        file = f"forms/options/{name}.yaml"
        for index, option in enumerate(options.options):
            yield SourceString(
                f"option.{name}.{option.code}",
                option.label,
                None,
                file,
                ("options", index, "label"),
                f"Choice in the list {name}",
                LIMITS["option"],
            )


def _form(form: Form) -> Iterator[SourceString]:
    file = f"forms/{form.form}.yaml"

    def make(part: str, text: str | None, key: Key, where: str, limit: str) -> Iterator[SourceString]:
        if text:
            yield SourceString(f"form.{form.form}.{part}", text, None, file, key, where, LIMITS[limit])

    yield from make("title", form.title, ("title",), f"Heading of the form {form.form}", "title")
    yield from make("intro", form.intro, ("intro",), f"First paragraph of the form {form.form}", "intro")
    done = f"after the last stage of {form.form}"
    yield from make("done.title", form.done.title, ("done", "title"), f"Heading {done}", "title")
    yield from make("done.text", form.done.text, ("done", "text"), f"Paragraph {done}", "intro")
    for index, stage in enumerate(form.stages):
        at, part = ("stages", index), f"stage.{stage.id}"
        place = f"the stage {stage.id} of {form.form}"
        yield from make(f"{part}.title", stage.title, (*at, "title"), f"Heading of {place}", "title")
        yield from make(f"{part}.intro", stage.intro, (*at, "intro"), f"First paragraph of {place}", "intro")
        yield from make(f"{part}.submit", stage.submit, (*at, "submit"), f"Button that sends {place}", "submit")


def _messages(library: Library) -> Iterator[SourceString]:
    for code, text in library.ui.items():
        where = f"Message of the form element, {code}"
        if isinstance(text, PluralText):
            yield SourceString(f"ui.{code}", text.one, text.other, MESSAGES, ("ui", code), where, LIMITS["ui"])
        else:
            yield SourceString(f"ui.{code}", text, None, MESSAGES, ("ui", code), where, LIMITS["ui"])
    for code, error in library.errors.items():
        where = f"Error beside any answer that has no sentence of its own, {code}"
        yield SourceString(f"error.{code}", error, None, MESSAGES, ("errors", code), where, LIMITS["error"])
    for code, problem in library.problems.items():
        where = f"refusal {code} (HTTP {problem.status})"
        for part, text in (("title", problem.title), ("detail", problem.detail)):
            yield SourceString(
                f"problem.{code}.{part}",
                text,
                None,
                MESSAGES,
                ("problems", code, part),
                f"{part.capitalize()} of the {where}",
                LIMITS[f"problem-{part}"],
            )


def collect(library: Library) -> dict[str, SourceString]:
    """Every string by its id, sorted by id."""
    found = [*_fields(library), *_options(library), *_messages(library)]
    for form in library.forms.values():
        found.extend(_form(form))
    return {string.id: string for string in sorted(found, key=lambda s: s.id)}
