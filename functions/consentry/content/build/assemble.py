"""What the published units make together: the rules that judge submissions, the index of documents, the refusals."""

from collections.abc import Mapping
from typing import Any

from consentry.base.build.findings import Unit
from consentry.base.canonical import digest
from consentry.content.build.content import Content
from consentry.content.build.offers import Offer, basis, purpose_rules, statement_rules
from consentry.content.build.policy import Policy
from consentry.content.build.sites import Site
from consentry.content.build.speaker import LocaleContext, Speaker
from consentry.content.build.units import DEFAULT_LOCALE, CompiledUnit
from consentry.content.rules import FormRules, MarketRules, ReleaseRules, SiteRules, StageRules
from consentry.locales.build import names


class Assembly:
    """Units that passed every gate, seen as one release."""

    def __init__(
        self,
        content: Content,
        locales: Mapping[str, LocaleContext],
        offers: Mapping[tuple[str, str], Offer],
        units: Mapping[Unit, CompiledUnit],
        blocked: list[Unit],
        sites: Mapping[str, Site],
    ) -> None:
        self.content = content
        self.locales = locales
        self.offers = offers
        self.units = units
        self.blocked = blocked
        self.sites = sites

    def published_locales(self, form: str, market: str) -> list[str]:
        """Locales of the form in the market, the market's default first."""
        policy = self.content.policies.markets.get(market)
        return [tag for tag in policy.locales if Unit(form, market, tag) in self.units] if policy else []

    def _site_rules(self, site: Site) -> SiteRules:
        return {
            "forms": list(site.forms),
            "markets": list(site.open_markets),
            "origins": list(site.origins),
            "controller": site.controller,
            "capture_point": site.capture_point,
        }

    def rules(self) -> ReleaseRules:
        """What a submission is judged by; the digests of the projections are put in when the documents are written."""
        forms: dict[str, FormRules] = {}
        for (name, market), built in self.offers.items():
            tags = self.published_locales(name, market)
            if not tags:
                continue
            form = forms.setdefault(
                name,
                {
                    "version": built.form.version,
                    "persona": built.form.persona,
                    "offer": {"id": built.form.offer.id, "type": built.form.offer.type},
                    "product_type": built.form.product_type,
                    "markets": {},
                },
            )
            form["markets"][market] = self._market_rules(built, tags)
        return {
            "state": "current",
            "superseded_at": None,
            "places": dict(sorted(self.content.policies.places.items())),
            "sites": {name: self._site_rules(site) for name, site in self.sites.items()},
            "forms": forms,
        }

    def _market_rules(self, built: Offer, tags: list[str]) -> MarketRules:
        policies, market = self.content.policies, built.policy.market
        units = {tag: self.units[Unit(built.form.form, market, tag)] for tag in tags}
        stages: list[StageRules] = [
            {
                "id": offered.stage.id,
                "schema": dict(offered.schema),
                "fields": {
                    placed.name: {"type": placed.spec.type, "store": placed.spec.store, "data": placed.spec.data}
                    for placed in offered.fields
                },
                "statements": list(offered.statements),
            }
            for offered in built.stages
        ]
        return {
            "controller": built.controller.controller,
            "policy": built.policy.version,
            "overlay": built.policy.overlay,
            "country": built.policy.country,
            "sample": any(unit.sample for unit in units.values()),
            "verification_required_before": "content" if built.policy.hcp_gate is not None else None,
            "request": purpose_rules(built.purpose, basis(built.purpose, policies, market)),
            "statements": {
                name: statement_rules(statement, purpose, basis(purpose, policies, market), built.policy)
                for name, (statement, purpose) in built.statements.items()
            },
            "stages": stages,
            "locales": {tag: unit.rules for tag, unit in units.items()},
        }

    def index(
        self, release: str, written: Mapping[Unit, Mapping[str, bytes]], messages: Mapping[Unit, bytes]
    ) -> dict[str, Any]:
        """``definitions/index.json``."""
        content = self.content
        forms: dict[str, Any] = {}
        served: dict[str, str] = {}
        for form in content.library.forms.values():
            markets: dict[str, Any] = {}
            for market in form.markets:
                units = [Unit(form.form, market, tag) for tag in self.published_locales(form.form, market)]
                if not units:
                    continue
                for unit in units:
                    for name, data in (*written[unit].items(), ("messages", messages[unit])):
                        served[f"{release}/{form.form}/{market}/{unit.locale}/{name}"] = digest(data)
                markets[market] = {
                    "locales": [unit.locale for unit in units],
                    "documents": {
                        unit.locale: {dialect: {"digest": digest(data)} for dialect, data in written[unit].items()}
                        for unit in units
                    },
                    "fallbacks": {
                        unit.locale: [
                            {"key": key, "locale": DEFAULT_LOCALE} for key in self.units[unit].projection.fallbacks
                        ]
                        for unit in units
                    },
                    "blocked": [u.locale for u in self.blocked if (u.form, u.market) == (form.form, market)],
                    "sample": any(self.units[unit].sample for unit in units),
                }
            if markets:
                forms[form.form] = {"title": form.title, "markets": markets}
        hosted = {market for form in forms.values() for market in form["markets"]}
        return {
            "release": release,
            "default_locale": DEFAULT_LOCALE,
            "forms": forms,
            "releases": {release: {"state": "current"}},
            "documents": served,
            "languages": {tag: names.endonym(locale.entry) for tag, locale in self.locales.items()},
            "directions": {tag: locale.dir for tag, locale in self.locales.items()},
            "markets": {
                name: self._place(policy) for name, policy in content.policies.markets.items() if name in hosted
            },
            "sites": {name: _page(site) for name, site in self.sites.items()},
        }

    def _place(self, policy: Policy) -> dict[str, Any]:
        named = {
            tag: names.place_name(policy.country, policy.region, locale.entry) for tag, locale in self.locales.items()
        }
        place = {"country": policy.country, "region": policy.region}
        return {"names": named, "locales": list(policy.locales), "place": place}

    def problems(self) -> dict[str, Any]:
        """``problems.json``: the words of every refusal in every locale."""
        languages: dict[str, str] = {}
        for tag, locale in self.locales.items():
            languages.setdefault(locale.entry.language, tag)
        if DEFAULT_LOCALE in self.locales:
            languages["en"] = DEFAULT_LOCALE
        said = {}
        for tag, locale in self.locales.items():
            speaker = Speaker(locale)
            said[tag] = {
                "problems": {
                    code: {
                        "title": speaker.say(f"problem.{code}.title"),
                        "detail": speaker.say(f"problem.{code}.detail"),
                    }
                    for code in self.content.library.problems
                },
                "errors": {code: speaker.say(f"error.{code}") for code in self.content.library.errors},
            }
        return {"default": DEFAULT_LOCALE, "locales": said, "languages": languages}


def _page(site: Site) -> dict[str, Any]:
    return {
        "name": site.name,
        "forms": site.forms,
        "market": site.market,
        "markets": site.open_markets,
        "origins": site.origins,
        "theme": {"accent": site.theme.accent},
        "sample": site.sample,
    }
