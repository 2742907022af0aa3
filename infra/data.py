"""What is kept: tables, queues, buckets, secrets and the keys they are encrypted under.

Logical ids are set by hand: the one-machine stack reads tables and queues from the committed template by these names,
and a table must never be replaced because a construct was moved.
"""

from collections.abc import Mapping
from typing import NamedTuple

from aws_cdk import ArnFormat, CfnResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.environment import Environment
from infra.nag import acknowledge

_STRING = dynamodb.AttributeType.STRING
RECHECK_SECONDS = 120
"""How long one re-check of everything published may take."""


class Index(NamedTuple):
    """A global secondary index."""

    name: str
    partition: str
    sort: str
    projection: dynamodb.ProjectionType


class TableSpec(NamedTuple):
    """Keys and life of one table; every key is a string."""

    partition: str
    sort: str | None = None
    stream: dynamodb.StreamViewType | None = None
    recovery_days: int = 35
    ttl: str = "purge_at"
    gsi: Index | None = None
    kept: tuple[str, ...] = ()
    """Actions that nobody has on this table, whatever their own policies say."""


# Everything that changes or removes an item without putting a whole one in its place.
_CHANGES = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
)

TABLES: Mapping[str, TableSpec] = {
    "consents": TableSpec(
        "subject_ref",
        "event_key",
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        kept=(*_CHANGES, "dynamodb:UpdateItem"),
    ),
    "subjects": TableSpec("subject_ref"),
    # One day of recovery: an erased person's index entry and data key are gone for good within 24 hours.
    "identities": TableSpec("idx", "subject_ref", recovery_days=1),
    "keys": TableSpec("subject_ref", recovery_days=1),
    "leads": TableSpec(
        "lead_id",
        stream=dynamodb.StreamViewType.NEW_IMAGE,
        gsi=Index("pending", "pending", "pending_since", dynamodb.ProjectionType.KEYS_ONLY),
    ),
    "requests": TableSpec("request_key", ttl="expires_at"),
    "content": TableSpec("content_key"),
    # What editors own, every version of it; heads alone are in the index. Counters are updated, documents never; IAM
    # cannot tell a head from a version (that is the sort key), so a stream watches over the versions.
    "editorial": TableSpec(
        "path",
        "version",
        stream=dynamodb.StreamViewType.KEYS_ONLY,
        gsi=Index("by-folder", "folder", "path", dynamodb.ProjectionType.ALL),
        kept=_CHANGES,
    ),
}
SECRETS = ("token", "identity", "kek")


class QueueSpec(NamedTuple):
    """``dead`` takes what could not be handled ``receives`` times; ``hidden`` is in seconds."""

    dead: str | None = None
    receives: int = 5
    hidden: int = 60


QUEUES: Mapping[str, QueueSpec] = {
    "captured-dead": QueueSpec(),
    "outbox-failure": QueueSpec(),
    "watch-failure": QueueSpec(),
    "recheck-dead": QueueSpec(),
    "captured": QueueSpec(dead="captured-dead"),
    # Six times as long as its worker may run, so that nothing is judged twice at once.
    "recheck": QueueSpec(dead="recheck-dead", receives=3, hidden=6 * RECHECK_SECONDS),
}
BUCKETS = ("uploads",)


def _named(construct: Construct, logical_id: str) -> None:
    child = construct.node.default_child
    if not isinstance(child, CfnResource):
        raise TypeError(f"{construct.node.path} has no resource of its own to name")
    child.override_logical_id(logical_id)


def camel(name: str) -> str:
    """``outbox-failure`` → ``OutboxFailure``."""
    return "".join(part.capitalize() for part in name.split("-"))


def removal(environment: Environment) -> RemovalPolicy:
    """What becomes of a thing when its stack is deleted: production keeps it."""
    return RemovalPolicy.RETAIN if environment.production else RemovalPolicy.DESTROY


class Data(Construct):
    """Tables, queues, buckets, secrets, encryption keys."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self._prefix = f"consentry-{environment.name}"
        self._removal = removal(environment)
        self.table_key = self._key("TableKey", "tables and alarms")
        # A key of its own: whoever may read tables may not thereby open the secrets that unwrap their contents.
        self.secret_key = self._key("SecretKey", "secrets")
        self.tables = {name: self._table(name, spec) for name, spec in TABLES.items()}
        self.secrets = {name: self._secret(name) for name in SECRETS}
        self.queues = self._queues()
        self.buckets = {name: self._bucket(name) for name in BUCKETS}

    def _key(self, logical_id: str, purpose: str) -> kms.Key:
        key = kms.Key(
            self,
            logical_id,
            description=f"{self._prefix}: {purpose}",
            enable_key_rotation=True,
            removal_policy=self._removal,
        )
        _named(key, logical_id)
        return key

    def _table(self, name: str, spec: TableSpec) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            f"{camel(name)}Table",
            # Named, because a function's use of the key is bound to the table's name.
            table_name=f"{self._prefix}-{name}",
            partition_key=dynamodb.Attribute(name=spec.partition, type=_STRING),
            sort_key=dynamodb.Attribute(name=spec.sort, type=_STRING) if spec.sort else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.table_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=spec.recovery_days
            ),
            time_to_live_attribute=spec.ttl,
            deletion_protection=not self._environment.emulated,
            stream=spec.stream,
            removal_policy=self._removal,
        )
        if name == "consents":
            table.add_local_secondary_index(
                index_name="by-occurrence",
                sort_key=dynamodb.Attribute(name="occurrence_key", type=_STRING),
                projection_type=dynamodb.ProjectionType.ALL,
            )
        if spec.gsi:
            table.add_global_secondary_index(
                index_name=spec.gsi.name,
                partition_key=dynamodb.Attribute(name=spec.gsi.partition, type=_STRING),
                sort_key=dynamodb.Attribute(name=spec.gsi.sort, type=_STRING),
                projection_type=spec.gsi.projection,
            )
        if spec.kept:
            self._keep(table, name, spec.kept)
        _named(table, f"{camel(name)}Table")
        return table

    def _keep(self, table: dynamodb.Table, name: str, actions: tuple[str, ...]) -> None:
        """Deny ``actions`` to every principal, whatever its own policies say.

        Only who may edit this policy can lift it, and the stream's alarm still sees what is done then. Expiry is
        DynamoDB's own doing and not subject to it.
        """
        table.add_to_resource_policy(
            iam.PolicyStatement(
                sid="EventsAreAppendOnly" if name == "consents" else "VersionsAreKept",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=list(actions),
                resources=[
                    Stack.of(self).format_arn(
                        service="dynamodb",
                        resource="table",
                        resource_name=f"{self._prefix}-{name}",
                        arn_format=ArnFormat.SLASH_RESOURCE_NAME,
                    )
                ],
            )
        )

    def secret_arn(self, name: str) -> str:
        """The ARN as an attribute: CloudFormation's ``Ref`` is the ARN too, an emulator's is the name."""
        resource = self.secrets[name].node.default_child
        if not isinstance(resource, secretsmanager.CfnSecret):
            raise TypeError(f"{name} is no secret of this stack")
        return str(resource.attr_id)

    def _secret(self, name: str) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            f"{camel(name)}Secret",
            description=f"{self._prefix}: {name} key, by epoch",
            encryption_key=self.secret_key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"current":"1"}',  # noqa: S106 -- the epoch, not the secret
                generate_string_key="1",
                password_length=64,
                exclude_punctuation=True,
            ),
            removal_policy=self._removal,
        )
        _named(secret, f"{camel(name)}Secret")
        acknowledge(
            secret,
            "AwsSolutions-SMG4",
            "Rotation adds an epoch and keeps the old ones, because what was made under them stays in use; an operator "
            "does it by the guide, and replacing the value unattended would lock everybody out",
        )
        return secret

    def _queue(self, name: str, spec: QueueSpec, dead: sqs.Queue | None) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            f"{camel(name)}Queue",
            queue_name=f"{self._prefix}-{name}",
            # SQS's own key: these messages carry ids and codes, and a consumer in another account needs no key policy.
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            # The emulator is reached over plain http, which the policy would rightly refuse.
            enforce_ssl=not self._environment.emulated,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.seconds(spec.hidden),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=spec.receives) if dead else None,
            removal_policy=self._removal,
        )
        _named(queue, f"{camel(name)}Queue")
        if dead is None:
            for rule in ("AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"):
                acknowledge(queue, rule, "It is where given-up work ends; anything on it alarms and waits for a person")
        return queue

    def _queues(self) -> dict[str, sqs.Queue]:
        queues: dict[str, sqs.Queue] = {}
        for name, spec in QUEUES.items():
            queues[name] = self._queue(name, spec, queues[spec.dead] if spec.dead else None)
        captured = queues["captured"]
        if self._environment.captured_consumers:
            captured.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="Consumers",
                    principals=[iam.ArnPrincipal(arn) for arn in self._environment.captured_consumers],
                    actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
                    resources=[captured.queue_arn],
                )
            )
        return queues

    def _bucket(self, name: str) -> s3.Bucket:
        """Files on their way in: whoever holds an address signed for one object puts it, a function reads it."""
        environment = self._environment
        consoles = environment.staff.origins if environment.staff else []
        bucket = s3.Bucket(
            self,
            f"{camel(name)}Bucket",
            # Names of buckets are shared by the whole world.
            bucket_name=f"{self._prefix}-{name}-{environment.account}-{environment.region}",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # S3's own key: terminology is no personal data, and who is handed an address needs no right to a key.
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=not environment.emulated,
            minimum_tls_version=None if environment.emulated else 1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT],
                    allowed_origins=list(consoles),
                    allowed_headers=["content-type", "content-length"],
                    max_age=3600,
                )
            ]
            if consoles
            else None,
            lifecycle_rules=[
                s3.LifecycleRule(expiration=Duration.days(1), abort_incomplete_multipart_upload_after=Duration.days(1))
            ],
            # Nothing in it outlives a day.
            removal_policy=RemovalPolicy.DESTROY,
        )
        _named(bucket, f"{camel(name)}Bucket")
        acknowledge(
            bucket,
            "AwsSolutions-S1",
            "Files on their way into the glossary, gone after a day; who sent one is in the document's own history",
        )
        return bucket
