"""``forms/locales.yaml``: the locales served."""

from pathlib import Path
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from consentry.base.build.findings import Finding
from consentry.base.build.source import read, validate

LOCALES = "forms/locales.yaml"

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?$")]


class LocaleEntry(BaseModel):
    """One locale. ``cldr`` is the CLDR locale it borrows names, plurals and collation from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: Tag
    cldr: str
    catalogs: list[Tag]
    """Most specific first; none means the English source."""

    @field_validator("cldr")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            Locale.parse(value)
        except (UnknownLocaleError, ValueError):
            raise ValueError(f"CLDR has no locale {value}") from None
        return value

    @property
    def language(self) -> str:
        """``de`` of ``de-CH``."""
        return self.tag.partition("-")[0]


def load_locales(root: Path) -> tuple[dict[str, LocaleEntry], list[Finding]]:
    """The locales by tag, in the file's order."""
    source, found = read(root, LOCALES)
    if source is None or not isinstance(source.data, list):
        return {}, found or [Finding(LOCALES, 1, "", "schema", "not a list of locales", "write `- {tag: …}` entries")]
    locales: dict[str, LocaleEntry] = {}
    for index, data in enumerate(source.data):
        entry, wrong = validate(source, LocaleEntry, (index,), data)
        found += wrong
        if entry is None:
            continue
        if entry.tag in locales:
            found.append(source.finding((index, "tag"), "schema", "this locale appears twice", "keep one of the two"))
        locales[entry.tag] = entry
    return locales, found
