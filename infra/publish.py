"""Puts the release's projections into the bucket behind CloudFront: ``python -m infra.publish prod BUCKET``.

Run it before deploying the release, so that no pointer names a document that is not there yet; if one does, CloudFront
asks the API. Objects are written once: their path holds the release, and an object that differs is an error.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import boto3
from botocore.exceptions import ClientError

from infra.environment import Environment, load
from infra.packaging import CONTENT

IMMUTABLE = "public, max-age=31536000, immutable"
PREFIX = "v1/forms/"


class PublishError(Exception):
    """Nothing (more) was published; the message says why."""


class Bucket(Protocol):
    """What is used of an S3 client."""

    def head_object(self, *, Bucket: str, Key: str) -> Mapping[str, Any]: ...  # noqa: D102, N803

    def put_object(self, **request: Any) -> object: ...  # noqa: D102


class Projection(NamedTuple):
    """One document as it is served."""

    key: str
    digest: str
    locale: str
    file: Path


def projections(definitions: Path) -> Iterator[Projection]:
    """Every document the compiled release serves, of the current release and the one before it."""
    index = json.loads((definitions / "index.json").read_bytes())
    for name, digest in sorted(index["documents"].items()):
        release, form, market, locale, dialect = name.split("/")
        yield Projection(
            key=f"{PREFIX}{form}/projections/{release}/{market}/{locale}/{dialect}.json",
            digest=digest,
            locale=locale,
            file=definitions / "documents" / release / form / market / locale / f"{dialect}.json",
        )


def samples(definitions: Path) -> list[str]:
    """``form/market`` of everything compiled from sample texts."""
    forms = json.loads((definitions / "index.json").read_bytes())["forms"]
    return [
        f"{form}/{market}"
        for form, entry in sorted(forms.items())
        for market, hosted in sorted(entry["markets"].items())
        if hosted.get("sample")
    ]


def publish(client: Bucket, bucket: str, environment: Environment, definitions: Path) -> int:
    """Write what is missing; how many documents that was.

    Raises:
        PublishError: sample content for production, or an object there that is not what this release has.
    """
    if environment.production and (found := samples(definitions)):
        raise PublishError(f"sample content stays out of production: {', '.join(found)}")
    written = 0
    for projection in projections(definitions):
        there = _digest_of(client, bucket, projection.key)
        if there == projection.digest:
            continue
        if there is not None:
            raise PublishError(f"s3://{bucket}/{projection.key} is {there}, this release has {projection.digest}")
        client.put_object(
            Bucket=bucket,
            Key=projection.key,
            Body=projection.file.read_bytes(),
            ContentType="application/json",
            ContentLanguage=projection.locale,
            CacheControl=IMMUTABLE,
            Metadata={"digest": projection.digest},
        )
        written += 1
    return written


def _digest_of(client: Bucket, bucket: str, key: str) -> str | None:
    try:
        found = client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return None
        raise
    return str(found["Metadata"].get("digest", "without a digest"))


def main() -> int:
    """Publish with the operator's own credentials."""
    parser = argparse.ArgumentParser(prog="python -m infra.publish", description="Publish projections to the bucket.")
    parser.add_argument("environment", help="a file of infra/environments, such as prod")
    parser.add_argument("bucket", help="output ProjectionsBucket of the stack")
    options = parser.parse_args()
    try:
        environment = load(options.environment)
        client: Any = boto3.client("s3", region_name=environment.region)
        written = publish(client, options.bucket, environment, CONTENT / "definitions")
    except (PublishError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"{written} projections published to {options.bucket}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
