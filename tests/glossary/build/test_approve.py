"""``consentry glossary approve`` and ``impact`` on a small glossary: what is written, kept and refused."""

import json
from pathlib import Path

import pytest

from consentry.cli import main
from consentry.glossary.build.library import load
from consentry.glossary.segments import Segment, to_json

CONCEPT = """\
# The card that a practice shows.
concept: card
version: 3   # raised with every change
state: draft
subject: test
definition: "Whatever the test needs it to be."
source: {kind: house, text: Test}
terms:
  en: [{text: card}]
  de:
    - {text: Karte}      # not: Ausweis
    - {text: Ausweis, status: forbidden}
"""
ROLES = {"terminologist": "t.one", "medical-reviewer": "m.two"}
LIVE = [
    Segment(
        "forms/catalogs/de#a",
        "label",
        "de-DE",
        ("DE",),
        ("f/DE/de-DE",),
        "Your card",
        "Ihr Ausweis",
        file="de.po",
        line=7,
    )
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "glossary/concepts").mkdir(parents=True)
    (tmp_path / "glossary/concepts/card.yaml").write_text(CONCEPT, "utf-8")
    live = tmp_path / ".build/content/editorial/segments.json"
    live.parent.mkdir(parents=True)
    live.write_text(json.dumps({"release": "r1", "segments": to_json(LIVE)}), "utf-8")
    return tmp_path


def approve(root: Path, role: str, *more: str, actor: str | None = None) -> int:
    said = ("--role", role, "--actor", actor or ROLES[role], "--reason", "Read", "--as-of", "2026-11-22")
    return main(["glossary", "approve", "card", "--root", str(root), *said, *more])


def text(root: Path) -> str:
    return (root / "glossary/concepts/card.yaml").read_text("utf-8")


def test_a_draft_comes_into_force_by_two_reviews_and_stays_the_text_it_was(root: Path) -> None:
    assert approve(root, "terminologist") == 0
    assert load(root).files[0].state == "in-review"
    assert load(root).files[0].approved_locales() == set()
    assert approve(root, "medical-reviewer") == 0
    file = load(root).files[0]
    assert load(root).findings == ()
    assert file.state == "approved"
    assert file.approved_locales() == {"en", "de"}
    assert {(a.actor, a.role, a.reference) for a in file.approvals} == {
        ("t.one", "terminologist", "Read"),
        ("m.two", "medical-reviewer", "Read"),
    }
    kept = text(root).split("approvals:")[0]
    assert kept == CONCEPT.replace("state: draft", "state: approved")


def test_a_review_given_twice_is_written_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(root, "terminologist") == 0
    before = text(root)
    assert approve(root, "terminologist") == 0
    assert text(root) == before
    assert "nothing new" in capsys.readouterr().out


def test_a_changed_term_is_reviewed_anew_and_the_old_review_goes(root: Path) -> None:
    for role in ROLES:
        assert approve(root, role) == 0
    (root / "glossary/concepts/card.yaml").write_text(text(root).replace("text: Karte", "text: Kärtchen"), "utf-8")
    assert {f.rule for f in load(root).findings} == {"stale-approval"}
    assert load(root).files[0].approved_locales() == {"en"}
    for role in ROLES:
        assert approve(root, role, "--locale", "de") == 0
    assert load(root).findings == ()
    assert load(root).files[0].approved_locales() == {"en", "de"}
    assert text(root).count("locale: de,") == 2
    assert "# not: Ausweis" in text(root)


@pytest.mark.parametrize("written", ["approvals: []\n", "approvals:\n", "approvals:  # none yet\n"])
def test_an_empty_list_is_filled(root: Path, written: str) -> None:
    file = root / "glossary/concepts/card.yaml"
    text_before = CONCEPT.replace("terms:", f"{written if '[]' in written else 'approvals: []' + chr(10)}terms:")
    file.write_text(text_before, "utf-8")
    assert approve(root, "terminologist") == 0
    assert len(load(root).files[0].approvals) == 2
    assert load(root).findings == ()


def test_drafts_stay_drafts_until_their_language_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for role in ROLES:
        assert approve(root, role, "--locale", "en") == 0
    changed = text(root).replace("en: [{text: card}]", "en: [{text: cards}]")
    (root / "glossary/concepts/card.yaml").write_text(changed, "utf-8")
    for role in ROLES:
        assert approve(root, role) == 0
    assert load(root).files[0].approved_locales() == {"en"}
    assert "drafts, not enforced: de" in capsys.readouterr().out
    assert approve(root, "terminologist", "--locale", "de") == 0
    assert "one more review needed: de (medical-reviewer)" in capsys.readouterr().out


def test_live_words_get_one_task(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["glossary", "impact", "card", "--root", str(root)]) == 1
    said = capsys.readouterr().out
    assert "de.po:7: a: de-DE in DE: “Ausweis” is forbidden for this concept; write “Karte” [unwanted-term]" in said
    assert "proposed: Ihr Karte" in said
    assert "task: translator" in said
    assert not (root / "glossary/tasks.yaml").exists()
    for role in ROLES:
        assert approve(root, role) == 0
    (task,) = load(root).tasks
    assert (task.concept, task.rule, task.key, task.locale) == ("card", "unwanted-term", LIVE[0].key, "de-DE")
    assert (task.source_digest, task.target_digest) == (LIVE[0].source_digest, LIVE[0].target_digest)
    assert (task.version, task.owner, str(task.due)) == (3, "translator", "2026-12-06")


def test_an_actor_reviews_once_and_never_their_own_words(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(root, "terminologist", "--author", "t.one") == 2
    assert "t.one wrote these terms" in capsys.readouterr().err
    assert text(root) == CONCEPT
    assert approve(root, "terminologist") == 0
    assert approve(root, "medical-reviewer", actor="t.one") == 2
    assert "the two are independent" in capsys.readouterr().err


def test_samples_only_where_it_is_a_sample(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ["glossary", "approve", "card", "--sample", "--root", str(root)]
    assert main(run) == 2
    assert "is no sample" in capsys.readouterr().err
    sample = CONCEPT.replace("subject:", "sample: true\nsubject:")
    (root / "glossary/concepts/card.yaml").write_text(sample, "utf-8")
    assert main([*run, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["concepts"][0]["enforced"] == ["de", "en"]
    assert len(told["tasks"]) == 1
    assert load(root).files[0].approved_locales() == {"en", "de"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["approve", "card"], "say --role, --actor and --reason"),
        (["approve", "card", "--role", "terminologist", "--actor", "sample", "--reason", "x"], "use --sample"),
        (["approve", "cards", "--sample"], "no concept cards; did you mean card?"),
        (
            ["approve", "card", "--role", "terminologist", "--actor", "a", "--reason", "x", "--locale", "fr"],
            "no terms in fr",
        ),
        (["impact", "card", "--locale", "fr"], "no terms in fr"),
        (["impact", "card", "--segments", "nowhere.json"], "run `consentry content build` first"),
    ],
)
def test_every_refusal_says_what_to_do(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["glossary", *arguments, "--root", str(root)]) == 2
    assert said in capsys.readouterr().err
    assert text(root) == CONCEPT


def test_approvals_in_one_line_are_not_torn_apart(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve(root, "terminologist") == 0
    lines = [line.strip().removeprefix("- ") for line in text(root).splitlines() if line.startswith("  - {locale")]
    one = text(root).split("approvals:")[0] + f"approvals: [{', '.join(lines)}]\n"
    (root / "glossary/concepts/card.yaml").write_text(one, "utf-8")
    assert approve(root, "medical-reviewer") == 2
    assert "write them one below the other" in capsys.readouterr().err
    assert text(root) == one
