"""What the page does when the server says no: answers stay, consents are asked again where the wording moved."""

from playwright.sync_api import Page, expect

from browser import steps
from browser.fake_api import FakeApi, Fault


def test_changed_wording_keeps_answers_and_asks_consents_again_unticked(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    page.locator("[name='consent:promotional-email']").check()
    api.publish()
    steps.submit(page)
    note = page.locator(".cf-note-warn")
    expect(note).to_contain_text("Wortlaut hat sich geändert")
    expect(note).to_be_focused()
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]
    assert page.locator("[name=hcp_declaration]").is_checked()
    assert not page.locator("[name='consent:promotional-email']").is_checked()
    assert set(steps.legal_texts(page)) <= set(api.texts())
    assert api.stored == []
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    refused, accepted = (post for post in api.posts if post.path.endswith("/submissions"))
    assert refused.key != accepted.key
    assert accepted.body["release"] == api.release
    assert all(not one["given"] for one in accepted.body["consents"])


def test_consents_are_asked_again_even_where_their_own_text_stayed(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    page.locator("[name='consent:promotional-email']").check()
    problem = {"type": "urn:consentry:problem:projection-not-accepted", "title": "x", "status": 409, "pointer": None}
    api.faults.append(Fault("status", status=409, problem=problem))
    steps.submit(page)
    expect(page.locator(".cf-note-warn")).to_be_focused()
    assert not page.locator("[name='consent:promotional-email']").is_checked()
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]


def test_wording_that_changes_during_a_reload_keeps_the_answers_too(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    api.faults.append(Fault("status", headers={"Retry-After": "60"}))
    steps.submit(page)
    expect(page.locator(".cf-status button")).to_be_visible()
    api.publish()
    page.reload()
    expect(page.locator(".cf-note-warn")).to_be_visible()
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]


def test_another_place_of_practice_leads_to_its_form_with_answers_kept(api: FakeApi, page: Page) -> None:
    page.goto(api.page("demo"))
    page.locator("select[name=market]").select_option("DE")
    page.locator("button[type=submit]").click()
    page.wait_for_selector(".cf-form [name=email]")
    steps.fill_opt_in(page, "JP")
    page.locator("[name='consent:promotional-email']").check()
    steps.submit(page)
    link = page.locator(".cf-note-warn a")
    expect(link).to_contain_text("日本")
    assert api.stored == []
    link.click()
    expect(page.locator(".cf")).to_have_attribute("lang", "ja-JP")
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]
    assert not page.locator("[name='consent:promotional-email']").is_checked()
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert [post.body["market"] for post in api.stored] == ["JP"]


def test_a_place_that_the_site_does_not_host_leads_to_another_page_with_answers_kept(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page("demo-de"))
    steps.fill_opt_in(page, "JP")
    steps.submit(page)
    page.locator(".cf-note-warn a").click()
    page.wait_for_url("**/demo/demo/**")
    expect(page.locator(".cf")).to_have_attribute("lang", "ja-JP")
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]
    assert page.evaluate("sessionStorage.length") == 0
    assert steps.ANSWERS["email"] not in page.url
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert [(post.body["site"], post.body["market"]) for post in api.stored] == [("demo", "JP")]


def test_a_place_without_any_form_is_said_plainly(api: FakeApi, page: Page) -> None:
    page.route("**/_local/sites", lambda route: route.fulfill(json={"sites": []}))
    steps.open_form(page, api.page("demo-de", "?market=DE"))
    steps.fill_opt_in(page, "JP")
    steps.submit(page)
    expect(page.locator(".cf-note-warn")).to_contain_text("Detail of market-mismatch")
    expect(page.locator(".cf-note-warn a")).to_have_count(0)


def test_server_errors_stand_at_their_fields(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE", email="someone@refused.example.com")
    page.locator("[name='consent:promotional-email']").check()
    steps.submit(page)
    expect(page.locator(".cf-summary")).to_be_focused()
    assert "Server: check the address" in page.locator("[data-field=email] .cf-error").inner_text()
    assert page.locator("[name=email]").get_attribute("aria-invalid") == "true"
    assert page.locator("[name='consent:promotional-email']").is_checked()
    page.locator("[name=email]").fill(steps.ANSWERS["email"])
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert [one["given"] for one in api.stored[0].body["consents"]] == [False, True]


def test_an_unanswered_statement_is_pointed_at(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    errors = [{"pointer": "/consents/1", "code": "required", "detail": "State a choice"}]
    problem = {"type": "urn:consentry:problem:statement-unanswered", "title": "x", "status": 422, "errors": errors}
    api.faults.append(Fault("status", status=422, problem=problem))
    steps.submit(page)
    page.locator(".cf-summary a").click()
    expect(page.locator("[name='consent:promotional-email']")).to_be_focused()


def test_an_expired_token_ends_kindly_the_request_is_recorded(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    problem = {"type": "urn:consentry:problem:token-expired", "title": "x", "status": 401}
    api.faults.append(Fault("status", path="/answers", status=401, problem=problem))
    steps.submit(page)
    steps.wait_for_done(page)
    expect(page.locator(".cf-done")).to_contain_text("Zeit für diese Fragen ist abgelaufen")


def test_any_other_refusal_is_shown_and_the_answers_stay(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    problem = {
        "type": "urn:consentry:problem:origin-not-allowed",
        "title": "Not from here",
        "status": 403,
        "detail": "Why",
    }
    api.faults.append(Fault("status", status=403, problem=problem))
    steps.submit(page)
    expect(page.locator(".cf-note-bad")).to_have_text("Not from hereWhy")
    assert page.locator("[name=email]").input_value() == steps.ANSWERS["email"]
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    keys = [post.key for post in api.posts if post.path.endswith("/submissions")]
    assert len(set(keys)) == 2
