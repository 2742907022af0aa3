"""Staff over HTTP: a concept from draft to task, and nobody without a token of the environment's issuer."""

import json
import time
import uuid
from typing import Any

import pytest

from consentry.base.routes import ROUTES
from e2e.emulator import Deployed
from support.staffing import Issuer, Person, Team, concept

HTTP_FUNCTIONS = sorted({route.function for route in ROUTES if route.staff})


def fresh() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


def test_a_concept_from_draft_by_two_reviews_to_a_recheck_and_its_tasks(team: Team) -> None:
    name = fresh()
    created = team.create(name, english="work email address")
    assert (created.status, created.headers["etag"]) == (201, '"1"'), created.body

    changed = concept(name, german="Elektrobriefkasten", english="work email address")
    address = f"/v1/glossary/concepts/{name}"
    assert team.author.ask("PUT", address, {"concept": changed, "reason": "better"}).status == 428
    edited = team.author.ask("PUT", address, {"concept": changed, "reason": "better"}, If_Match='"1"')
    assert (edited.status, edited.headers["etag"]) == (200, '"2"'), edited.body
    late = team.author.ask("PUT", address, {"concept": changed, "reason": "too late"}, If_Match='"1"')
    assert (late.status, late.json["current"]["number"]) == (412, 2)

    impact = team.author.get(f"{address}/impact")
    assert impact["total"] > 0
    assert {"DE", "CH"} <= set(impact["markets"])

    handed = team.author.ask("POST", f"{address}/submission", {"reason": "please review"})
    assert handed.status == 200, handed.body
    own = {"locale": "de", "role": "terminologist", "reason": "mine"}
    assert team.author.ask("POST", f"{address}/approvals", own, If_Match=handed.headers["etag"]).status == 403
    answers = list(team.reviews(name, handed.headers["etag"]))
    assert [answer.status for answer in answers] == [200] * 4, [answer.body for answer in answers]

    report = team.rechecked(answers[-1])
    assert report["state"] == "done", report
    assert report["breaks"] > 0
    tasks = team.author.listed(f"/v1/glossary/tasks?concept={name}&limit=200", "tasks")
    # Each language that comes into force has a re-check of its own; whichever runs first opens the tasks.
    assert tasks
    assert set(report["tasks"]) <= {task["id"] for task in tasks}
    assert all(task["text"]["target"] and task["due"] for task in tasks)

    history = [each["actor"] for each in team.author.get(f"{address}/history")["history"]]
    assert {"author-1", "terminologist-1", "physician-1"} == set(history)
    checked = team.author.ask("POST", "/v1/glossary/checks", {
        "locale": "de-DE", "market": "DE", "segments": [{"source": "Work email address", "target": "E-Mail-Adresse"}],
    })  # fmt: skip
    assert name in {judgement["concept"] for judgement in checked.json["segments"][0]["judgements"]}


def test_a_file_goes_by_its_own_address_into_the_glossary(team: Team, deployed: Deployed) -> None:
    name = fresh()
    tbx = team.author.ask("GET", "/v1/glossary/exports?format=csv&state=all").body.decode("utf-8-sig")
    header = tbx.splitlines()[0]
    assert "concept" in header
    file = one_row(header, name)
    announced = team.author.ask("POST", "/v1/glossary/uploads", {"name": "terms.csv", "size": len(file)})
    assert announced.status == 201, announced.body
    assert deployed.put(announced.json["put"], file, announced.json["headers"]) == 200
    asked = {"upload": announced.json["upload"]}
    looked = team.author.ask("POST", "/v1/glossary/imports?dry_run=true", asked)
    assert (looked.status, looked.json["writes"]) == (200, 1), looked.body
    done = team.author.ask("POST", "/v1/glossary/imports?reason=a+test", asked)
    assert done.status == 201, done.body
    assert team.author.get(done.headers["location"])["state"] == "done"
    assert team.author.get(f"/v1/glossary/concepts/{name}")["concept"]["state"] == "draft"


def one_row(header: str, name: str) -> bytes:
    """A file of one new concept, in the shape that the export has."""
    given = {
        "concept": name, "locale": "en", "text": f"thing {name}", "term": f"thing {name}", "status": "preferred",
        "definition": "Something that tests made up.", "subject": "communication", "source_kind": "house",
        "source_text": "Tests", "source": "Tests", "state": "draft",
    }  # fmt: skip
    columns = header.split(",")
    return (header + "\n" + ",".join(given.get(column, "") for column in columns) + "\n").encode()


def test_a_label_is_drafted_where_it_is_published(team: Team) -> None:
    listed = team.author.get("/v1/translations?locale=de&limit=1")
    assert listed["translations"]
    readiness = team.author.get("/v1/markets/DE/readiness")
    assert readiness["market"] == "DE"


REFUSED: list[dict[str, Any]] = [
    {"aud": "somebody-else"},
    {"iss": "https://login.example.com"},
    {"exp": int(time.time()) - 60},
    {"nbf": int(time.time()) + 600},
]


@pytest.mark.parametrize("changes", REFUSED, ids=lambda changes: next(iter(changes)))
def test_a_token_that_does_not_count_is_refused_by_the_gateway(
    changes: dict[str, Any], deployed: Deployed, issuer: Issuer
) -> None:
    person = Person(deployed.send, issuer.token("anna", "glossary:read", **changes))
    refused = person.ask("GET", "/v1/glossary/concepts")
    assert (refused.status, refused.json) == (401, {"message": "Unauthorized"})
    assert Person(deployed.send, issuer.token("anna", "glossary:read")).ask("GET", "/v1/glossary/tasks").status == 200


@pytest.mark.parametrize("route", [route for route in ROUTES if route.staff], ids=lambda route: route.key)
def test_no_staff_route_answers_without_a_token(route: Any, deployed: Deployed) -> None:
    path = route.path.replace("{", "x").replace("}", "")
    refused = deployed.send(route.method, path, b"{}", Content_Type="application/json")
    assert (refused.status, refused.json) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize("function_id", HTTP_FUNCTIONS)
@pytest.mark.parametrize("authorizer", [None, {}, {"jwt": {"claims": {}}}, {"lambda": {"sub": "anna"}}])
def test_a_function_refuses_whoever_gets_past_the_gateway_without_claims(
    function_id: str, authorizer: dict[str, Any] | None, deployed: Deployed
) -> None:
    """A route deployed without its authorizer must not open the door."""
    route = next(route for route in ROUTES if route.function == function_id)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": route.path,
        "rawQueryString": "",
        "headers": {"authorization": "Bearer whatever"},
        "requestContext": {"http": {"method": route.method, "path": route.path}, "requestId": "r"},
        "isBase64Encoded": False,
    }
    if authorizer is not None:
        event["requestContext"]["authorizer"] = authorizer
    error, answer = deployed.invoke(function_id, event)
    assert (error, answer["statusCode"]) == (None, 401)
    body = json.loads(answer["body"])
    assert body["type"] == "urn:consentry:problem:not-signed-in"
    assert body["mend"]


def alarms(deployed: Deployed) -> int:
    return deployed.log("consent-watch").count('"EventTampering"')


def settled(deployed: Deployed) -> int:
    """How often the alarm has rung, once it has been quiet for two seconds: what other tests changed is over."""
    seen = alarms(deployed)
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if alarms(deployed) != seen:
            return settled(deployed)
        time.sleep(0.2)
    return seen


def test_a_changed_version_of_a_document_is_seen(team: Team, deployed: Deployed) -> None:
    """Heads and the counter move with every write and ring nobody; the versions behind them never move."""
    name = fresh()
    before = settled(deployed)
    assert team.submitted(name).headers["etag"] == '"2"'
    assert settled(deployed) == before
    key = {"path": {"S": f"glossary/concepts/{name}"}, "version": {"S": "000001"}}
    item = deployed.dynamodb.get_item(TableName=deployed.name("editorial"), Key=key)["Item"]
    deployed.dynamodb.put_item(TableName=deployed.name("editorial"), Item={**item, "reason": {"S": "another"}})
    until = time.monotonic() + 20
    while time.monotonic() < until and alarms(deployed) == before:
        time.sleep(0.2)
    assert alarms(deployed) > before
    deployed.dynamodb.put_item(TableName=deployed.name("editorial"), Item=item)
