"""What is broken blocks what depends on it, named, and nothing else: every file of the content, each in many ways.

The small tree has a second form here, which shares some files with the first and not others.
"""

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consentry.base.build.findings import Unit
from consentry.base.problems import Problem
from consentry.content.build.compile import Compiled

FIXTURE = Path(__file__).parents[2] / "fixtures/content"
FORMS = {
    "demo-form": {
        "DE": {"de-DE"},
        "CH": {"de-CH"},
        "US": {"en-US"},
        "US-CA": {"en-US"},
        "SA": {"ar-SA", "en-SA"},
    },
    "other-form": {"DE": {"de-DE"}, "US": {"en-US"}, "SA": {"ar-SA", "en-SA"}},
}
UNITS = {Unit(form, market, tag) for form, markets in FORMS.items() for market, tags in markets.items() for tag in tags}
CATALOGS = {"de": {"de-DE", "de-CH"}, "de-CH": {"de-CH"}, "ar": {"ar-SA"}, "en-US": {"en-US"}}
PACKS = {"europe_permission": {"DE", "CH"}, "notice_opt_out": {"US", "US-CA"}, "consent_primary": {"SA"}}
CONTROLLERS = {"example-de": {"DE", "CH"}, "example-us": {"US", "US-CA"}, "example-sa": {"SA"}}
OTHER = """\
form: other-form
version: 1
sample: true
title: Ask for information
done: {title: Done, text: We have your question.}
persona: hcp
offer: {id: information, type: request}
product_type: null
purpose: registration
markets:
  DE: {controller: example-de}
  US: {controller: example-us}
  SA: {controller: example-sa}
stages:
  - id: opt-in
    title: Your question
    submit: Send
    fields: [email, family_name, place, hcp_declaration]
"""


def depends(unit: Unit, path: str) -> bool:
    """Whether the unit shows, or is judged by, anything of the file."""
    demo = unit.form == "demo-form"
    match path.removesuffix(".yaml").removesuffix(".po").split("/"):
        case ["forms", "fields" | "messages" | "locales"] | ["consent_texts", "published"]:
            return True
        case ["forms", "options", _] | ["consent_texts", "statements"] | ["consent_texts", "purposes", "promotion"]:
            return demo
        case ["consent_texts", "purposes", name]:
            return name == "registration" or (demo and unit.market == "SA")
        case ["forms", "catalogs", name]:
            return unit.locale in CATALOGS[name]
        case ["forms", form]:
            return unit.form == form
        case ["consent_texts", "approvals", market]:
            return unit.market == market
        case ["consent_texts", "controllers", name]:
            return unit.market in CONTROLLERS[name]
        case ["consent_texts", market, text, version]:
            # California has a notice of its own, and the statements of the United States.
            markets = {"US", "US-CA"} if (market, text) != ("US", "privacy-notice") and market == "US" else {market}
            return unit.market in markets and version == f"1.{unit.locale}" and (demo or text == "privacy-notice")
        case ["markets", "packs", name]:
            return unit.market in PACKS[name]
        case ["markets", market]:
            return unit.market == market or (unit.market, market) == ("US-CA", "US")
        case ["sites", _]:
            return False
    raise AssertionError(path)


def two_forms(root: Path) -> Any:
    (root / "forms/other-form.yaml").write_text(OTHER, "utf-8")
    site = (root / "sites/demo.yaml").read_text("utf-8").replace("site: demo", "site: both")
    site = site.replace("[demo-form]", "[demo-form, other-form]").replace("[DE, CH, US, US-CA, SA]", "[DE, US, SA]")
    (root / "sites/both.yaml").write_text(site, "utf-8")
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, make_tree: Callable[[Path], Any]) -> tuple[Any, Compiled]:
    """The tree with both forms, locked, and what it compiles to."""
    tree = make_tree(two_forms(Path(shutil.copytree(FIXTURE, tmp_path_factory.mktemp("whole") / "content"))))
    assert tree.run("publish-lock") == 0
    compiled = tree.compile()
    assert set(compiled.units) == UNITS
    assert {finding.rule for finding in compiled.findings} == {"missing-label"}  # the second form is not translated
    return tree, compiled


def served(compiled: Compiled, unit: Unit) -> dict[str, bytes]:
    """What a visitor fetches, whichever release it is in."""
    release = compiled.release.encode()
    return {
        "messages": compiled.messages[unit],
        **{dialect: data.replace(release, b"") for dialect, data in compiled.documents[unit].items()},
    }


def judged(compiled: Compiled, unit: Unit) -> list[Any]:
    """What a submission is judged by: form, market and locale, without the digests that name the release."""
    form = compiled.rules["forms"][unit.form]
    market = form["markets"][unit.market]
    return [
        {**form, "markets": None},
        {**market, "locales": None},
        {**market["locales"][unit.locale], "projections": None},
    ]


def open_to(compiled: Compiled, unit: Unit) -> dict[str, Any]:
    """The sites that show the unit."""
    return {
        name: (site["origins"], site["controller"], site["capture_point"])
        for name, site in compiled.rules["sites"].items()
        if unit.form in site["forms"] and unit.market in site["markets"]
    }


BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "syntax": lambda data: data + b"\n]: [\nmsgbroken",
    "words": lambda _: b"just words",
    "unknown": lambda data: data + b"unknown: 1\n",
}
CASES = {
    "syntax": [
        *("forms/demo-form.yaml", "forms/other-form.yaml", "forms/fields.yaml", "forms/locales.yaml"),
        *("forms/messages.yaml", "forms/options/profession.yaml", "forms/options/interest_area.yaml"),
        *(f"forms/catalogs/{name}.po" for name in CATALOGS),
        *(f"markets/packs/{name}.yaml" for name in PACKS),
        *(f"markets/{name}.yaml" for name in FORMS["demo-form"]),
        *(f"consent_texts/controllers/{name}.yaml" for name in CONTROLLERS),
        *(f"consent_texts/purposes/{name}.yaml" for name in ("profiling", "promotion", "registration")),
        *("consent_texts/statements.yaml", "consent_texts/published.yaml"),
        *("consent_texts/approvals/US.yaml", "consent_texts/approvals/US-CA.yaml"),
        *("consent_texts/US/privacy-notice/1.en-US.yaml", "consent_texts/US-CA/privacy-notice/1.en-US.yaml"),
        *("consent_texts/US/promotional-email/1.en-US.yaml", "consent_texts/SA/profiling/1.ar-SA.yaml"),
        *("sites/demo.yaml", "sites/demo-de.yaml"),
    ],
    "words": [
        *("forms/demo-form.yaml", "forms/fields.yaml", "forms/locales.yaml", "forms/messages.yaml"),
        *("consent_texts/statements.yaml", "consent_texts/published.yaml", "consent_texts/approvals/SA.yaml"),
        *("markets/US.yaml", "markets/packs/consent_primary.yaml", "sites/demo-de.yaml"),
    ],
    "unknown": [
        *("forms/demo-form.yaml", "forms/options/profession.yaml", "consent_texts/controllers/example-sa.yaml"),
        *("consent_texts/DE/promotional-email/1.de-DE.yaml", "consent_texts/purposes/promotion.yaml"),
        *("markets/US-CA.yaml", "markets/packs/europe_permission.yaml"),
    ],
}


@pytest.mark.parametrize(("how", "path"), [(how, path) for how in CASES for path in CASES[how]])
def test_only_what_depends_on_a_broken_file_is_blocked_and_it_is_named(
    whole: tuple[Any, Compiled], tmp_path: Path, make_tree: Callable[[Path], Any], how: str, path: str
) -> None:
    sound, before = whole
    tree = make_tree(Path(shutil.copytree(sound.root, tmp_path / "content")))
    file = tree.root / path
    file.write_bytes(BREAKS[how](file.read_bytes()))
    after = tree.compile()

    hit = {unit for unit in UNITS if depends(unit, path)}
    assert set(after.units) == UNITS - hit
    # Who cannot know a market's languages says all of them.
    unknown = path.startswith("markets/") and not path.startswith("markets/packs/")
    named = {Unit(u.form, u.market, "*") if unknown and u.market == Path(path).stem else u for u in hit}
    assert set(after.blocked) == named
    # The cause alone is told, not what follows from it.
    told = set(after.findings) - set(before.findings)
    assert {finding.file for finding in told} == {path}
    assert {unit for finding in told for unit in finding.blocks} == named
    assert {finding.severity for finding in told} == {"error"}

    for unit in UNITS - hit:
        assert served(after, unit) == served(before, unit), unit
        assert judged(after, unit) == judged(before, unit), unit
        sites = open_to(before, unit)
        assert open_to(after, unit) == {name: held for name, held in sites.items() if f"sites/{name}.yaml" != path}
    # Nobody in a place whose market is broken is taken under the rules of another.
    assert after.rules["places"] == before.rules["places"]


def test_a_broken_form_that_no_site_shows_is_named_too(
    whole: tuple[Any, Compiled], tmp_path: Path, make_tree: Any
) -> None:
    tree = make_tree(Path(shutil.copytree(whole[0].root, tmp_path / "content")))
    (tree.root / "forms/draft-form.yaml").write_text("form: [", "utf-8")
    after = tree.compile()
    assert after.blocked == [Unit("draft-form", "*", "*")]
    assert set(after.units) == UNITS


def reader(folder: Path, monkeypatch: pytest.MonkeyPatch, production: str = "false") -> Callable[..., tuple[int, Any]]:
    """The GET function over a build: status and body; of a refusal its own members."""
    monkeypatch.setenv("CONTENT_DIR", str(folder / "definitions"))
    monkeypatch.setenv("PRODUCTION", production)
    spec = importlib.util.find_spec("consentry.forms.definitions_handler")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def get(path: str, **query: str) -> tuple[int, Any]:
        http = {"method": "GET", "path": path}
        refused: list[Problem] = []
        monkeypatch.setattr(module, "problem_response", lambda problem, *_, **__: refused.append(problem))
        event = {"rawPath": path, "headers": {}, "queryStringParameters": query, "requestContext": {"http": http}}
        response = module.handler(event, None)
        if refused:
            return refused[0].status, refused[0].extra
        return response["statusCode"], json.loads(response["body"])

    return get


def listed(get: Callable[..., tuple[int, Any]]) -> set[Unit]:
    _, said = get("/v1/markets")
    found = {
        Unit(form, entry["market"], spoken["locale"])
        for entry in said["markets"]
        for spoken in entry["locales"]
        for form in spoken["forms"]
    }
    forms = {(entry["market"], form) for entry in said["markets"] for form in entry["forms"]}
    assert forms == {(unit.market, unit.form) for unit in found}
    return found


@pytest.mark.parametrize(
    "broken",
    [
        [],
        ["consent_texts/approvals/SA.yaml"],
        ["consent_texts/approvals/SA.yaml", "consent_texts/controllers/example-us.yaml"],
        ["consent_texts/SA/profiling/1.ar-SA.yaml", "markets/CH.yaml"],
        ["forms/demo-form.yaml"],
        ["forms/options/profession.yaml"],
        ["forms/fields.yaml"],
    ],
)
def test_what_is_listed_can_be_fetched_and_nothing_else(
    whole: tuple[Any, Compiled],
    tmp_path: Path,
    make_tree: Callable[[Path], Any],
    monkeypatch: pytest.MonkeyPatch,
    broken: list[str],
) -> None:
    tree = make_tree(Path(shutil.copytree(whole[0].root, tmp_path / "content")))
    for path in broken:
        (tree.root / path).write_bytes(BREAKS["syntax"]((tree.root / path).read_bytes()))
    assert tree.run("build", "--out", str(tmp_path / "out")) == bool(broken)
    get = reader(tmp_path / "out", monkeypatch)
    published = {unit for unit in UNITS if not any(depends(unit, path) for path in broken)}
    assert listed(get) == published
    for form, offered in FORMS.items():
        markets = {unit.market for unit in published if unit.form == form}
        for query in ({}, {"market": "XX"}):
            status, said = get(f"/v1/forms/{form}", **query)
            assert status == (400 if markets and not query else 404)
            assert set(said.get("markets", ())) == markets
        for market in offered:
            status, _ = get(f"/v1/forms/{form}", market=market)
            assert (status == 200) is (market in markets), (form, market)
    for unit in published:
        status, pointer = get(f"/v1/forms/{unit.form}", market=unit.market, locale=unit.locale)
        assert (status, pointer["locale"]) == (200, unit.locale)
        assert get(pointer["document"])[0] == 200
    # Samples are refused in production: none is offered there.
    get = reader(tmp_path / "out", monkeypatch, production="true")
    assert listed(get) == set()
    assert [get(f"/v1/forms/{form}")[1].get("markets", []) for form in FORMS] == [[], []]
