"""A translation job there and back on a content tree: what is written, what is refused, and why."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.pofile import read_po

from consentry.cli import main
from consentry.glossary.concept import ConceptFile
from consentry.glossary.segments import text_digest

DE = "forms/catalogs/de.po"
EMAIL = "consent_texts/DE/promotional-email"
Trip = Callable[..., dict[str, Any]]


@pytest.fixture
def export(tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Path]:
    def run(locale: str, name: str, *more: str) -> Path:
        file = tmp_path / name
        capsys.readouterr()
        assert tree.run("export", "--locale", locale, "-o", str(file), *more) == 0
        return file

    return run


@pytest.fixture
def bring(tree: Any, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any]]]:
    def run(file: Path, *more: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = tree.run("import", str(file), "--json", *more)
        return code, json.loads(capsys.readouterr().out)

    return run


def snapshot(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def entry(root: Path, id_: str, catalog: str = DE) -> Any:
    with (root / catalog).open("rb") as file:
        return next(message for message in read_po(file) if message.context == id_)


def replaced(file: Path, *pairs: tuple[str, str]) -> Path:
    text = file.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return file


def rules(answer: dict[str, Any], severity: str = "error") -> set[str]:
    return {trouble["rule"] for trouble in answer["troubles"] if trouble["severity"] == severity}


def extract(tree: Any) -> None:
    assert main(["content", "extract", "--root", str(tree.root)]) == 0


def new_label(tree: Any) -> None:
    """The English of a label changes, and ``content extract`` marks its translation as outdated."""
    tree.edit("forms/fields.yaml", "label: Work email address", "label: Your work email")
    extract(tree)


# What goes out


def test_nothing_waits_in_a_complete_locale(tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree.run("export", "--locale", "de-DE", "-o", str(tmp_path / "de.po")) == 0
    assert "nothing waits for a translator in de-DE" in capsys.readouterr().out
    assert not (tmp_path / "de.po").exists()


def test_outdated_labels_go_out_with_their_translation_and_the_english_before(tree: Any, export: Any) -> None:
    new_label(tree)
    text = export("de-DE", "de.po").read_text("utf-8")
    assert text.count("msgctxt") == 1
    assert '#, fuzzy\n#| msgid "Work email address"\nmsgctxt "forms/catalogs/de#field.email.label"' in text
    assert 'msgid "Your work email"\nmsgstr "Ä Work email address"' in text
    assert (
        "#. preview: http://127.0.0.1:8081/preview/demo-form?market=DE&locale=de-DE&stage=opt-in#field.email.label"
        in text
    )


def test_a_preview_is_shown_in_the_market_itself_before_its_overlays(tree: Any, export: Any) -> None:
    us = "  US: {controller: example-us}\n"
    tree.edit("forms/demo-form.yaml", us, "")
    tree.edit("forms/demo-form.yaml", "  SA: {controller", f"{us}  SA: {{controller")
    text = export("en-US", "us.po", "--all", "--only", "*#field.email.label").read_text("utf-8")
    assert "#. preview: http://127.0.0.1:8081/preview/demo-form?market=US&locale=en-US" in text


def test_a_region_gets_what_is_its_own_and_hears_of_the_rest(
    tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_label(tree)
    assert tree.run("export", "--locale", "de-CH", "-o", str(tmp_path / "ch.po")) == 0
    said = capsys.readouterr()
    assert "1 string of de, which de-CH inherits from, wait" in said.err
    assert "nothing waits" in said.out


def test_since_a_release_adds_what_reads_otherwise_now(tree: Any, export: Any, tmp_path: Path) -> None:
    build = tmp_path / "build"
    tree.edit(
        "forms/locales.yaml",
        "catalogs: [de-CH, de]}",
        "catalogs: [de-CH, de]}\n- {tag: en-CH, cldr: en_GB, catalogs: []}",
    )
    tree.run("build", "--out", str(build))
    documents = json.loads((build / "definitions/index.json").read_bytes())["documents"]
    assert any("/en-SA/" in path for path in documents)
    tree.edit("forms/fields.yaml", "label: Last name", "label: Family name")
    extract(tree)
    replaced(tree.root / DE, ('#, fuzzy\n#| msgid "Last name"\nmsgctxt', "msgctxt"))
    keys = [
        line
        for line in export("de-DE", "s.po", "--since", str(build)).read_text("utf-8").splitlines()
        if "msgctxt" in line
    ]
    assert keys == ['msgctxt "forms/catalogs/de#field.family_name.label"']


def test_a_missing_legal_text_goes_out_as_a_draft_of_its_reference(tree: Any, export: Any, bring: Any) -> None:
    (tree.root / "consent_texts/SA/profiling/1.ar-SA.yaml").unlink()
    file = export("ar-SA", "ar.po")
    text = file.read_text("utf-8")
    assert text.count("msgctxt") == text.count("consent_texts/SA/profiling/1.ar-SA#") > 1
    for line in {line for line in text.splitlines() if line.startswith('msgid "') and line != 'msgid ""'}:
        replaced(file, (f'{line}\nmsgstr ""', f'{line}\nmsgstr "ا {line[7:-1]}"'))
    code, answer = bring(file)
    assert (code, rules(answer)) == (0, set())
    made = yaml.safe_load((tree.root / "consent_texts/SA/profiling/1.ar-SA.yaml").read_text("utf-8"))
    assert made["reference"] == "SA/profiling/1.en-SA"
    assert made["label"]["text"].startswith("ا ")
    assert made["effective"]["from"].isoformat() == "2026-11-22"


def test_a_half_translated_legal_text_is_refused(tree: Any, export: Any, bring: Any) -> None:
    (tree.root / "consent_texts/SA/profiling/1.ar-SA.yaml").unlink()
    file = export("ar-SA", "ar.po")
    text = file.read_text("utf-8")
    first = next(line for line in text.splitlines() if line.startswith('msgid "') and line != 'msgid ""')
    code, answer = bring(replaced(file, (f'{first}\nmsgstr ""', f'{first}\nmsgstr "ا {first[7:-1]}"')))
    assert (code, rules(answer)) == (1, {"incomplete"})


# What comes back


@pytest.mark.parametrize("name", ["de.po", "de.xlf", "de.xlsx"])
def test_a_job_that_came_back_as_it_went_out_changes_nothing(tree: Any, export: Any, bring: Any, name: str) -> None:
    file = export("de-DE", name, "--all")
    before = snapshot(tree.root)
    code, answer = bring(file)
    assert (code, answer["changes"], answer["troubles"], answer["written"]) == (0, [], [], [])
    assert answer["unchanged"] > 50
    assert snapshot(tree.root) == before


def test_a_label_is_written_and_everything_else_stays_to_the_byte(tree: Any, export: Any, bring: Any) -> None:
    new_label(tree)
    before = snapshot(tree.root)
    file = replaced(
        export("de-DE", "de.po"), ("#, fuzzy\n", ""), ('msgstr "Ä Work email address"', 'msgstr "Dienst-E-Mail"')
    )
    code, answer = bring(file, "--dry-run")
    assert (code, answer["written"]) == (0, [])
    assert snapshot(tree.root) == before
    code, answer = bring(file)
    assert (code, answer["written"]) == (0, [DE])
    assert answer["changes"] == [
        {"file": "forms/catalogs/de", "id": "field.email.label", "old": "Ä Work email address", "new": "Dienst-E-Mail"}
    ]
    written = entry(tree.root, "field.email.label")
    assert (written.string, written.fuzzy) == ("Dienst-E-Mail", False)
    after = snapshot(tree.root)
    assert {path for path in after if after[path] != before.get(path)} == {DE}
    lines = set(after[DE].splitlines()) ^ set(before[DE].splitlines())
    assert len(lines) <= 4, lines
    assert bring(file)[1]["changes"] == []  # a second time is no conflict


def test_what_is_still_for_review_is_left_out_and_named(tree: Any, export: Any, bring: Any) -> None:
    new_label(tree)
    code, answer = bring(export("de-DE", "de.po"))
    assert (code, answer["waiting"], answer["written"]) == (0, ["forms/catalogs/de#field.email.label"], [])


def test_a_region_writes_to_its_own_catalog(tree: Any, export: Any, bring: Any) -> None:
    file = export("de-CH", "ch.po", "--all", "--only", "*#field.email.label")
    before = (tree.root / DE).read_bytes()
    code, answer = bring(replaced(file, ('msgstr "Ä Work email address"', 'msgstr "Geschäftliche E-Mail"')))
    assert (code, answer["written"]) == (0, ["forms/catalogs/de-CH.po"])
    assert entry(tree.root, "field.email.label", "forms/catalogs/de-CH.po").string == "Geschäftliche E-Mail"
    assert (tree.root / DE).read_bytes() == before


def test_plural_forms_come_back_together(tree: Any, export: Any, bring: Any) -> None:
    file = export("ar-SA", "ar.xlf", "--all", "--only", "*#ui.error-summary")
    text = file.read_text("utf-8")
    assert text.count("<unit ") == 6
    code, answer = bring(replaced(file, (f"{text.split('<target')[1].split('</target>')[0]}</target>",
                                         ' xml:space="preserve">لا أخطاء</target>')))  # fmt: skip
    assert (code, rules(answer)) == (0, set())
    assert entry(tree.root, "ui.error-summary", "forms/catalogs/ar.po").string[0] == "لا أخطاء"


def test_a_string_with_plural_forms_counts_as_one(
    tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ar.po"
    only = ("--all", "--only", "*#ui.error-summary", "-o", str(file))
    assert tree.run("export", "--locale", "ar-SA", *only) == 0
    assert "1 string (0 new, 0 for review, 1 translated; 0 prefilled)" in capsys.readouterr().out
    text = file.read_text("utf-8")
    for form in range(3):
        text = text.replace(f'msgstr[{form}] "', f'msgstr[{form}] "أ ')
    file.write_text(text, "utf-8")
    assert tree.run("import", str(file), "--dry-run") == 0
    assert "ar-SA: 1 changed, 0 as before, 0 without a translation;" in capsys.readouterr().out
    assert tree.run("export", "--locale", "ar-SA", *only, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["strings"], said["translated"]) == (1, 1)


def test_a_new_language_begins_with_a_job(tree: Any, export: Any, bring: Any) -> None:
    tree.edit("forms/locales.yaml", "- {tag: en-GB,", "- {tag: nl-NL, cldr: nl_NL, catalogs: [nl]}\n- {tag: en-GB,")
    file = export("nl-NL", "nl.po")
    text = file.read_text("utf-8")
    assert text.count("msgctxt") > 50
    replaced(file, ('msgid "Last name"\nmsgstr ""', 'msgid "Last name"\nmsgstr "Achternaam"'))
    code, answer = bring(file)
    assert (code, answer["written"], len(answer["changes"])) == (0, ["forms/catalogs/nl.po"], 1)
    assert answer["untranslated"] > 50
    assert entry(tree.root, "field.family_name.label", "forms/catalogs/nl.po").string == "Achternaam"


# Legal texts


def test_a_published_text_is_never_edited_its_next_version_is_written(tree: Any, export: Any, bring: Any) -> None:
    tree.approve()
    assert tree.run("publish-lock") == 0
    published = (tree.root / f"{EMAIL}/1.de-DE.yaml").read_bytes()
    file = export("de-DE", "de.po", "--all", "--only", f"{EMAIL}/*")
    code, answer = bring(replaced(file, ('msgstr "Widerruf jederzeit:"', 'msgstr "Sie können jederzeit widerrufen:"')))
    assert (code, answer["written"]) == (0, [f"{EMAIL}/2.de-DE.yaml"])
    assert (tree.root / f"{EMAIL}/1.de-DE.yaml").read_bytes() == published
    made = yaml.safe_load((tree.root / f"{EMAIL}/2.de-DE.yaml").read_text("utf-8"))
    assert made["version"] == 2
    assert made["paragraphs"] == [{"text": "Sie können jederzeit widerrufen:", "covers": ["right_to_withdraw_consent"]}]
    # Unapproved: version 1 stays in force, and the release says so.
    compiled = tree.compile()
    found = [f for f in compiled.findings if f.file == f"{EMAIL}/2.de-DE.yaml"]
    assert [(f.rule, f.severity) for f in found] == [("approval", "warning")]


def test_a_draft_that_nobody_approved_is_edited_in_place(tree: Any, export: Any, bring: Any) -> None:
    (tree.root / "consent_texts/approvals/DE.yaml").unlink()
    path = tree.root / f"{EMAIL}/1.de-DE.yaml"
    path.write_text("# UWG § 7\n" + path.read_text("utf-8"), "utf-8")
    file = export("de-DE", "de.xlf", "--only", f"{EMAIL}/*")
    text = file.read_text("utf-8").replace(' state="initial" subState="consentry:prefilled"', ' state="final"')
    file.write_text(text.replace(">Widerruf jederzeit:</target>", ">Jederzeit widerruflich:</target>"), "utf-8")
    code, answer = bring(file)
    assert (code, answer["written"]) == (0, [f"{EMAIL}/1.de-DE.yaml"])
    assert path.read_text("utf-8").startswith("# UWG § 7\nkind: statement\nversion: 1\n")
    assert "Jederzeit widerruflich:" in path.read_text("utf-8")


def test_a_newer_reference_makes_a_text_wait(tree: Any, export: Any) -> None:
    path = tree.root / "consent_texts/SA/profiling/1.ar-SA.yaml"
    path.write_text(path.read_text("utf-8") + "reference: SA/profiling/1.en-SA\n", "utf-8")
    tree.approve()
    english = (tree.root / "consent_texts/SA/profiling/1.en-SA.yaml").read_text("utf-8")
    newer = tree.root / "consent_texts/SA/profiling/2.en-SA.yaml"
    newer.write_text(english.replace("version: 1", "version: 2"), "utf-8")
    assert "consent_texts/SA/profiling/1.ar-SA#label" in export("ar-SA", "ar.po").read_text("utf-8")


# Translators' mistakes, each with its report and nothing written

LABEL = 'msgstr "Ä Work email address"'
MISTAKES = {
    "placeholder": (('msgstr "Ä Shorten this answer to {limit} characters"', 'msgstr "Höchstens {Limit} Zeichen"'),),
    "invisible": ((LABEL, 'msgstr "E-\u200bMail"'),),
    "markup": ((LABEL, 'msgstr "<b>E-Mail</b>"'),),
    "id": (("de#field.email.label", "de#field.email.labl"),),
    "source": (('msgid "Work email address"', 'msgid "Work e-mail"'),),
    "twice": (("de#field.country.label", "de#field.email.label"),),
}


@pytest.mark.parametrize("rule", MISTAKES)
def test_a_mistake_is_reported_and_keeps_the_whole_job_out(tree: Any, export: Any, bring: Any, rule: str) -> None:
    file = export("de-DE", "de.po", "--all")
    replaced(file, ('msgstr "Ä Last name"', 'msgstr "Familienname"'), *MISTAKES[rule])
    before = snapshot(tree.root)
    code, answer = bring(file)
    assert (code, answer["refused"], answer["written"]) == (1, True, [])
    assert rules(answer) - {rule} <= {"id"}, answer["troubles"]  # who takes another's id has lost their own
    assert rule in rules(answer)
    for trouble in answer["troubles"]:
        assert trouble["place"].startswith("line ")
        assert trouble["mend"]
    assert [change["id"] for change in answer["changes"] if change["new"] == "Familienname"]
    assert snapshot(tree.root) == before


def test_ids_swapped_between_two_strings_are_told_apart(export: Any, bring: Any) -> None:
    file = export("de-DE", "de.po", "--all")
    text = file.read_text("utf-8")
    one, two = "de#field.email.label", "de#field.country.label"
    file.write_text(text.replace(one, "§§").replace(two, one).replace("§§", two).replace(LABEL, 'msgstr "X"'), "utf-8")
    code, answer = bring(file)
    assert code == 1
    assert rules(answer) == {"id"}
    assert {t["message"].rpartition(" ")[2].partition("#")[2] for t in answer["troubles"]} == {
        "field.email.label", "field.country.label"}  # fmt: skip


def test_entities_escaped_twice_are_markup(export: Any, bring: Any) -> None:
    file = replaced(export("de-DE", "de.po", "--all"), (LABEL, 'msgstr "Praxis &amp; Klinik"'))
    assert rules(bring(file)[1]) == {"markup"}


def test_what_tools_add_is_cleaned_and_said(tree: Any, export: Any, bring: Any) -> None:
    file = replaced(export("de-DE", "de.po", "--all"), (LABEL, 'msgstr " Dienstliche\\nE-Mail fu\u0308r\u00a0Sie  "'))
    code, answer = bring(file)
    assert (code, rules(answer, "warning")) == (0, {"space", "nfc"})
    assert entry(tree.root, "field.email.label").string == "Dienstliche E-Mail für\u00a0Sie"


def test_too_long_and_english_left_over_are_warnings(export: Any, bring: Any) -> None:
    file = replaced(export("de-DE", "de.po", "--all"), (LABEL, f'msgstr "{"E-Mail " * 20}x"'),
                    ('msgstr "Ä Last name"', 'msgstr "Last name"'))  # fmt: skip
    code, answer = bring(file)
    assert (code, rules(answer, "warning")) == (0, {"length", "untranslated"})


def test_a_plural_form_left_empty_is_refused(tree: Any, export: Any, bring: Any) -> None:
    tree.edit("forms/messages.yaml", 'one: "{count} problem"', 'one: "{count} fault"')
    extract(tree)
    file = export("de-DE", "de.po")
    text = file.read_text("utf-8")
    (old,) = [line for line in text.splitlines() if line.startswith("msgstr[0]")]
    replaced(file, ("#, fuzzy\n", ""), (old, 'msgstr[0] ""'))
    code, answer = bring(file)
    assert (code, rules(answer)) == (1, {"plural"})
    assert answer["troubles"][0]["message"].endswith(": one")
    replaced(file, ('msgstr[0] ""', 'msgstr[0] "{count} Fehler"'))
    assert bring(file)[0] == 0


def test_english_that_changed_since_is_a_conflict_for_what_was_translated_only(
    tree: Any, export: Any, bring: Any
) -> None:
    file = export("de-DE", "de.po", "--all")
    new_label(tree)
    code, answer = bring(file)
    assert (code, answer["troubles"]) == (0, [])  # nobody translated it: nothing is lost
    code, answer = bring(replaced(file, (LABEL, 'msgstr "Dienst-E-Mail"')))
    assert (code, rules(answer), answer["written"]) == (1, {"stale"}, [])
    assert "it was “Work email address” and is “Your work email”" in answer["troubles"][0]["message"]


def test_a_translation_that_changed_since_is_a_conflict(tree: Any, export: Any, bring: Any) -> None:
    file = export("de-DE", "de.po", "--all")
    tree.edit(DE, LABEL, 'msgstr "Berufliche E-Mail"')
    assert bring(file)[1]["troubles"] == []
    code, answer = bring(replaced(file, (LABEL, 'msgstr "Dienst-E-Mail"')))
    assert (code, rules(answer)) == (1, {"conflict"})
    assert "it is now “Berufliche E-Mail”" in answer["troubles"][0]["message"]
    assert entry(tree.root, "field.email.label").string == "Berufliche E-Mail"


def test_a_version_that_was_replaced_since_is_a_conflict(tree: Any, export: Any, bring: Any) -> None:
    tree.approve()
    first = export("de-DE", "one.po", "--all", "--only", f"{EMAIL}/*")
    second = export("de-DE", "two.po", "--all", "--only", f"{EMAIL}/*")
    line = 'msgstr "Widerruf jederzeit:"'
    assert bring(replaced(first, (line, 'msgstr "Jederzeit widerruflich:"')))[0] == 0
    code, answer = bring(replaced(second, (line, 'msgstr "Stets widerruflich:"')))
    assert (code, rules(answer)) == (1, {"stale"})
    assert len(answer["troubles"]) == 1  # the lines that nobody touched are no conflict
    assert f"{EMAIL}/2.de-DE has replaced this version" in answer["troubles"][0]["message"]


def test_a_slot_lost_from_a_legal_text_is_refused(export: Any, bring: Any) -> None:
    file = export("de-DE", "de.po", "--all", "--only", f"{EMAIL}/*")
    code, answer = bring(
        replaced(file, ('msgstr "Ich willige ein, dass {controller.name} mir', 'msgstr "Ich willige ein, dass Sie mir'))
    )
    assert (code, answer["written"]) == (1, [])
    assert rules(answer) == {"placeholder", "controller"}


def test_stamps_dropped_by_a_tool_cost_a_warning(export: Any, bring: Any) -> None:
    file = export("de-DE", "de.po", "--all")
    text = "\n".join(line for line in file.read_text("utf-8").splitlines() if not line.startswith("#"))
    file.write_text(text.replace(LABEL, 'msgstr "Dienst-E-Mail"'), "utf-8")
    code, answer = bring(file)
    assert (code, rules(answer, "warning")) == (0, {"stamp"})
    assert len(answer["changes"]) == 1


def test_the_wrong_language_is_refused(tree: Any, export: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = export("de-DE", "de.po", "--all")
    assert tree.run("import", str(file), "--locale", "ar-SA") == 2
    assert "the file is in de-DE, not in ar-SA" in capsys.readouterr().err
    replaced(file, ("Language: de_DE", "Language: ar_SA"))
    assert tree.run("import", str(file)) == 1
    assert "no string of ar-SA has this id" in capsys.readouterr().out
    replaced(file, ("Language: ar_SA", "Language: tlh"))
    assert tree.run("import", str(file)) == 2
    replaced(file, ("Language: tlh", "Language: de"))
    capsys.readouterr()
    assert tree.run("import", str(file)) == 2
    assert "add --locale with one of them: de-DE" in capsys.readouterr().err
    assert tree.run("import", str(file), "--locale", "de-DE") == 0


@pytest.mark.parametrize(
    ("name", "said"), [("de.csv", "goes back as .xlsx"), ("de.doc", "known endings"), ("no.po", "No such file")]
)
def test_files_of_another_kind_are_refused(
    tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    if name != "no.po":
        (tmp_path / name).write_bytes("id;Übersetzung".encode("cp1252"))
    assert tree.run("import", str(tmp_path / name)) == 2
    assert said in capsys.readouterr().err


def test_a_disk_that_fails_leaves_everything_as_it_was(
    tree: Any, export: Any, bring: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.approve()
    file = export("de-DE", "de.po", "--all")
    replaced(file, (LABEL, 'msgstr "Dienst-E-Mail"'), ('msgstr "Zwecke: Anmeldung."', 'msgstr "Zweck: Anmeldung."'))
    before = snapshot(tree.root)
    write = Path.write_bytes

    def failing(self: Path, data: bytes) -> int:
        if self.name == "2.de-DE.yaml.new":
            raise OSError(28, "No space left on device")
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(OSError, match="No space left"):
        bring(file)
    assert snapshot(tree.root) == before


# The glossary


def glossary(tree: Any, english: str = "work email") -> None:
    """One approved concept."""
    terms = {
        "en": [{"text": english}],
        "de": [{"text": "Dienst-E-Mail"}, {"text": "Netzpost", "status": "forbidden"}],
    }
    body: dict[str, Any] = {
        "concept": "work-email", "state": "draft", "subject": "forms", "definition": "The address used at work.",
        "source": {"kind": "house", "text": "House style"}, "terms": terms,
    }  # fmt: skip
    digest = ConceptFile.model_validate(body).meaning_digest("de")
    reviews = ("terminologist", "medical-reviewer")
    body["state"] = "approved"
    body["approvals"] = [{"locale": "de", "role": r, "actor": r, "at": "2026-11-01", "digest": digest} for r in reviews]
    path = tree.root / "glossary/concepts/work-email.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(body), "utf-8")


def test_terms_go_out_with_the_string_and_are_held_against_it_on_the_way_back(
    tree: Any, export: Any, bring: Any
) -> None:
    glossary(tree)
    file = export("de-DE", "de.po", "--all")
    advice = "#. term: Work email: write “Dienst-E-Mail”; not “Netzpost”\n"
    assert advice in file.read_text("utf-8")
    code, answer = bring(replaced(file, (LABEL, 'msgstr "Adresse für Netzpost"')))
    assert (code, rules(answer), answer["written"]) == (1, {"glossary: work-email"}, [])
    assert "write “Dienst-E-Mail”; or import with --despite-glossary" in answer["troubles"][0]["mend"]
    code, answer = bring(file, "--despite-glossary")
    assert (code, rules(answer, "warning"), answer["written"]) == (0, {"glossary: work-email"}, [DE])


def test_the_name_of_a_placeholder_is_no_term(tree: Any, export: Any) -> None:
    glossary(tree, "limit")
    assert "#. term: " not in export("de-DE", "de.po", "--all").read_text("utf-8")
    tree.edit("forms/messages.yaml", "Select {limit} at most", "Select {limit}, the limit, at most")
    extract(tree)
    assert "#. term: limit: write" in export("de-DE", "d.po").read_text("utf-8")


def test_what_was_waived_in_these_very_words_passes(tree: Any, export: Any, bring: Any) -> None:
    glossary(tree)
    waiver = {
        "id": "netzpost", "concept": "work-email", "rule": "unwanted-term", "locale": "de-DE",
        "key": "forms/catalogs/de#field.email.label", "source_digest": text_digest("Work email address"),
        "target_digest": text_digest("Adresse für Netzpost"), "reason": "The campaign's own word",
        "role": "medical-reviewer", "actor": "r-1", "at": "2026-11-01", "expires": "2027-11-01",
    }  # fmt: skip
    (tree.root / "glossary/waivers.yaml").write_text(yaml.safe_dump([waiver], allow_unicode=True), "utf-8")
    file = replaced(export("de-DE", "de.po", "--all"), (LABEL, 'msgstr "Adresse für Netzpost"'))
    code, answer = bring(file)
    assert (code, answer["troubles"], answer["written"]) == (0, [], [DE])
    assert rules(bring(replaced(file, ("Adresse für Netzpost", "Ihre Netzpost")))[1]) == {"conflict"}
    file = replaced(export("de-DE", "de.po", "--all"), ("Adresse für Netzpost", "Ihre Netzpost"))
    assert rules(bring(file)[1]) == {"glossary: work-email"}


# Suggestions

TMX = """<?xml version="1.0"?><tmx version="1.4"><header/><body>
<tu><tuv xml:lang="en"><seg>Your work email</seg></tuv><tuv xml:lang="de"><seg>Ihre Dienst-E-Mail</seg></tuv></tu>
<tu><tuv xml:lang="EN-US"><seg>Your family names</seg></tuv>
 <tuv xml:lang="de-AT"><seg>Ihre <bpt>x</bpt>Namen</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>Unrelated</seg></tuv><tuv xml:lang="fr"><seg>Autre</seg></tuv></tu>
</body></tmx>"""


def test_a_memory_fills_in_and_nothing_of_it_is_final(tree: Any, export: Any, bring: Any, tmp_path: Path) -> None:
    (tmp_path / "m.tmx").write_text(TMX, "utf-8")
    tree.edit("forms/fields.yaml", "label: Work email address", "label: Your work email")
    tree.edit("forms/fields.yaml", "label: Last name", "label: Your family name")
    extract(tree)
    catalog = (tree.root / DE).read_text("utf-8")
    for english in ("Work email address", "Last name"):
        catalog = catalog.replace(f'msgstr "Ä {english}"', 'msgstr ""').replace(f'#| msgid "{english}"\n', "")
    (tree.root / DE).write_text(catalog.replace("#, fuzzy\n", ""), "utf-8")
    file = export("de-DE", "de.po", "--tmx", str(tmp_path / "m.tmx"))
    text = file.read_text("utf-8")
    assert text.count("#, fuzzy") == 2
    assert "#. prefilled: exact match from the translation memory: confirm it here" in text
    assert "% match from the translation memory, for “Your family names”" in text
    assert 'msgstr "Ihre Dienst-E-Mail"' in text
    assert 'msgstr "Ihre Namen"' in text
    before = snapshot(tree.root)
    code, answer = bring(file)
    assert (code, len(answer["waiting"]), answer["written"]) == (0, 2, [])
    assert snapshot(tree.root) == before


def test_an_outdated_translation_gives_way_to_the_memorys_own_and_is_told(
    tree: Any, export: Any, bring: Any, tmp_path: Path
) -> None:
    (tmp_path / "m.tmx").write_text(TMX, "utf-8")
    new_label(tree)
    text = export("de-DE", "de.po", "--tmx", str(tmp_path / "m.tmx")).read_text("utf-8")
    assert "confirm it here; before: “Ä Work email address”" in text
    assert 'msgstr "Ihre Dienst-E-Mail"' in text
    file = replaced(tmp_path / "de.po", ("#, fuzzy\n", ""))
    assert bring(file)[1]["changes"][0]["new"] == "Ihre Dienst-E-Mail"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("<xliff/>", "not <tmx>"),
        (TMX.replace("de", "nl"), "no pair of en-GB and de-DE"),
        ('<!DOCTYPE tmx SYSTEM "x"><tmx/>', "document type"),
    ],
)
def test_a_memory_of_no_use_is_said(
    tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str, said: str
) -> None:
    (tmp_path / "m.tmx").write_text(data, "utf-8")
    assert tree.run("export", "--locale", "de-DE", "--all", "--tmx", str(tmp_path / "m.tmx")) == 2
    assert said in capsys.readouterr().err
