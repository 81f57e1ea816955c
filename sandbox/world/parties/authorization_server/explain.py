"""Why Authlib will say yes or no: the checklists of the endpoints, evaluated from the same inputs just before Authlib decides.

Authlib decides, these lists explain, and a test holds them to Authlib's verdict.  Each function returns the name of the first
check that failed, or None if all passed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN, CODE_VERIFIER_PATTERN

from sandbox.core.clock import clock_time
from sandbox.core.text import short
from sandbox.protocol.checks import Checklist
from sandbox.protocol.tokens import sha256
from sandbox.world.parties.authorization_server import assertions, client_documents, request_objects
from sandbox.world.parties.authorization_server.asserted import brought
from sandbox.world.parties.authorization_server.basic import credentials
from sandbox.world.parties.authorization_server.claims_request import Unreadable
from sandbox.world.parties.authorization_server.client_keys import Step
from sandbox.world.parties.authorization_server.core import Core
from sandbox.world.parties.authorization_server.redirect_uris import LOOPBACK
from sandbox.world.parties.authorization_server.requests import ASRequest
from sandbox.world.parties.authorization_server.response_modes import offered as modes_of
from sandbox.world.parties.authorization_server.second_factor import offered
from sandbox.world.parties.authorization_server.store import ABOUT_PEOPLE, Client, Code, Grant, RefreshToken


def record(checks: Checklist, steps: Iterator[Step | None]) -> str | None:
    """Record the steps until one fails; None among them means that the check does not apply."""
    for step in steps:
        if step is not None and not checks.test(*step):
            return step[0]
    return None


def authorization(core: Core, request: ASRequest, checks: Checklist) -> str | None:
    """The authorization endpoint's checks (RFC 6749 §4.1.1, §4.2.1; RFC 7636 §4.3)."""
    return record(checks, _authorization(core, request, checks))


def _authorization(core: Core, request: ASRequest, checks: Checklist, pushing: bool = False) -> Iterator[Step | None]:
    yield once(request)
    name = request.payload.data.get("client_id")
    client = core.query_client(name or "")
    if client is None and core.reads_documents and client_documents.is_address(name or ""):
        why = client_documents.fault(core, name or "")
        yield ("client_address", False, "an address from which a document may be fetched", f"{name}: {why}") if why else None
    yield "client_known", client is not None, "a registered client", name
    assert client is not None
    yield from request_objects.found(core, request, client, pushing)
    yield once(request)
    data = request.payload.data  # from here on those that count
    uri = data.get("redirect_uri")
    known = client.check_redirect_uri(uri) if uri else client.get_default_redirect_uri() is not None
    if uri and core.policy.loopback == "off" and LOOPBACK.match(uri):
        yield "redirect_uri", False, "an address that is not on the person's own machine", uri
    yield "redirect_uri", known, " or ".join(client.redirect_uris) if client.exact_redirect else "a registered prefix", uri
    if not uri and "openid" in (data.get("scope") or "").split():  # OIDC Core §3.1.2.1
        yield "request_form", False, "a redirect_uri", "none"
    kind = request.payload.response_type or ""
    offered = ["code"] + ([] if core.policy.no_implicit == "on" else ["token"])
    yield "response_type", kind in offered and client.check_response_type(kind), " or ".join(offered), kind or "nothing"
    if "response_mode" in data:
        modes = modes_of(kind, core.policy.web_message)
        yield "response_mode", data["response_mode"] in modes, " or ".join(modes), data["response_mode"]
    wanted = (data.get("scope") or "").split()
    age = data.get("max_age")
    if age is not None and not (age.isascii() and age.isdigit() and len(age) < 12):
        yield "max_age", False, "a number of seconds", age
    yield "scope_offered", set(wanted) <= set(core.scopes), "scopes that exist", " ".join(wanted)
    if client.by_itself and core.policy.self_registered == "sign-in-only":
        yield "scope_approved", set(wanted) <= set(ABOUT_PEOPLE), " ".join(ABOUT_PEOPLE), " ".join(wanted)
    yield from _claims(core, request)
    yield resource(core, request)
    if kind == "code":
        yield _challenge(core, request, checks)


def _claims(core: Core, request: ASRequest) -> Iterator[Step]:
    """The parameter `claims` can be read, and there is a way to sign in that it insists on (OIDC Core §5.5, §5.5.1.1)."""
    try:
        acr = request.claims(core.takes_claims).acr
    except Unreadable as why:
        request.refusal = ("invalid_request", f"The parameter claims {why}.")
        yield "claims_request", False, "an object of claims for each place", f"it {why}"
        return
    ways = offered(core.people)
    if acr.essential and acr.values and not any(way in acr.values for way in ways):
        request.refusal = ("unmet_authentication_requirements", f"Here people sign in by {' or '.join(ways)}.")
        yield "acr_offered", False, " or ".join(ways), short(" or ".join(map(str, acr.values)), 200)


def pushed(core: Core, request: ASRequest, checks: Checklist) -> str | None:
    """The checks of the endpoint to which requests are pushed (RFC 9126 §2.1): who it is, then all that the authorization endpoint asks."""
    return record(checks, _pushed(core, request, checks))


def _pushed(core: Core, request: ASRequest, checks: Checklist) -> Iterator[Step | None]:
    yield once(request)
    client = yield from authenticated_client(core, request)
    data = request.payload.data
    if "request_uri" in data or len(request.payload.datalist) > request_objects.MOST:
        yield "request_form", False, "the parameters of a request", "request_uri" if "request_uri" in data else "too many"
    named = data.setdefault("client_id", client.client_id)
    if named != client.client_id:
        yield "client", False, f"a request of {client.client_id}", f"one of {named}"
    yield from _authorization(core, request, checks, pushing=True)
    wanted = request.payload.data.get("dpop_jkt")
    if request.jkt and wanted:  # RFC 9449 §10.1
        yield "key_binding", wanted == request.jkt, f"key {wanted[:8]}", f"key {request.jkt[:8]}"


def resource(core: Core, request: ASRequest) -> Step | None:
    wanted = request.resources
    return ("resource", set(wanted) <= set(core.resources), "an API of this server", " ".join(wanted)) if wanted else None


def _resource_granted(core: Core, request: ASRequest, grant: Grant, checks: Checklist) -> Step | None:
    """What was allowed at one API cannot be redeemed for another: RFC 8707 §2.2 leaves that to the server, and this one is strict."""
    wanted = request.resources
    if not wanted or core.policy.stamp_aud == "off":
        return None
    if core.policy.granted_resources == "off":
        checks.skip("resource_granted", "any API will do", " ".join(wanted))
        return None
    return "resource_granted", set(wanted) <= set(grant.resources), " or ".join(grant.resources), " ".join(wanted)


def _challenge(core: Core, request: ASRequest, checks: Checklist) -> Step | None:
    policy, data = core.policy, request.payload.data
    challenge, method = data.get("code_challenge"), data.get("code_challenge_method")
    if policy.pkce == "ignore":
        checks.skip("code_challenge", "PKCE is ignored", challenge or "none")
        return None
    if not challenge and not method:
        return (
            "code_challenge",
            policy.pkce != "required",
            "a challenge" if policy.pkce == "required" else "a challenge or none",
            "none",
        )
    methods = ("S256",) if policy.pkce_s256_only == "on" else ("S256", "plain", None, "")
    fits = bool(challenge and CODE_CHALLENGE_PATTERN.match(challenge)) and method in methods
    return (
        "code_challenge",
        fits,
        "a challenge of method " + " or ".join(m for m in methods if m),
        f"{method or 'plain'} {challenge or 'none'}",
    )


def token(core: Core, request: ASRequest, checks: Checklist) -> str | None:
    """The token endpoint's checks (RFC 6749 §3.2, §4.1.3, §6)."""
    return record(checks, _token(core, request, checks))


def _token(core: Core, request: ASRequest, checks: Checklist) -> Iterator[Step | None]:
    data = request.payload.data
    kind = data.get("grant_type") or ""
    yield once(request)
    yield "grant_type", kind in core.grant_types, " or ".join(core.grant_types), kind or "nothing"
    client = yield from authenticated_client(core, request, secret=kind == "client_credentials")
    if not client.check_grant_type(kind):
        yield "grant_type", False, f"a grant type of {client.client_id}", kind
    yield resource(core, request)
    lists = {"authorization_code": _code, "refresh_token": _refresh, "password": _password, "client_credentials": _service}
    yield from (lists.get(kind) or core.extensions[kind])(core, request, client, checks)


def authenticated_client(core: Core, request: ASRequest, secret: bool = False) -> Generator[Step | None, None, Client]:
    if brought(request):
        yield from assertions.proved(core, request)
    client, how = authenticated(core, request)
    if secret and client is not None and not client.confidential:  # RFC 6749 §4.4: confidential clients only
        yield "client", False, "a client with a secret", how
    yield "client", client is not None, "a registered client with its own secret, or a public one without", how
    assert client is not None
    return client


def authenticated(core: Core, request: ASRequest) -> tuple[Client | None, str]:
    """The client that the request authenticates, and how: an assertion, HTTP Basic, the form, then the bare client_id of a public one."""
    data = request.payload.data
    if brought(request):
        return request.asserted, f"{request.asserted.client_id if request.asserted else 'nobody'} by its own key"
    basic = credentials(request.headers.get("Authorization") or "", core.query_client)
    for client_id, secret, how in ((*basic, "HTTP Basic"), (data.get("client_id"), data.get("client_secret"), "form")):
        client = core.query_client(client_id or "")
        if client_id and secret and client is None:
            return None, f"{client_id} by {how}, not registered"  # Authlib then tries no other way
        if client is not None and client.secret is not None and secret and client.check_client_secret(secret):
            return client, f"{client_id} by {how}"
    client_id = data.get("client_id")
    client = core.query_client(client_id or "")
    if client is not None and not client.confidential and not data.get("client_secret"):
        return client, f"{client_id}, a public client"
    return None, f"{basic[0] or client_id or 'nobody'}, not authenticated"


def _code(core: Core, request: ASRequest, client: Client, checks: Checklist) -> Iterator[Step | None]:
    data, now = request.payload.data, core.net.clock.now()
    code = core.store.codes.get(data.get("code", ""))
    yield "code", code is not None and code.grant.client_id == client.client_id, f"a code of {client.client_id}", _whose(code)
    assert code is not None
    if core.policy.code_single_use == "on":
        yield "code_unused", not code.used, "never redeemed", "redeemed before" if code.used else "never redeemed"
    else:
        checks.skip("code_unused", "codes may be used again", "redeemed before" if code.used else "never redeemed")
    if not code.grant.alive:
        yield "grant_alive", False, "alive", "revoked"
    yield "code_fresh", now < code.expires_at, f"before {clock_time(code.expires_at)}", clock_time(now)
    if code.jkt:
        yield "key_binding", code.jkt == request.jkt, f"key {code.jkt[:8]}", f"key {request.jkt[:8]}" if request.jkt else "no proof"
    expected, found = code.redirect_uri, data.get("redirect_uri")
    yield "code_redirect_uri", not expected or expected == found, expected or "any", found or "none"
    yield _verifier(core, code, data.get("code_verifier"), checks)
    yield _resource_granted(core, request, code.grant, checks)


def _whose(code: Code | None) -> str:
    return "unknown" if code is None else f"a code of {code.grant.client_id}"


def _verifier(core: Core, code: Code, verifier: str | None, checks: Checklist) -> Step | None:
    policy = core.policy.pkce
    if policy == "ignore":
        checks.skip("code_verifier", "PKCE is ignored", "none" if verifier is None else "sent")
        return None
    if not code.code_challenge:
        wanted = policy == "required" and not core.store.clients[code.grant.client_id].confidential
        fits = not wanted if not verifier else policy == "optional"
        return "code_verifier", fits, "no verifier, as no challenge was sent", verifier or "none"
    made = sha256(verifier) if verifier and code.code_challenge_method == "S256" else verifier
    fits = bool(verifier and CODE_VERIFIER_PATTERN.match(verifier)) and made == code.code_challenge
    return "code_verifier", fits, code.code_challenge, made or "none"


def _refresh(core: Core, request: ASRequest, client: Client, checks: Checklist) -> Iterator[Step | None]:
    data, now = request.payload.data, core.net.clock.now()
    found = core.store.tokens.get(data.get("refresh_token", ""))
    token = found if isinstance(found, RefreshToken) else None
    mine = token is not None and token.check_client(client)
    yield "refresh_token", mine, f"a refresh token of {client.client_id}", f"one of {token.grant.client_id}" if token else "unknown"
    assert token is not None
    if core.policy.rt_rotation == "off":
        checks.skip("refresh_unused", "refresh tokens are not rotated")
    else:
        yield "refresh_unused", not token.rotated, "never exchanged", "exchanged before" if token.rotated else "never exchanged"
    yield "refresh_fresh", now < token.expires_at, f"before {clock_time(token.expires_at)}", clock_time(now)
    yield "grant_alive", not token.revoked and token.grant.alive, "alive", "alive" if token.grant.alive and not token.revoked else "revoked"
    if token.jkt:
        yield "key_binding", token.jkt == request.jkt, f"key {token.jkt[:8]}", f"key {request.jkt[:8]}" if request.jkt else "no proof"
    if token.x5t:
        yield "certificate", token.x5t == request.x5t, f"certificate {token.x5t[:8]}", f"certificate {(request.x5t or 'none')[:8]}"
    asked = set((data.get("scope") or "").split())
    yield "scope_granted", asked <= set(token.scope.split()), token.scope, data.get("scope") or "the same"
    yield _resource_granted(core, request, token.grant, checks)


def _password(core: Core, request: ASRequest, client: Client, checks: Checklist) -> Iterator[Step | None]:
    data = request.payload.data
    if "username" not in data or "password" not in data:
        yield "request_form", False, "a username and a password", "one of them is missing"
    user = core.people.login(data["username"], data["password"])
    yield "password", user is not None, "a user and its password", data["username"] or "nobody"
    assert user is not None
    yield "account_active", not user.disabled, "not disabled", "disabled" if user.disabled else "active"
    yield _scopes_exist(core, data)


def _service(core: Core, request: ASRequest, client: Client, checks: Checklist) -> Iterator[Step | None]:
    data = request.payload.data
    yield _scopes_exist(core, data)
    asked = (data.get("scope") or "").split()
    yield "client_scope", set(asked) <= set(client.own_scope), " ".join(client.own_scope) or "no scope", " ".join(asked) or "none"


def _scopes_exist(core: Core, data: dict[str, str]) -> Step:
    wanted = (data.get("scope") or "").split()
    return "scope_offered", set(wanted) <= set(core.scopes), "scopes that exist", " ".join(wanted) or "none"


def revocation(core: Core, request: ASRequest, checks: Checklist) -> str | None:
    """The revocation endpoint's checks (RFC 7009 §2.1)."""
    return record(checks, _revocation(core, request))


def _revocation(core: Core, request: ASRequest) -> Iterator[Step | None]:
    yield once(request)
    client = yield from authenticated_client(core, request)
    yield from _token_given(request)
    token = core.store.tokens.get(request.payload.data["token"])
    mine = token is None or token.check_client(client)
    yield "refresh_token", mine, f"a token of {client.client_id}, or an unknown one", token.grant.client_id if token else "unknown"


def introspection(core: Core, request: ASRequest, checks: Checklist) -> str | None:
    """The introspection endpoint's checks (RFC 7662 §2.1)."""
    return record(checks, _introspection(core, request, checks))


def _introspection(core: Core, request: ASRequest, checks: Checklist) -> Iterator[Step | None]:
    yield once(request)
    if core.policy.endpoint_auth == "on" or "Authorization" in request.headers or brought(request):
        if brought(request):
            yield from assertions.proved(core, request)
        client, how = authenticated(core, request)
        yield "client", client is not None and client.confidential, "a caller with a secret", how
    else:
        checks.skip("client", "anybody may ask")
    yield from _token_given(request)


def _token_given(request: ASRequest) -> Iterator[Step | None]:
    if "token" not in request.payload.data:
        yield "request_form", False, "a token", "no token"


def once(request: ASRequest) -> Step | None:
    """RFC 6749 §3.1, §3.2: parameters must not be included more than once, nor may two methods of client authentication (§2.3).

    `resource` may be repeated (RFC 8707 §2)."""
    if request.twice:
        return "request_form", False, "each parameter once", f"{', '.join(sorted(request.twice))} more than once"
    if "Authorization" in request.headers and "client_secret" in request.payload.data:
        return "request_form", False, "one method of client authentication", "HTTP Basic and a secret in the form"
    if brought(request) and ("Authorization" in request.headers or "client_secret" in request.payload.data):
        return "request_form", False, "one method of client authentication", "an assertion and a secret"
    return None


Explain = Callable[[Core, ASRequest, Checklist], str | None]
