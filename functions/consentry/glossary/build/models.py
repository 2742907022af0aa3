"""The glossary's files: one YAML file a concept, and a list of prohibited wording per market."""

from datetime import date as Day  # noqa: N812 -- fields are named date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from consentry.glossary.model import Case, Match, Severity, Status

State = Literal["draft", "in-review", "approved", "retired"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", max_length=64)]
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$")]
Text = Annotated[str, Field(min_length=1, max_length=200)]


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
    """Who approved the concept in a locale, and when. ``actor: sample`` marks demonstration content."""

    locale: Tag
    role: str
    actor: str
    at: Day
    version: int = 1


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
