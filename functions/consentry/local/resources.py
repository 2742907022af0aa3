"""Makes the template's tables, queues, buckets and secrets on an AWS endpoint, and says how the functions find them."""

import json
import secrets
import string
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from consentry.local.template import Queue, Secret, Stack, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

_ALPHABET = string.ascii_letters + string.digits


def create(
    stack: Stack,
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    secretsmanager: "SecretsManagerClient",
    s3: "S3Client",
) -> dict[str, str]:
    """Create what is not there yet; the functions' environment variables with their values here.

    Raises:
        botocore.exceptions.ClientError: the endpoint refuses something other than a name that exists.
        ValueError: a function refers to something that is neither table, queue, bucket nor secret.
    """
    physical: dict[str, str] = {}
    for name, table in stack.tables.items():
        physical[name] = _table(dynamodb, table)
    # A queue's dead-letter queue has to be there first.
    for name, queue in sorted(stack.queues.items(), key=lambda entry: entry[1].dead is not None):
        physical[name] = _queue(sqs, queue, physical)
    for name, bucket in stack.buckets.items():
        physical[name] = _bucket(s3, bucket)
    for name, secret in stack.secrets.items():
        physical[name] = _secret(secretsmanager, secret)
    unknown = {variable: name for variable, name in stack.environment.items() if name not in physical}
    if unknown:
        raise ValueError(f"the functions' environment refers to what this stack does not have: {unknown}")
    return {variable: physical[name] for variable, name in stack.environment.items()}


def _exists(error: ClientError, *codes: str) -> bool:
    return error.response["Error"]["Code"] in codes


def _table(dynamodb: "DynamoDBClient", table: Table) -> str:
    arguments: dict[str, Any] = dict(table.arguments)
    try:
        dynamodb.create_table(**arguments)
    except ClientError as error:
        if not _exists(error, "ResourceInUseException"):
            raise
        return table.name
    dynamodb.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    if table.ttl:
        dynamodb.update_time_to_live(
            TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl}
        )
    return table.name


def _queue(sqs: "SQSClient", queue: Queue, physical: dict[str, str]) -> str:
    attributes: dict[Any, str] = dict(queue.attributes)
    if queue.dead:
        found = sqs.get_queue_attributes(QueueUrl=physical[queue.dead], AttributeNames=["QueueArn"])
        policy = {"deadLetterTargetArn": found["Attributes"]["QueueArn"], "maxReceiveCount": queue.receives}
        attributes["RedrivePolicy"] = json.dumps(policy)
    try:
        return sqs.create_queue(QueueName=queue.name, Attributes=attributes)["QueueUrl"]
    except ClientError as error:
        if not _exists(error, "QueueAlreadyExists", "QueueNameExists"):
            raise
        return sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]


def _bucket(s3: "S3Client", name: str) -> str:
    region: Any = s3.meta.region_name
    # The region that S3 began in is the one that must not be named.
    place: Any = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=name, **place)
    except ClientError as error:
        if not _exists(error, "BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise
    return name


def _secret(secretsmanager: "SecretsManagerClient", secret: Secret) -> str:
    generated = "".join(secrets.choice(_ALPHABET) for _ in range(secret.length))
    value = json.dumps({**secret.members, secret.generated: generated})
    try:
        return secretsmanager.create_secret(Name=secret.name, SecretString=value)["ARN"]
    except ClientError as error:
        if not _exists(error, "ResourceExistsException"):
            raise
        return secretsmanager.describe_secret(SecretId=secret.name)["ARN"]
