"""Never lost, never doubled: one key and the same bytes until the server has answered."""

import pytest
from playwright.sync_api import Page, expect

from browser import steps
from browser.fake_api import FakeApi, Fault


def _send(api: FakeApi, page: Page, *faults: Fault) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    api.faults.extend(faults)
    steps.submit(page)


def _submissions(api: FakeApi) -> list[tuple[str | None, bytes]]:
    return [(post.key, post.raw) for post in api.posts if post.path.endswith("/submissions")]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("drop"),
        Fault("refuse"),
        Fault("torn"),
        Fault("status", status=503),
        Fault("status", status=500),
        Fault("status", status=429, headers={"Retry-After": "1"}),
    ],
    ids=["reply-lost", "connection-lost", "reply-torn", "503", "500", "429"],
)
def test_a_retry_sends_the_same_bytes_under_the_same_key(api: FakeApi, page: Page, fault: Fault) -> None:
    _send(api, page, fault)
    expect(page.locator(".cf-status p")).to_have_text("Der Server war nicht erreichbar.")
    steps.wait_for_stage(page, 2)
    first, second = _submissions(api)
    assert first == second
    assert len(api.stored) == 1


def test_two_failures_wait_longer_each_time(api: FakeApi, page: Page) -> None:
    page.clock.install()
    steps.open_form(page, api.page())
    page.clock.run_for(1000)
    steps.fill_opt_in(page, "DE")
    api.faults.extend([Fault("status"), Fault("status"), Fault("status")])
    steps.submit(page)
    tried = []
    for seconds in (0, 1.3, 2.5, 4.9):
        page.clock.run_for(int(seconds * 1000))
        page.wait_for_timeout(200)
        tried.append(len(_submissions(api)))
    assert tried == [1, 2, 3, 4]
    assert len(set(_submissions(api))) == 1
    assert len(api.stored) == 1


def test_the_visitor_can_ask_for_the_retry_at_once(api: FakeApi, page: Page) -> None:
    _send(api, page, Fault("status", status=429, headers={"Retry-After": "60"}))
    page.locator(".cf-status button").click()
    steps.wait_for_stage(page, 2)
    assert len(set(_submissions(api))) == 1


def test_a_reload_in_the_middle_sends_the_same_bytes_under_the_same_key(api: FakeApi, page: Page) -> None:
    _send(api, page, Fault("drop"), Fault("status", status=503, headers={"Retry-After": "60"}))
    expect(page.locator(".cf-status button")).to_be_visible()
    page.reload()
    expect(page.locator("[name=email]")).to_have_value(steps.ANSWERS["email"])
    page.locator(".cf-status button").click()
    steps.wait_for_stage(page, 2)
    assert len(_submissions(api)) >= 2
    assert len(set(_submissions(api))) == 1
    assert len(api.stored) == 1


def test_nothing_typed_stays_in_the_tab_once_it_is_acknowledged(api: FakeApi, page: Page) -> None:
    _send(api, page, Fault("status", status=503, headers={"Retry-After": "60"}))
    expect(page.locator(".cf-status button")).to_be_visible()
    assert "pending" in page.evaluate("Object.keys(sessionStorage).join()")
    page.locator(".cf-status button").click()
    steps.wait_for_stage(page, 2)
    assert steps.ANSWERS["email"] not in page.evaluate("JSON.stringify(sessionStorage)")


def test_an_impatient_double_click_sends_once(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    steps.stage(page).locator("button[type=submit]").evaluate("one => { one.click(); one.click(); one.click() }")
    steps.wait_for_stage(page, 2)
    assert len(_submissions(api)) == 1


def test_answers_cannot_be_changed_while_they_are_under_way(api: FakeApi, page: Page) -> None:
    _send(api, page, Fault("status", status=503, headers={"Retry-After": "60"}))
    expect(page.locator(".cf-status button")).to_be_visible()
    assert steps.stage(page).evaluate("one => one.inert")
    page.locator(".cf-status button").click()
    steps.wait_for_stage(page, 2)


def test_a_lost_reply_to_a_later_stage_is_asked_again_too(api: FakeApi, page: Page) -> None:
    _send(api, page)
    steps.wait_for_stage(page, 2)
    page.locator("[name=workplace_name]").fill("Example Clinic")
    api.faults.append(Fault("drop", path="/answers"))
    steps.submit(page)
    steps.wait_for_stage(page, 3)
    answers = [(post.key, post.raw, post.token) for post in api.posts if post.path.endswith("/answers")]
    assert len(answers) == 2
    assert len(set(answers)) == 1
    assert len(api.stored) == 2


def test_a_new_submission_has_a_new_key(api: FakeApi, page: Page) -> None:
    for _ in range(2):
        _send(api, page)
        steps.wait_for_stage(page, 2)
        page.locator(".cf-actions button[type=button]").click()
        steps.wait_for_done(page)
    assert len({post.key for post in api.stored}) == 2


def test_a_form_that_cannot_be_loaded_says_so_and_tries_again(api: FakeApi, page: Page) -> None:
    page.route("**/v1/forms/**", lambda route: route.abort())
    page.goto(api.page(query="?locale=de-DE"))
    expect(page.locator(".cf-note-bad")).to_contain_text("konnte nicht geladen werden")
    page.unroute("**/v1/forms/**")
    page.locator(".cf-button").click()
    expect(page.locator(".cf-form")).to_be_visible()
