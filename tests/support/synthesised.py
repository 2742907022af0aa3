"""Synthesised CloudFormation templates: judged by cdk-nag, and asked by type and name."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cdk_nag
from aws_cdk import App, Validations
from infra.app import build
from infra.environment import Environment, load
from infra.packages import Named

from infra import synth

FOLDER = Path(synth.__file__).parent


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


class Judged(NamedTuple):
    """Templates by stack name, and what cdk-nag has against them."""

    templates: dict[str, dict[str, Any]]
    findings: str


def judged(add: Callable[[App], object]) -> Judged:
    """Synthesise what ``add`` adds to an app."""
    scope = synth.app()
    add(scope)
    Validations.of(scope).add_plugins(cdk_nag.AwsSolutionsChecks(scope), cdk_nag.ServerlessChecks(scope))
    try:
        assembly = scope.synth()
    except RuntimeError as error:  # a finding ends the synthesis; what is not about it goes on without the judge
        scope = synth.app()
        add(scope)
        return Judged(_templates(scope.synth()), str(error))
    reports = json.loads((Path(assembly.directory) / "validation-report.json").read_text())["pluginReports"]
    return Judged(_templates(assembly), json.dumps(reports) if reports else "")


def _templates(assembly: Any) -> dict[str, dict[str, Any]]:
    return {stack.stack_name: stack.template for stack in assembly.stacks}


@cache
def environment_judged(name: str) -> Judged:
    """A shipped environment."""
    return judged(lambda scope: build(scope, load(name), Named()))


def alone(environment: Environment) -> Stack:
    """The main stack of any environment, unjudged."""
    scope = synth.app()
    stack = build(scope, environment, Named())
    assert stack
    return Stack(scope.synth().get_stack_by_name(stack.stack_name).template)
