"""One synthesis for all tests of the infrastructure."""

import pytest
from infra.app import build
from infra.environment import load
from infra.packages import Named

from infra import synth


class Stack:
    """A synthesised template, asked by type and logical id."""

    def __init__(self, template):
        self.template = template
        self.resources = template["Resources"]

    def of(self, kind):
        return {name: item["Properties"] for name, item in self.resources.items() if item["Type"] == kind}

    def named(self, kind, **properties):
        """The one resource with these properties."""
        found = [item for item in self.of(kind).values() if properties.items() <= item.items()]
        assert len(found) == 1, (kind, properties, len(found))
        return found[0]


@pytest.fixture(scope="session")
def templates():
    return synth.templates()


@pytest.fixture(scope="session")
def prod(templates):
    return Stack(templates["template.json"])


@pytest.fixture(scope="session")
def firewall(templates):
    return Stack(templates["template-firewall.json"])


@pytest.fixture(scope="session")
def synthesised():
    """Any environment's main stack: its name, or an Environment."""

    def make(environment):
        scope = synth.app()
        stack = build(scope, load(environment) if isinstance(environment, str) else environment, Named())
        assembly = scope.synth()
        return Stack(assembly.get_stack_by_name(stack.stack_name).template)

    return make
