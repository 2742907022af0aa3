"""A real Chromium, the fake API, and a page that fails its test on any console error or policy violation."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from browser.fake_api import FakeApi

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def api() -> Iterator[FakeApi]:
    server = FakeApi()
    yield server
    server.close()


@pytest.fixture
def browser_language() -> str:
    """The language the visitor's browser is set to; parametrize it for another."""
    return "en-US"


@pytest.fixture
def page(chromium: Browser, browser_language: str) -> Iterator[Page]:
    """A fresh browser context. Policy violations and script errors fail the test; lost connections do not."""
    viewport: ViewportSize = {"width": 1280, "height": 900}
    context = chromium.new_context(viewport=viewport, reduced_motion="reduce", locale=browser_language)
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
