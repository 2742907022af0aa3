"""Judging a translation before it is published, by the compiler's own rules. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from consentry.consent.models import Approval, Text
from consentry.consent.wording import Fault, Rendered, lacking_elements, objections, rendered
from consentry.content.workbench import Made, Place, Words, Workbench, label_path, sides
from consentry.forms.labels import faults
from consentry.glossary.concept import Waiver
from consentry.glossary.decisions import HOLDS_BACK, Violation, decide
from consentry.glossary.rulebook import Rulebook
from consentry.glossary.segments import Segment


@dataclass
class Verdict:
    """What stands for and against some words. ``blocking``: they cannot be approved as they stand."""

    findings: list[dict[str, Any]] = field(default_factory=list)
    judgements: list[dict[str, Any]] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    """Concepts whose approved term is used."""

    @property
    def blocking(self) -> bool:
        """Whether an error or a violation without waiver is among them."""
        stands = any(each["outcome"] in HOLDS_BACK and "waiver" not in each for each in self.judgements)
        return stands or any(each["severity"] == "error" for each in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Members of a response."""
        said = {"findings": self.findings, "judgements": self.judgements}
        return {**said, "passed": sorted(set(self.passed)), "publishable": not self.blocking}

    def found(self, rule: str, message: str, mend: str, *, warning: bool = False, **where: Any) -> None:
        """Note a finding once."""
        finding = {
            "rule": rule,
            "message": message,
            "mend": mend,
            "severity": "warning" if warning else "error",
            **where,
        }
        if finding not in self.findings:
            self.findings.append(finding)


@dataclass(frozen=True)
class Rules:
    """The glossary as it is enforced on a day."""

    rulebook: Rulebook
    waivers: Sequence[Waiver]
    day: date
    known: Callable[[str], bool] = bool
    """Whether the glossary has a concept, enforced or not."""


@dataclass(frozen=True)
class Shown:
    """A legal text with the data of one controller, in one market."""

    market: str
    controller: str
    rendered: Rendered
    faults: tuple[Fault, ...]

    @property
    def digest(self) -> str:
        """What an approval binds."""
        return self.rendered.digest


def label_segments(
    key: str, locale: str, places: Sequence[Place], source: Words, target: Words, limit: int | None
) -> list[Segment]:
    """The segments of a string in a locale, one per plural form, as the compiler makes them."""
    markets = tuple(dict.fromkeys(sorted(place.market for place in places)))
    units = tuple(sorted(place.unit for place in places))
    return [
        Segment(key, "label", locale, markets, units, english, words, max_length=limit)
        for english, words in sides(source, target)
    ]


def text_segment(path: str, locale: str, places: Sequence[Place], shown: Rendered, text: Text) -> Segment:
    """The segment of a legal text as the compiler makes it."""
    markets = tuple(dict.fromkeys(sorted(place.market for place in places)))
    units = tuple(sorted(place.unit for place in places))
    concepts = tuple(dict.fromkeys(text.concepts))
    return Segment(path, "legal", locale, markets, units, None, shown.canonical, concepts)


def check_label(
    bench: Workbench, over: Mapping[str, Made], catalog: str, id_: str, target: Words, rules: Rules
) -> Verdict:
    """Judge words for a string of a catalog in every locale and market that would show them."""
    verdict = Verdict()
    facts = bench.facts["strings"][id_]
    plurals = bench.facts["catalogs"][catalog]["plurals"] if isinstance(facts["source"], dict) else []
    strings = [target] if isinstance(target, str) else [target.get(each, "") for each in plurals]
    places = bench.showing(catalog, id_, over)
    locales = list(dict.fromkeys(place.locale for place in places)) or bench.locales_of(catalog)[:1]
    for locale in locales:
        for fault in faults(strings, plurals, facts["placeholders"], facts["limit"], locale):
            verdict.found(fault.rule, fault.message, fault.mend, warning=fault.warning)
        here = [place for place in places if place.locale == locale]
        key = label_path(catalog, id_)
        judge(verdict, rules, label_segments(key, locale, here, facts["source"], target, facts["limit"]))
    return verdict


def shown_texts(bench: Workbench, market: str, name: str, text: Text) -> list[Shown]:
    """A legal text as each market and controller that would show it does."""
    found: dict[tuple[str, str], Shown] = {}
    for place in bench.showing_text(market, name, text.locale):
        key = (place.market, place.facts["controller"])
        if key in found or not place.facts["controller"]:
            continue
        found[key] = show(bench, place, text)
    return list(found.values())


def show(bench: Workbench, place: Place, text: Text) -> Shown:
    """A legal text as one unit shows it."""
    controller = place.facts["controller"]
    rtl = bench.facts["locales"][text.locale]["rtl"]
    made, wrong = rendered(text, lambda slot: bench.slot(controller, slot, text.locale), rtl=rtl)
    return Shown(place.market, controller, made, tuple(wrong))


def check_text(
    bench: Workbench, path: str, market: str, name: str, text: Text, rules: Rules, before: Text | None = None
) -> Verdict:
    """Judge a legal text in every market that would show it; ``before`` is the version it follows."""
    verdict = Verdict()
    _declared(verdict, text, before, rules)
    places = bench.showing_text(market, name, text.locale)
    if not places:
        message = f"no form shows {name} of {market} in {text.locale}"
        verdict.found("not-shown", message, "add it to a form's `statements:`, or leave it as a draft", warning=True)
    for shown in shown_texts(bench, market, name, text):
        here = [p for p in places if (p.market, p.facts["controller"]) == (shown.market, shown.controller)]
        for fault in shown.faults:
            _fault(verdict, fault, shown, text.locale)
        for said in objections(text, shown.rendered, text.locale):
            verdict.found(said.rule, said.message, said.mend, warning=said.warning, pointer=pointer(said.key))
        required = {element for place in here for element in place.facts["texts"][name]}
        for said in lacking_elements(text, required, shown.market):
            verdict.found(said.rule, said.message, said.mend, market=shown.market, pointer=pointer(said.key))
        judge(verdict, rules, [text_segment(path, text.locale, here, shown.rendered, text)])
    return verdict


def _declared(verdict: Verdict, text: Text, before: Text | None, rules: Rules) -> None:
    """The concepts that a text declares are what it is checked for: none misspelt, none left out by mistake."""
    for index, name in enumerate(text.concepts):
        if not rules.known(name):
            message = f"no concept {name[:64]} in the glossary"
            mend = "correct its spelling, or take it out"
            verdict.found("unknown-concept", message, mend, pointer=pointer(("concepts", index)))
    lost = [name for name in before.concepts if name not in text.concepts and rules.known(name)] if before else []
    if before is not None and lost:
        message = f"version {before.version} declares {', '.join(lost)}, and this one does not"
        mend = "add them to “concepts”, unless the text is no longer about them"
        verdict.found("dropped-concept", message, mend, warning=True, pointer=pointer(("concepts",)))


def _fault(verdict: Verdict, fault: Fault, shown: Shown, locale: str) -> None:
    if fault.rule == "link":
        message, mend = f"{fault.subject!r} is not an https address", "write an address with https://"
    else:
        message = f"the slot {{{fault.subject}}} has no words in {locale} for {shown.controller}"
        mend = "use a slot that the controller has, such as {controller.name}, or have its file completed"
    verdict.found(fault.rule, message, mend, market=shown.market, pointer=pointer(fault.key))


def pointer(key: Iterable[str | int]) -> str:
    """A JSON Pointer into the text."""
    return "".join(f"/{part}" for part in ("text", *key))


def judge(verdict: Verdict, rules: Rules, segments: Iterable[Segment]) -> None:
    """Add what the glossary says about segments."""
    for segment in segments:
        for markets, judgements in rules.rulebook.judge(segment):
            for said in judgements:
                if said.outcome == "pass":
                    verdict.passed.append(said.concept)
                    continue
                entry = {**said.as_json(), "locale": segment.locale, "markets": list(markets)}
                if said.outcome in HOLDS_BACK:
                    decided = decide([Violation(segment, said, markets)], rules.waivers, (), rules.day)
                    if not decided.standing and decided.waived:
                        entry["waiver"] = decided.waived[0][1].id
                if entry not in verdict.judgements:
                    verdict.judgements.append(entry)


def approval_of(
    approvals: Iterable[Approval], name: str, version: int, locale: str, digest: str, day: date
) -> Approval | None:
    """The approval in force under these very words, a genuine one before a sample."""
    matching = [
        each
        for each in approvals
        if (each.text, each.version, each.locale, each.digest) == (name, version, locale, digest)
        and each.at.date() <= day < each.expires
    ]
    return max(matching, key=lambda each: (not each.sample, each.expires), default=None)
