"""The HTTP API: its routes are the product's one table of routes; before those of staff stands who signs them in."""

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from consentry.base.routes import DEFAULT, ROUTES, Route
from infra.data import Data, camel
from infra.environment import Environment, Staff, origins
from infra.functions import FUNCTIONS, STAFF_SECONDS, Code, Deployed, log_group
from infra.nag import acknowledge

# Neither path, query nor address: a path may one day hold an opaque token, and an address is personal data.
ACCESS_LOG = (
    '{"requestId":"$context.requestId","routeKey":"$context.routeKey",'
    '"status":"$context.status","latency":"$context.responseLatency"}'
)
REQUEST_HEADERS = ["accept-language", "authorization", "content-type", "idempotency-key", "if-none-match"]
RESPONSE_HEADERS = ["content-language", "etag", "retry-after"]
# What a console of staff sends and reads besides.
STAFF_METHODS = ["PUT", "DELETE"]
STAFF_REQUEST_HEADERS = ["if-match"]
STAFF_RESPONSE_HEADERS = ["link", "location", "www-authenticate"]
VISITOR_SECONDS = 12


def routes(environment: Environment) -> list[Route]:
    """The routes of an environment: without somebody who signs staff in, there are none for staff."""
    return [route for route in ROUTES if environment.staff or not route.staff]


class Api(Construct):
    """Routes, stage, throttles, access log, and the functions that people reach."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, data: Data, code: Code
    ) -> None:
        super().__init__(scope, construct_id)
        self._environment = environment
        # A new environment has no sites yet: its own pages alone, and the answer to a preflight is in place.
        own = [f"https://{environment.domain.name}"] if environment.domain else []
        self.origins = origins(environment.markets, samples=not environment.production) or own
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
            for function_id in dict.fromkeys(route.function for route in routes(environment))
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
        """One answer for all routes: an HTTP API has no CORS of a route's own."""
        consoles = self._environment.staff.origins if self._environment.staff else []
        if not self.origins and not consoles:
            return None
        return apigateway.CfnApi.CorsProperty(
            allow_origins=[*self.origins, *consoles],
            allow_methods=["GET", "POST", *(STAFF_METHODS if consoles else ())],
            allow_headers=[*REQUEST_HEADERS, *(STAFF_REQUEST_HEADERS if consoles else ())],
            expose_headers=[*RESPONSE_HEADERS, *(STAFF_RESPONSE_HEADERS if consoles else ())],
            max_age=86400,
        )

    def _routes(self) -> None:
        """One integration and one permission a function."""
        staff = self._environment.staff
        authorizer = self._authorizer(staff) if staff else None
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
                # Shorter than the gateway's 30 s: a person waits for it.
                timeout_in_millis=1000 * (STAFF_SECONDS if FUNCTIONS[function_id].staff else VISITOR_SECONDS),
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
        for number, route in enumerate(routes(self._environment)):
            made = apigateway.CfnRoute(
                self,
                f"Route{number}",
                api_id=self.api.ref,
                route_key=route.key,
                target=f"integrations/{integrations[route.function].ref}",
                authorization_type="JWT" if route.staff else "NONE",
                authorizer_id=authorizer.ref if route.staff and authorizer else None,
            )
            made.override_logical_id(f"Route{_identifier(route.key)}")
            if not route.staff:
                acknowledge(
                    made,
                    "AwsSolutions-APIG4",
                    "Visitors have no account: forms are public, and later stages carry a token that the function "
                    "verifies",
                )

    def _authorizer(self, staff: Staff) -> apigateway.CfnAuthorizer:
        """Nobody passes without a token of the environment's issuer for its audience. Scopes are the functions' work.

        A function can say which scope, language or market is missing and what to do; the gateway only ``Forbidden``.
        """
        authorizer = apigateway.CfnAuthorizer(
            self,
            "Staff",
            api_id=self.api.ref,
            name="staff",
            authorizer_type="JWT",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=apigateway.CfnAuthorizer.JWTConfigurationProperty(
                issuer=staff.issuer, audience=staff.audience
            ),
        )
        authorizer.override_logical_id("StaffAuthorizer")
        return authorizer

    def _arn(self, suffix: str) -> str:
        stack = Stack.of(self)
        return f"arn:{stack.partition}:execute-api:{stack.region}:{stack.account}:{self.api.ref}{suffix}"

    def _stage(self) -> None:
        environment = self._environment
        log = log_group(self, "AccessLog", f"/aws/apigateway/consentry-{environment.name}", environment)
        throttles = {}
        for route in routes(environment):
            if route.staff or route.method == "POST":
                throttle = environment.write_throttle
                if route.staff and environment.staff:
                    throttle = environment.staff.throttle
                throttles[route.key] = {
                    "ThrottlingRateLimit": throttle.rate,
                    "ThrottlingBurstLimit": throttle.burst,
                    "DetailedMetricsEnabled": True,
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
            route_settings=throttles,
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
