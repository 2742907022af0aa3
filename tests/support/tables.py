"""Tables, secrets and queues as the committed template says, made on whatever boto3 points at."""

import json
import os
import secrets
from pathlib import Path

import boto3

TEMPLATE = Path(__file__).parents[2] / "infra" / "template.json"
TABLE_PROPERTIES = (
    "TableName",
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
)


def create() -> dict[str, str]:
    """Make them all; returns (and sets) the functions' environment."""
    environment = {}
    for logical_id, resource in json.loads(TEMPLATE.read_text())["Resources"].items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::DynamoDB::Table":
                wanted = {name: properties[name] for name in TABLE_PROPERTIES if name in properties}
                wanted["TableName"] = logical_id
                boto3.client("dynamodb").create_table(**wanted)
                environment[logical_id.removesuffix("Table").upper() + "_TABLE"] = logical_id
            case "AWS::SecretsManager::Secret":
                value = json.dumps({"current": "1", "1": secrets.token_urlsafe(48)})
                boto3.client("secretsmanager").create_secret(Name=logical_id, SecretString=value)
                environment[logical_id.removesuffix("Secret").upper() + "_SECRET"] = logical_id
            case "AWS::SQS::Queue" if logical_id == "CapturedQueue":
                url = boto3.client("sqs").create_queue(QueueName=logical_id)["QueueUrl"]
                environment["CAPTURED_QUEUE_URL"] = url
    os.environ.update(environment)
    return environment
