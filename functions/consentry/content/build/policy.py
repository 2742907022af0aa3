"""The one place where the compiler talks to ``consentry.markets``: what it needs to know of a market."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from consentry.base.build.findings import Finding
from consentry.consent.build.gates import Place
from consentry.locales.build import names
from consentry.locales.build.registry import LocaleEntry
from consentry.markets.build.load import load_markets
from consentry.markets.build.model import CHANNELS


@dataclass(frozen=True)
class Policy:
    """What a market asks of a form on a day."""

    market: str
    parents: tuple[str, ...]
    """Nearest first; empty unless the market is an overlay."""
    pack: str
    version: str
    """``<pack>@<version>+<digest of what the market asks>``."""
    overlay: str | None
    sample: bool
    country: str
    region: str | None
    locales: tuple[str, ...]
    consent_model: Mapping[str, str]
    double_opt_in: bool
    notice_elements: frozenset[str]
    statement_elements: Mapping[str, tuple[str, ...]]
    hcp_gate: str | None
    """``None`` where the market asks for no gate."""
    identifiers: tuple[str, ...]
    """Patterns of the professional identifiers known there."""
    never_ask: frozenset[str]

    def place(self, locale: LocaleEntry, on: date) -> Place:
        """The market in one of its languages on a day, as legal texts are looked up."""
        return Place(self.market, self.parents, locale.tag, names.direction(locale) == "rtl", on)


@dataclass(frozen=True)
class Policies:
    """Markets by id. A market that could not be read is missing; ``findings`` says why, and what else blocks it."""

    markets: Mapping[str, Policy]
    waiting: Mapping[str, tuple[str, ...]]
    """A missing market whose own file can be read, to its locales."""
    places: Mapping[str, str]
    """``DE``, ``US`` or ``US-CA`` (country, country-region) to market; of missing markets too."""
    findings: Mapping[str, tuple[Finding, ...]]
    others: tuple[Finding, ...]
    """Findings that block no market."""

    def chain(self, market: str) -> tuple[str, ...]:
        """The market and its parents, nearest first."""
        return (market, *self.markets[market].parents)

    @property
    def elements(self) -> set[str]:
        """Every element that any market asks of a notice or statement."""
        named = {element for policy in self.markets.values() for element in policy.notice_elements}
        for policy in self.markets.values():
            named |= {element for elements in policy.statement_elements.values() for element in elements}
        return named


def load_policies(root: Path, on: date) -> Policies:
    """Every market as it stands on ``on``."""
    loaded = load_markets(root)
    policies: dict[str, Policy] = {}
    for name in sorted(loaded.markets):
        try:
            resolved = loaded.resolve(name, on)
        except (LookupError, ValueError, TypeError):
            # A required fact is missing on that day; the finding that names it is among the market's own.
            continue
        parents = tuple(market.market for market in reversed(loaded.chain(name)[:-1]))
        policies[name] = Policy(
            market=name,
            parents=parents,
            pack=resolved.pack,
            version=resolved.policy_version,
            overlay=resolved.overlay,
            sample=resolved.sample,
            country=resolved.place.country,
            region=resolved.place.region,
            locales=tuple(resolved.locales),
            consent_model={channel: resolved.consent_model.for_channel(channel) for channel in CHANNELS},
            double_opt_in=resolved.double_opt_in == "yes",
            notice_elements=frozenset(resolved.notice_elements),
            statement_elements=dict(resolved.statement_elements),
            hcp_gate=None if resolved.hcp_gate == "none" else resolved.hcp_gate,
            identifiers=tuple(identifier.regex for identifier in resolved.identifiers or ()),
            never_ask=frozenset(resolved.never_ask),
        )
    held = {finding for found in loaded.blocking.values() for finding in found}
    rest = tuple(finding for finding in loaded.findings if finding not in held)
    waiting = {name: market.locales for name, market in loaded.declared.items() if name not in policies}
    return Policies(policies, waiting, loaded.places, loaded.blocking, rest)
