"""Environments as files: what differs between one deployment and the next, validated before anything is synthesised."""

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "infra" / "environments"

# CloudFront reads web ACLs and certificates from this region only, wherever the stack itself lives.
EDGE_REGION = "us-east-1"

Lane = Literal["field-sales", "medical-affairs", "nurture", "patient-programs", "review", "safety"]
Principal = Annotated[str, Field(pattern=r"^arn:aws:iam::\d{12}:(root|role/[\w+=,.@/-]+)$")]
HostName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$")]
Origin = Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(:\d+)?$")]
Market = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Domain(_Strict):
    """The public name, and the name under which only CloudFront calls the API."""

    name: HostName
    certificate: str = Field(pattern=rf"^arn:aws:acm:{EDGE_REGION}:\d{{12}}:certificate/[\w-]+$")
    origin_name: HostName
    origin_certificate: str = Field(pattern=r"^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+$")
    firewall: str | None = Field(
        default=None, pattern=rf"^arn:aws:wafv2:{EDGE_REGION}:\d{{12}}:global/webacl/[\w-]+/[\w-]+$"
    )
    """ARN of the web ACL made by the firewall stack; ``None`` until that has been deployed."""


class Alarms(_Strict):
    """Who is told when an alarm goes off; exactly one of the two."""

    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    topic: str | None = Field(default=None, pattern=r"^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]+$")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.email is None) == (self.topic is None):
            raise ValueError("name either `email` or `topic`")
        return self


class Throttle(_Strict):
    """Requests a second and burst, over all visitors; a rate per address is the firewall's work."""

    rate: int = Field(ge=1)
    burst: int = Field(ge=1)


class Staff(_Strict):
    """Who signs staff in. The gateway takes tokens of this issuer, for one of these audiences, and no others."""

    issuer: Annotated[str, Field(pattern=r"^https?://\S+$")]
    """As the tokens' ``iss`` has it; its OpenID configuration must be reachable from AWS."""
    audience: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    origins: list[Origin] = []
    """Consoles served from elsewhere, whose pages may call the staff API; none by default."""
    throttle: Throttle


class Environment(_Strict):
    """One file of ``infra/environments``."""

    name: str = Field(pattern=r"^[a-z][a-z0-9]{1,11}$")
    account: str = Field(pattern=r"^\d{12}$")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    production: bool
    """Refuses sample content, and keeps tables, keys, and secrets when the stack is deleted."""
    markets: list[Market] = Field(min_length=1)
    domain: Domain | None
    """``None``: no CloudFront and no firewall; the API's own endpoint is public. Never in production."""
    alarms: Alarms
    staff: Staff | None
    """``None``: no staff API, because nobody could tell who calls it."""
    ses_identity: str | None
    lane_consumers: dict[Lane, list[Principal]]
    captured_consumers: list[Principal]
    """Who may receive from `captured`, the queue in front of the lanes."""
    throttle: Throttle
    write_throttle: Throttle
    log_days: Literal[1, 3, 7, 14, 30, 60, 90, 180, 365]
    emulated: bool = False
    """The deployment target is an emulator on loopback: plain http, and this machine's Python and processor."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if len(set(self.markets)) != len(self.markets):
            raise ValueError("a market is listed twice")
        if self.production and self.domain is None:
            raise ValueError("a production environment needs a domain: without one nothing stands before the API")
        if self.production and self.emulated:
            raise ValueError("an emulator is not production")
        if self.staff and not self.emulated and not self.staff.issuer.startswith("https://"):
            raise ValueError("staff.issuer must be an https address")
        if self.domain and self.domain.origin_certificate.split(":")[3] != self.region:
            raise ValueError(f"domain.origin_certificate must be of {self.region}, where the API is")
        return self


def load(name: str, folder: Path = FOLDER) -> Environment:
    """The environment called ``name``.

    Raises:
        ValueError: no such file, not YAML, or not valid; the message names the file and every offending key.
    """
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        raise ValueError(f"no environment {name!r} in {folder}; there are: {known}")
    try:
        environment = Environment.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: {error}") from None
    except ValidationError as error:
        findings = (f"{'.'.join(map(str, item['loc'])) or 'file'}: {item['msg']}" for item in error.errors())
        raise ValueError(f"{path}: " + "; ".join(findings)) from None
    if environment.name != name:
        raise ValueError(f"{path}: name is {environment.name!r}, the file says {name!r}")
    return environment


def origins(markets: list[str], folder: Path = ROOT / "sites", *, samples: bool = True) -> list[str]:
    """The origins of every site that serves one of ``markets``, sorted; what CORS allows. Production has no samples.

    Raises:
        ValueError: a site has an origin that is not ``https://host``.
    """
    allowed: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        site = yaml.safe_load(path.read_text("utf-8"))
        served = site["markets"] if site["market"] == "ask" else [site["market"]]
        if set(served) & set(markets) and (samples or not site.get("sample")):
            allowed.update(site["origins"])
    for origin in allowed:
        if not origin.startswith("https://") or origin.count("/") != 2:
            raise ValueError(f"{folder}: {origin} is not an https origin")
    return sorted(allowed)
