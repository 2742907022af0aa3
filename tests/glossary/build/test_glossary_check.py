"""``consentry glossary check`` from the outside, on a small glossary and on the shipped one."""

import json
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from consentry.cli import main
from consentry.glossary.concept import ConceptFile

ROOT = Path(__file__).parents[3]
CONCEPT = """\
concept: medicine
state: approved
subject: regulatory
definition: "A product that treats or prevents disease."
source: {kind: house, text: "Test"}
severity: %s
terms:
  en: [{text: medicine}]
  fr:
    - {text: médicament}
    - {text: drogue, status: forbidden}
approvals:
  - {locale: fr, role: terminologist, actor: sample, at: 2026-11-22, digest: FR}
  - {locale: fr, role: medical-reviewer, actor: sample, at: 2026-11-22, digest: FR}
"""


def glossary(root: Path, severity: str = "block", text: str = CONCEPT, name: str = "medicine") -> Path:
    folder = root / "glossary" / "concepts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(signed(text.replace("%s", severity)), encoding="utf-8")
    return root


def signed(text: str) -> str:
    """The approvals bound to the French terms as they stand, where the file can be read at all."""
    try:
        said = ConceptFile.model_validate({**yaml.safe_load(text), "state": "draft", "approvals": []})
    except ValidationError:
        return text.replace("FR}", f"sha256-{'0' * 64}}}")
    return text.replace("FR}", f"{said.meaning_digest('fr')}}}")


def pairs(root: Path, *rows: tuple[str, str]) -> str:
    path = root / "fr.json"
    found = [{"key": f"k{i}", "source": source, "target": target} for i, (source, target) in enumerate(rows)]
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return str(path)


def run(root: Path, *arguments: str) -> int:
    return main(["glossary", "check", "--root", str(root), *arguments])


def test_a_good_file_passes_with_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pairs(glossary(tmp_path), ("a medicine", "un médicament"))
    assert run(tmp_path, file, "--locale", "fr-FR") == 0
    assert "1 segments, 1 concepts: 0 block, 0 for review, 0 forms proposed, 1 pass" in capsys.readouterr().out


def test_what_blocks_is_listed_with_place_reason_and_suggestion(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = pairs(glossary(tmp_path), ("a medicine", "un médicament"), ("medicines", "des pilules"))
    assert run(tmp_path, file, "--locale", "fr-FR") == 1
    said = capsys.readouterr().out
    assert f"{file}:10: k1: block: “medicines” is “médicament” in fr-FR" in said
    assert "write: médicament" in said


def test_review_does_not_fail_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pairs(glossary(tmp_path, "review"), ("medicines", "des pilules"))
    assert run(tmp_path, file, "--locale", "fr-FR") == 0
    assert "review" in capsys.readouterr().out


def test_json_tells_every_judgement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pairs(glossary(tmp_path), ("medicines", "des médicaments, pas des drogues"))
    assert run(tmp_path, file, "--locale", "fr-FR", "--format", "json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["counts"] == {"block": 1, "review": 0, "pass-with-proposed-form": 1, "pass": 0}
    blocked = next(result for result in said["results"] if result["outcome"] == "block")
    assert blocked["target"][blocked["start"] : blocked["end"]] == blocked["found"] == "drogues"


def test_sarif_has_the_parts_that_readers_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pairs(glossary(tmp_path), ("medicines", "des pilules"), ("medicine", "médicaments"))
    assert run(tmp_path, file, "--locale", "fr-FR", "--format", "sarif") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["version"] == "2.1.0"
    (ran,) = said["runs"]
    rules = [rule["id"] for rule in ran["tool"]["driver"]["rules"]]
    assert [(r["ruleId"], r["level"]) for r in ran["results"]] == [
        ("missing-term", "error"),
        ("proposed-form", "note"),
    ]
    for result in ran["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == file
        assert place["region"]["startLine"] >= 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{file}"], "add --locale"),
        (["missing.po", "--locale", "fr"], "No such file"),
        (["{file}", "--locale", "fr", "--root", "elsewhere"], "name the folder with --root"),
    ],
)
def test_wrong_usage_is_code_2_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    file = pairs(glossary(tmp_path), ("medicine", "médicament"))
    assert run(tmp_path, *(argument.replace("{file}", file) for argument in arguments)) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("- {text: drogue", "- {text: médicament"), "both preferred and forbidden"),
        (("status: forbidden", "status: preferred"), "more than one preferred term"),
        (("text: drogue", 'text: "…"'), "no letters or digits"),
        (("  en: [{text: medicine}]\n", ""), "no English terms"),
        (("concept: medicine", "concept: other"), "the file is medicine.yaml"),
        (("state: approved", "state: approvd"), "state"),
        ((CONCEPT.partition("approvals:\n")[2], "  []\n"), "its approvals"),
    ],
)  # fmt: skip
def test_a_broken_glossary_is_reported_by_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], said: str
) -> None:
    assert change[0] in CONCEPT
    file = pairs(glossary(tmp_path, text=CONCEPT.replace(*change)), ("medicine", "médicament"))
    assert run(tmp_path, file, "--locale", "fr") == 2
    error = capsys.readouterr().err
    assert "glossary/concepts/medicine.yaml:" in error
    assert said in error


def test_drafts_and_unapproved_languages_are_not_enforced(tmp_path: Path) -> None:
    draft = CONCEPT.replace("state: approved", "state: draft")
    file = pairs(glossary(tmp_path, text=draft), ("medicine", "pilule"))
    assert run(tmp_path, file, "--locale", "fr") == 0
    once = CONCEPT.replace("  - {locale: fr, role: medical-reviewer, actor: sample, at: 2026-11-22, digest: FR}\n", "")
    file = pairs(glossary(tmp_path, text=once), ("medicine", "pilule"))
    assert run(tmp_path, file, "--locale", "fr") == 0


def test_terms_changed_after_their_approval_are_named_and_not_enforced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = glossary(tmp_path)
    path = root / "glossary/concepts/medicine.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("médicament", "remède"), encoding="utf-8")
    assert run(tmp_path, pairs(root, ("medicine", "médicament")), "--locale", "fr") == 2
    error = capsys.readouterr().err
    assert "fr was approved by the terminologist in other words" in error
    assert "stale-approval" in error


@pytest.mark.parametrize(
    ("catalog", "locale"), [("de", "de-DE"), ("fr", "fr-FR"), ("it", "it-CH"), ("ja", "ja-JP"), ("ar", "ar-SA")]
)
def test_the_shipped_catalogs_obey_the_shipped_glossary(
    catalog: str, locale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(ROOT, str(ROOT / "forms" / "catalogs" / f"{catalog}.po"), "--locale", locale)
    said = capsys.readouterr().out
    assert code == 0, said
    assert " 0 block, 0 for review" in said


def test_a_file_that_cannot_be_read_does_not_hide_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = pairs(glossary(tmp_path), ("medicines", "des pilules"))
    broken = tmp_path / "broken.json"
    broken.write_text('{"a":\n!}', encoding="utf-8")
    assert run(tmp_path, str(broken), file, "--locale", "fr") == 2
    said = capsys.readouterr()
    assert "k0: block" in said.out
    assert f"{broken}:2: not JSON" in said.err
    assert "mend the syntax at this line" in said.err
    assert run(tmp_path, str(broken), file, "--locale", "fr", "--format", "json") == 2
    assert json.loads(capsys.readouterr().out)["unread"] == [
        f"{broken}:2: not JSON: Expecting value; mend the syntax at this line"
    ]


def test_a_file_without_anything_to_check_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    glossary(tmp_path)
    empty = tmp_path / "fr.json"
    empty.write_text("{}", encoding="utf-8")
    assert run(tmp_path, str(empty), "--locale", "fr") == 0
    assert f"{empty}: nothing to check" in capsys.readouterr().out


def test_sarif_names_the_rule_of_a_look_alike_letter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = pairs(glossary(tmp_path), ("a patient", "un p\u0430tient"))
    assert run(tmp_path, file, "--locale", "fr-FR", "--format", "sarif") == 0
    [one] = json.loads(capsys.readouterr().out)["runs"]
    [result] = one["results"]
    assert (result["ruleId"], result["level"]) == ("look-alike", "warning")
    assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "look-alike"


def test_sarif_has_every_member_that_its_schema_requires(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SARIF 2.1.0 (OASIS), §3.13 sarifLog, §3.14 run, §3.19 toolComponent, §3.20 invocation, §3.27 result."""
    glossary(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("Übersetzung fr.json").write_text(
        '[{"key": "a b", "source": "medicine", "target": "pilule"}]', encoding="utf-8"
    )
    assert run(tmp_path, "Übersetzung fr.json", "gone.po", "--locale", "fr", "--format", "sarif") == 2
    log = json.loads(capsys.readouterr().out)
    assert set(log) == {"$schema", "version", "runs"}
    (ran,) = log["runs"]
    assert set(ran) == {"tool", "columnKind", "invocations", "results"}
    driver = ran["tool"]["driver"]
    assert driver["name"]
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    assert all(rule["shortDescription"]["text"] for rule in driver["rules"])
    (invocation,) = ran["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert "gone.po: No such file" in notification["message"]["text"]
    (result,) = ran["results"]
    assert result["level"] in {"none", "note", "warning", "error"}
    assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["message"]["text"].count("médicament") == 1
    assert len(result["partialFingerprints"]["segment/v1"]) == 32
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "%C3%9Cbersetzung%20fr.json"
    assert location["physicalLocation"]["region"] == {"startLine": 1}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "a b"}]
