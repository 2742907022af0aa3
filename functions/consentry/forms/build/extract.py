"""``consentry content extract``: the template, every catalog and the element's first words as the sources have them."""

from dataclasses import dataclass, field
from pathlib import Path

from consentry.base.build.findings import Finding
from consentry.base.build.put import put
from consentry.forms.build.catalogs import (
    FOLDER,
    TEMPLATE,
    CatalogFile,
    catalog_bytes,
    read_catalog,
    template_bytes,
    updated,
)
from consentry.forms.build.library import load_library
from consentry.forms.build.opening import PLACE, opening_words
from consentry.forms.build.strings import collect
from consentry.locales.build.registry import load_locales


@dataclass
class Extraction:
    """What was written: files changed, and per catalog how many strings are done, stale and missing."""

    strings: int = 0
    changed: list[str] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def _write(root: Path, path: str, data: bytes, into: Extraction) -> None:
    if put(root, path, data):
        into.changed.append(path)


def extract(root: Path) -> Extraction:
    """Write ``forms/catalogs/messages.pot``, refresh every catalog, and where there are pages the element's words.

    A catalog that cannot be read is left alone.
    """
    library = load_library(root)
    locales, found = load_locales(root)
    result = Extraction(findings=[*library.findings(), *found])
    strings = collect(library)
    result.strings = len(strings)
    _write(root, TEMPLATE, template_bytes(strings), result)
    catalogs: dict[str, CatalogFile] = {}
    names = {name for locale in locales.values() for name in locale.catalogs}
    names |= {path.stem for path in (root / FOLDER).glob("*.po")}
    for name in sorted(names):
        file, found = read_catalog(root, name)
        result.findings += [f for f in found if f.rule != "missing-file"]
        if file is None:
            if any(f.rule != "missing-file" for f in found):
                continue
            file = CatalogFile(name)
        fresh = catalogs[name] = updated(file, strings)
        _write(root, fresh.path, catalog_bytes(fresh, strings), result)
        entries = list(fresh.entries.values())
        result.counts[name] = {
            "done": sum(e.translated and not e.fuzzy for e in entries),
            "stale": sum(e.fuzzy for e in entries),
            "missing": sum(not e.translated for e in entries),
        }
    if (root / PLACE).parent.is_dir():
        _write(root, PLACE, opening_words(locales.values(), strings, catalogs), result)
    return result
