"""Tables, queues, secrets: keys, encryption, recovery, and what outlives the stack."""

import json
from typing import Any

import pytest

TABLE = "AWS::DynamoDB::Table"
KEYS = {
    "consents": ("subject_ref", "event_key"),
    "subjects": ("subject_ref",),
    "identities": ("idx", "subject_ref"),
    "keys": ("subject_ref",),
    "leads": ("lead_id",),
    "requests": ("request_key",),
    "content": ("content_key",),
    "editorial": ("path", "version"),
}


@pytest.fixture
def tables(prod: Any) -> Any:
    return {item["TableName"].removeprefix("consentry-prod-"): item for item in prod.of(TABLE).values()}


def test_the_tables_and_their_keys(tables: Any) -> None:
    assert {name: tuple(key["AttributeName"] for key in item["KeySchema"]) for name, item in tables.items()} == KEYS
    assert {attribute["AttributeType"] for item in tables.values() for attribute in item["AttributeDefinitions"]} == {
        "S"
    }


def test_indexes(tables: Any) -> None:
    assert tables["consents"]["LocalSecondaryIndexes"] == [
        {
            "IndexName": "by-occurrence",
            "KeySchema": [
                {"AttributeName": "subject_ref", "KeyType": "HASH"},
                {"AttributeName": "occurrence_key", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ]
    assert tables["leads"]["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "pending",
            "KeySchema": [
                {"AttributeName": "pending", "KeyType": "HASH"},
                {"AttributeName": "pending_since", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ]
    assert tables["editorial"]["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "by-folder",
            "KeySchema": [
                {"AttributeName": "folder", "KeyType": "HASH"},
                {"AttributeName": "path", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ]
    assert [name for name, item in tables.items() if "LocalSecondaryIndexes" in item] == ["consents"]
    assert {name for name, item in tables.items() if "GlobalSecondaryIndexes" in item} == {"leads", "editorial"}


def test_streams(tables: Any) -> None:
    views = {
        name: item["StreamSpecification"]["StreamViewType"]
        for name, item in tables.items()
        if "StreamSpecification" in item
    }
    assert views == {"consents": "NEW_AND_OLD_IMAGES", "leads": "NEW_IMAGE", "editorial": "KEYS_ONLY"}


@pytest.mark.parametrize("name", KEYS)
def test_a_table_is_on_demand_encrypted_and_cannot_be_deleted(name: Any, tables: Any, prod: Any) -> None:
    assert tables[name]["BillingMode"] == "PAY_PER_REQUEST"
    assert tables[name]["DeletionProtectionEnabled"] is True
    assert tables[name]["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": ["TableKey", "Arn"]},
    }
    resource = prod.resources[f"{name.capitalize()}Table"]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", KEYS)
def test_recovery_is_long_except_where_erasure_must_be_final_in_a_day(name: Any, tables: Any) -> None:
    assert tables[name]["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 1 if name in ("identities", "keys") else 35,
    }


@pytest.mark.parametrize("name", KEYS)
def test_every_table_expires_items(name: Any, tables: Any) -> None:
    attribute = "expires_at" if name == "requests" else "purge_at"
    assert tables[name]["TimeToLiveSpecification"] == {"AttributeName": attribute, "Enabled": True}


REMOVING = {
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
}


@pytest.mark.parametrize(
    ("name", "denied"),
    [
        ("consents", REMOVING | {"dynamodb:UpdateItem"}),  # an event stays as it was put
        ("editorial", REMOVING),  # a counter is updated; no document is ever deleted
    ],
)
def test_nobody_may_change_or_delete_what_is_kept_whatever_their_policy(name: str, denied: Any, tables: Any) -> None:
    (statement,) = tables[name]["ResourcePolicy"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", {"AWS": "*"})
    assert "Condition" not in statement
    assert set(statement["Action"]) == denied
    assert statement["Resource"]["Fn::Join"][1][-1].endswith(f":table/consentry-prod-{name}")


def test_only_tables_of_record_have_a_policy_of_their_own(tables: Any) -> None:
    assert {name for name, item in tables.items() if "ResourcePolicy" in item} == {"consents", "editorial"}


def test_keys_rotate_and_stay(prod: Any) -> None:
    keys = {name: item for name, item in prod.resources.items() if item["Type"] == "AWS::KMS::Key"}
    assert set(keys) == {"TableKey", "SecretKey"}
    assert all(item["Properties"]["EnableKeyRotation"] for item in keys.values())
    assert all(item["DeletionPolicy"] == "Retain" for item in keys.values())


def test_secrets_are_generated_with_a_first_epoch_under_their_own_key(prod: Any) -> None:
    secrets = prod.of("AWS::SecretsManager::Secret")
    assert set(secrets) == {"TokenSecret", "IdentitySecret", "KekSecret"}
    for secret in secrets.values():
        generated = secret["GenerateSecretString"]
        assert json.loads(generated["SecretStringTemplate"]) == {"current": "1"}
        assert (generated["GenerateStringKey"], generated["PasswordLength"]) == ("1", 64)
        assert secret["KmsKeyId"] == {"Fn::GetAtt": ["SecretKey", "Arn"]}


def test_queues_are_encrypted_and_taken_over_tls_alone(prod: Any) -> None:
    queues = prod.of("AWS::SQS::Queue")
    assert set(queues) == {
        "CapturedQueue", "CapturedDeadQueue", "OutboxFailureQueue", "WatchFailureQueue", "RecheckQueue",
        "RecheckDeadQueue",
    }  # fmt: skip
    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    secured = {
        policy["Queues"][0]["Ref"]
        for policy in prod.of("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if (statement["Effect"], statement["Action"], statement["Principal"]) == ("Deny", "sqs:*", {"AWS": "*"})
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    assert secured == set(queues)


def test_what_consumers_give_up_five_times_goes_to_the_dead_letter_queue(prod: Any) -> None:
    assert prod.of("AWS::SQS::Queue")["CapturedQueue"]["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["CapturedDeadQueue", "Arn"]},
        "maxReceiveCount": 5,
    }
    assert prod.of("AWS::SQS::Queue")["RecheckQueue"]["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["RecheckDeadQueue", "Arn"]},
        "maxReceiveCount": 3,
    }


def test_only_the_named_consumers_may_receive_captured_leads(prod: Any) -> None:
    (policy,) = [
        item["PolicyDocument"]["Statement"]
        for item in prod.of("AWS::SQS::QueuePolicy").values()
        if item["Queues"] == [{"Ref": "CapturedQueue"}]
    ]
    allowed = [statement for statement in policy if statement["Effect"] == "Allow"]
    assert len(allowed) == 1
    assert allowed[0]["Principal"] == {"AWS": "arn:aws:iam::111122223333:role/lead-router"}
    assert set(allowed[0]["Action"]) == {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"}


UPLOADS = "consentry-prod-uploads-111122223333-eu-central-1"


def test_uploads_are_private_encrypted_and_gone_after_a_day(prod: Any) -> None:
    bucket = prod.named("AWS::S3::Bucket", BucketName=UPLOADS)
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 1)
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "VersioningConfiguration" not in bucket  # a version would outlive the day
    assert "CorsConfiguration" not in bucket  # no console but those that an environment names


def test_uploads_are_taken_over_tls_alone_and_nobody_is_let_in_by_the_bucket(prod: Any) -> None:
    (policy,) = [
        item["PolicyDocument"]["Statement"]
        for item in prod.of("AWS::S3::BucketPolicy").values()
        if item["Bucket"] == {"Ref": "UploadsBucket"}
    ]
    assert {statement["Effect"] for statement in policy} == {"Deny"}
    denied = [statement["Condition"] for statement in policy]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied


def test_a_development_stack_leaves_nothing_behind(dev: Any) -> None:
    kept = [name for name, item in dev.resources.items() if item.get("DeletionPolicy") == "Retain"]
    assert [name for name in kept if dev.resources[name]["Type"] != "AWS::Lambda::LayerVersion"] == []
