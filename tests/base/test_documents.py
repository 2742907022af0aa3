"""The document store over moto: history, conflicts, pages, limits, the counter."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from consentry.base.documents import (
    MAX_BODY_BYTES,
    MAX_WRITES,
    Busy,
    Conflict,
    Documents,
    Held,
    Page,
    TooLarge,
    Write,
    folder_of,
)
from support.aws import mock_aws

AT = "2026-11-22T09:00:00.000Z"
PATH = "glossary/concepts/adverse-event"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "t",
        "AWS_SECRET_ACCESS_KEY": "t",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="editorial",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("path", "version", "folder")],
            KeySchema=[{"AttributeName": "path", "KeyType": "HASH"}, {"AttributeName": "version", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-folder",
                    "KeySchema": [
                        {"AttributeName": "folder", "KeyType": "HASH"},
                        {"AttributeName": "path", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        yield client
        client.delete_table(TableName="editorial")  # another suite of the process may hold the mock open


@pytest.fixture
def documents(table: Any) -> Documents:
    return Documents(table, "editorial")


def put(documents: Documents, path: str, base: int, body: dict[str, Any], **more: Any) -> None:
    documents.write([Write(path, base, body, "edit")], actor="p-1", reason="because", at=AT, **more)


def test_a_document_and_its_whole_history_can_be_read(documents: Documents) -> None:
    put(documents, PATH, 0, {"term": "Nebenwirkung"})
    put(documents, PATH, 1, {"term": "unerwünschtes Ereignis", "weight": 1.5, "empty": None, "list": []})
    head = documents.get(PATH)
    assert head is not None
    assert (head.number, head.body["term"], head.body["weight"], head.actor, head.action, head.reason, head.at) == (
        2, "unerwünschtes Ereignis", 1.5, "p-1", "edit", "because", AT,
    )  # fmt: skip
    assert [version.number for version in documents.history(PATH)] == [2, 1]
    assert [version.number for version in documents.history(PATH, before=2)] == [1]
    assert [version.number for version in documents.history(PATH, limit=1)] == [2]
    first = documents.version(PATH, 1)
    assert first is not None
    assert first.body == {"term": "Nebenwirkung"}
    assert documents.get("glossary/concepts/none") is None
    assert documents.version(PATH, 3) is None


def test_of_two_writers_who_read_the_same_version_one_is_told_what_the_other_wrote(documents: Documents) -> None:
    put(documents, PATH, 0, {"n": 0})
    put(documents, PATH, 1, {"n": "first"})
    with pytest.raises(Conflict) as conflict:
        put(documents, PATH, 1, {"n": "second"})
    assert conflict.value.current is not None
    assert (conflict.value.path, conflict.value.current.number, conflict.value.current.body) == (
        PATH,
        2,
        {"n": "first"},
    )
    head = documents.get(PATH)
    assert head is not None
    assert head.body == {"n": "first"}
    assert len(documents.history(PATH)) == 2


def test_a_new_document_does_not_replace_one_that_is_there(documents: Documents) -> None:
    put(documents, PATH, 0, {"n": 0})
    with pytest.raises(Conflict):
        put(documents, PATH, 0, {"n": 1})
    with pytest.raises(Conflict) as conflict:
        put(documents, "glossary/concepts/none", 3, {})
    assert conflict.value.current is None


def test_one_conflict_undoes_the_whole_write(documents: Documents) -> None:
    put(documents, PATH, 0, {"n": 0})
    other = "glossary/tasks/t-1"
    with pytest.raises(Conflict):
        documents.write(
            [Write(other, 0, {}, "open"), Write(PATH, 7, {}, "edit")], actor="p-1", reason="", at=AT
        )  # fmt: skip
    assert documents.get(other) is None
    assert documents.history(other) == []
    assert documents.generation() == 1


def test_history_cannot_be_written_over(documents: Documents, table: Any) -> None:
    put(documents, PATH, 0, {"n": 0})
    table.delete_item(TableName="editorial", Key={"path": {"S": PATH}, "version": {"S": "HEAD"}})
    with pytest.raises(Conflict):
        put(documents, PATH, 0, {"n": "forged"})
    first = documents.version(PATH, 1)
    assert first is not None
    assert first.body == {"n": 0}


def test_pages_of_a_folder_in_order_and_without_neighbours(documents: Documents) -> None:
    names = [f"c-{index:02d}" for index in range(7)]
    documents.write(
        [Write(f"glossary/concepts/{name}", 0, {"name": name}, "create") for name in names], actor="p", reason="", at=AT
    )
    put(documents, "glossary/concepts-old/x", 0, {})
    put(documents, "glossary/concepts/c-00", 1, {"name": "changed"})
    first = documents.page("glossary/concepts", limit=3)
    assert [document.name for document in first.documents] == names[:3]
    assert first.documents[0].body == {"name": "changed"}
    second = documents.page("glossary/concepts", after=first.after, limit=3)
    third = documents.page("glossary/concepts", after=second.after, limit=3)
    assert [document.name for page in (second, third) for document in page.documents] == names[3:]
    assert third.after is None
    assert [document.name for document in documents.folder("glossary/concepts")] == names
    assert len(list(documents.folder("glossary/concepts", limit=4))) == 4
    assert documents.page("glossary/concepts", after="zzz", limit=3).documents == []


def test_a_cursor_from_elsewhere_ends_the_list(documents: Documents, table: Any) -> None:
    put(documents, "glossary/concepts/a", 0, {})
    ranges: list[tuple[str, str]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        said = params["ExpressionAttributeValues"]
        ranges.append((said[":from"]["S"], said[":to"]["S"]))

    table.meta.events.register("provide-client-params.dynamodb.Query", note)
    for after in ("zebra", "glossary/concepts~", f"glossary/concepts/{'z' * 2000}"):
        assert documents.page("glossary/concepts", after) == Page([], None)
    # What the table refuses: a range that ends before it begins, a key of more than a kilobyte.
    assert all(first <= last and len(first) <= 1024 for first, last in ranges)


def test_a_deeper_folder_lists_what_begins_so(documents: Documents) -> None:
    for path in ("forms/catalogs/de#a.label", "forms/catalogs/de#b.label", "forms/catalogs/de-CH#a.label"):
        put(documents, path, 0, {})
    put(documents, "consent_texts/DE/promotional-email/2.de-DE", 0, {})
    put(documents, "consent_texts/DE/profiling/1.de-DE", 0, {})

    def listed(folder: str) -> list[str]:
        return [document.path for document in documents.folder(folder)]

    assert listed("forms/catalogs/de#") == ["forms/catalogs/de#a.label", "forms/catalogs/de#b.label"]
    assert len(listed("forms/catalogs")) == 3
    assert listed("consent_texts/DE/promotional-email") == ["consent_texts/DE/promotional-email/2.de-DE"]
    assert len(listed("consent_texts/DE")) == 2
    assert folder_of("forms/catalogs/de#a.label") == "forms/catalogs"


def test_the_counter_rises_with_glossary_writes_only(documents: Documents) -> None:
    assert documents.generation() == 0
    put(documents, PATH, 0, {})
    put(documents, "forms/catalogs/de#a.label", 0, {})
    assert documents.generation() == 1
    documents.write([Write(PATH, 1, {}, "e"), Write("glossary/tasks/t", 0, {}, "o")], actor="p", reason="", at=AT)
    assert documents.generation() == 2


def test_everything_waits_for_what_the_index_does_not_list_yet(
    documents: Documents, table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentry.base.documents.time.sleep", lambda _seconds: None)
    put(documents, PATH, 0, {})
    put(documents, "glossary/concepts/b", 0, {})
    assert len(documents.everything("glossary/concepts")) == 2
    real = table.query

    def lagging(**arguments: Any) -> Any:
        answer = real(**arguments)
        return {**answer, "Items": answer["Items"][:1]}

    monkeypatch.setattr(table, "query", lagging)
    with pytest.raises(Busy):
        documents.everything("glossary/concepts")


def test_while_one_holds_the_glossary_others_wait_and_readers_see_nothing_of_it(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consentry.base.documents.time.sleep", lambda _seconds: None)
    put(documents, PATH, 0, {})
    documents.hold("import-1", AT)
    documents.hold("import-1", AT)
    with pytest.raises(Held):
        documents.hold("import-2", AT)
    with pytest.raises(Held):
        put(documents, PATH, 1, {})
    put(documents, "forms/catalogs/de#a.label", 0, {})
    put(documents, PATH, 1, {"by": "import"}, holder="import-1", last=False)
    assert documents.generation() == 1
    with pytest.raises(Busy):
        documents.everything("glossary/concepts")
    documents.release("import-2")
    with pytest.raises(Held):
        put(documents, PATH, 2, {})
    documents.release("import-1")
    assert documents.generation() == 2
    assert [document.body for document in documents.everything("glossary/concepts")] == [{"by": "import"}]
    put(documents, PATH, 2, {})


def test_what_does_not_fit_is_refused_before_anything_is_written(documents: Documents) -> None:
    many = [Write(f"glossary/concepts/c{index}", 0, {}, "create") for index in range(MAX_WRITES + 1)]
    with pytest.raises(TooLarge, match="50 documents"):
        documents.write(many, actor="p", reason="", at=AT)
    with pytest.raises(TooLarge, match="split it"):
        put(documents, PATH, 0, {"text": "x" * MAX_BODY_BYTES})
    heavy = [Write(f"glossary/concepts/c{index}", 0, {"t": "x" * 300_000}, "create") for index in range(8)]
    with pytest.raises(TooLarge, match="one transaction"):
        documents.write(heavy, actor="p", reason="", at=AT)
    documents.write(many[:MAX_WRITES], actor="p", reason="", at=AT)
    assert len(list(documents.folder("glossary/concepts"))) == MAX_WRITES


@pytest.mark.parametrize(
    "path", ["", "glossary", "/glossary/a", "glossary//a", "glossary/a b", "@glossary", "a/ü", "a/b/"]
)
def test_what_is_no_path_is_refused(documents: Documents, path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        put(documents, path, 0, {})


def test_a_document_twice_in_one_write_is_refused(documents: Documents) -> None:
    with pytest.raises(ValueError, match="twice"):
        documents.write([Write(PATH, 0, {}, "a"), Write(PATH, 1, {}, "b")], actor="p", reason="", at=AT)
