"""An AWS on loopback with IAM enforced, and the stack deployed onto it by the CDK command line."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from infra.functions import FUNCTIONS

from consentry.base.ids import random_ref
from consentry.leads.api import pending_shard
from support.serving import ROOT, Answer

ACCOUNT = "000000000000"
REGION = "us-east-1"
STACK = "consentry-e2e"
ORIGIN = "https://demo-de.example.com"
HELP = "the CDK command is missing: run `npm ci` in infra/ (Node from PATH)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def emulator(folder: Path) -> Iterator[str]:
    """Start it; its address; stop it."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "GATEWAY_PORT": str(port),
        **credentials(),
    }
    log = (folder / "emulator.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "ministack"], stdout=log, stderr=log, env=environment, cwd=folder, start_new_session=True
    )
    try:
        yield ready(f"http://127.0.0.1:{port}", process, folder / "emulator.log")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)  # with the functions it has started
        process.wait(20)
        log.close()


def ready(address: str, process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{address}/_ministack/health", timeout=2).close()
            return address
        time.sleep(0.1)
    raise AssertionError(f"the emulator did not start:\n{log.read_text()}")


def credentials() -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def deploy(address: str, packages: Path, folder: Path, issuer: str) -> dict[str, str]:
    """``cdk bootstrap`` and ``cdk deploy`` of the environment e2e, staff signed in by ``issuer``; its outputs."""
    cdk = ROOT / "infra" / "node_modules" / ".bin" / "cdk"
    assert cdk.exists(), HELP
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **credentials(),
        "AWS_ENDPOINT_URL": address,
        "CDK_VALIDATION": "false",
        "CI": "true",
        "PATH": _path(),
    }

    def run(cwd: Path, *arguments: str) -> None:
        command = [str(cdk), *arguments, "--no-notices", "--output", str(folder / "cdk.out")]
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]

    # A stale assembly makes a deployment fail; this one is always new.
    shutil.rmtree(folder / "cdk.out", ignore_errors=True)
    run(folder, "bootstrap", f"aws://{ACCOUNT}/{REGION}")
    python = f"PYTHONPATH={ROOT} {sys.executable} -m infra.app"
    run(
        *(ROOT / "infra", "deploy", "--app", python, "-c", "environment=e2e", "-c", f"packages={packages}"),
        *("-c", f"issuer={issuer}"),
        *("--require-approval", "never", "--outputs-file", str(folder / "outputs.json")),
    )
    outputs: dict[str, str] = json.loads((folder / "outputs.json").read_text())[STACK]
    return outputs


def _path() -> str:
    """Node may be in the development environment."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


class Deployed:
    """The deployed stack, seen by a visitor, by its operator, and by each of its roles."""

    def __init__(self, address: str, api: str) -> None:
        self._address = address
        self._api = api
        self.port = int(address.rpartition(":")[2])
        self.iam = self.client("iam")
        self.dynamodb = self.client("dynamodb")
        self.functions = self.client("lambda")
        self.sqs = self.client("sqs")
        self._taken: list[dict[str, Any]] = []

    def client(self, service: str, **keys: str) -> Any:
        """A client of the account's root, or with the keys of somebody else."""
        given = keys or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
        made: Any = boto3.client  # its overloads want a literal
        return made(service, endpoint_url=self._address, region_name=REGION, config=config, **given)

    # As a visitor

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": f"{self._api}.execute-api.localhost", **named})
        response = connection.getresponse()
        answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        connection.close()
        return answer

    def post(self, path: str, value: Any, **headers: str) -> Answer:
        given = {"Content_Type": "application/json", "Idempotency_Key": uuid.uuid4().hex}
        return self.send("POST", path, json.dumps(value).encode(), **(given | headers))

    @staticmethod
    def put(address: str, body: bytes, headers: dict[str, str]) -> int:
        """A file to a signed address; the status."""
        request = urllib.request.Request(address, body, headers, method="PUT")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    # As the operator

    def name(self, thing: str) -> str:
        """The physical name of a function, table or queue."""
        return f"{STACK}-{thing}"

    def queue(self, name: str) -> str:
        url: str = self.sqs.get_queue_url(QueueName=self.name(name))["QueueUrl"]
        return url

    def captured(self, lead_id: str, count: int, seconds: float = 15) -> list[dict[str, Any]]:
        """A lead's messages, once there are ``count`` distinct ones, else whatever came in time.

        At least once on the wire, exactly once by the message's id, as every consumer has it.
        """
        until = time.monotonic() + seconds
        while True:
            found = {event["id"]: event for event in self._taken if event["id"].startswith(lead_id)}
            if len(found) >= count or time.monotonic() > until:
                return [found[name] for name in sorted(found)]
            self._receive()

    def _receive(self) -> None:
        url = self.queue("captured")
        got = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
        for message in got:
            self._taken.append(json.loads(message["Body"]))
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def items(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in self.dynamodb.get_paginator("scan").paginate(TableName=self.name(table), ConsistentRead=True):
            found += page["Items"]
        return found

    def invoke(self, function_id: str, event: dict[str, Any]) -> tuple[str | None, Any]:
        """Call a worker as its trigger would; (error, answer)."""
        done = self.functions.invoke(FunctionName=self.name(function_id), Payload=json.dumps(event).encode())
        return done.get("FunctionError"), json.loads(done["Payload"].read() or b"null")

    def log(self, function_id: str) -> str:
        """Everything a function has logged."""
        lines = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{self.name(function_id)}")["events"]
        return "\n".join(line["message"] for line in lines)

    def cold(self, function_id: str) -> None:
        """Let the alias point to a version that has not run yet: nothing is in its memory."""
        name = self.name(function_id)
        self.functions.update_function_configuration(FunctionName=name, Description=f"cold {uuid.uuid4()}")
        version = self.functions.publish_version(FunctionName=name)["Version"]
        self.functions.update_alias(FunctionName=name, Name="live", FunctionVersion=version)

    @contextlib.contextmanager
    def doorbell_off(self, function_id: str = "leads-outbox") -> Iterator[None]:
        """A worker's stream or queue disconnected, so that it does only what a test calls it for."""
        name = self.name(function_id)
        (mapping,) = self.functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        self.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        try:
            yield
        finally:
            self.functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)

    # As a role

    def role(self, function_id: str) -> str:
        arn: str = self.functions.get_function(FunctionName=self.name(function_id))["Configuration"]["Role"]
        return arn.rpartition("/")[2]

    def policy(self, function_id: str) -> dict[str, Any]:
        """What the role is granted, as deployed."""
        role = self.role(function_id)
        document: dict[str, Any] = self.iam.get_role_policy(RoleName=role, PolicyName="grants")["PolicyDocument"]
        return document

    @contextlib.contextmanager
    def without(self, function_id: str, sid: str) -> Iterator[None]:
        """The role less one statement, for a while."""
        document = self.policy(function_id)
        rest = [statement for statement in document["Statement"] if statement["Sid"] != sid]
        assert len(rest) == len(document["Statement"]) - 1, sid
        self._put(function_id, {**document, "Statement": rest})
        try:
            yield
        finally:
            self._put(function_id, document)

    def _put(self, function_id: str, document: dict[str, Any]) -> None:
        if not document["Statement"]:
            self.iam.delete_role_policy(RoleName=self.role(function_id), PolicyName="grants")
            return
        self.iam.put_role_policy(
            RoleName=self.role(function_id), PolicyName="grants", PolicyDocument=json.dumps(document)
        )

    def as_role(self, function_id: str, service: str) -> Any:
        """A client with the role's own credentials."""
        arn = f"arn:aws:iam::{ACCOUNT}:role/{self.role(function_id)}"
        keys = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests")["Credentials"]
        return self.client(
            service,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def allowed(self, function_id: str, action: str, resource: str) -> bool:
        """What IAM's simulator says of the role: for what Lambda does in a function's name, out of a test's reach."""
        answer = self.iam.simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/{self.role(function_id)}",
            ActionNames=[action],
            ResourceArns=[resource],
        )
        (result,) = answer["EvaluationResults"]
        return bool(result["EvalDecision"] == "allowed")

    # A lead that waits

    def waiting_lead(self) -> str:
        """A lead whose outbox has waited long, written past the API; its id."""
        lead_id = random_ref()
        message = json.dumps({"id": f"{lead_id}-1"})
        self.dynamodb.put_item(
            TableName=self.name("leads"),
            Item={
                "lead_id": {"S": lead_id},
                "sequence": {"N": "1"},
                "outbox": {"L": [{"S": message}]},
                "pending": {"S": pending_shard(lead_id)},
                "pending_since": {"S": str(int((time.time() - 3600) * 1000))},
            },
        )
        return lead_id

    def settled(self, lead_id: str, seconds: float = 15) -> dict[str, Any]:
        """The lead's item once nothing of it is pending: its outbox is cleared after its messages were sent."""
        until = time.monotonic() + seconds
        while True:
            found = self.dynamodb.get_item(
                TableName=self.name("leads"), Key={"lead_id": {"S": lead_id}}, ConsistentRead=True
            )
            item: dict[str, Any] = found["Item"]
            if not {"outbox", "pending"} & item.keys():
                return item
            assert time.monotonic() < until, "the lead is still pending"
            time.sleep(0.1)

    def drained(self, lead_id: str) -> bool:
        """Whether the lead's message is on the queue and its outbox empty."""
        item = self.dynamodb.get_item(TableName=self.name("leads"), Key={"lead_id": {"S": lead_id}})["Item"]
        return "outbox" not in item and bool(self.captured(lead_id, 1))


GRANTS = [(function_id, grant.sid) for function_id, spec in FUNCTIONS.items() for grant in spec.grants]
