"""How policies combine: pack, then market, then overlays (and product types, campaigns) that only tighten.

A market's fact takes the place of its pack's fact *of the same layer*, either way: each fact carries a citation.
What comes after the market is combined by the field's operator, so it can make a rule stricter and never looser.
At the end the layers of a field are combined by the same operator: the most restrictive wins. Pure.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Any, Literal

from consentry.markets.build.model import (
    CHANNELS,
    DAYS,
    FIELDS,
    Confidence,
    Fact,
    FieldSpec,
    Identifier,
    Laws,
    Layer,
    Market,
    Operator,
    Pack,
    Place,
    Windows,
    minutes,
)


class SourceKind(StrEnum):
    """Where a fact comes from; the last three may only tighten."""

    PACK = "pack"
    MARKET = "market"
    OVERLAY = "overlay"
    PRODUCT_TYPE = "product_type"
    CAMPAIGN = "campaign"


@dataclass(frozen=True)
class Located:
    """A fact whose value the table has accepted, and where it stands."""

    field: str
    fact: Fact
    value: Any
    layer: Layer
    file: str
    line: int


@dataclass(frozen=True)
class Source:
    """The facts of one file, by field."""

    kind: SourceKind
    name: str
    facts: Mapping[str, tuple[Located, ...]]

    @property
    def overrides(self) -> bool:
        """Packs and markets set; everything after them tightens."""
        return self.kind in {SourceKind.PACK, SourceKind.MARKET}


@dataclass(frozen=True)
class Reason:
    """One link of the chain behind a resolved value.

    ``effect``: ``decides`` (the value comes from here, alone or with others), ``agrees`` (a stricter fact made no
    difference of it), ``overridden`` (a market said otherwise for that layer), ``ignored`` (an overlay may not).
    """

    field: str
    value: Any
    layer: Layer
    source: SourceKind
    name: str
    file: str
    line: int
    cite: str
    confidence: Confidence
    basis: str
    note: str | None
    effect: Literal["decides", "agrees", "overridden", "ignored"]


@dataclass(frozen=True)
class Loosening:
    """An overlay's fact that is less strict than what it stands on, or that has no stricter side at all."""

    at: Located
    parent: Any
    ordered: bool


def _rank(spec: FieldSpec, value: Any) -> Any:
    return spec.scale.index(value) if spec.scale else value


def _intersect_day(left: tuple[str, ...] | None, right: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if left is None or right is None:
        return right if left is None else left
    cuts = [
        (max(a[0], b[0]), min(a[1], b[1])) for a in map(minutes, left) for b in map(minutes, right) if _overlap(a, b)
    ]
    return tuple(f"{s // 60:02}:{s % 60:02}-{e // 60:02}:{e % 60:02}" for s, e in sorted(cuts))


def _overlap(left: tuple[int, int], right: tuple[int, int]) -> bool:
    return max(left[0], right[0]) < min(left[1], right[1])


def _intersect(left: Windows, right: Windows) -> Windows:
    return {day: _intersect_day(left[day], right[day]) for day in DAYS}


_COMBINE: Mapping[Operator, Callable[[FieldSpec, Any, Any], Any]] = {
    Operator.OR: lambda _, a, b: a or b,
    Operator.AND: lambda _, a, b: a and b,
    Operator.MIN: lambda spec, a, b: min(a, b, key=lambda v: _rank(spec, v)),
    Operator.MAX: lambda spec, a, b: max(a, b, key=lambda v: _rank(spec, v)),
    Operator.INTERSECT: lambda _, a, b: _intersect(a, b),
    Operator.UNION: lambda _, a, b: tuple(sorted({*a, *b})),
    Operator.REPLACE: lambda _, a, _b: a,
}


def combine(spec: FieldSpec, left: Any, right: Any) -> Any:
    """The stricter of two values (their union for lists of duties). ``replace`` keeps the first."""
    return _COMBINE[spec.operator](spec, left, right)


def as_strict(spec: FieldSpec, value: Any, than: Any) -> bool:
    """True when ``value`` asks at least what ``than`` asks."""
    return bool(combine(spec, than, value) == value)


@dataclass
class _Field:
    """A field while it is being merged: per layer its value, and every fact met on the way."""

    values: dict[Layer, Any] = field(default_factory=dict)
    met: list[tuple[Located, Source]] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    ignored: set[int] = field(default_factory=set)


def _in_force(facts: Iterable[Located], on: date) -> dict[Layer, list[Located]]:
    grouped: dict[Layer, list[Located]] = {}
    for fact in facts:
        if fact.fact.holds(on):
            grouped.setdefault(fact.layer, []).append(fact)
    return grouped


def _merge(spec: FieldSpec, name: str, sources: Sequence[Source], on: date) -> tuple[_Field, list[Loosening]]:
    state, loosenings = _Field(), []
    for source in sources:
        for layer, facts in _in_force(source.facts.get(name, ()), on).items():
            value = reduce(lambda a, b: combine(spec, a, b), (fact.value for fact in facts))
            if source.overrides:
                state.dropped |= {id(met) for met, _ in state.met if met.layer is layer}
                state.values[layer] = value
            elif spec.operator is Operator.REPLACE:
                parent = _over_layers(spec, state.values)
                if value != parent:
                    loosenings.append(Loosening(facts[0], parent, ordered=False))
                    state.ignored |= {id(fact) for fact in facts}
            elif layer not in state.values:
                state.values[layer] = value
            else:
                parent = state.values[layer]
                # A list of duties adds to the parent's; every other overlay value must stand on its own.
                if spec.operator is not Operator.UNION and not as_strict(spec, value, parent):
                    loosenings.append(Loosening(facts[0], parent, ordered=True))
                state.values[layer] = combine(spec, parent, value)
            state.met += [(fact, source) for fact in facts]
    return state, loosenings


def _over_layers(spec: FieldSpec, values: Mapping[Layer, Any]) -> Any:
    present = [values[layer] for layer in Layer if layer in values]
    return reduce(lambda a, b: combine(spec, a, b), present) if present else None


def loosenings(sources: Sequence[Source], on: date) -> list[Loosening]:
    """Every fact of an overlay, product type or campaign that would loosen what it stands on, that day."""
    return [found for name, spec in FIELDS.items() for found in _merge(spec, name, sources, on)[1]]


def missing(sources: Sequence[Source], on: date) -> list[str]:
    """Required fields that no fact fills on that day."""
    return [name for name, spec in FIELDS.items() if spec.required and not _merge(spec, name, sources, on)[0].values]


def _effect(
    spec: FieldSpec, state: _Field, at: Located, value: Any
) -> Literal["decides", "agrees", "overridden", "ignored"]:
    if id(at) in state.ignored:
        return "ignored"
    if id(at) in state.dropped:
        return "overridden"
    if spec.operator in {Operator.UNION, Operator.INTERSECT}:
        return "decides"
    return "decides" if at.value == value else "agrees"


@dataclass(frozen=True)
class ConsentModels:
    """The consent model of each channel, over all layers."""

    email: str
    sms: str
    phone: str
    post: str
    messaging: str

    def for_channel(self, channel: str) -> str:
        """The model of ``channel``; raises ``LookupError`` for a channel that is not one."""
        if channel not in CHANNELS:
            raise LookupError(channel)
        return str(getattr(self, channel))


@dataclass(frozen=True)
class ResolvedPolicy:
    """Everything a market asks on one day. Lists of duties are sorted; ``why`` says where a value comes from."""

    market: str
    on: date
    pack: str
    policy_version: str
    """``<pack>@<version>+<digest>``: what the market asks that day has one digest, whichever file says it."""
    overlay: str | None
    """The market id when it is an overlay, else None."""
    sample: bool
    name: str
    locales: tuple[str, ...]
    place: Place
    time_zones: tuple[str, ...]
    phone_country_code: str
    laws: Laws
    complaint_authority: str
    """The authority's own name."""
    consent_model: ConsentModels
    double_opt_in: str
    soft_opt_in_usable: bool
    b2b_exemption_usable: bool
    separate_consents: tuple[str, ...]
    notice_elements: tuple[str, ...]
    statement_elements: Mapping[str, tuple[str, ...]]
    """Keys ``any``, each channel, and ``profiling``; every key is there."""
    language_rules: tuple[str, ...]
    hcp_gate: str
    rx_hcp_only: bool
    refresh_months: int
    inactive_months: int
    evidence_months: int
    implied_consent_months: int | None
    unsubscribe_business_days: int | None
    min_age: int
    name_order: str
    identifiers: tuple[Identifier, ...]
    never_ask: tuple[str, ...]
    contact_windows: Windows
    registers: tuple[str, ...]
    residency: tuple[str, ...]
    message_labels: tuple[str, ...]
    reasons: Mapping[str, tuple[Reason, ...]] = field(repr=False, compare=False)

    def why(self, name: str) -> tuple[Reason, ...]:
        """The chain of facts behind a field, first pack, then market, then overlays; a group name gives all.

        Raises ``LookupError`` when there is no such field.
        """
        names = [known for known in FIELDS if known == name or known.startswith(f"{name}.")]
        if not names:
            raise LookupError(name)
        return tuple(reason for known in names for reason in self.reasons[known])

    def value(self, name: str) -> Any:
        """A field by its name in the table (``consent_model.email``); raises ``LookupError``."""
        if name not in FIELDS:
            raise LookupError(name)
        group, _, key = name.partition(".")
        held = getattr(self, group)
        if not key:
            return held
        return held[key] if isinstance(held, Mapping) else getattr(held, key)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Fields that rest on a fact of low confidence: to be replaced before a launch."""
        return tuple(
            name
            for name, reasons in self.reasons.items()
            if any(reason.effect == "decides" and reason.confidence is Confidence.LOW for reason in reasons)
        )

    def identifiers_for(self, profession: str) -> tuple[Identifier, ...]:
        """The register numbers a profession may have, most usual first."""
        return tuple(known for known in self.identifiers if {profession, "any"} & set(known.professions))


def _resolve_field(name: str, sources: Sequence[Source], on: date) -> tuple[Any, tuple[Reason, ...]]:
    spec = FIELDS[name]
    state, _ = _merge(spec, name, sources, on)
    value = _over_layers(spec, state.values)
    if value is None and spec.operator is Operator.UNION:
        value = ()
    reasons = tuple(
        Reason(
            field=name,
            value=at.value,
            layer=at.layer,
            source=source.kind,
            name=source.name,
            file=at.file,
            line=at.line,
            cite=at.fact.cite,
            confidence=at.fact.confidence,
            basis=at.fact.basis,
            note=at.fact.note,
            effect=_effect(spec, state, at, value),
        )
        for at, source in state.met
    )
    return value, reasons


def _laws(chain: Sequence[Market]) -> Laws:
    return Laws(
        **{key: tuple(law for market in chain for law in getattr(market.laws, key)) for key in Laws.model_fields}
    )


def _digest(asked: Mapping[str, Any]) -> str:
    """Twelve hex digits: nobody has to remember to raise a version when a market's file is edited."""
    said = json.dumps(asked, sort_keys=True, default=lambda model: model.model_dump(mode="json"))
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def resolve(pack: Pack, chain: Sequence[Market], sources: Sequence[Source], on: date) -> ResolvedPolicy:
    """The policy of the last market of ``chain`` (parents first) on that day; ``sources`` in the same order.

    A required field without a fact is the loader's finding (``missing``); here it would be None.
    """
    market, laws = chain[-1], _laws(chain)
    fields = {name: _resolve_field(name, sources, on) for name in FIELDS}
    values: dict[str, Any] = {name: value for name, (value, _) in fields.items()}
    values["identifiers"] = values["identifiers"] or ()
    groups = ("consent_model.", "statement_elements.")
    asked = {**values, "locales": market.locales, "place": market.place, "laws": laws}
    return ResolvedPolicy(
        market=market.market,
        on=on,
        pack=pack.pack,
        policy_version=f"{pack.pack}@{pack.version}+{_digest(asked)}",
        overlay=market.market if market.parent else None,
        sample=pack.sample or any(each.sample for each in chain),
        name=market.name,
        locales=market.locales,
        place=market.place,
        time_zones=market.time_zones,
        phone_country_code=market.phone_country_code,
        laws=laws,
        complaint_authority=market.complaint_authority.local_name,
        consent_model=ConsentModels(**{channel: values[f"consent_model.{channel}"] for channel in CHANNELS}),
        statement_elements={key: values[f"statement_elements.{key}"] for key in ("any", *CHANNELS, "profiling")},
        **{name: value for name, value in values.items() if not name.startswith(groups)},
        reasons={name: reasons for name, (_, reasons) in fields.items()},
    )
