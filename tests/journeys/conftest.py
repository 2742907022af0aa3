"""A ``consentry serve`` for each file of journeys: one that waits for the others' turn is a twelfth of a processor."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consentry.local.issuer import data_folder, load_key, mint
from support.serving import Serve, Visitor, checkout
from support.staffing import Team

SignIn = Callable[[str, str], str]
"""Id and scopes to a token."""


@pytest.fixture(scope="module")
def content_root(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Path:
    return checkout(tmp_path_factory.mktemp("checkout"), release)


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def sign_in(served: Serve, content_root: Path) -> SignIn:
    """Tokens of the running stack's own issuer."""
    assert served.said
    key = load_key(data_folder(content_root))

    def token(sub: str, scopes: str) -> str:
        now = int(time.time())
        return mint(key, sub=sub, scopes=scopes.split(), locales=["*"], markets=["*"], now=now, hours=1)

    return token


@pytest.fixture
def team(visitor: Visitor, sign_in: SignIn) -> Team:
    """Three people who work on the glossary."""
    return Team(visitor.send, sign_in)
