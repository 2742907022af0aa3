"""A transaction on the wire, beside what botocore alone would send for it."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from hypothesis import given
from hypothesis import strategies as st

from consentry.base import aws

PLAIN = st.recursive(
    st.text() | st.binary() | st.booleans() | st.none() | st.integers(-(10**30), 10**30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class _Answer:
    def stream(self, **_: Any) -> Any:
        yield b"{}"


def sent(client: Any, **transaction: Any) -> dict[str, Any]:
    """The body a client sends, and that it is signed."""
    bodies = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        assert "Signature=" in request.headers["Authorization"].decode()
        assert request.headers["X-Amz-Target"] == b"DynamoDB_20120810.TransactWriteItems"
        bodies.append(json.loads(request.body))
        return AWSResponse(request.url, 200, HTTPHeaders(), _Answer())

    client.meta.events.register("before-send.dynamodb", answer)
    try:
        client.transact_write_items(**transaction)
    finally:
        client.meta.events.unregister("before-send.dynamodb", answer)
    body: dict[str, Any] = bodies[0]
    return body


@pytest.fixture(scope="module")
def clients() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "DEFAULT_REGION": "eu-central-1"}.items():
            patch.setenv(f"AWS_{name}", value)
        aws._session.cache_clear()
        aws.dynamodb.cache_clear()
        yield aws.dynamodb(), botocore.session.get_session().create_client("dynamodb")
        aws._session.cache_clear()
        aws.dynamodb.cache_clear()


@given(values=st.dictionaries(st.text(min_size=1), PLAIN, min_size=1, max_size=4))
def test_a_transaction_is_sent_as_botocore_would_send_it(clients: Any, values: dict[str, Any]) -> None:
    put = {"Put": {"TableName": "t", "Item": aws.item(values), "ConditionExpression": "attribute_not_exists(k)"}}
    bodies = [sent(client, TransactItems=[put], ClientRequestToken="once") for client in clients]
    assert bodies[0] == bodies[1]
    assert bodies[0]["TransactItems"]


def test_what_has_no_place_in_an_item_is_refused_before_it_is_sent(clients: Any) -> None:
    with pytest.raises(TypeError):
        sent(clients[0], TransactItems=[{"Put": {"TableName": "t", "Item": {"k": {"S": {1, 2}}}}}])
