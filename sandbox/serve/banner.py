"""The text that `serve` prints: addresses, user names with passwords, and lines to paste into a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.core.clock import WallClock, clock_time
from sandbox.core.duration import written
from sandbox.core.entropy import ChosenEntropy
from sandbox.core.wire import Pairs
from sandbox.protocol.cast import CAST
from sandbox.protocol.grant_types import DEVICE_CODE
from sandbox.protocol.step_up import TWO_FACTOR
from sandbox.serve.setup import CALLBACK, Served
from sandbox.world.external import External
from sandbox.world.parties import resource_metadata
from sandbox.world.parties.authorization_server import AuthorizationServer, Client
from sandbox.world.parties.authorization_server.config import SCOPES
from sandbox.world.parties.people import User
from sandbox.world.parties.tool_server import ToolServer
from sandbox.world.parties.web_client import WebClient
from sandbox.world.world import World

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # the example of RFC 7636 appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@dataclass(frozen=True, slots=True)
class Token:
    """What stands in an Authorization header: the scheme, and an access token or the word for one."""

    kind: str = "Bearer"
    value: str = "ACCESS_TOKEN"

    @property
    def bound(self) -> bool:
        """Whether it is of no use without a proof (RFC 9449 §7.1)."""
        return self.kind.lower() == "dpop"

    @property
    def header(self) -> str:
        return f"-H 'Authorization: {self.kind} {self.value}'"


ANY_TOKEN = Token()


def introduction(served: Served, token: Token = ANY_TOKEN) -> Iterator[str]:
    """All of it, line by line, with this token in the lines that want one."""
    settings = served.world.settings
    changed = "".join(f" {name}={value}" for name, value in settings.changes)
    yield f"OAuth Sandbox serves {settings.profile}{changed} at {served.base}/  (Ctrl+C stops it)"
    yield from ("", *(f"  {CAST[n].title:<24}{served.origin}{path}" for n, path in served.paths.items()))
    if served.external is not None:
        yield from _elsewhere(served, served.external)
    else:
        yield from _people(served)
        yield from _issued(served.world)
        issuer = served.world.issuer
        yield from _oauth(served, issuer, token) if isinstance(issuer, AuthorizationServer) else _jwt(served, token)
    if served.operator is not None:
        yield from (
            "",
            "For you alone: other signing keys from now on, or a minute later at once",
            *(f"  {x}" for x in served.operator.lines(served.base)),
        )
    yield ""


def sections(served: Served, token: Token = ANY_TOKEN) -> Iterator[tuple[str, list[str]]]:
    """The same, without the first line, as headings and their lines; the first says who is where."""
    heading, lines = "Who is where", list[str]()
    for line in list(introduction(served, token))[2:]:
        if line.startswith("  "):
            lines.append(line.strip())
            continue
        if lines:
            yield heading, lines
        heading, lines = line, []


def _people(served: Served) -> Iterator[str]:
    """Everybody's passwords; a company of its own has customers of its own."""
    usual = served.world.people
    yield from ("", "People (name / password)", *(f"  {p.name} / {p.password}{_own(p)}" for p in usual.users.values()))
    for name in served.paths:
        own = getattr(served.world.net.parties[name], "people", usual)
        if own is not usual:
            yield from (f"  {p.name} / {p.password}  (at: {CAST[name].title})" for p in own.users.values())


def _own(person: User) -> str:
    """The claims that somebody has set up, by the scope that tells them."""
    told = "; ".join(f"{scope}: {json.dumps(claims, ensure_ascii=False)[1:-1]}" for scope, claims in person.own.items())
    return f"  ({told})" if told else ""


def _issued(world: World) -> Iterator[str]:
    """What the issuer makes, how long that lives, and whether it can be guessed."""
    issuer, lives, net = world.issuer, world.issuer.lifetimes, world.net
    yield from ("", "What it issues")
    if isinstance(issuer, AuthorizationServer):
        core = issuer.core
        said = {"access tokens": core.minter.life, "refresh tokens": lives.refresh, "codes": lives.code, "ID tokens": lives.id_token}
        first, *others = [key.alg for key in core.keys]
        also = f", or with {' or '.join(others)} where a client has registered that" if others else ""
        yield f"  {_lasting(said)}; ID tokens are signed with {first}{also}"
        yield from (f"  scope {name}: {allows}" for name, allows in core.scopes.items() if name not in SCOPES)
        yield from (
            f"  for an API of your own: resource={url}" for url in core.resources if url not in {a.url for a in world.apis.values()}
        )
    else:
        yield f"  {_lasting({'access tokens': issuer.life, 'refresh tokens': lives.refresh})}"
    if not isinstance(net.clock, WallClock):
        yield f"  the clock stands at {clock_time(net.clock.now())} UTC until you move it"
    if isinstance(net.entropy, ChosenEntropy):
        yield f"  everything random follows from the seed {json.dumps(net.entropy.seed, ensure_ascii=False)}, and can be guessed"


def _lasting(seconds: Mapping[str, int]) -> str:
    return "lifetimes: " + ", ".join(f"{what} {written(life)}" for what, life in seconds.items())


def _elsewhere(served: Served, external: External) -> Iterator[str]:
    """What has to be registered at an authorization server that is not ours."""
    budget = served.world.clients["budget"]
    yield from ("", f"The authorization server is {external.issuer}; its access tokens must be signed with {external.alg}.")
    yield f"  client {external.client_id}, redirect URI {budget.registration.redirect_uri}"
    yield from (f"  {CAST[api.name].title}: audience {api.url}, scopes read and write" for api in served.world.apis.values())
    at = f"{served.origin}{served.paths['budget']}"
    yield from ("", "Sign in, in a browser, and see what the API says", f"  {at}/login?scope=openid%20read", f"  {at}/me")


def _oauth(served: Served, issuer: AuthorizationServer, token: Token) -> Iterator[str]:
    yield from ("", "Clients (id / secret / redirect URIs)")
    yield from (line for c in list(issuer.store.clients.values()) if c.redirect_uris or c.client_id not in CAST for line in _client(c))
    yield "  A client with a secret that you add or register may ask for tokens in its own name, too: grant_type=client_credentials"
    yield from ("", "APIs may introspect (id / secret)")
    yield from (f"  {c.client_id} / {c.secret}" for c in list(issuer.store.clients.values()) if c.resources)
    web = [n for n in served.paths if isinstance(served.world.net.parties[n], WebClient)]
    if web:
        yield from ("", "Web apps to sign in to, in a browser", *(f"  {served.origin}{served.paths[n]}/login" for n in web))
    yield from _tools(served, issuer)
    if TWO_FACTOR in issuer.sign_in.second_factor.acrs:
        yield from ("", f"For a second factor, acr_values={TWO_FACTOR} (name / secret for an authenticator app)")
        yield from (f"  {p.name} / {p.authenticator}" for p in served.world.people.users.values() if p.authenticator)
    yield from ("", "Try it")
    yield f"  curl {issuer.issuer}/.well-known/openid-configuration"
    yield from _walk(issuer, token)
    if issuer.core.devices is not None:
        yield "  # as a device without a browser; then open the verification_uri"
        yield f"  curl {issuer.issuer}/device_authorization -d client_id=tv -d scope=read"
        yield "  # then ask with the device_code of the answer, not more often than each interval, until somebody has allowed it"
        yield f"  curl {issuer.issuer}/token -d client_id=tv -d grant_type={DEVICE_CODE} -d device_code=DEVICE_CODE"
    yield "  # in the same browser: sign out, here and at the clients that registered a backchannel_logout_uri"
    yield f"  {issuer.describe()['end_session_endpoint']}"
    yield from _api(served, token)


def _tools(served: Served, issuer: AuthorizationServer) -> Iterator[str]:
    """What the client of an AI tool is told, and where that leads it."""
    for api in served.world.apis.values():
        if isinstance(api, ToolServer):
            yield from ("", "Tools for an AI client (Model Context Protocol): it needs this address and finds out the rest", f"  {api.url}")
            yield "  # where the tools say who issues their tokens (RFC 9728)"
            yield f"  {resource_metadata.address(api.url)}"
            yield "  # programs ask from anywhere, pages in a browser only from this server or this machine (DNS rebinding): others get 403"
            if not issuer.registration:
                yield "  # nobody can register here: give the client an id, too, with --client"
            if api.policy.dpop == "require":
                yield f"  # they want DPoP proofs (RFC 9449), which few of them make; with {api.name}.dpop=accept-both Bearer does, too"


def _client(client: Client) -> Iterator[str]:
    without = "a key of its own" if client.by_key else "no secret, public"
    where = " ".join(client.redirect_uris) or f"none; grants: {' '.join(client.grant_types)}"
    yield f"  {client.client_id} / {client.secret or without} / {where}"
    if client.client_id not in CAST:
        told = {"signed out, to": " ".join(client.post_logout_redirect_uris), "logout tokens to": client.backchannel_logout_uri}
        told |= {"keys at": client.jwks_uri, "ID tokens": client.id_alg, "demands": " ".join(client.demands)}
        yield from (f"    {what} {value}" for what, value in told.items() if value)


def by_hand(issuer: AuthorizationServer) -> tuple[Client, Pairs]:
    """A client whose code somebody can take from the browser, and the request with which its code flow begins."""
    client = next(c for c in issuer.store.clients.values() if CALLBACK in c.redirect_uris and not c.by_key)
    asked = {"response_type": "code", "client_id": client.client_id, "redirect_uri": CALLBACK, "scope": "openid profile read"}
    asked |= {"state": "xyz", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    return client, tuple(asked.items())


def _walk(issuer: AuthorizationServer, token: Token) -> Iterator[str]:
    """The code flow by hand."""
    client, asked = by_hand(issuer)
    offered = issuer.describe()
    if "require_pushed_authorization_requests" not in offered:
        yield "  # in a browser: sign in, allow, and copy the code from the address you end at"
        yield f"  {issuer.issuer}/authorize?{urlencode(asked)}"
    secret = f" -u {client.client_id}:{client.secret}" if client.secret else f" -d client_id={client.client_id}"
    if "pushed_authorization_request_endpoint" in offered:
        only = "" if "require_pushed_authorization_requests" in offered else "or "
        yield f"  # {only}push the request first, and open /authorize with this client_id and the request_uri of the answer"
        identity = f" -u {client.client_id}:{client.secret}" if client.secret else ""
        yield f"  curl {offered['pushed_authorization_request_endpoint']}{identity} -d '{urlencode(asked)}'"
    yield (
        f"  curl {issuer.issuer}/token{secret} -d grant_type=authorization_code -d redirect_uri={CALLBACK}"
        f" -d code_verifier={VERIFIER} -d code=CODE"
    )
    if token.bound:
        yield "  # this token is bound to a key: without a proof, as whoever has stolen it, you are refused (RFC 9449)"
    yield f"  curl {issuer.issuer}/userinfo {token.header}"


def _api(served: Served, token: Token) -> Iterator[str]:
    if not token.bound and served.world.settings.value("accounts.dpop") == "require":
        yield "  # the APIs want DPoP proofs (RFC 9449), which curl cannot make; with rs.dpop=accept-both they also take:"
    yield from (f"  curl {served.origin}{served.paths[n]}/accounts {token.header}" for n in ("accounts", "gateway"))


def _jwt(served: Served, token: Token) -> Iterator[str]:
    yield from ("", "Try it")
    body = '\'{"username": "alice", "password": "wonderland"}\''
    yield f"  curl {served.origin}{served.paths['backend']}/login -H 'Content-Type: application/json' -d {body}"
    yield from _api(served, token)
