"""The stack deployed once for the whole suite."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.emulator import Deployed, deploy, emulator
from infra import packaging


@pytest.fixture(scope="session", autouse=True)
def _bytecode() -> None:
    """A machine that forbids bytecode would compile every function anew on every start."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Iterator[Deployed]:
    """The real content and functions, on an emulator with IAM enforced."""
    folder: Path = tmp_path_factory.mktemp("e2e")
    built = packaging.build(packaging.HOST, source=release)
    with emulator(folder) as address:
        outputs = deploy(address, built["libraries"].parent, folder)
        yield Deployed(address, outputs["ApiId"])
