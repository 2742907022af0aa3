"""A form in a market: everything that is the same in each of its languages, and every gate that is.

What is broken here blocks the form in that market in all its languages.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from consentry.base.build.findings import Finding, errors
from consentry.base.build.source import Key, Source
from consentry.base.faults import dotted
from consentry.consent.models import Controller, Purpose, Statement
from consentry.content.build.content import Content
from consentry.content.build.policy import Policies, Policy
from consentry.content.rules import PurposeRules, StatementRules
from consentry.forms.build.models import FieldSpec, Form, Stage, StageField
from consentry.forms.build.schema import Place, PlacedField, refused_keywords, stage_schema
from consentry.forms.labels import placeholders


@dataclass(frozen=True)
class OfferStage:
    """A stage with its fields expanded for the market, and the statements shown there."""

    stage: Stage
    fields: tuple[PlacedField, ...]
    statements: tuple[str, ...]
    schema: dict[str, object]


@dataclass
class Offer:
    """One form in one market; usable when ``findings`` holds no error."""

    form: Form
    policy: Policy
    controller: Controller
    purpose: Purpose
    stages: list[OfferStage]
    statements: dict[str, tuple[Statement, Purpose]]
    place: Place
    sample: bool
    findings: list[Finding] = field(default_factory=list)


def basis(purpose: Purpose, policies: Policies, market: str) -> str:
    """The legal basis in a market: said for it, for its parent, for European permission markets, or by default."""
    for name in policies.chain(market):
        if name in purpose.legal_basis:
            return purpose.legal_basis[name]
    if policies.markets[market].pack == "europe_permission" and "europe" in purpose.legal_basis:
        return purpose.legal_basis["europe"]
    return purpose.legal_basis["default"]


def purpose_rules(purpose: Purpose, legal_basis: str) -> PurposeRules:
    """The rules entry of a purpose."""
    return {
        "purpose": purpose.purpose,
        "purpose_version": purpose.version,
        "legal_basis": legal_basis,
        "dpv": purpose.dpv,
        "retention": purpose.retention.period,
        "retention_policy": purpose.retention.policy,
        "lane": purpose.lane,
    }


def statement_rules(statement: Statement, purpose: Purpose, legal_basis: str, policy: Policy) -> StatementRules:
    """The rules entry of a statement. Double opt-in proves a mailbox, so it concerns e-mail alone."""
    return {
        "purpose": statement.purpose,
        "purpose_version": statement.purpose_version,
        "channels": list(statement.channels),
        "expression": statement.expression,
        "legal_basis": legal_basis,
        "dpv": purpose.dpv,
        "retention": purpose.retention.period,
        "retention_policy": purpose.retention.policy,
        "lane": purpose.lane,
        "double_opt_in": policy.double_opt_in and "email" in statement.channels,
        "needs": list(statement.needs),
    }


def required_elements(policy: Policy, statement: Statement) -> set[str]:
    """What a statement's text must state in this market."""
    groups: list[str] = ["any", *statement.channels]
    if statement.purpose.startswith("profiling"):
        groups.append("profiling")
    return {element for group in groups for element in policy.statement_elements.get(group, ())}


class _Offering:
    """One pass over a form in a market."""

    def __init__(self, content: Content, form: Form, policy: Policy) -> None:
        self.content = content
        self.form = form
        self.policy = policy
        self.source: Source = content.library.sources[f"forms/{form.form}.yaml"]
        self.findings: list[Finding] = []
        self.whole = True
        """Whether every field could be read: else nobody can say what is not asked."""

    def find(self, key: Key, rule: str, message: str, mend: str) -> None:
        self.findings.append(self.source.finding(key, rule, message, mend))

    def broken(self, entities: list[str], key: Key, message: str, mend: str) -> None:
        """Something a reference leads to is missing: because it is broken, or because it was never written."""
        held: list[Finding] = []
        for entity in entities:
            held += self.content.library.broken.get(entity, []) + self.content.consent.broken.get(entity, [])
        causes = errors(held)
        self.findings += causes
        if not causes:
            self.find(key, "reference", message, mend)

    def controller(self) -> Controller | None:
        name = self.form.markets[self.policy.market].controller
        found = self.content.consent.controllers.get(name)
        if found is None:
            key = ("markets", self.policy.market, "controller")
            mend = f"add consent_texts/controllers/{name}.yaml"
            self.broken([f"controller:{name}"], key, f"no controller `{name}`", mend)
        return found

    def purpose(self, name: str, key: Key) -> Purpose | None:
        found = self.content.consent.purposes.get(name)
        if found is None:
            mend = f"add consent_texts/purposes/{name}.yaml"
            self.broken([f"purpose:{name}"], key, f"no purpose `{name}`", mend)
        return found

    def fields(self, index: int, stage: Stage) -> list[PlacedField]:
        placed = []
        library = self.content.library
        for position, entry in enumerate(stage.fields):
            key: Key = ("stages", index, "fields", position)
            name, required = (entry.field, entry.required) if isinstance(entry, StageField) else (entry, True)
            if name in library.groups:
                group = library.groups[name]
                members = group.get(self.policy.market, group["default"])
            else:
                members = [name]
            for member in members:
                spec = library.fields.get(member)
                if spec is None:
                    mend = "add it to forms/fields.yaml, or correct its name"
                    entities = [f"field:{member}", f"group:{member}", "fields"]
                    self.broken(entities, key, f"no field or group `{member}`", mend)
                    self.whole = False
                elif self.askable(member, spec, key):
                    placed.append(PlacedField(member, spec, required))
        return placed

    def askable(self, name: str, spec: FieldSpec, key: Key) -> bool:
        options = self.content.library.options
        if spec.options is not None and spec.options not in options:
            mend = f"add forms/options/{spec.options}.yaml"
            self.broken([f"options:{spec.options}"], key, f"no option set `{spec.options}`", mend)
            self.whole = False
            return False
        if name in self.policy.never_ask:
            message = f"{self.policy.market} never asks for {name}"
            self.find(key, "never-ask", message, "take the field out of the form, or out of this market by a group")
            return False
        for part, text in (("label", spec.label), ("help", spec.help or ""), ("required", spec.errors.required or "")):
            if unknown := placeholders(text):
                fields = self.content.library.sources["forms/fields.yaml"]
                path: Key = ("fields", name, "errors", part) if part == "required" else ("fields", name, part)
                message = f"nothing fills the placeholder {{{min(unknown)}}} here"
                self.findings.append(fields.finding(path, "placeholder", message, "take it out"))
        if spec.type == "region" and not Place(self.policy.country, ()).regions:
            message = f"no list of regions for {self.policy.country}"
            self.find(key, "reference", message, "ask for the region only where the market needs it, by a group")
            return False
        return True

    def stage(self, index: int, stage: Stage, place: Place) -> OfferStage:
        fields = self.fields(index, stage)
        extra = stage.market_statements.get(self.policy.market, [])
        names = [*stage.statements, *extra]
        for position, name in enumerate(names):
            inside = position < len(stage.statements)
            key: Key = (
                ("stages", index, "statements", position)
                if inside
                else ("stages", index, "market_statements", self.policy.market, position - len(stage.statements))
            )
            self.statement(name, key)
        schema = stage_schema(fields, self.content.library.options, place)
        for path, why in refused_keywords(schema):
            self.find(("stages", index), "pre-selected", f"the schema would hold {dotted(path)}: {why}", "report this")
        return OfferStage(stage, tuple(fields), tuple(names), schema)

    def statement(self, name: str, key: Key) -> None:
        statement = self.content.consent.statements.get(name)
        if statement is None:
            mend = "add it to consent_texts/statements.yaml, or correct its name"
            self.broken([f"statement:{name}", "statements"], key, f"no statement `{name}`", mend)
            return
        purpose = self.purpose(statement.purpose, key)
        if purpose is not None and purpose.version != statement.purpose_version:
            source = self.content.consent.sources["consent_texts/statements.yaml"]
            message = f"the purpose {purpose.purpose} stands at version {purpose.version}"
            where: Key = (name, "purpose_version")
            mend = f"write {purpose.version}, after checking that the statement still says it"
            self.findings.append(source.finding(where, "reference", message, mend))
        for channel in statement.channels:
            if self.policy.consent_model.get(channel) == "prohibited":
                message = f"{self.policy.market} prohibits {channel}: no consent can allow it"
                self.find(key, "prohibited-channel", message, "take the statement out of this market")

    def needs(self, name: str, asked: Collection[str], key: Key) -> None:
        statement = self.content.consent.statements.get(name)
        for need in statement.needs if statement else ():
            if need not in asked:
                self.find(key, "reference", f"{name} needs {need}, which is not asked by then", f"ask {need} here")

    def whole_form(self, stages: list[OfferStage]) -> None:
        """Gates over all stages together."""
        asked: dict[str, str] = {}
        shown: dict[str, str] = {}
        for index, offered in enumerate(stages):
            for placed in offered.fields:
                if placed.name in asked:
                    message = f"{placed.name} is asked in {asked[placed.name]} already (WCAG 2.2 SC 3.3.7)"
                    self.find(("stages", index, "fields"), "asked-twice", message, "ask once")
                asked[placed.name] = offered.stage.id
            for name in offered.statements:
                if name in shown:
                    message = f"{name} is shown in {shown[name]} already"
                    self.find(("stages", index, "statements"), "asked-twice", message, "show each statement once")
                shown[name] = offered.stage.id
                if self.whole:
                    self.needs(name, asked.keys(), ("stages", index, "statements"))
            for market in offered.stage.market_statements:
                if market not in self.form.markets:
                    where: Key = ("stages", index, "market_statements", market)
                    self.find(where, "reference", f"the form is not offered in {market}", "correct the market")
        if self.policy.hcp_gate is not None and self.form.product_type is not None:
            message = f"{self.policy.market} shows nothing about products before professionals are verified"
            self.find(("product_type",), "hcp-gate", message, "write `product_type: null`")
        if self.whole:
            self.first_stage(stages[0])

    def first_stage(self, offered: OfferStage) -> None:
        """Who somebody is, and where the market asks for it that they are a professional, is asked at once."""
        first = offered.fields
        emails = [p for p in first if p.spec.type == "email" and p.required]
        if len(emails) != 1:
            message = "the first stage must ask for one e-mail address, and require it"
            self.find(("stages", 0, "fields"), "stage-1", message, "add `email` to the first stage")
        if self.policy.hcp_gate is not None:
            declared = [p for p in first if p.spec.type == "declaration" and p.required]
            if not declared:
                message = f"{self.policy.market} asks for the gate {self.policy.hcp_gate}; nobody declares anything"
                self.find(("stages", 0, "fields"), "hcp-gate", message, "add `hcp_declaration` to the first stage")


def offer(content: Content, form: Form, market: str, *, production: bool) -> tuple[Offer | None, list[Finding]]:
    """The form in the market, or why not. With ``production``, sample content is refused."""
    source = content.library.sources[f"forms/{form.form}.yaml"]
    market_findings = list(content.policies.findings.get(market, ()))
    policy = content.policies.markets.get(market)
    if policy is None:
        if not any(finding.severity == "error" for finding in market_findings):
            mend = f"add markets/{market}.yaml, or take the market out"
            market_findings.append(source.finding(("markets", market), "reference", f"no market `{market}`", mend))
        return None, market_findings
    passing = _Offering(content, form, policy)
    passing.findings += market_findings
    # A market that cannot be read stands in the list all the same, so that it changes no other's document.
    hosted = {place for place, name in content.policies.places.items() if name in form.markets}
    countries = tuple(sorted({place.partition("-")[0] for place in hosted}))
    place = Place(policy.country, policy.identifiers, countries)
    controller = passing.controller()
    purpose = passing.purpose(form.purpose, ("purpose",))
    stages = [passing.stage(index, stage, place) for index, stage in enumerate(form.stages)]
    passing.whole_form(stages)
    statements = {}
    for name in dict.fromkeys(name for stage in stages for name in stage.statements):
        statement = content.consent.statements.get(name)
        held = content.consent.purposes.get(statement.purpose) if statement else None
        if statement is not None and held is not None:
            statements[name] = (statement, held)
    if controller is None or purpose is None:
        return None, passing.findings
    purposes = [purpose, *(held for _, held in statements.values())]
    sample = form.sample or policy.sample or controller.sample or any(p.sample for p in purposes)
    if production and sample:
        passing.findings += _refuse_sample(content, form, policy, controller, purposes)
    built = Offer(form, policy, controller, purpose, stages, statements, place, sample, passing.findings)
    return built, passing.findings


def _refuse_sample(
    content: Content, form: Form, policy: Policy, controller: Controller, purposes: list[Purpose]
) -> list[Finding]:
    mend = "replace it with reviewed content and remove `sample: true`"
    found = []
    marked: list[Source] = []
    if form.sample:
        marked.append(content.library.sources[f"forms/{form.form}.yaml"])
    consent = content.consent.sources
    if controller.sample:
        marked.append(consent[f"consent_texts/controllers/{controller.controller}.yaml"])
    marked += [consent[f"consent_texts/purposes/{p.purpose}.yaml"] for p in purposes if p.sample]
    found += [s.finding(("sample",), "sample", "sample content cannot go into production", mend) for s in marked]
    if policy.sample:
        message = "sample rules, or a pack of sample rules, cannot go into production"
        found.append(Finding(f"markets/{policy.market}.yaml", 0, "sample", "sample", message, mend))
    return list(dict.fromkeys(found))
