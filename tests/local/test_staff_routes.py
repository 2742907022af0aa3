"""The table of routes and what staff handlers do are the same. Read, not imported: importing one settles its AWS."""

import importlib.util
import re
from pathlib import Path

import pytest

from consentry.base.routes import HANDLERS, ROUTES


def source(function_id: str) -> str:
    """Text of the function's handler."""
    found = importlib.util.find_spec(HANDLERS[function_id].rpartition(".")[0])
    assert found
    assert found.origin
    return Path(found.origin).read_text("utf-8")


def routed(function_id: str) -> set[tuple[str, str]]:
    """Method and path, ``*`` for what is in braces."""
    return {(route.method, re.sub(r"\{[^}]+\}", "*", route.path)) for route in ROUTES if route.function == function_id}


def test_every_way_of_the_concepts_handler_has_a_route_and_every_route_a_way() -> None:
    table = source("glossary-concepts").partition("\nWAYS")[2]
    ways = {
        (method, "/v1/glossary/" + "/".join(re.findall(r'"([^"]+)"', parts)))
        for parts, methods in re.findall(r"^    \(([^)]+)\): \{(.+)\},$", table, re.MULTILINE)
        for method in re.findall(r'"([A-Z]+)"', methods)
    }
    assert ways == routed("glossary-concepts")


@pytest.mark.parametrize("function_id", ["glossary-imports", "content-translations"])
def test_every_case_of_a_handler_has_a_route_and_every_route_a_case(function_id: str) -> None:
    """Their paths are the cases of one ``match``: as many segments, the same words."""
    cases = {
        "/".join(part.strip('"') if part.startswith('"') else "*" for part in found.split(", "))
        for found in re.findall(r"case \[([^\]]+)\]", source(function_id).partition("def _route")[2])
    }
    assert {"/v1/" + case.removeprefix("v1/") for case in cases} == {path for _, path in routed(function_id)}


def test_the_checks_handler_has_its_two_routes() -> None:
    found = re.findall(r'"(/v1/[a-z/]+)": \("([A-Z]+)"', source("glossary-checks"))
    assert {(method, path) for path, method in found} == routed("glossary-checks")
