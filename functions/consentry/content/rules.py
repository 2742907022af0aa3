"""The shape of ``submissions/rules.json``: everything a submission is judged by, compiled.

Written by the content build, read by the write functions. Plain dictionaries, so that loading is one
``json.loads`` on a cold start; these types are its schema.
"""

from typing import Any, TypedDict


class TextRef(TypedDict):
    """One version of a statement or notice in one locale; ``digest`` is of its canonical plain text."""

    version: int
    digest: str


class NoticeRef(TextRef):
    """The privacy notice presented with the form (GDPR art. 13); never agreed to."""

    id: str


class LocaleRules(TypedDict):
    """What differs by language: digests shown, and the words for a refused answer."""

    projections: dict[str, str]
    """Dialect to digest of the served document."""
    notice: NoticeRef
    statements: dict[str, TextRef]
    errors: dict[str, dict[str, str]]
    """Field to error code to the sentence shown beside it."""
    valid_until: str | None
    """RFC 3339 date: the earliest end of an approval or text; capture is refused from that day on."""


class StatementRules(TypedDict):
    """What a consent statement means, the same in every language of its market."""

    purpose: str
    purpose_version: int
    channels: list[str]
    expression: str
    legal_basis: str
    dpv: str
    retention: str
    """ISO 8601 duration."""
    retention_policy: str
    lane: str
    double_opt_in: bool
    needs: list[str]
    """Fields that must be answered, now or earlier, by whoever gives this consent."""


class PurposeRules(TypedDict):
    """The request itself: the only purpose of a lead whose every box stayed empty."""

    purpose: str
    purpose_version: int
    legal_basis: str
    dpv: str
    retention: str
    retention_policy: str
    lane: str


class FieldRules(TypedDict):
    """How an answer is kept."""

    type: str
    store: str
    """``sealed`` (personal, encrypted) or ``coded`` (option codes, clear)."""
    data: str | None


class StageRules(TypedDict):
    """One stage: its JSON Schema judges ``answers``; every statement listed must be answered."""

    id: str
    schema: dict[str, Any]
    fields: dict[str, FieldRules]
    statements: list[str]


class MarketRules(TypedDict):
    """One form in one market."""

    controller: str
    policy: str
    """``<pack>@<version>+<digest of what the market asks>``."""
    overlay: str | None
    country: str
    sample: bool
    verification_required_before: str | None
    request: PurposeRules
    statements: dict[str, StatementRules]
    stages: list[StageRules]
    locales: dict[str, LocaleRules]


class FormRules(TypedDict):
    """One form: what it offers, and its markets."""

    version: int
    persona: str
    offer: dict[str, str]
    product_type: str | None
    markets: dict[str, MarketRules]


class SiteRules(TypedDict):
    """A landing page: where it may post from and what it may post."""

    forms: list[str]
    markets: list[str]
    origins: list[str]
    controller: str | None
    capture_point: str


class ReleaseRules(TypedDict):
    """One release. ``places`` maps ``DE``, ``US`` or ``US-CA`` (country, country-region) to a market."""

    state: str
    superseded_at: str | None
    places: dict[str, str]
    sites: dict[str, SiteRules]
    forms: dict[str, FormRules]


class Rules(TypedDict):
    """The whole bundle: the current release and the one before it."""

    current: str
    grace_hours: int
    releases: dict[str, ReleaseRules]
