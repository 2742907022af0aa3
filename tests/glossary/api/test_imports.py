"""Termbases in: dry runs change nothing, nothing is half imported, nobody imports what is not theirs."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from consentry.base.clock import now_ms
from consentry.base.documents import Held
from glossary.api.conftest import EDITOR, GERMAN, MEDICAL, READER, TERMINOLOGIST, Answer, Api

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><tbx type="TBX-Basic" style="dca" xml:lang="en" '
    'xmlns="urn:iso:std:iso:30042:ed-2"><text><body>'
)
TAIL = "</body></text></tbx>"


def entry(name: str, **terms: str) -> str:
    sections = "".join(
        f'<langSec xml:lang="{tag}"><termSec><term>{text}</term></termSec></langSec>' for tag, text in terms.items()
    )
    return f'<conceptEntry id="{name}">{sections}</conceptEntry>'


def tbx(*entries: str) -> str:
    return HEAD + "".join(entries) + TAIL


TWO = tbx(
    entry("c1", en="adverse event", de="unerwünschtes Vorkommnis"),
    entry("c2", en="marketing authorisation", de="Zulassung"),
)


def bring(
    api: Api, data: str, query: str = "reason=from+the+agency", who: dict[str, str] = EDITOR, **how: str
) -> Answer:
    how.setdefault("content_type", "application/x-tbx")
    return api("POST", f"imports?{query}", who, data, **how)


def test_a_dry_run_shows_the_difference_and_changes_nothing(api: Api) -> None:
    api.approved()
    rows = sorted(str(row) for row in api.rows())
    answer = bring(api, TWO, "dry_run=true")
    assert (answer.status, answer.body["ready"], answer.body["writes"]) == (200, True, 2), answer.raw
    kinds = {item["concept"]: item["kind"] for item in answer.body["plan"]["items"]}
    assert kinds == {"adverse-event": "changed", "marketing-authorisation": "new"}
    assert sorted(str(row) for row in api.rows()) == rows


def test_an_import_makes_drafts_and_leaves_what_is_in_force(api: Api) -> None:
    before = api.approved().body
    answer = bring(api, TWO)
    assert (answer.status, answer.body["state"], answer.body["writes"]) == (201, "done", 2), answer.raw
    now = api("GET", "concepts/adverse-event", READER).body
    assert now["concept"]["state"] == "draft"
    assert now["in_force"] == before["in_force"]
    assert "unerwünschtes Vorkommnis" in json.dumps(now["concept"]["terms"]["de"], ensure_ascii=False)
    new = api("GET", "concepts/marketing-authorisation", READER).body
    assert (new["concept"]["state"], new["concept"]["approvals"], new["in_force"]) == ("draft", [], None)
    assert (new["actor"], new["reason"], new["action"]) == ("ed-1", "from the agency", "import")
    record = api("GET", answer.headers["location"].removeprefix("/v1/glossary/"), READER)
    assert (record.body["state"], record.body["actor"], record.body["writes"]) == ("done", "ed-1", 2)
    again = bring(api, TWO)
    assert (again.status, again.body["writes"]) == (200, 0)
    api.submit(name="marketing-authorisation").refused(409, "not-in-this-state")
    api.edit(lambda c: c.update(definition="The permission to sell a medicine."), name="marketing-authorisation")
    assert api.submit(name="marketing-authorisation").status == 200
    api.review("de", EDITOR | {"scope": "glossary:review"}, "marketing-authorisation").refused(
        403, "second-person-needed"
    )


def test_one_broken_entry_keeps_everything_out(api: Api) -> None:
    broken = tbx(entry("c1", en="marketing authorisation", de="Zulassung"), entry("c2", en="***", de="!!!"))
    problem = bring(api, broken).refused(422, "invalid-body")
    assert problem["plan"]["counts"]["refused"] == 1
    assert [row["path"]["S"] for row in api.rows()] == []
    rest = bring(api, broken, "reason=the+rest&skip_problems=true")
    assert (rest.status, rest.body["writes"]) == (201, 1), rest.raw


@pytest.mark.parametrize(
    "data",
    [
        '<!DOCTYPE t [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]>' + TWO.partition("?>")[2],
        TWO.replace("</tbx>", ""),
        TWO.replace('<langSec xml:lang="de">', "<langSec>"),
        "",
        "\x00\x01\x02",
    ],
)
def test_files_that_cannot_be_read(api: Api, data: str) -> None:
    answer = bring(api, data)
    assert answer.status == 422, answer.raw
    answer.refused(422, "invalid-body")
    assert api.rows() == []


def test_nobody_imports_what_is_not_theirs(api: Api) -> None:
    api.approved()
    rows = sorted(str(row) for row in api.rows())
    both = tbx(entry("c1", en="adverse event", de="Vorkommnis", fr="incident"))
    problem = bring(api, both, who=GERMAN).refused(422, "invalid-body")
    assert [(each["concept"], each["status"]) for each in problem["not_yours"]] == [("adverse-event", 403)]
    assert "locales" in problem["mend"]
    assert sorted(str(row) for row in api.rows()) == rows
    taken = bring(api, both, "reason=German+only&locales=de", who=GERMAN)
    assert taken.status == 201, taken.raw
    terms = api("GET", "concepts/adverse-event", READER).body["concept"]["terms"]
    assert ("Vorkommnis" in json.dumps(terms["de"]), "incident" in json.dumps(terms["fr"])) == (True, False)
    bring(api, both, "reason=French&locales=fr", who=GERMAN).refused(403, "locale-not-yours")
    bring(api, both, who=READER).refused(403, "scope-missing")
    bring(api, both, who=TERMINOLOGIST).refused(403, "scope-missing")


def test_forms_are_not_approved_by_importing_them(api: Api) -> None:
    api.approved()
    exported = api("GET", "exports?format=csv", EDITOR)
    data = base64.b64decode(exported.raw).decode()
    lines = data.splitlines()
    header = next(index for index, line in enumerate(lines) if "forms" in line)
    column = lines[header].split(",").index("forms")
    at = next(index for index, line in enumerate(lines) if "unerwünschtes Ereignis" in line)
    cells = lines[at].split(",")
    assert cells[column] == ""
    cells[column] = "Ereignissen"
    lines[at] = ",".join(cells)
    answer = bring(api, "\r\n".join(lines), content_type="text/csv")
    assert answer.status == 200, answer.raw
    assert answer.body["left"], answer.raw
    assert api("GET", "concepts/adverse-event", READER).body["in_force"]["terms"]["de"][0]["forms"] == []


def many(count: int) -> str:
    return tbx(*(entry(f"c{n}", en=f"notion {n}", de=f"Begriff {n}") for n in range(count)))


def concepts(api: Api) -> int:
    return sum(
        row["path"]["S"].startswith("glossary/concepts/") and row["version"]["S"] == "HEAD" for row in api.rows()
    )


def test_more_than_one_transaction_is_still_all_or_nothing(api: Api) -> None:
    answer = bring(api, many(120))
    assert (answer.status, answer.body["state"], answer.body["writes"]) == (201, "done", 120), answer.raw
    assert concepts(api) == 120
    assert len(api.documents.everything("glossary/concepts")) == 120


def test_an_interrupted_import_is_hidden_shut_off_and_ended(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.approved()
    check = {"locale": "de-DE", "segments": [{"source": "notion 1", "target": "x"}]}
    api("POST", "checks", READER, check)
    real = api.imports._documents.write
    count = []

    def failing(writes: Any, **how: Any) -> Any:
        if writes[0].path.startswith("glossary/concepts/"):
            count.append(1)
            if len(count) == 2:
                raise RuntimeError
        return real(writes, **how)

    monkeypatch.setattr(api.imports._documents, "write", failing)
    bring(api, many(120)).refused(500, "internal")
    monkeypatch.setattr(api.imports._documents, "write", real)
    assert 1 < concepts(api) < 121
    generation = api.documents.generation()
    assert api("POST", "checks", READER, check).body["generation"] == generation
    problem = api.create(concept="meanwhile").refused(503, "try-again")
    assert "import" in problem["detail"]
    bring(api, TWO, "dry_run=true").refused(503, "try-again")
    api.worker.sweep(now_ms())
    assert concepts(api) < 121, "not yet old enough"
    api.worker.sweep(now_ms() + 61_000)
    assert concepts(api) == 121
    assert api.documents.generation() > generation
    assert api.create(concept="meanwhile").status == 201
    record = [
        r for r in api.rows() if r["path"]["S"].startswith("glossary/imports/") and '"state":"done"' in r["body"]["S"]
    ]
    assert record


def test_a_large_import_that_was_written_down_and_has_to_wait_says_so(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: str) -> None:
        raise Held

    monkeypatch.setattr(api.imports._documents, "hold", held)
    answer = bring(api, many(60))
    assert (answer.status, answer.body.get("state"), concepts(api)) == (202, "pending", 0), answer.raw
    monkeypatch.undo()
    api.worker.sweep(now_ms() + 61_000)
    record = api("GET", answer.headers["location"].removeprefix("/v1/glossary/"), EDITOR)
    assert (record.body["state"], concepts(api)) == ("done", 60)


def test_a_large_import_that_meets_a_change_writes_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bring(api, many(60)).status == 201
    changed = many(60).replace("Begriff", "Konzept")
    real = api.imports._documents.hold

    def rival_first(holder: str, at: str) -> None:
        api.edit(
            lambda concept: concept["terms"]["de"].append({"text": "Rivale", "status": "admitted"}), name="notion-59"
        )
        real(holder, at)

    monkeypatch.setattr(api.imports._documents, "hold", rival_first)
    assert bring(api, changed).refused(412, "changed-meanwhile")["current"]["actor"] == "ed-1"
    monkeypatch.setattr(api.imports._documents, "hold", real)
    assert not any(
        "Konzept" in row["body"]["S"] for row in api.rows() if row["path"]["S"].startswith("glossary/concepts/")
    )
    assert api.create(concept="free-again").status == 201


def test_uploads_go_by_an_address_for_one_file_of_one_size(api: Api) -> None:
    answer = api("POST", "uploads", EDITOR, {"name": "terms.tbx", "size": len(TWO.encode())})
    assert answer.status == 201, answer.raw
    signed = parse_qs(urlsplit(answer.body["put"]).query)
    assert "content-length" in signed["X-Amz-SignedHeaders"][0]
    assert signed["X-Amz-Expires"] == ["900"]
    key = answer.body["upload"]
    asked = {"upload": key}
    api("POST", "imports?dry_run=true", EDITOR, asked).refused(404, "not-found")
    boto3.client("s3").put_object(Bucket=api.environment["UPLOADS_BUCKET"], Key=key, Body=TWO.encode())
    dry = api("POST", "imports?dry_run=true", EDITOR, asked)
    assert (dry.status, dry.body["writes"]) == (200, 2), dry.raw
    api("POST", "imports?dry_run=true", {**EDITOR, "sub": "ed-9"}, asked).refused(404, "not-found")
    assert api("POST", "imports?reason=big+one", EDITOR, asked).status == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "a.tbx"}, 422, "invalid-body"),
        ({"name": "../a", "size": 1}, 422, "invalid-body"),
        ({"name": "a", "size": True}, 422, "invalid-body"),
        ({"name": "a", "size": 51 * 1024 * 1024}, 413, "body-too-large"),
    ],
)
def test_uploads_that_cannot_be(api: Api, body: Any, status: int, code: str) -> None:
    api("POST", "uploads", EDITOR, body).refused(status, code)
    api("POST", "uploads", MEDICAL, {"name": "a", "size": 1}).refused(403, "scope-missing")


def test_parameters_that_cannot_be(api: Api) -> None:
    bring(api, TWO, "").refused(400, "invalid-parameter")
    bring(api, TWO, "dry_run=yes").refused(400, "invalid-parameter")
    bring(api, TWO, "dry_run=true&format=docx").refused(400, "invalid-parameter")
    bring(api, TWO, "dry_run=true&locale=german").refused(400, "invalid-parameter")
    bring(api, "x" * (4 * 1024 * 1024 + 1), "dry_run=true").refused(413, "body-too-large")
    bring(api, TWO, "dry_run=true", content_type="").refused(415, "unsupported-media-type")
    api("POST", "imports?dry_run=true", EDITOR, {"upload": "../../x"}).refused(422, "invalid-body")
    api("GET", "imports", EDITOR).refused(405, "method-not-allowed")
    api("GET", "imports/none", EDITOR).refused(404, "not-found")
    bring(api, TWO, who={"sub": "x", "scope": ""}).refused(403, "scope-missing")
