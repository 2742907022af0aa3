"""What stands before the API."""

import fnmatch
import re
from typing import Any

import pytest
from infra.environment import load

from consentry.base.routes import ROUTES
from support.synthesised import alone

DISTRIBUTION = "AWS::CloudFront::Distribution"


@pytest.fixture
def distribution(prod: Any) -> Any:
    (only,) = prod.of(DISTRIBUTION).values()
    return only["DistributionConfig"]


def behaviours(distribution: Any) -> Any:
    """By path, in the order they are tried."""
    return {item["PathPattern"]: item for item in distribution["CacheBehaviors"]}


def staff_paths(distribution: Any) -> list[str]:
    disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's own policy CachingDisabled
    return [path for path, item in behaviours(distribution).items() if item["CachePolicyId"] == disabled]


def test_what_staff_see_is_never_cached_and_their_tokens_reach_the_api(distribution: Any) -> None:
    for path in staff_paths(distribution):
        behaviour = behaviours(distribution)[path]
        assert behaviour["TargetOriginId"] == "api"
        assert {"PUT", "DELETE"} <= set(behaviour["AllowedMethods"])
        assert behaviour["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AllViewerExceptHostHeader

    def uncached(route: Any) -> bool:
        path = re.sub(r"\{[^}]+\}", "x", route.path)
        return any(fnmatch.fnmatchcase(path, pattern) for pattern in staff_paths(distribution))

    assert any(route.staff for route in ROUTES)
    assert [route.key for route in ROUTES if uncached(route) is not route.staff] == []


def test_visitors_come_by_tls_under_the_domain_through_the_firewall(distribution: Any) -> None:
    assert distribution["Aliases"] == ["forms.example.com"]
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert ":global/webacl/consentry-prod/" in distribution["WebACLId"]
    behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
    assert {item["ViewerProtocolPolicy"] for item in behaviours} == {"https-only"}
    assert "Logging" not in distribution


def test_projections_come_from_the_bucket_and_what_it_lacks_from_the_api(distribution: Any) -> None:
    behaviour = behaviours(distribution)["/v1/forms/*/projections/*"]
    assert set(behaviour["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS"}
    (group,) = distribution["OriginGroups"]["Items"]
    assert behaviour["TargetOriginId"] == group["Id"]
    assert [member["OriginId"] for member in group["Members"]["Items"]] == ["projections", "api"]
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [403, 404]


def test_everything_else_goes_to_the_api_by_its_hidden_name(distribution: Any) -> None:
    assert distribution["DefaultCacheBehavior"]["TargetOriginId"] == "api"
    assert "POST" in distribution["DefaultCacheBehavior"]["AllowedMethods"]
    (origin,) = [item for item in distribution["Origins"] if item["Id"] == "api"]
    assert origin["DomainName"] == "forms-origin.example.com"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_a_post_is_never_cached(distribution: Any) -> None:
    assert "CachedMethods" not in distribution["DefaultCacheBehavior"]  # CloudFront's own default: GET and HEAD


def test_cache_keys_hold_what_answers_vary_on_and_nothing_else(prod: Any, distribution: Any) -> None:
    def key(behaviour: Any) -> Any:
        policy = prod.resources[behaviour["CachePolicyId"]["Ref"]]["Properties"]["CachePolicyConfig"]
        parameters = policy["ParametersInCacheKeyAndForwardedToOrigin"]
        return (
            policy,
            parameters["HeadersConfig"].get("Headers", []),
            parameters["QueryStringsConfig"]["QueryStringBehavior"],
            parameters,
        )

    policy, headers, query, parameters = key(distribution["DefaultCacheBehavior"])
    assert (sorted(headers), query) == (["Accept-Language", "Origin"], "all")
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)  # exactly as long as the answer's Cache-Control says
    policy, headers, query, parameters = key(behaviours(distribution)["/v1/forms/*/projections/*"])
    assert (headers, query) == ([], "none")
    assert (policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]) == (0, 0, 365 * 24 * 3600)
    assert parameters["EnableAcceptEncodingBrotli"] is True
    assert parameters["EnableAcceptEncodingGzip"] is True
    assert parameters["CookiesConfig"] == {"CookieBehavior": "none"}


def test_the_bucket_is_private_versioned_and_read_by_this_distribution_alone(prod: Any) -> None:
    (name,) = [name for name in prod.of("AWS::S3::Bucket") if name != "UploadsBucket"]
    bucket = prod.of("AWS::S3::Bucket")[name]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (policy,) = [item for item in prod.of("AWS::S3::BucketPolicy").values() if item["Bucket"] == {"Ref": name}]
    statements = policy["PolicyDocument"]["Statement"]
    denied = [item["Condition"] for item in statements if item["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied
    assert {"NumericLessThan": {"s3:TlsVersion": 1.2}} in denied
    (read,) = [item for item in statements if item["Effect"] == "Allow"]
    assert (read["Action"], read["Principal"]) == ("s3:GetObject", {"Service": "cloudfront.amazonaws.com"})
    (name,) = prod.of(DISTRIBUTION)
    assert {"Ref": name} in read["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Join"][1]


def test_projections_may_be_read_by_pages_of_sites_that_are_no_samples(prod: Any) -> None:
    rehearsal = alone(load("prod").model_copy(update={"production": False}))
    (api,) = rehearsal.of("AWS::ApiGatewayV2::Api").values()
    for stack, pages in ((rehearsal, api["CorsConfiguration"]["AllowOrigins"]), (prod, ["https://forms.example.com"])):
        (policy,) = stack.of("AWS::CloudFront::ResponseHeadersPolicy").values()
        cors = policy["ResponseHeadersPolicyConfig"]["CorsConfig"]
        assert cors["AccessControlAllowOrigins"]["Items"] == pages
        assert cors["OriginOverride"] is True


@pytest.fixture
def acl(firewall: Any) -> Any:
    (only,) = firewall.of("AWS::WAFv2::WebACL").values()
    return only


NOT_STAFF: dict[str, Any] = {
    "NotStatement": {
        "Statement": {
            "OrStatement": {
                "Statements": [
                    {
                        "ByteMatchStatement": {
                            "FieldToMatch": {"UriPath": {}},
                            "PositionalConstraint": "STARTS_WITH",
                            "SearchString": prefix,
                            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                        }
                    }
                    for prefix in ("/v1/glossary/", "/v1/translations")
                ]
            }
        }
    }
}


def test_rules_against_markup_judge_visitors_alone(acl: Any) -> None:
    scoped = {
        rule["Name"]: rule["Statement"]["ManagedRuleGroupStatement"].get("ScopeDownStatement")
        for rule in acl["Rules"]
        if "OverrideAction" in rule
    }
    assert scoped == {
        "AWSManagedRulesAmazonIpReputationList": None,
        "AWSManagedRulesCommonRuleSet": NOT_STAFF,
        "AWSManagedRulesKnownBadInputsRuleSet": None,
    }


def test_the_firewall_is_cloudfronts_and_limits_rates_harder_for_writes(acl: Any) -> None:
    assert acl["Scope"] == "CLOUDFRONT"
    limits = {rule["Name"]: rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"] if "Action" in rule}
    assert limits["rate-write"]["Limit"] < limits["rate-all"]["Limit"]
    post, not_staff = limits["rate-write"]["ScopeDownStatement"]["AndStatement"]["Statements"]
    assert post["ByteMatchStatement"]["SearchString"] == "POST"
    assert not_staff == NOT_STAFF
    assert {limit["AggregateKeyType"] for limit in limits.values()} == {"IP"}


def test_the_firewall_has_the_managed_rules_and_leaves_the_bodys_size_to_us(acl: Any) -> None:
    managed = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]: rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in acl["Rules"]
        if "OverrideAction" in rule
    }
    assert set(managed) == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }
    overrides = managed["AWSManagedRulesCommonRuleSet"]["RuleActionOverrides"]
    assert overrides == [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]


def test_the_firewall_keeps_no_sample_of_a_visitors_request(acl: Any) -> None:
    settings = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
    assert {item["SampledRequestsEnabled"] for item in settings} == {False}


def test_without_a_domain_there_is_no_edge(dev: Any) -> None:
    assert not [item for item in dev.resources.values() if item["Type"].startswith(("AWS::CloudFront", "AWS::WAF"))]
    assert set(dev.of("AWS::S3::Bucket")) == {"UploadsBucket"}
