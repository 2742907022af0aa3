"""A preview shows drafts as the form would, whatever stands against them, and is never a release."""

import json
from pathlib import Path
from typing import Any

import pytest

from consentry.cli import main


def shown(tree: Any, market: str, locale: str) -> dict[str, Any]:
    index = json.loads((tree.root / ".build/preview/definitions/index.json").read_bytes())
    path = f"documents/{index['release']}/demo-form/{market}/{locale}/consentry.json"
    found: dict[str, Any] = json.loads((tree.root / ".build/preview/definitions" / path).read_bytes())
    return found


def labels(document: dict[str, Any]) -> dict[str, str]:
    return {item["name"]: item["label"] for stage in document["stages"] for item in stage["fields"]}


def preview(tree: Any, capsys: pytest.CaptureFixture[str], *more: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert tree.run("preview", "--no-serve", "--json", *more) == code
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_outdated_and_unapproved_words_are_shown(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tree.edit("forms/fields.yaml", "label: Last name", "label: Family name")
    main(["content", "extract", "--root", str(tree.root)])
    for approvals in (tree.root / "consent_texts/approvals").glob("*.yaml"):
        approvals.unlink()
    assert not [unit for unit in tree.compile().units if unit.locale == "de-DE"]
    about = preview(tree, capsys, "--locale", "de-DE")
    assert (about["locales"], about["hidden"]) == (["de-DE"], [])
    document = shown(tree, "DE", "de-DE")
    assert labels(document)["family_name"] == "Ä Last name"
    assert document["sample"] is True


def test_words_that_the_glossary_holds_back_are_shown(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tree.edit("forms/catalogs/de.po", 'msgstr "Ä Work email address"', 'msgstr "E-Mail für Wundermittel"')
    folder = tree.root / "glossary/prohibited"
    folder.mkdir(parents=True)
    wording = '- {locale: de, text: "Wundermittel", reason: "It promises too much."}'
    source = 'source: {kind: regulation, text: "HWG § 3", date: 2026-01-01}'
    (folder / "DE.yaml").write_text(f"market: DE\n{source}\nwording:\n{wording}\n", "utf-8")
    assert not [unit for unit in tree.compile().units if unit.locale == "de-DE"]
    assert preview(tree, capsys, "--locale", "de-DE")["hidden"] == []
    assert labels(shown(tree, "DE", "de-DE"))["email"] == "E-Mail für Wundermittel"


def test_a_job_is_shown_before_it_is_imported_suggestions_and_all(
    tree: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "de.po"
    assert tree.run("export", "--locale", "de-DE", "--all", "-o", str(file)) == 0
    text = file.read_text("utf-8")
    for old, new in (
        ('msgstr "Ä Last name"', 'msgstr "Familienname"'),
        ('msgstr "Widerruf jederzeit:"', 'msgstr "Jederzeit widerruflich:"'),
    ):
        text = text.replace(old, new)
    text = text.replace(
        'msgctxt "forms/catalogs/de#field.email.label"', '#, fuzzy\nmsgctxt "forms/catalogs/de#field.email.label"'
    )
    file.write_text(text.replace('msgstr "Ä Work email address"', 'msgstr "Vorschlag"'), "utf-8")
    before = {path: path.read_bytes() for path in tree.root.rglob("*") if path.is_file()}
    preview(tree, capsys, "--locale", "de-DE", "--import", str(file))
    document = shown(tree, "DE", "de-DE")
    assert labels(document)["family_name"] == "Familienname"
    assert labels(document)["email"] == "Vorschlag"
    assert document["stages"][0]["statements"][0]["paragraphs"] == ["Jederzeit widerruflich:"]
    assert {path: path.read_bytes() for path in before} == before


def test_a_fault_that_hides_a_form_is_said(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tree.edit("forms/catalogs/de.po", 'msgstr "Ä Select {limit} at most"', 'msgstr "Höchstens {zahl}"')
    about = preview(tree, capsys, "--locale", "de-DE", code=1)
    assert about["forms"] == {}
    assert {entry["why"] for entry in about["hidden"]} == {"unknown placeholder {zahl}"}


def test_pseudo_locales_stand_beside_the_locale_and_in_no_release(
    tree: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    about = preview(tree, capsys, "--locale", "ar-SA", "--pseudo")
    assert about["locales"] == ["ar-SA", "en-XA", "ar-XB"]
    assert about["hidden"] == []
    accented, mirrored = shown(tree, "SA", "en-XA"), shown(tree, "SA", "ar-XB")
    assert (accented["dir"], mirrored["dir"]) == ("ltr", "rtl")
    for document in (accented, mirrored):
        for text in [*labels(document).values(), document["title"], document["stages"][0]["statements"][0]["label"]]:
            assert text.startswith("["), text
        assert len(labels(document)["email"]) >= 1.8 * len("Work email address")
        assert document["notice"]["links"][0]["url"].startswith("https://")
    messages = json.loads(
        next((tree.root / ".build/preview/definitions").rglob("SA/ar-XB/messages.json.gz")).with_suffix("").read_bytes()
    )
    assert set(messages["error-summary"]) == {"zero", "one", "two", "few", "many", "other"}
    compiled = tree.compile()
    assert not [unit for unit in compiled.units if unit.locale in {"en-XA", "ar-XB"}]


def test_what_is_said_beside_the_form(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    about = preview(tree, capsys, "--locale", "de-DE")
    assert about["forms"]["demo-form"]["markets"] == ["DE"]
    assert [stage["id"] for stage in about["forms"]["demo-form"]["stages"]] == ["opt-in", "profile", "interests"]
    assert about["strings"]["field.email.label"]["text"] == "Ä Work email address"
    assert about["strings"]["field.email.label"]["limit"] == 120
