"""Three stages in three scripts, every marketing box left empty."""

import pytest
from playwright.sync_api import Page, Route, expect

from browser import steps
from browser.fake_api import FakeApi

PLACES = [("demo-de", "DE", "de-DE", "ltr"), ("demo-sa", "SA", "ar-SA", "rtl"), ("demo-jp", "JP", "ja-JP", "ltr")]


@pytest.mark.parametrize(("site", "market", "locale", "direction"), PLACES)
def test_three_stages_with_every_box_empty(
    api: FakeApi, page: Page, site: str, market: str, locale: str, direction: str
) -> None:
    steps.open_form(page, api.page(site))
    root = page.locator(".cf")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (locale, direction)
    assert page.evaluate("document.documentElement.dir") == direction
    assert steps.chosen(page) == []
    steps.fill_opt_in(page, market)
    steps.submit(page)

    steps.wait_for_stage(page, 2)
    assert steps.chosen(page) == []
    expect(page.locator(".cf-stage-title")).to_be_focused()
    expect(page.locator("[data-notice] .cf-line-link").first).to_be_visible()  # every record says it was shown
    page.locator("[name=workplace_name]").fill("Example Clinic")
    steps.submit(page)

    steps.wait_for_stage(page, 3)
    assert steps.chosen(page) == []
    expect(page.locator("[data-notice] .cf-line-link").first).to_be_visible()
    page.locator("[name=therapy_areas][value=cardiology]").check()
    steps.submit(page)
    steps.wait_for_done(page)

    first, second, third = (post.body for post in api.stored)
    assert (first["market"], first["locale"], first["release"]) == (market, locale, api.release)
    assert first["answers"]["hcp_declaration"] is True
    assert "specialty" not in first["answers"]
    assert second["stage"] == "profile"
    assert second["answers"] == {"workplace_name": "Example Clinic"}
    assert third["answers"] == {"therapy_areas": ["cardiology"]}
    for body in (first, second, third):
        assert [one["given"] for one in body["consents"]] == [False] * len(body["consents"])
        assert body["marks"]["trap"] == ""
        assert body["notice"]["id"] == "privacy-notice"
    assert [len(body["consents"]) for body in (first, second, third)] == [2, 1, 1]
    assert len({post.key for post in api.stored}) == 3
    assert {post.token for post in api.stored[1:]} <= {f"Bearer token-{post.key}" for post in api.stored}


def test_every_select_starts_with_an_empty_choice(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    selects = (
        steps.stage(page)
        .locator("select")
        .evaluate_all("all => all.map(one => [one.selectedIndex, one.options[0].value, one.options[0].text])")
    )
    assert selects == [[0, "", "Bitte wählen"]] * 3


def test_a_ticked_box_is_sent_as_given_and_only_that_one(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    page.locator("[name='consent:event-invitation']").check()
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert {one["statement"]: one["given"] for one in api.stored[0].body["consents"]} == {
        "event-invitation": True,
        "promotional-email": False,
    }


def test_not_now_ends_after_the_request_and_forgets_the_token(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert page.evaluate("Object.keys(sessionStorage).length") == 1
    page.locator(".cf-actions button[type=button]").click()
    steps.wait_for_done(page)
    assert len(api.stored) == 1
    assert page.evaluate("[sessionStorage.length, localStorage.length, document.cookie]") == [0, 0, ""]


def test_a_reload_between_stages_goes_on_where_it_was(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    page.reload()
    steps.wait_for_stage(page, 2)
    steps.submit(page)
    steps.wait_for_stage(page, 3)
    assert len(api.stored) == 2


def test_changing_the_language_keeps_answers_and_asks_consents_again(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page("demo-ch"))
    steps.fill_opt_in(page, "CH")
    page.locator("[name='consent:promotional-email']").check()
    page.locator(".cf-languages a[hreflang=fr-CH]").click()
    expect(page.locator(".cf")).to_have_attribute("lang", "fr-CH")
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]
    assert page.locator("[name=country]").input_value() == "CH"
    assert page.locator("[name=hcp_declaration]").is_checked()
    assert not page.locator("[name='consent:promotional-email']").is_checked()
    assert "locale=fr-CH" in page.url
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    body = api.stored[0].body
    assert body["locale"] == "fr-CH"
    assert all(not one["given"] for one in body["consents"])


def test_language_names_are_their_own_and_marked(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page("demo-sa"))
    links = page.locator(".cf-languages a")
    assert links.evaluate_all("all => all.map(a => [a.lang, a.hreflang, a.ariaCurrent, a.textContent])") == [
        ["ar-SA", "ar-SA", "true", "العربية (المملكة العربية السعودية)"],
        ["en-SA", "en-SA", None, "English (Saudi Arabia)"],
    ]


def test_place_of_practice_is_asked_first_when_the_site_does_not_fix_it(api: FakeApi, page: Page) -> None:
    page.goto(api.page("demo"))
    select = page.locator("select[name=market]")
    expect(select).to_have_value("")
    page.locator("button[type=submit]").click()
    expect(page.locator(".cf-error")).to_be_visible()
    expect(select).to_be_focused()
    select.select_option("JP")
    page.locator("button[type=submit]").click()
    expect(page.locator(".cf")).to_have_attribute("lang", "ja-JP")
    steps.fill_opt_in(page, "JP")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert (api.stored[0].body["site"], api.stored[0].body["market"]) == ("demo", "JP")


@pytest.mark.parametrize(
    ("locale", "lang", "direction", "question"),
    [("ar-SA", "ar", "rtl", "ما مكان ممارستك للمهنة؟"), ("fr-CA", "fr-CA", "ltr", "Où exercez-vous?")],
)
def test_place_of_practice_is_asked_in_the_language_asked_for(
    api: FakeApi, page: Page, locale: str, lang: str, direction: str, question: str
) -> None:
    page.goto(api.page("demo", f"?locale={locale}"))
    expect(page.locator(".cf-ask")).to_have_text(question)
    expect(page.locator(".cf")).to_have_attribute("lang", lang)
    expect(page.locator(".cf")).to_have_attribute("dir", direction)


@pytest.mark.parametrize("browser_language", ["ar-SA"])
@pytest.mark.usefixtures("browser_language")
def test_what_is_said_before_anything_arrived_has_its_language_too(api: FakeApi, page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/v1/**", hold)
    page.goto(api.page("demo"))
    expect(page.locator(".cf-status")).to_have_text("جارٍ تحميل النموذج…")
    for name, value in (("lang", "ar"), ("dir", "rtl")):
        expect(page.locator(".cf")).to_have_attribute(name, value)
    held[0].abort()
    expect(page.locator(".cf-note-bad")).to_have_text("تعذّر تحميل النموذج.")
    expect(page.locator(".cf-button")).to_have_text("إعادة المحاولة")


def test_double_opt_in_is_announced_without_a_word_about_the_person(api: FakeApi, page: Page) -> None:
    api.double_opt_in = True
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    page.locator("[name='consent:promotional-email']").check()
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert "E-Mail zur Bestätigung" in page.locator(".cf-note-good").inner_text()
    assert steps.ANSWERS["email"] not in page.content()


def test_attribution_is_an_allowlist_apart_from_the_answers(api: FakeApi, page: Page) -> None:
    query = "?utm_campaign=spring-2026&utm_source=a@b.example&utm_term=Kim+Muster"
    query += "&campaign_id=17654321098&utm_content=%2B447700900123&gclid=x&source=qr&source_id=booth-7"
    steps.open_form(page, api.page(query=query))
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert api.stored[0].body["source"] == {
        "type": "qr",
        "id": "booth-7",
        "utm_campaign": "spring-2026",
        "campaign_id": "17654321098",
    }


def test_the_trap_is_out_of_reach_and_its_value_is_sent(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    trap = page.locator(".cf-trap input")
    assert trap.evaluate("one => [one.tabIndex, one.autocomplete, one.parentNode.ariaHidden]") == [-1, "off", "true"]
    trap.evaluate("one => { one.value = 'https://spam.example' }")
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    marks = api.stored[0].body["marks"]
    assert marks["trap"] == "https://spam.example"
    assert 0 < marks["elapsed_ms"] < 60_000
