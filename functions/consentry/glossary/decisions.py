"""What was decided about single violations: waivers and tasks, bound to the very words.

Pure: the day comes from the caller.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from consentry.glossary.concept import Owner, Task, Waiver
from consentry.glossary.matching.match import Judgement
from consentry.glossary.rulebook import Rulebook
from consentry.glossary.segments import Binding, Segment


class Duty(NamedTuple):
    """Who mends live words that a change of the glossary made wrong, and within how many days."""

    owner: Owner
    days: int


DUTIES: dict[Literal["label", "legal"], Duty] = {
    "label": Duty("translator", 14),
    "legal": Duty("compliance-officer", 30),
}
HOLDS_BACK = frozenset({"block", "review"})
"""Outcomes that are not published until somebody acts."""


@dataclass(frozen=True)
class Violation:
    """One judgement that holds a segment back, in ``markets`` (some or all of those that show the segment).

    ``proposed`` is the target with the words replaced, where that can be told; a person looks at the endings.
    """

    segment: Segment
    judgement: Judgement
    markets: tuple[str, ...]
    proposed: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """``form/market/locale`` of what it holds back."""
        return tuple(unit for unit in self.segment.units if unit.split("/")[1] in self.markets)


def violations(rules: Rulebook, segments: Iterable[Segment]) -> Iterator[Violation]:
    """Everything in ``segments`` that does not pass."""
    for segment in segments:
        found: dict[Judgement, list[str]] = {}
        for markets, judgements in rules.judge(segment):
            for judgement in judgements:
                if judgement.outcome in HOLDS_BACK:
                    found.setdefault(judgement, []).extend(markets)
        for judgement, held in found.items():
            yield Violation(segment, judgement, tuple(held))


_Decision = tuple[str, str, Binding]
"""Concept and rule of a violation, and the segment."""


def _decision(about: Waiver | Task) -> _Decision:
    return about.concept, about.rule, about.binding


def _asked(violation: Violation) -> _Decision:
    return violation.judgement.concept, violation.judgement.rule, violation.segment.binding


@dataclass
class Decided:
    """Violations by what was decided. ``standing`` hold back; each names the waivers that once covered it."""

    standing: list[tuple[Violation, tuple[Waiver, ...]]] = field(default_factory=list)
    waived: list[tuple[Violation, Waiver]] = field(default_factory=list)
    tasked: list[tuple[Violation, Task]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    """Ids of waivers and tasks that some violation matches, expired ones too."""


def in_force(waiver: Waiver, day: date) -> bool:
    """Whether a waiver covers on ``day``: from the day it was given until before the day it expires."""
    return waiver.at <= day < waiver.expires


def decide(found: Iterable[Violation], waivers: Iterable[Waiver], tasks: Iterable[Task], day: date) -> Decided:
    """Sort violations on ``day``, market by market: a waiver for one market does not cover another."""
    known_waivers: dict[_Decision, list[Waiver]] = {}
    known_tasks: dict[_Decision, list[Task]] = {}
    for waiver in waivers:
        known_waivers.setdefault(_decision(waiver), []).append(waiver)
    for task in tasks:
        known_tasks.setdefault(_decision(task), []).append(task)
    decided = Decided()
    for violation in found:
        asked = _asked(violation)
        _sort(decided, violation, known_waivers.get(asked, []), known_tasks.get(asked, []), day)
    return decided


def _sort(decided: Decided, violation: Violation, waivers: Sequence[Waiver], tasks: Sequence[Task], day: date) -> None:
    waived: dict[str, tuple[Waiver, list[str]]] = {}
    tasked: dict[str, tuple[Task, list[str]]] = {}
    standing: dict[tuple[Waiver, ...], list[str]] = {}
    for market in violation.markets:
        here = [waiver for waiver in waivers if waiver.market in {None, market}]
        open_tasks = [task for task in tasks if task.market in {None, market}]
        decided.used.update(each.id for each in (*here, *open_tasks))
        live = next((waiver for waiver in here if in_force(waiver, day)), None)
        if live is not None:
            waived.setdefault(live.id, (live, []))[1].append(market)
        elif open_tasks:
            tasked.setdefault(open_tasks[0].id, (open_tasks[0], []))[1].append(market)
        else:
            standing.setdefault(tuple(here), []).append(market)
    decided.waived += [(_within(violation, markets), waiver) for waiver, markets in waived.values()]
    decided.tasked += [(_within(violation, markets), task) for task, markets in tasked.values()]
    decided.standing += [(_within(violation, markets), expired) for expired, markets in standing.items()]


def _within(violation: Violation, markets: Sequence[str]) -> Violation:
    return replace(violation, markets=tuple(markets))


def tasks_for(found: Iterable[Violation], versions: Mapping[str, int], day: date) -> list[Task]:
    """The tasks that keep live words live after concepts, in ``versions``, were approved on ``day``.

    One for all markets that show the segment, or one per market where only some are concerned. The same violation
    gives the same id, so that nothing is opened twice.
    """
    opened: dict[str, Task] = {}
    for violation in found:
        segment, judgement = violation.segment, violation.judgement
        everywhere = set(violation.markets) == set(segment.markets)
        for market in (None,) if everywhere else violation.markets:
            duty = DUTIES[segment.kind]
            parts = (judgement.concept, judgement.rule, *segment.binding, market)
            bound = "\n".join(part or "" for part in parts)
            version = versions.get(judgement.concept, 1)
            name = f"{judgement.concept or judgement.rule}-{version}-{hashlib.sha256(bound.encode()).hexdigest()[:12]}"
            opened[name] = Task(
                id=name,
                concept=judgement.concept,
                rule=judgement.rule,
                key=segment.key,
                locale=segment.locale,
                market=market,
                source_digest=segment.source_digest,
                target_digest=segment.target_digest,
                version=version,
                owner=duty.owner,
                opened=day,
                due=day + timedelta(days=duty.days),
            )
    return list(opened.values())
