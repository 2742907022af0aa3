"""The HTTP API: its routes, what it logs, what it lets through."""

import json
from typing import Any

from infra.environment import load, origins
from infra.functions import FUNCTIONS

from consentry.base.routes import ROUTES


def test_the_routes_are_the_products_table_of_routes(prod: Any) -> None:
    integration = {
        name: prod.resources[prod.resources[item["IntegrationUri"]["Ref"]]["Properties"]["FunctionName"]["Ref"]][
            "Properties"
        ]["FunctionName"]
        for name, item in prod.of("AWS::ApiGatewayV2::Integration").items()
    }
    deployed = {
        (route["RouteKey"], integration[route["Target"]["Fn::Join"][1][1]["Ref"]].removeprefix("consentry-prod-"))
        for route in prod.of("AWS::ApiGatewayV2::Route").values()
    }
    assert deployed == {(route.key, route.function) for route in ROUTES}


def test_only_this_api_may_call_the_functions_and_only_by_their_alias(prod: Any) -> None:
    permissions = [
        item for item in prod.of("AWS::Lambda::Permission").values() if item["Principal"] == "apigateway.amazonaws.com"
    ]
    assert {item["FunctionName"]["Ref"] for item in permissions} == set(prod.of("AWS::Lambda::Alias"))
    (api,) = prod.of("AWS::ApiGatewayV2::Api")
    assert all({"Ref": api} in item["SourceArn"]["Fn::Join"][1] for item in permissions)


def test_the_access_log_holds_no_path_no_query_and_no_address(prod: Any) -> None:
    (stage,) = prod.of("AWS::ApiGatewayV2::Stage").values()
    written = json.loads(stage["AccessLogSettings"]["Format"])
    assert written == {
        "requestId": "$context.requestId",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "latency": "$context.responseLatency",
    }


def test_throttles_are_tighter_where_something_is_written(prod: Any) -> None:
    (stage,) = prod.of("AWS::ApiGatewayV2::Stage").values()
    default = stage["DefaultRouteSettings"]
    assert (default["ThrottlingRateLimit"], default["ThrottlingBurstLimit"]) == (500, 1000)
    assert {key: item["ThrottlingRateLimit"] for key, item in stage["RouteSettings"].items()} == {
        route.key: 50 if route.staff else 100 for route in ROUTES if route.staff or route.method == "POST"
    }


def test_cross_origin_requests_come_from_sites_and_nowhere_else(prod: Any, dev: Any) -> None:
    (api,) = prod.of("AWS::ApiGatewayV2::Api").values()
    assert api["CorsConfiguration"]["AllowOrigins"] == ["https://forms.example.com"]  # every site shipped is a sample
    (api,) = dev.of("AWS::ApiGatewayV2::Api").values()
    cors = api["CorsConfiguration"]
    assert cors["AllowOrigins"] == origins(load("dev").markets) != []
    assert "*" not in cors["AllowOrigins"]
    assert cors["AllowMethods"] == ["GET", "POST"]
    assert {"authorization", "content-type", "idempotency-key"} <= set(cors["AllowHeaders"])
    assert "AllowCredentials" not in cors


def test_nobody_reaches_a_staff_route_without_a_token_of_the_environments_issuer(prod: Any) -> None:
    (authorizer,) = prod.of("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    assert authorizer["JwtConfiguration"] == {
        "Issuer": "https://login.example.com/oidc",
        "Audience": ["consentry-staff"],
    }
    guarded = {
        route["RouteKey"]: (route["AuthorizationType"], route.get("AuthorizerId"))
        for route in prod.of("AWS::ApiGatewayV2::Route").values()
    }
    assert any(route.staff for route in ROUTES)
    assert guarded == {
        route.key: ("JWT", {"Ref": "StaffAuthorizer"}) if route.staff else ("NONE", None) for route in ROUTES
    }


def test_no_function_of_staff_answers_a_public_route_and_none_of_visitors_a_staff_route() -> None:
    assert [route.key for route in ROUTES if FUNCTIONS[route.function].staff is not route.staff] == []


def test_where_nobody_signs_staff_in_there_is_no_staff_api_at_all(dev: Any) -> None:
    assert load("dev").staff is None
    assert {route["RouteKey"] for route in dev.of("AWS::ApiGatewayV2::Route").values()} == {
        route.key for route in ROUTES if not route.staff
    }
    assert dev.of("AWS::ApiGatewayV2::Authorizer") == {}
    deployed = {
        item["FunctionName"].removeprefix("consentry-dev-") for item in dev.of("AWS::Lambda::Function").values()
    }
    assert deployed == {name for name, spec in FUNCTIONS.items() if not spec.staff}
    # What editors own outlives a change of mind.
    assert "EditorialTable" in dev.of("AWS::DynamoDB::Table")


def test_consoles_may_call_only_where_the_environment_names_them(dev: Any, elsewhere: Any) -> None:
    (api,) = dev.of("AWS::ApiGatewayV2::Api").values()
    assert "PUT" not in api["CorsConfiguration"]["AllowMethods"]
    (api,) = elsewhere.of("AWS::ApiGatewayV2::Api").values()
    cors, console = api["CorsConfiguration"], "https://console.example.com"
    assert cors["AllowOrigins"] == ["https://forms.example.com", console]
    assert {"GET", "POST", "PUT", "DELETE"} == set(cors["AllowMethods"])
    assert "if-match" in cors["AllowHeaders"]
    assert {"etag", "link", "www-authenticate"} <= set(cors["ExposeHeaders"])
    bucket = elsewhere.of("AWS::S3::Bucket")["UploadsBucket"]
    (rule,) = bucket["CorsConfiguration"]["CorsRules"]
    assert (rule["AllowedOrigins"], rule["AllowedMethods"]) == ([console], ["PUT"])


def test_with_a_domain_the_default_endpoint_is_closed_else_it_is_the_way_in(prod: Any, dev: Any) -> None:
    (api,) = prod.of("AWS::ApiGatewayV2::Api").values()
    assert api["DisableExecuteApiEndpoint"] is True
    (api,) = dev.of("AWS::ApiGatewayV2::Api").values()
    assert api["DisableExecuteApiEndpoint"] is False


def test_a_site_of_a_market_that_is_not_hosted_gets_no_access(tmp_path: Any) -> None:
    (tmp_path / "a.yaml").write_text("market: DE\norigins: [https://a.example.com]\n")
    (tmp_path / "b.yaml").write_text("sample: true\nmarket: ask\nmarkets: [FR, JP]\norigins: [https://b.example.com]\n")
    assert origins(["DE"], tmp_path) == ["https://a.example.com"]
    assert origins(["JP"], tmp_path) == ["https://b.example.com"]
    assert origins(["DE", "JP"], tmp_path, samples=False) == ["https://a.example.com"]
