"""Tables, queues, buckets and secrets made from the template, once."""

import json
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from consentry.base.secrets import parse as parse_secret
from consentry.local.resources import create
from consentry.local.template import Stack, parse
from support.aws import mock_aws

TEMPLATE = Path(__file__).parents[2] / "infra" / "template.json"
REGION = "us-east-1"


@pytest.fixture
def stack() -> Stack:
    return parse(json.loads(TEMPLATE.read_text("utf-8")))


def test_everything_is_made_once_and_found_again(stack: Stack) -> None:
    with mock_aws():
        dynamodb, sqs = boto3.client("dynamodb", REGION), boto3.client("sqs", REGION)
        secretsmanager, s3 = boto3.client("secretsmanager", REGION), boto3.client("s3", REGION)
        environment = create(stack, dynamodb, sqs, secretsmanager, s3)
        assert set(environment) == set(stack.environment)
        assert environment["LEADS_TABLE"] == "consentry-local-leads"
        described = dynamodb.describe_table(TableName=environment["CONSENTS_TABLE"])["Table"]
        assert described["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        assert described["LocalSecondaryIndexes"][0]["IndexName"] == "by-occurrence"
        ttl = dynamodb.describe_time_to_live(TableName=environment["REQUESTS_TABLE"])["TimeToLiveDescription"]
        assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
        asked = sqs.get_queue_attributes(QueueUrl=environment["CAPTURED_QUEUE_URL"], AttributeNames=["All"])
        redrive = json.loads(asked["Attributes"]["RedrivePolicy"])
        assert redrive["deadLetterTargetArn"].endswith(":consentry-local-captured-dead")
        assert redrive["maxReceiveCount"] == 5
        secret = secretsmanager.get_secret_value(SecretId=environment["TOKEN_SECRET"])["SecretString"]
        assert parse_secret(secret).current == "1"
        assert len(json.loads(secret)["1"]) == 64
        other = secretsmanager.get_secret_value(SecretId=environment["KEK_SECRET"])["SecretString"]
        assert other != secret
        # Again: nothing is replaced.
        assert create(stack, dynamodb, sqs, secretsmanager, s3) == environment
        assert secretsmanager.get_secret_value(SecretId=environment["TOKEN_SECRET"])["SecretString"] == secret


def test_a_reference_to_something_else_is_an_error(stack: Stack) -> None:
    changed = replace(stack, environment={"TOPIC": "SomeTopic"})
    with mock_aws():
        clients = (
            boto3.client("dynamodb", REGION), boto3.client("sqs", REGION), boto3.client("secretsmanager", REGION),
            boto3.client("s3", REGION),
        )  # fmt: skip
        with pytest.raises(ValueError, match="SomeTopic"):
            create(changed, *clients)


def test_only_a_bucket_that_a_function_knows_is_made(stack: Stack) -> None:
    """The bucket of projections is CloudFront's alone, and there is none here."""
    known = replace(stack, buckets={"Uploads": "consentry-local-uploads"}, environment={"UPLOADS_BUCKET": "Uploads"})
    with mock_aws():
        s3 = boto3.client("s3", REGION)
        clients = (
            boto3.client("dynamodb", REGION), boto3.client("sqs", REGION), boto3.client("secretsmanager", REGION), s3,
        )  # fmt: skip
        before = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        for _ in range(2):
            assert create(known, *clients) == {"UPLOADS_BUCKET": "consentry-local-uploads"}
        made = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]} - before
        assert made == {"consentry-local-uploads"}
        s3.delete_bucket(Bucket="consentry-local-uploads")
