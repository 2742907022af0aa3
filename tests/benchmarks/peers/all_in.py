"""The write function as it is usually written: boto3 resource, Powertools (Logger, Metrics, Tracer, resolver with
validation), pydantic, Babel, pycountry. One secret, one transaction with the same number of items."""

import functools
import hashlib
import hmac
import json
import os
import uuid
from datetime import UTC, datetime

import boto3
import pycountry
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.metrics import MetricUnit
from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, field_validator

logger = Logger(service="submissions")
metrics = Metrics(namespace="bench", service="submissions")
tracer = Tracer(service="submissions")
app = APIGatewayHttpResolver(enable_validation=True)
dynamodb = boto3.resource("dynamodb")
secretsmanager = boto3.client("secretsmanager")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Notice(Strict):
    id: str = Field(max_length=80)
    version: int = Field(ge=1)
    digest: str = Field(pattern=r"^sha256-[0-9a-f]{64}$")


class Consent(Strict):
    statement: str = Field(max_length=80)
    version: int = Field(ge=1)
    digest: str = Field(pattern=r"^sha256-[0-9a-f]{64}$")
    given: bool


class Answers(Strict):
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    given_name: str = Field(min_length=1, max_length=80)
    family_name: str = Field(min_length=1, max_length=80)
    country: str
    profession: str = Field(max_length=40)
    specialty: str | None = Field(None, max_length=40)
    hcp_declaration: bool

    @field_validator("country")
    @classmethod
    def known(cls, value: str) -> str:
        if pycountry.countries.get(alpha_2=value) is None:
            raise ValueError("country")
        return value


class Source(Strict):
    type: str
    id: str | None = None
    utm_campaign: str | None = None


class Marks(Strict):
    trap: str = ""
    elapsed_ms: int = 0


class Submission(Strict):
    site: str
    market: str
    locale: str
    release: str
    projection: str
    stage: str
    notice: Notice
    answers: Answers
    consents: list[Consent]
    source: Source | None = None
    displayed_at: datetime | None = None
    marks: Marks = Marks()


class State(BaseModel):
    statement: str
    version: int
    digest: str
    state: str


class Next(BaseModel):
    stage: str


class Acknowledgement(BaseModel):
    submission_id: str
    accepted_at: str
    statements: list[State]
    profile_token: str
    next: Next | None


@functools.cache
def key() -> bytes:
    found = secretsmanager.get_secret_value(SecretId=os.environ["IDENTITY_SECRET"])
    return json.loads(found["SecretString"])["1"].encode()


def put(table: str, name: str, **values):
    item = {name: uuid.uuid4().hex, **values}
    condition = f"attribute_not_exists({name})"
    return {"Put": {"TableName": os.environ[table], "Item": item, "ConditionExpression": condition}}


@app.post("/v1/forms/<form>/submissions")
@tracer.capture_method
def submit(form: str, submission: Submission) -> Acknowledgement:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    language = Locale.parse(submission.locale, sep="-")
    country = language.territories[submission.answers.country]
    lead, subject = uuid.uuid4().hex, uuid.uuid4().hex
    idx = hmac.new(key(), submission.answers.email.casefold().encode(), hashlib.sha256).hexdigest()
    record = submission.model_dump(mode="json")
    events = [{"purpose": "request", "state": "given", "at": now}]
    events.extend(
        {**consent.model_dump(), "state": "given" if consent.given else "refused", "at": now}
        for consent in submission.consents
    )
    items = [
        put("REQUESTS_TABLE", "request_key", body=json.dumps(record)),
        put("SUBJECTS_TABLE", "subject_ref", subject=subject, created_at=now),
        put("IDENTITIES_TABLE", "idx", subject_ref=subject, hmac=idx),
        put("KEYS_TABLE", "subject_ref", wrapped=os.urandom(60)),
        put("LEADS_TABLE", "lead_id", country=country, form=form, record=record, outbox=[json.dumps(record)]),
        *(
            put("CONSENTS_TABLE", "event_key", subject_ref=subject, occurrence_key=uuid.uuid4().hex, record=event)
            for event in events
        ),
    ]
    dynamodb.meta.client.transact_write_items(TransactItems=items)
    metrics.add_metric("Submissions", MetricUnit.Count, 1)
    logger.info("accepted", extra={"market": submission.market})
    states = [
        State(statement=c.statement, version=c.version, digest=c.digest, state="given" if c.given else "refused")
        for c in submission.consents
    ]
    token = hmac.new(key(), f"{subject}{lead}".encode(), hashlib.sha256).hexdigest()
    return Acknowledgement(
        submission_id=lead, accepted_at=now, statements=states, profile_token=token, next=Next(stage="profile")
    )


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event, context):
    return app.resolve(event, context)
