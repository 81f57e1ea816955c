"""API descriptions, of OpenAPI 3 and Swagger 2."""

import pytest

from tests.support.reality import document, ids, of

OP = {"responses": {}}


def api(schemes, paths=None, **more):
    return document({"openapi": "3.0.0", "components": {"securitySchemes": schemes}, "paths": paths or {}, **more})


@pytest.mark.parametrize(
    ("scheme", "wanted"),
    [
        ({"type": "oauth2", "flows": {"implicit": {}}}, "api_implicit"),
        ({"type": "oauth2", "flows": {"password": {}}}, "api_password"),
        ({"type": "oauth2", "flows": {"authorizationCode": {}}}, "api_code"),
        ({"type": "apiKey", "in": "header", "name": "key"}, "api_key"),
        ({"type": "apiKey", "in": "query", "name": "key"}, "api_key_in_query"),
        ({"type": "http", "scheme": "basic"}, "api_basic"),
        ({"type": "http", "scheme": "bearer"}, "api_bearer"),
    ],
)
def test_each_scheme(scheme, wanted):
    assert wanted in ids(api({"a": scheme}))


def test_swagger_2():
    found = document({"swagger": "2.0", "paths": {}, "securityDefinitions": {"a": {"type": "oauth2", "flow": "accessCode"}}})
    assert of(found, "api_code").evidence[0].at == "$.securityDefinitions.a.flow"


def test_operations():
    paths = {
        "/pets": {"get": OP | {"security": [{"key": []}, {"oauth": ["write:pets"]}]}, "post": OP},
        "/login": {"get": OP | {"parameters": [{"name": "username", "in": "query"}, {"name": "password", "in": "query"}]}},
    }
    found = api({"key": {"type": "apiKey", "in": "header"}}, paths)
    assert of(found, "key_or_token").evidence[0].at == '$.paths["/pets"].get.security'
    assert of(found, "password_in_query").evidence[0].at == '$.paths["/login"].get.parameters'
    assert '$.paths["/pets"].post' in {e.at for e in of(found, "unsecured_operations").evidence}
    assert "write:pets" in of(found, "scopes").says


def test_a_global_security_covers_operations_and_an_empty_one_takes_it_away():
    paths = {"/a": {"get": OP}, "/b": {"get": OP | {"security": []}}}
    found = api({"oauth": {"type": "http", "scheme": "bearer"}}, paths, security=[{"oauth": []}])
    assert {e.at for e in of(found, "unsecured_operations").evidence} == {'$.paths["/b"].get'}


def test_a_server_without_tls():
    assert "server_without_tls" in ids(api({}, servers=[{"url": "http://api.example"}]))
    assert "server_without_tls" not in ids(api({}, servers=[{"url": "http://localhost:80"}]))
