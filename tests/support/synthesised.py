"""A synthesised CloudFormation template, asked by type and name."""

from collections.abc import Callable
from typing import Any

from infra.environment import Environment


class Stack:
    """The resources of one template."""

    def __init__(self, template: dict[str, Any]) -> None:
        self.template = template
        self.resources: dict[str, dict[str, Any]] = template["Resources"]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties of every resource of a type, by logical id."""
        return {name: item["Properties"] for name, item in self.resources.items() if item["Type"] == kind}

    def named(self, kind: str, **properties: str) -> dict[str, Any]:
        """The one resource with these properties."""
        found = [item for item in self.of(kind).values() if properties.items() <= item.items()]
        assert len(found) == 1, (kind, properties, len(found))
        return found[0]


Synthesise = Callable[[str | Environment], Stack]
