"""What is wrong with one translated string, whatever it belongs to; and what can be put right without asking."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from consentry.content.jobs.model import CODE

# What nobody sees: controls, zero-width space, word joiner, BOM, overrides. Joiners belong to scripts, marks of
# direction to sentences written from right to left.
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]")
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,6});")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>")
_BLANK = re.compile(r"[ \t\r\n]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Fault:
    """One thing to mend, in a translator's words."""

    rule: str
    message: str
    mend: str
    severity: Literal["error", "warning"] = "error"


def cleaned(text: str, source: str) -> tuple[str, list[Fault]]:
    """The text in NFC and without the blanks and line breaks that tools add; a warning for each that was there."""
    notes = []
    tidy = text
    if "\n" not in source:
        tidy = _BLANK.sub(" ", tidy) if "  " not in source else tidy.replace("\n", " ")
    if source == source.strip():
        tidy = tidy.strip(" \t\r\n")
    if tidy != text:
        notes.append(Fault("space", "blanks or line breaks that the English does not have were removed", "", "warning"))
    composed = unicodedata.normalize("NFC", tidy)
    if composed != tidy:
        notes.append(Fault("nfc", "letters written as letter and accent were joined (Unicode NFC)", "", "warning"))
    return composed, notes


def faults(text: str, source: str, *, english: bool) -> list[Fault]:
    """What no locale allows. ``english``: the translation may read as the source does."""
    found = []
    if (hidden := _INVISIBLE.search(text)) is not None:
        message = f"the character U+{ord(hidden.group()):04X} cannot be seen"
        found.append(Fault("invisible", message, "delete it: type the words anew rather than paste them"))
    if (entity := _ENTITY.search(text)) is not None and entity.group() not in source:
        message = f"{entity.group()} would be shown as it stands here"
        found.append(Fault("markup", message, "write the character itself; the tool escaped it twice"))
    elif (tag := _TAG.search(text)) is not None and tag.group() not in source:
        found.append(Fault("markup", f"{tag.group()} would be shown as it stands here", "write words without markup"))
    if not english and text == source and _LETTERS.search(CODE.sub("", source)):
        message = "it reads as the English does"
        found.append(Fault("untranslated", message, "translate it, if it is not right as it is", "warning"))
    return found


def code_faults(text: str, before: str) -> list[Fault]:
    """Slots that a legal line lost or gained against what it was made from."""
    has, had = Counter(CODE.findall(text)), Counter(CODE.findall(before))
    if has == had:
        return []
    lost, gained = sorted((had - has).elements()), sorted((has - had).elements())
    said = [f"{', '.join(lost)} is missing" if lost else "", f"{', '.join(gained)} is not in it" if gained else ""]
    kept = ", ".join(sorted(had.elements())) or "none"
    message = "; ".join(text for text in said if text)
    return [Fault("placeholder", message, f"use exactly the placeholders of the source: {kept}")]
