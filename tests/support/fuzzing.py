"""Seeded generators of hostile input: HTTP requests for every endpoint of every party, tokens, pages, edits, settings.

5 000 inputs in `make test`, 100 000 in `make long`, shared among the tests that ask for some.  A failure prints the seed and the number of the
input; the same two give the same input again.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.core.wire import FORM, JSON, Request, Response, pairs, split
from sandbox.protocol.cast import CAST
from sandbox.protocol.proofs import prove
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import SWITCHES
from sandbox.protocol.tokens import Key, b64, key_for, packed, pem, shared_key
from sandbox.world.parties.pages import read
from sandbox.world.world import World, build
from tests.support.dice import Dice
from tests.support.effort import effort
from tests.support.hostile import BAD
from tests.support.worlds import agree

TOTAL = effort(5_000, long=100_000)
SEED = int(os.environ.get("HOSTILE_SEED", "1"))


def share(percent: float) -> int:
    """This many of the inputs."""
    return max(1, round(TOTAL * percent / 100))


# ---------------------------------------------------------------- texts

DEEP = "[" * 3000 + "]" * 3000
NASTY = (
    *BAD, "", " ", "\x00", "\r\nSet-Cookie: as_session=x", "\n", "\t", "é", "\u202e", "\ud800", "%", "%ff", "%00", "%zz", "%c3%28", "+", ",", ";", "=", "&&&",
    "a" * 5000, "é" * 5000, '"', "\\", '"\\', "'", "../..", "/", "//", "http://[", "https://[::1", "//evil.example", "javascript:alert(1)", "data:,x", "-1", "0", "1e400",
    "NaN", "null", "true", "[]", "{}", DEEP, '{"a":' * 900 + "1" + "}" * 900, "none", "login", "consent", "none login", "select_account", "alice", "mallory", "admin", "²", "٣",
    "https://auth.connectsphere.example\\@evil.example", "https://user:pass@app.connectsphere.example/cb", "https://app.connectsphere.example/cb#x", "9" * 4000, "1800000000",
    "code token", "code id_token", "id_token", "code", "token", "openid", "openid profile email phone address", "S256", "plain", "refresh_token", "authorization_code",
    "client_credentials", "password", "a b\u2028c", "Bearer", "Basic", "DPoP", "access_token", "😀", "\ufffe", "0x10", "1_000", "١",
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "", "GET POST", "\x00", "A" * 3000, "GËT")
TYPES = (
    FORM,
    JSON,
    "",
    "text/plain",
    "multipart/form-data; boundary=x",
    FORM + "; charset=utf-16",
    "APPLICATION/JSON",
    JSON + ";",
    "x",
    "\x00",
    FORM + "x",
)
HEADERS = (
    "Authorization", "authorization", "DPoP", "Cookie", "Content-Type", "Origin", "Referer", "Host", "User-Agent", "X-Forwarded-For", "Transfer-Encoding", "Content-Length", "", "X\r\nY",
)  # fmt: skip


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


# ---------------------------------------------------------------- worlds with a past


@dataclass
class Arena:
    """A world in which people have signed in; `kept` has what is worth sending again, by the name of the parameter that carries it."""

    world: World
    kept: dict[str, list[str]]
    parties: list[str]

    @property
    def values(self) -> list[str]:
        return [v for values in self.kept.values() for v in values]


VARIANTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("naive-jwt", {}),
    ("naive-jwt", {"as.revocation": "on", "rs.denylist": "strict", "rs.live_roles": "on", "client.state": "off"} ),
    ("jwt-done-properly", {}),
    ("oauth-basic", {}),
    ("oauth-basic", {"as.revocation": "on", "rs.denylist": "eventual", "client.state": "unbound", "client.pkce": "plain", "as.pkce": "optional"}),
    ("oauth-basic", {"rs.alg_policy": "trust-header", "as.revocation": "on", "rs.introspect": "cached", "rs.live_roles": "on"}),
    ("oauth-bcp", {}),
    ("oauth-bcp", {"rs.dpop": "off", "client.dpop": "off", "as.dpop_bind": "off", "rs.introspect": "live", "as.session_index": "per-user"}),
    ("oauth-bcp", {"as.signing": "shared-word", "rs.dpop": "accept-both", "rs.alg_policy": "blocklist", "as.pkce": "no-downgrade"}),
)  # fmt: skip


def arena(variant: int) -> Arena:
    profile, switches = VARIANTS[variant % len(VARIANTS)]
    known = {k: v for k, v in switches.items() if k in SWITCHES}
    world = build(Settings.of(profile, known), states=False)
    for client, browser in (("app", "laptop"), ("mobile", "phone"), ("budget", "mallory_browser")):
        b = world.browsers[browser]
        b.begin()
        b.visit(world.clients[client].start_url(scope="openid profile email read write" if profile.startswith("oauth") else "read"))
        agree(world, b)
    return Arena(
        world,
        _kept(world),
        [world.issuer.name, world.issuer.name, *(name for name in world.net.parties if name in CAST and CAST[name].kind != "browser")],
    )


def _kept(world: World) -> dict[str, list[str]]:
    sessions = [s for client in world.clients.values() for s in client.sessions.values()]
    kept = {
        "token": [t for s in sessions for t in s.tokens.values()],
        "refresh_token": [s.refresh_token for s in sessions if s.refresh_token],
        "id_token_hint": [s.id_token for s in sessions if s.id_token],
        "__Host-client_session": [s.key for s in sessions],
        "__Host-as_session": [c.value for b in world.browsers.values() for jar in b.jar.kept.values() for n, c in jar.items() if n == "__Host-as_session"],
        "code": [], "ticket": [],
    }  # fmt: skip
    for cookie in kept["__Host-as_session"][:1]:
        query = {
            "response_type": "code",
            "client_id": "mobile",
            "scope": "read",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        for more in ({}, {}, {"redirect_uri": "com.connectsphere.app:/cb"}, {"prompt": "login"}, {"prompt": "consent"}):
            url = f"{world.issuer.issuer}/authorize?{urlencode(query | more)}"
            answer = world.issuer.handle(Request("GET", url, (("Cookie", f"__Host-as_session={cookie}"),), "", "phone"))
            kept["code"] += [v for k, v in pairs(split(answer.location or "").query) if k == "code"]
            kept["ticket"] += [v for f in read(url, answer.body)[0] for k, v in f.fields if k == "ticket"]
    return {k: v or ["x"] for k, v in kept.items()}


# ---------------------------------------------------------------- requests

CHALLENGE, VERIFIER = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
ISSUER = (
    ("GET", "/.well-known/oauth-authorization-server", ""), ("GET", "/.well-known/openid-configuration", ""), ("GET", "/jwks", ""), *(("GET", "/authorize", FORM),) * 5, ("POST", "/authorize", FORM),
    *(("POST", "/token", FORM),) * 5, *(("POST", "/login", FORM),) * 2, ("POST", "/login", JSON), ("POST", "/consent", FORM), *(("POST", "/introspect", FORM),) * 2, *(("POST", "/revoke", FORM),) * 2,
    ("GET", "/userinfo", ""), ("POST", "/userinfo", FORM), ("GET", "/denylist", FORM), ("GET", "/roles", FORM), ("POST", "/logout", FORM), ("POST", "/account/sessions", FORM),
    ("PATCH", "/admin/users/alice", JSON), ("PATCH", "/admin/users/x", JSON), ("GET", "/", ""), ("GET", "", ""), ("POST", "/par", FORM), ("POST", "/register", JSON),
)  # fmt: skip
API = (
    *(("GET", "/accounts", ""), ("GET", "/accounts/imports", ""), ("POST", "/accounts/imports", JSON), ("GET", "/admin/export", ""), ("GET", "/transactions", ""), ("GET", "/transactions/7", "")) * 3,
    ("DELETE", "/transactions/8", ""), ("DELETE", "/users/alice/transactions/7", ""), *(("POST", "/denylist", JSON),) * 3, ("GET", "/", ""), ("GET", "", ""),
    ("GET", "/transactions/" + "9" * 3000, ""), ("GET", "/transactions/٣", ""), ("GET", "/accounts/../accounts", ""), ("GET", "//accounts", ""), ("GET", "/accounts;x=1", ""), ("GET", "/accounts\x00", ""),
)  # fmt: skip
API_OF = {"accounts": ("/accounts", "/admin", "/denylist"), "transactions": ("/transactions", "/users", "/denylist")}
CLIENT = (
    ("GET", "/", ""), ("GET", "", ""), *(("GET", "/login", FORM), ("POST", "/connect", FORM), ("GET", "/cb", FORM)) * 3, ("GET", "/me", ""), ("GET", "/logout", ""), ("GET", "/app.js", ""),
    ("POST", "/cb", FORM), ("GET", "/import", FORM), ("GET", "/print", FORM),
)  # fmt: skip
NAMES = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "resource", "prompt", "max_age", "login_hint",
    "id_token_hint", "ui_locales", "claims_locales", "acr_values", "display", "claims", "request", "request_uri", "response_mode", "grant_type", "code", "code_verifier",
    "refresh_token", "client_secret", "token", "token_type_hint", "username", "password", "ticket", "allow", "jti", "user", "client", "device", "access_token", "error", "iss",
    "at", "api", "response", "audience", "exp", "roles", "groups", "permissions", "disabled", "statement", "dpop_jkt", "authorization_details", "", "\x00",
)  # fmt: skip


class Requests:
    """A stream of hostile requests for an arena; the generator is its only source of chance."""

    def __init__(self, place: Arena, rng: Dice) -> None:
        self.place, self.rng = place, rng

    def next(self) -> tuple[str, Request]:
        """A party and a request for it: something nearly right, made worse in up to four ways."""
        party = self.rng.choice(self.place.parties)
        request = self.honest(party)
        for _ in range(self.rng.choice((0, 1, 1, 1, 2, 2, 3, 4))):
            request = self.worse(request)
        return party, request

    def value(self) -> str:
        return self.rng.choice(self.place.values) if self.rng.random() < 0.4 else self.rng.choice(NASTY)

    def host(self, party: str) -> str:
        return {"mobile": "com.connectsphere.app:"}.get(party, CAST[party].host or "https://nowhere.example")

    def honest(self, party: str) -> Request:
        """An endpoint of this party, mostly with its own method and what it asks for."""
        member, rng = CAST[party], self.rng
        endpoints = {"server": ISSUER, "api": API, "client": CLIENT, "gateway": (*API, *ISSUER)}.get(
            member.kind, (("GET", "/", ""), ("POST", "/collect", JSON))
        )
        if rng.random() < 0.9:  # mostly its own
            endpoints = (
                tuple(e for e in endpoints if party not in ("accounts", "transactions") or e[1].startswith(API_OF[party])) or endpoints
            )
        method, path, kind = rng.choice(endpoints)
        if rng.random() < 0.1:
            method = rng.choice(("GET", "POST", "DELETE", "PATCH"))
        url, headers, body = self.host(party) + path, [], ""
        if method == "GET" and (kind or rng.random() < 0.2):
            url += "?" + urlencode(self.fields(), errors="replace")
        elif method != "GET":
            headers.append(("Content-Type", JSON if kind == JSON or rng.random() < 0.05 else FORM))
            body = json.dumps(self.json()) if headers[0][1] == JSON else urlencode(self.fields(), errors="replace")
        headers += self.credentials(member.kind, method, url)
        peer = (
            "admin"
            if path.startswith("/admin/u") and rng.random() < 0.7
            else rng.choice(("laptop", "mallory", "budget", "auth", "backend", "accounts", "outside", ""))
        )
        return Request(method, url, tuple(headers), body, peer)

    def fields(self) -> list[tuple[str, str]]:
        rng, kept = self.rng, self.place.kept
        client, uri = rng.choice(
            (
                ("app", "https://app.connectsphere.example/cb"),
                ("mobile", "com.connectsphere.app:/cb"),
                ("budget", "https://budget.example/cb"),
            )
        )
        good = {
            "response_type": "code", "client_id": client, "redirect_uri": uri, "scope": "openid read", "state": "s", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
            "grant_type": rng.choice(("authorization_code", "refresh_token")), "username": "alice", "password": "wonderland", "allow": "yes", "code_verifier": VERIFIER,
        } | {name: rng.choice(kept[name]) for name in ("token", "code", "refresh_token", "ticket")}  # fmt: skip
        left = {n: v for n, v in good.items() if rng.random() < 0.93}
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            left[rng.choice((*NAMES, *good))] = self.value()
        return list(left.items())

    def json(self) -> Any:
        rng = self.rng
        odd = (*(None, True, 0, -1, 10**9, 10**30, 1.5, float("inf"), float("nan"), [], {}, [[]], {"a": {}}, ["x"] * 50) * 4, *NASTY)
        body: Any = {n: rng.choice((rng.choice(odd), self.value())) for n in rng.sample(NAMES, rng.randint(0, 6))}
        return rng.choice((body, body, body | {"username": "alice", "password": "wonderland"}, [body], rng.choice(odd)))

    def credentials(self, kind: str, method: str, url: str) -> list[tuple[str, str]]:
        rng, kept, out = self.rng, self.place.kept, []
        if rng.random() < (0.9 if kind == "api" else 0.15):
            out.append(
                ("Authorization", f"{rng.choice(('Bearer', 'Bearer', 'Bearer', 'DPoP', 'DPoP', 'bearer', 'Digest', ''))} {self.token()}")
            )
        elif rng.random() < 0.3:
            out.append(
                (
                    "Authorization",
                    basic(
                        *rng.choice(
                            (("budget", "budget-8Zq3vT1xNw6p"), ("accounts", "accounts-secret"), ("app", ""), (":", ":"), ("é", "\x00"))
                        )
                    ),
                )
            )
        out += [
            ("Cookie", f"{name}={rng.choice(kept[name])}") for name in ("__Host-as_session", "__Host-client_session") if rng.random() < 0.5
        ]
        if rng.random() < (0.5 if kind == "api" else 0.15):
            out.append(("DPoP", self.proof(method, url)))
        return out

    def token(self) -> str:
        return (
            hostile_token(self.rng, self.place) if self.rng.random() < 0.6 else self.rng.choice((*self.place.kept["token"], self.value()))
        )

    def proof(self, method: str, url: str) -> str:
        now = self.place.world.net.clock.now()
        good = prove(key_for("0", "fuzz"), method, url, now, b64(self.rng.randbytes(6)))
        return good if self.rng.random() < 0.4 else hostile_token(self.rng, self.place)

    def worse(self, request: Request) -> Request:
        return self.rng.choice(WORSE)(self, request)

    # ---- the ways in which a request becomes worse
    def _twice(self, r: Request) -> Request:
        name = self.rng.choice(NAMES)
        extra = f"{quote(name, errors='replace')}={quote(self.value(), errors='replace')}"
        if self.rng.random() < 0.5:
            return _with(r, body=f"{r.body}&{extra}&{extra}")
        return _with(r, url=f"{r.url}{'&' if '?' in r.url else '?'}{extra}&{extra}")

    def _raw(self, r: Request) -> Request:
        return _with(
            r,
            body=self.rng.choice(
                (self.value(), self.value() + r.body, r.body[: self.rng.randint(0, len(r.body))], "=&" * 600, "a=" + "%" * 999, '{"a":')
            ),
        )

    def _huge(self, r: Request) -> Request:
        big = self.rng.choice(("a" * 200_000, "a&" * 100_000, "%41" * 100_000, "é" * 100_000, "[" * 100_000))
        where = self.rng.randrange(3)
        if where == 0:
            return _with(r, body=big)
        return _with(r, url=f"{r.url}?x={big}") if where == 1 else _with(r, headers=(*r.headers, (self.rng.choice(HEADERS), big)))

    def _method(self, r: Request) -> Request:
        return _with(r, method=self.rng.choice(METHODS))

    def _type(self, r: Request) -> Request:
        return _with(r, headers=(*(h for h in r.headers if h[0] != "Content-Type"), ("Content-Type", self.rng.choice(TYPES))))

    def _header(self, r: Request) -> Request:
        return _with(r, headers=(*r.headers, (self.rng.choice(HEADERS), self.value())))

    def _again(self, r: Request) -> Request:
        return _with(r, headers=(*r.headers, self.rng.choice(r.headers))) if r.headers else r

    def _url(self, r: Request) -> Request:
        return _with(
            r,
            url=self.rng.choice(
                (
                    r.url + self.value(),
                    r.url + "/" + self.value(),
                    r.url + "#" + self.value(),
                    r.url.replace("?", "?&&=&"),
                    r.url.replace("/", "//"),
                )
            ),
        )

    def _flip(self, r: Request) -> Request:
        if not r.body:
            return r
        at = self.rng.randrange(len(r.body))
        return _with(r, body=r.body[:at] + chr(self.rng.choice((0, 10, 37, 38, 34, 255, 0x202E, 0xD800, 0x1F600))) + r.body[at + 1 :])


WORSE: tuple[Callable[[Requests, Request], Request], ...] = (
    *(Requests._twice, Requests._raw, Requests._method, Requests._type, Requests._header, Requests._again, Requests._url, Requests._flip) * 3,
    Requests._huge,
)  # fmt: skip


def _with(r: Request, **change: Any) -> Request:
    return Request(**({"method": r.method, "url": r.url, "headers": r.headers, "body": r.body, "peer": r.peer} | change))


# ---------------------------------------------------------------- tokens

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 10**25, 10**400, float("inf"), float("-inf"), float("nan"), "", "x", "none", [], {}, ["x"], [[]], {"a": 1}, "\ud800", "\x00", "a" * 5000,
    "../../etc/passwd", "' or 1=1--", "https://evil.example/jwks", 1_800_000_000, 4e10, -1e308, ["alice"] * 200,
)  # fmt: skip


def hostile_token(rng: Dice, place: Arena) -> str:
    """A token: truncated, altered, none, huge, nested, not UTF-8, with duplicate keys, kid tricks, crit."""
    return rng.choice(TOKENS)(rng, place)


def _keys(place: Arena) -> list[Key]:
    published = place.world.issuer.key if hasattr(place.world.issuer, "key") else place.world.issuer.core.key
    confused = [shared_key(pem(published.jwk).decode())] if published.jwk else []
    return [
        published,
        shared_key("sunshine"),
        key_for("0", "mallory"),
        key_for("0", "mallory", "RS256"),
        key_for("0", "mallory", "EdDSA"),
        *confused,
    ]


def _honest(rng: Dice, place: Arena) -> str:
    return rng.choice(place.kept["token"])


def _truncated(rng: Dice, place: Arena) -> str:
    token = _honest(rng, place)
    return token[: rng.randint(0, len(token))]


def _altered(rng: Dice, place: Arena) -> str:
    token = _honest(rng, place)
    at = rng.randrange(len(token))
    return token[:at] + rng.choice((chr(rng.randrange(256)), ".", "=", "", "é", "\ud800", token[at] * 2)) + token[at + 1 :]


def _claims(rng: Dice, place: Arena) -> dict[str, Any]:
    now = place.world.net.clock.now()
    good = {
        "iss": place.world.issuer.issuer, "sub": "alice", "aud": "https://accounts.connectsphere.example", "exp": now + 300, "iat": now, "jti": "x", "scope": "read write",
        "client_id": "app", "roles": ["user"], "cnf": {"jkt": key_for("0", "fuzz").thumbprint}, "nbf": now, "htm": "GET", "htu": "https://accounts.connectsphere.example/accounts", "nonce": "n",
    }  # fmt: skip
    out = {k: v for k, v in good.items() if rng.random() < 0.85}
    return out | {rng.choice([*good, "act", "role", "permissions"]): rng.choice(ODD) for _ in range(rng.choice((0, 1, 1, 2, 3)))}


def _signed(rng: Dice, place: Arena) -> str:
    """Signed by a key that may be anybody's, even the issuer's: what would a server do if its issuer went mad?"""
    key = rng.choice(_keys(place))
    header = {"alg": key.alg, "typ": rng.choice(("at+jwt", "JWT", "dpop+jwt", None, 5)), "kid": rng.choice((key.kid, *ODD))}
    if rng.random() < 0.5:
        header |= {rng.choice(("alg", "typ", "kid", "jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip")): rng.choice(ODD)}
    if rng.random() < 0.3:
        header["jwk"] = _jwk(rng)
    return key.seal(header, _claims(rng, place))


def _jwk(rng: Dice) -> Any:
    jwk: dict[str, Any] = dict(rng.choice((key_for("0", "fuzz").jwk, key_for("0", "fuzz", "RS256").jwk, key_for("0", "fuzz", "EdDSA").jwk)))
    for _ in range(rng.choice((0, 1, 1, 2))):
        jwk[rng.choice(("kty", "crv", "x", "y", "n", "e", "d", "use", "alg", "key_ops", "kid", "k"))] = rng.choice(
            (*ODD, "AQAB", "P-256", "EC", "oct", "verify", "sig", ["verify"], b64(b"\xff" * 2000))
        )
    return rng.choice((jwk, jwk, jwk, rng.choice(ODD)))


def _proof(rng: Dice, place: Arena) -> str:
    key = key_for("0", "fuzz", rng.choice(("ES256", "RS256", "EdDSA")))
    return key.seal(
        {"alg": rng.choice((key.alg, key.alg, key.alg, *ODD)), "typ": "dpop+jwt", "jwk": rng.choice((dict(key.jwk), _jwk(rng)))},
        _claims(rng, place),
    )


def _none(rng: Dice, place: Arena) -> str:
    header = {
        "alg": rng.choice(("none", "None", "NONE", "nOnE", "", None, "HS256", "XX", [], {})),
        "typ": rng.choice(("JWT", "at+jwt")),
        "kid": rng.choice(ODD),
    }
    return f"{packed(header)}.{packed(_claims(rng, place))}.{rng.choice(('', 'AAAA', b64(b'x' * 64)))}"


def _nested(rng: Dice, place: Arena) -> str:
    depth = rng.choice((10, 40, 200, 900, 1500, 20_000))
    inner = rng.choice(("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth))
    part = b64(f'{{"alg":"none","typ":"at+jwt","sub":{inner},"kid":{inner}}}'.encode())
    return f"{part}.{rng.choice((part, packed(_claims(rng, place))))}."


def _bytes(rng: Dice, place: Arena) -> str:
    raw = rng.choice(
        (
            b"\xff\xfe{}",
            b'{"alg":"none","alg":"ES256"}',
            b'{"sub":"alice","sub":"mallory"}',
            b"\xef\xbb\xbf{}",
            b"{}\x00",
            b'{"a":' + b"9" * 6000 + b"}",
            rng.randbytes(40),
            b"nul",
            b'"x"',
            b"[]",
        )
    )
    good = packed({"alg": "none"})
    return ".".join(rng.choice((b64(raw), good)) for _ in range(rng.choice((2, 3, 3, 3, 4, 5))))


def _huge_token(rng: Dice, place: Arena) -> str:
    return rng.choice(
        (
            "a" * 70_000,
            ("a" * 30_000 + ".") * 3,
            "." * 50_000,
            packed({"alg": "none", "x": "a" * 60_000}) + ".e30.",
            b64(b"[" * 48_000) + ".e30.",
        )
    )


TOKENS: tuple[Callable[[Dice, Arena], str], ...] = (
    *(_truncated, _altered, _none, _bytes) * 2, *(_signed, _proof) * 4, _nested, _huge_token, lambda rng, place: rng.choice(NASTY),
)  # fmt: skip


# ---------------------------------------------------------------- what every answer must be


def sound(response: Any) -> str:
    """What is wrong with an answer; '' if nothing is."""
    if not isinstance(response, Response):
        return f"not an answer but {type(response).__name__}"
    if not 200 <= response.status < 500:
        return f"status {response.status}"
    if response.status >= 400 and not (response.error or response.header("www-authenticate") or response.page):
        return f"status {response.status} without saying why"
    if any("\r" in v or "\n" in v for _, v in response.headers):
        return "a line break in a header"
    return ""
