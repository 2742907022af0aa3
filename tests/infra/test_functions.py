"""Who may do what, exactly; and how each function is set up."""

from typing import Any

import pytest
from infra.functions import FUNCTIONS

from consentry.base.routes import HANDLERS

READ_DOCUMENTS = {("dynamodb:GetItem", "editorial"), ("dynamodb:Query", "editorial/index/by-folder")}
WRITE_DOCUMENTS = {("dynamodb:PutItem", "editorial"), ("dynamodb:UpdateItem", "editorial")}
# The same authority written a second time, by hand, as a reviewer reads it: change both or neither.
AUTHORITY = {
    "forms-definitions": set(),
    "submissions-submit": {
        *(("dynamodb:PutItem", table) for table in ("consents", "subjects", "identities", "keys", "leads", "requests")),
        ("dynamodb:GetItem", "content"),
        *(("secretsmanager:GetSecretValue", secret) for secret in ("token", "identity", "kek")),
    },
    "submissions-profile": {
        *(("dynamodb:BatchGetItem", table) for table in ("subjects", "keys", "leads", "requests")),
        *(("dynamodb:PutItem", table) for table in ("consents", "requests")),
        *(("dynamodb:UpdateItem", table) for table in ("subjects", "leads")),
        ("dynamodb:GetItem", "content"),
        *(("secretsmanager:GetSecretValue", secret) for secret in ("token", "kek")),
    },
    "leads-outbox": {
        ("dynamodb:GetItem", "leads"),
        ("dynamodb:UpdateItem", "leads"),
        ("dynamodb:Query", "leads/index/pending"),
        *((f"dynamodb:{action}", "leads/stream") for action in ("DescribeStream", "GetRecords", "GetShardIterator")),
        ("dynamodb:ListStreams", "leads/stream/*"),
        ("sqs:SendMessage", "captured"),
        ("sqs:SendMessage", "outbox-failure"),
    },
    "consent-watch": {
        *((f"dynamodb:{action}", "consents/stream") for action in ("DescribeStream", "GetRecords", "GetShardIterator")),
        ("dynamodb:ListStreams", "consents/stream/*"),
        *(
            (f"dynamodb:{action}", "editorial/stream")
            for action in ("DescribeStream", "GetRecords", "GetShardIterator")
        ),
        ("dynamodb:ListStreams", "editorial/stream/*"),
        ("sqs:SendMessage", "watch-failure"),
    },
    "glossary-concepts": {
        *READ_DOCUMENTS, *WRITE_DOCUMENTS, ("dynamodb:Query", "editorial"), ("sqs:SendMessage", "recheck"),
    },
    "glossary-checks": READ_DOCUMENTS,
    "glossary-imports": {
        *READ_DOCUMENTS, *WRITE_DOCUMENTS, ("s3:GetObject", "uploads/*"), ("s3:PutObject", "uploads/*"),
    },
    "glossary-recheck": {
        *READ_DOCUMENTS, *WRITE_DOCUMENTS,
        *((f"sqs:{action}", "recheck") for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")),
        ("sqs:SendMessage", "recheck"), ("sqs:SendMessage", "recheck-dead"),
    },
    "content-translations": {*READ_DOCUMENTS, ("dynamodb:PutItem", "editorial"), ("dynamodb:Query", "editorial")},
}  # fmt: skip
KEY_USE = {
    "forms-definitions": {},
    "submissions-submit": {
        "dynamodb": {"consents", "subjects", "identities", "keys", "leads", "requests", "content"},
        "secretsmanager": {"TokenSecret", "IdentitySecret", "KekSecret"},
    },
    "submissions-profile": {
        "dynamodb": {"consents", "subjects", "keys", "leads", "requests", "content"},
        "secretsmanager": {"TokenSecret", "KekSecret"},
    },
    "leads-outbox": {"dynamodb": {"leads"}},
    "consent-watch": {"dynamodb": {"consents", "editorial"}},
    "glossary-concepts": {"dynamodb": {"editorial"}},
    "glossary-checks": {"dynamodb": {"editorial"}},
    "glossary-imports": {"dynamodb": {"editorial"}},
    "glossary-recheck": {"dynamodb": {"editorial"}},
    "content-translations": {"dynamodb": {"editorial"}},
}
RESOURCES = {
    "ConsentsTable": "consents", "SubjectsTable": "subjects", "IdentitiesTable": "identities", "KeysTable": "keys",
    "LeadsTable": "leads", "RequestsTable": "requests", "ContentTable": "content", "EditorialTable": "editorial",
    "TokenSecret": "token", "IdentitySecret": "identity", "KekSecret": "kek",
    "CapturedQueue": "captured", "OutboxFailureQueue": "outbox-failure", "WatchFailureQueue": "watch-failure",
    "RecheckQueue": "recheck", "RecheckDeadQueue": "recheck-dead", "UploadsBucket": "uploads",
}  # fmt: skip


def read(resource: Any) -> Any:
    """A resource in a statement as a short name."""
    match resource:
        case {"Fn::GetAtt": [name, "Arn" | "Id"]}:
            return RESOURCES[name]
        case {"Fn::GetAtt": [name, "StreamArn"]}:
            return RESOURCES[name] + "/stream"
        case {"Fn::Join": ["", [{"Fn::GetAtt": [name, "Arn"]}, suffix]]}:
            return RESOURCES[name] + suffix
    raise AssertionError(resource)


def function(prod: Any, function_id: Any) -> Any:
    return prod.named("AWS::Lambda::Function", FunctionName=f"consentry-prod-{function_id}")


def role_of(prod: Any, function_id: Any) -> Any:
    return function(prod, function_id)["Role"]["Fn::GetAtt"][0]


def statements(prod: Any, function_id: Any) -> Any:
    """Every statement that reaches a function's role, through whatever policy."""
    role = role_of(prod, function_id)
    found = []
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for policy in prod.of(kind).values():
            if {"Ref": role} in policy.get("Roles", []):
                found += policy["PolicyDocument"]["Statement"]
    return found


def test_the_deployed_functions_are_the_products_functions(prod: Any) -> None:
    deployed = {
        item["FunctionName"].removeprefix("consentry-prod-"): item["Handler"]
        for item in prod.of("AWS::Lambda::Function").values()
    }
    assert deployed == HANDLERS
    assert set(AUTHORITY) == set(FUNCTIONS) == set(HANDLERS)


@pytest.mark.parametrize("function_id", AUTHORITY)
def test_a_role_may_do_exactly_this(function_id: Any, prod: Any) -> None:
    granted = {
        (statement["Action"], read(statement["Resource"]))
        for statement in statements(prod, function_id)
        if statement["Sid"] not in ("OwnLogs", "OpenTables", "OpenSecrets")
    }
    assert granted == AUTHORITY[function_id]


@pytest.mark.parametrize("function_id", AUTHORITY)
def test_a_role_writes_its_own_log_and_no_other(function_id: Any, prod: Any) -> None:
    (logs,) = [statement for statement in statements(prod, function_id) if statement["Sid"] == "OwnLogs"]
    group = function(prod, function_id)["LoggingConfig"]["LogGroup"]["Ref"]
    assert logs["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert logs["Resource"] == {"Fn::GetAtt": [group, "Arn"]}
    assert prod.resources[group]["Properties"]["LogGroupName"] == f"/aws/lambda/consentry-prod-{function_id}"
    assert prod.resources[group]["Properties"]["RetentionInDays"] == 90


@pytest.mark.parametrize("function_id", AUTHORITY)
def test_a_role_opens_the_keys_of_what_it_was_granted_and_only_through_its_service(function_id: Any, prod: Any) -> None:
    found = {}
    for statement in statements(prod, function_id):
        if statement["Action"] != "kms:Decrypt":
            assert not str(statement["Action"]).startswith("kms:")
            continue
        condition = statement["Condition"]["StringEquals"]
        service = condition["kms:ViaService"].removesuffix(".eu-central-1.amazonaws.com")
        if service == "dynamodb":
            assert statement["Resource"] == {"Fn::GetAtt": ["TableKey", "Arn"]}
            context = condition["kms:EncryptionContext:aws:dynamodb:tableName"]
            found[service] = {RESOURCES[item["Ref"]] for item in (context if isinstance(context, list) else [context])}
        else:
            assert statement["Resource"] == {"Fn::GetAtt": ["SecretKey", "Arn"]}
            found[service] = {item["Fn::GetAtt"][0] for item in condition["kms:EncryptionContext:SecretARN"]}
    assert found == KEY_USE[function_id]


@pytest.mark.parametrize("function_id", AUTHORITY)
def test_a_role_has_no_managed_or_inline_policy_and_is_lambdas_alone(function_id: Any, prod: Any) -> None:
    role = prod.resources[role_of(prod, function_id)]["Properties"]
    assert "ManagedPolicyArns" not in role
    assert "Policies" not in role
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Action"], trust["Principal"]) == ("sts:AssumeRole", {"Service": "lambda.amazonaws.com"})


def test_every_policy_belongs_to_one_function_and_every_role_to_one(prod: Any) -> None:
    roles = [item["Role"]["Fn::GetAtt"][0] for item in prod.of("AWS::Lambda::Function").values()]
    assert sorted(roles) == sorted(prod.of("AWS::IAM::Role"))
    assert sorted(policy["Roles"][0]["Ref"] for policy in prod.of("AWS::IAM::Policy").values()) == sorted(roles)
    assert all(len(policy["Roles"]) == 1 for policy in prod.of("AWS::IAM::Policy").values())


def test_nobody_may_update_or_delete_events_or_remove_documents(prod: Any) -> None:
    """Design §3.7, over every role of the stack at once."""
    changing = {
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLUpdate",
        "dynamodb:PartiQLDelete",
    }
    for policy in prod.of("AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert not [action for action in actions if "*" in action]
            assert "ConsentsTable" not in str(statement["Resource"]) or not changing & set(actions)
            # Of documents the counters are updated; nothing is removed.
            assert "EditorialTable" not in str(statement["Resource"]) or changing & set(actions) <= {
                "dynamodb:UpdateItem"
            }


@pytest.mark.parametrize("function_id", AUTHORITY)
def test_a_function_runs_on_graviton_without_reserved_concurrency(function_id: Any, prod: Any) -> None:
    item = function(prod, function_id)
    assert (item["Runtime"], item["Architectures"]) == ("python3.13", ["arm64"])
    assert "ReservedConcurrentExecutions" not in item
    assert item["Environment"]["Variables"]["ENVIRONMENT"] == "prod"
    assert item["Environment"]["Variables"]["PRODUCTION"] == "true"
    assert "LOCAL_ORIGIN" not in item["Environment"]["Variables"]


def test_only_functions_that_import_libraries_mount_them_and_the_get_function_does_not(prod: Any) -> None:
    mounted = {}
    for function_id in AUTHORITY:
        layers = [prod.resources[layer["Ref"]]["Properties"] for layer in function(prod, function_id).get("Layers", [])]
        mounted[function_id] = [layer["Description"].removeprefix("consentry: ") for layer in layers]
    assert mounted == {
        "forms-definitions": ["content-definitions"],
        "submissions-submit": ["content-submissions", "libraries"],
        "submissions-profile": ["content-submissions", "libraries"],
        "leads-outbox": ["libraries"],
        "consent-watch": [],
        **{
            name: ["content-editorial", "libraries", "libraries-staff"]
            for name in AUTHORITY
            if name.startswith("glossary-") or name == "content-translations"
        },
    }


def test_write_functions_start_from_snapshots_and_visitors_reach_the_published_alias(prod: Any) -> None:
    snapped = {
        function_id: function(prod, function_id).get("SnapStart") == {"ApplyOn": "PublishedVersions"}
        for function_id in AUTHORITY
    }
    assert [name for name, snap in snapped.items() if snap] == ["submissions-submit", "submissions-profile"]
    aliases = prod.of("AWS::Lambda::Alias")
    assert {alias["Name"] for alias in aliases.values()} == {"live"}
    integrated = {item["IntegrationUri"]["Ref"] for item in prod.of("AWS::ApiGatewayV2::Integration").values()}
    assert integrated == set(aliases)
    versions = prod.of("AWS::Lambda::Version")
    for alias in aliases.values():
        version = alias["FunctionVersion"]["Fn::GetAtt"][0]
        assert versions[version]["FunctionName"] == alias["FunctionName"]
        assert prod.resources[version]["DeletionPolicy"] == "Retain"  # a roll-back points the alias here
