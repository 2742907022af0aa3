"""``consentry content preview``: drafts in the real form, compiled as a release is, and never one."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from consentry.consent.build.library import TextFile
from consentry.consent.models import Controller
from consentry.content.build.compile import Compiled, compile_content
from consentry.content.build.content import Content
from consentry.content.build.drafts import as_if_approved, overlaid, reworded
from consentry.content.build.import_job import Plan
from consentry.content.build.job_lines import JobLines, passages
from consentry.content.build.units import Settings
from consentry.content.jobs.pseudo import LOCALES, pseudo
from consentry.forms.build.catalogs import CatalogFile, Entry, plural_categories
from consentry.forms.build.strings import SourceString
from consentry.locales.build.registry import LocaleEntry


@dataclass(frozen=True)
class Preview:
    """What a preview shows: a compiled draft, and what is said beside the form."""

    compiled: Compiled
    about: dict[str, Any]


def preview(lines: JobLines, draft: Plan | None, settings: Settings, *, with_pseudo: bool) -> Preview:
    """Everything of a locale as it would be shown with the draft in it, whatever still stands against it."""
    locale = lines.locale
    catalogs = dict(lines.content.catalogs) | (draft.catalogs if draft else {})
    fresh = {name: _fresh(catalogs[name], lines.content.strings) for name in locale.catalogs if name in catalogs}
    content = overlaid(lines.content, fresh, draft.texts if draft else ())
    tags = [locale.tag]
    if with_pseudo:
        now = JobLines(content, locale, settings.day)
        for tag, cldr in LOCALES.items():
            content = _with_pseudo(content, now, LocaleEntry(tag=tag, cldr=cldr, catalogs=[tag]))
            tags.append(tag)
    shown = _only(_unenforced(content), locale.tag, tuple(tags))
    compiled = compile_content(as_if_approved(shown, settings.day), settings)
    return Preview(compiled, _about(compiled, JobLines(content, locale, settings.day), tags))


def _fresh(catalog: CatalogFile, strings: Mapping[str, SourceString]) -> CatalogFile:
    """The catalog with its outdated translations counting as if they were done: a draft is there to be seen."""
    held = copy.deepcopy(catalog)
    for id_, entry in held.entries.items():
        string = strings.get(id_)
        if string is not None and (string.other is None) == (entry.other is None):
            entry.fuzzy, entry.source, entry.other = False, string.text, string.other
    return held


def _unenforced(content: Content) -> Content:
    """A draft breaks rules; what it breaks is said by the import, not by hiding the form."""
    files = tuple(file.model_copy(update={"state": "draft"}) for file in content.terminology.files)
    return replace(content, terminology=replace(content.terminology, files=files, prohibited=()))


def _only(content: Content, locale: str, tags: tuple[str, ...]) -> Content:
    """Only the markets that speak the locale, in these locales."""
    markets = {
        name: replace(policy, locales=tags if locale in policy.locales else ())
        for name, policy in content.policies.markets.items()
    }
    return replace(content, policies=replace(content.policies, markets=markets))


# Pseudo-locales.


def _with_pseudo(content: Content, lines: JobLines, entry: LocaleEntry) -> Content:
    """The content with one more locale, spelt from the English (or what a legal text has instead)."""
    rtl = entry.language == "ar"
    catalog = CatalogFile(entry.tag)
    for id_, string in content.strings.items():
        catalog.entries[id_] = _entry(entry.tag, string, rtl=rtl)
    texts = [_text(text.file, lines, entry.tag, rtl=rtl) for text in lines.texts.values() if text.file is not None]
    spoken = lines.locale.tag
    held = {
        name: _controller(controller, spoken, entry.tag) for name, controller in content.consent.controllers.items()
    }
    made = overlaid(content, {entry.tag: catalog}, texts)
    return replace(
        made,
        consent=replace(made.consent, controllers=held),
        locales={**content.locales, entry.tag: entry},
        catalog_findings={**content.catalog_findings, entry.tag: []},
    )


def _entry(tag: str, string: SourceString, *, rtl: bool) -> Entry:
    if string.other is None:
        return Entry(string.id, string.text, None, [pseudo(string.text, rtl=rtl)])
    forms = [string.text if category == "one" else string.other for category in plural_categories(tag)]
    return Entry(string.id, string.text, string.other, [pseudo(form, rtl=rtl) for form in forms])


def _text(file: TextFile, lines: JobLines, tag: str, *, rtl: bool) -> TextFile:
    """A legal text in the locale's shape; slots and addresses stay."""
    words = {}
    for name, (own, _) in passages(file.text).items():
        line = lines.lines.get(f"consent_texts/{file.name}#{name}")
        words[name] = pseudo(line.sources[0] if line else own, rtl=rtl)
    made = reworded(file.text, words).model_copy(update={"locale": tag})
    return TextFile(file.market, file.id, file.source, made)


def _controller(controller: Controller, locale: str, tag: str) -> Controller:
    """Slots that differ by locale, in the words of the locale that is previewed."""
    values = {name: getattr(controller, name) for name in Controller.model_fields}
    spoken = {
        name: {**held, tag: held.get(locale, next(iter(held.values())))}
        for name, held in values.items()
        if isinstance(held, dict) and held
    }
    return controller.model_copy(update=spoken)


# What is said beside the form.


def _about(compiled: Compiled, lines: JobLines, tags: Iterable[str]) -> dict[str, Any]:
    forms = {}
    for name, form in lines.content.library.forms.items():
        units = {unit.market: None for unit in sorted(compiled.units) if unit.form == name}
        if units:
            stages = [{"id": stage.id, "title": stage.title} for stage in form.stages]
            forms[name] = {"title": form.title, "markets": list(units), "stages": stages}
    strings = {
        line.name if line.kind == "label" else f"{line.anchor}#{line.name}": {
            "text": " / ".join(line.targets),
            "where": line.where,
            "limit": line.limit,
        }
        for line in lines.lines.values()
    }
    hidden = [
        {"unit": f"{u.form} {u.market} {u.locale}", "why": finding.message, "where": f"{finding.file}: {finding.key}"}
        for finding in compiled.findings
        for u in finding.blocks
        if u.locale in tags
    ]
    return {"locales": list(tags), "forms": forms, "strings": strings, "hidden": hidden}
