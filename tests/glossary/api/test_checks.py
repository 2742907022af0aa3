"""Any text or file against the glossary in force; the glossary for other tools."""

import base64
import io
from typing import Any

import pytest

from consentry.base.documents import Write
from consentry.glossary.exchange.api import read
from consentry.glossary.files import READERS
from glossary.api.conftest import EDITOR, GERMAN, MEDICAL, READER, TERMINOLOGIST, Answer, Api

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"

msgctxt "field.report.label"
msgid "Report an adverse event"
msgstr "Eine Nebenwirkung melden"

msgctxt "field.other.label"
msgid "Report an adverse event"
msgstr "Unerwünschtes Ereignis melden"
"""
XLIFF = """<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="de-DE"><file id="f">
<unit id="u1"><segment><source>Report an adverse event</source><target>Nebenwirkung melden</target></segment></unit>
</file></xliff>"""


def check(
    api: Api, body: Any, query: str = "", who: dict[str, str] = READER, content_type: str = "application/json"
) -> Answer:
    return api("POST", f"checks{query}", who, body, content_type=content_type)


def outcomes(answer: Answer) -> list[tuple[str, str, str]]:
    assert answer.status == 200, answer.raw
    return [
        (segment["key"], judgement["outcome"], judgement["rule"])
        for segment in answer.body["segments"]
        for judgement in segment["judgements"]
    ]


def test_pairs_are_judged_with_place_reason_and_suggestion(api: Api) -> None:
    api.approved()
    segments = [
        {"key": "a", "source": "Report an adverse event", "target": "Eine Nebenwirkung melden"},
        {"key": "b", "source": "Report an adverse event", "target": "Unerwünschtes Ereignis melden"},
        {"key": "c", "source": "Two adverse events", "target": "Zwei unerwünschte Ereignisse"},
        {"key": "d", "source": "Hello", "target": "Hallo"},
    ]
    answer = check(api, {"locale": "de-DE", "segments": segments})
    assert outcomes(answer) == [
        ("a", "block", "unwanted-term"),
        ("b", "pass", "approved-term"),
        ("c", "pass-with-proposed-form", "proposed-form"),
    ]
    assert answer.body["counts"] == {"block": 1, "pass": 1, "pass-with-proposed-form": 1}
    found = answer.body["segments"][0]["judgements"][0]
    assert (found["found"], found["start"], found["end"], found["side"], found["suggestions"]) == (
        "Nebenwirkung", 5, 17, "target", ["unerwünschtes Ereignis"],
    )  # fmt: skip
    assert "forbidden" in found["reason"]
    assert found["judged"] == []
    form = answer.body["segments"][2]["judgements"][0]
    settled = api("POST", "judgements", TERMINOLOGIST, {**form["settle"], "reason": "plural, as it should be"})
    assert settled.body["state"] == "accepted", settled.raw
    again = check(api, {"locale": "de-CH", "segments": segments})
    assert outcomes(again)[2] == ("c", "pass", "approved-term")


def test_what_was_judged_before_is_told(api: Api) -> None:
    api.approved()
    term = {"kind": "term", "concept": "adverse-event", "locale": "de-DE", "text": "Zwischenfall",
            "reason": "usual in everyday language"}  # fmt: skip
    name = api("POST", "judgements", GERMAN, term).body["id"]
    api("POST", f"judgements/{name}/decision", MEDICAL, {"accept": False, "reason": "too weak a word"})
    segment = {"source": "Report an adverse event", "target": "Einen Zwischenfall melden"}
    answer = check(api, {"locale": "de-DE", "segments": [segment]})
    assert [(j["state"], j["reason"], j["by"]) for j in answer.body["segments"][0]["judgements"][0]["judged"]] == [
        ("rejected", "too weak a word", "med-1")
    ]


def test_a_text_names_its_concepts(api: Api) -> None:
    api.approved()
    text = "Bitte melden Sie jede Nebenwirkung."
    assert outcomes(check(api, {"locale": "de-DE", "text": text})) == [("text", "block", "unwanted-term")]
    asked = {"locale": "de-DE", "text": "Bitte melden.", "concepts": ["adverse-event"]}
    assert outcomes(check(api, asked)) == [("text", "block", "missing-term")]
    problem = check(api, {**asked, "concepts": ["none"]}).refused(422, "invalid-body")
    assert problem["errors"][0]["detail"] == "none is not in force."


def test_files_go_as_they_are(api: Api) -> None:
    api.approved()
    po = check(api, PO, "?file=de.po", content_type="application/octet-stream")
    assert outcomes(po) == [("field.report.label", "block", "unwanted-term")]
    assert (po.body["checked"], po.body["segments"][0]["line"] > 0, po.body["locale"]) == (2, True, "de")
    assert outcomes(check(api, XLIFF, content_type="application/xliff+xml")) == [("u1", "block", "unwanted-term")]
    encoded = base64.b64encode(PO.encode()).decode()
    assert len(outcomes(api("POST", "checks", READER, encoded, encoded="yes", content_type="text/x-po"))) == 1
    text = check(api, "Keine Nebenwirkung.\n\nGut.", "?locale=de-DE", content_type="text/plain; charset=utf-8")
    assert outcomes(text) == [("line 1", "block", "unwanted-term")]
    said = '[{"key": "k", "source": "An adverse event", "target": "Eine Nebenwirkung"}]'
    assert outcomes(check(api, said, "?file=x.json&locale=de-DE")) == [("k", "block", "unwanted-term")]


def test_only_what_is_in_force_is_enforced(api: Api) -> None:
    api.create()
    body = {"locale": "de-DE", "segments": [{"source": "An adverse event", "target": "Eine Nebenwirkung"}]}
    assert outcomes(check(api, body)) == []
    api.submit("en")
    api.review("en", TERMINOLOGIST)
    api.review("en", MEDICAL)
    assert outcomes(check(api, body)) == []
    api.submit("de")
    api.review("de", TERMINOLOGIST)
    assert outcomes(check(api, body)) == []
    api.review("de", MEDICAL)
    assert len(outcomes(check(api, body))) == 1


def test_prohibited_wording_holds_in_its_market(api: Api) -> None:
    listed = {"market": "DE", "sample": False, "source": {"kind": "regulation", "text": "HWG § 3"},
              "wording": [{"locale": "de", "text": "garantiert wirksam", "reason": "promises success"}]}  # fmt: skip
    api.documents.write(
        [Write("glossary/prohibited/DE", 0, listed, "push")], actor="x", reason="", at="2026-01-01T00:00:00Z"
    )
    body = {"locale": "de-DE", "text": "Es ist garantiert wirksam."}
    assert outcomes(check(api, body)) == []
    assert outcomes(check(api, {**body, "market": "DE"})) == [("text", "block", "prohibited-wording")]


def test_a_check_costs_one_read_while_nothing_changes(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    body = {"locale": "de-DE", "segments": [{"source": "An adverse event", "target": "Eine Nebenwirkung"}]}
    check(api, body)
    calls: list[str] = []
    real = api.checks._documents._dynamodb._make_api_call

    def counted(operation: str, arguments: Any) -> Any:
        calls.append(operation)
        return real(operation, arguments)

    monkeypatch.setattr(api.checks._documents._dynamodb, "_make_api_call", counted)
    check(api, body)
    assert calls == ["GetItem"]
    calls.clear()
    api.edit(lambda concept: concept["terms"]["fr"].append({"text": "EI", "status": "admitted"}))
    calls.clear()
    check(api, body)
    assert calls.count("Query") == 1, "only the folder that changed"


def test_every_kind_of_file_that_the_command_reads_is_checked(api: Api) -> None:
    api.approved()
    unit = "<source>An adverse event</source><target>Eine Nebenwirkung</target>"
    xliff = f'<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2"><trans-unit id="a">{unit}</trans-unit></xliff>'
    arb = '{"@@locale": "de", "report": "Eine Nebenwirkung"}'
    files = {**dict.fromkeys(READERS, "Eine Nebenwirkung"), **dict.fromkeys((".po", ".pot"), PO)}
    files |= dict.fromkeys((".json", ".arb"), arb)
    files |= dict.fromkeys((".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff"), xliff)
    for ending, text in files.items():
        answer = check(api, text, f"?locale=de-DE&file=a{ending.upper()}", content_type="application/octet-stream")
        assert {rule for _, _, rule in outcomes(answer)} & {"unwanted-term", "missing-term"}, ending


@pytest.mark.parametrize(
    ("body", "query", "headers", "status", "code"),
    [
        ({}, "", {}, 422, "invalid-body"),
        ({"locale": "de-DE"}, "", {}, 422, "invalid-body"),
        ({"locale": "de-DE", "text": "a", "segments": [{"target": "b"}]}, "", {}, 422, "invalid-body"),
        ({"locale": "de-DE", "segments": [{"target": "b"}] * 501}, "", {}, 422, "invalid-body"),
        ({"locale": "de-DE", "text": "x" * 50_001}, "", {}, 422, "invalid-body"),
        ({"locale": "de-DE", "segments": [{"target": "x" * 49_000}] * 11}, "", {}, 413, "body-too-large"),
        ({"locale": "german", "text": "a"}, "", {}, 422, "invalid-body"),
        ("x", "", {"content_type": "image/png"}, 415, "unsupported-media-type"),
        ("x", "?file=a.docx", {}, 415, "unsupported-media-type"),
        ("x", "", {"content_type": "text/plain"}, 400, "invalid-parameter"),
        ("x", "?locale=xx-yy-zz", {"content_type": "text/plain"}, 422, "invalid-body"),
        ("<xliff", "?file=a.xlf", {}, 422, "invalid-body"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><xliff>&a;</xliff>', "?file=a.xlf", {}, 422, "invalid-body"),
        ("x\n" * 6000, "?locale=de", {"content_type": "text/plain"}, 413, "body-too-large"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked(
    api: Api, body: Any, query: str, headers: dict[str, str], status: int, code: str
) -> None:
    check(api, body, query, content_type=headers.get("content_type", "application/json")).refused(status, code)


def test_who_may_check_and_how(api: Api) -> None:
    check(api, {}, who={"sub": "x", "scope": "leads:update"}).refused(403, "scope-missing")
    api("POST", "checks", None, {}).refused(401, "not-signed-in")
    api("GET", "checks", READER).refused(405, "method-not-allowed")
    api("POST", "exports", READER, {}).refused(405, "method-not-allowed")
    translator = {"sub": "x", "scope": "translations:edit", "locales": "de", "markets": ""}
    assert check(api, {"locale": "de-DE", "text": "Hallo"}, who=translator).status == 200


def test_judgements_that_do_not_fit_into_a_reply_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    monkeypatch.setattr(api.checks, "MAX_REPLY_BYTES", 3000)
    assert check(api, {"locale": "de-DE", "text": "Nebenwirkung"}).status == 200
    check(api, {"locale": "de-DE", "text": "Nebenwirkung " * 20}).refused(413, "body-too-large")


@pytest.mark.parametrize("shape", ["tbx", "tbx-dct", "csv", "xliff", "weblate", "deepl", "aws"])
def test_exports_are_read_again(api: Api, shape: str) -> None:
    api.approved()
    api.approved(name="second", terms={"en": [{"text": "patient"}], "de": [{"text": "Patient"}]})
    api.create(concept="draft-only", terms={"en": [{"text": "draft"}], "de": [{"text": "Entwurf"}]})
    answer = api("GET", f"exports?format={shape}&locale=de", READER)
    assert answer.status == 200, answer.raw
    assert "attachment" in answer.headers["content-disposition"]
    name = answer.headers["content-disposition"].split('"')[1]
    data = base64.b64decode(answer.raw)
    assert b"Entwurf" not in data
    assert "événement".encode() not in data
    format_ = {"tbx-dct": "tbx", "aws": "aws", "deepl": "deepl", "weblate": "weblate"}.get(shape)
    again = read(data, name, format_=format_, locale="de")
    assert again.errors == ()
    terms = {term.text for concept in again.concepts for term in concept.terms.get("de", ())}
    assert {"unerwünschtes Ereignis", "Patient"} <= terms
    with_drafts = api("GET", f"exports?format={shape}&locale=de&state=all", READER)
    assert b"Entwurf" in base64.b64decode(with_drafts.raw)
    assert io.BytesIO(data).read(1)


def test_exports_hold_what_is_enforced(api: Api) -> None:
    """A concept in force may have drafts: no tool, and no machine, is told to write them."""
    api.approved("en", "de")

    def exported(query: str) -> str:
        return base64.b64decode(api("GET", f"exports?{query}", READER).raw).decode()

    assert exported("format=deepl&locale=fr") == ""
    assert "unerwünschtes Ereignis" in exported("format=deepl&locale=de")
    for shape in ("tbx", "csv"):
        assert "unerwünschtes Ereignis" in exported(f"format={shape}")
        assert "événement" not in exported(f"format={shape}")
        assert "événement" in exported(f"format={shape}&state=all")


def test_exports_that_cannot_be(api: Api) -> None:
    api("GET", "exports?format=docx", READER).refused(400, "invalid-parameter")
    api("GET", "exports?format=deepl", READER).refused(400, "invalid-parameter")
    api("GET", "exports?state=old", READER).refused(400, "invalid-parameter")
    api("GET", "exports?locale=de%0D%0Aset-cookie:%20a=b", READER).refused(400, "invalid-parameter")
    api("GET", "exports?locale=de%22;%20filename=%22x.html", READER).refused(400, "invalid-parameter")
    api("GET", "exports?format=aws&locale=de,x%0A", READER).refused(400, "invalid-parameter")
    assert api("GET", "exports", EDITOR).status == 200
