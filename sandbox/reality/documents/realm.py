"""An export of a Keycloak realm: what is configured; what is absent has Keycloak's default, which is no decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.core.text import plural
from sandbox.engine.exposure import is_short
from sandbox.reality.describing import lasting
from sandbox.reality.documents.paths import here, is_on, items, members, missing, number, step, words
from sandbox.reality.finding import Finding, found

CHALLENGE = "pkce.code.challenge.method"
LIFESPAN = "access.token.lifespan"
BUILT_IN = ("account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console")
TELLING = ("roles", "profile", "email")
PORTS = ("localhost:3000", "localhost:4200", "localhost:5173")  # where pages are developed


def is_realm(data: dict[str, Any]) -> bool:
    """Whether an object is the export of a realm."""
    return isinstance(data.get("realm"), str) and any(
        k in data for k in ("clients", "sslRequired", "accessTokenLifespan", "registrationAllowed")
    )


def findings(data: dict[str, Any]) -> Iterator[Finding]:
    """What the realm shows."""
    yield found("realm_oauth", f"The Keycloak realm {data['realm']}", [here("$.realm", data["realm"])])
    yield from _realm(data)
    clients = [
        (f"$.clients[{n}]", members(c)) for n, c in enumerate(items(data.get("clients"))) if members(c).get("clientId") not in BUILT_IN
    ]
    for path, client in clients[:50]:
        if client.get("enabled") is not False:
            yield from _client(path, client)
    yield from _lifetimes(data, clients)
    yield from _users(data)


def _realm(data: dict[str, Any]) -> Iterator[Finding]:
    if data.get("sslRequired") == "none":
        yield found("no_tls", "sslRequired none: tokens may travel without TLS", [here("$.sslRequired", "none")])
    if is_on(data.get("registrationAllowed")):
        yield found("self_registration", "Anybody can register", [here("$.registrationAllowed", True)])
    if is_on(data.get("bruteForceProtected")):
        yield found("brute_force", "Brute force protection is on", [here("$.bruteForceProtected", True)])
    elif "bruteForceProtected" in data:
        yield found("no_brute_force", "Brute force protection is off", [here("$.bruteForceProtected", False)])
    rotation = data.get("revokeRefreshToken")
    if rotation is None:
        yield found(
            "defaults_apply",
            'Most settings are absent: Keycloak\'s defaults apply (revokeRefreshToken false, RS256). That is "default", not "configured"',
            [missing("$.revokeRefreshToken")],
        )
    elif is_on(rotation) and number(data.get("refreshTokenMaxReuse", 0)) == 0:
        yield found(
            "realm_rotation",
            "A refresh token is replaced when it is used, and an old one ends the session",
            [here("$.revokeRefreshToken", True)],
        )
    elif not is_on(rotation):
        yield found("realm_no_rotation", "A refresh token stays the same (revokeRefreshToken false)", [here("$.revokeRefreshToken", False)])


def _client(path: str, client: dict[str, Any]) -> Iterator[Finding]:
    name = str(client.get("clientId", "a client"))
    attributes, standard = members(client.get("attributes")), client.get("standardFlowEnabled") is not False
    public = is_on(client.get("publicClient"))
    if standard and not is_on(client.get("bearerOnly")):
        if CHALLENGE not in attributes:
            said = "is public and has" if public else "has"
            yield found(
                "realm_pkce_not_required",
                f"{name} {said} no {CHALLENGE}: PKCE is not required of it",
                [here(f"{path}.attributes", f"(no {CHALLENGE})")],
            )
        elif attributes[CHALLENGE] == "S256":
            yield found("realm_pkce_required", f"{name} must use PKCE with S256", [here(step(f"{path}.attributes", CHALLENGE), "S256")])
    if is_on(client.get("directAccessGrantsEnabled")):
        yield found(
            "realm_password_grant",
            f"{name}: direct access grants (the password grant) are on",
            [here(f"{path}.directAccessGrantsEnabled", True)],
        )
    if is_on(client.get("implicitFlowEnabled")):
        yield found("realm_implicit", f"{name}: implicit is on", [here(f"{path}.implicitFlowEnabled", True)])
    elif client.get("implicitFlowEnabled") is False:
        yield found("implicit_off", f"{name}: implicit is off", [here(f"{path}.implicitFlowEnabled", False)])
    redirects = words(client.get("redirectUris"))
    if wild := [r for r in redirects if "*" in r]:
        yield found(
            "wildcard_redirect",
            f"{name}: redirect URIs with wildcards, compared by their beginning: {', '.join(wild[:5])}",
            [here(f"{path}.redirectUris", redirects)],
        )
    if isinstance(client.get("secret"), str) and "**" not in client["secret"]:
        yield found("realm_client_secret", f"{name}: its secret is in the file", [here(f"{path}.secret")])
    scopes = [s for s in words(client.get("defaultClientScopes")) if s in TELLING]
    if scopes:
        yield found(
            "roles_in_token",
            f"{name}: the default scopes {', '.join(scopes)}: by Keycloak's usual mappers the access token holds roles, name and e-mail "
            "(the mappers may be changed)",
            [here(f"{path}.defaultClientScopes", scopes)],
        )
    if public and any(port in r for r in redirects for port in PORTS):
        yield found(
            "likely_page",
            f"{name} is public, with redirect URIs of a page in development: likely a page",
            [here(f"{path}.redirectUris", redirects)],
        )


def _lifetimes(data: dict[str, Any], clients: list[tuple[str, dict[str, Any]]]) -> Iterator[Finding]:
    found_ = [
        (str(c.get("clientId")), step(f"{path}.attributes", LIFESPAN), members(c.get("attributes")).get(LIFESPAN)) for path, c in clients
    ]
    for name, path, value in [("the realm", "$.accessTokenLifespan", data.get("accessTokenLifespan")), *found_]:
        seconds = number(value)
        if seconds is not None and seconds > 0:
            row = "lifetime" if is_short(seconds) else "lifetime_long"
            yield found(row, f"Access tokens of {name} live {lasting(seconds)} ({seconds} s)", [here(path, value)])


def _users(data: dict[str, Any]) -> Iterator[Finding]:
    users = [(n, members(u)) for n, u in enumerate(items(data.get("users")))]
    places = [
        here(f"$.users[{n}].credentials[{m}].{key}")
        for n, u in users
        for m, c in enumerate(items(u.get("credentials")))
        for key in ("value", "secretData")
        if isinstance(members(c).get(key), str)
    ]
    if places:
        yield found("users_with_passwords", f"{plural(len(users), 'user')} with their passwords or password hashes are in the file", places)
