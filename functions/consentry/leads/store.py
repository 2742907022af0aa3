"""The outbox in DynamoDB and SQS."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from consentry.base.aws import values
from consentry.leads.lead import pending_shards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


class Outbox:
    """Leads with messages that still have to leave."""

    def __init__(self, dynamodb: "DynamoDBClient", sqs: "SQSClient", table: str, queue_url: str) -> None:
        self._dynamodb = dynamodb
        self._sqs = sqs
        self._table = table
        self._queue_url = queue_url

    def drain(self, lead_id: str) -> int:
        """Send a lead's messages in order, then clear what was sent. Returns how many were sent.

        Nothing is cleared unless everything was sent; a message that arrived meanwhile stays (its own doorbell
        rings). At least once.

        Raises:
            botocore.exceptions.ClientError: sending or clearing failed; the caller's retry repeats it.
        """
        found = self._dynamodb.get_item(
            TableName=self._table,
            Key={"lead_id": {"S": lead_id}},
            ConsistentRead=True,
            ProjectionExpression="outbox, #sequence",
            ExpressionAttributeNames={"#sequence": "sequence"},
        ).get("Item")
        outbox = values(found).get("outbox", []) if found else []
        if not found or not outbox:
            return 0
        for message in outbox:
            self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=message)
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"lead_id": {"S": lead_id}},
                UpdateExpression="REMOVE outbox, pending, pending_since",
                ConditionExpression="#sequence = :seen",
                ExpressionAttributeNames={"#sequence": "sequence"},
                ExpressionAttributeValues={":seen": found["sequence"]},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
        return len(outbox)

    def pending(self) -> "Iterator[tuple[str, float]]":
        """Lead ids with an outbox, oldest first per shard, and since when (seconds since the epoch)."""
        pages = self._dynamodb.get_paginator("query")
        for shard in pending_shards():
            for page in pages.paginate(
                TableName=self._table,
                IndexName="pending",
                KeyConditionExpression="pending = :shard",
                ExpressionAttributeValues={":shard": {"S": shard}},
            ):
                for found in page["Items"]:
                    yield found["lead_id"]["S"], int(found["pending_since"]["S"]) / 1000
