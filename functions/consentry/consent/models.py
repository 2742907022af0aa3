"""The YAML formats of ``consent_texts/``: statements, purposes, controllers, texts, approvals, the published lock."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=60)]
Element = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[_-][a-z0-9]+)*$", max_length=80)]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256-[0-9a-f]{64}$")]
Iri = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$")]
Period = Annotated[str, StringConstraints(pattern=r"^P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?$", min_length=3)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Version = Annotated[int, Field(ge=1, strict=True)]

NOTICE = "privacy-notice"


def text_name(market: str, text: str, version: int, locale: str) -> str:
    """``DE/promotional-email/1.de-DE``: one version of a text, where it lies or where it is shown."""
    return f"{market}/{text}/{version}.{locale}"


# Invisible characters that could make the words seen differ from the words recorded: controls, bidirectional
# marks and overrides (isolates are added by the compiler), zero-width space, word joiner, BOM.
_INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def _line(text: str) -> str:
    """One line of visible text in NFC: what a browser shows is what is digested."""
    found = _INVISIBLE.search(text)
    if found:
        raise ValueError(f"the character U+{ord(found.group()):04X} cannot be seen; write the text on one line")
    if text != text.strip() or "  " in text:
        raise ValueError("no space at either end and none doubled: a browser would not show it")
    return unicodedata.normalize("NFC", text)


Line = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_line)]


def _instant(value: object) -> object:
    """A date or instant as YAML gives it; naive instants are UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return value


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Statement(Strict):
    """What a consent statement means: exactly one purpose, and the channels it opens."""

    purpose: Slug
    purpose_version: Version
    channels: Annotated[list[Literal["email", "sms", "phone", "post", "messaging", "any"]], Field(min_length=1)]
    expression: Literal["express"]
    needs: list[str] = []
    """Fields without which the channel leads nowhere; required of whoever gives the consent."""


class Retention(Strict):
    """How long: the clock's start and an ISO 8601 duration."""

    policy: Slug
    period: Period


class Purpose(Strict):
    """``consent_texts/purposes/<id>.yaml``. ``legal_basis`` by market, else by pack (``europe``), else ``default``."""

    purpose: Slug
    version: Version
    sample: bool = False
    title: Line
    dpv: Iri
    legal_basis: dict[str, Iri]
    recipients: list[Slug]
    data: list[str]
    retention: Retention
    lane: Literal["field-sales", "medical-affairs", "nurture", "patient-programs", "review", "safety"]

    @model_validator(mode="after")
    def _default(self) -> "Purpose":
        if "default" not in self.legal_basis:
            raise ValueError("`legal_basis:` needs `default:`")
        return self


Localized = Line | dict[str, Line]


class Controller(Strict):
    """``consent_texts/controllers/<id>.yaml``; every text is a slot ``{controller.<key>}``."""

    controller: Slug
    sample: bool = False
    name: Localized
    address: Localized
    country: Country
    storage: Annotated[list[Country], Field(min_length=1)]
    """Where the data lies (27560 storage_locations): what ``transfers`` says in words."""
    email: Localized
    phone: Localized
    dpo: Localized
    representative: Localized
    privacy_url: Localized
    withdraw_url: Localized
    rights_url: Localized
    authority: Localized
    recipients: Localized
    transfers: Localized
    retention: Localized

    def value(self, slot: str, locale: str) -> str | None:
        """The slot's words in ``locale``; ``None`` when they are not there. No other locale stands in."""
        if slot not in SLOTS:
            return None
        held: str | dict[str, str] = getattr(self, slot)
        return held if isinstance(held, str) else held.get(locale)


SLOTS = frozenset(Controller.model_fields) - {"controller", "sample", "country", "storage"}


class Passage(Strict):
    """A label or paragraph, and the required elements it states."""

    text: Line
    covers: list[Element] = []


class Link(Strict):
    """A link line: ``text: url``."""

    text: Line
    url: Line
    covers: list[Element] = []


class Effective(Strict):
    """Half-open: from (included) until (excluded)."""

    from_: Annotated[date, Field(alias="from")]
    until: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> "Effective":
        if self.until is not None and self.until <= self.from_:
            raise ValueError("`until:` must lie after `from:`")
        return self

    def holds(self, on: date) -> bool:
        """True on the days the text may be shown."""
        return self.from_ <= on and (self.until is None or on < self.until)


class Text(Strict):
    """``consent_texts/<MARKET>/<id>/<version>.<locale>.yaml``."""

    kind: Literal["statement", "notice"]
    version: Version
    locale: str
    sample: bool = False
    effective: Effective
    label: Passage
    paragraphs: list[Passage] = []
    links: list[Link] = []
    concepts: list[str] = []
    reference: Annotated[str, StringConstraints(pattern=r"^[A-Z-]+/[a-z0-9-]+/[1-9][0-9]*\.[A-Za-z-]+$")] | None = None
    """The text it was made from, as ``GB/profiling/1.en-GB``: where that has a newer version, this one is outdated."""

    @property
    def covers(self) -> set[str]:
        """Every required element that the text says it states."""
        passages: list[Passage | Link] = [self.label, *self.paragraphs, *self.links]
        return {element for passage in passages for element in passage.covers}


Instant = Annotated[datetime, BeforeValidator(_instant)]


class Approval(Strict):
    """A signature under the exact words: it binds the digest, market and locale, and nothing else."""

    text: Slug
    version: Version
    locale: str
    digest: Digest
    meaning: Line
    role: Slug
    actor: Line
    at: Instant
    reference: Line
    expires: date
    sample: bool = False
