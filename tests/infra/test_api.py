"""The HTTP API: its routes, what it logs, what it lets through."""

import json
from typing import Any

from infra.environment import load, origins

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
        route.key: 100 for route in ROUTES if route.method == "POST"
    }


def test_cross_origin_requests_come_from_sites_and_nowhere_else(prod: Any) -> None:
    (api,) = prod.of("AWS::ApiGatewayV2::Api").values()
    cors = api["CorsConfiguration"]
    assert cors["AllowOrigins"] == origins(load("prod").markets) != []
    assert "*" not in cors["AllowOrigins"]
    assert cors["AllowMethods"] == ["GET", "POST"]
    assert {"authorization", "content-type", "idempotency-key"} <= set(cors["AllowHeaders"])
    assert "AllowCredentials" not in cors


def test_with_a_domain_the_default_endpoint_is_closed_else_it_is_the_way_in(prod: Any, synthesised: Any) -> None:
    (api,) = prod.of("AWS::ApiGatewayV2::Api").values()
    assert api["DisableExecuteApiEndpoint"] is True
    (api,) = synthesised("dev").of("AWS::ApiGatewayV2::Api").values()
    assert api["DisableExecuteApiEndpoint"] is False


def test_a_site_of_a_market_that_is_not_hosted_gets_no_access(tmp_path: Any) -> None:
    (tmp_path / "a.yaml").write_text("market: DE\norigins: [https://a.example.com]\n")
    (tmp_path / "b.yaml").write_text("market: ask\nmarkets: [FR, JP]\norigins: [https://b.example.com]\n")
    assert origins(["DE"], tmp_path) == ["https://a.example.com"]
    assert origins(["JP"], tmp_path) == ["https://b.example.com"]
