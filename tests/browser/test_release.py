"""Every form of the real release, in every market and language: texts as recorded, nothing chosen, all boxes empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser import steps
from browser.fake_api import FakeApi
from browser.fixture_documents import ReleaseContent

FORMS = ["hcp-webinar", "hcp-information-request"]
PLACES = {
    "DE": ["de-DE"],
    "FR": ["fr-FR"],
    "CH": ["de-CH", "fr-CH", "it-CH"],
    "GB": ["en-GB"],
    "US": ["en-US"],
    "US-CA": ["en-US"],
    "CA": ["en-CA", "fr-CA"],
    "CA-QC": ["fr-CA", "en-CA"],
    "JP": ["ja-JP"],
    "SA": ["ar-SA", "en-SA"],
}


@pytest.fixture(scope="module")
def served(release: Path) -> Iterator[FakeApi]:
    server = FakeApi(ReleaseContent(release))
    yield server
    server.close()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("market", "locale"), [(market, tag) for market, tags in PLACES.items() for tag in tags])
def test_all_stages_as_published(
    served: FakeApi, release: Path, page: Page, form: str, market: str, locale: str
) -> None:
    start = len(served.stored)
    steps.open_form(page, served.page("demo", f"?market={market}&locale={locale}", form))
    root = page.locator(".cf")
    assert root.get_attribute("lang") == locale
    seen: dict[str, str] = {}
    number = 1
    while True:
        assert steps.chosen(page) == []
        seen |= steps.legal_texts(page)
        if number == 1:
            steps.fill_opt_in(page, market[:2])
        steps.submit(page)
        if number == 3:
            break
        number += 1
        steps.wait_for_stage(page, number)
    steps.wait_for_done(page)

    assert {steps.digest_of(text) for text in seen.values()} == seen.keys()
    recorded = {digest: (release / "texts" / f"{digest}.txt").read_text(encoding="utf-8") for digest in seen}
    assert seen == recorded
    posts = served.stored[start:]
    assert [post.body.get("stage", "opt-in") for post in posts] == ["opt-in", "profile", "interests"]
    sent = {one["digest"] for post in posts for one in [post.body["notice"], *post.body["consents"]]}
    assert sent == seen.keys()
    assert not any(one["given"] for post in posts for one in post.body["consents"])
