"""A real Chromium, the fake API, and a page that fails its test on any console error or policy violation."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from browser.fake_api import FakeApi

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path(playwright: Playwright) -> str:
    """An installed Chromium, else Playwright's own.

    Fails by name, with the line to run, when there is none.
    """
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    return pytest.fail(
        "no Chromium for the browser tests. Run one of:\n"
        "  .venv/bin/playwright install chromium\n"
        "  apt-get update && apt-get install -y chromium\n"
        "or set CHROMIUM to the path of an installed one."
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=chromium_path(playwright),
        args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
    )
    yield browser
    browser.close()


@pytest.fixture
def api() -> Iterator[FakeApi]:
    server = FakeApi()
    yield server
    server.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh browser context. Policy violations and script errors fail the test; lost connections do not."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.add_init_script(
        """window.violations = [];
        addEventListener('securitypolicyviolation', (one) =>
            window.violations.push(one.violatedDirective + ' ' + one.blockedURI));"""
    )
    tab = context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on(
        "console",
        lambda message: (
            wrong.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield tab
    violations = tab.evaluate("window.violations")
    context.close()
    assert (wrong, violations) == ([], [])


@pytest.fixture(scope="session")
def axe_source() -> str:
    if not AXE.exists():
        pytest.fail("axe-core is missing. Run:\n  npm ci --prefix tests --ignore-scripts")
    return AXE.read_text(encoding="utf-8")
