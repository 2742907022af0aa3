"""Several editors write the same version at the same moment: one wins, the others are told, nothing is lost."""

import copy
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from support.serving import Serve, Visitor

CONCEPT = "/v1/glossary/concepts/webinar"
WRITERS = 6


def test_of_many_writers_of_one_version_one_wins(served: Serve, sign_in: Callable[[str, str], str]) -> None:
    bearer = f"Bearer {sign_in('race-1', 'glossary:edit')}"
    first = Visitor(served.port)
    for attempt in range(3):
        read = first.send("GET", CONCEPT, Authorization=bearer).json

        def write(number: int, read: dict = read, attempt: int = attempt) -> tuple[int, str]:  # type: ignore[type-arg]
            note = f"attempt {attempt}, writer {number}"
            concept = copy.deepcopy(read["concept"])
            concept["terms"]["de"][0]["note"] = note
            visitor = Visitor(served.port)
            answer = visitor.send(
                "PUT",
                CONCEPT,
                json.dumps({"concept": concept, "reason": "at the same moment"}).encode(),
                Authorization=bearer,
                If_Match=f'"{read["number"]}"',
                Content_Type="application/json",
            )
            visitor.connection.close()
            return answer.status, note

        with ThreadPoolExecutor(WRITERS) as writers:
            answers = list(writers.map(write, range(WRITERS)))
        assert sorted(status for status, _ in answers) == [200] + [412] * (WRITERS - 1)
        won = next(note for status, note in answers if status == 200)
        now = first.send("GET", CONCEPT, Authorization=bearer).json
        assert (now["number"], now["concept"]["terms"]["de"][0]["note"]) == (read["number"] + 1, won)
    history = first.send("GET", f"{CONCEPT}/history?limit=3", Authorization=bearer).json["history"]
    assert [entry["actor"] for entry in history] == ["race-1"] * 3
    first.connection.close()
