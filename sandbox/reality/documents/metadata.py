"""Metadata of an authorization server (RFC 8414 §2, OpenID Connect Discovery): what it can do, not what its clients do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.core.wire import split
from sandbox.reality.documents.paths import here, missing, words
from sandbox.reality.finding import Finding, found

AVAILABLE = (
    ("revocation_endpoint", "revocation_available", "There is a revocation endpoint; that APIs learn of it is not said"),
    ("introspection_endpoint", "introspection_available", "There is an introspection endpoint; that APIs ask it is not said"),
    (
        "registration_endpoint",
        "registration_available",
        "Clients can be registered at an endpoint; whether without authorization is not said",
    ),
    ("device_authorization_endpoint", "device_flow", "The device flow is offered"),
)
LOCAL = ("localhost", "127.0.0.1", "::1")


def is_metadata(data: dict[str, Any]) -> bool:
    """Whether an object describes a server."""
    return isinstance(data.get("issuer"), str) and any(name in data for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """What the document declares."""
    yield found(
        "metadata_oauth",
        f"The server {data.get('issuer')} describes itself: what it can do, not what your clients do",
        [here("$.issuer", data.get("issuer", ""))],
    )
    yield from _flows(data)
    yield from _pkce(data)
    yield from _answers(data)
    yield from _algorithms(data)
    for name, row, said in AVAILABLE:
        if isinstance(data.get(name), str):
            yield found(row, said, [here(f"$.{name}", data[name])])
    yield from _binding(data)
    yield from _clients(data)
    yield from _addresses(data)


def _flows(data: dict[str, Any]) -> Iterator[Finding]:
    types, grants = words(data.get("response_types_supported")), words(data.get("grant_types_supported"))
    with_token = [t for t in types if "token" in t.split()]
    if with_token:
        yield found(
            "implicit_offered",
            f"The server offers response types that put an access token into a redirect: {', '.join(with_token)}",
            [here("$.response_types_supported", types)],
        )
    elif types:
        yield found(
            "code_only",
            f"Response types: {', '.join(types)}; none puts an access token into a redirect",
            [here("$.response_types_supported", types)],
        )
    if "password" in grants:
        yield found("password_grant", "The password grant is offered", [here("$.grant_types_supported", grants)])
    elif grants:
        yield found("password_grant_not_offered", "The password grant is not among the grants", [here("$.grant_types_supported", grants)])


def _pkce(data: dict[str, Any]) -> Iterator[Finding]:
    methods = words(data.get("code_challenge_methods_supported"))
    if "plain" in methods:
        beside = " beside S256" if "S256" in methods else ""
        yield found("plain_offered", f"PKCE: plain is offered{beside}", [here("$.code_challenge_methods_supported", methods)])
    elif "S256" in methods:
        yield found(
            "s256_only",
            "PKCE: S256 only. Whether it is required cannot be said in this document",
            [here("$.code_challenge_methods_supported", methods)],
        )
    else:
        yield found("no_pkce_declared", "No PKCE method is declared", [missing("$.code_challenge_methods_supported")])


def _answers(data: dict[str, Any]) -> Iterator[Finding]:
    name = "authorization_response_iss_parameter_supported"
    if data.get(name) is True:
        yield found("iss_parameter", "The server names itself in authorization responses (RFC 9207)", [here(f"$.{name}", True)])
    else:
        said = "(absent means false)" if name not in data else "(declared false)"
        yield found(
            "no_iss_parameter",
            f"No RFC 9207 iss parameter is declared {said}",
            [here(f"$.{name}", data[name]) if name in data else missing(f"$.{name}")],
        )


def _algorithms(data: dict[str, Any]) -> Iterator[Finding]:
    algs = words(data.get("id_token_signing_alg_values_supported"))
    if algs:
        shared = "; symmetric ones among them" if any(a.startswith("HS") for a in algs) else ""
        yield found(
            "id_token_algs",
            f"ID token algorithms: {', '.join(algs)}{shared}. This is about ID tokens: nothing here says how ACCESS tokens are signed, "
            "or whether they are JWTs",
            [here("$.id_token_signing_alg_values_supported", algs)],
        )


def _binding(data: dict[str, Any]) -> Iterator[Finding]:
    if data.get("tls_client_certificate_bound_access_tokens") is True:
        yield found(
            "mtls_bound_available",
            "Certificate-bound access tokens are available; whether your tokens are bound is not said",
            [here("$.tls_client_certificate_bound_access_tokens", True)],
        )
    if algs := words(data.get("dpop_signing_alg_values_supported")):
        yield found(
            "dpop_available", "DPoP is available; whether anybody uses it is not said", [here("$.dpop_signing_alg_values_supported", algs)]
        )
    if data.get("require_pushed_authorization_requests") is True:
        yield found("par_required", "Pushed authorization requests are required", [here("$.require_pushed_authorization_requests", True)])
    elif isinstance(data.get("pushed_authorization_request_endpoint"), str):
        yield found(
            "par_available",
            "Pushed authorization requests are available; not required as far as declared",
            [here("$.pushed_authorization_request_endpoint", data["pushed_authorization_request_endpoint"])],
        )


def _clients(data: dict[str, Any]) -> Iterator[Finding]:
    methods = words(data.get("token_endpoint_auth_methods_supported"))
    if methods:
        public = "; public clients (none) are declared" if "none" in methods else ""
        yield found(
            "client_auth",
            f"Client authentication at the token endpoint: {', '.join(methods)}{public}",
            [here("$.token_endpoint_auth_methods_supported", methods)],
        )


def _addresses(data: dict[str, Any]) -> Iterator[Finding]:
    addresses = {k: v for k, v in data.items() if isinstance(v, str) and v.startswith("http://")}
    if addresses:
        local = all(split(v).hostname in LOCAL for v in addresses.values())
        said = " (localhost: a development server)" if local else ""
        places = [here(f"$.{k}", v) for k, v in addresses.items()]
        yield found("plain_http", f"Addresses without TLS: {', '.join(addresses)}{said}", places, "note" if local else "bad")
