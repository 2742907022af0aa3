"""Tables, queues, buckets and secrets as the committed template says, made on whatever boto3 points at."""

import json
import os
from pathlib import Path

import boto3

from consentry.local import resources, template

TEMPLATE = Path(__file__).parents[2] / "infra" / "template.json"


def create() -> dict[str, str]:
    """Make them all; returns (and sets) the functions' environment."""
    made = json.loads(TEMPLATE.read_text())
    for resource in made["Resources"].values():
        # Nobody reads a stream here, and moto copies all that ever went through one with every transaction.
        resource.get("Properties", {}).pop("StreamSpecification", None)
    stack = template.parse(made)
    clients = (
        boto3.client("dynamodb"),
        boto3.client("sqs"),
        boto3.client("secretsmanager"),
        boto3.client("s3"),
    )
    environment = resources.create(stack, *clients)
    os.environ.update(environment)
    return environment
