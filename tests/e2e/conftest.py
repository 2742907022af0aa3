"""The stack deployed once for the whole suite."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.emulator import Deployed, deploy, emulator
from infra import packaging
from support import staffing
from support.staffing import Issuer, Team


@pytest.fixture(scope="session", autouse=True)
def _bytecode() -> None:
    """A machine that forbids bytecode would compile every function anew on every start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Who signs staff in."""
    with staffing.issuer() as made:
        yield made


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, release: Path, issuer: Issuer) -> Iterator[Deployed]:
    """The real content and functions, on an emulator with IAM enforced."""
    folder: Path = tmp_path_factory.mktemp("e2e")
    built = packaging.build(packaging.HOST, packaging.OUT / packaging.HOST.name, release)
    with emulator(folder) as address:
        outputs = deploy(address, built["libraries"].parent, folder, issuer.address)
        yield Deployed(address, outputs["ApiId"])


@pytest.fixture(scope="session")
def team(deployed: Deployed, issuer: Issuer) -> Team:
    """Three people who work on the glossary."""
    return Team(deployed.send, issuer.token)
