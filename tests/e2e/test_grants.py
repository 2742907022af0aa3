"""Every grant is needed, and nothing is granted besides.

Taking any one grant away makes the test of its name fail to complete its piece of the path. The emulator judges what
functions call; what Lambda does on their behalf (reading streams, setting failures aside, writing logs) is asked of
IAM's simulator or called with the role's own credentials. It judges neither the use of encryption keys nor the policy
of the table of events: tests/infra holds those statements.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from infra.data import SECRETS, TABLES, TableSpec
from infra.functions import FUNCTIONS

from e2e.emulator import ACCOUNT, GRANTS, REGION, Deployed
from e2e.test_path import fetch, later, opt_in, origin
from support.serving import submission

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


# What Lambda does in a function's name

STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
LOGS = ("CreateLogStream", "PutLogEvents")


def stream_calls(deployed: Deployed, function_id: str, table: str) -> set[str]:
    """What the role may do with the stream of ``table``."""
    arn = deployed.dynamodb.describe_table(TableName=deployed.name(table))["Table"]["LatestStreamArn"]
    return {action for action in STREAM if deployed.allowed(function_id, f"dynamodb:{action}", arn)}


@pytest.mark.parametrize(("function_id", "table"), [("leads-outbox", "leads"), ("consent-watch", "consents")])
@pytest.mark.parametrize("action", STREAM)
def test_reading_a_stream_needs(action: str, function_id: str, table: str, deployed: Deployed) -> None:
    assert stream_calls(deployed, function_id, table) == set(STREAM)
    with deployed.without(function_id, action + table.capitalize()):
        assert stream_calls(deployed, function_id, table) == set(STREAM) - {action}


@pytest.mark.parametrize("function_id", FUNCTIONS)
def test_a_role_reads_no_stream_but_its_own(function_id: str, deployed: Deployed) -> None:
    own = {"leads-outbox": {"leads"}, "consent-watch": {"consents"}}.get(function_id, set())
    assert {table for table in ("leads", "consents") if stream_calls(deployed, function_id, table)} == own


@pytest.mark.parametrize(
    ("function_id", "queue", "sid"),
    [
        ("leads-outbox", "outbox-failure", "SendMessageOutboxFailure"),
        ("consent-watch", "watch-failure", "SendMessageWatchFailure"),
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
