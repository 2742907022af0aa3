"""What a visitor does, in any language: controls are found by name and role, never by words."""

import hashlib

from playwright.sync_api import Locator, Page, expect

ANSWERS = {"email": "a.visitor@example.com", "profession": "physician"}
NAMES = ("given_name", "family_name")


def open_form(page: Page, url: str) -> None:
    """Open a landing page and wait for its form."""
    page.goto(url)
    page.wait_for_selector(".cf-form")


def stage(page: Page) -> Locator:
    """The form of the stage shown."""
    return page.locator(".cf-form")


def shown_stage(page: Page) -> str:
    """The heading of the stage shown."""
    return page.locator(".cf-stage-title").inner_text()


def fill_opt_in(page: Page, country: str, **answers: str) -> None:
    """Answer the required questions of the first stage; consents stay as they are."""
    given = ANSWERS | {"country": country} | answers
    for control in stage(page).locator("input:not([type=checkbox]):not([tabindex='-1']), select").all():
        name = control.get_attribute("name") or ""
        if name in given:
            _answer(control, given[name])
        elif control.get_attribute("aria-required"):
            _answer(control, {"given_name_kana": "ハナコ", "family_name_kana": "ヤマダ"}.get(name, "Beispiel"))
    stage(page).locator("[name=hcp_declaration]").check()


def _answer(control: Locator, value: str) -> None:
    if control.evaluate("node => node.tagName") == "SELECT":
        codes = control.evaluate("node => [...node.options].map(option => option.value)")
        control.select_option(value if value in codes else codes[1])
    else:
        control.fill(value)


def submit(page: Page) -> None:
    """Press the stage's own button."""
    stage(page).locator("button[type=submit]").click()


def wait_for_stage(page: Page, number: int) -> None:
    """Wait until stage ``number`` (1 to 3) is shown."""
    page.wait_for_function(
        "number => document.querySelector('.cf-step')?.textContent.match(/\\d+/)?.[0] === String(number)"
        " && !document.querySelector('.cf-form').inert",
        arg=number,
    )


def wait_for_done(page: Page) -> None:
    """Wait for the last screen."""
    expect(page.locator(".cf-done-title")).to_be_visible()


def legal_texts(page: Page) -> dict[str, str]:
    """Digest claimed to visible text, of every statement and notice on the page."""
    texts: dict[str, str] = page.locator("[data-digest]").evaluate_all(
        "all => Object.fromEntries(all.map(one => [one.dataset.digest, one.innerText]))"
    )
    return texts


def digest_of(text: str) -> str:
    """``sha256-`` and the hex digest of UTF-8 text."""
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()


def chosen(page: Page) -> list[str]:
    """Names of controls that hold an answer although nobody has given one."""
    names: list[str] = stage(page).evaluate(
        """form => [...form.elements].filter(one =>
            one.type === 'checkbox' || one.type === 'radio' ? one.checked || one.defaultChecked
            : 'value' in one && one.tagName !== 'BUTTON' && one.value !== '').map(one => one.name)"""
    )
    return names
