"""What the running API answers to generated requests is what its OpenAPI document says."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consentry.base.routes import DEFAULT, ROUTES
from support.serving import Serve

OPERATIONS = [
    (route.method, route.path.replace("{proxy+}", "{release}/{market}/{locale}/{dialect}.json"), route.staff)
    for route in ROUTES
    if route.path != DEFAULT
]
SCOPES = " ".join(
    [f"glossary:{name}" for name in ("read", "edit", "review", "approve", "waive")]
    + [f"translations:{name}" for name in ("edit", "review", "approve")]
)


@pytest.fixture(scope="module")
def described(served: Serve) -> Any:
    return schemathesis.openapi.from_url(f"http://127.0.0.1:{served.port}/openapi.json")


@pytest.mark.parametrize(
    ("method", "path", "staff"), OPERATIONS, ids=[f"{method} {path}" for method, path, _ in OPERATIONS]
)
def test_every_answer_is_described_and_none_is_an_error_of_ours(
    described: Any, method: str, path: str, staff: bool, sign_in: Any
) -> None:
    statuses = set()
    signed_in = {"Authorization": f"Bearer {sign_in('generated-1', SCOPES)}"} if staff else {}

    @settings(max_examples=12 if staff else 25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=described[path][method].as_strategy())
    def answers(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Origin": "https://demo-de.example.com", **signed_in}
        response = case.call()
        assert response.status_code < 500, response.text
        statuses.add(response.status_code)
        checks = [status_code_conformance, content_type_conformance, response_schema_conformance]
        case.validate_response(response, checks=checks)

    answers()
    assert statuses
