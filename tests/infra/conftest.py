"""One synthesis for all tests of the infrastructure."""

from typing import Any

import pytest
from infra.app import build
from infra.environment import Environment, load
from infra.packages import Named

from infra import synth
from support.synthesised import Stack


@pytest.fixture(scope="session")
def templates() -> Any:
    return synth.templates()


@pytest.fixture(scope="session")
def prod(templates: Any) -> Any:
    return Stack(templates["template.json"])


@pytest.fixture(scope="session")
def firewall(templates: Any) -> Any:
    return Stack(templates["template-firewall.json"])


@pytest.fixture(scope="session")
def synthesised() -> Any:
    """Any environment's main stack: its name, or an Environment."""

    def make(environment: str | Environment) -> Stack:
        scope = synth.app()
        stack = build(scope, load(environment) if isinstance(environment, str) else environment, Named())
        assert stack
        assembly = scope.synth()
        return Stack(assembly.get_stack_by_name(stack.stack_name).template)

    return make
