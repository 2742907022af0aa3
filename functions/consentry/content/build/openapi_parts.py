"""Pieces that both parts of the OpenAPI description are made of: the visitors' and the staff's."""

from collections.abc import Callable, Iterable
from typing import Any

DIGEST = {"type": "string", "pattern": "^sha256-[0-9a-f]{64}$"}


def closed(properties: dict[str, Any], required: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """An object with these members and no others, all of them required unless said otherwise."""
    kept = list(properties) if required is None else required
    described = {"type": "object", "additionalProperties": False, "properties": properties, **more}
    return {**described, "required": kept} if kept else described


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


def ref(name: str) -> dict[str, str]:
    """One of the named schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def refusals(codes: Iterable[str], status: Callable[[str], int], schema: str) -> dict[str, Any]:
    """Problem responses by status, each naming its codes."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(status(code), []).append(code)
    return {
        str(number): {
            "description": "Refused: " + ", ".join(f"`{code}`" for code in found),
            "content": {"application/problem+json": {"schema": ref(schema)}},
        }
        for number, found in sorted(by_status.items())
    }
