"""From content to a release in memory: every form × market × locale either compiled or blocked with its reasons."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import phonenumbers

from consentry.base.build.findings import Finding, Findings, Unit
from consentry.base.canonical import digest
from consentry.base.problems import STATUS
from consentry.consent.build.gates import ActiveText, active_text, unknown_elements
from consentry.consent.build.gates import Place as TextPlace
from consentry.consent.build.models import NOTICE
from consentry.consent.build.texts import FSI, PDI
from consentry.content.build.content import Content
from consentry.content.build.offers import (
    Offer,
    OfferStage,
    basis,
    offer,
    purpose_rules,
    required_elements,
    statement_rules,
)
from consentry.content.build.sites import judge_site
from consentry.content.rules import FormRules, LocaleRules, MarketRules, ReleaseRules, SiteRules, StageRules
from consentry.forms.build.catalogs import is_thin
from consentry.forms.build.documents import Projection, ShownField, ShownStage, ShownText, documents
from consentry.forms.build.library import MESSAGES
from consentry.forms.build.models import Form
from consentry.forms.build.schema import PlacedField
from consentry.forms.build.words import LocaleWords, Plural
from consentry.locales.build import names
from consentry.locales.build.collation import UNTAILORED
from consentry.locales.build.registry import LOCALES, LocaleEntry

COMPILER = "1"
DEFAULT_LOCALE = "en-GB"
ANSWER_ERRORS = (
    "required",
    "invalid",
    "wrong-type",
    "too-long",
    "too-short",
    "not-an-option",
    "too-many",
    "unexpected",
)


@dataclass(frozen=True)
class Settings:
    """What a build depends on besides the files. ``as_of`` is UTC; its day decides what is in force."""

    as_of: datetime
    production: bool = False

    @property
    def day(self) -> date:
        """The day on which texts and approvals must be in force."""
        return self.as_of.date()


@dataclass(frozen=True)
class CompiledUnit:
    """A publishable form × market × locale."""

    projection: Projection
    rules: LocaleRules
    texts: Mapping[str, str]
    """Digest to canonical text of the notice and every statement."""
    sample: bool


@dataclass
class Compiled:
    """A release before it is written."""

    release: str
    inputs: dict[str, str]
    units: dict[Unit, CompiledUnit]
    documents: dict[Unit, dict[str, bytes]]
    """Per unit, dialect to the bytes served."""
    rules: ReleaseRules
    index: dict[str, Any]
    problems: dict[str, Any]
    texts: dict[str, str]
    findings: list[Finding]
    blocked: list[Unit]
    offers: dict[tuple[str, str], Offer] = field(default_factory=dict)


def to_bytes(value: Any) -> bytes:
    """Compact JSON in UTF-8, keys in the order they were put."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


class _Locale:
    """What is known of a locale before any form."""

    def __init__(self, content: Content, entry: LocaleEntry) -> None:
        self.entry = entry
        self.words = LocaleWords(entry, content.strings, content.catalogs)
        self.dir = names.direction(entry)
        # A catalog that cannot be read: a full one takes its whole locale down, a thin one too (its words differ).
        self.findings = [finding for name in entry.catalogs for finding in content.catalog_findings[name]]
        self.countries = names.country_options(entry)

    @property
    def rtl(self) -> bool:
        return self.dir == "rtl"


class _Speaker:
    """The words of one unit: remembers which fell back and what was wrong with any."""

    def __init__(self, locale: _Locale) -> None:
        self.locale = locale
        self.fallbacks: dict[str, None] = {}
        self.findings: list[Finding] = []

    def both(self, id_: str) -> str | Plural:
        word = self.locale.words.word(id_)
        self.findings += word.findings
        if word.fallback:
            self.fallbacks[id_] = None
        return word.text

    def say(self, id_: str) -> str:
        text = self.both(id_)
        return text if isinstance(text, str) else text["other"]

    def maybe(self, id_: str) -> str | None:
        return self.say(id_) if self.locale.words.has(id_) else None


def _phone_example(country: str, *, rtl: bool) -> str:
    """A number in international form, from the numbering plan's own examples; isolated in an Arabic sentence."""
    number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.FIXED_LINE)
    if number is None:
        return "+" + "0" * 8
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return f"{FSI}{text}{PDI}" if rtl else text


class Compiler:
    """Compiles ``content`` under ``settings``; ``run`` does it once."""

    def __init__(self, content: Content, settings: Settings) -> None:
        self.content = content
        self.settings = settings
        self.findings = Findings()
        self.locales = {tag: _Locale(content, entry) for tag, entry in content.locales.items()}
        self.offers: dict[tuple[str, str], Offer] = {}
        self.units: dict[Unit, CompiledUnit] = {}
        self.all_units: list[Unit] = []
        self._options: dict[tuple[str, str, str], list[tuple[str, str]]] = {}

    def run(self) -> Compiled:
        """Every unit, then what they make together."""
        for form in self.content.library.forms.values():
            for market in form.markets:
                self._offer(form, market)
        self._loose_findings()
        documents_without_release = {unit: documents(built.projection) for unit, built in self.units.items()}
        rules = self._rules()
        inputs = {**self.content.inputs, "@selection": self._selection(documents_without_release, rules)}
        release = release_id(inputs)
        written = {
            unit: {dialect: to_bytes({**body, "release": release}) for dialect, body in bodies.items()}
            for unit, bodies in documents_without_release.items()
        }
        for unit, bodies in written.items():
            projections = rules["forms"][unit.form]["markets"][unit.market]["locales"][unit.locale]["projections"]
            projections.update({dialect: digest(data) for dialect, data in bodies.items()})
        problems = self._problems()
        return Compiled(
            release=release,
            inputs=dict(sorted(inputs.items())),
            units=self.units,
            documents=written,
            rules=rules,
            index=self._index(release, written),
            problems=problems,
            texts={name: text for built in self.units.values() for name, text in built.texts.items()},
            findings=self.findings.sorted(),
            blocked=[unit for unit in self.all_units if unit not in self.units],
            offers=self.offers,
        )

    # One form in one market, then in each of its locales.

    def _offer(self, form: Form, market: str) -> None:
        built, found = offer(self.content, form, market, production=self.settings.production)
        policy = self.content.policies.markets.get(market)
        tags = [tag for tag in policy.locales if tag in self.locales] if policy else []
        units = [Unit(form.form, market, tag) for tag in tags] or [Unit(form.form, market, "*")]
        self.all_units += units
        for tag in set(policy.locales if policy else ()) - set(tags):
            finding = Finding(LOCALES, 0, tag, "reference", f"no locale {tag}, which {market} needs", "add it")
            self.findings.add([finding], Unit(form.form, market, tag))
        for unit in units:
            self.findings.add(found, unit)
        if built is None or any(finding.severity == "error" for finding in found):
            # The words are judged all the same, so that one run names everything there is to mend.
            if built is not None:
                for unit in units:
                    self._unit(built, unit)
            return
        self.offers[form.form, market] = built
        for unit in units:
            compiled = self._unit(built, unit)
            if compiled is not None:
                self.units[unit] = compiled

    def _unit(self, built: Offer, unit: Unit) -> CompiledUnit | None:
        locale = self.locales[unit.locale]
        speaker = _Speaker(locale)
        found = [*locale.findings, *self._shared_findings(speaker)]
        notice, statements, text_findings = self._texts(built, locale)
        projection = self._projection(built, unit, speaker, notice, statements)
        found += text_findings + speaker.findings
        self.findings.add(found, unit)
        if projection is None or notice is None or any(finding.severity == "error" for finding in found):
            return None
        shown = [notice, *statements.values()]
        return CompiledUnit(
            projection=projection,
            rules={
                "projections": {},
                "notice": {"id": NOTICE, "version": notice.version, "digest": notice.digest},
                "statements": {name: {"version": t.version, "digest": t.digest} for name, t in statements.items()},
                "errors": self._field_errors(projection),
                "valid_until": min((t.until.isoformat() for t in shown if t.until is not None), default=None),
            },
            texts={text.digest: text.rendered.canonical for text in shown},
            sample=projection.sample,
        )

    def _shared_findings(self, speaker: _Speaker) -> list[Finding]:
        """What every form of the locale stands on: the texts of refusals, and messages.yaml itself."""
        silent = _Speaker(speaker.locale)
        for code in ANSWER_ERRORS:
            silent.maybe(f"error.{code}")
        for code in STATUS:
            silent.maybe(f"problem.{code}.title")
            silent.maybe(f"problem.{code}.detail")
        return [*silent.findings, *self._message_findings()]

    def _message_findings(self) -> list[Finding]:
        library = self.content.library
        found = list(library.broken.get("messages", []))
        source = library.sources.get(MESSAGES)
        if source is None:
            return found
        found += [
            source.finding(("errors",), "missing-message", f"no words for the error {code}", "add it")
            for code in ANSWER_ERRORS
            if code not in library.errors
        ]
        for code, status in STATUS.items():
            problem = library.problems.get(code)
            if problem is None:
                found.append(source.finding(("problems",), "missing-message", f"no words for {code}", "add it"))
            elif problem.status != status:
                key = ("problems", code, "status")
                found.append(source.finding(key, "schema", f"the API answers {status}", f"write {status}"))
        if "choose" not in library.ui:
            found.append(source.finding(("ui",), "missing-message", "no words for choose", "add it"))
        return found

    def _texts(self, built: Offer, locale: _Locale) -> tuple[ActiveText | None, dict[str, ActiveText], list[Finding]]:
        place = TextPlace(
            market=built.policy.market,
            parents=built.policy.parents,
            locale=locale.entry.tag,
            rtl=locale.rtl,
            on=self.settings.day,
        )
        consent = self.content.consent
        notice, found = active_text(consent, place, NOTICE, built.controller, set(built.policy.notice_elements))
        found = [*found, *self._approval_findings(built.policy.market)]
        statements: dict[str, ActiveText] = {}
        for name, (statement, _) in built.statements.items():
            required = required_elements(built.policy, statement)
            active, more = active_text(consent, place, name, built.controller, required)
            found += more
            if active is not None:
                statements[name] = active
        if self.settings.production:
            for text in [notice, *statements.values()]:
                if text is not None and text.sample:
                    path = f"consent_texts/{built.policy.market}/{text.id}"
                    message = f"version {text.version} in {locale.entry.tag}, or its approval, is a sample"
                    found.append(Finding(path, 0, "sample", "sample", message, "have a reviewed text approved"))
        return notice, statements, found

    def _approval_findings(self, market: str) -> list[Finding]:
        consent = self.content.consent
        return [*consent.broken.get(f"approvals:{market}", []), *consent.broken.get("lock", [])]

    # What a unit shows.

    def _projection(
        self,
        built: Offer,
        unit: Unit,
        speaker: _Speaker,
        notice: ActiveText | None,
        statements: Mapping[str, ActiveText],
    ) -> Projection | None:
        form = built.form
        name = f"form.{form.form}"
        stages = [self._stage(built, stage, speaker, statements) for stage in built.stages]
        messages = {code: speaker.both(f"ui.{code}") for code in self.content.library.ui}
        title, intro = speaker.say(f"{name}.title"), speaker.maybe(f"{name}.intro")
        done_title, done_text = speaker.say(f"{name}.done.title"), speaker.say(f"{name}.done.text")
        controller_name = built.controller.value("name", unit.locale)
        if notice is None or controller_name is None or len(statements) < len(built.statements):
            return None
        return Projection(
            form=form.form,
            version=form.version,
            market=unit.market,
            locale=unit.locale,
            dir=speaker.locale.dir,
            release="",
            sample=built.sample or notice.sample or any(text.sample for text in statements.values()),
            title=title,
            intro=intro,
            controller=built.controller.controller,
            controller_name=controller_name,
            hcp_gate=built.policy.hcp_gate,
            fallbacks=sorted(speaker.fallbacks),
            notice=_shown_text(notice),
            stages=stages,
            done_title=done_title,
            done_text=done_text,
            messages=messages,
            source_locale=DEFAULT_LOCALE,
        )

    def _stage(
        self, built: Offer, offered: OfferStage, speaker: _Speaker, statements: Mapping[str, ActiveText]
    ) -> ShownStage:
        name = f"form.{built.form.form}.stage.{offered.stage.id}"
        shown = []
        for text_id in offered.statements:
            if text_id in statements:
                statement, _ = built.statements[text_id]
                text = _shown_text(statements[text_id])
                shown.append(replace(text, purpose=statement.purpose, channels=tuple(statement.channels)))
        return ShownStage(
            id=offered.stage.id,
            title=speaker.say(f"{name}.title"),
            intro=speaker.maybe(f"{name}.intro"),
            submit=speaker.say(f"{name}.submit"),
            fields=[self._field(built, placed, speaker) for placed in offered.fields],
            statements=shown,
            schema=offered.schema,
        )

    def _field(self, built: Offer, placed: PlacedField, speaker: _Speaker) -> ShownField:
        name = f"field.{placed.name}"
        errors = {}
        if placed.required:
            errors["required"] = speaker.say(f"{name}.error.required")
        if placed.spec.type != "declaration":
            invalid = speaker.maybe(f"{name}.error.invalid")
            if invalid is not None:
                errors["invalid"] = invalid
        if placed.spec.type == "phone":
            example = _phone_example(built.policy.country, rtl=speaker.locale.rtl)
            errors = {code: text.replace("{example}", example) for code, text in errors.items()}
        return ShownField(
            placed=placed,
            label=speaker.say(f"{name}.label"),
            help=speaker.maybe(f"{name}.help"),
            errors=errors,
            options=self._labelled(built, placed, speaker),
        )

    def _labelled(self, built: Offer, placed: PlacedField, speaker: _Speaker) -> list[tuple[str, str]]:
        locale = speaker.locale
        if placed.spec.type == "country":
            return locale.countries
        if placed.spec.type == "region":
            return names.region_options(built.policy.country, locale.entry)
        if placed.spec.options is None:
            return []
        held = self.content.library.options[placed.spec.options]
        labelled = [(option.code, speaker.say(f"option.{held.set}.{option.code}")) for option in held.options]
        if held.sort == "listed":
            return labelled
        key = (locale.entry.tag, held.set, "")
        if key not in self._options:
            self._options[key] = names.by_label(labelled, locale.entry.language)
        return self._options[key]

    def _field_errors(self, projection: Projection) -> dict[str, dict[str, str]]:
        """The sentences by field and code; a choice outside the list has the field's own sentence too."""
        errors: dict[str, dict[str, str]] = {}
        for stage in projection.stages:
            for item in stage.fields:
                said = dict(item.errors)
                if item.options and "invalid" in said:
                    said["not-an-option"] = said["invalid"]
                if item.placed.spec.type == "declaration" and "required" in said:
                    said["not-an-option"] = said["required"]
                errors[item.placed.name] = said
        return errors

    # What the units make together.

    def _loose_findings(self) -> None:
        """Findings that no unit met on its way: broken forms, unused files, sites."""
        content = self.content
        for entity, found in content.library.broken.items():
            if entity.startswith("form:"):
                self.findings.add(found)
                for unit in self._units_of_broken(entity.removeprefix("form:")):
                    self.all_units.append(unit)
                    self.findings.add(found, unit)
        self.findings.add(content.library.findings())
        self.findings.add(content.consent.findings())
        self.findings.add(content.policies.others)
        self.findings.add(found for all_found in content.policies.findings.values() for found in all_found)
        self.findings.add(content.locale_findings)
        self.findings.add(found for all_found in content.catalog_findings.values() for found in all_found)
        self.findings.add(unknown_elements(content.consent, content.policies.elements))
        for name, catalog in content.catalogs.items():
            for id_ in sorted(set(catalog.entries) - set(content.strings)):
                line = catalog.entries[id_].line
                message, mend = "no English string has this id", "run `consentry content extract`"
                self.findings.add([Finding(catalog.path, line, id_, "obsolete", message, mend, "warning")])
            if not is_thin(name) and name.partition("-")[0] not in UNTAILORED:
                message = "lists are sorted by the root collation, which this language tailors"
                mend = "add its order to consentry.locales.build.collation"
                self.findings.add([Finding(catalog.path, 0, "", "collation", message, mend, "warning")])
        self.findings.add(content.site_findings)

    def _units_of_broken(self, form: str) -> Iterator[Unit]:
        source = self.content.library.sources.get(f"forms/{form}.yaml")
        data = source.data if source is not None and isinstance(source.data, dict) else {}
        markets = data.get("markets")
        for market in markets if isinstance(markets, dict) else ():
            policy = self.content.policies.markets.get(market)
            for tag in policy.locales if policy else ("*",):
                yield Unit(form, market, tag)

    def _published_locales(self, form: str, market: str) -> list[str]:
        policy = self.content.policies.markets.get(market)
        return [tag for tag in policy.locales if Unit(form, market, tag) in self.units] if policy else []

    def _sites(self) -> dict[str, SiteRules]:
        sites: dict[str, SiteRules] = {}
        for name, (site, source) in self.content.sites.items():
            found = judge_site(site, source, self.content.library.forms)
            if self.settings.production and site.sample:
                mend = "replace it and remove `sample: true`"
                found.append(source.finding(("sample",), "sample", "a sample site cannot go into production", mend))
            self.findings.add(found)
            if found:
                continue
            sites[name] = {
                "forms": list(site.forms),
                "markets": list(site.open_markets),
                "origins": list(site.origins),
                "controller": site.controller,
                "capture_point": site.capture_point,
            }
        return sites

    def _rules(self) -> ReleaseRules:
        forms: dict[str, FormRules] = {}
        for (name, market), built in self.offers.items():
            tags = self._published_locales(name, market)
            if not tags:
                continue
            form = forms.setdefault(
                name,
                {
                    "version": built.form.version,
                    "persona": built.form.persona,
                    "offer": {"id": built.form.offer.id, "type": built.form.offer.type},
                    "product_type": built.form.product_type,
                    "markets": {},
                },
            )
            form["markets"][market] = self._market_rules(built, tags)
        return {
            "state": "current",
            "superseded_at": None,
            "places": dict(sorted(self.content.policies.places.items())),
            "sites": self._sites(),
            "forms": forms,
        }

    def _market_rules(self, built: Offer, tags: list[str]) -> MarketRules:
        policies, market = self.content.policies, built.policy.market
        units = {tag: self.units[Unit(built.form.form, market, tag)] for tag in tags}
        stages: list[StageRules] = [
            {
                "id": offered.stage.id,
                "schema": dict(offered.schema),
                "fields": {
                    placed.name: {"type": placed.spec.type, "store": placed.spec.store, "data": placed.spec.data}
                    for placed in offered.fields
                },
                "statements": list(offered.statements),
            }
            for offered in built.stages
        ]
        return {
            "controller": built.controller.controller,
            "policy": built.policy.version,
            "overlay": built.policy.overlay,
            "country": built.policy.country,
            "sample": any(unit.sample for unit in units.values()),
            "verification_required_before": "content" if built.policy.hcp_gate is not None else None,
            "request": purpose_rules(built.purpose, basis(built.purpose, policies, market)),
            "statements": {
                name: statement_rules(statement, purpose, basis(purpose, policies, market), built.policy)
                for name, (statement, purpose) in built.statements.items()
            },
            "stages": stages,
            "locales": {tag: unit.rules for tag, unit in units.items()},
        }

    @staticmethod
    def _selection(bodies: Mapping[Unit, Mapping[str, Any]], rules: ReleaseRules) -> str:
        """SHA-256 of what the inputs came to on that day: the date and the switches decide what is in force."""
        said = hashlib.sha256(to_bytes(rules))
        for unit, dialects in bodies.items():
            said.update(to_bytes([unit.form, unit.market, unit.locale, dialects]))
        return said.hexdigest()

    def _index(self, release: str, written: Mapping[Unit, Mapping[str, bytes]]) -> dict[str, Any]:
        content = self.content
        forms: dict[str, Any] = {}
        served: dict[str, str] = {}
        for form in content.library.forms.values():
            markets: dict[str, Any] = {}
            for market in form.markets:
                tags = self._published_locales(form.form, market)
                units = [Unit(form.form, market, tag) for tag in tags]
                digests = {
                    unit.locale: {dialect: {"digest": digest(data)} for dialect, data in written[unit].items()}
                    for unit in units
                }
                for unit in units:
                    for dialect, data in written[unit].items():
                        served[f"{release}/{form.form}/{market}/{unit.locale}/{dialect}"] = digest(data)
                markets[market] = {
                    "locales": tags,
                    "documents": digests,
                    "fallbacks": {
                        unit.locale: [
                            {"key": key, "locale": DEFAULT_LOCALE} for key in self.units[unit].projection.fallbacks
                        ]
                        for unit in units
                    },
                    "blocked": [
                        u.locale
                        for u in self.all_units
                        if u not in self.units and (u.form, u.market) == (form.form, market)
                    ],
                    "sample": any(self.units[unit].sample for unit in units),
                }
            forms[form.form] = {"title": form.title, "markets": markets}
        return {
            "release": release,
            "default_locale": DEFAULT_LOCALE,
            "forms": forms,
            "releases": {release: {"state": "current"}},
            "documents": served,
            "languages": {tag: names.endonym(locale.entry) for tag, locale in self.locales.items()},
            "directions": {tag: locale.dir for tag, locale in self.locales.items()},
            "markets": {
                name: {
                    "names": {
                        tag: names.place_name(policy.country, policy.region, locale.entry)
                        for tag, locale in self.locales.items()
                    },
                    "locales": list(policy.locales),
                    "place": {"country": policy.country, "region": policy.region},
                }
                for name, policy in content.policies.markets.items()
            },
            "sites": {
                name: {
                    "name": site.name,
                    "forms": site.forms,
                    "market": site.market,
                    "markets": site.open_markets,
                    "origins": site.origins,
                    "theme": {"accent": site.theme.accent},
                    "sample": site.sample,
                }
                for name, (site, source) in content.sites.items()
                if not judge_site(site, source, content.library.forms)
            },
        }

    def _problems(self) -> dict[str, Any]:
        languages: dict[str, str] = {}
        for tag, locale in self.locales.items():
            languages.setdefault(locale.entry.language, tag)
        if DEFAULT_LOCALE in self.locales:
            languages["en"] = DEFAULT_LOCALE
        said = {}
        for tag, locale in self.locales.items():
            speaker = _Speaker(locale)
            said[tag] = {
                "problems": {
                    code: {
                        "title": speaker.say(f"problem.{code}.title"),
                        "detail": speaker.say(f"problem.{code}.detail"),
                    }
                    for code in self.content.library.problems
                },
                "errors": {code: speaker.say(f"error.{code}") for code in self.content.library.errors},
            }
        return {"default": DEFAULT_LOCALE, "locales": said, "languages": languages}


def _shown_text(text: ActiveText) -> ShownText:
    return ShownText(
        id=text.id,
        version=text.version,
        digest=text.digest,
        label=text.rendered.label,
        paragraphs=text.rendered.paragraphs,
        links=text.rendered.links,
    )


def release_id(inputs: Mapping[str, str]) -> str:
    """``r`` and 32 hex digits of the SHA-256 of the sorted manifest and the compiler's version."""
    said = json.dumps([dict(sorted(inputs.items())), COMPILER], separators=(",", ":"), ensure_ascii=False)
    return "r" + hashlib.sha256(said.encode("utf-8")).hexdigest()[:32]


def compile_content(content: Content, settings: Settings) -> Compiled:
    """Compile everything. Deterministic: the same content and settings give the same result."""
    return Compiler(content, settings).run()
