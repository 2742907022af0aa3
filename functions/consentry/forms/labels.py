"""What is wrong with a translation of a form's string, whatever glossary says: the one rule for compiler and API."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Fault:
    """One thing to mend. A ``warning`` holds nothing back."""

    rule: str
    message: str
    mend: str
    warning: bool = False


def placeholders(text: str) -> set[str]:
    """``{'count'}`` of ``{count} answers``."""
    return set(_PLACEHOLDER.findall(text))


def faults(
    strings: Sequence[str], plurals: Sequence[str], expected: Collection[str], limit: int, locale: str
) -> list[Fault]:
    """Faults of a translation: one text, or one per CLDR category of ``plurals`` (empty for a string without plural).

    ``expected`` are the placeholders of the English, ``limit`` the characters that fit.
    """
    found = []
    lacking = [category for category, text in zip(plurals, [*strings, *[""] * len(plurals)], strict=False) if not text]
    if lacking:
        message = f"plural forms without words: {', '.join(lacking)}"
        found.append(Fault("plural", message, f"write a text for each of: {', '.join(plurals)}"))
    wrong = _placeholder_fault(strings, set(expected), plural=bool(plurals))
    if wrong:
        names = ", ".join(f"{{{name}}}" for name in sorted(expected)) or "none"
        found.append(Fault("placeholder", wrong, f"use exactly the placeholders of the English: {names}"))
    if locale == "de-CH" and "ß" in "".join(strings):
        found.append(Fault("eszett", "Swiss German has no ß", "write it with ss in forms/catalogs/de-CH.po"))
    if any(text != text.strip() for text in strings):
        found.append(Fault("space", "space at the beginning or end", "remove it", warning=True))
    longest = max(len(text) for text in strings)
    if longest > limit:
        found.append(Fault("length", f"{longest} characters, and {limit} fit", "shorten it", warning=True))
    return found


def _placeholder_fault(strings: Sequence[str], expected: set[str], *, plural: bool) -> str:
    """What is wrong with the placeholders, or nothing. A plural form but the last may leave ``{count}`` out."""
    for index, text in enumerate(strings):
        if not text:
            continue
        used = placeholders(text)
        stripped = text
        for name in used:
            stripped = stripped.replace(f"{{{name}}}", "")
        if "{" in stripped or "}" in stripped:
            return "a brace that belongs to no placeholder"
        if used - expected:
            return f"unknown placeholder {{{min(used - expected)}}}"
        optional = {"count"} if plural and index < len(strings) - 1 else set()
        if expected - used - optional:
            return f"the placeholder {{{min(expected - used - optional)}}} is missing"
    return ""
