"""``sites/<site>.yaml``: landing pages as configuration.

A site that cannot be read is not published; its forms are. A site keeps the forms and markets that are sound.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from consentry.base.build.findings import Finding
from consentry.base.build.source import Key, Source, read, validate
from consentry.forms.build.models import Form, Slug

Origin = Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(?::[0-9]{2,5})?$", max_length=200)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Theme(BaseModel):
    """What a page may change of the form's looks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accent: Colour


class Site(BaseModel):
    """One landing page. ``market`` is a market, or ``ask``: the visitor says first where they practise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: Slug
    sample: bool = False
    name: Annotated[str, StringConstraints(min_length=1, max_length=120)]
    forms: Annotated[list[Slug], Field(min_length=1)]
    market: str
    markets: list[str] = []
    controller: Slug | None = None
    origins: Annotated[list[Origin], Field(min_length=1)]
    capture_point: Slug
    theme: Theme

    @model_validator(mode="after")
    def _ask(self) -> "Site":
        if self.market == "ask" and (not self.markets or self.controller is not None):
            raise ValueError("`market: ask` needs `markets:` and takes no `controller:` (each market has its own)")
        if self.market != "ask" and (self.markets or self.controller is None):
            raise ValueError("a site of one market takes no `markets:` and needs its `controller:`")
        return self

    @property
    def open_markets(self) -> list[str]:
        """The markets whose forms the site shows."""
        return self.markets if self.market == "ask" else [self.market]


def load_sites(root: Path) -> tuple[dict[str, tuple[Site, Source]], list[Finding]]:
    """Every readable site by id."""
    sites: dict[str, tuple[Site, Source]] = {}
    findings: list[Finding] = []
    for path in sorted((root / "sites").glob("*.yaml")):
        source, found = read(root, f"sites/{path.name}")
        findings += found
        if source is None:
            continue
        site, found = validate(source, Site)
        if site is not None and site.site != path.stem:
            found.append(
                source.finding(("site",), "schema", "`site:` differs from the file name", f"write {path.stem}")
            )
        findings += found
        if site is not None and not found:
            sites[path.stem] = (site, source)
    return sites, findings


def judge_site(
    site: Site, source: Source, forms: Mapping[str, Form], broken: Collection[str]
) -> tuple[Site | None, list[Finding]]:
    """The site with what it can show, if anything, and what is wrong with the rest of it.

    ``broken``: forms that cannot be read. They say so themselves, and are taken off the site until they are mended.
    """
    found: list[Finding] = []
    shown: dict[str, list[str]] = {}
    for index, name in enumerate(site.forms):
        form = forms.get(name)
        if form is None:
            if name not in broken:
                mend = "correct its name, or take it off the site"
                found.append(source.finding(("forms", index), "reference", f"no form `{name}`", mend))
            continue
        for position, market in enumerate(site.open_markets):
            offered = form.markets.get(market)
            if offered is None:
                key: Key = ("markets", position) if site.market == "ask" else ("market",)
                message = f"the form {name} is not offered in {market}"
                mend = f"add {market} to forms/{name}.yaml, or take it off the site"
                found.append(source.finding(key, "reference", message, mend))
            elif site.controller is not None and offered.controller != site.controller:
                message = f"{name} in {market} names the controller {offered.controller}"
                found.append(source.finding(("controller",), "reference", message, "name the same controller"))
            else:
                shown.setdefault(name, []).append(market)
    if not shown:
        return None, found
    markets = [market for market in site.markets if any(market in held for held in shown.values())]
    return site.model_copy(update={"forms": list(shown), "markets": markets}), found
