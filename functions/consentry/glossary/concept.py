"""The glossary as people keep it: concepts, prohibited wording, and what was decided about single segments.

One schema for the YAML files under ``glossary/`` and for the documents of the translators' API.
"""

from datetime import date as Day  # noqa: N812 -- fields are named date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from consentry.base.canonical import canonical_bytes, digest
from consentry.base.names import DIGEST, LOCALE, MARKET, NAME
from consentry.glossary.matching.model import Case, Match, Severity, Status, ViolatedRule
from consentry.glossary.segments import Binding

State = Literal["draft", "in-review", "approved", "retired"]
STATES: tuple[State, ...] = get_args(State)
ReviewRole = Literal["terminologist", "medical-reviewer"]
WaiverRole = Literal["medical-reviewer", "compliance-officer"]
Owner = Literal["translator", "medical-reviewer", "compliance-officer"]
"""Who mends live words that a change of the glossary made wrong."""
NO_DEFINITION = "No definition yet: imported without one."
"""Stands in a draft whose file had no definition. It is to be replaced before the concept is reviewed."""
REVIEWS: frozenset[ReviewRole] = frozenset({"terminologist", "medical-reviewer"})
"""The reviews a locale of a concept needs before it is enforced, each by another person than the author."""
Name = Annotated[str, Field(pattern=NAME, max_length=64)]
Tag = Annotated[str, Field(pattern=LOCALE)]
Market = Annotated[str, Field(pattern=MARKET)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Digest = Annotated[str, Field(pattern=DIGEST)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FormEntry(_Strict):
    """An inflected form that somebody approved for an entry."""

    text: Text
    origin: Literal["rule", "learnt", "imported", "author"] = "author"
    approved_by: str | None = None


class TermEntry(_Strict):
    """One name of a concept in one locale. ``market`` narrows it to one market."""

    text: Text
    status: Status = "preferred"
    part_of_speech: Literal["noun", "verb", "adjective", "adverb", "other"] | None = None
    gender: Literal["masculine", "feminine", "neuter", "common"] | None = None
    type: Literal["full-form", "acronym", "abbreviation", "short-form", "variant", "phrase"] = "full-form"
    case: Case = "any"
    match: Match = "auto"
    forms: tuple[FormEntry, ...] = ()
    market: str | None = None
    note: str | None = None


class Citation(_Strict):
    """Where the definition comes from."""

    kind: Literal["regulation", "guideline", "product-information", "standard", "house"]
    text: Text
    date: Day | None = None


class Approval(_Strict):
    """Who approved the terms of one locale, and when, bound to what they then said (``meaning_digest``).

    ``actor: sample`` marks demonstration content.
    """

    locale: Tag
    role: ReviewRole
    actor: str
    at: Day
    digest: Digest
    reference: str | None = None


class ConceptFile(_Strict):
    """``glossary/concepts/<concept>.yaml``."""

    concept: Name
    version: int = Field(default=1, ge=1)
    state: State
    sample: bool = False
    subject: Name
    definition: Annotated[str, Field(min_length=10, max_length=600)]
    context: str | None = None
    source: Citation
    codes: dict[Literal["mesh", "atc", "snomed-ct", "meddra", "edqm", "dpv"], str] = {}
    options: tuple[str, ...] = ()
    do_not_translate: bool = False
    severity: Severity = "block"
    strict: bool = False
    terms: dict[Tag, tuple[TermEntry, ...]]
    approvals: tuple[Approval, ...] = ()
    history: tuple[str, ...] = ()
    """Who did what in the tool it was imported from. For people to read; never an approval."""

    @model_validator(mode="after")
    def _consistent(self) -> "ConceptFile":
        for locale, terms in self.terms.items():
            seen: dict[tuple[str, str | None], str] = {}
            for term in terms:
                before = seen.setdefault((term.text, term.market), term.status)
                if before != term.status:
                    raise ValueError(f"{locale}: “{term.text}” is both {before} and {term.status}")
            for market in {term.market for term in terms}:
                preferred = [t.text for t in terms if t.status == "preferred" and t.market == market]
                if len(preferred) > 1:
                    raise ValueError(f"{locale}: more than one preferred term: {', '.join(preferred)}")
        if self.state == "approved" and not self.approvals:
            raise ValueError("an approved concept needs its approvals")
        return self

    def meaning_digest(self, locale: str) -> str:
        """What an approval of ``locale`` binds: the concept's meaning and rules, and that locale's terms.

        Inflected forms are left out: each is approved by itself.
        """
        said = {
            "concept": self.concept,
            "definition": self.definition,
            "do_not_translate": self.do_not_translate,
            "severity": self.severity,
            "strict": self.strict,
            "terms": [term.model_dump(mode="json", exclude={"forms", "note"}) for term in self.terms[locale]],
        }
        return digest(canonical_bytes(said))

    def read_digest(self, locale: str) -> str:
        """What a reviewer of ``locale`` has read: what the review binds, and the forms that came with its terms."""
        forms = [[form.text for form in term.forms if form.origin != "learnt"] for term in self.terms[locale]]
        return digest(canonical_bytes([self.meaning_digest(locale), forms]))

    def approved_locales(self) -> frozenset[str]:
        """Locales whose terms, as they stand, have every review of ``REVIEWS``."""
        if self.state != "approved":
            return frozenset()
        return frozenset(locale for locale in self.terms if not self.missing_reviews(locale))

    def missing_reviews(self, locale: str) -> frozenset[ReviewRole]:
        """Reviews that the terms of ``locale`` still lack; one of other wording does not count."""
        digest = self.meaning_digest(locale)
        return REVIEWS - {given.role for given in self.approvals if (given.locale, given.digest) == (locale, digest)}


class ProhibitedEntry(_Strict):
    """Wording that a market's rules on promotion do not allow."""

    locale: Tag
    text: Text
    reason: Text
    severity: Severity = "block"


class ProhibitedFile(_Strict):
    """``glossary/prohibited/<MARKET>.yaml``."""

    market: str
    sample: bool = False
    source: Citation
    wording: tuple[ProhibitedEntry, ...]


class _AboutASegment(_Strict):
    """One violation in one segment, bound to the very words: other words are judged anew."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=100)]
    concept: str
    """Empty for prohibited wording and look-alike letters."""
    rule: ViolatedRule
    key: str
    """``consentry.glossary.segments.Segment.key``."""
    locale: Tag
    market: str | None = None
    """None: in every market that shows the segment."""
    source_digest: Digest | None = None
    target_digest: Digest

    @property
    def binding(self) -> Binding:
        """The segment that it is about, as ``Segment.binding``."""
        return self.key, self.locale, self.source_digest, self.target_digest


class Waiver(_AboutASegment):
    """``glossary/waivers.yaml``: only here, and only until ``expires``, this violation is accepted."""

    reason: Annotated[str, Field(min_length=10, max_length=500)]
    role: WaiverRole
    actor: str
    at: Day
    expires: Day


class Task(_AboutASegment):
    """``glossary/tasks.yaml``: live words that a change of the glossary made wrong. They stay live until mended."""

    version: Annotated[int, Field(ge=1)]
    """The version of the concept that opened it."""
    owner: Owner
    opened: Day
    due: Day
