"""The command line: exit codes, JSON, what it writes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consentry.cli import main, parser, run


def test_check_says_what_where_and_how_and_exits_1(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree.run("check") == 0
    assert "6 published, 0 blocked, 0 errors, 0 warnings" in capsys.readouterr().out
    line = tree.edit("consent_texts/DE/privacy-notice/1.de-DE.yaml", "{controller.address}", "{controller.fax}")
    assert tree.run("check") == 1
    said = capsys.readouterr().out
    assert f"consent_texts/DE/privacy-notice/1.de-DE.yaml:{line}: paragraphs[0].text: error: " in said
    assert "mend: use {controller.<key>}" in said
    assert "blocks: demo-form/DE/de-DE" in said


def test_check_json_is_the_report(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    line = tree.edit("consent_texts/DE/privacy-notice/1.de-DE.yaml", "{controller.address}", "{controller.fax}")
    assert tree.run("check", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["blocked"] == [{"form": "demo-form", "market": "DE", "locale": "de-DE"}]
    assert len(said["published"]) == 5
    (finding,) = said["findings"]
    assert finding == {
        "file": "consent_texts/DE/privacy-notice/1.de-DE.yaml",
        "line": line,
        "key": "paragraphs[0].text",
        "rule": "slot",
        "message": "there is no slot {controller.fax}",
        "mend": "use {controller.<key>} with a key of the controller",
        "severity": "error",
        "blocks": [{"form": "demo-form", "market": "DE", "locale": "de-DE"}],
    }


def test_a_warning_alone_is_no_failure(tree: Any) -> None:
    tree.edit("forms/catalogs/de.po", 'msgctxt "ui.optional"', 'msgctxt "ui.gone"')
    assert tree.run("check") == 0


def test_production_refuses_the_sample(tree: Any) -> None:
    assert tree.run("check", "--production") == 1


def test_build_prints_sizes(tree: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree.run("build", "--out", str(tmp_path / "out"), "--sizes") == 0
    captured = capsys.readouterr()
    row = next(line for line in captured.out.splitlines() if line.startswith("demo-form/DE/de-DE/consentry"))
    whole, fields, core = (int(row.split()[i]) for i in (3, 4, 5))
    report = json.loads((tmp_path / "out/report.json").read_bytes())
    assert report["sizes"][f"{report['release']}/demo-form/DE/de-DE/consentry.json"]["brotli"] == whole
    assert fields == 8
    assert 0 < core < whole
    assert "compiled 6" in captured.err


def test_approving_twice_writes_the_same(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree.run("approve", "--sample", "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == []
    (tree.root / "consent_texts/approvals/DE.yaml").unlink()
    (tree.root / "consent_texts/approvals/CH.yaml").unlink()
    assert tree.run("approve", "--sample", "--market", "DE", "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == ["consent_texts/approvals/DE.yaml"]
    assert tree.run("approve", "--sample", "--market", "XX") == 2


def test_sample_approval_never_touches_a_genuine_one(tree: Any) -> None:
    path = tree.root / "consent_texts/approvals/DE.yaml"
    genuine = path.read_text("utf-8").replace("sample: true", "sample: false").replace('"sample"', '"reviewer-7"')
    path.write_text(genuine, "utf-8")
    assert tree.run("approve", "--sample") == 0
    assert path.read_text("utf-8") == genuine


def test_sample_approval_is_not_given_to_a_text_that_is_no_sample(
    tree: Any, helpers: dict[str, Callable[..., Any]]
) -> None:
    tree.edit("consent_texts/DE/promotional-email/1.de-DE.yaml", "sample: true", "sample: false")
    (tree.root / "consent_texts/approvals/DE.yaml").unlink()
    tree.approve()
    finding = helpers["only"](tree.compile(), "approval")
    assert finding.file == "consent_texts/DE/promotional-email/1.de-DE.yaml"


def test_extract_refreshes_the_catalogs(tree: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["content", "extract", "--root", str(tree.root), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == []
    tree.edit("forms/demo-form.yaml", "text: We have your answers.", "text: We have got your answers.")
    assert main(["content", "extract", "--root", str(tree.root), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["changed"] == [f"forms/catalogs/{name}" for name in ("messages.pot", "ar.po", "de.po")]
    assert said["catalogs"]["de"]["stale"] == 1


@pytest.mark.parametrize(
    "arguments", [[], ["content"], ["content", "approve"], ["content", "check", "--as-of", "soon"]]
)
def test_wrong_usage_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: consentry" in capsys.readouterr().err


def test_help_shows_examples() -> None:
    said = parser().format_help()
    assert "consentry content build" in said
    assert "exit codes: 0 done, 1 findings, 2 wrong usage" in said


def test_a_crash_is_no_finding(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def crash() -> int:
        raise KeyError("missing")

    monkeypatch.setattr("consentry.cli.main", crash)
    assert run() == 70
    assert "KeyError: 'missing'" in capsys.readouterr().err
