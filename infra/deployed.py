"""What is live: the release that a deployed environment answers with, fetched from the layers of its functions.

The layers of what the aliases point to are the one record that a deployment, its failure and a rollback keep true by
themselves.
"""

import gzip
import io
import shutil
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.environment import Environment

PARTS = {"definitions": "forms-definitions", "submissions": "submissions-submit"}
"""Part of a release to a function that mounts it, as its first layer."""


class LiveError(Exception):
    """What is live could not be asked; the message says what to do."""


class Functions(Protocol):
    """What is used of a Lambda client."""

    def get_function_configuration(self, *, FunctionName: str, Qualifier: str) -> Mapping[str, Any]: ...  # noqa: D102, N803

    def get_layer_version_by_arn(self, *, Arn: str) -> Mapping[str, Any]: ...  # noqa: D102, N803


def client(environment: Environment) -> Functions:
    """Lambda with the operator's own credentials."""
    made: Any = boto3.client("lambda", region_name=environment.region)
    return made  # type: ignore[no-any-return]


def fetch(functions: Functions, environment: Environment, into: Path) -> Path | None:
    """The live release as a build has it, in ``into``; None where nothing was deployed yet.

    Raises:
        LiveError: AWS does not answer, or may not be asked.
    """
    shutil.rmtree(into, ignore_errors=True)
    try:
        for part, function_id in PARTS.items():
            _unpack(_layer(functions, f"consentry-{environment.name}-{function_id}"), into / part)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise LiveError(_unknown(environment, error)) from None
    except (BotoCoreError, OSError, zipfile.BadZipFile) as error:
        raise LiveError(_unknown(environment, error)) from None
    return into


def _unknown(environment: Environment, error: Exception) -> str:
    return (
        f"which release is live in {environment.name} cannot be asked: {error}\n"
        "Pages that are open now post from it, so the next one has to carry it. Sign in to AWS (the account of "
        f"infra/environments/{environment.name}.yaml), or name a build of it: PREVIOUS=FOLDER; PREVIOUS=none for none."
    )


def _layer(functions: Functions, name: str) -> bytes:
    mounted = functions.get_function_configuration(FunctionName=name, Qualifier="live")["Layers"]
    found = functions.get_layer_version_by_arn(Arn=mounted[0]["Arn"])
    with urllib.request.urlopen(found["Content"]["Location"], timeout=60) as answer:  # noqa: S310 -- AWS's own address
        data: bytes = answer.read()
    return data


def _unpack(layer: bytes, into: Path) -> None:
    """The files as they were built: a package leaves out what it holds compressed too."""
    with zipfile.ZipFile(io.BytesIO(layer)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            path = into / Path(name).relative_to("consentry")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if path.suffix == ".gz":
                path.with_suffix("").write_bytes(gzip.decompress(data))
