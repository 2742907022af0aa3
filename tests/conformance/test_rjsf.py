"""The ``rjsf`` dialect in the real react-jsonschema-form: nothing chosen, nothing bundled, texts as recorded."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

TESTS = Path(__file__).parents[1]
SOURCE = Path(__file__).parent / "rjsf"
GUIDE = TESTS.parent / "docs" / "front-end-guide.md"
STRICT = "default-src 'none'; script-src 'self'; style-src 'self'"
WITH_EVAL = "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self'"
FORMS = ["hcp-webinar", "hcp-information-request"]
CHOSEN = """() => [...document.querySelectorAll('input, select, textarea')].filter(one =>
    one.type === 'checkbox' || one.type === 'radio' ? one.checked : one.value !== '').map(one => one.id)"""


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    esbuild = TESTS / "node_modules" / ".bin" / "esbuild"
    if not esbuild.exists():
        pytest.fail("react-jsonschema-form and esbuild are missing. Run:\n  npm ci --prefix tests")
    out = tmp_path_factory.mktemp("rjsf") / "app.js"
    command = [str(esbuild), str(SOURCE / "app.jsx"), "--bundle", "--jsx=automatic", "--minify", f"--outfile={out}"]
    environment = {"NODE_PATH": str(TESTS / "node_modules"), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    built = subprocess.run(
        [*command, '--define:process.env.NODE_ENV="production"'],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return out.read_bytes()


def _page(chromium: Browser, bundle: bytes, policy: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_default_timeout(5000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    files = {
        "/": (
            "text/html",
            b"<!doctype html><link rel=stylesheet href=/stage.css><div id=root></div><script src=/app.js></script>",
        ),
        "/app.js": ("text/javascript", bundle),
        "/stage.css": ("text/css", (SOURCE / "stage.css").read_bytes()),
        "/favicon.ico": ("image/x-icon", b""),
    }

    def answer(route: Route) -> None:
        kind, body = files["/" + route.request.url.split("/", 3)[3]]
        route.fulfill(body=body, headers={"Content-Type": kind, "Content-Security-Policy": policy})

    page.route("http://rjsf.example/**", answer)
    page.goto("http://rjsf.example/")
    yield page
    page.close()
    assert wrong == []


@pytest.fixture
def strict(chromium: Browser, bundle: bytes) -> Iterator[Page]:
    """Under the policy that the guide promises to hold."""
    yield from _page(chromium, bundle, STRICT)


@pytest.fixture
def lax(chromium: Browser, bundle: bytes) -> Iterator[Page]:
    """With eval, which RJSF's usual validator needs."""
    yield from _page(chromium, bundle, WITH_EVAL)


def documents(release: Path, form: str) -> list[tuple[str, dict[str, Any], str]]:
    """Every published RJSF document of a form: name, document, digest."""
    index = json.loads((release / "definitions" / "index.json").read_bytes())
    found = []
    for market, entry in index["forms"][form]["markets"].items():
        for locale in entry["locales"]:
            path = Path("definitions", "documents", index["release"], form, market, locale, "rjsf.json")
            digest = entry["documents"][locale]["rjsf"]["digest"]
            found.append((f"{market}/{locale}", json.loads((release / path).read_bytes()), digest))
    return found


def digest_of(text: str) -> str:
    """``sha256-`` and the hex digest of UTF-8 text."""
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()


def stages(release: Path, form: str) -> Iterator[tuple[str, dict[str, Any], str, int]]:
    """Every stage of every published document of a form."""
    found = documents(release, form)
    assert len(found) == 15
    for name, doc, digest in found:
        for at, stage in enumerate(doc["stages"]):
            yield f"{name}/{stage['id']}", doc, digest, at


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_ticked_or_selected(release: Path, strict: Page, form: str) -> None:
    chosen = {}
    for name, doc, digest, at in stages(release, form):
        strict.evaluate("([doc, digest, at]) => show(doc, digest, at)", [doc, digest, at])
        boxes = strict.locator("input[type=checkbox]").count()
        assert boxes >= len(doc["stages"][at]["statements"]) > 0, name
        if found := strict.evaluate(CHOSEN):
            chosen[name] = found
    assert chosen == {}


@pytest.mark.parametrize("form", FORMS)
def test_visible_text_of_every_statement_and_notice_is_the_recorded_one(release: Path, strict: Page, form: str) -> None:
    for name, doc, digest, at in stages(release, form):
        strict.evaluate("([doc, digest, at]) => show(doc, digest, at)", [doc, digest, at])
        for one in doc["stages"][at]["statements"]:
            box = strict.locator(f"[id='root_consents_{one['id']}']")
            text = box.locator("xpath=ancestor::*[contains(@class, 'field-boolean')][1]").inner_text()
            assert digest_of(text) == one["digest"], (name, text)
            assert (release / "texts" / f"{one['digest']}.txt").read_text(encoding="utf-8") == text
        assert digest_of(strict.locator(".notice").inner_text()) == doc["notice"]["digest"], name


@pytest.mark.parametrize("form", FORMS)
def test_options_and_labels_are_in_the_language_of_the_document(release: Path, strict: Page, form: str) -> None:
    for name, doc, digest, at in stages(release, form):
        strict.evaluate("([doc, digest, at]) => show(doc, digest, at)", [doc, digest, at])
        ui = doc["stages"][at]["uiSchema"]
        assert strict.locator("button[type=submit]").inner_text() == doc["stages"][at]["submit"], name
        for field, shown in ui.items():
            if not isinstance(shown, dict) or "ui:enumNames" not in shown:
                continue
            place = strict.locator(f".rjsf-field:has([id^='root_{field}'])").last
            text = " ".join(place.evaluate("one => one.textContent").split())
            missing = [label for label in shown["ui:enumNames"] if " ".join(label.split()) not in text]
            assert missing == [], (name, field)
            codes = set(shown["ui:enumNames"])
            assert len(codes) == len(shown["ui:enumNames"]), (name, field)


def test_every_box_empty_can_be_sent_and_answers_every_statement(release: Path, strict: Page) -> None:
    _, doc, digest = next(one for one in documents(release, "hcp-webinar") if one[0] == "DE/de-DE")
    strict.evaluate("([doc, digest]) => show(doc, digest, 0)", [doc, digest])
    strict.locator("[id=root_email]").fill("a.visitor@example.com")
    strict.locator("[id=root_country]").select_option(label="Deutschland")
    strict.locator("button[type=submit]").click()
    body = strict.evaluate("window.sent[0]")
    assert body["answers"] == {"email": "a.visitor@example.com", "country": "DE"}
    assert body["projection"] == digest
    assert body["notice"]["digest"] == doc["notice"]["digest"]
    expected = [
        {"statement": one["id"], "version": one["version"], "digest": one["digest"], "given": False}
        for one in doc["stages"][0]["statements"]
    ]
    assert body["consents"] == expected
    strict.locator("[id='root_consents_promotional-email']").check()
    strict.locator("button[type=submit]").click()
    given = {one["statement"]: one["given"] for one in strict.evaluate("window.sent[1].consents")}
    assert given == {"event-invitation": False, "promotional-email": True}


def test_a_refusal_of_the_server_stands_at_its_field(release: Path, strict: Page) -> None:
    _, doc, digest = next(one for one in documents(release, "hcp-webinar") if one[0] == "SA/ar-SA")
    problem = {"errors": [{"pointer": "/answers/email", "code": "required", "detail": "أدخل بريدك"}]}
    strict.evaluate("([doc, digest, problem]) => show(doc, digest, 0, problem)", [doc, digest, problem])
    assert "أدخل بريدك" in strict.locator(".rjsf-field:has([id=root_email])").last.inner_text()
    assert strict.locator(".consentry").get_attribute("dir") == "rtl"


def test_the_usual_validator_agrees_with_the_schema(release: Path, lax: Page) -> None:
    for name, doc, _ in documents(release, "hcp-webinar"):
        schema = doc["stages"][0]["schema"]
        missing = lax.evaluate("schema => judge(schema, {})", schema)
        assert len(missing) == len(schema["required"]), (name, missing)
        full: dict[str, Any] = {}
        for field, rule in schema["properties"].items():
            if field in schema["required"]:
                full[field] = rule["enum"][0] if "enum" in rule else "サンプル" if "kana" in field else "a@example.com"
        assert lax.evaluate("([schema, data]) => judge(schema, data)", [schema, full]) == [], name
        assert lax.evaluate("([schema, data]) => judge(schema, data)", [schema, full | {"hcp_declaration": False}]), (
            name
        )


@pytest.mark.parametrize(
    "trap",
    [
        {"type": "boolean", "const": True},
        {"type": "string", "oneOf": [{"const": "DE", "title": "Deutschland"}, {"const": "FR", "title": "Frankreich"}]},
    ],
    ids=["const", "oneOf"],
)
def test_the_traps_are_real_and_would_be_seen(lax: Page, trap: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"trap": trap}}
    lax.evaluate("schema => plain(schema, {})", schema)
    assert lax.evaluate(CHOSEN) == ["root_trap"]


def test_the_guide_shows_the_code_tested_here() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    for name in ("stage.jsx", "stage.css"):
        assert (SOURCE / name).read_text(encoding="utf-8") in guide, name
