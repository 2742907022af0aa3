"""One ``consentry serve`` for all journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.serving import Serve, Visitor, checkout


@pytest.fixture(scope="session")
def content_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="session")
def served(content_root: Path) -> Iterator[Serve]:
    serve = Serve(content_root)
    try:
        yield serve.wait()
    finally:
        serve.end()


@pytest.fixture
def visitor(served: Serve) -> Iterator[Visitor]:
    made = Visitor(served.port)
    yield made
    made.connection.close()
