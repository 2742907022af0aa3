"""The glossary's gate, from outside: a content tree, a glossary, and what is published and found."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from consentry.base.build.findings import Finding
from consentry.cli import main
from consentry.content.build.compile import Compiled
from consentry.glossary.concept import REVIEWS, ConceptFile
from consentry.glossary.segments import Segment, from_json, text_digest, to_json

Tree = Any
DE = "forms/catalogs/de.po"
LABEL = "Ä Registration number"
EVERYWHERE = {"DE/de-DE", "CH/de-CH", "US/en-US", "US-CA/en-US", "SA/ar-SA", "SA/en-SA"}
RULES = {"missing-term", "unwanted-term", "name-changed", "prohibited-wording", "proposed-form", "look-alike"}
WANTED = {"text": "Registriernummer"}
FORBIDDEN = {"text": "Ausweisnummer", "status": "forbidden"}


def concept(tree: Tree, name: str = "registration", *, unsigned: tuple[str, ...] = (), **said: Any) -> None:
    """An approved concept, both reviews of every locale but ``unsigned``."""
    said = {
        "concept": name,
        "state": "approved",
        "subject": "test",
        "definition": "Whatever the test needs it to be.",
        "source": {"kind": "house", "text": "Test"},
        "terms": {"en": [{"text": "registration number"}], "de": [WANTED, FORBIDDEN]},
    } | said
    draft = ConceptFile.model_validate({**said, "state": "draft"})
    approvals = [
        {"locale": tag, "role": role, "actor": f"{role}-1", "at": "2026-01-01", "digest": draft.meaning_digest(tag)}
        for tag in said["terms"]
        if tag not in unsigned
        for role in sorted(REVIEWS)
    ]
    write(tree, f"glossary/concepts/{name}.yaml", {**said, "approvals": said.get("approvals", approvals)})


def write(tree: Tree, path: str, data: Any) -> None:
    file = tree.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(days(data), allow_unicode=True, sort_keys=False, width=10_000), "utf-8")


def days(data: Any) -> Any:
    """Days as YAML has them, without quotes."""
    if isinstance(data, dict):
        dated = {"at", "expires", "opened", "due", "date"}
        return {key: date.fromisoformat(value) if key in dated else days(value) for key, value in data.items()}
    return [days(each) for each in data] if isinstance(data, list | tuple) else data


def german(tree: Tree, words: str) -> int:
    """Give the German label of the registration number; the line of its entry."""
    tree.edit(DE, f'msgstr "{LABEL}"', f'msgstr "{words}"')
    return int(tree.line(DE, 'msgid "Registration number"'))


def said(compiled: Compiled) -> list[Finding]:
    return [finding for finding in compiled.findings if finding.rule in RULES]


def published(compiled: Compiled) -> set[str]:
    return {f"{unit.market}/{unit.locale}" for unit in compiled.units}


def blocked(compiled: Compiled) -> set[str]:
    assert published(compiled) | {f"{unit.market}/{unit.locale}" for unit in compiled.blocked} == EVERYWHERE
    return {f"{unit.market}/{unit.locale}" for unit in compiled.blocked}


def waiver(words: str = "Ausweisnummer", **other: Any) -> dict[str, Any]:
    return {
        "id": "w-1",
        "concept": "registration",
        "rule": "unwanted-term",
        "key": "forms/catalogs/de#field.hcp_identifier.label",
        "locale": "de-DE",
        "market": "DE",
        "source_digest": text_digest("Registration number"),
        "target_digest": text_digest(words),
        "reason": "The authority prints it on the card.",
        "role": "medical-reviewer",
        "actor": "m.rossi",
        "at": "2026-11-01",
        "expires": "2027-01-01",
    } | other


def task(**other: Any) -> dict[str, Any]:
    kept = {k: v for k, v in waiver().items() if k not in {"reason", "role", "actor", "at", "expires"}}
    opened = {"version": 2, "owner": "translator", "opened": "2026-11-20", "due": "2026-12-04"}
    return kept | {"id": "t-1", "market": None} | opened | other


# What holds what back.


def test_a_forbidden_word_holds_back_exactly_the_units_that_show_it(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    concept(tree)
    line = german(tree, "Ihre Ausweisnummer")
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE", "CH/de-CH"}
    first, second = said(compiled)
    assert (first.file, first.line, first.key, first.rule) == (DE, line, "field.hcp_identifier.label", "unwanted-term")
    assert "“Ausweisnummer” is forbidden" in first.message
    assert "concept registration, de-CH" in first.message
    assert "write “Registriernummer”" in first.mend
    assert {f"{u.market}/{u.locale}" for f in (first, second) for u in f.blocks} == {"DE/de-DE", "CH/de-CH"}
    assert tree.run("check", "--json") == 1
    told = [f for f in json.loads(capsys.readouterr().out)["findings"] if f["rule"] == "unwanted-term"]
    about = next(f for f in told if f["segment"]["locale"] == "de-DE")
    assert (about["concept"], about["term"], about["outcome"]) == ("registration", "Ausweisnummer", "block")
    assert about["suggestions"] == ["Registriernummer"]
    assert (about["start"], about["end"]) == (5, 18)
    assert about["markets"] == ["DE"]
    assert about["segment"]["key"] == "forms/catalogs/de#field.hcp_identifier.label"
    assert about["segment"]["target_digest"] == text_digest("Ihre Ausweisnummer")
    assert tree.run("check") == 1
    assert "[unwanted-term]" in capsys.readouterr().out


def test_the_approved_term_and_its_inflections_publish(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ihre Registriernummern")
    compiled = tree.compile()
    assert said(compiled) == []
    assert blocked(compiled) == set()


def test_a_missing_term_is_named_with_what_to_write(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ihr Kennzeichen")
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE", "CH/de-CH"}
    assert {f.rule for f in said(compiled)} == {"missing-term"}
    assert "“Registration number” is “Registriernummer” in de-DE" in said(compiled)[1].message


@pytest.mark.parametrize(
    ("severity", "words", "rule"),
    [("review", "Ausweisnummer", "unwanted-term"), ("review", "Ihr Kennzeichen", "missing-term")],
)
def test_severity_review_waits_for_a_decision(tree: Tree, severity: str, words: str, rule: str) -> None:
    concept(tree, severity=severity)
    german(tree, words)
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE", "CH/de-CH"}
    for finding in said(compiled):
        assert finding.rule == rule
        assert "waits for a decision" in finding.message
        assert finding.facts["outcome"] == "review"
        assert "waive" in finding.mend


def test_a_strict_concept_waits_until_its_form_is_approved(tree: Tree) -> None:
    concept(tree, strict=True)
    german(tree, "Ihre Registriernummern")
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE", "CH/de-CH"}
    assert {f.rule for f in said(compiled)} == {"proposed-form"}
    assert "approve the form, waive it, or change the text" in said(compiled)[0].mend
    form = {"text": "Registriernummern", "origin": "learnt", "approved_by": "m.rossi"}
    concept(tree, strict=True, terms={"en": [{"text": "registration number"}], "de": [{**WANTED, "forms": [form]}]})
    assert blocked(tree.compile()) == set()


def test_a_name_stays_as_it_is(tree: Tree) -> None:
    concept(tree, "webinar", do_not_translate=True, terms={"en": [{"text": "webinar"}]})
    assert blocked(tree.compile()) == {"CH/de-CH"}  # its catalog says “CH Anmeldung”
    tree.edit(DE, 'msgstr "Ä Register for a webinar"', 'msgstr "Ä Register for a Webinär"')
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE", "CH/de-CH"}
    assert {f.rule for f in said(compiled)} == {"name-changed"}
    assert {f.file for f in said(compiled)} == {DE, "forms/catalogs/de-CH.po"}


def prohibited(tree: Tree, market: str, locale: str, text: str) -> None:
    entry = {"locale": locale, "text": text, "reason": "nothing is certain"}
    source = {"kind": "regulation", "text": "Test"}
    write(tree, f"glossary/prohibited/{market}.yaml", {"market": market, "source": source, "wording": [entry]})


def test_prohibited_wording_is_a_matter_of_one_market(tree: Tree) -> None:
    prohibited(tree, "DE", "de", "garantierter Erfolg")
    german(tree, "Garantierter Erfolg")
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE"}
    (finding,) = said(compiled)
    assert finding.rule == "prohibited-wording"
    assert "not allowed in DE: nothing is certain" in finding.message
    assert finding.mend.startswith("take the wording out")
    assert finding.facts["concept"] is None


def test_english_sources_are_judged_where_they_are_shown_and_overlays_inherit(tree: Tree) -> None:
    prohibited(tree, "US", "en", "work phone number")
    line = tree.line("forms/fields.yaml", "label: Work phone number")
    compiled = tree.compile()
    assert blocked(compiled) == {"US/en-US", "US-CA/en-US"}
    (finding,) = said(compiled)
    assert (finding.file, finding.line, finding.key) == ("forms/fields.yaml", line, "field.phone.label")


def test_an_overlay_has_its_parents_rules_and_its_own(tree: Tree) -> None:
    prohibited(tree, "US", "en", "work phone number")
    prohibited(tree, "US-CA", "en", "last name")
    found = {f.facts["term"]: set(f.facts["markets"]) for f in said(tree.compile()) if f.key.endswith(".label")}
    assert found == {"Work phone number": {"US", "US-CA"}, "Last name": {"US-CA"}}


def test_a_region_of_english_may_forbid_a_word(tree: Tree) -> None:
    regional = [{"text": "phone number", "status": "forbidden"}]
    concept(tree, "telephone", terms={"en": [{"text": "telephone"}], "en-US": regional})
    assert blocked(tree.compile()) == {"US/en-US", "US-CA/en-US"}


def test_an_unwanted_english_word_is_found_in_the_source(tree: Tree) -> None:
    english = [{"text": "telephone"}, {"text": "phone number", "status": "deprecated"}]
    concept(tree, "telephone", terms={"en": english})
    compiled = tree.compile()
    assert blocked(compiled) == {"US/en-US", "US-CA/en-US", "SA/en-SA"}
    assert {f.rule for f in said(compiled)} == {"unwanted-term"}


def test_a_market_may_allow_what_the_language_forbids(tree: Tree) -> None:
    terms = {
        "en": [{"text": "registration number"}],
        "de": [WANTED, FORBIDDEN, {"text": "Ausweisnummer", "status": "admitted", "market": "CH"}],
    }
    concept(tree, terms=terms)
    german(tree, "Ausweisnummer")
    assert blocked(tree.compile()) == {"DE/de-DE"}


def test_a_region_inherits_its_language_and_may_differ(tree: Tree) -> None:
    german(tree, "Ausweisnummer")
    regional = {
        "en": [{"text": "registration number"}],
        "de": [WANTED, FORBIDDEN],
        "de-CH": [{"text": "Ausweisnummer", "status": "admitted"}],
    }
    concept(tree, terms=regional)
    assert blocked(tree.compile()) == {"DE/de-DE"}
    concept(tree, terms=regional, unsigned=("de-CH",))
    assert blocked(tree.compile()) == {"DE/de-DE", "CH/de-CH"}  # nobody reviewed the difference


def test_each_plural_form_is_judged_by_its_own_english(tree: Tree) -> None:
    terms = {"en": [{"text": "problem"}], "de": [{"text": "Fehler"}]}
    concept(tree, "problem", terms=terms)
    compiled = tree.compile()
    found = {f.facts["segment"]["target_digest"] for f in said(compiled) if f.facts["segment"]["locale"] == "de-DE"}
    assert found == {text_digest("Ä one {count} problems"), text_digest("Ä other {count} problems")}
    tree.edit(DE, "Ä one {count} problems", "Ä {count} Fehler")
    found = {f.facts["segment"]["target_digest"] for f in said(tree.compile())}
    assert found == {text_digest("Ä other {count} problems")}


# Legal texts.

STATEMENT = "consent_texts/DE/promotional-email/1.de-DE.yaml"


def declare(tree: Tree, *names: str) -> int:
    return int(tree.edit(STATEMENT, "concepts: []", f"concepts: [{', '.join(names)}]"))


def test_a_declared_concept_must_be_said(tree: Tree) -> None:
    concept(tree, "consent", terms={"en": [{"text": "assent"}], "de": [{"text": "Einwilligung"}]})
    line = declare(tree, "consent")
    compiled = tree.compile()
    assert blocked(compiled) == {"DE/de-DE"}
    (finding,) = said(compiled)
    assert (finding.file, finding.line, finding.key) == (STATEMENT, line, "concepts[0]")
    assert finding.rule == "missing-term"
    assert "the concept consent is “Einwilligung” in de-DE" in finding.message


def test_a_declaration_that_holds_changes_nothing_that_was_signed(tree: Tree) -> None:
    before = tree.compile()
    concept(tree, "advertising", terms={"en": [{"text": "advertising"}], "de": [{"text": "Werbung"}]})
    declare(tree, "advertising")
    after = tree.compile()
    assert blocked(after) == set()
    assert after.texts == before.texts
    assert said(after) == []


def test_an_unwanted_word_in_a_legal_text_is_found_in_its_passage(tree: Tree) -> None:
    terms = {
        "en": [{"text": "assent"}],
        "de": [{"text": "Einwilligung"}, {"text": "Widerruf jederzeit", "status": "forbidden"}],
    }
    concept(tree, "consent", terms=terms)
    line = tree.line(STATEMENT, "Widerruf jederzeit")
    compiled = tree.compile()
    (finding,) = [f for f in said(compiled) if f.file == STATEMENT]
    assert (finding.line, finding.key, finding.rule) == (line, "paragraphs[0].text", "unwanted-term")
    assert {f"{u.market}/{u.locale}" for u in finding.blocks} == {"DE/de-DE"}


def test_an_unknown_concept_is_an_error_on_that_text(tree: Tree) -> None:
    line = declare(tree, "consnet")
    compiled = tree.compile()
    (finding,) = [f for f in compiled.findings if f.rule == "unknown-concept"]
    assert (finding.file, finding.line, finding.key) == (STATEMENT, line, "concepts[0]")
    assert blocked(compiled) == {"DE/de-DE"}


def test_a_draft_asks_for_nothing_yet(tree: Tree) -> None:
    terms = {"en": [{"text": "assent"}], "de": [{"text": "Einwilligung"}]}
    concept(tree, "consent", terms=terms, state="draft", approvals=[])
    declare(tree, "consent")
    assert blocked(tree.compile()) == set()


def test_a_new_version_is_judged_before_it_is_signed_and_darkens_nothing(tree: Tree) -> None:
    terms = {
        "en": [{"text": "assent"}],
        "de": [{"text": "Einwilligung"}, {"text": "Erlaubnis", "status": "forbidden"}],
    }
    concept(tree, "consent", terms=terms)
    text = (
        (tree.root / STATEMENT).read_text("utf-8").replace("version: 1", "version: 2").replace("Werbung", "Erlaubnis")
    )
    (tree.root / STATEMENT.replace("/1.", "/2.")).write_text(text, "utf-8")
    compiled = tree.compile()
    assert blocked(compiled) == set()
    (finding,) = said(compiled)
    assert finding.severity == "warning"
    assert finding.file.endswith("/2.de-DE.yaml")
    assert "version 1 stays in force" in finding.message


def test_a_new_version_that_drops_a_concept_is_asked_why(tree: Tree) -> None:
    concept(tree, "advertising", terms={"en": [{"text": "advertising"}], "de": [{"text": "Werbung"}]})
    concept(tree, "post", terms={"en": [{"text": "mail"}], "de": [{"text": "E-Mail"}]})
    declare(tree, "advertising", "post")
    text = (tree.root / STATEMENT).read_text("utf-8").replace("version: 1", "version: 2").replace("advertising, ", "")
    (tree.root / STATEMENT.replace("/1.", "/2.")).write_text(text, "utf-8")
    (finding,) = [f for f in tree.compile().findings if f.rule == "dropped-concept"]
    assert finding.severity == "warning"
    assert finding.file.endswith("/2.de-DE.yaml")
    assert "version 1 declares advertising, and this one does not" in finding.message


# Waivers and tasks.


def test_a_waiver_covers_one_segment_in_one_market(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    write(tree, "glossary/waivers.yaml", [waiver()])
    compiled = tree.compile()
    assert blocked(compiled) == {"CH/de-CH"}
    assert not [f for f in compiled.findings if f.rule == "waiver"]


@pytest.mark.parametrize(
    "other",
    [
        {"concept": "another"},
        {"rule": "missing-term"},
        {"key": "forms/catalogs/de#field.phone.label"},
        {"locale": "de-CH"},
        {"market": "CH"},
        {"source_digest": text_digest("Registration Number")},
        {"source_digest": None},
        {"target_digest": text_digest("ausweisnummer")},
        {"expires": "2026-11-22"},
        {"at": "2026-11-23"},
    ],
    ids=lambda other: "-".join(f"{k}={str(v)[:12]}" for k, v in other.items()),
)
def test_a_waiver_of_anything_else_does_not_cover(tree: Tree, other: dict[str, Any]) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    write(tree, "glossary/waivers.yaml", [waiver(**other)])
    compiled = tree.compile()
    assert "DE/de-DE" in blocked(compiled)
    (useless,) = [f for f in compiled.findings if f.rule == "waiver"]
    assert useless.severity == "warning"
    assert useless.file == "glossary/waivers.yaml"
    assert "remove it" in useless.mend


def test_an_expired_waiver_is_named_in_the_finding(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    write(tree, "glossary/waivers.yaml", [waiver(expires="2026-11-22")])
    messages = {f.facts["segment"]["locale"]: f.message for f in said(tree.compile())}
    assert "the waiver w-1 expired on 2026-11-22" in messages["de-DE"]
    assert "waiver" not in messages["de-CH"]
    assert blocked(tree.compile("2026-11-21")) == {"CH/de-CH"}


def test_a_task_keeps_live_words_live_and_edited_words_are_judged_anew(tree: Tree) -> None:
    concept(tree, version=2)
    german(tree, "Ausweisnummer")
    write(tree, "glossary/tasks.yaml", [task(), task(id="t-2", locale="de-CH")])
    compiled = tree.compile()
    assert blocked(compiled) == set()
    assert {f.severity for f in said(compiled)} == {"warning"}
    assert "translator, is due 2026-12-04" in said(compiled)[0].message
    overdue = tree.compile("2026-12-05")
    assert blocked(overdue) == set()
    assert "was due" in said(overdue)[0].message
    tree.edit(DE, 'msgstr "Ausweisnummer"', 'msgstr "Ihre Ausweisnummer"')
    edited = tree.compile()
    assert blocked(edited) == {"DE/de-DE", "CH/de-CH"}
    assert [f.key for f in edited.findings if f.rule == "task"] == ["t-1", "t-2"]


def test_nothing_is_called_done_while_the_terms_are_in_question(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    write(tree, "glossary/tasks.yaml", [task(), task(id="t-2", concept="another", locale="de-CH")])
    write(tree, "glossary/waivers.yaml", [waiver(market="CH", locale="de-CH")])
    file = tree.root / "glossary/concepts/registration.yaml"
    file.write_text(file.read_text("utf-8").replace("Registriernummer", "Registernummer"), "utf-8")
    compiled = tree.compile()
    assert {(f.key, f.rule) for f in compiled.findings if f.severity == "warning"} == {("t-2", "task")}


def test_wrong_entries_are_found_by_line_and_the_rest_counts(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    write(
        tree, "glossary/waivers.yaml", [waiver(id="w-2", reason="short"), waiver(), waiver(locale="de-CH", market=None)]
    )
    compiled = tree.compile()
    wrong = [f for f in compiled.findings if f.file == "glossary/waivers.yaml" and f.severity == "error"]
    assert [(f.key, f.rule) for f in wrong] == [("[0].reason", "schema"), ("[2].id", "schema")]
    assert all(not f.blocks for f in wrong)
    assert blocked(compiled) == {"CH/de-CH"}


# The glossary's own faults.


def test_a_concept_that_cannot_be_read_fails_the_check_and_darkens_nothing(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    declare(tree, "registration")
    (tree.root / "glossary/concepts/registration.yaml").write_text("concept: [registration\n", "utf-8")
    compiled = tree.compile()
    assert blocked(compiled) == set()
    rules = {(f.rule, f.severity) for f in compiled.findings if f.file == "glossary/concepts/registration.yaml"}
    assert rules == {("yaml", "error"), ("not-enforced", "warning")}
    assert tree.run("check") == 1


def test_terms_changed_without_review_are_not_enforced_and_said_to_be(tree: Tree) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    file = tree.root / "glossary/concepts/registration.yaml"
    file.write_text(file.read_text("utf-8").replace("Registriernummer", "Registernummer"), "utf-8")
    compiled = tree.compile()
    assert blocked(compiled) == set()
    assert {f.rule for f in compiled.findings} == {"stale-approval"}


def test_a_tree_without_a_glossary_is_published(tree: Tree) -> None:
    assert blocked(tree.compile()) == set()


# What editors get.


def test_segments_are_what_is_published(tree: Tree, tmp_path: Path) -> None:
    concept(tree)
    german(tree, "Ausweisnummer")
    out = tmp_path / "built"
    assert tree.run("build", "--out", str(out)) == 1
    held = json.loads((out / "editorial/segments.json").read_bytes())
    segments = from_json(held["segments"])
    assert held["release"] == json.loads((out / "manifest.json").read_bytes())["release"]
    assert to_json(segments) == held["segments"]
    assert {segment.locale for segment in segments} == {"en-US", "ar-SA", "en-SA"}  # both German units are held back
    (label,) = [s for s in segments if s.key == "forms/catalogs/ar#field.email.label"]
    assert label.markets == ("SA",)
    assert label.units == ("demo-form/SA/ar-SA",)
    assert label.source == "Work email address"
    assert (label.file, label.max_length) == ("forms/catalogs/ar.po", 120)
    assert label.line == tree.line("forms/catalogs/ar.po", 'msgid "Work email address"')
    (legal,) = [s for s in segments if s.key == "consent_texts/US/promotional-email/1.en-US"]
    assert legal.kind == "legal"
    assert legal.source is None
    assert legal.markets == ("US", "US-CA")
    assert legal.target in set(tree.compile().texts.values())


def test_a_segment_survives_json() -> None:
    segment = Segment(
        "forms/catalogs/de#x",
        "label",
        "de-DE",
        ("DE", "CH"),
        ("a/DE/de-DE", "b/CH/de-DE"),
        "",
        "Ä\n“x”",
        ("c",),
        "f",
        3,
        9,
    )
    assert from_json(json.loads(json.dumps(to_json([segment]))))[0] != segment  # an empty source is no source
    whole = Segment(**{**segment.__dict__, "source": "s"})
    assert from_json(json.loads(json.dumps(to_json([whole]))))[0] == whole


# A change of the glossary, by files.

APPROVE = ("--role", "terminologist", "--actor", "k.brandt", "--reason", "Read against the directive")


@pytest.fixture
def glossary(tree: Tree) -> Callable[..., int]:
    def run(*arguments: str) -> int:
        return main(["glossary", *arguments, "--root", str(tree.root)])

    return run


def test_a_glossary_change_never_darkens_what_is_live(
    tree: Tree, glossary: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    concept(tree)
    german(tree, "Registriernummer")
    declare(tree, "registration")
    tree.edit(STATEMENT, "Widerruf jederzeit:", "Widerruf jederzeit, Registriernummer:")
    tree.approve()
    assert tree.run("build", "--out", str(tree.root / ".build/content")) == 0
    terms = {
        "en": [{"text": "registration number"}],
        "de": [{"text": "Zulassungsnummer"}, {**WANTED, "status": "deprecated"}],
    }
    concept(tree, version=2, terms=terms, unsigned=("de",))
    capsys.readouterr()

    assert glossary("impact", "registration", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert {(v["key"], v["locale"]) for v in told["violations"]} == {
        ("forms/catalogs/de#field.hcp_identifier.label", "de-DE"),
        ("forms/catalogs/de#field.hcp_identifier.label", "de-CH"),
        ("consent_texts/DE/promotional-email/1.de-DE", "de-DE"),
    }
    assert {v["proposed"] for v in told["violations"] if "#" in v["key"]} == {"Zulassungsnummer"}

    assert glossary("approve", "registration", "--locale", "de", *APPROVE) == 0
    assert not (tree.root / "glossary/tasks.yaml").exists()  # one review alone enforces nothing
    assert glossary("approve", "registration", "--locale", "de", "--role", "medical-reviewer", *APPROVE[2:]) == 2
    assert "k.brandt reviewed de of registration already" in capsys.readouterr().err
    second = (
        "--role",
        "medical-reviewer",
        "--actor",
        "m.rossi",
        "--reason",
        "As the regulation says",
        "--as-of",
        "2026-11-22",
    )
    assert glossary("approve", "registration", "--locale", "de", *second) == 0
    assert "3 live texts break, in CH, DE" in capsys.readouterr().out

    compiled = tree.compile()
    assert blocked(compiled) == set()
    assert {f.severity for f in said(compiled)} == {"warning"}
    tasks = compiled_tasks(tree)
    assert {(t.owner, str(t.due)) for t in tasks} == {
        ("translator", "2026-12-06"),
        ("compliance-officer", "2026-12-22"),
    }
    assert {t.version for t in tasks} == {2}
    tree.edit(DE, 'msgstr "Registriernummer"', 'msgstr "Neue Registriernummer"')
    assert blocked(tree.compile()) == {"DE/de-DE", "CH/de-CH"}


def compiled_tasks(tree: Tree) -> Any:
    from consentry.glossary.build.library import load  # noqa: PLC0415

    library = load(tree.root)
    assert library.findings == ()
    return library.tasks


def test_without_a_build_nobody_knows_what_is_live(
    tree: Tree, glossary: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    concept(tree, unsigned=("de",))
    before = (tree.root / "glossary/concepts/registration.yaml").read_text("utf-8")
    assert glossary("approve", "registration", *APPROVE) == 2
    assert "run `consentry content build` first" in capsys.readouterr().err
    assert (tree.root / "glossary/concepts/registration.yaml").read_text("utf-8") == before


# Waivers by the command line.

GIVEN = (
    "--role",
    "medical-reviewer",
    "--actor",
    "m.rossi",
    "--reason",
    "Printed so on the card",
    "--expires",
    "2027-01-01",
)


def test_a_waiver_is_given_for_the_place_that_the_check_names(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    concept(tree)
    line = german(tree, "Ausweisnummer")
    assert tree.run("waive", f"{DE}:{line}", *GIVEN, "--market", "DE") == 0
    assert "glossary/waivers.yaml: 1 added" in capsys.readouterr().out
    assert blocked(tree.compile()) == {"CH/de-CH"}
    assert tree.run("waive", f"{DE}:{line}", *GIVEN, "--json") == 0  # what is left: Switzerland
    (given,) = json.loads(capsys.readouterr().out)["waivers"]
    assert (given["market"], given["locale"], given["rule"]) == ("CH", "de-CH", "unwanted-term")
    compiled = tree.compile()
    assert blocked(compiled) == set()
    assert compiled.findings == []
    assert blocked(tree.compile("2027-01-01")) == {"DE/de-DE", "CH/de-CH"}
    tree.edit(DE, 'msgstr "Ausweisnummer"', 'msgstr "Ihre Ausweisnummer"')
    assert blocked(tree.compile()) == {"DE/de-DE", "CH/de-CH"}


def test_what_is_waived_is_not_waived_twice(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    concept(tree)
    place = f"{DE}:{german(tree, 'Ausweisnummer')}"
    assert tree.run("waive", place, *GIVEN, "--market", "DE") == 0
    held = (tree.root / "glossary/waivers.yaml").read_text("utf-8")
    capsys.readouterr()
    for again in (
        (*GIVEN, "--market", "DE"),
        (*GIVEN[:-1], "2026-12-24", "--market", "DE", "--concept", "registration"),
    ):
        assert tree.run("waive", place, *again) == 0
        assert f"nothing to add, {place} is waived already: registration-de-" in capsys.readouterr().out
    assert tree.run("waive", place, *GIVEN[:-1], "2027-06-01", "--market", "DE") == 2
    assert "(until 2027-01-01); write the later day into glossary/waivers.yaml" in capsys.readouterr().err
    assert tree.run("waive", place, *GIVEN, "--market", "DE", "--concept", "other") == 2
    assert "is waived already" not in capsys.readouterr().err
    assert (tree.root / "glossary/waivers.yaml").read_text("utf-8") == held
    assert tree.run("waive", place, *GIVEN) == 0  # what is left
    assert "1 added" in capsys.readouterr().out


def test_what_belongs_to_no_concept_can_be_waived_too(tree: Tree) -> None:
    prohibited(tree, "DE", "de", "garantierter Erfolg")
    line = german(tree, "Gаrantierter Erfolg")  # with a Cyrillic letter
    compiled = tree.compile()
    assert {f.rule for f in said(compiled)} == {"look-alike", "prohibited-wording"}
    assert blocked(compiled) == {"DE/de-DE", "CH/de-CH"}
    assert tree.run("waive", f"{DE}:{line}", *GIVEN) == 0
    assert blocked(tree.compile()) == set()


@pytest.mark.parametrize(
    ("place", "arguments", "said"),
    [
        (f"{DE}:1", GIVEN, "nothing is held back at"),
        ("", (*GIVEN, "--concept", "other"), "nothing at"),
        ("", (*GIVEN[:-1], "2026-11-22"), "--expires: 2026-11-22 is not after 2026-11-22"),
        ("", (*GIVEN[:5], "short", *GIVEN[6:]), "--reason: it has 5 characters; write at least 10 characters"),
    ],
)
def test_a_waiver_that_cannot_be_given_says_why(
    tree: Tree, capsys: pytest.CaptureFixture[str], place: str, arguments: tuple[str, ...], said: str
) -> None:
    concept(tree)
    line = german(tree, "Ausweisnummer")
    assert tree.run("waive", place or f"{DE}:{line}", *arguments) == 2
    assert said in capsys.readouterr().err
    assert not (tree.root / "glossary/waivers.yaml").exists()
