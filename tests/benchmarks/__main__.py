"""``make bench``: every number beside its peer and its budget. ``python -m benchmarks --help`` for parts of it.

Peers are fetched into ``.build`` when first needed. All load goes to loopback, is bounded and stops by itself.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from benchmarks import (
    cold,
    exactly_once,
    glossary_quality,
    glossary_speed,
    ground,
    instructions,
    sizes,
    throughput,
    warm,
)
from benchmarks.peer_environment import PeerMissing
from benchmarks.report import Figure, figure, table

_EPILOG = """\
examples:
  make bench                                   everything, about fifteen minutes on two cores
  make bench ARGS="--quick cold-get warm"      these two, few rounds
  make bench ARGS="--json" > bench.json

exit codes: 0 all budgets kept, 1 a budget is missed or a peer cannot be had, 2 wrong usage
"""


class Options(NamedTuple):
    """``quick``: few rounds and small counts, to see that it runs."""

    quick: bool


class Part(NamedTuple):
    """What a part found, how long it took, and how busy the machine was."""

    figures: list[Figure]
    seconds: float
    load_before: float
    load_after: float


Measure = Callable[[ground.Content, Options], list[Figure]]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _warm(content: ground.Content, options: Options) -> list[Figure]:
    calls = 500 if options.quick else warm.CALLS
    return [*warm.read(content, calls), *warm.write(content, calls)]


def _exactly_once(content: ground.Content, options: Options) -> list[Figure]:
    plan = exactly_once.Plan(submissions=200 if options.quick else 5000, kills_per_second=1.0)
    with ground.cloud() as cloud:
        outcome = asyncio.run(exactly_once.run(content, cloud, plan))
        race = asyncio.run(exactly_once.one_key(content, cloud))
    figures = exactly_once.figures(f"exactly once, {plan.submissions} on ministack", outcome)
    return [*figures, _race("100 posts with one key, ministack", race)]


def _transactions(content: ground.Content, options: Options) -> list[Figure]:
    plan = exactly_once.Plan(submissions=50 if options.quick else 500, kills_per_second=0.5, outbox=False)
    with throughput.local_dynamodb() as tables, ground.cloud(tables) as cloud:
        outcome = asyncio.run(exactly_once.run(content, cloud, plan))
        race = asyncio.run(exactly_once.one_key(content, cloud))
    figures = exactly_once.figures(f"transactions, {plan.submissions} on DynamoDB Local", outcome)
    return [*figures, _race("100 posts with one key, DynamoDB Local", race)]


def _race(name: str, race: exactly_once.Race) -> Figure:
    note = f"{race.acknowledgements} acknowledgement for {race.posts} posts, {race.leads} lead, {race.events} events"
    once = (race.acknowledgements, race.leads) == (1, 1)
    return figure(f"{name}: leads", race.leads, "lead", at_most=1, note=note)._replace(ok=once)


def _glossary(content: ground.Content, options: Options) -> list[Figure]:
    return [*glossary_quality.measure_quality(), *glossary_speed.measure_speed(content, options.quick)]


PARTS: dict[str, tuple[str, Measure]] = {
    "cold-get": ("spawn of the real runtime client to the first form", lambda c, o: cold.read(c, 3 if o.quick else 15)),
    "cold-post": ("spawn to the first submission", lambda c, o: cold.write(c, 3 if o.quick else 15)),
    "warm": ("handlers in process", _warm),
    "instructions": ("import and one GET, counted by callgrind", lambda c, _: instructions.measure(c)),
    "throughput": (
        "requests a second beside Wagtail",
        lambda c, o: throughput.measure(c, 1 if o.quick else 5, 1.0 if o.quick else 3.0),
    ),
    "exactly-once": ("the fault run", _exactly_once),
    "transactions": ("its transactions on DynamoDB Local", _transactions),
    "glossary": ("quality and cost of the glossary checker; GLOSSARY_ROWS=FILE adds real sentences", _glossary),
    "sizes": ("downloads, packages, build times", lambda c, _: sizes.measure(c)),
}


def _as_text(measured: dict[str, Part]) -> str:
    loads = [load for part in measured.values() for load in (part.load_before, part.load_after)]
    busy = f", load average {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    head = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores{busy}"
    return f"{head}\n\n{table([each for part in measured.values() for each in part.figures])}"


def _as_json(measured: dict[str, Part]) -> str:
    parts = {
        name: {
            "seconds": round(part.seconds, 1),
            "load_average": [part.load_before, part.load_after],
            "figures": [each.as_json() for each in part.figures],
        }
        for name, part in measured.items()
    }
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"measured_at": at, **machine, "parts": parts}, ensure_ascii=False, indent=1)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    named = "\n".join(f"  {name:14} {what}" for name, (what, _) in PARTS.items())
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{__doc__}\n\nparts:\n{named}",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("parts", nargs="*", metavar="PART", help="default: all")
    made.add_argument("--json", action="store_true", help="figures as JSON on standard output")
    made.add_argument("--quick", action="store_true", help="few rounds and small counts; figures are rough")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit code."""
    options = parser().parse_args(arguments)
    unknown = [name for name in options.parts if name not in PARTS]
    if unknown:
        parser().error(f"no such part: {', '.join(unknown)} (there are {', '.join(PARTS)})")
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        parser().error("PYTHONDONTWRITEBYTECODE is set: every cold start would compile anew; unset it")
    content = ground.build_content(ground.BUILD / "content")
    measured: dict[str, Part] = {}
    missing = False
    for name in options.parts or PARTS:
        began, before = time.perf_counter(), ground.load_average()
        try:
            figures = PARTS[name][1](content, Options(options.quick))
        except (PeerMissing, instructions.ValgrindMissing) as error:
            missing = True
            _say(f"{name}: not measured: {error}")
            continue
        part = measured[name] = Part(figures, time.perf_counter() - began, before, ground.load_average())
        _say(f"{name}: {part.seconds:.0f} s, load average {before:.1f} before, {part.load_after:.1f} after")
    print(_as_json(measured) if options.json else _as_text(measured))  # noqa: T201
    missed = any(each.ok is False for part in measured.values() for each in part.figures)
    return int(missing or missed)


if __name__ == "__main__":
    sys.exit(main())
