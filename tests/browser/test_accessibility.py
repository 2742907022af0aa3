"""axe-core, keyboard, reflow, right-to-left, error messages: WCAG 2.2 AA as far as a machine can tell."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser import steps
from browser.fake_api import FakeApi, Fault

SITES = ["demo-de", "demo-sa", "demo-jp"]


def violations(page: Page, axe_source: str) -> list[str]:
    """What axe-core finds, as ``rule: selector``. Evaluated from outside, so the page's policy stays as it is."""
    page.evaluate(axe_source)
    result: dict[str, Any] = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [f"{one['id']}: {node['target']}" for one in result["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("site", SITES)
def test_every_state_of_the_form_is_clean(api: FakeApi, page: Page, axe_source: str, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    steps.open_form(page, api.page(site))
    assert violations(page, axe_source) == []
    steps.submit(page)
    expect(page.locator(".cf-summary")).to_be_visible()
    assert violations(page, axe_source) == []
    steps.fill_opt_in(page, site[-2:].upper())
    api.faults.append(Fault("status", headers={"Retry-After": "60"}))
    steps.submit(page)
    page.locator(".cf-status button").wait_for()
    assert violations(page, axe_source) == []
    page.locator(".cf-status button").click()
    for number in (2, 3):
        steps.wait_for_stage(page, number)
        assert violations(page, axe_source) == []
        steps.submit(page)
    steps.wait_for_done(page)
    assert violations(page, axe_source) == []


@pytest.mark.parametrize("path", ["/", "/path", "/docs", "/demo/demo/hcp-webinar"])
def test_the_pages_around_it_are_clean(api: FakeApi, page: Page, axe_source: str, path: str) -> None:
    page.goto(api.origin + path)
    page.wait_for_timeout(500)
    assert violations(page, axe_source) == []


def test_axe_would_notice(api: FakeApi, page: Page, axe_source: str) -> None:
    steps.open_form(page, api.page())
    page.locator("[data-field=email] label").evaluate("one => one.remove()")
    assert any(found.startswith("label") for found in violations(page, axe_source))


def test_the_keyboard_alone_goes_all_the_way(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    reached: list[str] = []

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            here = page.evaluate("document.activeElement.name || document.activeElement.type || ''")
            reached.append(here)
            if here == name:
                return
        pytest.fail(f"{name} was not reached, only {reached}")

    tab_to("email")
    page.keyboard.type(steps.ANSWERS["email"])
    for name in steps.NAMES:
        tab_to(name)
        page.keyboard.type("Beispiel")
    tab_to("country")
    page.keyboard.type("Deu")
    tab_to("profession")
    page.keyboard.press("ArrowDown")
    tab_to("hcp_declaration")
    page.keyboard.press("Space")
    tab_to("consent:promotional-email")
    tab_to("submit")
    page.keyboard.press("Enter")
    steps.wait_for_stage(page, 2)
    assert "website" not in reached
    assert api.stored[0].body["answers"]["country"] == "DE"
    tab_to("submit")
    page.keyboard.press("Enter")
    steps.wait_for_stage(page, 3)


def test_focus_is_always_visible(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    for _ in range(15):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(one);
                return [style.outlineStyle, parseFloat(style.outlineWidth), one.outerHTML];
            }"""
        )
        assert outline[0] != "none", outline
        assert outline[1] >= 2, outline


def test_errors_are_summed_up_linked_described_and_in_the_title(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    title = page.title()
    steps.submit(page)
    summary = page.locator(".cf-summary")
    expect(summary).to_be_focused()
    assert summary.get_attribute("role") == "alert"
    assert page.title() == f"Fehler: {title}"
    links = summary.locator("a").all_inner_texts()
    assert summary.locator("h2").inner_text() == f"{len(links)} Angaben brauchen Ihre Aufmerksamkeit"
    beside = [" ".join(text.split()) for text in page.locator(".cf-field > .cf-error").all_inner_texts()]
    assert beside == [f"Fehler: {text}" for text in links]
    summary.locator("a").nth(3).click()
    expect(page.locator("[name=country]")).to_be_focused()
    described = page.locator("[name=country]").get_attribute("aria-describedby") or ""
    assert page.locator(f"[id='{described.split()[-1]}']").inner_text().split() == beside[3].split()
    assert "#" not in page.url
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert page.title() == title


def test_arabic_counts_with_its_own_plural_forms(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page("demo-sa"))
    steps.submit(page)
    assert page.locator(".cf-summary h2").inner_text() == "توجد مشكلات في 6 إجابات"
    steps.fill_opt_in(page, "SA", email="no-address")
    steps.submit(page)
    assert page.locator(".cf-summary h2").inner_text() == "توجد مشكلة في إجابة واحدة"


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "no-address"), ("email", "a@" + "b" * 260), ("given_name", "x" * 81)],
    ids=["no address", "address too long", "name too long"],
)
def test_answers_are_judged_by_the_stage_before_they_are_sent(api: FakeApi, page: Page, name: str, value: str) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    page.locator(f"[name={name}]").fill(value)
    steps.submit(page)
    expect(page.locator(f"[data-field={name}] .cf-error")).to_contain_text("Prüfen Sie diese Angabe")
    assert page.locator(".cf-summary li").count() == 1
    assert api.posts == []


def test_patterns_and_limits_of_later_stages_hold_too(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    steps.fill_opt_in(page, "DE")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    page.locator("[name=phone]").fill("call me")
    steps.submit(page)
    expect(page.locator("[data-field=phone] .cf-error")).to_be_visible()
    page.locator("[name=phone]").fill("+49 30 123456")
    steps.submit(page)
    steps.wait_for_stage(page, 3)
    for box in page.locator("[name=therapy_areas]").all():
        box.check()
    steps.submit(page)
    expect(page.locator("[data-field=therapy_areas] .cf-error")).to_be_visible()
    page.locator(".cf-summary a").click()
    expect(page.locator("[name=therapy_areas]").first).to_be_focused()


@pytest.mark.parametrize("site", SITES)
def test_no_sideways_scrolling_at_320_pixels(api: FakeApi, page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    steps.open_form(page, api.page(site))
    steps.submit(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_targets_are_big_enough(api: FakeApi, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    steps.open_form(page, api.page("demo-ch"))
    small = page.locator(
        "a:not([data-digest] a), button, select, .cf-form input:not(.cf-trap input), summary"
    ).evaluate_all(
        """all => all.map(one => [one, one.getBoundingClientRect()])
            .filter(([one, box]) => box.height < (one.type === 'checkbox' ? 24 : 44) || box.width < 24)
            .map(([one, box]) => one.outerHTML + ' ' + box.height)"""
    )
    assert small == []
    labels = page.locator(".cf-option > label, .cf-statement > label").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height).filter(height => height < 43.5)"
    )
    assert labels == []


def test_right_to_left_mirrors_the_page_but_not_addresses(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page("demo-sa"))
    email = page.locator("[name=email]")
    assert email.evaluate("one => [one.dir, getComputedStyle(one).textAlign]") == ["ltr", "right"]
    box = page.locator("[name=hcp_declaration]").bounding_box()
    label = page.locator("[data-field=hcp_declaration] label").bounding_box()
    assert box is not None
    assert label is not None
    assert box["x"] > label["x"]
    head = page.locator(".cf-head").bounding_box()
    card = page.locator(".cf-card").bounding_box()
    assert head is not None
    assert card is not None
    assert head["x"] > card["x"]


def test_personal_fields_carry_autocomplete_tokens(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    tokens = page.locator(".cf-form [autocomplete]:not(.cf-trap input)").evaluate_all(
        "all => Object.fromEntries(all.map(one => [one.name, one.autocomplete]))"
    )
    assert tokens == {
        "email": "email",
        "given_name": "given-name",
        "family_name": "family-name",
        "country": "country",
    }


def test_optional_questions_are_marked_and_nothing_has_an_asterisk(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    assert page.locator("[data-field=specialty] label").inner_text() == "Fachgebiet (optional)"
    assert page.locator(".cf-optional").count() == 1
    assert "*" not in page.locator(".cf").inner_text()


def test_sending_and_trouble_are_announced(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    status = page.locator("[role=status]")
    status.evaluate(
        """one => {
            window.said = [];
            new MutationObserver(() => window.said.push(one.innerText)).observe(one, {childList: true});
        }"""
    )
    steps.fill_opt_in(page, "DE")
    api.faults.append(Fault("status"))
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    said = page.evaluate("window.said")
    assert said[0] == "Wird gesendet …"
    assert said[1].startswith("Der Server war nicht erreichbar.")


def test_motion_is_left_out_for_those_who_ask(api: FakeApi, page: Page) -> None:
    steps.open_form(page, api.page())
    assert page.locator(".cf-button").first.evaluate("one => getComputedStyle(one).transitionDuration") == "0s"
