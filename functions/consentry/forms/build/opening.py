"""``web/consentry-form-words.js``: what the form element says before any document has arrived, in every locale.

The words are strings like any other, translated in the catalogs; a page that cannot be reached has to say so by itself.
"""

import json
from collections.abc import Iterable, Mapping

from consentry.forms.build.catalogs import CatalogFile
from consentry.forms.build.strings import SourceString
from consentry.forms.build.words import LocaleWords, Plural
from consentry.locales.build import names
from consentry.locales.build.registry import LocaleEntry

PLACE = "web/consentry-form-words.js"
ONLY_BEFORE = ("loading", "not-loaded", "market-ask", "market-ask-required", "continue")
"""Keys of ``ui`` that no document needs to carry."""
_KEYS = (*ONLY_BEFORE, "choose", "error-label", "retry", "sample-banner")
_HEAD = """\
/**
 * What the element says before any document has arrived; a language by itself, a region where it differs.
 * Written by `consentry content extract` from forms/messages.yaml and the catalogs.
 */
"""


def opening_words(
    locales: Iterable[LocaleEntry], strings: Mapping[str, SourceString], catalogs: Mapping[str, CatalogFile]
) -> bytes:
    """The module: its default export maps a tag to the words and their direction."""
    said: dict[str, dict[str, str | Plural]] = {}
    # The English source is English by itself; a language of one region stands for all of them.
    for entry in sorted(locales, key=lambda locale: bool(locale.catalogs)):
        words = LocaleWords(entry, strings, catalogs)
        known = {key: words.word(f"ui.{key}").text for key in _KEYS if words.has(f"ui.{key}")}
        here: dict[str, str | Plural] = {"dir": names.direction(entry), **known}
        if said.setdefault(entry.language, here) != here:
            said[entry.tag] = here
    return f"{_HEAD}export default {json.dumps(dict(sorted(said.items())), ensure_ascii=False, indent=2)};\n".encode()
