"""Reads ``markets/`` into ``Markets``: what is wrong in a file becomes a finding with its line, never a crash.

>>> markets = load_markets(Path("."))
>>> policy = markets.resolve("US-CA", date(2026, 11, 22))
>>> policy.consent_model.email
'opt_in'
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from babel.core import get_global
from pydantic import ValidationError

from consentry.base.build.findings import Finding
from consentry.base.build.source import Key, read, validate
from consentry.base.build.source import Source as File
from consentry.markets.build import merge
from consentry.markets.build.merge import Located, ResolvedPolicy, Source, SourceKind
from consentry.markets.build.model import FIELDS, Fact, Market, Operator, Pack

PolicyFile = TypeVar("PolicyFile", Pack, Market)


@dataclass(frozen=True)
class Markets:
    """All markets and packs that could be read, and everything found wrong while reading them.

    ``declared`` has those markets too whose pack or parent could not be read, and ``unread`` names the rest.
    """

    packs: Mapping[str, Pack]
    markets: Mapping[str, Market]
    declared: Mapping[str, Market]
    unread: Sequence[str]
    findings: tuple[Finding, ...]
    blocking: Mapping[str, tuple[Finding, ...]]
    """Market to the errors that stop it from being published; its own, its pack's and its parent's."""
    sources: Mapping[str, Source] = field(repr=False)

    @property
    def places(self) -> dict[str, str]:
        """``DE``, ``US`` or ``US-CA`` (country, or country-region) to the market that rules there.

        A market that cannot be read still rules the place of its name: nobody there is taken under other rules.
        """
        return {name: name for name in self.unread} | {
            market.place.country + (f"-{market.place.region}" if market.place.region else ""): market.market
            for market in self.declared.values()
        }

    def chain(self, market: str) -> list[Market]:
        """The market and its parents, the outermost parent first. Raises ``LookupError`` for an unknown market."""
        found = [self.markets[market]]
        while (parent := found[0].parent) is not None:
            found.insert(0, self.markets[parent])
        return found

    def resolve(self, market: str, on: date, tightening: Sequence[Source] = ()) -> ResolvedPolicy:
        """What ``market`` asks on that day; ``tightening`` are a product type's and a campaign's own rules.

        Raises ``LookupError`` for a market that does not exist or whose file could not be read (see ``findings``).
        """
        chain = self.chain(market)
        return merge.resolve(self.packs[chain[0].pack], chain, [*self.chain_sources(market), *tightening], on)

    def chain_sources(self, market: str) -> list[Source]:
        """The facts that make up a market's policy, in the order in which they apply."""
        chain = self.chain(market)
        return [self.sources[chain[0].pack], *(self.sources[each.market] for each in chain)]


class _Reading:
    """One pass over the files: collects models, located facts, findings and the markets each blocks."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[tuple[Finding, str]] = []
        """Each with the pack or market whose file it is in."""
        self.files: dict[str, File] = {}

    @property
    def broken(self) -> set[str]:
        """Packs and markets whose own files say why they, and what stands on them, are not there."""
        return {name for finding, name in self.found if finding.severity == "error"}

    def find(self, name: str, key: Key, rule: str, message: str, mend: str) -> None:
        self.found.append((self.files[name].finding(key, rule, message, mend), name))

    def model(self, path: Path, kind: type[PolicyFile], key: str) -> PolicyFile | None:
        """The file as a model, if it is one and lies under its own name."""
        name = path.stem
        file, wrong = read(self.root, path.relative_to(self.root).as_posix())
        model = None
        if file is not None:
            self.files[name] = file
            model, invalid = validate(file, kind)
            wrong += invalid
        self.found += [(finding, name) for finding in wrong]
        if model is None:
            return None
        said = str(getattr(model, key))
        if said != name:
            self.find(name, (key,), "file-name", f"{said} lies in {path.name}", f"name the file {said}.yaml")
            return None
        return model

    def source(self, kind: SourceKind, name: str, model: Pack | Market) -> Source:
        facts: dict[str, tuple[Located, ...]] = {}
        for field_name, written in model.policy.items():
            if field_name not in FIELDS:
                known = ", ".join(FIELDS)
                self.find(name, ("policy", field_name), "unknown-field", f"{field_name} is no policy field",
                          f"use one of: {known}")  # fmt: skip
                continue
            single = not isinstance(self.files[name].data["policy"][field_name], list)
            located = []
            for index, fact in enumerate(written):
                key: Key = ("policy", field_name) if single else ("policy", field_name, index)
                if at := self._fact(name, field_name, key, fact):
                    located.append(at)
            self._overlaps(name, field_name, located)
            facts[field_name] = tuple(located)
        return Source(kind, name, facts)

    def _fact(self, name: str, field_name: str, key: Key, fact: Fact) -> Located | None:
        spec, file = FIELDS[field_name], self.files[name]
        if fact.from_ and fact.until and fact.until <= fact.from_:
            self.find(name, (*key, "until"), "dates", f"until {fact.until} is not after from {fact.from_}",
                      "a fact holds from `from` up to, not including, `until`")  # fmt: skip
            return None
        try:
            value = spec.type.validate_python(fact.value)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                message = problem["msg"].removeprefix("Value error, ")
                self.find(name, (*key, "value", *problem["loc"]), "value", f"{field_name}: {message}",
                          "correct the value")  # fmt: skip
            return None
        return Located(field_name, fact, value, fact.layer or spec.layer, file.path, file.line(key))

    def _overlaps(self, name: str, field_name: str, located: Sequence[Located]) -> None:
        """Two facts of one layer on one day: only lists of duties may add up, each with its own citation."""
        if FIELDS[field_name].operator is Operator.UNION:
            return
        for one, two in combinations(located, 2):
            if one.layer is two.layer and _meet(one.fact, two.fact):
                what = f"{field_name} has two values for {one.layer.value} on one day: {one.value} and {two.value}"
                self._at(two, "overlap", what, "give them dates that do not overlap, or different layers", name)

    def _at(self, at: Located, rule: str, message: str, mend: str, name: str) -> None:
        self.found.append((Finding(at.file, at.line, f"policy.{at.field}", rule, message, mend), name))

    def loosening(self, name: str, found: merge.Loosening) -> None:
        value, parent = _say(found.at.value), _say(found.parent)
        message = (
            f"{found.at.field}: {value} is looser than {parent}"
            if found.ordered
            else f"{found.at.field}: {value} would replace {parent}; this field has no stricter side"
        )
        mend = "an overlay may only tighten: remove it, or correct the parent"
        self._at(found.at, "loosening", message, mend, name)


def _meet(one: Fact, two: Fact) -> bool:
    start = max(one.from_ or date.min, two.from_ or date.min)
    return one.holds(start) and two.holds(start)


def _days(sources: Sequence[Source]) -> list[date]:
    """Every day on which something changes, and the day before all of them."""
    facts = [at.fact for source in sources for located in source.facts.values() for at in located]
    return sorted({date.min} | {day for fact in facts for day in (fact.from_, fact.until) if day})


def _references(reading: _Reading, packs: Mapping[str, Pack], markets: dict[str, Market]) -> None:
    """Drops markets whose pack or parent is not there, in the order in which one pulls down the next."""
    for name in sorted(markets, key=lambda name: (markets[name].parent is not None, name)):
        market = markets[name]
        if market.pack not in packs:
            if market.pack not in reading.broken:
                reading.find(name, ("pack",), "unknown-pack", f"there is no pack {market.pack}",
                             f"use one of {', '.join(sorted(packs))}")  # fmt: skip
            del markets[name]
            continue
        if market.parent is None:
            continue
        parent = markets.get(market.parent)
        if parent is None or parent.parent is not None:
            if market.parent not in reading.broken:
                reading.find(name, ("parent",), "unknown-parent", f"{market.parent} is no market to overlay",
                             "name a market that is not an overlay itself")  # fmt: skip
            del markets[name]
        elif parent.pack != market.pack:
            reading.find(name, ("pack",), "pack-differs", f"{name} names another pack than {parent.market}",
                         "an overlay stands on its parent's pack")  # fmt: skip


def _places(reading: _Reading, markets: Mapping[str, Market]) -> None:
    owners: dict[tuple[str, str | None], str] = {}
    territories: Mapping[str, str] = get_global("zone_territories")
    for name, market in sorted(markets.items(), key=lambda entry: entry[1].parent is not None):
        place = (market.place.country, market.place.region)
        if place in owners:
            reading.find(name, ("place",), "place", f"{owners[place]} rules that place already",
                         "one place has one market")  # fmt: skip
        owners.setdefault(place, name)
        for index, zone in enumerate(market.time_zones):
            if territories.get(zone) != market.place.country:
                reading.find(name, ("time_zones", index), "time-zone",
                             f"{zone} is no time zone of {market.place.country}", "use an IANA name")  # fmt: skip


def _say(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _policies(reading: _Reading, markets: Markets) -> None:
    """Over every day on which a rule changes: nothing required is missing, and no overlay loosens."""
    for name in markets.markets:
        sources = markets.chain_sources(name)
        missing: set[str] = set()
        for day in _days(sources):
            for field_name in merge.missing(sources, day):
                if field_name not in missing:
                    missing.add(field_name)
                    since = "" if day == date.min else f" on {day}"
                    reading.find(name, ("policy", field_name), "missing-field", f"{name} has no {field_name}{since}",
                                 f"add it here or in {markets.markets[name].pack}")  # fmt: skip
            for found in merge.loosenings(sources, day):
                reading.loosening(name, found)


def _blocking(reading: _Reading, declared: Mapping[str, Market]) -> dict[str, tuple[Finding, ...]]:
    """Per market the errors in its own file, its pack's and its parent's."""
    blocking: dict[str, list[Finding]] = {}
    for finding, name in reading.found:
        if finding.severity != "error":
            continue
        names = {market for market, file in declared.items() if name in (file.pack, file.parent)}
        for market in names if name in {file.pack for file in declared.values()} else names | {name}:
            blocking.setdefault(market, []).append(finding)
    return {market: tuple(sorted(found)) for market, found in sorted(blocking.items())}


def load_markets(root: Path) -> Markets:
    """All of ``root/markets``. A file that cannot be used is left out and named in ``findings``."""
    reading, folder = _Reading(root), root / "markets"
    packs: dict[str, Pack] = {}
    markets: dict[str, Market] = {}
    for path in sorted((folder / "packs").glob("*.yaml")):
        if pack := reading.model(path, Pack, "pack"):
            packs[pack.pack] = pack
    for path in sorted(folder.glob("*.yaml")):
        if market := reading.model(path, Market, "market"):
            markets[market.market] = market
    declared = dict(markets)
    unread = [path.stem for path in sorted(folder.glob("*.yaml")) if path.stem not in markets]
    _references(reading, packs, markets)
    _places(reading, markets)
    sources = {name: reading.source(SourceKind.PACK, name, pack) for name, pack in packs.items()}
    for name, market in markets.items():
        kind = SourceKind.OVERLAY if market.parent else SourceKind.MARKET
        sources[name] = reading.source(kind, name, market)
    _policies(reading, Markets(packs, markets, declared, unread, (), {}, sources))
    findings = tuple(sorted({finding for finding, _ in reading.found}))
    return Markets(packs, markets, declared, unread, findings, _blocking(reading, declared), sources)
