"""The YAML formats of ``forms/``: field library, option sets, messages, form definitions."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from consentry.base.build.patterns import check_portable

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
NAME = r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$"

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=60)]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=40)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=False)]

FieldType = Literal["text", "email", "phone", "choice", "choices", "country", "region", "declaration", "identifier"]

# WHATWG autofill field names that a professional's form can use (WCAG 2.2 SC 1.3.5).
AUTOCOMPLETE = frozenset(
    [
        "off",
        "on",
        "name",
        "honorific-prefix",
        "given-name",
        "additional-name",
        "family-name",
        "honorific-suffix",
        "nickname",
        "email",
        "tel",
        "tel-national",
        "tel-country-code",
        "tel-area-code",
        "tel-local",
        "tel-extension",
        "organization",
        "organization-title",
        "street-address",
        "address-line1",
        "address-line2",
        "address-line3",
        "address-level1",
        "address-level2",
        "address-level3",
        "address-level4",
        "country",
        "country-name",
        "postal-code",
        "language",
        "url",
    ]
)


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class FieldErrors(Strict):
    """The sentences shown beside a refused answer."""

    required: Text | None = None
    invalid: Text | None = None


class FieldSpec(Strict):
    """One field of the library."""

    type: FieldType
    store: Literal["sealed", "coded"]
    label: Text
    help: Text | None = None
    errors: FieldErrors
    options: Name | None = None
    max_length: Annotated[int, Field(ge=1, le=2000)] | None = None
    max_items: Annotated[int, Field(ge=1, le=100)] | None = None
    autocomplete: str | None = None
    input_mode: Literal["text", "tel", "email", "numeric", "decimal", "url", "search", "none"] | None = None
    pattern: str | None = None
    data: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "FieldSpec":
        if (self.type in {"choice", "choices"}) != (self.options is not None):
            raise ValueError("`options:` belongs to type choice or choices, and only there")
        if self.type in {"text", "email", "phone", "identifier"}:
            if self.store != "sealed":
                raise ValueError(f"type {self.type} is personal: `store:` must be sealed")
            if self.max_length is None:
                raise ValueError("typed answers need `max_length:`")
        if self.max_items is not None and self.type != "choices":
            raise ValueError("`max_items:` belongs to type choices")
        if self.autocomplete is not None and self.autocomplete.split(" ")[-1] not in AUTOCOMPLETE:
            raise ValueError("`autocomplete:` must end in a WHATWG autofill field name")
        if self.pattern is not None:
            check_portable(self.pattern)
        if self.errors.required is None or (self.errors.invalid is None and self.type != "declaration"):
            raise ValueError("`errors:` needs both required and invalid")
        return self


class Option(Strict):
    """One code of an option set."""

    code: Slug
    label: Text
    mappings: dict[str, str] = {}


class OptionSet(Strict):
    """``forms/options/<set>.yaml``."""

    set: Name
    sort: Literal["locale", "listed"]
    options: Annotated[list[Option], Field(min_length=2)]

    @model_validator(mode="after")
    def _unique(self) -> "OptionSet":
        codes = [option.code for option in self.options]
        if len(set(codes)) != len(codes):
            raise ValueError("a code appears twice")
        if "other" in codes[:-1]:
            raise ValueError("`other` must be the last option")
        return self


class PluralText(Strict):
    """English has two forms; the catalogs hold those of each language."""

    one: Text
    other: Text


class ProblemText(Strict):
    """The words of one refusal."""

    status: Annotated[int, Field(ge=400, le=599)]
    title: Text
    detail: Text


class StageField(Strict):
    """A field in a stage that says more than its name."""

    field: Name
    required: bool = True


class Stage(Strict):
    """One stage of a form."""

    id: Slug
    title: Text
    intro: Text | None = None
    submit: Text
    fields: Annotated[list[Name | StageField], Field(min_length=1)]
    statements: list[Slug] = []
    market_statements: dict[str, list[Slug]] = {}


class Done(Strict):
    """What is shown after the last stage."""

    title: Text
    text: Text


class Offer(Strict):
    """What the form offers."""

    id: Slug
    type: Annotated[str, StringConstraints(pattern=NAME)]


class FormMarket(Strict):
    """A form in one market."""

    controller: Slug


class Form(Strict):
    """``forms/<form>.yaml``."""

    form: Slug
    version: Annotated[int, Field(ge=1)]
    sample: bool = False
    title: Text
    intro: Text | None = None
    done: Done
    persona: Slug
    offer: Offer
    product_type: Slug | None = None
    purpose: Slug
    markets: Annotated[dict[str, FormMarket], Field(min_length=1)]
    stages: Annotated[list[Stage], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> "Form":
        ids = [stage.id for stage in self.stages]
        if len(set(ids)) != len(ids):
            raise ValueError("a stage id appears twice")
        return self
