"""Environments as files: the shipped ones are valid, and a mistake is named before anything is made."""

from typing import Any

import pytest
import yaml
from aws_cdk import App
from infra.app import build
from infra.environment import FOLDER, load, origins
from infra.packages import Named

STAFF: dict[str, Any] = {
    "issuer": "https://login.example.com", "audience": ["consentry"], "throttle": {"rate": 1, "burst": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", ["dev", "e2e", "prod"])
def test_the_shipped_environments_are_valid(name: Any) -> None:
    assert load(name).name == name


@pytest.fixture
def write(tmp_path: Any) -> Any:
    def made(**changes: Any) -> Any:
        content = yaml.safe_load((FOLDER / "prod.yaml").read_text()) | changes
        (tmp_path / "prod.yaml").write_text(
            yaml.safe_dump({key: value for key, value in content.items() if value != "gone"})
        )
        return tmp_path

    return made


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"acount": "1"}, "acount"),
        ({"account": "12"}, "account"),
        ({"account": 111122223333}, "account"),
        ({"region": "Frankfurt"}, "region"),
        ({"markets": []}, "markets"),
        ({"markets": ["DE", "DE"]}, "twice"),
        ({"markets": ["Germany"]}, r"markets\.0"),
        ({"domain": None}, "needs a domain"),
        ({"emulated": True}, "emulator"),
        ({"alarms": {}}, "email"),
        ({"alarms": {"email": "a@example.com", "topic": "arn:aws:sns:eu-central-1:111122223333:x"}}, "either"),
        ({"lane_consumers": {"sales": []}}, "lane_consumers"),
        ({"captured_consumers": ["*"]}, "captured_consumers"),
        ({"staff": STAFF | {"issuer": "http://insecure.example.com"}}, "staff.issuer must be an https address"),
        ({"staff": STAFF | {"issuer": "login.example.com"}}, r"staff\.issuer"),
        ({"staff": STAFF | {"audience": []}}, r"staff\.audience"),
        ({"staff": STAFF | {"audience": [""]}}, r"staff\.audience\.0"),
        ({"staff": STAFF | {"origins": ["*"]}}, r"staff\.origins\.0"),
        ({"staff": STAFF | {"origins": ["https://console.example.com/"]}}, r"staff\.origins\.0"),
        ({"staff": "gone"}, "staff"),
        ({"log_days": 2}, "log_days"),
        ({"throttle": {"rate": 0, "burst": 1}}, r"throttle\.rate"),
        ({"name": "other"}, "name is 'other'"),
        ({"region": "eu-west-1"}, "origin_certificate must be of eu-west-1"),
        ({"production": "gone"}, "production"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(changes: Any, told: Any, write: Any) -> None:
    folder = write(**changes)
    with pytest.raises(ValueError, match=told) as refused:
        load("prod", folder)
    assert str(folder / "prod.yaml") in str(refused.value)


def test_an_unknown_environment_is_answered_with_those_there_are(write: Any) -> None:
    with pytest.raises(ValueError, match="there are: prod"):
        load("test", write())


def test_an_origin_that_is_not_https_is_refused(tmp_path: Any) -> None:
    (tmp_path / "a.yaml").write_text("market: DE\norigins: ['http://a.example.com']\n")
    with pytest.raises(ValueError, match="not an https origin"):
        origins(["DE"], tmp_path)


def test_outside_cloudfronts_region_the_firewall_comes_first_and_alone() -> None:
    prod = load("prod")
    assert prod.domain
    first = prod.model_copy(update={"domain": prod.domain.model_copy(update={"firewall": None})})
    scope = App()
    assert build(scope, first, Named()) is None
    (stack,) = [child for child in scope.node.children if child.node.id.startswith("consentry-")]
    assert (stack.node.id, stack.region) == ("consentry-prod-firewall", "us-east-1")


def test_in_cloudfronts_region_the_firewall_is_part_of_the_stack(elsewhere: Any) -> None:
    (acl,) = elsewhere.of("AWS::WAFv2::WebACL")
    (distribution,) = elsewhere.of("AWS::CloudFront::Distribution").values()
    assert distribution["DistributionConfig"]["WebACLId"] == {"Fn::GetAtt": [acl, "Arn"]}
