"""Lines of gettext catalogs: Babel reads a text without its closing quotation mark, a character short."""

import re

_LINE = re.compile(r'(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[[0-9]+\])?)\s*)?"(?:[^"\\]|\\.)*"')


def stray_line(text: str) -> tuple[int, str] | None:
    """Number and text of the first line that is none of a catalog, if any."""
    for number, line in enumerate(text.split("\n"), start=1):
        if (said := line.strip()) and not said.startswith("#") and not _LINE.fullmatch(said):
            return number, said
    return None
