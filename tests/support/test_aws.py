"""A refused transaction leaves every item as it was, though only what it concerns has been copied."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from support import aws

NAMES = {"one": ("id",), "two": ("id", "sort")}


def key(name: str, *values: str) -> dict[str, Any]:
    return {attribute: {"S": value} for attribute, value in zip(NAMES[name], values, strict=True)}


@pytest.fixture
def client() -> Iterator[Any]:
    """Two tables with two items each."""
    with aws.mock_aws():
        made: Any = boto3.client("dynamodb", "eu-central-1", aws_access_key_id="t", aws_secret_access_key="t")
        for name, attributes in NAMES.items():
            made.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
                KeySchema=[
                    {"AttributeName": each, "KeyType": kind}
                    for each, kind in zip(attributes, ("HASH", "RANGE"), strict=False)
                ],
            )
        for number in "12":
            made.put_item(TableName="one", Item={**key("one", number), "map": {"M": {"n": {"N": number}}}})
            made.put_item(TableName="two", Item={**key("two", "x", number), "list": {"L": [{"S": number}]}})
        yield made
        for name in NAMES:
            made.delete_table(TableName=name)


def rows(client: Any) -> dict[str, list[dict[str, Any]]]:
    return {name: client.scan(TableName=name)["Items"] for name in NAMES}


def transaction(last: dict[str, Any]) -> list[dict[str, Any]]:
    """One write of each kind, then ``last``."""
    at = {"ExpressionAttributeNames": {"#m": "map", "#l": "list"}, "ExpressionAttributeValues": {":v": {"N": "9"}}}
    change = {"UpdateExpression": "SET #m.n = :v", **at, "ExpressionAttributeNames": {"#m": "map"}}
    append = {"UpdateExpression": "SET #l[0] = :v", **at, "ExpressionAttributeNames": {"#l": "list"}}
    return [
        {"Update": {"TableName": "one", "Key": key("one", "1"), **change}},
        {"Delete": {"TableName": "one", "Key": key("one", "2")}},
        {"Put": {"TableName": "one", "Item": key("one", "3")}},
        {"Update": {"TableName": "two", "Key": key("two", "x", "1"), **append}},
        {"Put": {"TableName": "two", "Item": key("two", "y", "1")}},
        last,
    ]


def test_a_refused_transaction_changes_nothing(client: Any) -> None:
    before = rows(client)
    check = {"TableName": "two", "Key": key("two", "x", "2"), "ConditionExpression": "attribute_not_exists(id)"}
    with pytest.raises(ClientError, match="TransactionCanceled"):
        client.transact_write_items(TransactItems=transaction({"ConditionCheck": check}))
    assert rows(client) == before


def test_a_transaction_changes_what_it_says(client: Any) -> None:
    check = {"TableName": "two", "Key": key("two", "x", "2"), "ConditionExpression": "attribute_exists(id)"}
    client.transact_write_items(TransactItems=transaction({"ConditionCheck": check}))
    assert rows(client) == {
        "one": [{**key("one", "1"), "map": {"M": {"n": {"N": "9"}}}}, key("one", "3")],
        "two": [
            {**key("two", "x", "1"), "list": {"L": [{"N": "9"}]}},
            {**key("two", "x", "2"), "list": {"L": [{"S": "2"}]}},
            key("two", "y", "1"),
        ],
    }


def test_emptied_tables_are_empty(client: Any) -> None:
    aws.empty("two")
    after = rows(client)
    assert (len(after["one"]), after["two"]) == (2, [])
