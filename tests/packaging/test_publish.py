"""Projections in the bucket: the very bytes, immutable, and no sample content in production."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from infra.environment import load
from infra.publish import PublishError, bucket_of, fresh, projections, publish


class Bucket:
    """S3, as far as it is used."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}

    def head_object(self, *, Bucket: str, Key: str) -> Mapping[str, Any]:  # noqa: N803
        assert Bucket == "projections"
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "404"}}, "HeadObject")
        return self.objects[Key]

    def put_object(self, **request: Any) -> object:
        self.objects[request["Key"]] = request
        return {}


@pytest.fixture
def definitions(release: Path) -> Path:
    return release / "definitions"


def test_every_document_is_published_under_its_own_path_with_its_own_bytes(definitions: Path) -> None:
    bucket, dev = Bucket(), load("dev")
    written = publish(bucket, "projections", dev, definitions)
    index = json.loads((definitions / "index.json").read_bytes())
    assert written == len(bucket.objects) == len(index["documents"]) > 0
    for name, digest in index["documents"].items():
        release, form, market, locale, dialect = name.split("/")
        item = bucket.objects[f"v1/forms/{form}/projections/{release}/{market}/{locale}/{dialect}.json"]
        assert "sha256-" + hashlib.sha256(item["Body"]).hexdigest() == digest == item["Metadata"]["digest"]
        assert (item["ContentType"], item["ContentLanguage"]) == ("application/json", locale)
        assert item["CacheControl"] == "public, max-age=31536000, immutable"
        assert "ContentEncoding" not in item


def test_publishing_again_writes_nothing(definitions: Path) -> None:
    bucket = Bucket()
    publish(bucket, "projections", load("dev"), definitions)
    assert publish(bucket, "projections", load("dev"), definitions) == 0


def test_an_object_that_differs_is_never_overwritten(definitions: Path) -> None:
    bucket = Bucket()
    first = next(projections(definitions))
    bucket.objects[first.key] = {"Metadata": {"digest": "sha256-other"}}
    with pytest.raises(PublishError, match="sha256-other"):
        publish(bucket, "projections", load("dev"), definitions)
    assert bucket.objects == {first.key: {"Metadata": {"digest": "sha256-other"}}}


def test_sample_content_stays_out_of_production(definitions: Path) -> None:
    bucket = Bucket()
    with pytest.raises(PublishError, match="sample content stays out of production: hcp-information-request/CA"):
        publish(bucket, "projections", load("prod"), definitions)
    assert bucket.objects == {}


def test_another_error_than_absence_is_not_taken_for_absence(definitions: Path) -> None:
    class Forbidden(Bucket):
        def head_object(self, *, Bucket: str, Key: str) -> Mapping[str, Any]:  # noqa: ARG002, N803
            raise ClientError({"Error": {"Code": "403"}}, "HeadObject")

    with pytest.raises(ClientError):
        publish(Forbidden(), "projections", load("dev"), definitions)


def test_what_was_packaged_long_ago_is_packaged_again(release: Path, tmp_path: Path) -> None:
    now = (release / "manifest.json").stat().st_mtime
    fresh(release, now + 3600)
    with pytest.raises(PublishError, match="packaged 13 hours ago"):
        fresh(release, now + 13 * 3600)
    with pytest.raises(PublishError, match="run `make package ENV=prod` first"):
        fresh(tmp_path / "prod", now)


def test_the_bucket_is_the_stack_s_own() -> None:
    class CloudFormation:
        outputs: list[dict[str, str]] = [{"OutputKey": "ProjectionsBucket", "OutputValue": "projections"}]  # noqa: RUF012

        def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803
            assert StackName == "consentry-prod"
            return {"Stacks": [{"Outputs": self.outputs}]}

    stack = CloudFormation()
    assert bucket_of(stack, load("prod")) == "projections"
    stack.outputs = []
    assert bucket_of(stack, load("prod")) is None
