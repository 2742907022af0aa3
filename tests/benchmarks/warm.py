"""Warm handlers in process: what a request costs once everything is loaded, without network."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import ground
from benchmarks.peer_environment import PEERS, libraries
from benchmarks.report import Figure, compared, figure, median, percentile
from benchmarks.runtime_api import Program

CALLS, ROUNDS = 300, 20
_CHILD = Path(__file__).parent / "warm_child.py"


def measure(program: Program, events: list[dict[str, Any]], calls: int = CALLS, rounds: int = ROUNDS) -> list[float]:
    """Microseconds of CPU of every call of the quietest round."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, program.path)), **program.environment}
    done = subprocess.run(
        [sys.executable, "-S", _CHILD, program.handler, str(calls), str(rounds)],
        input=json.dumps(events),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    taken: list[list[float]] = json.loads(done.stdout)
    return [seconds * 1e6 for seconds in min(taken, key=median)]


def _p99(values: list[float]) -> str:
    return f"p99 {percentile(values, 0.99):.0f} µs"


def read(content: ground.Content, calls: int = CALLS) -> list[Figure]:
    """GET: pointer and projection in brotli, beside FastAPI and Mangum."""
    ours = ground.read_function(content)
    peer = Program("fastapi_forms.handler", (PEERS, libraries()), ours.environment)
    figures = []
    for name, event in (
        ("pointer", ground.pointer_event()),
        ("projection br", ground.document_event(content.path())),
    ):
        taken, theirs = measure(ours, [event], calls), measure(peer, [event], calls)
        figures += [
            compared(
                f"warm GET {name}, p50", median(taken), "µs", "FastAPI + Mangum", median(theirs), note=_p99(taken)
            ),
            figure(f"warm GET {name}, p50", median(taken), "µs", at_most=30),
        ]
    return figures


def write(content: ground.Content, calls: int = CALLS) -> list[Figure]:
    """POST: everything of a stage-1 submission but its three kinds of AWS call."""
    document = content.document()
    names = ("CONSENTS", "SUBJECTS", "IDENTITIES", "KEYS", "LEADS", "REQUESTS", "CONTENT")
    environment = {f"{name}_TABLE": name.lower() for name in names}
    environment |= {f"{name}_SECRET": name.lower() for name in ("TOKEN", "IDENTITY", "KEK")}
    program = ground.write_function(content, {**ground.credentials("http://127.0.0.1:9"), **environment})
    figures = []
    for given, what in ((False, "every box empty"), (True, "every box ticked, two messages")):
        events = [ground.post_event(ground.body(document, number, given=given)) for number in range(50)]
        taken = measure(program, events, calls)
        figures.append(
            figure("warm POST, own CPU, p50", median(taken), "µs", at_most=200, note=f"{what}; {_p99(taken)}")
        )
    return figures
