"""All content folders, read once, and the manifest of what was read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from consentry.base.build.findings import Finding
from consentry.base.build.source import Source
from consentry.consent.build.library import ConsentLibrary, load_consent
from consentry.content.build.policy import Policies, load_policies
from consentry.content.build.sites import Site, load_sites
from consentry.forms.build.catalogs import CatalogFile, read_catalog
from consentry.forms.build.library import Library, load_library
from consentry.forms.build.strings import SourceString, collect
from consentry.glossary.build.library import Library as Terminology
from consentry.glossary.build.library import load as load_terminology
from consentry.locales.build.registry import LocaleEntry, load_locales

FOLDERS = ("consent_texts", "forms", "markets", "sites")
_SUFFIXES = {".yaml", ".po"}


@dataclass
class Content:
    """What the folders hold. ``catalog_findings`` by catalog; ``global_findings`` block whatever is compiled."""

    library: Library
    consent: ConsentLibrary
    policies: Policies
    locales: Mapping[str, LocaleEntry]
    locale_findings: list[Finding]
    catalogs: Mapping[str, CatalogFile]
    catalog_findings: Mapping[str, list[Finding]]
    strings: Mapping[str, SourceString]
    sites: Mapping[str, tuple[Site, Source]]
    site_findings: list[Finding]
    terminology: Terminology
    """Judges what is shown; it is no input of a release, which holds nothing of it."""
    inputs: Mapping[str, str] = field(default_factory=dict)


def manifest(root: Path) -> dict[str, str]:
    """SHA-256 of every input file by its path, sorted."""
    paths = sorted(
        path for folder in FOLDERS for path in (root / folder).rglob("*") if path.suffix in _SUFFIXES and path.is_file()
    )
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def load_content(root: Path, on: date) -> Content:
    """Read the content below ``root`` as it stands on ``on``."""
    library = load_library(root)
    locales, locale_findings = load_locales(root)
    catalogs: dict[str, CatalogFile] = {}
    catalog_findings: dict[str, list[Finding]] = {}
    for name in sorted({name for locale in locales.values() for name in locale.catalogs}):
        catalog, found = read_catalog(root, name)
        catalog_findings[name] = found
        if catalog is not None:
            catalogs[name] = catalog
    sites, site_findings = load_sites(root)
    return Content(
        library=library,
        consent=load_consent(root),
        policies=load_policies(root, on),
        locales=locales,
        locale_findings=locale_findings,
        catalogs=catalogs,
        catalog_findings=catalog_findings,
        strings=collect(library),
        sites=sites,
        site_findings=site_findings,
        terminology=load_terminology(root),
        inputs=manifest(root),
    )
