"""Which bytes a stack deploys: what ``infra.packaging`` built, or only their names.

The committed template is synthesised from names. A package's identity in it is a function of nothing but which
package it is, so that every machine synthesises the same template, without building anything, and it changes when the
infrastructure changes and not when a translator corrects a label. A deployment is synthesised from what was built:
there the identity is the SHA-256 of the zip, which building makes a function of its inputs alone (sources, lock,
content release, Python), so that an unchanged package is not deployed again and publishes no new version.
"""

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path

from aws_cdk import AssetHashType
from aws_cdk import aws_lambda as lambda_


class Packages(ABC):
    """The source of every function's and layer's code."""

    @abstractmethod
    def code(self, name: str) -> lambda_.Code:
        """The code of a function, by its id, or of a layer: ``libraries``, ``content-definitions`` and so on."""


class Named(Packages):
    """Identities without bytes, for the committed template and its tests; such a stack cannot be deployed."""

    def code(self, name: str) -> lambda_.Code:
        """An asset that has a name and no content; staging is off, so nothing is read."""
        return lambda_.Code.from_asset(
            str(Path(__file__).parent / "environments"),
            asset_hash=hashlib.sha256(f"consentry package {name}".encode()).hexdigest(),
            asset_hash_type=AssetHashType.CUSTOM,
        )


class Built(Packages):
    """The zips in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def code(self, name: str) -> lambda_.Code:
        """The zip as it lies there.

        Raises:
            ValueError: it was not built.
        """
        path = self._folder / f"{name}.zip"
        if not path.is_file():
            raise ValueError(f"{path} is missing; run `make package` first")
        return lambda_.Code.from_asset(
            str(path),
            asset_hash=hashlib.sha256(path.read_bytes()).hexdigest(),
            asset_hash_type=AssetHashType.CUSTOM,
        )
