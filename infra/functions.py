"""The functions: what each is, what it is told, and exactly what it may do.

``FUNCTIONS`` is the whole of the authority this product runs with. Every grant is one action on one resource under a
name of its own, so that a test can take it away by name and see what breaks.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from consentry.base.routes import HANDLERS
from infra.data import RECHECK_SECONDS, Data, camel, removal
from infra.environment import Environment
from infra.nag import acknowledge
from infra.packages import Packages

Kind = Literal["table", "index", "stream", "queue", "secret", "objects"]
RUNTIME = lambda_.Runtime.PYTHON_3_13
CONTENT_MOUNT = "/opt/consentry"
STAFF_SECONDS = 29
"""How long a staff function may take: the gateway gives up after 30 s."""


class Grant(NamedTuple):
    """One action on one resource; ``target`` is a table, table/index, queue, secret or bucket's objects of ``Data``."""

    action: str
    kind: Kind
    target: str

    @property
    def sid(self) -> str:
        """The statement's name: ``PutItemConsents``."""
        return self.action.partition(":")[2] + "".join(camel(part) for part in self.target.split("/"))


class Function(NamedTuple):
    """One deployed function."""

    grants: tuple[Grant, ...]
    tables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    buckets: tuple[str, ...] = ()
    content: Literal["definitions", "submissions", "editorial"] | None = None
    libraries: tuple[Literal["libraries", "libraries-staff"], ...] = ()
    """Which dependency layers are mounted."""
    staff: bool = False
    """Part of the staff API: deployed where the environment says who signs staff in."""
    snap_start: bool = False
    memory: int = 512
    timeout: int = 10


def _on(action: str, kind: Kind, *targets: str) -> tuple[Grant, ...]:
    return tuple(Grant(action, kind, target) for target in targets)


def _stream(table: str) -> tuple[Grant, ...]:
    return tuple(
        Grant(f"dynamodb:{action}", "stream", table)
        for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    )


_READ = (*_on("dynamodb:GetItem", "table", "editorial"), *_on("dynamodb:Query", "index", "editorial/by-folder"))
"""What editors own, by path and by folder."""
_HISTORY = _on("dynamodb:Query", "table", "editorial")
_WRITE = (*_on("dynamodb:PutItem", "table", "editorial"), *_on("dynamodb:UpdateItem", "table", "editorial"))
"""A document and its version are put; the counter of the glossary is updated."""
_STAGE_TABLES = ("consents", "subjects", "keys", "leads", "requests", "content")


def _submission(*grants: Grant, tables: tuple[str, ...], secrets: tuple[str, ...]) -> Function:
    """What takes a visitor's answers: started from a snapshot, with the rules and the secrets it may open."""
    opened = _on("secretsmanager:GetSecretValue", "secret", *secrets)
    return Function(
        grants=(*grants, *_on("dynamodb:GetItem", "table", "content"), *opened),
        tables=tables,
        secrets=secrets,
        content="submissions",
        libraries=("libraries",),
        snap_start=True,
        memory=1024,
    )


def _staff(
    *grants: Grant,
    queues: tuple[str, ...] = (),
    buckets: tuple[str, ...] = (),
    memory: int = 1769,
    timeout: int = STAFF_SECONDS,
) -> Function:
    """What works on the documents that editors own; a whole processor, unless it only reads and writes them."""
    return Function(
        grants=(*_READ, *grants),
        tables=("editorial",),
        queues=queues,
        buckets=buckets,
        content="editorial",
        libraries=("libraries", "libraries-staff"),
        staff=True,
        memory=memory,
        timeout=timeout,
    )


FUNCTIONS: Mapping[str, Function] = {
    "forms-definitions": Function(grants=(), content="definitions"),
    "submissions-submit": _submission(
        *_on("dynamodb:PutItem", "table", "consents", "subjects", "identities", "keys", "leads", "requests"),
        tables=("identities", *_STAGE_TABLES),
        secrets=("token", "identity", "kek"),
    ),
    "submissions-profile": _submission(
        *_on("dynamodb:BatchGetItem", "table", "subjects", "keys", "leads", "requests"),
        *_on("dynamodb:PutItem", "table", "consents", "requests"),
        *_on("dynamodb:UpdateItem", "table", "subjects", "leads"),
        tables=_STAGE_TABLES,
        secrets=("token", "kek"),
    ),
    "leads-outbox": Function(
        grants=(
            *_on("dynamodb:GetItem", "table", "leads"),
            *_on("dynamodb:UpdateItem", "table", "leads"),
            *_on("dynamodb:Query", "index", "leads/pending"),
            *_stream("leads"),
            *_on("sqs:SendMessage", "queue", "captured", "outbox-failure"),
        ),
        tables=("leads",),
        queues=("captured",),
        libraries=("libraries",),
        timeout=60,
    ),
    "consent-watch": Function(
        grants=(*_stream("consents"), *_stream("editorial"), *_on("sqs:SendMessage", "queue", "watch-failure")),
        memory=128,
        timeout=30,
    ),
    "glossary-concepts": _staff(
        *_HISTORY, *_WRITE, *_on("sqs:SendMessage", "queue", "recheck"), queues=("recheck",), memory=1024
    ),
    "glossary-checks": _staff(),
    "glossary-imports": _staff(
        *_WRITE,
        *_on("s3:GetObject", "objects", "uploads"),
        *_on("s3:PutObject", "objects", "uploads"),
        buckets=("uploads",),
    ),
    "glossary-recheck": _staff(
        *_WRITE,
        *_on("sqs:ReceiveMessage", "queue", "recheck"),
        *_on("sqs:DeleteMessage", "queue", "recheck"),
        *_on("sqs:GetQueueAttributes", "queue", "recheck"),
        *_on("sqs:SendMessage", "queue", "recheck", "recheck-dead"),
        queues=("recheck",),
        timeout=RECHECK_SECONDS,
    ),
    "content-translations": _staff(*_HISTORY, *_on("dynamodb:PutItem", "table", "editorial")),
}
ACKNOWLEDGED = {
    "AwsSolutions-L1": "3.13 is the runtime that packages are compiled, measured and tested for; it moves with them",
    "Serverless-LambdaLatestVersion": "As AwsSolutions-L1",
    "Serverless-LambdaDLQ": "Visitors' calls are synchronous; streams and the schedule have failure destinations, "
    "which keep the reason too",
    "Serverless-LambdaTracing": "Request id, route, status and latency are in the access log, outcomes in the metrics; "
    "tracing would add a grant, a cost a request and nothing that is asked for yet",
}
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


_RETENTION = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
}


def log_group(scope: Construct, construct_id: str, name: str, environment: Environment) -> logs.LogGroup:
    """A log kept as long as the environment says."""
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        retention=logs.RetentionDays[_RETENTION[environment.log_days]],
        removal_policy=removal(environment),
    )


class Code(Construct):
    """What functions are made of: the layers, shared, and each function's package."""

    def __init__(self, scope: Construct, construct_id: str, *, packages: Packages, emulated: bool) -> None:
        super().__init__(scope, construct_id)
        self._packages = packages
        self._emulated = emulated
        self._layers: dict[str, lambda_.LayerVersion] = {}

    def function(self, function_id: str) -> lambda_.Code:
        """The function's own package."""
        return self._packages.code(function_id)

    def layers(self, spec: Function) -> list[lambda_.LayerVersion]:
        """The layers a function mounts: content first, which ``content_dir`` relies upon."""
        names = [f"content-{spec.content}"] if spec.content else []
        return [self._layer(name) for name in (*names, *spec.libraries)]

    def content_dir(self) -> str:
        """Where the content layer is found: /opt, or beside the code where the emulator unpacks the first layer."""
        return "../layer_0/consentry" if self._emulated else CONTENT_MOUNT

    def _layer(self, name: str) -> lambda_.LayerVersion:
        if name not in self._layers:
            self._layers[name] = lambda_.LayerVersion(
                self,
                f"{camel(name)}Layer",
                code=self._packages.code(name),
                compatible_runtimes=[RUNTIME],
                compatible_architectures=[lambda_.Architecture.ARM_64],
                description=f"consentry: {name}",
                # Published versions of functions name it; deleting it would break a roll-back.
                removal_policy=RemovalPolicy.DESTROY if self._emulated else RemovalPolicy.RETAIN,
            )
        return self._layers[name]


class Deployed(Construct):
    """One function with its role, its log group and, where visitors call it, the alias ``live``."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function_id: str,
        environment: Environment,
        data: Data,
        code: Code,
        published: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        spec = FUNCTIONS[function_id]
        name = f"consentry-{environment.name}-{function_id}"
        self.log_group = log_group(self, "Logs", f"/aws/lambda/{name}", environment)
        role = iam.Role(
            self,
            "Role",
            role_name=f"{name}-{environment.region}",
            description=f"{name}: what infra/functions.py grants it",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        self.policy = self._granted(role, spec, data)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description=f"consentry {environment.name}: {function_id}",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            handler=HANDLERS[function_id],
            code=code.function(function_id),
            layers=code.layers(spec),
            # Nothing that CDK wires later may widen what the table above says.
            role=role.without_policy_updates(),
            log_group=self.log_group,
            memory_size=spec.memory,
            timeout=Duration.seconds(spec.timeout),
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if spec.snap_start else None,
            current_version_options=lambda_.VersionOptions(removal_policy=removal(environment)),
            environment=_told(spec, environment, data, code),
        )
        self.function.node.add_dependency(self.policy)
        for rule, reason in ACKNOWLEDGED.items():
            acknowledge(self.function, rule, reason)
        self.live = (
            lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version) if published else None
        )

    def _granted(self, role: iam.Role, spec: Function, data: Data) -> iam.Policy:
        policy = iam.Policy(
            self,
            "Grants",
            policy_name="grants",
            roles=[role],
            statements=[
                iam.PolicyStatement(sid="OwnLogs", actions=list(LOG_ACTIONS), resources=[self.log_group.log_group_arn]),
                *(_statement(grant, data) for grant in spec.grants),
                *_key_use(spec, data),
            ],
        )
        for bucket in {grant.target for grant in spec.grants if grant.kind == "objects"}:
            acknowledge(
                policy,
                f"AwsSolutions-IAM5[Resource::<{camel(bucket)}Bucket.Arn>/*]",
                "A file's key is drawn when it is announced; the function puts and reads files of this bucket alone",
            )
        for table in {grant.target for grant in spec.grants if grant.kind == "stream"}:
            acknowledge(
                policy,
                f"AwsSolutions-IAM5[Resource::<{camel(table)}Table.Arn>/stream/*]",
                "ListStreams is a question about a table's streams, not about one: its resource is table/NAME/stream/*",
            )
        return policy


def _told(spec: Function, environment: Environment, data: Data, code: Code) -> dict[str, str]:
    """A function's environment variables."""
    return {
        "ENVIRONMENT": environment.name,
        "PRODUCTION": "true" if environment.production else "false",
        **({"CONTENT_DIR": code.content_dir()} if spec.content else {}),
        **{f"{table.upper()}_TABLE": data.tables[table].table_name for table in spec.tables},
        **{f"{secret.upper()}_SECRET": data.secrets[secret].secret_arn for secret in spec.secrets},
        **{f"{queue.upper()}_QUEUE_URL": data.queues[queue].queue_url for queue in spec.queues},
        **{f"{bucket.upper()}_BUCKET": data.buckets[bucket].bucket_name for bucket in spec.buckets},
    }


def _statement(grant: Grant, data: Data) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=grant.sid, actions=[grant.action], resources=[_resource(grant, data)])


def _resource(grant: Grant, data: Data) -> str:
    table, _, index = grant.target.partition("/")
    match grant.kind:
        case "table":
            return str(data.tables[table].table_arn)
        case "index":
            return f"{data.tables[table].table_arn}/index/{index}"
        case "stream" if grant.action == "dynamodb:ListStreams":
            return f"{data.tables[table].table_arn}/stream/*"
        case "stream":
            arn = data.tables[table].table_stream_arn
            if arn is None:
                raise ValueError(f"table {table} has no stream")
            return str(arn)
        case "queue":
            return str(data.queues[grant.target].queue_arn)
        case "secret":
            return data.secret_arn(grant.target)
        case "objects":
            return str(data.buckets[grant.target].arn_for_objects("*"))


def _key_use(spec: Function, data: Data) -> list[iam.PolicyStatement]:
    """Decrypting through the service that holds the data, for the very tables or secrets granted, and nothing else.

    The caller of an encrypted table needs ``kms:Decrypt`` alone, to open the table's own key, for reads and writes
    alike; creating and re-encrypting under the key is DynamoDB's and the deployment's business.
    """
    region = Stack.of(data).region
    tables = sorted(
        {grant.target.partition("/")[0] for grant in spec.grants if grant.kind in ("table", "index", "stream")}
    )
    statements = []
    if tables:
        statements.append(
            iam.PolicyStatement(
                sid="OpenTables",
                actions=["kms:Decrypt"],
                resources=[data.table_key.key_arn],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": f"dynamodb.{region}.amazonaws.com",
                        "kms:EncryptionContext:aws:dynamodb:tableName": [
                            data.tables[table].table_name for table in tables
                        ],
                    }
                },
            )
        )
    if spec.secrets:
        statements.append(
            iam.PolicyStatement(
                sid="OpenSecrets",
                actions=["kms:Decrypt"],
                resources=[data.secret_key.key_arn],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
                        "kms:EncryptionContext:SecretARN": [data.secret_arn(name) for name in spec.secrets],
                    }
                },
            )
        )
    return statements
