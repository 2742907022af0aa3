"""What of a release one deployment hosts: the documents stay the same bytes, the other markets are not in it."""

from collections.abc import Collection, Mapping
from typing import Any

from consentry.content.rules import ReleaseRules


def market_of(document: str) -> str:
    """``r…/hcp-webinar/DE/de-DE/consentry`` → ``DE``."""
    return document.split("/")[2]


def hosted_rules(rules: ReleaseRules, markets: Collection[str]) -> ReleaseRules:
    """The rules less every form, market and site that is not hosted; places stay, so that a mismatch can be told."""
    forms = {
        name: {**form, "markets": {market: said for market, said in form["markets"].items() if market in markets}}
        for name, form in rules["forms"].items()
    }
    kept = {name: form for name, form in forms.items() if form["markets"]}
    return {**rules, "forms": kept, "sites": _sites(rules["sites"], kept, markets)}  # type: ignore[typeddict-item]


def hosted_index(index: Mapping[str, Any], markets: Collection[str]) -> dict[str, Any]:
    """``definitions/index.json`` likewise."""
    forms = {
        name: {**form, "markets": {market: said for market, said in form["markets"].items() if market in markets}}
        for name, form in index["forms"].items()
    }
    kept = {name: form for name, form in forms.items() if form["markets"]}
    return {
        **index,
        "forms": kept,
        "documents": {path: said for path, said in index["documents"].items() if market_of(path) in markets},
        "markets": {market: said for market, said in index["markets"].items() if market in markets},
        "sites": _sites(index["sites"], kept, markets),
    }


def _sites(sites: Mapping[str, Any], forms: Collection[str], markets: Collection[str]) -> dict[str, Any]:
    less = {
        name: {
            **site,
            "forms": [form for form in site["forms"] if form in forms],
            "markets": [market for market in site["markets"] if market in markets],
        }
        for name, site in sites.items()
    }
    return {name: site for name, site in less.items() if site["forms"] and site["markets"]}
