"""A draft in the real form: the string a link leads to is marked, every stage can be seen, nothing overflows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
OVERFLOWING = """() => [...document.querySelectorAll('main *')]
    .filter((one) => !one.closest('.cf-trap') && !one.closest('.cf-hidden') && one.getClientRects().length)
    .filter((one) => { const box = one.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
    .map((one) => `${one.tagName}.${one.className}`)"""


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``consentry content preview`` over the repository's content, with a job that is not imported."""
    site = tmp_path_factory.mktemp("site")
    for folder in ("forms", "consent_texts", "markets", "sites", "glossary", "web"):
        (site / folder).symlink_to(ROOT / folder)
    run = [sys.executable, "-m", "consentry.cli", "content"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "functions")}
    where = ["--root", str(site), "--locale", "de-DE", "--as-of", "2026-11-22"]
    job = site / "job.po"
    subprocess.run([*run, "export", *where, "--all", "-o", str(job)], check=True, env=environment, capture_output=True)
    text, changes = re.subn(
        r'(msgctxt "forms/catalogs/de#field\.role\.label"\nmsgid .*\nmsgstr) .*',
        r'\1 "Rolle im Entwurf"',
        job.read_text(),
    )
    assert changes == 1
    job.write_text(text)
    served = subprocess.Popen(
        [*run, "preview", *where, "--import", str(job), "--pseudo", "--port", "0"],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert served.stdout
    line = served.stdout.readline()
    found = re.match(r"preview: (http://127\.0\.0\.1:[0-9]+)/preview/", line)
    assert found, line
    yield found[1]
    served.terminate()
    assert served.wait(10) == 0
    served.stdout.close()


def test_a_link_of_the_export_shows_the_drafts_string_in_its_stage(page: Page, preview: str) -> None:
    page.goto(f"{preview}/preview/hcp-webinar?market=DE&locale=de-DE&stage=profile#field.role.label")
    expect(page.locator(".preview-mark")).to_contain_text("Preview of a draft")
    marked = page.locator(".preview-target")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("Rolle im Entwurf")
    expect(page.locator("#string")).to_contain_text("16 of 120 characters): Rolle im Entwurf")
    expect(page.locator(".cf-sample")).to_be_visible()


def test_the_sentence_of_an_error_is_shown_by_making_it(page: Page, preview: str) -> None:
    page.goto(f"{preview}/preview/hcp-webinar?market=DE&locale=de-DE&stage=opt-in#field.email.error.invalid")
    expect(page.locator(".preview-target .cf-error")).to_contain_text("im richtigen Format")


def test_a_statement_and_the_notice_are_marked(page: Page, preview: str) -> None:
    for text in ("promotional-email", "privacy-notice"):
        page.goto(f"{preview}/preview/hcp-webinar?market=DE&locale=de-DE&stage=opt-in#{text}")
        expect(page.locator(f".preview-target:is([data-statement='{text}'], [data-notice='{text}'])")).to_have_count(1)


def test_a_translator_walks_through_to_the_end_and_nothing_is_kept(page: Page, preview: str) -> None:
    page.goto(f"{preview}/preview/hcp-webinar?market=DE&locale=de-DE")
    for name in ("email", "given_name", "family_name"):
        page.locator(f"[name={name}]").fill("anna@example.com" if name == "email" else "Anna")
    page.locator("[name=country]").select_option("DE")
    page.locator("[name=profession]").select_option(index=1)
    page.locator("[name=hcp_declaration]").check()
    for _ in range(2):
        page.locator(".cf-actions .cf-button").first.click()
        expect(page.locator(".cf-received, .cf-note, .cf-step").first).to_be_visible()
    page.locator(".cf-actions .cf-button").first.click()
    expect(page.locator(".cf-done-title")).to_have_text("Ihre Anmeldung ist abgeschlossen")


@pytest.mark.parametrize("locale", ["en-XA", "ar-XB"])
@pytest.mark.parametrize("stage", ["opt-in", "profile", "interests"])
def test_four_fifths_longer_words_fit_on_the_narrowest_phone(page: Page, preview: str, locale: str, stage: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for form in ("hcp-webinar", "hcp-information-request"):
        page.goto(f"{preview}/preview/{form}?market=DE&locale={locale}&stage={stage}")
        expect(page.locator(".cf-stage-title")).to_have_text(re.compile(r"^\[.*\]$"))
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if locale == "ar-XB" else "ltr")
        page.locator("form").evaluate("(form) => form.requestSubmit()")  # with every error sentence in it
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.evaluate(OVERFLOWING) == []


@pytest.mark.parametrize("locale", ["de-DE", "ar-XB"])
def test_the_frame_around_a_draft_is_accessible(page: Page, preview: str, axe_source: str, locale: str) -> None:
    page.goto(f"{preview}/preview/hcp-webinar?market=DE&locale={locale}&stage=opt-in#promotional-email")
    expect(page.locator(".preview-target")).to_have_count(1)
    page.evaluate(axe_source)
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]] == []
