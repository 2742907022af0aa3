"""Staff on one machine: a token from the command line, a concept from draft to task, refusals that say what to do."""

import subprocess
import sys
import uuid
from pathlib import Path

from support.serving import Serve, Visitor
from support.staffing import Person, Team, concept


def printed(root: Path, *arguments: str) -> str:
    """What ``consentry token`` prints: the token and nothing else."""
    command = [sys.executable, "-m", "consentry.cli", "token", "--root", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stderr, len(done.stdout.splitlines())) == ("", 1)
    return done.stdout.strip()


def test_the_ready_block_says_where_staff_work_and_how_they_sign_in(served: Serve) -> None:
    assert served.url("staff API").endswith("/v1/glossary/concepts")
    assert "consentry token --sub anna-t --scopes glossary:read" in "".join(served.said)


def test_the_glossary_of_the_files_is_in_force_from_the_start(visitor: Visitor, content_root: Path) -> None:
    anna = Person(visitor.send, printed(content_root, "--sub", "anna-t", "--scopes", "glossary:read"))
    shown = anna.get("/v1/glossary/concepts/adverse-event")
    assert (shown["number"], shown["actor"]) == (1, "seed")
    checked = anna.ask("POST", "/v1/glossary/checks", {
        "locale": "de-DE", "market": "DE", "segments": [{"source": "adverse event", "target": "Nebenwirkung"}],
    })  # fmt: skip
    assert checked.json["counts"] == {"block": 1}


def test_without_a_token_the_refusal_says_how_to_get_one(visitor: Visitor) -> None:
    refused = visitor.send("GET", "/v1/glossary/concepts")
    assert (refused.status, refused.headers["content-type"]) == (401, "application/problem+json")
    assert "no bearer token" in refused.headers["www-authenticate"]
    assert "consentry token" in refused.json["mend"]
    expired = visitor.send("GET", "/v1/glossary/concepts", Authorization="Bearer eyJ.eyJ.x")
    assert expired.status == 401


def test_a_token_opens_what_its_scopes_languages_and_markets_allow(visitor: Visitor, content_root: Path) -> None:
    reader = Person(visitor.send, printed(content_root, "--sub", "reader-1", "--scopes", "glossary:read"))
    said = {"concept": concept(f"test-{uuid.uuid4().hex[:12]}"), "reason": "a test"}
    refused = reader.ask("POST", "/v1/glossary/concepts", said)
    assert (refused.status, refused.json["type"]) == (403, "urn:consentry:problem:scope-missing")
    scopes = "glossary:read glossary:edit"
    french = Person(visitor.send, printed(content_root, "--sub", "fr-1", "--scopes", scopes, "--locales", "en,fr"))
    refused = french.ask("POST", "/v1/glossary/concepts", said)
    assert (refused.status, refused.json["type"]) == (403, "urn:consentry:problem:locale-not-yours")
    assert refused.json["mend"]


def test_a_concept_from_draft_by_two_people_to_a_recheck_and_its_tasks(team: Team) -> None:
    name = f"test-{uuid.uuid4().hex[:12]}"
    report = team.rechecked(team.in_force(name), seconds=30)
    assert report["state"] == "done"
    assert report["breaks"] > 0
    tasks = team.author.listed(f"/v1/glossary/tasks?concept={name}", "tasks")
    assert tasks
    assert all(task["owner"] and task["due"] and task["text"]["target"] for task in tasks)
