"""The visitor API: an HTTP API whose routes are the product's one table of routes, and the functions behind it."""

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from consentry.base.routes import DEFAULT, ROUTES
from infra.data import Data, camel
from infra.environment import Environment, origins
from infra.functions import RETENTION, Code, Deployed
from infra.nag import acknowledge

# Neither path, query nor address: a path may one day hold an opaque token, and an address is personal data.
ACCESS_LOG = (
    '{"requestId":"$context.requestId","routeKey":"$context.routeKey",'
    '"status":"$context.status","latency":"$context.responseLatency"}'
)
REQUEST_HEADERS = ["accept-language", "authorization", "content-type", "idempotency-key", "if-none-match"]
RESPONSE_HEADERS = ["content-language", "etag", "retry-after"]


class Api(Construct):
    """Routes, stage, throttles, access log, and the functions that visitors reach."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, data: Data, code: Code
    ) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        self.origins = origins(environment.markets)
        self.functions = {
            function_id: Deployed(
                self,
                camel(function_id),
                function_id=function_id,
                environment=environment,
                data=data,
                code=code,
                published=True,
            )
            for function_id in dict.fromkeys(route.function for route in ROUTES)
        }
        self.api = apigateway.CfnApi(
            self,
            "Http",
            name=f"consentry-{environment.name}",
            protocol_type="HTTP",
            # With a domain, the world's way in is CloudFront; without one there is nothing but this endpoint.
            disable_execute_api_endpoint=environment.domain is not None,
            cors_configuration=self._cors(),
        )
        self._routes()
        self._stage()
        self.host = self._domain()
        self.url = f"https://{environment.domain.name if environment.domain else self.host}"
        CfnOutput(self, "ApiId", value=self.api.ref).override_logical_id("ApiId")
        CfnOutput(self, "Url", value=self.url).override_logical_id("Url")

    def _cors(self) -> apigateway.CfnApi.CorsProperty | None:
        if not self.origins:
            return None
        return apigateway.CfnApi.CorsProperty(
            allow_origins=self.origins,
            allow_methods=["GET", "POST"],
            allow_headers=REQUEST_HEADERS,
            expose_headers=RESPONSE_HEADERS,
            max_age=86400,
        )

    def _routes(self) -> None:
        """One integration and one permission a function; every route is public by design."""
        integrations = {}
        for function_id, deployed in self.functions.items():
            target = deployed.live
            if target is None:
                raise ValueError(f"{function_id} has no alias to integrate")
            integration = apigateway.CfnIntegration(
                self,
                f"{camel(function_id)}Integration",
                api_id=self.api.ref,
                integration_type="AWS_PROXY",
                integration_method="POST",
                integration_uri=target.function_arn,
                payload_format_version="2.0",
                # Shorter than the gateway's 30 s: a visitor waits for it.
                timeout_in_millis=12_000,
            )
            lambda_.CfnPermission(
                self,
                f"{camel(function_id)}Permission",
                action="lambda:InvokeFunction",
                function_name=target.function_arn,
                principal="apigateway.amazonaws.com",
                source_arn=self._arn("/*/*"),
            )
            integrations[function_id] = integration
        for number, route in enumerate(ROUTES):
            made = apigateway.CfnRoute(
                self,
                f"Route{number}",
                api_id=self.api.ref,
                route_key=route.key,
                target=f"integrations/{integrations[route.function].ref}",
                authorization_type="NONE",
            )
            made.override_logical_id(f"Route{_identifier(route.key)}")
            acknowledge(
                made,
                "AwsSolutions-APIG4",
                "Visitors have no account: forms are public, and later stages carry a token that the function verifies",
            )

    def _arn(self, suffix: str) -> str:
        stack = Stack.of(self)
        return f"arn:{stack.partition}:execute-api:{stack.region}:{stack.account}:{self.api.ref}{suffix}"

    def _stage(self) -> None:
        environment = self._environment
        log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/consentry-{environment.name}",
            retention=logs.RetentionDays[RETENTION[environment.log_days]],
            removal_policy=RemovalPolicy.RETAIN if environment.production else RemovalPolicy.DESTROY,
        )
        write = {
            route.key: {
                "ThrottlingRateLimit": environment.write_throttle.rate,
                "ThrottlingBurstLimit": environment.write_throttle.burst,
                "DetailedMetricsEnabled": True,
            }
            for route in ROUTES
            if route.method == "POST"
        }
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name=DEFAULT,
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=ACCESS_LOG
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=environment.throttle.rate,
                throttling_burst_limit=environment.throttle.burst,
                detailed_metrics_enabled=True,
            ),
            route_settings=write,
        )
        # A stage names routes in its settings and is refused while they do not exist.
        for child in self.node.children:
            if isinstance(child, apigateway.CfnRoute):
                stage.node.add_dependency(child)
        self._stage_resource = stage

    def _domain(self) -> str:
        """The host name that reaches the API: the origin's own name, else the default endpoint."""
        domain = self._environment.domain
        if domain is None:
            stack = Stack.of(self)
            return f"{self.api.ref}.execute-api.{stack.region}.{stack.url_suffix}"
        name = apigateway.CfnDomainName(
            self,
            "OriginName",
            domain_name=domain.origin_name,
            domain_name_configurations=[
                apigateway.CfnDomainName.DomainNameConfigurationProperty(
                    certificate_arn=domain.origin_certificate,
                    endpoint_type="REGIONAL",
                    security_policy="TLS_1_2",
                )
            ],
        )
        apigateway.CfnApiMapping(
            self, "OriginMapping", api_id=self.api.ref, domain_name=name.ref, stage=self._stage_resource.ref
        )
        CfnOutput(
            self,
            "OriginTarget",
            value=name.attr_regional_domain_name,
            description=f"Point {domain.origin_name} here (CNAME or alias)",
        ).override_logical_id("OriginTarget")
        return domain.origin_name


def _identifier(route_key: str) -> str:
    """``GET /v1/forms/{form}`` → ``GetV1FormsForm``: stable when the table of routes is reordered."""
    words = "".join(letter if letter.isalnum() else " " for letter in route_key).split()
    return "".join(word.capitalize() for word in words)
