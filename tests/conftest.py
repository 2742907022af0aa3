"""Fixtures every suite may use."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from consentry.cli import main
from support import node, schedule, tables
from support import release as hand_made
from support.stack import BASE_ENVIRONMENT, Stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AS_OF = "2026-11-22"

node.use()

# Tests judge what is computed; a busy machine must not fail them. Speed is measured by `make bench`.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """None is xdist's own."""
    return schedule.by_file(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    schedule.long_ones_first(items)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own content, compiled as the command line does it, once for all workers; nobody writes there."""
    folder = tmp_path_factory.getbasetemp()
    out = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "release"
    with out.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            made = tmp_path_factory.mktemp("release")
            assert main(["content", "build", "--out", str(made), "--as-of", AS_OF]) in (0, 1)
            made.rename(out)
    return out


@pytest.fixture(scope="session")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # Only suites with tables in process pay for importing them.
    from support.aws import mock_aws  # noqa: PLC0415

    content: Path = tmp_path_factory.mktemp("content")
    before = dict(os.environ)
    os.environ.update(BASE_ENVIRONMENT, CONTENT_DIR=str(hand_made.write(content)))
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


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """A real Chromium; fails by name, with the line to run, when there is none."""
    # Only the suites with a browser pay for importing Playwright.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from browser.find_chromium import HELP, installed  # noqa: PLC0415

    path = installed()
    if path is None:
        pytest.fail(HELP)
    arguments = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
