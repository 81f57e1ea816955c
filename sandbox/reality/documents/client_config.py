"""How a client is set up: Spring's application.yml, and the settings of oidc-client-ts as JSON.  Code is never evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.core.wire import split
from sandbox.reality.documents.paths import here, is_on, members, step, words
from sandbox.reality.finding import Finding, found

Json = dict[str, Any]
PLACEHOLDER = "${"  # of Spring: the value is elsewhere


def is_spring(data: Json) -> bool:
    """Whether it is a configuration of Spring with security in it."""
    return bool(_security(_nested(data)))


def is_oidc_client(data: Json) -> bool:
    """Whether it is what oidc-client-ts takes (or oidc-client before it)."""
    return isinstance(data.get("authority"), str) and "client_id" in data


def _nested(data: Json) -> Json:
    """Keys with dots (`spring.security.oauth2`) as objects inside each other; Spring reads both."""
    out: Json = {}
    for key, value in data.items():
        place = out
        *above, last = str(key).split(".")
        for name in above[:10]:
            place = place.setdefault(name, {}) if isinstance(place.get(name, {}), dict) else {}
        value = _nested(value) if isinstance(value, dict) else value
        if isinstance(place.get(last), dict) and isinstance(value, dict):
            place[last].update(value)
        else:
            place[last] = value
    return out


def _security(data: Json) -> Json:
    return members(members(members(data.get("spring")).get("security")).get("oauth2"))


def _option(data: Json, name: str) -> Any:
    """A value whatever the style of its name: client-id, clientId, client_id."""
    plain = name.replace("-", "")
    return next((v for k, v in data.items() if str(k).lower().replace("-", "").replace("_", "") == plain), None)


def findings(data: Json) -> Iterator[Finding]:
    """What the configuration shows."""
    if is_oidc_client(data):
        yield from _oidc_client(data)
        return
    security, base = _security(_nested(data)), "$.spring.security.oauth2"
    client = members(security.get("client"))
    for name, registration in list(members(client.get("registration")).items())[:20]:
        yield from _registration(step(f"{base}.client.registration", str(name)), str(name), members(registration))
    for name, provider in list(members(client.get("provider")).items())[:20]:
        yield from _addresses(step(f"{base}.client.provider", str(name)), members(provider))
    for server in ("resourceserver", "resource-server"):
        if server in security:
            yield from _resource_server(f"{base}.{server}", members(security[server]))


def _registration(path: str, name: str, client: Json) -> Iterator[Finding]:
    grant = str(_option(client, "authorization-grant-type") or "authorization_code")
    where = here(f"{path}.authorization-grant-type", grant)
    if grant == "password":
        yield found("config_password", f"{name}: the password grant", [where])
    elif grant == "implicit":
        yield found("config_implicit", f"{name}: the implicit grant", [where])
    elif grant == "authorization_code":
        yield found("config_code", f"{name}: authorization code", [where])
        method = str(_option(client, "client-authentication-method") or "")
        if method != "none":
            yield found(
                "config_default_pkce",
                f"{name}: the file does not turn PKCE on; of a client with a secret Spring uses it only where it is told to",
                [here(path)],
            )
    secret = _option(client, "client-secret")
    if isinstance(secret, str) and secret and not secret.startswith(PLACEHOLDER):
        yield found("config_secret", f"{name}: its secret stands in the file", [here(f"{path}.client-secret")])
    scope = _option(client, "scope")
    scopes = words(scope) or (scope.replace(",", " ").split() if isinstance(scope, str) else [])
    if "offline_access" in scopes:
        yield found("config_offline", f"{name} asks for a refresh token", [here(f"{path}.scope", scopes)])


def _addresses(path: str, provider: Json) -> Iterator[Finding]:
    for name, value in provider.items():
        if isinstance(value, str) and value.startswith("http://") and split(value).hostname not in ("localhost", "127.0.0.1"):
            yield found("config_http", f"{name} is reached without TLS: {value}", [here(step(path, str(name)), value)])


def _resource_server(path: str, server: Json) -> Iterator[Finding]:
    jwt = members(server.get("jwt"))
    issuer = _option(jwt, "issuer-uri")
    if jwt or "opaquetoken" in server or "opaque-token" in server:
        yield found(
            "config_resource_server",
            f"An API takes tokens of {issuer or 'an issuer'}",
            [here(f"{path}.jwt.issuer-uri" if issuer else path, issuer or "")],
        )
    if jwt:
        audiences = _option(jwt, "audiences")
        if audiences:
            yield found("config_audience", "The API checks aud", [here(f"{path}.jwt.audiences", audiences)])
        else:
            yield found(
                "config_no_audience",
                "No audiences are set up: aud is not checked by configuration",
                [here(f"{path}.jwt", "(no audiences)")],
            )
    yield from _addresses(f"{path}.jwt", jwt)


def _oidc_client(data: Json) -> Iterator[Finding]:
    yield found(
        "config_page",
        f"A client in a page: {data.get('client_id')} at {data['authority']}",
        [here("$.client_id", data.get("client_id", "")), here("$.authority", data["authority"])],
    )
    kind = str(data.get("response_type", "code"))
    place = here("$.response_type", kind if "response_type" in data else "(absent: code)")
    if "token" in kind.split():
        yield found("config_implicit", f"response_type {kind}: tokens come in the address", [place])
    elif kind == "code" and "response_type" in data:
        yield found("config_code", "response_type code", [place])
    if is_on(data.get("disablePKCE")):
        yield found("config_no_pkce", "disablePKCE is on", [here("$.disablePKCE", True)])
    elif kind == "code":
        yield found("config_default_pkce", "PKCE is not mentioned: oidc-client-ts uses it by default", [here("$", "(no disablePKCE)")])
    if isinstance(data.get("client_secret"), str):
        yield found("config_secret", "A client secret is in the settings of a page: whoever opens it has it", [here("$.client_secret")])
    for name in ("userStore", "stateStore"):
        if name in data and "torage" in str(data[name]):
            yield found("config_storage", f"{name}: {data[name]}", [here(f"$.{name}", str(data[name]))])
    if "offline_access" in str(data.get("scope", "")).split():
        yield found("config_offline", "The page asks for a refresh token", [here("$.scope", data["scope"])])
    if data["authority"].startswith("http://") and split(data["authority"]).hostname not in ("localhost", "127.0.0.1"):
        yield found("config_http", "The issuer is reached without TLS", [here("$.authority", data["authority"])])
