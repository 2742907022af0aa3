"""Every string of a locale that a job may carry, as it stands: labels from the catalogs, legal texts line by line."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from consentry.consent.build.gates import Place, approved, candidates
from consentry.consent.build.library import TextFile, text_key
from consentry.consent.build.texts import render
from consentry.consent.models import NOTICE, Text
from consentry.content.build.content import Content
from consentry.content.build.policy import Policy
from consentry.content.jobs.model import SOURCE_LOCALE, State, stamp
from consentry.forms.build.catalogs import CatalogFile, Entry, plural_categories
from consentry.forms.build.models import Form, StageField
from consentry.forms.build.strings import SourceString
from consentry.locales.build.registry import LocaleEntry

SOURCE_MARKET = "GB"


@dataclass(frozen=True)
class Use:
    """Where a string is shown."""

    form: str
    stage: str
    market: str


@dataclass(frozen=True)
class Line:
    """One string as it stands. ``targets`` has one text per category; ``changed``: it waits for a translator."""

    key: str
    kind: Literal["label", "legal"]
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    state: State
    changed: bool
    where: str
    categories: tuple[str, ...] = ("",)
    source_locale: str = SOURCE_LOCALE
    uses: tuple[Use, ...] = ()
    limit: int | None = None
    previous: str = ""
    reference: str = ""
    anchor: str = ""
    concepts: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The key without the string's own name."""
        return self.key.partition("#")[0]

    @property
    def name(self) -> str:
        """The string's own name: its id, or the line of a legal text."""
        return self.key.partition("#")[2]

    @property
    def stamp(self) -> str:
        """Binds the string, its English and its translation as they stand."""
        return stamp(self.key, self.sources, self.targets)

    @property
    def markets(self) -> tuple[str, ...]:
        """The markets that show it."""
        return tuple(dict.fromkeys(use.market for use in self.uses))


@dataclass(frozen=True)
class LegalText:
    """A legal text of the locale: the newest version, or none yet and then what it is to be made from."""

    market: str
    id: str
    locale: str
    file: TextFile | None
    reference: TextFile | None
    uses: tuple[Use, ...]
    draft: bool
    """Not approved, or older than the reference it was made from."""

    @property
    def key(self) -> str:
        """``consent_texts/DE/profiling/1.de-DE``."""
        version = self.file.text.version if self.file else 1
        return f"consent_texts/{self.market}/{self.id}/{version}.{self.locale}"

    @property
    def shape(self) -> TextFile | None:
        """The text whose lines a translation has."""
        return self.file or self.reference


class JobLines:
    """The strings of one locale."""

    def __init__(self, content: Content, locale: LocaleEntry, on: date) -> None:
        self.content = content
        self.locale = locale
        self.on = on
        self._uses = _uses(content, locale.tag)
        self.texts = {text.key: text for text in self._texts()}
        self.lines = {line.key: line for line in (*self._labels(), *self._legal())}

    @property
    def catalog(self) -> str | None:
        """The catalog that the locale's translations are written to; English has none."""
        return self.locale.catalogs[0] if self.locale.catalogs else None

    @property
    def categories(self) -> list[str]:
        """CLDR's plural categories of the language."""
        return plural_categories(self.catalog or self.locale.language)

    # Labels.

    def _labels(self) -> Iterator[Line]:
        if self.catalog is None:
            return
        chain = [self.content.catalogs[name] for name in self.locale.catalogs if name in self.content.catalogs]
        for string in self.content.strings.values():
            yield self._label(string, chain)

    def _label(self, string: SourceString, chain: list[CatalogFile]) -> Line:
        categories = tuple(self.categories) if string.other is not None else ("",)
        sources = (string.text,) if string.other is None else (string.text, string.other)
        entry, inherited = _entry(string.id, chain, self.catalog or "")
        targets: tuple[str, ...] = ("",) * len(categories)
        state: State = "new"
        if entry is not None:
            targets = tuple((entry.strings + [""] * len(categories))[: len(categories)])
            stale = entry.fuzzy or (entry.source, entry.other) != (string.text, string.other)
            state = "needs-review" if stale else "translated"
        elif self.locale.language == "en":
            targets, state = (string.text,) if string.other is None else (string.text, string.other), "translated"
        # What is missing in the whole chain belongs to its last, full catalog.
        mine = not inherited if entry is not None else self.catalog == self.locale.catalogs[-1]
        return Line(
            key=f"forms/catalogs/{self.catalog}#{string.id}",
            kind="label",
            sources=sources,
            targets=targets,
            state=state,
            changed=mine and state != "translated",
            where=string.where,
            categories=categories,
            uses=self.uses_of(string.id),
            limit=string.limit,
            previous=_previous(entry) if entry is not None and state == "needs-review" else "",
            anchor=string.id,
        )

    def inherited_changes(self) -> dict[str, int]:
        """How many strings wait in catalogs that this locale inherits from."""
        if self.catalog is None:
            return {}
        chain = [self.content.catalogs[name] for name in self.locale.catalogs if name in self.content.catalogs]
        counts: dict[str, int] = defaultdict(int)
        for string in self.content.strings.values():
            line = self._label(string, chain)
            if not line.changed and line.state != "translated":
                counts[self.locale.catalogs[-1]] += 1
        return dict(counts)

    def uses_of(self, id_: str) -> tuple[Use, ...]:
        """Where a string is shown, by the longest beginning of its id that is known."""
        parts = id_.split(".")
        for length in range(len(parts), 0, -1):
            if found := self._uses.get(".".join(parts[:length])):
                return tuple(found)
        return ()

    # Legal texts.

    def _texts(self) -> Iterator[LegalText]:
        shown: dict[tuple[str, str], list[Use]] = defaultdict(list)
        held: dict[tuple[str, str], TextFile | None] = {}
        drafts: set[tuple[str, str]] = set()
        for form, policy, stage, text_id in _shown_texts(self.content, self.locale.tag):
            place = policy.place(self.locale, self.on)
            files = candidates(self.content.consent, place, text_id)
            if not files and self._broken(policy, text_id):
                continue
            owner = files[-1].market if files else self._owner(policy)
            key = (owner, text_id)
            held[key] = files[-1] if files else None
            shown[key].append(Use(form.form, stage, policy.market))
            if files and not self._approved(form, place, files[-1]):
                drafts.add(key)
        for (market, text_id), uses in shown.items():
            file = held[market, text_id]
            reference = self._reference(market, text_id, file)
            outdated = file is not None and _outdated(file.text, reference)
            draft = file is None or outdated or (market, text_id) in drafts
            yield LegalText(market, text_id, self.locale.tag, file, reference, tuple(dict.fromkeys(uses)), draft)

    def _broken(self, policy: Policy, text_id: str) -> bool:
        chain = (policy.market, *policy.parents)
        return any(text_key(market, text_id, self.locale.tag) in self.content.consent.broken for market in chain)

    def _owner(self, policy: Policy) -> str:
        """The widest market of the chain that speaks the locale: its overlays inherit the text."""
        chain = self.content.policies.chain(policy.market)
        return [m for m in chain if self.locale.tag in self.content.policies.markets[m].locales][-1]

    def _approved(self, form: Form, place: Place, file: TextFile) -> bool:
        controller = self.content.consent.controllers.get(form.markets[place.market].controller)
        if controller is None:
            return True
        rendered, _ = render(file.source, file.text, controller, place.locale, rtl=place.rtl)
        return rendered is not None and approved(self.content.consent, place, file, rendered.digest) is not None

    def _reference(self, market: str, text_id: str, file: TextFile | None) -> TextFile | None:
        """The text it was made from as declared, else the same market's English, else the British one."""
        texts = self.content.consent.texts
        wanted = []
        if file is not None and file.text.reference:
            of, name, version = file.text.reference.split("/")
            wanted.append((of, name, version.partition(".")[2]))
        policy = self.content.policies.markets.get(market)
        wanted += [(market, text_id, tag) for tag in (policy.locales if policy else ()) if tag.startswith("en")]
        wanted.append((SOURCE_MARKET, text_id, SOURCE_LOCALE))
        for key in wanted:
            if key != (market, text_id, self.locale.tag) and texts.get(key):
                return texts[key][-1]
        return None

    def _legal(self) -> Iterator[Line]:
        for text in self.texts.values():
            shape = text.shape
            if shape is None:
                continue
            english = _aligned(shape.text, text.reference.text) if text.reference else {}
            reference = text.reference.name if text.reference else ""
            for name, (own, states) in passages(shape.text).items():
                source = english.get(name)
                what = "Privacy notice" if text.id == NOTICE else f"Consent statement {text.id}"
                states_ = f"; must state: {', '.join(states)}" if states else ""
                said = f"{reference}" if source is not None else f"{reference or 'English'} has no such passage"
                if name == "label" and text.reference is not None:
                    said = f"{reference}, whole: {_whole(text.reference.text)}"
                elif source is None:
                    said += ": the source shown is the wording in force"
                yield Line(
                    key=f"{text.key}#{name}",
                    kind="legal",
                    sources=(own if source is None else source,),
                    targets=(own if text.file else "",),
                    state="new" if text.file is None else "needs-review" if text.draft else "translated",
                    changed=text.draft,
                    where=f"{what}, {_in_words(name)}{states_}",
                    source_locale=self.locale.tag if source is None else _locale(text.reference),
                    uses=text.uses,
                    reference=said,
                    anchor=text.id,
                    concepts=tuple(shape.text.concepts),
                )


def _locale(file: TextFile | None) -> str:
    return file.text.locale if file else SOURCE_LOCALE


def _entry(id_: str, chain: list[CatalogFile], own: str) -> tuple[Entry | None, bool]:
    """The translation that the locale shows, and whether it stands in a catalog it inherits from."""
    for catalog in chain:
        entry = catalog.entries.get(id_)
        if entry is not None and entry.translated:
            return entry, catalog.name != own
    return None, False


def _previous(entry: Entry) -> str:
    return entry.previous[0] if entry.previous else entry.source


def _uses(content: Content, locale: str) -> Mapping[str, list[Use]]:
    """By the beginning of a string's id: the forms, stages and markets that show it."""
    found: dict[str, dict[Use, None]] = defaultdict(dict)
    for form, policy in _forms(content, locale):
        for stage in form.stages:
            use = Use(form.form, stage.id, policy.market)
            found[f"form.{form.form}.stage.{stage.id}"][use] = None
            if stage is form.stages[0]:
                for general in (f"form.{form.form}", "ui", "error", "problem"):
                    found[general][use] = None
            for name in _members(content, stage.fields, policy.market):
                found[f"field.{name}"][use] = None
                spec = content.library.fields.get(name)
                if spec is not None and spec.options is not None:
                    found[f"option.{spec.options}"][use] = None
    return {id_: list(uses) for id_, uses in found.items()}


def _members(content: Content, fields: list[str | StageField], market: str) -> Iterator[str]:
    for entry in fields:
        name = entry.field if isinstance(entry, StageField) else entry
        group = content.library.groups.get(name)
        yield from group.get(market, group["default"]) if group else [name]


def _forms(content: Content, locale: str) -> Iterator[tuple[Form, Policy]]:
    for form in content.library.forms.values():
        for market in form.markets:
            policy = content.policies.markets.get(market)
            if policy is not None and locale in policy.locales:
                yield form, policy


def _shown_texts(content: Content, locale: str) -> Iterator[tuple[Form, Policy, str, str]]:
    for form, policy in _forms(content, locale):
        yield form, policy, form.stages[0].id, NOTICE
        for stage in form.stages:
            for text_id in (*stage.statements, *stage.market_statements.get(policy.market, [])):
                yield form, policy, stage.id, text_id


def _outdated(text: Text, reference: TextFile | None) -> bool:
    """True when the text declares a reference of which there is a newer version."""
    if text.reference is None or reference is None:
        return False
    return reference.name != text.reference and reference.name.rpartition("/")[0] == text.reference.rpartition("/")[0]


def passages(text: Text) -> dict[str, tuple[str, list[str]]]:
    """Translatable lines by name: ``label``, ``paragraphs[0]``, ``links[0]``; each with what it must state."""
    found = {"label": (text.label.text, text.label.covers)}
    found |= {f"paragraphs[{index}]": (p.text, p.covers) for index, p in enumerate(text.paragraphs)}
    found |= {f"links[{index}]": (link.text, link.covers) for index, link in enumerate(text.links)}
    return found


def _aligned(text: Text, reference: Text) -> dict[str, str]:
    """The reference's passage for each line of ``text``: by place in texts of one shape, else by what both state."""
    theirs = passages(reference)
    if len(text.paragraphs) == len(reference.paragraphs) and len(text.links) == len(reference.links):
        return {name: said for name, (said, _) in theirs.items()}
    found = {"label": reference.label.text}
    for index, paragraph in enumerate(text.paragraphs):
        ranked = [(len({*paragraph.covers} & {*p.covers}), -at, p.text) for at, p in enumerate(reference.paragraphs)]
        shared, _, said = max(ranked, default=(0, 0, ""))
        if shared:
            found[f"paragraphs[{index}]"] = said
    for index, link in enumerate(text.links):
        same = [other.text for other in reference.links if other.url == link.url]
        if same:
            found[f"links[{index}]"] = same[0]
    return found


def _whole(text: Text) -> str:
    return " ¶ ".join(said for said, _ in passages(text).values())


def _in_words(name: str) -> str:
    part, _, index = name.rstrip("]").partition("[")
    return f"{part.removesuffix('s')} {int(index) + 1}" if index else part
