"""Files and the editors' store: what is sent, what is brought, and that nobody's words are written over."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consentry.base.documents import Documents, Write
from consentry.cli import main
from consentry.content.build.documents import file_of, read_files
from consentry.content.build.ledger import Ledger, load, save
from consentry.content.build.pull import pull
from consentry.content.build.push import Settings, push, seed
from support import editorial
from support.editorial import AT, Editorial

ROOT = Path(__file__).parents[3]
TEXT = "consent_texts/DE/promotional-email/1.de-DE"
CONCEPT = "glossary/concepts/adverse-event"
LABEL = "forms/catalogs/de#field.email.label"
APPROVALS = "consent_texts/approvals/DE"
FOLDERS = ("consent_texts", "forms", "glossary", "markets")


@pytest.fixture
def store() -> Iterator[Editorial]:
    with editorial.store() as made:
        yield made


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own content, but few of its concepts, markets and catalogs."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for market in (p for p in (folder / "consent_texts").iterdir() if p.name.isupper() and p.name not in ("DE", "CH")):
        shutil.rmtree(market)
    for file in [*(folder / "consent_texts/approvals").iterdir(), *(folder / "forms/catalogs").iterdir()]:
        if file.stem not in ("DE", "CH", "de", "de-CH", "messages"):
            file.unlink()
    for file in (folder / "glossary/concepts").iterdir():
        if file.stem not in ("adverse-event", "consent", "patient"):
            file.unlink()
    for name in ("waivers", "tasks"):
        (folder / f"glossary/{name}.yaml").unlink(missing_ok=True)
    return folder


@pytest.fixture
def root(checkout: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(checkout, tmp_path / "content"))


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def pushed(root: Path, store: Editorial, ledger: Ledger, **changes: Any) -> Any:
    return push(root, store.documents, ledger, Settings(at=AT, **changes))[0]


def pulled(root: Path, store: Editorial, ledger: Ledger, **changes: Any) -> Any:
    return pull(root, store.documents, ledger, Settings(at=AT, **changes))[0]


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert text.count(old) >= 1, (file, old)
    (root / file).write_text(text.replace(old, new, 1), "utf-8")


def test_pushing_and_pulling_an_unchanged_tree_changes_no_byte(root: Path, store: Editorial) -> None:
    before = tree(root)
    ledger = Ledger()
    first = pushed(root, store, ledger)
    assert {CONCEPT, TEXT, APPROVALS, "glossary/prohibited/DE"} <= set(first.created)
    assert not first.conflicts
    assert not first.changed
    numbers = store.paths()
    assert set(numbers.values()) == {1}
    again = pushed(root, store, ledger)
    assert [again.created, again.changed, again.waiting, again.conflicts] == [[]] * 4
    for known in (ledger, Ledger()):  # with what is remembered of the push, and on another machine
        back = pulled(root, store, known)
        assert [back.created, back.changed, back.files, back.waiting, back.conflicts] == [[]] * 5
    assert store.paths() == numbers
    assert tree(root) == before


def test_everything_lost_here_comes_back_as_it_was(root: Path, store: Editorial) -> None:
    imported = root / f"{CONCEPT}.yaml"
    imported.write_text(f'{imported.read_text("utf-8")}history:\n  - "originated 2019 by T. Rim\\u0085"\n', "utf-8")
    pushed(root, store, Ledger())
    before = tree(root)
    meant = read_files(root).essences
    for name in ("glossary/concepts", "glossary/prohibited", "consent_texts/DE", "consent_texts/approvals"):
        shutil.rmtree(root / name)
    outcome = pulled(root, store, Ledger())
    assert not outcome.conflicts
    assert read_files(root).essences == meant
    comments = {file for file, data in before.items() if data.startswith(b"#") and file in outcome.files}
    different = {file for file in outcome.files if (root / file).read_bytes() != before[file]}
    assert {file for file in different if file.startswith("consent_texts")} <= comments  # they are nobody's document


def test_what_changed_here_is_sent_and_what_changed_there_is_brought(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    edit(root, f"{CONCEPT}.yaml", 'text: "unerwünschtes Ereignis"', 'text: "unerwünschter Vorfall"')
    edited = store.get("glossary/concepts/consent")
    current = {**edited.body["current"], "context": "From the store."}
    store.put(edited.path, {"current": current, "in_force": current})

    sent = pushed(root, store, ledger)
    assert sent.changed == [CONCEPT]
    assert sent.waiting == ["glossary/concepts/consent"]
    assert store.get(CONCEPT).body["current"]["terms"]["de"][0]["text"] == "unerwünschter Vorfall"
    assert [each.number for each in store.documents.history(CONCEPT)] == [2, 1]

    brought = pulled(root, store, ledger)
    assert brought.changed == ["glossary/concepts/consent"]
    assert brought.files == ["glossary/concepts/consent.yaml"]
    assert 'context: "From the store."' in (root / "glossary/concepts/consent.yaml").read_text("utf-8")
    assert not pulled(root, store, ledger).files


def test_a_new_version_begins_with_the_comments_of_the_one_before(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    held = store.get(TEXT).body
    path = TEXT.replace("/1.", "/2.")
    store.put(path, {**held, "text": {**held["text"], "version": 2}})
    assert pulled(root, store, ledger).files == [f"{path}.yaml"]
    first, *_ = (root / f"{TEXT}.yaml").read_text("utf-8").splitlines()
    assert (root / f"{path}.yaml").read_text("utf-8").startswith(f"{first}\nkind: statement\nversion: 2\n")


def test_both_sides_changed_is_a_conflict_with_both_versions_and_nothing_is_written(
    root: Path, store: Editorial
) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    held = store.get(TEXT).body
    theirs = json.loads(json.dumps(held))
    theirs["text"]["label"]["text"] = "Ich willige ein, {controller.name} darf mir E-Mails senden."
    store.put(TEXT, theirs)
    edit(root, f"{TEXT}.yaml", "Freiwillig und nur für E-Mail.", "Freiwillig.")
    files, numbers = tree(root), store.paths()

    for outcome in (pushed(root, store, ledger), pulled(root, store, ledger), pulled(root, store, Ledger())):
        (conflict,) = outcome.conflicts
        assert conflict.path == TEXT
        assert conflict.file["paragraphs"][0]["text"].startswith("Freiwillig. ")
        assert conflict.store["label"]["text"].startswith("Ich willige ein, {controller.name} darf")
        assert "--take" in conflict.mend
        assert conflict.stored.number == 2
    assert tree(root) == files
    assert store.paths() == numbers

    taken = pulled(root, store, ledger, take=frozenset({TEXT}))
    assert taken.files == [f"{TEXT}.yaml"]
    assert "darf mir E-Mails senden" in (root / f"{TEXT}.yaml").read_text("utf-8")
    assert (root / f"{TEXT}.yaml").read_text("utf-8").startswith("# UWG")


def test_a_conflict_is_ended_in_favour_of_the_file(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    body = store.get(TEXT).body
    store.put(TEXT, {**body, "text": {**body["text"], "concepts": ["consent"]}})
    edit(root, f"{TEXT}.yaml", "Freiwillig und nur für E-Mail.", "Freiwillig.")
    assert pushed(root, store, ledger).conflicts
    assert pushed(root, store, ledger, take=frozenset({TEXT})).changed == [TEXT]
    assert store.get(TEXT).number == 3
    assert store.get(TEXT).body["text"]["paragraphs"][0]["text"].startswith("Freiwillig. ")


def test_a_document_that_changes_while_a_push_runs_is_a_conflict_and_the_others_are_written(
    root: Path, store: Editorial, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    edit(root, f"{CONCEPT}.yaml", 'text: "unerwünschtes Ereignis"', 'text: "unerwünschter Vorfall"')
    edit(root, "glossary/prohibited/DE.yaml", 'text: "nebenwirkungsfrei"', 'text: "risikofrei"')
    real = Documents.write
    raced: list[bool] = []

    def write(self: Documents, writes: list[Write], **given: Any) -> Any:
        if not raced:
            raced.append(True)
            store.put(CONCEPT, store.get(CONCEPT).body)
        return real(self, writes, **given)

    monkeypatch.setattr(Documents, "write", write)
    outcome = pushed(root, store, ledger)
    assert [conflict.path for conflict in outcome.conflicts] == [CONCEPT]
    assert outcome.changed == ["glossary/prohibited/DE"]
    assert store.get(CONCEPT).body["current"]["terms"]["de"][0]["text"] == "unerwünschtes Ereignis"


def test_a_draft_over_an_approved_concept_stays_in_the_store(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    body = store.get(CONCEPT).body
    store.put(CONCEPT, {**body, "current": {**body["current"], "state": "draft", "context": "Not yet."}})
    outcome = pulled(root, store, ledger)
    assert outcome.drafts == [CONCEPT]
    assert not outcome.files
    edit(root, f"{CONCEPT}.yaml", 'text: "unerwünschtes Ereignis"', 'text: "unerwünschter Vorfall"')
    assert [conflict.path for conflict in pushed(root, store, ledger).conflicts] == [CONCEPT]
    assert store.get(CONCEPT).body["current"]["context"] == "Not yet."


def test_an_approved_label_goes_into_its_catalog_and_a_draft_does_not(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    held = read_files(root).essences[LABEL]
    draft = {"source": held["source"], "target": "Ihre dienstliche E-Mail", "state": "draft", "published": held}
    store.put(LABEL, draft)
    assert pulled(root, store, ledger).drafts == [LABEL]
    said = {"source": held["source"], "target": "Ihre dienstliche E-Mail"}
    store.put(LABEL, {**draft, "state": "approved", "published": said})
    before = (root / file_of(LABEL)).read_text("utf-8").splitlines()
    outcome = pulled(root, store, ledger)
    assert outcome.files == ["forms/catalogs/de.po"]
    after = (root / file_of(LABEL)).read_text("utf-8").splitlines()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert changed == [(f'msgstr "{held["target"]}"', 'msgstr "Ihre dienstliche E-Mail"')]
    assert not pulled(root, store, ledger).files
    edit(root, "forms/catalogs/de.po", 'msgstr "Ihre dienstliche E-Mail"', 'msgstr "Dienstliche E-Mail"')
    assert pushed(root, store, ledger).changed == [LABEL]
    assert store.get(LABEL).body["published"]["target"] == "Dienstliche E-Mail"


def test_words_made_from_older_english_become_fuzzy(root: Path, store: Editorial) -> None:
    said = {"source": "Work e-mail", "target": "Berufliche E-Mail"}
    store.put(LABEL, {**said, "state": "approved", "published": said})
    outcome = pulled(root, store, Ledger(), take=frozenset({LABEL}))
    assert outcome.files == ["forms/catalogs/de.po"]
    text = (root / "forms/catalogs/de.po").read_text("utf-8")
    entry = text[text.rindex("\n\n", 0, text.index('"field.email.label"')) : text.index("Berufliche E-Mail")]
    assert "#, fuzzy" in entry
    assert '#| msgid "Work e-mail"' in entry


def test_approvals_of_both_sides_are_kept(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    held = store.get(APPROVALS).body["approvals"]
    theirs = {**held[0], "version": 2, "actor": "bernd-m", "reference": "MLR-7", "sample": False}
    store.put(APPROVALS, {"approvals": [*held, theirs]})
    edit(root, f"{APPROVALS}.yaml", "expires: 2028-11-01", "expires: 2027-11-01")
    brought = pulled(root, store, ledger)
    assert not brought.conflicts
    assert brought.files == [f"{APPROVALS}.yaml"]
    assert "MLR-7" in (root / f"{APPROVALS}.yaml").read_text("utf-8")
    pushed(root, store, ledger)
    both = store.get(APPROVALS).body["approvals"]
    assert {(each["reference"], each["expires"]) for each in both} >= {
        ("MLR-7", "2028-11-01"),
        ("SAMPLE", "2027-11-01"),
    }
    assert len(both) == len(held) + 2


def test_waivers_and_tasks_are_one_document_each(root: Path, store: Editorial) -> None:
    waiver = {
        "id": "w-1",
        "concept": "adverse-event",
        "rule": "missing-term",
        "key": LABEL,
        "locale": "de-DE",
        "market": None,
        "source_digest": None,
        "target_digest": "sha256-" + "0" * 64,
        "reason": "Only this label, for lack of room.",
        "role": "medical-reviewer",
        "actor": "bernd-m",
        "at": "2026-11-20",
        "expires": "2027-01-31",
    }
    store.put("glossary/waivers/w-1", {**waiver, "state": "accepted"})
    ledger = Ledger()
    assert pulled(root, store, ledger).files == ["glossary/waivers.yaml"]
    assert "expires: 2027-01-31" in (root / "glossary/waivers.yaml").read_text("utf-8")
    assert read_files(root).essences["glossary/waivers/w-1"] == waiver
    edit(root, "glossary/waivers.yaml", "2027-01-31", "2026-12-31")
    assert pushed(root, store, ledger).changed == ["glossary/waivers/w-1"]
    body = {**waiver, "state": "accepted", "expires": "2026-12-31"}
    assert store.get("glossary/waivers/w-1").body == body
    store.put("glossary/waivers/w-1", {**body, "closed": {"at": AT, "actor": "bernd-m", "reason": "mended"}})
    assert pushed(root, store, ledger).waiting == ["glossary/waivers/w-1"]
    assert pulled(root, store, ledger).files == ["glossary/waivers.yaml"]
    assert (root / "glossary/waivers.yaml").read_text("utf-8").endswith("[]\n")
    assert not pulled(root, store, ledger).files


def test_a_broken_file_is_not_written_over(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    (root / f"{CONCEPT}.yaml").write_text("concept: [\n")
    body = store.get(CONCEPT).body
    store.put(CONCEPT, {**body, "in_force": body["current"]})
    outcome = pulled(root, store, ledger)
    assert [conflict.path for conflict in outcome.conflicts] == [CONCEPT]
    assert (root / f"{CONCEPT}.yaml").read_text() == "concept: [\n"


def test_a_dry_run_does_nothing(root: Path, store: Editorial) -> None:
    outcome = pushed(root, store, Ledger(), dry_run=True)
    assert CONCEPT in outcome.created
    assert store.paths() == {}
    pushed(root, store, Ledger())
    (root / f"{CONCEPT}.yaml").unlink()
    assert pulled(root, store, Ledger(), dry_run=True).files == [f"{CONCEPT}.yaml"]
    assert not (root / f"{CONCEPT}.yaml").exists()


def test_another_store_of_the_same_name_is_not_mistaken_for_the_one_before(root: Path, store: Editorial) -> None:
    ledger = Ledger()
    pushed(root, store, ledger)
    body = store.get(CONCEPT).body
    store.put(CONCEPT, body)
    pulled(root, store, ledger)
    with editorial.store("another") as other:
        theirs = {**body["current"], "context": "Theirs."}
        for _ in range(2):
            write = Write(CONCEPT, other.paths().get(CONCEPT, 0), {"current": theirs, "in_force": theirs}, "draft")
            other.documents.write([write], actor="x", reason="", at="2026-11-23T09:00:00.000Z")
        edit(root, f"{CONCEPT}.yaml", 'text: "unerwünschtes Ereignis"', 'text: "unerwünschter Vorfall"')
        assert [conflict.path for conflict in pushed(root, other, ledger).conflicts] == [CONCEPT]


def test_the_ledger_survives_and_a_broken_one_is_none(tmp_path: Path, store: Editorial) -> None:
    ledger = Ledger()
    ledger.note(store.put(CONCEPT, {"current": {}, "in_force": None}), "sha256-x")
    save(tmp_path, "aws one", ledger)
    save(tmp_path, "aws two", Ledger())
    assert load(tmp_path, "aws one") == ledger
    assert load(tmp_path, "aws two") == Ledger()
    (tmp_path / ".consentry/pushed.json").write_text("{")
    assert load(tmp_path, "aws one") == Ledger()


def test_the_command_line(
    root: Path, store: Editorial, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentry.content.build.sync.client", lambda _: store.client)
    given = ["--root", str(root), "--table", editorial.TABLE]
    assert main(["content", "push", *given, "--actor", "olga-o", "--reason", "first push"]) == 0
    assert "0 conflicts" in capsys.readouterr().out
    assert (store.get(TEXT).actor, store.get(TEXT).reason) == ("olga-o", "first push")
    body = store.get(TEXT).body
    store.put(TEXT, {**body, "text": {**body["text"], "concepts": ["consent"]}})
    edit(root, f"{TEXT}.yaml", "Freiwillig und nur für E-Mail.", "Freiwillig.")
    assert main(["content", "pull", *given]) == 1
    said = capsys.readouterr().out
    assert f"conflict: {TEXT}" in said
    assert 'file:  "Freiwillig. Die Einwilligung' in said
    assert 'store: ["consent"]' in said
    assert "by anna-t" in said
    assert main(["content", "pull", *given, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["conflicts"][0]["path"] == TEXT
    assert main(["content", "push", "--root", str(root / "markets")]) == 2
    assert "holds no forms/" in capsys.readouterr().err


def test_an_empty_store_is_seeded_once(root: Path, store: Editorial) -> None:
    assert seed(root, store.documents, AT) == len(store.paths()) > 20
    body = store.get(CONCEPT).body
    store.put(CONCEPT, body)
    assert seed(root, store.documents, AT) == 0
    assert store.get(CONCEPT).number == 2
