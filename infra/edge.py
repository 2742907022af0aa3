"""What stands before the API: CloudFront, the firewall, and the bucket of immutable projections."""

import json

from aws_cdk import CfnOutput, Duration
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as cloudfront_origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.api import RESPONSE_HEADERS
from infra.data import removal
from infra.environment import Domain, Environment
from infra.nag import acknowledge

PROJECTIONS = "/v1/forms/*/projections/*"
STAFF_PREFIXES = ("/v1/glossary/", "/v1/translations")
"""Where staff send what they write."""
STAFF = (*(f"{prefix}*" for prefix in STAFF_PREFIXES), "/v1/markets/*/readiness")
"""Paths that answer one person alone: never cached."""
_TOO_MANY = json.dumps(
    {"type": "urn:consentry:problem:too-many-requests", "title": "Too many requests", "status": 429},
    separators=(",", ":"),
)
# Managed rules that judge a body by its size: ours may have 64 KiB and the functions hold them to it.
_COUNT_ONLY = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
# Its rules take the markup of glossaries and translation files for an attack; staff routes take tokens alone.
_VISITORS_ONLY = ("AWSManagedRulesCommonRuleSet",)
_MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
# Requests of one address within five minutes.
_RATE_ALL = 3000
_RATE_WRITE = 150


class Firewall(Construct):
    """A web ACL for CloudFront. AWS takes one from us-east-1 only, so it may need a stack of its own."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        super().__init__(scope, construct_id)
        limits = [
            self._rate(0, "rate-all", _RATE_ALL, None),
            self._rate(1, "rate-write", _RATE_WRITE, _visitors_post()),
        ]
        managed = [self._managed(len(limits) + number, name) for number, name in enumerate(_MANAGED)]
        self.acl = waf.CfnWebACL(
            self,
            "Acl",
            name=f"consentry-{environment.name}",
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            custom_response_bodies={
                "too-many": waf.CfnWebACL.CustomResponseBodyProperty(content_type="APPLICATION_JSON", content=_TOO_MANY)
            },
            rules=[*limits, *managed],
            visibility_config=_visibility("all"),
        )
        CfnOutput(self, "FirewallArn", value=self.acl.attr_arn).override_logical_id("FirewallArn")

    def _rate(
        self, priority: int, name: str, limit: int, scope_down: waf.CfnWebACL.StatementProperty | None
    ) -> waf.CfnWebACL.RuleProperty:
        return waf.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            statement=waf.CfnWebACL.StatementProperty(
                rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                    aggregate_key_type="IP", limit=limit, scope_down_statement=scope_down
                )
            ),
            action=waf.CfnWebACL.RuleActionProperty(
                block=waf.CfnWebACL.BlockActionProperty(
                    custom_response=waf.CfnWebACL.CustomResponseProperty(
                        response_code=429, custom_response_body_key="too-many"
                    )
                )
            ),
            visibility_config=_visibility(name),
        )

    def _managed(self, priority: int, name: str) -> waf.CfnWebACL.RuleProperty:
        return waf.CfnWebACL.RuleProperty(
            name=name,
            priority=priority,
            statement=waf.CfnWebACL.StatementProperty(
                managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                    vendor_name="AWS",
                    name=name,
                    scope_down_statement=_not(_staff()) if name in _VISITORS_ONLY else None,
                    rule_action_overrides=[
                        waf.CfnWebACL.RuleActionOverrideProperty(
                            name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                        )
                        for rule in _COUNT_ONLY.get(name, ())
                    ]
                    or None,
                )
            ),
            override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
            visibility_config=_visibility(name),
        )


def _visitors_post() -> waf.CfnWebACL.StatementProperty:
    """What staff send is known by its token, and a day's work is more than a visitor's form."""
    post = _bytes(waf.CfnWebACL.FieldToMatchProperty(method={}), "EXACTLY", "POST")
    return waf.CfnWebACL.StatementProperty(
        and_statement=waf.CfnWebACL.AndStatementProperty(statements=[post, _not(_staff())])
    )


def _staff() -> waf.CfnWebACL.StatementProperty:
    path = waf.CfnWebACL.FieldToMatchProperty(uri_path={})
    return waf.CfnWebACL.StatementProperty(
        or_statement=waf.CfnWebACL.OrStatementProperty(
            statements=[_bytes(path, "STARTS_WITH", prefix) for prefix in STAFF_PREFIXES]
        )
    )


def _not(statement: waf.CfnWebACL.StatementProperty) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(not_statement=waf.CfnWebACL.NotStatementProperty(statement=statement))


def _bytes(field: waf.CfnWebACL.FieldToMatchProperty, constraint: str, text: str) -> waf.CfnWebACL.StatementProperty:
    return waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=field,
            positional_constraint=constraint,
            search_string=text,
            text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
        )
    )


def _visibility(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    # No samples: they keep addresses, headers and paths of visitors.
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _asked_of(api: cloudfront.IOrigin, cached: cloudfront.ICachePolicy) -> cloudfront.BehaviorOptions:
    """What the API answers, cached as ``cached`` says."""
    return cloudfront.BehaviorOptions(
        origin=api,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        cache_policy=cached,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        compress=True,
    )


class Edge(Construct):
    """The distribution and its two origins."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        domain: Domain,
        origins: list[str],
        firewall: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = self._bucket(environment)
        api = cloudfront_origins.HttpOrigin(
            domain.origin_name,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            origin_id="api",
        )
        # What is not in the bucket yet, or was never published, is the API's to serve or to refuse.
        projections = cloudfront_origins.OriginGroup(
            primary_origin=cloudfront_origins.S3BucketOrigin.with_origin_access_control(
                self.bucket, origin_id="projections"
            ),
            fallback_origin=api,
            fallback_status_codes=[403, 404],
        )
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"consentry {environment.name}",
            domain_names=[domain.name],
            certificate=certificates.Certificate.from_certificate_arn(self, "Certificate", domain.certificate),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=firewall,
            default_behavior=_asked_of(api, self._pointers(environment)),
            additional_behaviors={
                **dict.fromkeys(
                    STAFF if environment.staff else (), _asked_of(api, cloudfront.CachePolicy.CACHING_DISABLED)
                ),
                PROJECTIONS: cloudfront.BehaviorOptions(
                    origin=projections,
                    allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
                    cache_policy=self._immutable(environment),
                    response_headers_policy=self._cross_origin(environment, origins),
                    compress=True,
                ),
            },
        )
        acknowledge(
            self.distribution,
            "AwsSolutions-CFR1",
            "Which markets are served is content, not geography: a professional may be abroad when the form is opened",
        )
        acknowledge(
            self.distribution,
            "AwsSolutions-CFR3",
            "CloudFront's access logs hold visitors' addresses and full paths; the API's log has counts, "
            "routes and latency without either",
        )
        CfnOutput(
            self,
            "EdgeTarget",
            value=self.distribution.distribution_domain_name,
            description=f"Point {domain.name} here (CNAME or alias)",
        ).override_logical_id("EdgeTarget")
        CfnOutput(self, "ProjectionsBucket", value=self.bucket.bucket_name).override_logical_id("ProjectionsBucket")

    def _bucket(self, environment: Environment) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Projections",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # Public documents: S3's own key, so that CloudFront needs no right to a key of ours.
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            versioned=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(90),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=removal(environment),
        )
        acknowledge(
            bucket,
            "AwsSolutions-S1",
            "Public, immutable documents read by CloudFront alone; a server access log would say only that",
        )
        return bucket

    def _pointers(self, environment: Environment) -> cloudfront.CachePolicy:
        """Cached exactly as long as the API says; by language and origin, on which its answers vary."""
        return cloudfront.CachePolicy(
            self,
            "Pointers",
            cache_policy_name=f"consentry-{environment.name}-pointers",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.minutes(5),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list("Accept-Language", "Origin"),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _immutable(self, environment: Environment) -> cloudfront.CachePolicy:
        """By path and encoding, nothing else: the path holds the release."""
        return cloudfront.CachePolicy(
            self,
            "Immutable",
            cache_policy_name=f"consentry-{environment.name}-immutable",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.days(365),
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )

    def _cross_origin(self, environment: Environment, origins: list[str]) -> cloudfront.ResponseHeadersPolicy:
        """CORS said at the edge, because the bucket's answers are cached without regard to who asked."""
        return cloudfront.ResponseHeadersPolicy(
            self,
            "CrossOrigin",
            response_headers_policy_name=f"consentry-{environment.name}-projections",
            cors_behavior=cloudfront.ResponseHeadersCorsBehavior(
                access_control_allow_credentials=False,
                access_control_allow_headers=["*"],
                access_control_allow_methods=["GET", "HEAD", "OPTIONS"],
                access_control_allow_origins=origins,
                access_control_expose_headers=RESPONSE_HEADERS,
                access_control_max_age=Duration.days(1),
                origin_override=True,
            ),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365), include_subdomains=False, override=True
                ),
            ),
        )
