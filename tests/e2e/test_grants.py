"""Every grant is needed, and nothing is granted besides.

Taking any one grant away makes the test of its name fail to complete its piece of the path. The emulator judges what
functions call; what Lambda does on their behalf (reading streams, setting failures aside, writing logs) is asked of
IAM's simulator or called with the role's own credentials. It judges neither the use of encryption keys nor the policy
of the table of events: tests/infra holds those statements.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from infra.data import QUEUES, SECRETS, TABLES, TableSpec
from infra.functions import FUNCTIONS

from e2e.emulator import ACCOUNT, GRANTS, REGION, Deployed
from e2e.test_path import fetch, later, opt_in, origin
from e2e.test_staff import one_row
from support.serving import Answer, submission
from support.staffing import Team

KEY_USE = ("OpenTables", "OpenSecrets")
DENIED = ("AccessDenied", "AccessDeniedException")


def of(function_id: str, *but: str) -> list[str]:
    return [sid for owner, sid in GRANTS if owner == function_id and sid not in but]


@pytest.fixture(scope="module")
def document(deployed: Deployed) -> dict[str, Any]:
    return fetch(deployed, "hcp-webinar", "DE", "de")


@pytest.fixture
def warm(deployed: Deployed) -> Iterator[None]:
    """After a test that emptied a function's memory, an alias to what a visitor had before."""
    before = {
        name: deployed.functions.get_alias(FunctionName=deployed.name(name), Name="live")["FunctionVersion"]
        for name in ("submissions-submit", "submissions-profile")
    }
    yield
    for name, version in before.items():
        deployed.functions.update_alias(FunctionName=deployed.name(name), Name="live", FunctionVersion=version)


def denied(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether the role is refused, rather than the request."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"] in DENIED
    return False


# submissions-submit: a stage 1


@pytest.mark.parametrize("sid", [sid for sid in of("submissions-submit") if sid.startswith("PutItem")])
def test_stage_one_needs(sid: str, deployed: Deployed, document: dict[str, Any]) -> None:
    before = {table: len(deployed.items(table)) for table in TABLES}
    with deployed.without("submissions-submit", sid):
        refused = opt_in(deployed, document, "demo-de")
    assert refused.status == 503, refused.body
    assert {table: len(deployed.items(table)) for table in TABLES} == before
    assert opt_in(deployed, document, "demo-de").status == 201


@pytest.mark.parametrize("sid", [sid for sid in of("submissions-submit") if sid.startswith("GetSecretValue")])
@pytest.mark.usefixtures("warm")
def test_stage_one_after_a_cold_start_needs(sid: str, deployed: Deployed, document: dict[str, Any]) -> None:
    deployed.cold("submissions-submit")
    with deployed.without("submissions-submit", sid):
        assert opt_in(deployed, document, "demo-de").status in (500, 503)
    assert opt_in(deployed, document, "demo-de").status == 201


def of_an_old_release(document: dict[str, Any]) -> dict[str, Any]:
    return {**submission(document, 0, "demo-de", "a@example.com", given=True), "release": "r" + uuid.uuid4().hex}


@pytest.mark.parametrize("sid", [sid for sid in of("submissions-submit") if sid == "GetItemContent"])
def test_refusing_an_unknown_release_needs(sid: str, deployed: Deployed, document: dict[str, Any]) -> None:
    path = "/v1/forms/hcp-webinar/submissions"
    with deployed.without("submissions-submit", sid):
        assert deployed.post(path, of_an_old_release(document), Origin=origin("demo-de")).status in (500, 503)
    assert deployed.post(path, of_an_old_release(document), Origin=origin("demo-de")).status == 409


# submissions-profile: a later stage


@pytest.fixture
def token(deployed: Deployed, document: dict[str, Any]) -> str:
    answer = opt_in(deployed, document, "demo-de")
    assert answer.status == 201, answer.body
    return str(answer.json["profile_token"])


@pytest.mark.parametrize(
    "sid", [sid for sid in of("submissions-profile") if sid.startswith(("PutItem", "UpdateItem", "BatchGetItem"))]
)
def test_a_later_stage_needs(sid: str, deployed: Deployed, document: dict[str, Any], token: str) -> None:
    with deployed.without("submissions-profile", sid):
        refused = later(deployed, document, 1, "demo-de", token)
    assert refused.status == 503, refused.body
    assert later(deployed, document, 1, "demo-de", token).status in (200, 201)


@pytest.mark.parametrize("sid", [sid for sid in of("submissions-profile") if sid.startswith("GetSecretValue")])
@pytest.mark.usefixtures("warm")
def test_a_later_stage_after_a_cold_start_needs(
    sid: str, deployed: Deployed, document: dict[str, Any], token: str
) -> None:
    deployed.cold("submissions-profile")
    with deployed.without("submissions-profile", sid):
        assert later(deployed, document, 1, "demo-de", token).status in (500, 503)
    assert later(deployed, document, 1, "demo-de", token).status in (200, 201)


@pytest.mark.parametrize("sid", [sid for sid in of("submissions-profile") if sid == "GetItemContent"])
def test_refusing_an_unknown_release_in_a_later_stage_needs(
    sid: str, deployed: Deployed, document: dict[str, Any], token: str
) -> None:
    body = {**submission(document, 1, "demo-de", "", given=True), "release": "r" + uuid.uuid4().hex}
    call = {"Origin": origin("demo-de"), "Authorization": f"Bearer {token}"}
    with deployed.without("submissions-profile", sid):
        assert deployed.post("/v1/profile/answers", body, **call).status in (500, 503)
    assert deployed.post("/v1/profile/answers", body, **call).status == 409


# leads-outbox: a sweep


@pytest.mark.parametrize(
    "sid",
    [
        sid
        for sid in of("leads-outbox")
        if not sid.startswith(("Describe", "GetRecords", "GetShard", "ListStreams"))
        and sid != "SendMessageOutboxFailure"
    ],
)
def test_a_sweep_needs(sid: str, deployed: Deployed) -> None:
    with deployed.doorbell_off():
        lead_id = deployed.waiting_lead()
        with deployed.without("leads-outbox", sid):
            deployed.invoke("leads-outbox", {})
            assert not deployed.drained(lead_id)
        assert deployed.invoke("leads-outbox", {}) == (None, None)
        assert deployed.drained(lead_id)


# Staff: each piece of their path


@pytest.fixture
def name() -> str:
    """Of a concept that nobody has used."""
    return f"test-{uuid.uuid4().hex[:12]}"


READING = ("GetItemEditorial", "QueryEditorialByFolder")
WRITING = ("PutItemEditorial", "UpdateItemEditorial")


def ours(answer: Answer) -> bool:
    """Whether a function said that it could not, in its own words."""
    return answer.status in (500, 503) and answer.json["type"].startswith("urn:consentry:problem:")


@pytest.mark.parametrize(("sid", "path"), [
    ("GetItemEditorial", "/v1/glossary/concepts/{name}"),
    ("QueryEditorialByFolder", "/v1/glossary/concepts"),
    ("QueryEditorial", "/v1/glossary/concepts/{name}/history"),
])  # fmt: skip
def test_reading_concepts_needs(sid: str, path: str, name: str, deployed: Deployed, team: Team) -> None:
    assert team.create(name).status == 201
    path = path.format(name=name)
    with deployed.without("glossary-concepts", sid):
        assert ours(team.author.ask("GET", path))
    assert team.author.ask("GET", path).status == 200


@pytest.mark.parametrize("sid", WRITING)
def test_writing_a_concept_needs(sid: str, name: str, deployed: Deployed, team: Team) -> None:
    with deployed.without("glossary-concepts", sid):
        assert ours(team.create(name))
    assert team.author.ask("GET", f"/v1/glossary/concepts/{name}").status == 404
    assert team.create(name).status == 201


def waiting(deployed: Deployed) -> int:
    counted = deployed.sqs.get_queue_attributes(
        QueueUrl=deployed.queue("recheck"), AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(counted["Attributes"]["ApproximateNumberOfMessages"])


def test_ringing_for_a_recheck_needs_send_message_recheck(name: str, deployed: Deployed, team: Team) -> None:
    with deployed.doorbell_off("glossary-recheck"):
        deployed.sqs.purge_queue(QueueUrl=deployed.queue("recheck"))
        with deployed.without("glossary-concepts", "SendMessageRecheck"):
            team.in_force(name)  # the change is made all the same: the sweep will find it
            assert waiting(deployed) == 0
        other = f"{name}-2"
        team.in_force(other)
        assert waiting(deployed) > 0


def check(team: Team) -> Answer:
    asked = {"locale": "de-DE", "text": "Ein Text."}
    return team.author.ask("POST", "/v1/glossary/checks", asked)


@pytest.mark.parametrize("sid", READING)
def test_checking_a_text_needs(sid: str, name: str, deployed: Deployed, team: Team) -> None:
    assert check(team).status == 200
    with deployed.without("glossary-checks", sid):
        assert team.create(name).status == 201  # what it knows is out of date now
        assert ours(check(team))
    assert check(team).status == 200


def csv(team: Team, name: str) -> bytes:
    header = team.author.ask("GET", "/v1/glossary/exports?format=csv&state=all").body.decode("utf-8-sig").splitlines()
    return one_row(header[0], name)


def imported(team: Team, file: bytes) -> Answer:
    return team.author.send("POST", "/v1/glossary/imports?file=terms.csv&reason=a+test", file, Content_Type="text/csv")


@pytest.mark.parametrize("sid", [*READING, *WRITING])
def test_an_import_needs(sid: str, name: str, deployed: Deployed, team: Team) -> None:
    file = csv(team, name)
    with deployed.without("glossary-imports", sid):
        assert ours(imported(team, file))
    done = imported(team, file)
    assert done.status == 201, done.body


def announced(team: Team, size: int) -> dict[str, Any]:
    answer = team.author.ask("POST", "/v1/glossary/uploads", {"name": "terms.csv", "size": size})
    assert answer.status == 201, answer.body
    upload: dict[str, Any] = answer.json
    return upload


def test_putting_a_file_to_its_address_needs_put_object_uploads(name: str, deployed: Deployed, team: Team) -> None:
    file = csv(team, name)
    upload = announced(team, len(file))
    with deployed.without("glossary-imports", "PutObjectUploads"):
        assert deployed.put(upload["put"], file, upload["headers"]) == 403
    assert deployed.put(upload["put"], file, upload["headers"]) == 200


def test_importing_an_uploaded_file_needs_get_object_uploads(name: str, deployed: Deployed, team: Team) -> None:
    file = csv(team, name)
    upload = announced(team, len(file))
    assert deployed.put(upload["put"], file, upload["headers"]) == 200
    asked = {"upload": upload["upload"]}
    path = "/v1/glossary/imports?dry_run=true"
    with deployed.without("glossary-imports", "GetObjectUploads"):
        # S3 does not tell who may not read from what is not there.
        assert team.author.ask("POST", path, asked).status == 404
    assert team.author.ask("POST", path, asked).status == 200


def uploads(deployed: Deployed, function_id: str) -> set[str]:
    """What the role may do with files on their way in."""
    arn = f"arn:aws:s3:::{deployed.name('uploads')}-{ACCOUNT}-{REGION}/somebody/file.csv"
    actions = ("GetObject", "PutObject", "DeleteObject")
    return {action for action in actions if deployed.allowed(function_id, f"s3:{action}", arn)}


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_only_imports_handle_uploaded_files(function_id: str, deployed: Deployed) -> None:
    assert uploads(deployed, function_id) == (
        {"GetObject", "PutObject"} if function_id == "glossary-imports" else set()
    )


def pending(team: Team, name: str) -> str:
    """A concept that came into force; the address of its re-check, which nobody has done."""
    link: str = team.in_force(name).headers["link"]
    return link.partition("<")[2].partition(">")[0]


def rung(deployed: Deployed, path: str) -> Any:
    """What the worker answers to the queue's message about a re-check."""
    concept, _, version = path.rpartition("/")[2].rpartition("-")
    record = {"messageId": "m1", "body": json.dumps({"concept": concept, "version": int(version)})}
    error, answer = deployed.invoke("glossary-recheck", {"Records": [record]})
    assert error is None
    return answer["batchItemFailures"]


@pytest.mark.parametrize("sid", [*READING, *WRITING])
def test_a_recheck_needs(sid: str, name: str, deployed: Deployed, team: Team) -> None:
    with deployed.doorbell_off("glossary-recheck"):
        path = pending(team, name)
        with deployed.without("glossary-recheck", sid):
            assert rung(deployed, path) == [{"itemIdentifier": "m1"}]
        assert team.author.get(path)["state"] == "pending"
        assert rung(deployed, path) == []
        assert team.author.get(path)["state"] == "done"


def test_ringing_again_needs_send_message_recheck(name: str, deployed: Deployed, team: Team) -> None:
    with deployed.doorbell_off("glossary-recheck"):
        path = pending(team, name)
        deployed.sqs.purge_queue(QueueUrl=deployed.queue("recheck"))
        key = {"path": {"S": "glossary/rechecks/" + path.rpartition("/")[2]}, "version": {"S": "HEAD"}}
        item = deployed.dynamodb.get_item(TableName=deployed.name("editorial"), Key=key)["Item"]
        body = json.loads(item["body"]["S"]) | {"since": "2026-01-01T00:00:00.000Z"}
        item["body"] = {"S": json.dumps(body, separators=(",", ":"))}
        deployed.dynamodb.put_item(TableName=deployed.name("editorial"), Item=item)
        with deployed.without("glossary-recheck", "SendMessageRecheck"):
            deployed.invoke("glossary-recheck", {})
            assert waiting(deployed) == 0
        deployed.invoke("glossary-recheck", {})
        assert waiting(deployed) > 0
        assert rung(deployed, path) == []


TRANSLATIONS = {
    "GetItemEditorial": "/v1/translations/de/field.email.label",
    "QueryEditorialByFolder": "/v1/translations?locale=de&limit=1",
    "QueryEditorial": "/v1/translations/de/field.email.label/history",
}


def drafted(team: Team) -> Answer:
    """A draft of a label; its first edit gives it a document of its own."""
    found = team.author.ask("GET", TRANSLATIONS["GetItemEditorial"])
    assert found.status == 200, found.body
    said = {
        "target": f"Dienstliche E-Mail-Adresse {uuid.uuid4().hex[:6]}",
        "source_digest": found.json["source_digest"],
        "reason": "a test",
    }
    return team.author.ask("PUT", TRANSLATIONS["GetItemEditorial"], said, If_Match=found.headers["etag"])


@pytest.mark.parametrize("sid", TRANSLATIONS)
def test_reading_translations_needs(sid: str, deployed: Deployed, team: Team) -> None:
    assert drafted(team).status == 200
    with deployed.without("content-translations", sid):
        assert ours(team.author.ask("GET", TRANSLATIONS[sid]))
    assert team.author.ask("GET", TRANSLATIONS[sid]).status == 200


def test_drafting_a_translation_needs_put_item_editorial(deployed: Deployed, team: Team) -> None:
    with deployed.without("content-translations", "PutItemEditorial"):
        assert ours(drafted(team))
    assert drafted(team).status == 200


# What Lambda does in a function's name

TAKING = ("DeleteMessage", "GetQueueAttributes", "ReceiveMessage")


def queue_calls(deployed: Deployed, function_id: str, queue: str) -> set[str]:
    """What the role may do with the messages of a queue."""
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{deployed.name(queue)}"
    return {action for action in TAKING if deployed.allowed(function_id, f"sqs:{action}", arn)}


@pytest.mark.parametrize("action", TAKING)
def test_taking_rechecks_off_the_queue_needs(action: str, deployed: Deployed) -> None:
    assert queue_calls(deployed, "glossary-recheck", "recheck") == set(TAKING)
    with deployed.without("glossary-recheck", f"{action}Recheck"):
        assert queue_calls(deployed, "glossary-recheck", "recheck") == set(TAKING) - {action}


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_a_role_takes_messages_off_no_queue_but_its_own(function_id: str, deployed: Deployed) -> None:
    own = {"recheck"} if function_id == "glossary-recheck" else set()
    assert {queue for queue in QUEUES if queue_calls(deployed, function_id, queue)} == own


STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
LOGS = ("CreateLogStream", "PutLogEvents")


def stream_calls(deployed: Deployed, function_id: str, table: str) -> set[str]:
    """What the role may do with the stream of ``table``."""
    arn = deployed.dynamodb.describe_table(TableName=deployed.name(table))["Table"]["LatestStreamArn"]
    return {action for action in STREAM if deployed.allowed(function_id, f"dynamodb:{action}", arn)}


@pytest.mark.parametrize(
    ("function_id", "table"),
    [("leads-outbox", "leads"), ("consent-watch", "consents"), ("consent-watch", "editorial")],
)
@pytest.mark.parametrize("action", STREAM)
def test_reading_a_stream_needs(action: str, function_id: str, table: str, deployed: Deployed) -> None:
    assert stream_calls(deployed, function_id, table) == set(STREAM)
    with deployed.without(function_id, action + table.capitalize()):
        assert stream_calls(deployed, function_id, table) == set(STREAM) - {action}


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_a_role_reads_no_stream_but_its_own(function_id: str, deployed: Deployed) -> None:
    own = {"leads-outbox": {"leads"}, "consent-watch": {"consents", "editorial"}}.get(function_id, set())
    assert {table for table in ("leads", "consents", "editorial") if stream_calls(deployed, function_id, table)} == own


@pytest.mark.parametrize(
    ("function_id", "queue", "sid"),
    [
        ("leads-outbox", "outbox-failure", "SendMessageOutboxFailure"),
        ("consent-watch", "watch-failure", "SendMessageWatchFailure"),
        ("glossary-recheck", "recheck-dead", "SendMessageRecheckDead"),
    ],
)
def test_setting_a_failure_aside_needs(function_id: str, queue: str, sid: str, deployed: Deployed) -> None:
    message = {"QueueUrl": deployed.queue(queue), "MessageBody": "{}"}
    assert not denied(deployed.as_role(function_id, "sqs").send_message, **message)
    with deployed.without(function_id, sid):
        assert denied(deployed.as_role(function_id, "sqs").send_message, **message)
    deployed.sqs.purge_queue(QueueUrl=message["QueueUrl"])


def log_calls(deployed: Deployed, function_id: str, group: str) -> set[str]:
    """What the role may do with the log of ``group``."""
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{deployed.name(group)}:log-stream:today"
    return {action for action in LOGS if deployed.allowed(function_id, f"logs:{action}", arn)}


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_logging_needs(function_id: str, deployed: Deployed) -> None:
    assert log_calls(deployed, function_id, function_id) == set(LOGS)
    with deployed.without(function_id, "OwnLogs"):
        assert log_calls(deployed, function_id, function_id) == set()


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_nobody_writes_the_log_of_another(function_id: str, deployed: Deployed) -> None:
    assert [name for name in FUNCTIONS if log_calls(deployed, function_id, name)] == [function_id]


def test_every_statement_of_every_deployed_role_is_tried_above(deployed: Deployed) -> None:
    for function_id in FUNCTIONS:
        sids = {statement["Sid"] for statement in deployed.policy(function_id)["Statement"]}
        assert sids - set(KEY_USE) == {"OwnLogs", *of(function_id)}
    tried = {
        *(
            ("submissions-submit", sid)
            for sid in of("submissions-submit")
            if sid.startswith(("PutItem", "GetSecretValue"))
        ),
        *((name, "GetItemContent") for name in ("submissions-submit", "submissions-profile")),
        *(
            ("submissions-profile", sid)
            for sid in of("submissions-profile")
            if sid.startswith(("PutItem", "UpdateItem", "BatchGetItem", "GetSecretValue"))
        ),
        *(("leads-outbox", sid) for sid in of("leads-outbox")),
        *(("consent-watch", sid) for sid in of("consent-watch")),
        *(("glossary-concepts", sid) for sid in (*READING, "QueryEditorial", *WRITING, "SendMessageRecheck")),
        *(("glossary-checks", sid) for sid in READING),
        *(("glossary-imports", sid) for sid in (*READING, *WRITING, "GetObjectUploads", "PutObjectUploads")),
        *(("glossary-recheck", sid) for sid in (*READING, *WRITING, "SendMessageRecheck", "SendMessageRecheckDead")),
        *(("glossary-recheck", f"{action}Recheck") for action in TAKING),
        *(("content-translations", sid) for sid in (*TRANSLATIONS, "PutItemEditorial")),
    }
    assert tried == set(GRANTS)


# And nothing besides

READ = "GetItem", "BatchGetItem", "Query", "Scan"
WRITE = "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"


def table_call(client: Any, action: str, spec: TableSpec, name: str) -> bool:
    """One call that changes nothing even where it is allowed."""
    key = {spec.partition: {"S": "nobody"}, **({spec.sort: {"S": "none"}} if spec.sort else {})}
    never = {"ConditionExpression": "attribute_exists(never)"}
    calls = {
        "GetItem": lambda: client.get_item(TableName=name, Key=key),
        "BatchGetItem": lambda: client.batch_get_item(RequestItems={name: {"Keys": [key]}}),
        "Query": lambda: client.query(
            TableName=name,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": spec.partition},
            ExpressionAttributeValues={":key": {"S": "nobody"}},
        ),
        "Scan": lambda: client.scan(TableName=name, Limit=1),
        "PutItem": lambda: client.put_item(TableName=name, Item=key, **never),
        "UpdateItem": lambda: client.update_item(
            TableName=name,
            Key=key,
            UpdateExpression="SET x = :x",
            ExpressionAttributeValues={":x": {"S": "x"}},
            **never,
        ),
        "DeleteItem": lambda: client.delete_item(TableName=name, Key=key, **never),
        "BatchWriteItem": lambda: client.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": key}}]}),
    }
    return not denied(calls[action])


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_a_role_reaches_the_tables_it_was_granted_and_no_other_way(function_id: str, deployed: Deployed) -> None:
    client = deployed.as_role(function_id, "dynamodb")
    allowed = {
        (action, table)
        for table, spec in TABLES.items()
        for action in (*READ, *WRITE)
        if table_call(client, action, spec, deployed.name(table))
    }
    granted = {
        (grant.action.partition(":")[2], grant.target)
        for grant in FUNCTIONS[function_id].grants
        if grant.kind == "table"
    }
    assert allowed == granted


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_a_role_reads_the_secrets_it_was_granted_and_no_other(function_id: str, deployed: Deployed) -> None:
    client = deployed.as_role(function_id, "secretsmanager")
    names = {
        entry["Name"].split("-")[2].removesuffix("Secret").lower(): entry["ARN"]
        for entry in deployed.client("secretsmanager").list_secrets()["SecretList"]
    }
    assert set(names) == set(SECRETS)
    allowed = {name for name, arn in names.items() if not denied(client.get_secret_value, SecretId=arn)}
    assert allowed == {grant.target for grant in FUNCTIONS[function_id].grants if grant.kind == "secret"}
    assert all(denied(client.put_secret_value, SecretId=arn, SecretString="{}") for arn in names.values())


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_no_role_takes_leads_off_the_queue(function_id: str, deployed: Deployed) -> None:
    client = deployed.as_role(function_id, "sqs")
    url = deployed.queue("captured")
    assert denied(client.receive_message, QueueUrl=url)
    assert denied(client.purge_queue, QueueUrl=url)
    assert denied(client.send_message, QueueUrl=url, MessageBody="{}") is (function_id != "leads-outbox")
    deployed.sqs.purge_queue(QueueUrl=url)
