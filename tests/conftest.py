"""Fixtures every suite may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from support import release, tables
from support.stack import BASE_ENVIRONMENT, Stack


@pytest.fixture(scope="session")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    content: Path = tmp_path_factory.mktemp("content")
    before = dict(os.environ)
    os.environ.update(BASE_ENVIRONMENT, CONTENT_DIR=str(release.write(content)))
    with mock_aws():
        environment = tables.create()
        yield Stack(content, environment)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def stack(_deployed: Stack) -> Iterator[Stack]:
    """The real write handlers over moto with empty tables and the hand-made release."""
    yield _deployed
    _deployed.empty()
