"""The schema of ``markets/``: packs, markets, overlays, facts, and the one table of policy fields.

A *fact* is a value with its citation, its confidence (``low`` marks a placeholder that a lawyer has yet to
replace) and the layer it speaks for. Dates are half-open: a fact holds from ``from`` (included) until ``until``
(excluded). Nothing here reads files or a clock.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, TypeAdapter, field_validator

from consentry.base.build.patterns import check_portable

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "public_holidays")
CHANNELS = ("email", "sms", "phone", "post", "messaging")

Windows = dict[str, tuple[str, ...] | None]
"""Day to windows ``HH:MM-HH:MM`` in the recipient's time; ``()`` = never, ``None`` = no rule for that day."""


class Operator(StrEnum):
    """How two values of a field become one. All but ``replace`` can only tighten."""

    OR = "or"
    AND = "and"
    MIN = "min"
    MAX = "max"
    INTERSECT = "intersect"
    UNION = "union"
    REPLACE = "replace"


class Layer(StrEnum):
    """Whose rule a fact states. Over the layers of one field the most restrictive value wins."""

    LAW = "law"
    INDUSTRY_CODE = "industry_code"
    PRODUCT_DEFAULT = "product_default"


class Confidence(StrEnum):
    """How sure a fact is; ``low`` is a placeholder."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Basis(StrEnum):
    """``search``: a public page supports it. ``knowledge``: not re-read."""

    SEARCH = "search"
    KNOWLEDGE = "knowledge"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Text = Annotated[str, Field(strict=True, min_length=1)]
Slug = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
Month = Annotated[int, Field(strict=True, ge=1, le=600)]
Version = Annotated[int, Field(strict=True, ge=1)]
MarketId = Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class Identifier(_Model):
    """A number by which a register knows a professional. ``checksum`` names an algorithm, null = none known."""

    id: Slug
    name: Text
    professions: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Option codes of the profession set, or ``any``."""
    regex: Annotated[Text, AfterValidator(check_portable)]
    checksum: Literal["luhn", "npi_luhn_80840", "lanr_4_9", "ean13"] | None
    confidence: Confidence
    basis: Basis
    note: Text | None = None
    examples: tuple[Text, ...] = ()
    """Published test numbers that satisfy the checksum; never a person's."""


_WINDOW = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]$")


def minutes(window: str) -> tuple[int, int]:
    """``"09:00-18:00"`` as minutes since midnight, end excluded."""
    start, end = (int(part[:2]) * 60 + int(part[3:]) for part in window.split("-"))
    return start, end


def _windows(value: dict[str, tuple[str, ...] | None]) -> Windows:
    if missing := [day for day in DAYS if day not in value]:
        raise ValueError(f"name every day; missing {', '.join(missing)}")
    if unknown := [day for day in value if day not in DAYS]:
        raise ValueError(f"not a day: {', '.join(unknown)}")
    for day, windows in value.items():
        last = 0
        for window in windows or ():
            if not _WINDOW.match(window):
                raise ValueError(f"{day}: write a window as HH:MM-HH:MM, not {window!r}")
            start, end = minutes(window)
            if not last <= start < end <= 24 * 60:
                raise ValueError(f"{day}: {window} is empty, overlaps or is out of order")
            last = end
    return {day: value[day] for day in DAYS}


def _set(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) != len(value):
        raise ValueError("the list names something twice")
    return tuple(sorted(value))


class FieldSpec(NamedTuple):
    """One row of the table: how a field merges, which layer a fact speaks for unless it says so, its type."""

    operator: Operator
    layer: Layer
    type: TypeAdapter[Any]
    required: bool = True
    scale: tuple[str, ...] = ()
    """Words in rising strictness, for ``max`` over words."""


CONSENT_MODELS = ("unregulated", "no_specific_rule", "opt_out", "soft_opt_in", "opt_in", "prohibited")
DOUBLE_OPT_IN = ("no", "recommended", "yes")
HCP_GATES = ("none", "self_declaration", "self_declaration_plus_register_check", "verified_login")

_LAW, _DEFAULT = Layer.LAW, Layer.PRODUCT_DEFAULT
_BOOL: TypeAdapter[Any] = TypeAdapter(StrictBool)
_MONTH: TypeAdapter[Any] = TypeAdapter(Month)
_SET: TypeAdapter[Any] = TypeAdapter(Annotated[tuple[Slug, ...], AfterValidator(_set)])


def _words(scale: tuple[str, ...], layer: Layer) -> FieldSpec:
    def on_scale(word: str) -> str:
        if word not in scale:
            raise ValueError(f"use one of {', '.join(scale)}")
        return word

    return FieldSpec(Operator.MAX, layer, TypeAdapter(Annotated[Text, AfterValidator(on_scale)]), True, scale)


def _union(layer: Layer, *, required: bool = False) -> FieldSpec:
    return FieldSpec(Operator.UNION, layer, _SET, required)


# The table. A field that is not here is an error in a file; a field that is required must hold on every date.
FIELDS: Mapping[str, FieldSpec] = {
    **{f"consent_model.{channel}": _words(CONSENT_MODELS, _LAW) for channel in CHANNELS},
    "double_opt_in": _words(DOUBLE_OPT_IN, _DEFAULT),
    # May a "similar products" or business-address exception stand in for consent? Every layer must allow it.
    "soft_opt_in_usable": FieldSpec(Operator.AND, _DEFAULT, _BOOL),
    "b2b_exemption_usable": FieldSpec(Operator.AND, _DEFAULT, _BOOL),
    "separate_consents": _union(_LAW),
    "notice_elements": _union(_LAW, required=True),
    "statement_elements.any": _union(_LAW, required=True),
    **{f"statement_elements.{channel}": _union(_LAW) for channel in CHANNELS},
    "statement_elements.profiling": _union(_LAW),
    "language_rules": _union(_LAW),
    "hcp_gate": _words(HCP_GATES, _DEFAULT),
    "rx_hcp_only": FieldSpec(Operator.OR, _LAW, _BOOL),
    "refresh_months": FieldSpec(Operator.MIN, _DEFAULT, _MONTH),
    "inactive_months": FieldSpec(Operator.MIN, _DEFAULT, _MONTH),
    # Proof has to outlive the consent, so the stricter evidence term is the longer one.
    "evidence_months": FieldSpec(Operator.MAX, _DEFAULT, _MONTH),
    "implied_consent_months": FieldSpec(Operator.MIN, _LAW, _MONTH, False),
    "unsubscribe_business_days": FieldSpec(
        Operator.MIN, _LAW, TypeAdapter(Annotated[int, Field(strict=True, ge=0, le=60)]), False
    ),
    "min_age": FieldSpec(Operator.MAX, _LAW, TypeAdapter(Annotated[int, Field(strict=True, ge=10, le=30)])),
    "name_order": FieldSpec(
        Operator.REPLACE,
        _DEFAULT,
        TypeAdapter(Literal["given_family", "family_given", "given_patronymic", "mononym_possible"]),
    ),
    "identifiers": FieldSpec(Operator.REPLACE, _DEFAULT, TypeAdapter(tuple[Identifier, ...]), False),
    "never_ask": _union(_DEFAULT),
    "contact_windows": FieldSpec(
        Operator.INTERSECT,
        _LAW,
        TypeAdapter(Annotated[dict[str, tuple[Text, ...] | None], AfterValidator(_windows)]),
    ),
    "registers": _union(_LAW),
    "residency": _union(_LAW),
    "message_labels": _union(_LAW),
}


class Fact(_Model):
    """One value with its source. ``layer`` absent = the field's own layer; the value is judged by the table."""

    value: Any
    cite: Text
    confidence: Confidence
    basis: Basis
    layer: Layer | None = None
    note: Text | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """True when the fact is in force on that day."""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on < self.until)


Policy = dict[str, tuple[Fact, ...]]


class _PolicyFile(_Model):
    sample: StrictBool
    needs_local_legal_review: StrictBool
    name: Text
    policy: Policy

    @field_validator("policy", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        """A single fact may stand without its list."""
        if not isinstance(value, dict):
            return value
        return {field: [facts] if isinstance(facts, dict) else facts for field, facts in value.items()}


class Pack(_PolicyFile):
    """Market rules to inherit. ``version`` is the owners' own count; events name it, and a digest of what rules."""

    pack: Slug
    version: Version


class Place(_Model):
    """Where the professional practises: ISO 3166-1 country, and the ISO 3166-2 part after the hyphen or null."""

    country: Annotated[str, Field(strict=True, pattern=r"^[A-Z]{2}$")]
    region: Annotated[str, Field(strict=True, pattern=r"^[A-Z0-9]{1,3}$")] | None


class Laws(_Model):
    """The acts and codes a reviewer opens first. An overlay lists what it adds to its parent's."""

    data_protection: tuple[Text, ...] = ()
    e_marketing: tuple[Text, ...] = ()
    medicines_promotion: tuple[Text, ...] = ()
    industry_code: tuple[Text, ...] = ()


class Authority(_Model):
    """Where a person complains: its own name, and the name in English."""

    local_name: Text
    english: Text


class Market(_PolicyFile):
    """A market, or with ``parent`` an overlay of one. The first locale is the default."""

    market: MarketId
    pack: Slug
    parent: MarketId | None = None
    locales: Annotated[tuple[Text, ...], Field(min_length=1)]
    place: Place
    time_zones: Annotated[tuple[Text, ...], Field(min_length=1)]
    phone_country_code: Annotated[str, Field(strict=True, pattern=r"^\+[1-9][0-9]{0,2}$")]
    laws: Laws
    complaint_authority: Authority
