"""From content to a release in memory: every form × market × locale either compiled or blocked with its reasons."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consentry.base.build.findings import Finding, Findings, Unit, errors
from consentry.base.canonical import digest
from consentry.consent.build.gates import unknown_elements
from consentry.content.build.assemble import Assembly
from consentry.content.build.content import Content
from consentry.content.build.offers import Offer, offer
from consentry.content.build.sites import Site, judge_site
from consentry.content.build.speaker import LocaleContext
from consentry.content.build.terminology import Terminology
from consentry.content.build.units import CompiledUnit, Settings, UnitCompiler
from consentry.content.build.workbench import workbench
from consentry.content.rules import ReleaseRules
from consentry.forms.build.catalogs import is_thin
from consentry.forms.build.documents import documents, messages_document
from consentry.forms.build.models import Form
from consentry.glossary.segments import Segment
from consentry.locales.build.collation import UNTAILORED
from consentry.locales.build.registry import LOCALES

COMPILER = "1"
ANY = "*"
"""Stands for every locale of a market, or every market of a form, that could not be read."""


@dataclass
class Compiled:
    """A release before it is written."""

    release: str
    inputs: dict[str, str]
    """Path to SHA-256 of every input; ``@selection`` is what they came to on the day."""
    units: dict[Unit, CompiledUnit]
    documents: dict[Unit, dict[str, bytes]]
    """Per unit, dialect to the bytes served."""
    messages: dict[Unit, bytes]
    """Per unit, the words around the form."""
    rules: ReleaseRules
    index: dict[str, Any]
    problems: dict[str, Any]
    texts: dict[str, str]
    """Digest to canonical text."""
    findings: list[Finding]
    blocked: list[Unit]
    segments: list[Segment]
    """What the published units show, as the glossary judges it."""
    glossary: str
    """Digest of the glossary that judged."""
    workbench: dict[str, Any]
    """What the translators' API works on."""


def to_bytes(value: Any) -> bytes:
    """Compact JSON in UTF-8, keys in the order they were put."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


class _Compilation:
    def __init__(self, content: Content, settings: Settings) -> None:
        self.content = content
        self.settings = settings
        self.findings = Findings()
        self.locales = {tag: LocaleContext(content, entry) for tag, entry in content.locales.items()}
        self.compiler = UnitCompiler(content, settings)
        self.offers: dict[tuple[str, str], Offer] = {}
        self.units: dict[Unit, CompiledUnit] = {}
        self.seen: dict[Unit, None] = {}

    def form_in_market(self, form: Form, market: str) -> None:
        """The form in the market, then in each of its locales; words are judged even where the form is blocked."""
        built, found = offer(self.content, form, market, production=self.settings.production)
        usable = built is not None and not any(finding.severity == "error" for finding in found)
        if built is not None and usable:
            self.offers[form.form, market] = built
        for unit in self.units_of(form.form, market):
            self.seen[unit] = None
            self.findings.add(found, unit)
            locale = self.locales.get(unit.locale)
            if locale is None:
                if unit.locale != ANY:
                    message = f"no locale {unit.locale}, which {market} needs"
                    missing = Finding(LOCALES, 0, unit.locale, "reference", message, "add it")
                    self.findings.add(errors(self.content.locale_findings) or [missing], unit)
                continue
            if built is not None:
                compiled, said = self.compiler.compile(built, unit, locale)
                self.findings.add(said, unit)
                if compiled is not None and usable:
                    self.units[unit] = compiled

    def units_of(self, form: str, market: str) -> Iterator[Unit]:
        policies = self.content.policies
        policy = policies.markets.get(market)
        for tag in policy.locales if policy else policies.waiting.get(market, (ANY,)):
            yield Unit(form, market, tag)

    def broken_forms(self) -> None:
        """A form that cannot be read blocks the markets that it names; if it names none, those of its sites."""
        library = self.content.library
        for form in library.broken_forms:
            source = library.sources.get(f"forms/{form}.yaml")
            data = source.data if source is not None and isinstance(source.data, dict) else {}
            named = data.get("markets")
            if not isinstance(named, dict):
                sites = (site for site, _ in self.content.sites.values() if form in site.forms)
                named = dict.fromkeys(market for site in sites for market in site.open_markets) or {ANY: None}
            for market in named:
                for unit in self.units_of(form, market):
                    self.seen[unit] = None
                    self.findings.add(library.broken[f"form:{form}"], unit)

    def terminology(self) -> list[Segment]:
        """Hold back what the glossary does not let pass; the segments of what is left."""
        gate = Terminology(self.content, self.locales, self.compiler.shown, self.settings.day)
        found = gate.findings()
        self.findings.add(found)
        for unit in {unit for finding in found for unit in finding.blocks}:
            self.units.pop(unit, None)
        return gate.segments(self.units)

    def loose_findings(self) -> None:
        """Findings that no unit need meet on its way: unused files, catalogs against their sources, elements."""
        content = self.content
        self.findings.add(content.library.findings())
        self.findings.add(content.consent.findings())
        self.findings.add(content.policies.others)
        self.findings.add(found for held in content.policies.findings.values() for found in held)
        self.findings.add(content.locale_findings)
        self.findings.add(found for held in content.catalog_findings.values() for found in held)
        self.findings.add(content.site_findings)
        if not content.policies.findings:  # else nobody can say what the markets ask
            self.findings.add(unknown_elements(content.consent, content.policies.elements))
        for name, catalog in content.catalogs.items():
            for id_ in sorted(set(catalog.entries) - set(content.strings)):
                if content.library.unread(id_):
                    continue
                line = catalog.entries[id_].line
                message, mend = "no English string has this id", "run `consentry content extract`"
                self.findings.add([Finding(catalog.path, line, id_, "obsolete", message, mend, "warning")])
            if not is_thin(name) and name.partition("-")[0] not in UNTAILORED:
                message = "lists are sorted by the root collation, which this language tailors"
                mend = "add its order to consentry.locales.build.collation"
                self.findings.add([Finding(catalog.path, 0, "", "collation", message, mend, "warning")])

    def sites(self) -> dict[str, Site]:
        """Every site with the forms and markets that it can show."""
        shown = {}
        library = self.content.library
        for name, (site, source) in self.content.sites.items():
            kept, found = judge_site(site, source, library.forms, library.broken_forms)
            if self.settings.production and site.sample:
                mend = "replace it and remove `sample: true`"
                found.append(source.finding(("sample",), "sample", "a sample site cannot go into production", mend))
                kept = None
            self.findings.add(found)
            if kept is not None:
                shown[name] = kept
        return shown


def compile_content(content: Content, settings: Settings) -> Compiled:
    """Compile everything. Deterministic: the same content and settings give the same result."""
    work = _Compilation(content, settings)
    for form in content.library.forms.values():
        for market in form.markets:
            work.form_in_market(form, market)
    work.broken_forms()
    work.loose_findings()
    segments = work.terminology()
    blocked = [unit for unit in work.seen if unit not in work.units]
    assembly = Assembly(content, work.locales, work.offers, work.units, blocked, work.sites())
    bodies = {unit: documents(built.projection) for unit, built in work.units.items()}
    rules = assembly.rules()
    inputs = dict(sorted({**content.inputs, "@selection": _selection(bodies, rules)}.items()))
    release = release_id(inputs)
    messages = {unit: to_bytes(messages_document(built.projection)) for unit, built in work.units.items()}
    written = {
        unit: {dialect: to_bytes({**body, "release": release}) for dialect, body in dialects.items()}
        for unit, dialects in bodies.items()
    }
    for unit, dialects in written.items():
        locale = rules["forms"][unit.form]["markets"][unit.market]["locales"][unit.locale]
        locale["projections"] = {dialect: digest(data) for dialect, data in dialects.items()}
    return Compiled(
        release=release,
        inputs=inputs,
        units=work.units,
        documents=written,
        messages=messages,
        rules=rules,
        index=assembly.index(release, written, messages),
        problems=assembly.problems(),
        texts={name: text for built in work.units.values() for name, text in built.texts.items()},
        findings=work.findings.sorted(),
        blocked=blocked,
        segments=segments,
        glossary=content.terminology.digest,
        workbench=workbench(content, work.offers, work.compiler.shown, list(work.seen), work.findings.sorted()),
    )


def _selection(bodies: Mapping[Unit, Mapping[str, Any]], rules: ReleaseRules) -> str:
    """SHA-256 of what the inputs came to: the day, the switches and CLDR's edition decide with the files."""
    said = hashlib.sha256(to_bytes(rules))
    for unit, dialects in bodies.items():
        said.update(to_bytes([unit.form, unit.market, unit.locale, dialects]))
    return said.hexdigest()


def release_id(inputs: Mapping[str, str]) -> str:
    """``r`` and 32 hex digits of the SHA-256 of the sorted manifest and the compiler's version."""
    said = to_bytes([dict(sorted(inputs.items())), COMPILER])
    return "r" + hashlib.sha256(said).hexdigest()[:32]
