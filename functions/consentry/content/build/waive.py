"""``consentry content waive``: accept one violation of the glossary, in the words as they stand, until a day."""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from consentry.base.build.findings import Finding
from consentry.base.faults import faults
from consentry.content.build.compile import compile_content
from consentry.content.build.content import load_content
from consentry.content.build.units import Settings
from consentry.glossary.build.library import WAIVERS_FILE
from consentry.glossary.build.write import add_decisions
from consentry.glossary.concept import Waiver
from consentry.glossary.decisions import in_force
from consentry.glossary.segments import Segment

OK, USAGE = 0, 2
_HEADER = """\
# One violation of the glossary each, accepted in these very words until `expires`: other words are judged anew.
# Written by `consentry content waive`; `consentry content check` says which cover nothing any more.
"""


def waive(options: argparse.Namespace) -> int:
    """Write the waivers, unless they are there; 2 when nothing at the place can be waived."""
    as_of: datetime = options.as_of or datetime.now(UTC).replace(microsecond=0)
    settings = Settings(as_of=as_of.astimezone(UTC))
    content = load_content(options.root, settings.day)
    compiled = compile_content(content, settings)
    found = [f for f in compiled.findings if f.severity == "error" and "segment" in f.facts]
    here = [finding for finding in found if _is_at(finding, options)]
    if not here:
        given = [w for w in content.terminology.waivers if in_force(w, settings.day)]
        standing = [waiver for waiver in given if _covers(waiver, compiled.segments, options)]
        return _waived_already(options, standing) if standing else _refused(options, found)
    try:
        waivers = [
            _waiver(finding, market, options, settings.day)
            for finding in here
            for market in ([options.market] if options.market else finding.facts["markets"])
        ]
    except ValidationError as invalid:
        fault = faults(invalid)[0]
        return _say_no(f"--{fault.key}: {fault.what}; {fault.mend}")
    if options.expires.date() <= settings.day:
        return _say_no(f"--expires: {options.expires.date()} is not after {settings.day}")
    text = add_decisions(options.root, WAIVERS_FILE, waivers, _HEADER)
    if options.json:
        print(json.dumps({"waivers": [w.model_dump(mode="json") for w in waivers]}, ensure_ascii=False, indent=1))  # noqa: T201
    else:
        print(f"{WAIVERS_FILE}: {len(waivers)} added\n{text}", end="")  # noqa: T201
    return OK


def _is_at(finding: Finding, options: argparse.Namespace) -> bool:
    facts = finding.facts
    return (
        f"{finding.file}:{finding.line}" == options.place
        and (options.concept is None or facts["concept"] == options.concept)
        and (options.locale is None or facts["segment"]["locale"] == options.locale)
        and (options.market is None or options.market in facts["markets"])
    )


def _covers(waiver: Waiver, segments: Iterable[Segment], options: argparse.Namespace) -> bool:
    """Whether it is about words at the place, as the options ask."""
    file, _, line = options.place.rpartition(":")
    return (
        any(
            segment.binding == waiver.binding
            and segment.file == file
            and (segment.kind == "legal" or str(segment.line) == line)
            for segment in segments
        )
        and (options.concept is None or waiver.concept == options.concept)
        and (options.locale is None or waiver.locale == options.locale)
        and (options.market is None or waiver.market in {None, options.market})
    )


def _waived_already(options: argparse.Namespace, standing: Sequence[Waiver]) -> int:
    """The same again changes nothing; another day is written into the file."""
    told = ", ".join(f"{waiver.id} (until {waiver.expires})" for waiver in standing)
    if any(waiver.expires < options.expires.date() for waiver in standing):
        return _say_no(f"{options.place} is waived already: {told}; write the later day into {WAIVERS_FILE}")
    if options.json:
        print(json.dumps({"waivers": []}))  # noqa: T201
    else:
        print(f"{WAIVERS_FILE}: nothing to add, {options.place} is waived already: {told}")  # noqa: T201
    return OK


def _refused(options: argparse.Namespace, found: Iterable[Finding]) -> int:
    places = sorted({f"{finding.file}:{finding.line}" for finding in found})
    if not places:
        return _say_no("the glossary holds nothing back: there is nothing to waive")
    if options.place in places:
        return _say_no(f"nothing at {options.place} is of that concept, locale and market")
    return _say_no(f"nothing is held back at {options.place}; name one of {', '.join(places[:8])}")


def _say_no(message: str) -> int:
    print(f"consentry content waive: {message}", file=sys.stderr)  # noqa: T201
    return USAGE


def _waiver(finding: Finding, market: str, options: argparse.Namespace, day: date) -> Waiver:
    facts: dict[str, Any] = dict(finding.facts)
    segment = facts["segment"]
    bound = "\n".join([finding.rule, *(str(value) for value in segment.values()), market, str(day)])
    told_apart = hashlib.sha256(bound.encode()).hexdigest()[:8]
    name = f"{facts['concept'] or finding.rule}-{market.lower()}-{told_apart}"
    return Waiver(
        id=name,
        concept=facts["concept"] or "",
        rule=finding.rule,
        key=segment["key"],
        locale=segment["locale"],
        market=market,
        source_digest=segment["source_digest"],
        target_digest=segment["target_digest"],
        reason=options.reason,
        role=options.role,
        actor=options.actor,
        at=day,
        expires=options.expires.date(),
    )
