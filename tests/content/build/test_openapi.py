"""The OpenAPI document: complete, and about the API that runs."""

import json
from typing import Any

import jsonschema_rs
import pytest

from consentry.base.problems import STATUS
from consentry.base.routes import ROUTES, Route
from consentry.base.staff_problems import TITLES
from consentry.content.build import openapi as description
from consentry.content.build.compile import Compiled
from consentry.content.build.openapi import document, submission_schema
from consentry.content.rules import Rules
from consentry.submissions.body import BODY_SCHEMA


@pytest.fixture(scope="module")
def openapi(compiled: Compiled) -> dict[str, Any]:
    rules: Rules = {"current": compiled.release, "grace_hours": 72, "releases": {compiled.release: compiled.rules}}
    return document(rules)


def test_the_body_described_is_the_body_that_is_judged() -> None:
    assert submission_schema() == BODY_SCHEMA


def test_every_route_is_described(openapi: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, item in openapi["paths"].items() for method in item}
    served = {
        (route.method, route.path.replace("{proxy+}", "{release}/{market}/{locale}/{dialect}.json"))
        for route in ROUTES
        if route.path != "$default"
    }
    assert described == served


def test_a_route_that_is_not_described_stops_the_build(compiled: Compiled, monkeypatch: pytest.MonkeyPatch) -> None:
    rules: Rules = {"current": compiled.release, "grace_hours": 72, "releases": {compiled.release: compiled.rules}}
    for route in (Route("GET", "/v1/new", "forms-definitions"), Route("GET", "/v1/new", "glossary-concepts", True)):
        monkeypatch.setattr(description, "ROUTES", (*ROUTES, route))
        with pytest.raises(LookupError, match="GET /v1/new has no description"):
            document(rules)


def test_every_refusal_is_described_under_its_status(openapi: dict[str, Any]) -> None:
    for item in openapi["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if "application/problem+json" in response.get("content", {}):
                    staff = {code: said[0] for code, said in TITLES.items()} if _of_staff(operation) else STATUS
                    codes = [part for part in response["description"].split("`") if part in staff]
                    assert codes
                    assert {staff[code] for code in codes} == {int(status)}


def _of_staff(operation: dict[str, Any]) -> bool:
    return any("staffToken" in each for each in operation.get("security", []))


def test_routes_of_staff_are_described_one_by_one_and_ask_for_a_token(openapi: dict[str, Any]) -> None:
    for route in ROUTES:
        if route.path != "$default":
            path = route.path.replace("{proxy+}", "{release}/{market}/{locale}/{dialect}.json")
            described = openapi["paths"][path][route.method.lower()]
            assert _of_staff(described) == route.staff
            assert ("StaffProblem" in json.dumps(described["responses"])) == route.staff
            if route.staff:
                assert "401" in described["responses"]


def test_every_reference_and_path_parameter_resolves(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    for part in json.dumps(openapi).split('"$ref": "')[1:]:
        assert part.partition('"')[0].removeprefix("#/components/schemas/") in schemas
    for path, item in openapi["paths"].items():
        names = {piece.partition("}")[0] for piece in path.split("{")[1:]}
        for operation in item.values():
            given = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert given == names
    operations = [operation["operationId"] for item in openapi["paths"].values() for operation in item.values()]
    assert len(set(operations)) == len(operations)


def test_examples_satisfy_their_schemas(openapi: dict[str, Any]) -> None:
    checked = 0
    for item in openapi["paths"].values():
        for operation in item.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                media = body.get("content", {}).get("application/json", {})
                if "example" in media:
                    schema = {**media["schema"], "components": openapi["components"]}
                    jsonschema_rs.validator_for(schema).validate(media["example"])
                    checked += 1
    assert checked == 4


def test_answers_are_judged_by_the_named_schemas(openapi: dict[str, Any], compiled: Compiled) -> None:
    stages = compiled.rules["forms"]["demo-form"]["markets"]["SA"]["stages"]
    named = openapi["components"]["schemas"]
    for stage in stages:
        schema = named[f"answers.demo-form.SA.{stage['id']}"]
        if "$ref" in schema:
            schema = named[schema["$ref"].removeprefix("#/components/schemas/")]
        assert schema == stage["schema"]
    assert "$ref" in named["answers.demo-form.SA.interests"]


def test_the_refusals_of_the_next_stage_are_those_it_makes(openapi: dict[str, Any]) -> None:
    described = openapi["paths"]["/v1/profile/next"]["post"]["responses"]
    assert set(described) == {"200", "401", "403", "500", "503"}
