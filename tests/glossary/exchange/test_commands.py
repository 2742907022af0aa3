"""``consentry glossary import``, ``export`` and ``stats`` from the outside."""

import json
from datetime import date
from pathlib import Path

import pytest

from consentry.cli import main
from consentry.glossary import exchange_cli
from consentry.glossary.build import importing
from consentry.glossary.build.library import load
from consentry.glossary.build.write import concept_yaml
from consentry.glossary.concept import STATES, Approval, ConceptFile
from consentry.glossary.exchange import api

SAMPLES = Path(__file__).parent / "samples"
Captured = pytest.CaptureFixture[str]


def glossary(root: Path) -> Path:
    draft = ConceptFile.model_validate(
        {
            "concept": "adverse-event",
            "state": "draft",
            "subject": "safety",
            "definition": "Any untoward medical occurrence in a patient.",
            "source": {"kind": "regulation", "text": "Regulation (EU) No 536/2014"},
            "options": ["topic.safety"],
            "terms": {
                "en": [{"text": "adverse event"}],
                "de": [{"text": "unerwünschtes Ereignis"}],
                "fr": [{"text": "événement indésirable"}],
            },
        }
    )
    approvals = tuple(
        Approval(locale=tag, role=role, actor=actor, at=date(2026, 11, 22), digest=draft.meaning_digest(tag))
        for tag in ("en", "de")
        for role, actor in (("terminologist", "k.brandt"), ("medical-reviewer", "m.rossi"))
    )
    put(root, draft.model_copy(update={"state": "approved", "approvals": approvals}))
    options = root / "forms" / "options"
    options.mkdir(parents=True)
    (options / "topic.yaml").write_text(
        "set: topic\nsort: listed\noptions:\n  - {code: safety, label: Safety}\n  - {code: other, label: Other}\n"
    )
    return root


def put(root: Path, file: ConceptFile) -> None:
    folder = root / "glossary" / "concepts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{file.concept}.yaml").write_text(concept_yaml(file), encoding="utf-8")


def files(root: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (root / "glossary" / "concepts").iterdir()}


def run(root: Path, *arguments: str) -> int:
    return main(["glossary", arguments[0], "--root", str(root), *arguments[1:]])


def test_a_dry_run_shows_everything_and_writes_nothing(tmp_path: Path, capsys: Captured) -> None:
    before = files(glossary(tmp_path))
    assert run(tmp_path, "import", str(SAMPLES / "multiterm.tbx"), "--dry-run") == 0
    said = capsys.readouterr().out
    assert "multiterm.tbx (tbx-martif)" in said
    assert "  placebo\n    en: placebo\n    de: Placebo\n" in said
    assert "  adverse-event  [reviews again: de, en]" in said
    assert "    + terms.en: AE (admitted)" in said
    assert "    definition differs in the file; ours was kept" in said
    assert "1 new, 1 changed\nReviews are lost where terms change: de (1), en (1)." in said
    assert "Nothing was written (--dry-run)." in said
    assert files(tmp_path) == before


def test_an_import_writes_drafts_and_then_there_is_nothing_to_write(tmp_path: Path, capsys: Captured) -> None:
    file = str(SAMPLES / "multiterm.tbx")
    assert run(glossary(tmp_path), "import", file) == 0
    assert "Written to glossary/concepts." in capsys.readouterr().out
    library = load(tmp_path)
    assert library.findings == ()
    event, placebo = library.files
    assert (placebo.state, placebo.approvals) == ("draft", ())
    assert (event.state, event.version, event.approvals) == ("draft", 2, ())
    assert event.history[0] == "origination 2009-03-04 by super"
    assert sorted(files(tmp_path)) == ["adverse-event.yaml", "placebo.yaml"]
    assert run(tmp_path, "import", file) == 0
    assert "2 unchanged\nNothing to write." in capsys.readouterr().out


def test_one_wrong_entry_keeps_everything_out(tmp_path: Path, capsys: Captured) -> None:
    before = files(glossary(tmp_path))
    file = tmp_path / "terms.csv"
    file.write_text("en,de\ndose,Dosis\nfever,…\n", encoding="utf-8")
    assert run(tmp_path, "import", str(file)) == 1
    said = capsys.readouterr().out
    assert "refused (1):\n  line 3, entry fever: de: “…” has no letter or digit; write a word" in said
    assert "Nothing was written. Mend the entries in the file" in said
    assert files(tmp_path) == before
    assert run(tmp_path, "import", str(file), "--skip-problems", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["written"] == ["glossary/concepts/dose.yaml"]
    assert said["counts"]["left-out"] == 1


def test_json_tells_the_same(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "terms.csv"
    file.write_text("en,de\nadverse event,Vorfall\n", encoding="utf-8")
    assert run(glossary(tmp_path), "import", str(file), "--dry-run", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    (item,) = said["items"]
    assert (item["kind"], item["concept"], item["drafts"]) == ("changed", "adverse-event", ["de"])
    assert item["changes"] == [{"field": "terms.de", "old": None, "new": "Vorfall (admitted)"}]
    assert said["written"] == []


def test_a_bilingual_file_takes_its_languages_from_the_command(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "x.tsv"
    file.write_text("fièvre\tfever\n", encoding="utf-8")
    glossary(tmp_path)
    assert run(tmp_path, "import", str(file)) == 1
    assert "name the target language with --locale" in capsys.readouterr().out
    assert run(tmp_path, "import", str(file), "--source-locale", "fr", "--locale", "en") == 0
    assert [t.text for t in load(tmp_path).files[1].terms["fr"]] == ["fièvre"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "missing.tbx"], "No such file"),
        (["import", "{file}", "--root", "/"], "name its folder with --root"),
        (["export", "--format", "deepl"], "name that one, for example --locale de"),
        (["export", "--format", "aws"], "name them, for example --locale de"),
        (["export", "--format", "tbx", "--locale", "klingon"], "“klingon” is no language tag"),
        (["export", "--format", "tbx", "--root", "/"], "name the folder with --root"),
        (["stats", "--root", "/"], "name the folder with --root"),
        (["export", "--format", "tbx", "-o", "/nowhere/x.tbx"], "No such file"),
    ],
)
def test_wrong_usage_is_code_2_and_says_what_to_do(
    tmp_path: Path, capsys: Captured, arguments: list[str], said: str
) -> None:
    glossary(tmp_path)
    filled = [argument.replace("{file}", str(SAMPLES / "aws.csv")) for argument in arguments]
    assert run(tmp_path, *filled) == 2
    assert said in capsys.readouterr().err


def test_a_file_beyond_the_limit_is_refused_unread(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MAX_BYTES", 10)
    assert run(glossary(tmp_path), "import", str(SAMPLES / "aws.csv")) == 2
    assert "bytes; the limit is" in capsys.readouterr().err


def test_a_glossary_with_errors_is_mended_first(tmp_path: Path, capsys: Captured) -> None:
    glossary(tmp_path)
    (tmp_path / "glossary/concepts/broken.yaml").write_text("concept: broken\n")
    assert run(tmp_path, "import", str(SAMPLES / "aws.csv")) == 2
    assert "the glossary itself has errors" in capsys.readouterr().err


def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(glossary(tmp_path))
    calls = 0

    def fails(file: ConceptFile) -> str:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(28, "No space left on device")
        return concept_yaml(file)

    monkeypatch.setattr(importing, "concept_yaml", fails)
    with pytest.raises(OSError, match="No space"):
        run(tmp_path, "import", str(SAMPLES / "multiterm.tbx"))
    assert files(tmp_path) == before


@pytest.mark.parametrize("format_", ["tbx", "tbx-dct", "csv"])
def test_what_is_exported_comes_back_unchanged(tmp_path: Path, capsys: Captured, format_: str) -> None:
    out = tmp_path / f"g.{format_.partition('-')[0]}"
    assert run(glossary(tmp_path), "export", "--format", format_, "-o", str(out)) == 0
    assert f"1 concept in {out}" in capsys.readouterr().err
    assert run(tmp_path, "import", str(out)) == 0
    assert "1 unchanged" in capsys.readouterr().out


def test_an_export_for_machines_holds_approved_terms_only(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    glossary(tmp_path)
    assert run(tmp_path, "export", "--format", "aws", "--locale", "de") == 0
    assert capsysbinary.readouterr().out == "en,de\r\nadverse event,unerwünschtes Ereignis\r\n".encode()
    assert run(tmp_path, "export", "--format", "aws", "--locale", "fr") == 0
    out, err = capsysbinary.readouterr()
    assert out == b"en,fr\r\n"
    assert b"1 of 1 concepts have no term to write in fr\n0 concepts\n" in err
    assert run(tmp_path, "export", "--format", "xliff", "--locale", "fr", "--state", "approved") == 0
    assert "événement".encode() not in capsysbinary.readouterr().out


def test_stats_count_states_locales_reviews_and_options(tmp_path: Path, capsys: Captured) -> None:
    assert run(glossary(tmp_path), "stats", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["concepts"] == 1
    assert said["states"] == {"draft": 0, "in-review": 0, "approved": 1, "retired": 0}
    assert said["locales"]["de"] == {
        "concepts": 1, "enforced": 1, "drafts": 0, "terms": 1, "without_preferred": 0, "missing_reviews": {},
    }  # fmt: skip
    assert said["locales"]["fr"]["missing_reviews"] == {"medical-reviewer": 1, "terminologist": 1}
    assert said["options_without_concept"] == ["topic.other"]
    assert run(tmp_path, "stats") == 0
    assert (
        "fr                1         0       1      1  medical-reviewer 1, terminologist 1" in capsys.readouterr().out
    )


def test_stats_of_a_broken_glossary_fail(tmp_path: Path, capsys: Captured) -> None:
    glossary(tmp_path)
    (tmp_path / "glossary/concepts/broken.yaml").write_text("concept: broken\n")
    assert run(tmp_path, "stats") == 1
    assert "glossary/concepts/broken.yaml:" in capsys.readouterr().out


def test_the_command_line_knows_every_format() -> None:
    assert set(exchange_cli.IMPORT_FORMATS) == set(api.FORMATS)
    assert exchange_cli.EXPORT_FORMATS == api.EXPORT_FORMATS
    assert exchange_cli.STATES == STATES


@pytest.mark.parametrize("action", ["import", "export", "stats", "check"])
def test_help_has_an_example(action: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(["glossary", action, "--help"])
    assert left.value.code == 0
    assert f"consentry glossary {action} " in capsys.readouterr().out.partition("example")[2]
