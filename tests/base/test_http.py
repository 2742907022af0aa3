"""API Gateway events in and out."""

import base64
from typing import Any

import pytest

from consentry.base.http import MAX_BODY_BYTES, body_bytes, json_body
from consentry.base.problems import Problem


def event(body: str, *, encoded: bool = False, content_type: str = "application/json") -> dict[str, Any]:
    return {"headers": {"content-type": content_type}, "body": body, "isBase64Encoded": encoded}


def refusal(value: dict[str, Any]) -> str:
    with pytest.raises(Problem) as caught:
        json_body(value)
    return caught.value.code


def test_a_base64_body_is_the_same_body() -> None:
    plain = '{"name":"Ärztin"}'
    assert json_body(event(base64.b64encode(plain.encode()).decode(), encoded=True)) == json_body(event(plain))


def test_the_size_limit_counts_bytes_of_the_decoded_body() -> None:
    largest = '"' + "x" * (MAX_BODY_BYTES - 2) + '"'
    assert len(body_bytes(event(largest))) == MAX_BODY_BYTES
    assert len(body_bytes(event(base64.b64encode(largest.encode()).decode(), encoded=True))) == MAX_BODY_BYTES
    assert refusal(event('"' + "ü" * (MAX_BODY_BYTES // 2) + '"')) == "body-too-large"
    assert refusal(event(base64.b64encode(b"x" * (MAX_BODY_BYTES + 1)).decode(), encoded=True)) == "body-too-large"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"])
def test_only_json_is_read(content_type: str) -> None:
    assert refusal(event("{}", content_type=content_type)) == "unsupported-media-type"


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8", "application/ld+json"])
def test_json_by_any_of_its_names(content_type: str) -> None:
    assert json_body(event("{}", content_type=content_type)) == {}


def test_broken_base64_and_broken_surrogates_are_refused() -> None:
    assert refusal(event("%%%", encoded=True)) == "malformed-json"
    assert refusal(event('"\ud800"')) == "bad-encoding"
