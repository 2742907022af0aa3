"""Reads ``markets/`` into ``Markets``: what is wrong in a file becomes a finding with its line, never a crash.

>>> markets = load_markets(Path("."))
>>> policy = markets.resolve("US-CA", date(2026, 11, 22))
>>> policy.consent_model.email
'opt_in'
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import yaml
from babel.core import get_global
from pydantic import ValidationError

from consentry.markets.build import merge
from consentry.markets.build.merge import Located, ResolvedPolicy, Source, SourceKind
from consentry.markets.build.model import FIELDS, Fact, Finding, Market, Operator, Pack

PolicyFile = TypeVar("PolicyFile", Pack, Market)
Path_ = tuple[int | str, ...]


class _Loader(yaml.SafeLoader):
    """YAML as people mean it: only ``true`` and ``false`` are booleans, so ``no`` and Norway's ``NO`` stay words."""


_KEEP = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _KEEP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?[0-9]+$"), list("-0123456789"))


@dataclass(frozen=True)
class _Document:
    """One YAML file with the line of every key."""

    file: str
    node: yaml.Node
    data: Any

    def line(self, path: Sequence[int | str]) -> int:
        """The line of the deepest key of ``path`` that is written in the file."""
        node, line = self.node, self.node.start_mark.line
        for part in path:
            if isinstance(node, yaml.MappingNode):
                found = next(((key, value) for key, value in node.value if key.value == str(part)), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line
        return line + 1


def _duplicates(node: yaml.Node, path: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicates(item, path)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = f"{path}.{key.value}".lstrip(".")
            if key.value in seen:
                yield name, key.start_mark.line + 1
            seen.add(key.value)
            yield from _duplicates(value, name)


@dataclass(frozen=True)
class Markets:
    """All markets and packs, and everything found wrong while reading them."""

    packs: Mapping[str, Pack]
    markets: Mapping[str, Market]
    findings: tuple[Finding, ...]
    sources: Mapping[str, Source] = field(repr=False)

    @property
    def blocked(self) -> frozenset[str]:
        """Markets that an error stops from being published."""
        return frozenset(market for found in self.findings if found.severity == "error" for market in found.markets)

    @property
    def places(self) -> dict[str, str]:
        """``DE``, ``US`` or ``US-CA`` (country, or country-region) to the market that rules there."""
        return {
            market.place.country + (f"-{market.place.region}" if market.place.region else ""): market.market
            for market in self.markets.values()
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
        return merge.resolve(self.packs[chain[0].pack], chain, [*self._sources(chain), *tightening], on)

    def _sources(self, chain: Sequence[Market]) -> list[Source]:
        return [self.sources[chain[0].pack], *(self.sources[each.market] for each in chain)]


class _Reading:
    """One pass over the files: collects models, located facts and findings."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []
        self.documents: dict[str, _Document] = {}

    def find(self, document: _Document, path: Path_, rule: str, message: str, mend: str, *markets: str) -> None:
        key = ".".join(str(part) for part in path)
        self.findings.append(
            Finding(document.file, document.line(path), key, rule, message, mend, markets=tuple(markets))
        )

    def document(self, path: Path) -> _Document | None:
        file = path.relative_to(self.root).as_posix()
        try:
            text = path.read_text("utf-8")
            node = yaml.compose(text, Loader=_Loader)
            data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader with fewer words for true and false
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            what = getattr(error, "problem", None) or str(error)
            self.findings.append(Finding(file, line, "", "yaml", f"not YAML: {what}", "mend the syntax"))
            return None
        if node is None:
            self.findings.append(Finding(file, 1, "", "yaml", "the file is empty", "fill it or remove it"))
            return None
        for key, line in _duplicates(node):
            self.findings.append(
                Finding(file, line, key, "duplicate-key", f"{key} stands twice", "keep one; only the last would count")
            )
        return _Document(file, node, data)

    def model(self, path: Path, kind: type[PolicyFile], name_key: str) -> PolicyFile | None:
        document = self.document(path)
        if document is None:
            return None
        try:
            model = kind.model_validate(document.data)
        except ValidationError as error:
            for problem in error.errors():
                self.find(document, problem["loc"], "schema", problem["msg"], _MEND.get(problem["type"], "correct it"))
            return None
        name = str(getattr(model, name_key))
        if name != path.stem:
            self.find(document, (name_key,), "file-name", f"{name} lies in {path.name}", f"name the file {name}.yaml")
            return None
        self.documents[name] = document
        return model

    def source(self, kind: SourceKind, name: str, model: Pack | Market) -> Source:
        document = self.documents[name]
        facts: dict[str, tuple[Located, ...]] = {}
        for field_name, written in model.policy.items():
            path: Path_ = ("policy", field_name)
            if field_name not in FIELDS:
                known = ", ".join(FIELDS)
                self.find(document, path, "unknown-field", f"{field_name} is no policy field", f"use one of: {known}")
                continue
            located = [at for at in (self._fact(document, field_name, n, fact) for n, fact in enumerate(written)) if at]
            self._overlaps(document, field_name, located)
            facts[field_name] = tuple(located)
        return Source(kind, name, facts)

    def _fact(self, document: _Document, name: str, index: int, fact: Fact) -> Located | None:
        spec, path = FIELDS[name], ("policy", name, index)
        if fact.from_ and fact.until and fact.until <= fact.from_:
            self.find(
                document,
                (*path, "until"),
                "dates",
                f"until {fact.until} is not after from {fact.from_}",
                "a fact holds from `from` up to, not including, `until`",
            )
            return None
        try:
            value = spec.type.validate_python(fact.value)
        except ValidationError as error:
            for problem in error.errors():
                where = (*path, "value", *problem["loc"])
                self.find(document, where, "value", f"{name}: {problem['msg']}", "correct the value")
            return None
        return Located(name, fact, value, fact.layer or spec.layer, document.file, document.line(path))

    def _overlaps(self, document: _Document, name: str, located: Sequence[Located]) -> None:
        """Two facts of one layer on one day: only lists of duties may add up, each with its own citation."""
        if FIELDS[name].operator is Operator.UNION:
            return
        for one, two in combinations(located, 2):
            if one.layer is two.layer and _meet(one.fact, two.fact):
                self.findings.append(
                    Finding(
                        document.file,
                        two.line,
                        f"policy.{name}",
                        "overlap",
                        f"{name} has two values for {one.layer.value} on one day: {one.value} and {two.value}",
                        "give them dates that do not overlap, or different layers",
                    )
                )


def _meet(one: Fact, two: Fact) -> bool:
    start = max(one.from_ or date.min, two.from_ or date.min)
    return one.holds(start) and two.holds(start)


_MEND = {
    "missing": "add it; every fact needs value, cite, confidence and basis",
    "extra_forbidden": "remove it, or correct its spelling",
    "enum": "use one of the words named",
}


def _days(sources: Sequence[Source]) -> list[date]:
    """Every day on which something changes, and the day before all of them."""
    facts = [at.fact for source in sources for located in source.facts.values() for at in located]
    return sorted({date.min} | {day for fact in facts for day in (fact.from_, fact.until) if day})


def _references(reading: _Reading, packs: Mapping[str, Pack], markets: dict[str, Market]) -> None:
    """Drops markets whose pack or parent is not there, in the order in which one pulls down the next."""
    for name in sorted(markets, key=lambda name: (markets[name].parent is not None, name)):
        market, document = markets[name], reading.documents[name]
        if market.pack not in packs:
            reading.find(
                document,
                ("pack",),
                "unknown-pack",
                f"there is no pack {market.pack}",
                f"use one of {', '.join(sorted(packs)) or 'none readable'}",
                name,
            )
            del markets[name]
            continue
        if market.parent is None:
            continue
        parent = markets.get(market.parent)
        if parent is None or parent.parent is not None:
            reading.find(
                document,
                ("parent",),
                "unknown-parent",
                f"{market.parent} is no market to overlay",
                "name a market that is not an overlay itself",
                name,
            )
            del markets[name]
        elif parent.pack != market.pack:
            reading.find(
                document,
                ("pack",),
                "pack-differs",
                f"{name} names another pack than {parent.market}",
                "an overlay stands on its parent's pack",
                name,
            )


def _places(reading: _Reading, markets: Mapping[str, Market]) -> None:
    owners: dict[tuple[str, str | None], str] = {}
    territories: Mapping[str, str] = get_global("zone_territories")
    for name, market in markets.items():
        document = reading.documents[name]
        place = (market.place.country, market.place.region)
        if place in owners:
            reading.find(
                document,
                ("place",),
                "place",
                f"{owners[place]} rules that place already",
                "one place has one market",
                name,
            )
        owners.setdefault(place, name)
        for index, zone in enumerate(market.time_zones):
            if territories.get(zone) != market.place.country:
                reading.find(
                    document,
                    ("time_zones", index),
                    "time-zone",
                    f"{zone} is no time zone of {market.place.country}",
                    "use an IANA name",
                    name,
                )


def _say(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _policies(reading: _Reading, markets: Markets) -> None:
    """Over every day on which a rule changes: nothing required is missing, and no overlay loosens."""
    for name in markets.markets:
        chain = markets.chain(name)
        sources = [markets.sources[chain[0].pack], *(markets.sources[each.market] for each in chain)]
        document = reading.documents[name]
        missing: set[str] = set()
        loose: set[int] = set()
        for day in _days(sources):
            for field_name in merge.missing(sources, day):
                if field_name not in missing:
                    since = "" if day == date.min else f" on {day}"
                    reading.find(
                        document,
                        ("policy", field_name),
                        "missing-field",
                        f"{name} has no {field_name}{since}",
                        f"add it here or in {chain[0].pack}",
                        name,
                    )
                    missing.add(field_name)
            for found in merge.loosenings(sources, day):
                if found.at.file != document.file or id(found.at) in loose:
                    continue
                loose.add(id(found.at))
                what = (
                    f"{found.at.field}: {_say(found.at.value)} is looser than {_say(found.parent)}"
                    if found.ordered
                    else f"{found.at.field}: {_say(found.at.value)} would replace {_say(found.parent)}; "
                    "this field has no stricter side"
                )
                reading.findings.append(
                    Finding(
                        document.file,
                        found.at.line,
                        f"policy.{found.at.field}",
                        "loosening",
                        what,
                        "an overlay may only tighten: remove it, or correct the parent",
                        markets=(name,),
                    )
                )


def _blame(finding: Finding, markets: Mapping[str, Market], files: Mapping[str, str]) -> Finding:
    """Names the markets a finding blocks: all of a pack's, or a market with its overlays."""
    if finding.markets:
        names = set(finding.markets)
    else:
        stem = files.get(finding.file, Path(finding.file).stem)
        names = {name for name, market in markets.items() if market.pack == stem} or {stem}
    names |= {name for name, market in markets.items() if market.parent in names}
    return Finding(
        finding.file,
        finding.line,
        finding.key,
        finding.rule,
        finding.message,
        finding.mend,
        finding.severity,
        tuple(sorted(names)),
    )


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
    _references(reading, packs, markets)
    _places(reading, markets)
    sources = {name: reading.source(SourceKind.PACK, name, pack) for name, pack in packs.items()}
    for name, market in markets.items():
        kind = SourceKind.OVERLAY if market.parent else SourceKind.MARKET
        sources[name] = reading.source(kind, name, market)
    _policies(reading, Markets(packs, markets, (), sources))
    files = {document.file: name for name, document in reading.documents.items()}
    findings = tuple(sorted(_blame(found, declared, files) for found in reading.findings))
    return Markets(packs, markets, findings, sources)
