"""Cold starts with the real runtime client: from spawning the process to the answer in hand.

Ours runs from its packages as they are deployed, peers from libraries as pip installs them, both with fresh bytecode.
Rounds are interleaved, so that whatever else the machine does falls on everybody; medians. Caches are warmed
by a round that does not count.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from benchmarks import ground
from benchmarks.peer_environment import PEERS, libraries
from benchmarks.report import Figure, compared, figure, median
from benchmarks.runtime_api import Program, RuntimeApi, body_of, end, peak_mib

ROUNDS = 15
Visit = Callable[[RuntimeApi], Awaitable[None]]


class Start(NamedTuple):
    """One cold start."""

    seconds: float
    peak_mib: float


async def start(program: Program, visit: Visit) -> Start:
    """Spawn one worker, let ``visit`` talk to it, end it."""
    async with RuntimeApi() as api:
        began = time.perf_counter()
        process = program.start(api.address)
        try:
            await asyncio.wait_for(visit(api), 60)
            return Start(time.perf_counter() - began, peak_mib(process.pid))
        finally:
            end(process)


async def interleaved(programs: Mapping[str, tuple[Program, Visit]], rounds: int) -> dict[str, list[Start]]:
    """Every program once a round; the first round warms caches and is dropped."""
    found: dict[str, list[Start]] = {name: [] for name in programs}
    for _ in range(rounds + 1):
        for name, (program, visit) in programs.items():
            found[name].append(await start(program, visit))
    return {name: starts[1:] for name, starts in found.items()}


def _milliseconds(starts: list[Start]) -> float:
    return median([each.seconds for each in starts]) * 1000


async def first_form(api: RuntimeApi) -> None:
    """As a page does it: the pointer, then the localized form it points to."""
    pointer = body_of(await api.invoke(json.dumps(ground.pointer_event()).encode()))
    answer = json.loads(await api.invoke(json.dumps(ground.document_event(pointer["document"])).encode()))
    assert answer["statusCode"] == 200, answer


def read(content: ground.Content, rounds: int = ROUNDS) -> list[Figure]:
    """GET: ours beside a bare handler and beside FastAPI with Mangum."""
    ours = ground.read_function(content)._replace(path=ground.packaged("forms-definitions"))
    programs = {
        "ours": (ours, first_form),
        "bare": (Program("bare.handler", (PEERS, ground.LIBRARIES)), first_form),
        "fastapi": (Program("fastapi_forms.handler", (PEERS, libraries()), ours.environment), first_form),
    }
    found = asyncio.run(interleaved(programs, rounds))
    ms = {name: _milliseconds(starts) for name, starts in found.items()}
    note = "spawn to pointer and projection (br) answered; the bare handler answers both with one small JSON"
    return [
        compared("cold GET", ms["ours"], "ms", "bare stdlib handler", ms["bare"], at_most=1.4, note=note),
        compared("cold GET", ms["ours"], "ms", "FastAPI + Mangum, same routes", ms["fastapi"], at_most=1 / 6),
        figure("cold GET, peak memory", median([each.peak_mib for each in found["ours"]]), "MiB"),
    ]


def first_submission(post: Callable[[], dict[str, Any]]) -> Visit:
    """One committed submission."""

    async def visit(api: RuntimeApi) -> None:
        answer = json.loads(await api.invoke(json.dumps(post()).encode()))
        assert answer["statusCode"] in (200, 201), answer

    return visit


def write(content: ground.Content, rounds: int = ROUNDS) -> list[Figure]:
    """POST: ours beside the usual all-in handler, both on ministack."""
    document = content.document()
    visit = first_submission(lambda: ground.post_event(ground.body(document)))
    with ground.cloud() as cloud:
        ours = ground.write_function(content, cloud.environment)._replace(path=ground.packaged("submissions-submit"))
        peer = Program("all_in.handler", (PEERS, libraries()), {**cloud.environment, "POWERTOOLS_LOG_LEVEL": "INFO"})
        found = asyncio.run(interleaved({"ours": (ours, visit), "all-in": (peer, visit)}, rounds))
        writes = {table: len(cloud.table(table)) for table in ("requests", "leads", "consents")}
    each = 2 * (rounds + 1)
    assert writes == {"requests": each, "leads": each, "consents": 3 * each}, writes
    ms = {name: _milliseconds(starts) for name, starts in found.items()}
    note = "8 items each in one transaction, ministack (memory); ours reads 3 secrets and the revocations, it 1 secret"
    return [
        compared("cold POST", ms["ours"], "ms", "usual all-in handler", ms["all-in"], at_most=0.6, note=note),
        compared(
            "cold POST, peak memory",
            median([each.peak_mib for each in found["ours"]]),
            "MiB",
            "usual all-in handler",
            median([each.peak_mib for each in found["all-in"]]),
        ),
    ]
