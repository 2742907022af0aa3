"""The Runtime API server holds real runtime clients: what every cold start and fault run stands on."""

import asyncio
import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ground import LIBRARIES
from benchmarks.runtime_api import InvocationError, Program, RuntimeApi, end, workers


@pytest.fixture
def program(tmp_path: Path) -> Program:
    (tmp_path / "sample.py").write_text(
        textwrap.dedent("""
            import os, time

            def handler(event, context):
                time.sleep(event.get("takes", 0))
                if event.get("fail"):
                    raise ValueError("on purpose")
                return {"pid": os.getpid(), "echo": event, "request": context.aws_request_id}
        """)
    )
    return Program("sample.handler", (tmp_path, LIBRARIES))


def invoke(program: Program, *events: Any, count: int = 1) -> list[Any]:
    async def run() -> list[Any]:
        async with workers(program, count) as (api, _):
            answers = await asyncio.gather(*(api.invoke(json.dumps(event).encode()) for event in events))
        return [json.loads(answer) for answer in answers]

    return asyncio.run(asyncio.wait_for(run(), 60))


def test_events_reach_the_handler_as_they_are_and_answers_come_back(program: Program) -> None:
    events = [{"text": "Größe 東京 الرياض"}, {"long": "x" * 100_000}]
    answers = invoke(program, *events)
    assert [answer["echo"] for answer in answers] == events
    assert len({answer["request"] for answer in answers}) == 2


def test_workers_share_the_events(program: Program) -> None:
    answers = invoke(program, *({"takes": 0.05} for _ in range(20)), count=2)
    assert len({answer["pid"] for answer in answers}) == 2


def test_an_exception_and_a_handler_that_cannot_be_imported_are_told(program: Program) -> None:
    with pytest.raises(InvocationError, match="on purpose"):
        invoke(program, {"fail": True})
    with pytest.raises(InvocationError, match=r"init: .*no_such_module"):
        invoke(program._replace(handler="no_such_module.handler"), {})


def test_what_a_killed_worker_had_in_hand_fails(program: Program) -> None:
    async def run() -> None:
        async with RuntimeApi() as api:
            process = program.start(api.address)
            waiting = asyncio.create_task(api.invoke(b"{}"))
            await asyncio.sleep(0)
            end(process)
            api.abandon("killed")
            await waiting

    with pytest.raises(InvocationError, match="killed"):
        asyncio.run(asyncio.wait_for(run(), 60))
