"""The text shown is the text recorded: visible text of every statement and notice hashes to its digest."""

import pytest
from playwright.sync_api import Page

from browser import fixture_documents as fixture
from browser import steps
from browser.fake_api import FakeApi

PLACES = [("demo-de", "DE", None), ("demo-sa", "SA", None), ("demo-jp", "JP", None), ("demo-ch", "CH", "fr-CH")]


@pytest.mark.parametrize(("site", "market", "locale"), PLACES)
def test_visible_text_hashes_to_the_digest_in_every_stage(
    api: FakeApi, page: Page, site: str, market: str, locale: str | None
) -> None:
    steps.open_form(page, api.page(site, f"?locale={locale}" if locale else ""))
    seen: dict[str, str] = {}
    for number in (1, 2, 3):
        steps.wait_for_stage(page, number)
        texts = steps.legal_texts(page)
        assert len(texts) == (3 if number == 1 else 2)
        seen |= texts
        if number == 1:
            steps.fill_opt_in(page, market)
        steps.submit(page)
    assert {digest: steps.digest_of(text) for digest, text in seen.items()} == {digest: digest for digest in seen}
    assert seen.items() <= api.texts().items()
    assert len(seen) == 5


@pytest.mark.parametrize("width", [1280, 320])
def test_texts_and_digests_survive_narrow_screens(api: FakeApi, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    steps.open_form(page, api.page("demo-sa"))
    assert all(steps.digest_of(text) == digest for digest, text in steps.legal_texts(page).items())


def test_nothing_of_a_text_is_clipped_or_hidden(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    hidden = page.locator("[data-digest] *").evaluate_all(
        """all => all.filter(one => {
            const style = getComputedStyle(one), box = one.getBoundingClientRect();
            return style.visibility !== 'visible' || style.opacity !== '1' || style.display === 'none'
                || box.width < 2 || box.height < 2 || style.clipPath !== 'none';
        }).map(one => one.outerHTML)"""
    )
    assert hidden == []


def test_a_document_that_is_not_its_digest_is_not_shown(
    api: FakeApi, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = fixture.document_bytes
    entry = api._entry

    def promised(form: str, market: str, locale: str) -> dict[str, str]:
        return entry(form, market, locale) | {"digest": fixture.digest_of(served(market, locale, api.release, 99))}

    monkeypatch.setattr(api, "_entry", promised)
    page.goto(api.page())
    page.locator(".cf-note-bad").wait_for()
    assert page.locator(".cf-form").count() == 0


def test_addresses_keep_their_order_in_arabic(api: FakeApi, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    original = fixture._text

    def slashed(words: fixture.Words, key: str, version: int) -> dict[str, object]:
        text = original(words, key, version)
        text["links"] = [{"text": words["privacy"], "url": "https://pharma.example.com/"}]
        return text | {"digest": fixture.digest_of(fixture.canonical(text))}

    monkeypatch.setattr(fixture, "_text", slashed)
    steps.open_form(page, api.page("demo-sa"))
    steps.legal_texts(page)
    # The last sign of an address stands right of its first, although the line runs from right to left.
    ends = page.locator(".cf-line-link").evaluate_all(
        """all => all.map((line) => {
            const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            while (!nodes.nextNode().data.includes("https://"));
            const { data } = nodes.currentNode;
            return [data.indexOf("https"), data.length - 1].map((at) => {
                const sign = document.createRange();
                sign.setStart(nodes.currentNode, at);
                sign.setEnd(nodes.currentNode, at + 1);
                return sign.getBoundingClientRect().x;
            });
        })"""
    )
    assert len(ends) == 3
    assert all(first < last for first, last in ends), ends


def test_a_link_that_is_no_web_address_stays_text(api: FakeApi, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    original = fixture._text

    def hostile(words: fixture.Words, key: str, version: int) -> dict[str, object]:
        text = original(words, key, version)
        text["links"] = [{"text": "<b>x</b>", "url": "javascript:alert(1)"}]
        return text | {"digest": fixture.digest_of(fixture.canonical(text))}

    monkeypatch.setattr(fixture, "_text", hostile)
    steps.open_form(page, api.page())
    assert page.locator("[data-digest] a").count() == 0
    assert all(steps.digest_of(text) == digest for digest, text in steps.legal_texts(page).items())
