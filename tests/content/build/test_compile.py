"""What the compiler makes of sound content, and what it does about what only warns."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest

from consentry.base.build.findings import Unit
from consentry.base.canonical import digest
from consentry.cli import main
from consentry.content.build.compile import Compiled

EMAIL_DE = "consent_texts/DE/promotional-email/1.de-DE.yaml"
UNITS = {"DE/de-DE", "CH/de-CH", "US/en-US", "US-CA/en-US", "SA/ar-SA", "SA/en-SA"}


def document(compiled: Compiled, market: str, locale: str, dialect: str = "consentry") -> dict[str, Any]:
    body: dict[str, Any] = json.loads(compiled.documents[Unit("demo-form", market, locale)][dialect])
    return body


def texts_of(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield body["notice"]
    for stage in body["stages"]:
        yield from stage["statements"]


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield str(key), item
        yield from walk(item)


def test_everything_is_published(compiled: Compiled, helpers: dict[str, Callable[..., Any]]) -> None:
    assert helpers["published"](compiled) == UNITS
    assert compiled.findings == []
    assert compiled.blocked == []


def test_the_digest_shown_is_of_the_text_shown(compiled: Compiled) -> None:
    for unit in compiled.units:
        for text in texts_of(document(compiled, unit.market, unit.locale)):
            lines = [text["label"], *text["paragraphs"], *(f"{link['text']}: {link['url']}" for link in text["links"])]
            canonical = "\n".join(lines)
            assert digest(canonical.encode()) == text["digest"]
            assert compiled.texts[text["digest"]] == canonical


def test_the_rjsf_dialect_shows_the_same_words(compiled: Compiled) -> None:
    for unit in compiled.units:
        body = document(compiled, unit.market, unit.locale, "rjsf")
        assert body["notice"] == document(compiled, unit.market, unit.locale)["notice"]
        for stage in body["stages"]:
            for text in stage["statements"]:
                shown = stage["uiSchema"]["consents"][text["id"]]
                canonical = shown["ui:title"] + "\n" + shown["ui:help"]
                assert digest(canonical.encode()) == text["digest"]


def test_nothing_is_ticked_selected_or_bundled(compiled: Compiled) -> None:
    for unit in compiled.units:
        for dialect in ("consentry", "rjsf"):
            for stage in document(compiled, unit.market, unit.locale, dialect)["stages"]:
                keywords = {key for key, _ in walk(stage["schema"])}
                assert not keywords & {"default", "const", "oneOf", "anyOf", "format", "$schema", "$ref"}
                ids = {statement["id"] for statement in stage["statements"]}
                assert not ids & set(stage["schema"].get("required", []))
                consents = stage["schema"]["properties"].get("consents")
                if dialect == "rjsf" and ids:
                    assert consents == {
                        "type": "object",
                        "properties": {name: {"type": "boolean"} for name in ids},
                        "additionalProperties": False,
                    }
                    assert "required" not in consents
                    assert "consents" not in stage["schema"].get("required", [])
                else:
                    assert consents is None


def test_the_document_s_schema_is_the_rules_schema_once_its_codes_are_put_back(compiled: Compiled) -> None:
    for unit in compiled.units:
        market = compiled.rules["forms"]["demo-form"]["markets"][unit.market]
        for shown, judged in zip(document(compiled, unit.market, unit.locale)["stages"], market["stages"], strict=True):
            schema = shown["schema"]
            for field in shown["fields"]:
                rule = schema["properties"][field["name"]]
                if "options" in field:
                    codes = sorted(code for code, _ in field["options"])
                    whole = {"type": "string", "enum": codes}
                    schema["properties"][field["name"]] = {**rule, "items": whole} if "items" in rule else whole
            assert schema == _sorted_codes(judged["schema"])


def test_the_rjsf_schema_is_the_rules_schema_but_for_the_order_of_codes(compiled: Compiled) -> None:
    for unit in compiled.units:
        market = compiled.rules["forms"]["demo-form"]["markets"][unit.market]
        for shown, judged in zip(
            document(compiled, unit.market, unit.locale, "rjsf")["stages"], market["stages"], strict=True
        ):
            shown["schema"]["properties"].pop("consents", None)
            assert _sorted_codes(shown["schema"]) == _sorted_codes(judged["schema"])
            for name, rule in shown["schema"]["properties"].items():
                enum = rule.get("enum") or rule.get("items", {}).get("enum")
                if enum and enum != [True]:
                    assert len(shown["uiSchema"][name]["ui:enumNames"]) == len(enum)


def _sorted_codes(schema: dict[str, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(schema))
    for rule in copy["properties"].values():
        for holder in (rule, rule.get("items", {})):
            if "enum" in holder:
                holder["enum"] = sorted(holder["enum"])
    return copy


@pytest.mark.parametrize(
    ("answers", "accepted"),
    [
        ({"email": "a@example.com", "family_name": "Ö", "country": "DE", "hcp_declaration": True}, True),
        ({"email": "a@example.com", "family_name": "Ö", "country": "DE"}, False),
        ({"email": "a@example.com", "family_name": "Ö", "country": "DE", "hcp_declaration": False}, False),
        ({"email": "a@example.com", "family_name": "Ö", "country": "XX", "hcp_declaration": True}, False),
        ({"email": "a example.com", "family_name": "Ö", "country": "DE", "hcp_declaration": True}, False),
        ({"email": "a@example.com", "family_name": "Ö" * 81, "country": "DE", "hcp_declaration": True}, False),
        ({"email": "a@example.com", "family_name": "Ö", "country": "DE", "hcp_declaration": True, "age": 3}, False),
    ],
)
def test_the_rules_judge(compiled: Compiled, answers: dict[str, Any], accepted: bool) -> None:
    schema = compiled.rules["forms"]["demo-form"]["markets"]["DE"]["stages"][0]["schema"]
    assert jsonschema_rs.validator_for(schema).is_valid(answers) is accepted


def test_identifiers_of_every_profession_of_the_market_fit(compiled: Compiled) -> None:
    stages = compiled.rules["forms"]["demo-form"]["markets"]["DE"]["stages"]
    validator = jsonschema_rs.validator_for(stages[1]["schema"])
    assert validator.is_valid({"hcp_identifier": "123456789"})
    assert validator.is_valid({"hcp_identifier": "AB1234"})
    assert not validator.is_valid({"hcp_identifier": "AB1234567890"})
    assert not validator.is_valid({"hcp_identifier": "x123456789"})


def test_what_editors_mend_is_judged_anew_and_not_held_against_them_by_the_release(tree: Any) -> None:
    tree.edit("forms/catalogs/de.po", 'msgstr "Ä Select {limit} at most"', 'msgstr "Höchstens {zahl}"')
    (tree.root / "consent_texts/approvals/DE.yaml").unlink()
    compiled = tree.compile()
    here = {f.rule for f in compiled.findings if "DE" in {unit.market for unit in f.blocks}}
    told = compiled.workbench["units"]["demo-form/DE/de-DE"]["findings"]
    assert (here, {finding["rule"] for finding in told}) == ({"approval", "placeholder"}, {"placeholder"})


def test_letter_and_accent_are_shown_as_one_letter(tree: Any) -> None:
    tree.edit("forms/catalogs/de.po", 'msgstr "Ä Last name"', 'msgstr "A\u0308 Last name"')
    (unit,) = [built for unit, built in tree.compile().units.items() if unit.market == "DE"]
    fields = {item.placed.name: item.label for stage in unit.projection.stages for item in stage.fields}
    assert fields["family_name"] == "\u00c4 Last name"


def test_what_the_market_says_reaches_the_rules(compiled: Compiled) -> None:
    markets = compiled.rules["forms"]["demo-form"]["markets"]
    assert markets["DE"]["verification_required_before"] == "content"
    assert markets["US"]["verification_required_before"] is None
    assert document(compiled, "US", "en-US")["hcpGate"] is None
    assert document(compiled, "SA", "ar-SA")["hcpGate"] == "self_declaration_plus_register_check"
    assert re.fullmatch("consent_primary@2[+][0-9a-f]{12}", markets["SA"]["policy"])
    assert (markets["US"]["overlay"], markets["US-CA"]["overlay"]) == (None, "US-CA")
    assert markets["DE"]["statements"]["promotional-email"]["double_opt_in"] is True
    assert markets["DE"]["statements"]["promotional-phone"]["double_opt_in"] is False
    assert markets["CH"]["statements"]["promotional-email"]["double_opt_in"] is False
    assert {m: markets[m]["statements"]["promotional-email"]["legal_basis"].rpartition("/")[2] for m in markets} == {
        "DE": "gdpr#A6-1-a",
        "CH": "dpv#LegitimateInterest",
        "US": "dpv#EnterIntoContract",
        "US-CA": "dpv#EnterIntoContract",
        "SA": "dpv#EnterIntoContract",
    }
    assert markets["US-CA"]["request"]["legal_basis"] == "https://w3id.org/dpv#Consent"
    assert markets["SA"]["stages"][2]["statements"] == ["profiling"]
    assert markets["DE"]["stages"][2]["statements"] == []
    assert markets["DE"]["locales"]["de-DE"]["valid_until"] == "2028-11-01"
    assert compiled.rules["places"] == {"CH": "CH", "DE": "DE", "SA": "SA", "US": "US", "US-CA": "US-CA"}
    assert compiled.rules["sites"]["demo"]["markets"] == ["DE", "CH", "US", "US-CA", "SA"]


def test_groups_expand_by_market(compiled: Compiled) -> None:
    names = {
        market: [field["name"] for field in document(compiled, market, locale)["stages"][0]["fields"]]
        for market, locale in (("DE", "de-DE"), ("US", "en-US"))
    }
    assert "region" not in names["DE"]
    assert names["US"][2:4] == ["country", "region"]


def test_an_overlay_shows_its_parent_s_text_and_its_own_notice(compiled: Compiled) -> None:
    parent, overlay = document(compiled, "US", "en-US"), document(compiled, "US-CA", "en-US")
    assert parent["stages"][0]["statements"] == overlay["stages"][0]["statements"]
    assert parent["notice"]["digest"] != overlay["notice"]["digest"]


def test_an_overlay_needs_its_own_approval(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    (tree.root / "consent_texts/approvals/US-CA.yaml").unlink()
    compiled = tree.compile()
    assert helpers["published"](compiled) == UNITS - {"US-CA/en-US"}
    assert {f.message for f in compiled.findings} == {"version 1 is not approved for US-CA"}


def test_slot_values_stand_isolated_in_arabic(compiled: Compiled) -> None:
    arabic = document(compiled, "SA", "ar-SA")
    assert arabic["dir"] == "rtl"
    assert "\u2068Example Pharma العربية\u2069" in arabic["stages"][0]["statements"][0]["label"]
    assert "\u2068+966 11 234 5678\u2069" in arabic["stages"][1]["fields"][0]["errors"]["invalid"]
    assert all(not set("\u2068\u2069") & set(link["url"]) for text in texts_of(arabic) for link in text["links"])
    english = json.dumps(document(compiled, "SA", "en-SA"), ensure_ascii=False)
    assert not set("\u2068\u2069") & set(english)


def test_regional_catalogs_come_first_and_english_needs_none(compiled: Compiled) -> None:
    assert document(compiled, "CH", "de-CH")["title"] == "CH Anmeldung"
    assert document(compiled, "DE", "de-DE")["title"] == "Ä Register for a webinar"
    labels = {
        locale: document(compiled, market, locale)["stages"][0]["fields"][2]["label"]
        for market, locale in (("US", "en-US"), ("SA", "en-SA"))
    }
    assert labels == {"en-US": "Country where you practice", "en-SA": "Country where you practise"}


def test_plurals_have_every_category_of_the_language(compiled: Compiled) -> None:
    arabic, english = (
        json.loads(compiled.messages[Unit("demo-form", market, locale)])["error-summary"]
        for market, locale in (("SA", "ar-SA"), ("US", "en-US"))
    )
    assert list(arabic) == ["zero", "one", "two", "few", "many", "other"]
    assert arabic["few"].startswith("ع few")
    assert english == {"one": "{count} problem", "other": "{count} problems"}


def test_a_missing_label_falls_back_and_is_declared(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    tree.edit("forms/catalogs/ar.po", 'msgstr "ع Profession"', 'msgstr ""')
    compiled = tree.compile()
    finding = helpers["only"](compiled, "missing-label")
    line = tree.line("forms/catalogs/ar.po", 'msgid "Profession"')
    assert (finding.severity, finding.key, finding.line) == ("warning", "field.profession.label", line)
    assert helpers["published"](compiled) == UNITS
    declared = [{"key": "field.profession.label", "locale": "en-GB"}]
    body = document(compiled, "SA", "ar-SA")
    assert body["fallbacks"] == declared
    assert body["stages"][0]["fields"][3]["label"] == "Profession"
    assert compiled.index["forms"]["demo-form"]["markets"]["SA"]["fallbacks"] == {"ar-SA": declared, "en-SA": []}


def test_a_legal_text_never_falls_back(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    (tree.root / "consent_texts/SA/promotional-email/1.ar-SA.yaml").unlink()
    compiled = tree.compile()
    finding = helpers["only"](compiled, "missing-text")
    assert finding.file == "consent_texts/SA/promotional-email/1.ar-SA.yaml"
    assert helpers["blocks"](finding) == {"SA/ar-SA"}
    assert helpers["published"](compiled) == UNITS - {"SA/ar-SA"}


def _version_2(tree: Any, words: str) -> None:
    text = (tree.root / EMAIL_DE).read_text("utf-8")
    text = text.replace("version: 1", "version: 2").replace("Werbung per E-Mail", words)
    (tree.root / EMAIL_DE.replace("/1.", "/2.")).write_text(text, "utf-8")


def test_a_new_version_waits_for_its_approval(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    _version_2(tree, "Neuigkeiten per E-Mail")
    compiled = tree.compile()
    finding = helpers["only"](compiled, "approval")
    assert finding.severity == "warning"
    assert "version 1 stays in force" in finding.message
    assert document(compiled, "DE", "de-DE")["stages"][0]["statements"][0]["version"] == 1
    tree.approve()
    compiled = tree.compile()
    assert compiled.findings == []
    assert document(compiled, "DE", "de-DE")["stages"][0]["statements"][0]["version"] == 2


def test_a_published_version_never_changes(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    assert tree.run("publish-lock") == 0
    assert tree.compile().findings == []
    tree.edit(EMAIL_DE, "Werbung per E-Mail", "Reklame per E-Mail")
    tree.approve()
    compiled = tree.compile()
    finding = helpers["only"](compiled, "published")
    assert "consent_texts/DE/promotional-email/2.de-DE.yaml" in finding.mend
    assert helpers["blocks"](finding) == {"DE/de-DE"}
    assert tree.run("publish-lock") == 0
    assert helpers["only"](tree.compile(), "published").file == EMAIL_DE


def test_a_published_version_binds_the_controller_s_data_too(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    assert tree.run("publish-lock") == 0
    tree.edit("consent_texts/controllers/example-us.yaml", "address: 1 Example Road", "address: 2 Example Road")
    tree.approve()
    compiled = tree.compile()
    assert {finding.rule for finding in compiled.findings} == {"published"}
    assert helpers["published"](compiled) == UNITS - {"US/en-US", "US-CA/en-US"}


@pytest.mark.parametrize(
    ("as_of", "count"), [("2026-10-31", 0), ("2026-11-01", 6), ("2028-10-31", 6), ("2028-11-01", 0)]
)
def test_approvals_hold_from_their_instant_until_they_expire(tree: Any, as_of: str, count: int) -> None:
    assert len(tree.compile(as_of).units) == count


def test_production_refuses_sample_content(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    compiled = tree.compile(production=True)
    assert compiled.units == {}
    assert {finding.rule for finding in compiled.findings} == {"sample"}
    files = {finding.file for finding in compiled.findings}
    assert {"forms/demo-form.yaml", "sites/demo.yaml", "consent_texts/controllers/example-de.yaml"} <= files
    assert compiled.rules["sites"] == {}
    tree.genuine()
    assert tree.run("publish-lock") == 0
    assert helpers["published"](tree.compile(production=True)) == UNITS


def test_a_genuine_text_is_locked_before_it_is_published(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    tree.genuine()
    compiled = tree.compile()
    assert {(finding.rule, finding.severity) for finding in compiled.findings} == {("lock", "warning")}
    assert helpers["published"](compiled) == UNITS
    compiled = tree.compile(production=True)
    assert compiled.units == {}
    assert {(finding.rule, finding.severity) for finding in compiled.findings} == {("lock", "error")}
    assert tree.run("publish-lock") == 0
    assert tree.compile(production=True).findings == []
    _version_2(tree, "Neuigkeiten per E-Mail")
    approvals = tree.root / "consent_texts/approvals/DE.yaml"
    first = approvals.read_text("utf-8")
    tree.edit(EMAIL_DE.replace("/1.", "/2."), "sample: false", "sample: true")
    tree.approve()
    approvals.write_text(first + approvals.read_text("utf-8"), "utf-8")
    tree.genuine()
    compiled = tree.compile(production=True)
    assert helpers["only"](compiled, "lock").file == EMAIL_DE.replace("/1.", "/2.")
    assert helpers["published"](compiled) == UNITS - {"DE/de-DE"}


def test_a_lock_that_was_deleted_is_missed(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    (tree.root / "consent_texts/published.yaml").unlink()
    compiled = tree.compile()
    finding = helpers["only"](compiled, "lock")
    assert (finding.file, finding.severity) == ("consent_texts/published.yaml", "warning")
    assert helpers["published"](compiled) == UNITS


@pytest.mark.parametrize(
    ("path", "old", "new", "key"),
    [
        ("sites/demo-de.yaml", "controller: example-de", "controller: example-us", "controller"),
        ("sites/demo-de.yaml", "market: DE", "market: FR", "market"),
        ("sites/demo-de.yaml", "https://demo-de", "http://demo-de", "origins[0]"),
        ("sites/demo-de.yaml", "#0b5cad", "blue", "theme.accent"),
        ("sites/demo-de.yaml", "controller: example-de\n", "", ""),
    ],
)
def test_a_broken_site_is_left_out_and_its_forms_are_not(
    tree: Any, helpers: dict[str, Callable[..., Any]], path: str, old: str, new: str, key: str
) -> None:
    tree.edit(path, old, new)
    compiled = tree.compile()
    assert [(f.file, f.key, f.severity) for f in compiled.findings] == [(path, key, "error")]
    assert set(compiled.rules["sites"]) == set(compiled.index["sites"]) == {"demo"}
    assert helpers["published"](compiled) == UNITS


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[demo-form]", "[other-form, demo-form]", "forms[0]"),
        ("markets: [DE, CH,", "markets: [DE, FR, CH,", "markets[1]"),
    ],
)
def test_a_site_keeps_the_forms_and_markets_that_are_sound(
    tree: Any, compiled: Compiled, old: str, new: str, key: str
) -> None:
    tree.edit("sites/demo.yaml", old, new)
    after = tree.compile()
    assert [(f.file, f.key, f.severity) for f in after.findings] == [("sites/demo.yaml", key, "error")]
    assert after.rules["sites"] == compiled.rules["sites"]
    assert after.index["sites"] == compiled.index["sites"]


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [
        (EMAIL_DE, "right_to_withdraw_consent", "right_to_withdraw_consent, right_to_fly", "elements"),
        ("forms/catalogs/de.po", 'msgctxt "ui.optional"', 'msgctxt "ui.gone"', "obsolete"),
        ("forms/catalogs/de.po", 'msgstr "Ä optional"', f'msgstr "{"Ä" * 241}"', "length"),
        ("forms/catalogs/de.po", 'msgstr "Ä optional"', 'msgstr "Ä optional "', "space"),
    ],
)
def test_warnings_block_nothing(
    tree: Any, helpers: dict[str, Callable[..., Any]], path: str, old: str, new: str, rule: str
) -> None:
    tree.edit(path, old, new)
    compiled = tree.compile()
    found = [finding for finding in compiled.findings if finding.rule == rule]
    assert found
    assert {finding.severity for finding in found} == {"warning"}
    assert helpers["published"](compiled) == UNITS


def test_lists_are_sorted_as_their_reader_expects(compiled: Compiled) -> None:
    def labels(market: str, locale: str, name: str) -> list[str]:
        stages = document(compiled, market, locale)["stages"]
        return [label for stage in stages for f in stage["fields"] if f["name"] == name for _, label in f["options"]]

    german = labels("DE", "de-DE", "country")
    assert german == ["Deutschland", "Saudi-Arabien", "Schweiz", "Vereinigte Staaten", "Ä Another country"]
    assert labels("US", "en-US", "region")[:2] == ["Alabama", "Alaska"]
    assert labels("DE", "de-DE", "profession")[-1] == "Ä Another profession"
    assert labels("US", "en-US", "profession") == ["Doctor", "Nurse", "Pharmacist", "Another profession"]
    assert labels("US", "en-US", "interest_areas") == ["Clinical trials", "Clinical guidelines", "Events"]


def test_errors_reach_the_server_for_every_code_it_can_answer(compiled: Compiled) -> None:
    errors = compiled.rules["forms"]["demo-form"]["markets"]["DE"]["locales"]["de-DE"]["errors"]
    assert errors["email"]["required"] == "Ä Enter your work email address"
    assert errors["profession"]["not-an-option"] == "Ä Select a profession from the list"
    assert errors["hcp_declaration"]["not-an-option"] == "Ä Confirm that you are a healthcare professional"
    assert errors["phone"]["invalid"] == "Ä Enter a phone number, like +49 30 123456"
    shown = document(compiled, "DE", "de-DE")["stages"][0]["fields"]
    assert {f["name"]: set(f["errors"]) for f in shown} == {
        "email": {"required", "invalid"},
        "family_name": {"required", "invalid"},
        "country": {"required"},
        "profession": set(),
        "hcp_declaration": {"required"},
    }


def test_what_a_market_never_asks_is_not_asked(tree: Any, helpers: dict[str, Callable[..., Any]]) -> None:
    tree.edit("forms/fields.yaml", "  family_name:\n", "  date_of_birth:\n")
    tree.edit("forms/demo-form.yaml", "[email, family_name,", "[email, date_of_birth,")
    assert main(["content", "extract", "--root", str(tree.root)]) == 0
    compiled = tree.compile()
    found = [finding for finding in compiled.findings if finding.rule == "never-ask"]
    assert {where for finding in found for where in helpers["blocks"](finding)} == UNITS
    line = tree.line("forms/demo-form.yaml", "date_of_birth")
    assert {(f.file, f.line, f.key) for f in found} == {("forms/demo-form.yaml", line, "stages[0].fields[1]")}
