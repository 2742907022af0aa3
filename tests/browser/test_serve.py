"""The whole product in a real browser: ``consentry serve``, three scripts, three stages, down to the queue."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from browser import steps
from browser.fake_api import WEB
from support.serving import Serve, Visitor, checkout

OPENING = WEB / "consentry-form-words.js"
PLACES = [
    ("demo-de", "DE", "de-DE", "hcp-webinar"),
    ("demo-sa", "SA", "ar-SA", "hcp-webinar"),
    ("demo-jp", "JP", "ja-JP", "hcp-information-request"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, release: Path) -> Iterator[Serve]:
    serve = Serve(checkout(tmp_path_factory.mktemp("checkout"), release))
    try:
        yield serve.wait()
    finally:
        serve.end()


@pytest.fixture
def visitor(served: Serve) -> Iterator[Visitor]:
    made = Visitor(served.port)
    yield made
    made.connection.close()


@pytest.mark.parametrize(("site", "market", "locale", "form"), PLACES)
def test_from_the_landing_page_to_the_queue(
    visitor: Visitor, page: Page, site: str, market: str, locale: str, form: str
) -> None:
    email = f"visitor.{market.lower()}@example.com"
    steps.open_form(page, f"{visitor.origin}/demo/{site}/{form}?utm_campaign=spring&locale={locale}")
    assert page.locator(".cf").get_attribute("lang") == locale
    seen: dict[str, str] = {}
    for number in (1, 2, 3):
        steps.wait_for_stage(page, number)
        assert steps.chosen(page) == []
        seen |= steps.legal_texts(page)
        if number == 1:
            steps.fill_opt_in(page, market, email=email)
        if number == 2:
            page.locator("[name=workplace_name]").fill("Example Clinic")
        if number == 3:
            page.locator("[name=therapy_areas]").first.check()
        steps.submit(page)
    steps.wait_for_done(page)

    arrival = visitor.eventually(
        lambda one: one["answers"].get("email") == email and len(one["messages"]) == 3 and not one["lead"]["pending"]
    )
    assert arrival["answers"]["workplace_name"] == "Example Clinic"
    shown = {digest: text for digest, text in seen.items() if digest in arrival["texts"]}
    assert shown == arrival["texts"]
    assert {steps.digest_of(text) for text in seen.values()} == seen.keys()
    decisions = [event["record"] for event in arrival["events"] if event["record"]["text"]]
    assert {record["text"]["digest"] for record in decisions} | {decisions[0]["notice"]["digest"]} == seen.keys()
    assert {record["state"] for record in decisions} == {"refused"}
    assert {record["language"] for record in decisions} == {locale}
    assert email not in str(arrival["messages"])


def test_the_path_page_shows_it_and_every_check_holds(visitor: Visitor, page: Page) -> None:
    steps.open_form(page, f"{visitor.origin}/demo/demo-fr/hcp-webinar")
    steps.fill_opt_in(page, "FR", email="chemin@example.com")
    page.locator("[name='consent:event-invitation']").check()
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    visitor.eventually(lambda one: one["answers"].get("email") == "chemin@example.com" and bool(one["messages"]))
    page.goto(visitor.origin + "/path")
    lead = page.locator(".arrival").first
    expect(lead.locator(".column-1")).to_contain_text("chemin@example.com")
    expect(lead.locator(".box-on")).to_have_count(1)
    expect(lead.locator(".message")).not_to_have_count(0)
    events = lead.locator(".event").count()
    expect(lead.locator(".event .verdict-good")).to_have_count(2 * events)
    for wording in lead.locator(".wording > summary").all():
        wording.click()
    texts = lead.locator(".wording").count()
    expect(lead.locator(".wording .verdict-good")).to_have_count(texts)
    expect(lead.locator(".verdict-bad")).to_have_count(0)
    expect(lead.locator(".column-4")).not_to_contain_text("chemin@example.com")


def test_a_place_of_practice_elsewhere_leads_to_its_own_form(visitor: Visitor, page: Page) -> None:
    page.goto(f"{visitor.origin}/demo/demo/hcp-webinar")
    page.locator("select[name=market]").select_option("DE")
    page.locator("button[type=submit]").click()
    page.wait_for_selector(".cf-form [name=email]")
    steps.fill_opt_in(page, "SA", email="elsewhere@example.com")
    steps.submit(page)
    page.locator(".cf-note-warn a").click()
    expect(page.locator(".cf")).to_have_attribute("dir", "rtl")
    assert page.locator("[name=email]").input_value() == "elsewhere@example.com"
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    arrival = visitor.eventually(lambda one: one["answers"].get("email") == "elsewhere@example.com")
    assert arrival["lead"]["lead_id"]
    assert {event["record"]["market"] for event in arrival["events"]} == {"SA"}


def test_a_country_without_any_form_is_told_so_and_nothing_that_cannot_be_done(visitor: Visitor, page: Page) -> None:
    steps.open_form(page, f"{visitor.origin}/demo/demo-de/hcp-webinar")
    steps.fill_opt_in(page, "ZZ", email="anderswo@example.com")
    steps.submit(page)
    note = page.locator(".cf-note-warn")
    expect(note.locator(".cf-note-title")).to_have_text("Für den Ort, an dem Sie tätig sind, gibt es kein Formular")
    expect(note).to_contain_text("Es wurde nichts gespeichert.")
    expect(note).not_to_contain_text("Öffnen Sie")
    expect(note.locator("a")).to_have_count(0)
    expect(page.locator("[name=email]")).to_have_value("anderswo@example.com")


def test_a_limit_is_explained_by_the_server_with_its_number(visitor: Visitor, page: Page) -> None:
    steps.open_form(page, f"{visitor.origin}/demo/demo-gb/hcp-webinar")
    steps.fill_opt_in(page, "GB", email="limits@example.com")
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    steps.submit(page)
    steps.wait_for_stage(page, 3)
    for box in page.locator("[name=therapy_areas]").all():
        box.check()
    steps.submit(page)
    expect(page.locator("[data-field=therapy_areas] .cf-error")).to_contain_text("5")
    for box in page.locator("[name=therapy_areas]").all()[5:]:
        box.uncheck()
    steps.submit(page)
    steps.wait_for_done(page)


def test_a_server_that_was_away_gets_the_answers_once(visitor: Visitor, page: Page) -> None:
    steps.open_form(page, f"{visitor.origin}/demo/demo-ch/hcp-webinar?locale=it-CH")
    steps.fill_opt_in(page, "CH", email="una.volta@example.com")
    lost: list[APIResponse] = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch())  # the server has it, the page never hears of it
        return route.abort()

    page.route("**/submissions", lose)
    steps.submit(page)
    steps.wait_for_stage(page, 2)
    assert lost[0].status == 201
    arrivals = visitor.send("GET", "/_local/arrivals").json["arrivals"]
    assert [one["answers"]["email"] for one in arrivals].count("una.volta@example.com") == 1


@pytest.mark.parametrize(
    ("browser_language", "locale", "direction", "market"),
    [("de-AT", "de-DE", "ltr", "DE"), ("ar-EG", "ar-SA", "rtl", "SA"), ("ja", "ja-JP", "ltr", "JP")],
)
def test_where_do_you_practise_is_asked_in_the_visitors_language(
    visitor: Visitor, page: Page, axe_source: str, browser_language: str, locale: str, direction: str, market: str
) -> None:
    language = browser_language[:2]
    pointer = visitor.send("GET", f"/v1/forms/hcp-webinar?market={market}&locale={locale}").json
    words = json.loads(OPENING.read_text("utf-8").partition("export default ")[2].removesuffix(";\n"))[language]
    assert words["sample-banner"] == visitor.send("GET", pointer["messages"]).json["sample-banner"]
    listed = visitor.send("GET", f"/v1/markets?locale={locale}").json["markets"]

    page.goto(visitor.origin + "/demo/demo/hcp-webinar")
    page.locator("select[name=market]").wait_for()
    for root in ("html", ".cf"):
        assert page.locator(root).get_attribute("lang") == language
        assert page.locator(root).get_attribute("dir") == direction
    assert page.title() == words["market-ask"] + " · Example Pharma"
    page.locator("main button[type=submit]").click()
    shown = page.locator("main").inner_text().split("\n")
    names = page.locator("option").all_inner_texts()
    assert names[0] == words["choose"]
    assert set(names[1:]) == {one["name"] for one in listed}
    # Nothing else is there to read, and nothing of it is in another language.
    said = [line for line in shown if line.strip() and line not in names]
    expected = ("sample-banner", "market-ask", "error-label", "market-ask-required", "continue")
    assert [line.strip() for line in said] == [words[key] for key in expected]
    assert page.locator("main [lang]").evaluate_all("all => all.map(one => one.lang)") == [language]
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document).then(one => one.violations.map(each => each.id + each.nodes[0].target))")
    assert found == []

    page.locator("select[name=market]").select_option(market)
    page.locator("main button[type=submit]").click()
    page.wait_for_selector(".cf-form")
    assert page.locator("html").get_attribute("lang") == locale


@pytest.mark.parametrize("path", ["/", "/path", "/docs"])
def test_pages_are_clean(visitor: Visitor, page: Page, axe_source: str, path: str) -> None:
    page.goto(visitor.origin + path)
    page.wait_for_timeout(1000)
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document).then(one => one.violations.map(each => each.id + each.nodes[0].target))")
    assert found == []


def test_the_api_page_lists_every_route(visitor: Visitor, page: Page) -> None:
    paths = visitor.send("GET", "/openapi.json").json["paths"]
    page.goto(visitor.origin + "/docs")
    operations = page.locator(".operation > summary code")
    expect(operations).to_have_count(
        sum(len(item.keys() & {"get", "post", "put", "delete"}) for item in paths.values())
    )
    page.locator(".operation").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert "undefined" not in page.locator("main").inner_text()
    assert "[object" not in page.locator("main").inner_text()
