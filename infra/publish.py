"""Tells a deployed environment about the release that was packaged: ``python -m infra.publish prod``.

Run it before deploying (``make deploy`` does): its rules go into the table ``content``, where functions of the version
before and of later versions find them, and its projections into the bucket behind CloudFront, so that no pointer names
a document that is not there. Objects are written once: their path holds the release, and one that differs is an error.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from consentry.base import clock
from consentry.content.build.published import Published, RevokedTextError
from infra.environment import Environment, load
from infra.packaging import RELEASES

IMMUTABLE = "public, max-age=31536000, immutable"
PREFIX = "v1/forms/"
MAX_AGE_HOURS = 12
"""The hours of grace begin when the release is packaged."""


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


def fresh(folder: Path, now: float) -> None:
    """Nothing to say about a release that was packaged just now.

    Raises:
        PublishError: it was not packaged, or too long ago.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise PublishError(f"{folder} holds no release; run `make package ENV={folder.name}` first")
    hours = (now - manifest.stat().st_mtime) / 3600
    if hours > MAX_AGE_HOURS:
        raise PublishError(
            f"{folder} was packaged {hours:.0f} hours ago, which are missing from the time for which open pages may "
            f"still post; run `make package ENV={folder.name}` again"
        )


def bucket_of(cloudformation: Any, environment: Environment) -> str | None:
    """Output ``ProjectionsBucket`` of the environment's stack; None where nothing stands before the API."""
    stack = cloudformation.describe_stacks(StackName=f"consentry-{environment.name}")["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}
    return outputs.get("ProjectionsBucket")


def main() -> int:
    """Publish with the operator's own credentials."""
    parser = argparse.ArgumentParser(prog="python -m infra.publish", description="Publish the packaged release.")
    parser.add_argument("environment", help="a file of infra/environments, such as prod")
    options = parser.parse_args()
    try:
        environment = load(options.environment)
        folder = RELEASES / environment.name
        fresh(folder, time.time())
        rules = json.loads((folder / "submissions" / "rules.json").read_bytes())
        dynamodb: Any = boto3.client("dynamodb", region_name=environment.region)
        table = Published(dynamodb, f"consentry-{environment.name}-content")
        try:
            superseded = table.publish(rules, clock.rfc3339(clock.now_ms()))
        except dynamodb.exceptions.ResourceNotFoundException:
            print(f"nothing is deployed in {environment.name} yet: publish once it is")  # noqa: T201
            return 0
        print(f"{rules['current']} published; superseded: {', '.join(superseded) or 'none'}")  # noqa: T201
        bucket = bucket_of(boto3.client("cloudformation", region_name=environment.region), environment)
        if bucket:
            s3: Any = boto3.client("s3", region_name=environment.region)
            written = publish(s3, bucket, environment, folder / "definitions")
            print(f"{written} projections published to {bucket}")  # noqa: T201
    except RevokedTextError as revoked:
        print(  # noqa: T201
            f"{environment.name} has revoked what this release shows: {revoked}\n"
            "Write a new version, or take back its approval, so that its forms are left out; then package again.",
            file=sys.stderr,
        )
        return 1
    except (PublishError, ValueError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
