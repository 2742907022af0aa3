"""One form × market × locale: its texts, its words, its projection, and every reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from consentry.base.build.findings import Finding, Unit, errors
from consentry.base.problems import STATUS
from consentry.consent.build.gates import ActiveText, active_text, candidates, unlocked
from consentry.consent.build.library import TextFile
from consentry.consent.build.texts import render
from consentry.consent.models import NOTICE
from consentry.content.build.content import Content
from consentry.content.build.offers import Offer, OfferStage, required_elements
from consentry.content.build.speaker import LocaleContext, Speaker, phone_example
from consentry.content.rules import LocaleRules
from consentry.forms.build.documents import Projection, ShownField, ShownStage, ShownText
from consentry.forms.build.library import MESSAGES
from consentry.forms.build.schema import ELSEWHERE, PlacedField
from consentry.locales.build import names

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
    "another-place",
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


@dataclass(frozen=True)
class ShownLegal:
    """A legal text as a unit shows it, slots filled; or, ``waiting``, would show it once it is approved."""

    file: TextFile
    canonical: str
    waiting: bool = False
    instead: int | None = None
    """The version shown while this one waits, if any."""


@dataclass(frozen=True)
class Shown:
    """Everything a unit says: ids of catalog strings, and legal texts."""

    strings: tuple[str, ...]
    texts: tuple[ShownLegal, ...]


_Texts = tuple[ActiveText | None, dict[str, ActiveText], list[Finding]]


class UnitCompiler:
    """Compiles units of ``content`` under ``settings``."""

    def __init__(self, content: Content, settings: Settings) -> None:
        self.content = content
        self.settings = settings
        self._options: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.shown: dict[Unit, Shown] = {}
        """What each unit compiled so far says, blocked ones too."""

    def compile(self, built: Offer, unit: Unit, locale: LocaleContext) -> tuple[CompiledUnit | None, list[Finding]]:
        """The unit, or nothing when any of the findings is an error."""
        speaker = Speaker(locale)
        found = [*locale.findings, *self._shared_findings(speaker)]
        notice, statements, text_findings = self._texts(built, locale)
        projection = self._projection(built, unit, speaker, notice, statements)
        found += text_findings + speaker.findings
        legal = self._legal(built, locale, {NOTICE: notice, **dict.fromkeys(built.statements), **statements})
        self.shown[unit] = Shown(tuple(speaker.said), legal)
        if projection is None or notice is None or any(finding.severity == "error" for finding in found):
            return None, found
        shown = [notice, *statements.values()]
        compiled = CompiledUnit(
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
        return compiled, found

    def _shared_findings(self, speaker: Speaker) -> list[Finding]:
        """What every form of the locale stands on: the texts of refusals, and messages.yaml itself."""
        silent = Speaker(speaker.locale)
        for code in ANSWER_ERRORS:
            silent.maybe(f"error.{code}")
        for code in STATUS:
            silent.maybe(f"problem.{code}.title")
            silent.maybe(f"problem.{code}.detail")
        speaker.said |= silent.said
        return [*silent.findings, *self._message_findings()]

    def _message_findings(self) -> list[Finding]:
        library = self.content.library
        found = list(library.broken.get("messages", []))
        source = library.sources.get(MESSAGES)
        if source is None or errors(found):
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
        found += [
            source.finding(("ui",), "missing-message", f"no words for {key}", "add it")
            for key in ("choose", "elsewhere")
            if key not in library.ui
        ]
        return found

    def _legal(
        self, built: Offer, locale: LocaleContext, active: Mapping[str, ActiveText | None]
    ) -> tuple[ShownLegal, ...]:
        """The texts shown, and those that would be once approved: their words are judged before they are signed."""
        place = built.policy.place(locale.entry, self.settings.day)
        found = []
        for name, text in active.items():
            if text is not None:
                found.append(ShownLegal(text.file, text.rendered.canonical))
            for file in candidates(self.content.consent, place, name):
                if text is not None and file.text.version <= text.version:
                    continue
                rendered, _ = render(file.source, file.text, built.controller, place.locale, rtl=place.rtl)
                until = file.text.effective.until
                if rendered is not None and (until is None or place.on < until):
                    version = text.version if text is not None else None
                    found.append(ShownLegal(file, rendered.canonical, waiting=True, instead=version))
        return tuple(found)

    def _texts(self, built: Offer, locale: LocaleContext) -> _Texts:
        place = built.policy.place(locale.entry, self.settings.day)
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
        shown = [text for text in [notice, *statements.values()] if text is not None]
        for text in shown:
            name, production = built.controller.controller, self.settings.production
            found += unlocked(consent, place, text, name, production=production)
        if self.settings.production:
            for text in shown:
                if text.sample:
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
        speaker: Speaker,
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
        self, built: Offer, offered: OfferStage, speaker: Speaker, statements: Mapping[str, ActiveText]
    ) -> ShownStage:
        name = f"form.{built.form.form}.stage.{offered.stage.id}"
        shown = []
        for text_id in offered.statements:
            if text_id in statements:
                statement, _ = built.statements[text_id]
                text = _shown_text(statements[text_id])
                shown.append(
                    replace(
                        text,
                        purpose=statement.purpose,
                        channels=tuple(statement.channels),
                        needs=tuple(statement.needs),
                    )
                )
        return ShownStage(
            id=offered.stage.id,
            title=speaker.say(f"{name}.title"),
            intro=speaker.maybe(f"{name}.intro"),
            submit=speaker.say(f"{name}.submit"),
            fields=[self._field(built, placed, speaker) for placed in offered.fields],
            statements=shown,
            schema=offered.schema,
        )

    def _field(self, built: Offer, placed: PlacedField, speaker: Speaker) -> ShownField:
        name = f"field.{placed.name}"
        errors = {}
        for code in ("required", "invalid"):
            text = speaker.maybe(f"{name}.error.{code}")
            if text is not None:
                errors[code] = text
        if placed.spec.type == "phone":
            example = phone_example(built.policy.country, rtl=speaker.locale.rtl)
            errors = {code: text.replace("{example}", example) for code, text in errors.items()}
        return ShownField(
            placed=placed,
            label=speaker.say(f"{name}.label"),
            help=speaker.maybe(f"{name}.help"),
            errors=errors,
            options=self._labelled(built, placed, speaker),
        )

    def _labelled(self, built: Offer, placed: PlacedField, speaker: Speaker) -> list[tuple[str, str]]:
        locale = speaker.locale
        if placed.spec.type == "country":
            elsewhere = (ELSEWHERE, speaker.maybe("ui.elsewhere") or ELSEWHERE)
            return [*names.country_options(built.place.countries, locale.entry), elsewhere]
        if placed.spec.type == "region":
            return names.region_options(built.policy.country, locale.entry)
        if placed.spec.options is None:
            return []
        held = self.content.library.options[placed.spec.options]
        labelled = [(option.code, speaker.say(f"option.{held.set}.{option.code}")) for option in held.options]
        if held.sort == "listed":
            return labelled
        key = (locale.entry.tag, held.set)
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


def _shown_text(text: ActiveText) -> ShownText:
    return ShownText(
        id=text.id,
        version=text.version,
        digest=text.digest,
        label=text.rendered.label,
        paragraphs=text.rendered.paragraphs,
        links=text.rendered.links,
    )
