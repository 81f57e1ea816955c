"""The login as it went: which flow, with which of its protections, and what the server is seen to insist on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sandbox.core.text import plural
from sandbox.core.wire import split
from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.logins import Login
from sandbox.reality.recognition import issued, password_in, same_place, site, typed_at
from sandbox.reality.seen.look import Look, at

LOCAL = ("localhost", "127.0.0.1", "[::1]")
SHORT_STATE = 8  # characters; what is shorter can be tried out
Rule = Callable[[Look], Iterator[Finding]]


def _asked(look: Look) -> list[tuple[Login, Exchange, dict[str, str]]]:
    """Each login that was asked for, with the request that has the parameters."""
    return [(x, x.asking, x.asked) for x in look.logins if x.asking is not None]


def _where(e: Exchange, name: str) -> str:
    return f"request.{'postData' if e.request.method == 'POST' else 'queryString'}{f'.{name}' if name else ''}"


def kind(look: Look) -> Iterator[Finding]:
    """Which flow."""
    for login, e, asked in _asked(look):
        wanted = login.wanted
        place = at(e, _where(e, "response_type"), asked.get("response_type", ""))
        if wanted == {"id_token"} and login.posted:
            yield found(
                "id_token_posted",
                "The ID token comes by a form: no access token, and nothing in an address",
                [place, *([at(login.callback, "request.postData.id_token")] if login.callback else [])],
            )
        elif wanted == {"code"}:
            yield found("flow_code", "Authorization code flow", [place])
        elif "token" in wanted or (wanted and "code" not in wanted):
            said = (
                "access token and ID token come"
                if {"token", "id_token"} <= wanted
                else "the token comes"
                if "token" in wanted
                else "the ID token comes"
            )
            flow = "Hybrid" if "code" in wanted else "Implicit"
            yield found(
                "implicit",
                f"{flow} flow ({asked.get('response_type')}): {said} back in the address of the redirect",
                [place, *_fragments(login), *_leaks(look)],
            )
        elif "code" in wanted:
            said = "the answer comes by a form, with the ID token in it" if login.posted else "part of the answer is in the address"
            yield found("hybrid", f"Hybrid flow ({asked.get('response_type')}): {said}", [place, *_fragments(login)])
        else:
            yield found("oauth_seen", "An authorization request, without a response type that can be seen", [at(e, "request.url")])
    yield from _without_request(look)


def _without_request(look: Look) -> Iterator[Finding]:
    """Flows of which the recording has no authorization request: there is none, or the export has left redirects out."""
    coded = [e for x in look.logins if x.authorize is None for e in x.tokens if e.form.get("grant_type") == "authorization_code"]
    if coded:
        yield found(
            "flow_code",
            "Authorization code flow; its authorization request is not in the recording",
            [at(e, "request.postData.grant_type", e.form["grant_type"]) for e in coded],
        )
    elif not _asked(look) and look.redeemed:
        e = look.redeemed[0]
        yield found(
            "oauth_seen",
            f"A token request ({e.form.get('grant_type', '')})",
            [at(e, "request.postData.grant_type", e.form.get("grant_type", ""))],
        )
    for e in look.story.of("token"):
        if e.form.get("grant_type", "").endswith("device_code"):
            yield found("device_flow_used", "The device flow is used", [at(e, "request.postData.grant_type", e.form["grant_type"])])


def _fragments(login: Login) -> list[Evidence]:
    return [at(login.answered, "response.headers.location (fragment)")] if login.answered is not None and login.in_fragment else []


def _leaks(look: Look) -> list[Evidence]:
    from sandbox.reality.seen.traces import leaked  # what leaves is that module's

    return [place for _, place in leaked(look, ("access_token", "id_token"))]


def pkce(look: Look) -> Iterator[Finding]:
    """Whether the code is bound to who asked for it (RFC 7636)."""
    yield from _verifiers(look)
    for login, e, asked in _asked(look):
        if login.hidden:
            continue
        challenge, method = asked.get("code_challenge"), asked.get("code_challenge_method", "plain")
        verifier = [at(t, "request.postData.code_verifier") for t in login.tokens if "code_verifier" in t.form]
        if challenge and method == "S256":
            said = "; the verifier is sent at the token endpoint" if verifier else ""
            yield found("pkce_s256", f"PKCE with S256{said}", [at(e, _where(e, "code_challenge_method"), method), *verifier])
        elif challenge:
            yield found(
                "pkce_plain", "PKCE with plain: the challenge is the verifier itself", [at(e, _where(e, "code_challenge_method"), method)]
            )
        elif "code" in login.wanted:
            yield found(
                "no_pkce",
                "No code_challenge: PKCE is not used (RFC 9700 asks for it, of confidential clients, too)",
                [at(e, _where(e, ""), "(no code_challenge)")],
            )
            if login.response.get("code") and login.answer_place:
                answer, where = login.answer_place
                yield found(
                    "pkce_not_required",
                    "The server gave this client a code without PKCE: it does not require it of everybody",
                    [at(e, _where(e, "")), at(answer, f"{where}.code")],
                )
        elif login.wanted:
            yield found("no_pkce", "No PKCE (there is no code in this flow)", [at(e, _where(e, ""), "(no code_challenge)")], "note")


def _verifiers(look: Look) -> Iterator[Finding]:
    """What the token request says of PKCE where the authorization request is not in the recording."""
    for e in (e for x in look.logins if x.authorize is None for e in x.tokens):
        if e.form.get("code_verifier"):
            yield found(
                "pkce_verifier",
                "A code_verifier is sent, so PKCE is used; with which method does not show",
                [at(e, "request.postData.code_verifier")],
            )
        elif e.form.get("grant_type") == "authorization_code":
            yield found(
                "no_pkce", "No code_verifier in the token request: PKCE is not used", [at(e, "request.postData", "(no code_verifier)")]
            )


def state(look: Look) -> Iterator[Finding]:
    """Whether the answer can be told from one that somebody else began (RFC 6749 §10.12)."""
    for login, e, asked in _asked(look):
        sent, back = asked.get("state"), login.response.get("state")
        if not sent and not login.hidden:
            yield found("no_state", "No state in the authorization request", [at(e, _where(e, ""), "(no state)")])
        if not sent or not login.answer_place:
            continue
        answer, where = login.answer_place
        places = [at(e, _where(e, "state")), at(answer, f"{where}.state" if "location" not in where else where)]
        if sent == back:
            cookie = [at(c, "response.headers.set-cookie") for c in _cookie_before(look, e)]
            said = "; a cookie of the client was set just before" if cookie else ""
            yield found("state_returned", f"state is sent, and the same value comes back{said}", [*cookie, *places])
        else:
            yield found(
                "state_differs", "Another state comes back than was sent" if back else "state was sent, and does not come back", places
            )
        secret = look.story.masker.named(sent)
        if secret is not None and secret.length < SHORT_STATE:
            yield found("state_short", f"state has {plural(secret.length, 'character')}: it can be guessed", places[:1])


def once(look: Look) -> Iterator[Finding]:
    """Whether what must be new in each login is new (RFC 9700 §2.1.1)."""
    for name, row in (("state", "state_reused"), ("nonce", "value_reused"), ("code_challenge", "value_reused")):
        used: dict[str, list[Evidence]] = {}
        for _, e, asked in _asked(look):
            if value := asked.get(name):
                used.setdefault(value, []).append(at(e, _where(e, name)))
        for places in used.values():
            if len(places) > 1:
                yield found(row, f"The same {name} in {plural(len(places), 'login')}", places)


def _cookie_before(look: Look, e: Exchange) -> list[Exchange]:
    """The answer of the client that led to the request, if it set a cookie."""
    return [
        x
        for x in look.story.exchanges
        if x.at <= e.at
        and x.location
        and x.location.partition("?")[0] == e.request.url.partition("?")[0]
        and x.response.header("set-cookie")
    ][-1:]


def nonce(look: Look) -> Iterator[Finding]:
    """Whether the ID token can be told from one of another login (OIDC Core §3.1.3.7)."""
    for login, e, asked in _asked(look):
        if "openid" not in asked.get("scope", "").split():
            continue
        sent = asked.get("nonce")
        tokens = [t for t in look.id_tokens if any(p.entry in _entries(login) for p in t.places)]
        back = [(t.claims.get("nonce"), t.places[0]) for t in tokens]
        if not sent:
            if not login.hidden:
                said = ", and none in the ID token" if back and not any(n for n, _ in back) else ""
                yield found("no_nonce", f"No nonce in the authorization request{said}", [at(e, _where(e, ""), "(no nonce)")])
            continue
        same = [place for value, place in back if value == sent]
        other = [place for value, place in back if value and value != sent]
        yield found("nonce_sent", "nonce is sent" + (" and is in the ID token" if same else ""), [at(e, _where(e, "nonce")), *same])
        if other:
            yield found("nonce_differs", "The ID token has another nonce than was sent", [at(e, _where(e, "nonce")), *other])


def _entries(login: Login) -> set[int]:
    return {x.entry for x in (login.answered, login.callback, *login.tokens) if x is not None}


def issuer(look: Look) -> Iterator[Finding]:
    """Whether the answer says from whom it comes (RFC 9207 §2)."""
    for login in look.logins:
        if login.authorize is None and login.in_fragment:
            continue  # no answer to an authorization request
        if not login.answer_place or not login.response or ("error" in login.response and len(login.response) < 2):
            continue
        answer, where = login.answer_place
        if login.response.get("iss"):
            yield found(
                "iss_in_response",
                f"The authorization response names its issuer, {login.response['iss']}",
                [at(answer, f"{where}.iss" if "location" not in where else where, login.response["iss"])],
            )
        else:
            told = "; the ID token in the same answer names it" if login.tokens_in_answer.get("id_token") else ""
            yield found("no_iss_param", f"No iss parameter in the response{told}", [at(answer, where, "(no iss)")])


def redirect(look: Look) -> Iterator[Finding]:
    """Where the answer goes, and how."""
    for _, e, asked in _asked(look):
        uri, scopes = asked.get("redirect_uri", ""), asked.get("scope", "").split()
        url = split(uri)
        place = at(e, _where(e, "redirect_uri"), uri)
        if url.scheme == "http" and url.hostname not in LOCAL:
            yield found("redirect_without_tls", "The answer goes to an address without TLS: whoever is on the way can read it", [place])
        elif url.scheme and url.scheme not in ("http", "https"):
            yield found("redirect_own_scheme", f"The answer goes to the scheme {url.scheme}: any app of the device may claim it", [place])
        if mode := asked.get("response_mode"):
            yield found("response_mode", f"The answer is wanted as {mode}", [at(e, _where(e, "response_mode"), mode)])
        if personal := [s for s in scopes if s in ("email", "profile", "phone", "address")]:
            yield found("scope_email", f"The application asks for {', '.join(personal)}", [at(e, _where(e, "scope"), asked["scope"])])
    for e in look.story.of("push"):
        yield found("pushed", "The authorization request was pushed to the server", [at(e, "response.content.text.request_uri")])


def password(look: Look) -> Iterator[Finding]:
    """Where the password is typed (RFC 9700 §2.4)."""
    typed = look.story.of("sign_in", "own_login", "password_grant")
    for e in look.story.of("password_grant"):
        yield found(
            "password_grant_used",
            "The client sends the person's password to the token endpoint (password grant)",
            [at(e, "request.postData.grant_type", "password")],
        )
    for e in look.story.of("own_login"):
        yield from _own_login(look, e)
    issuers = look.story.parts.issuers
    if look.story.of("sign_in") and look.story.oauth and look.logins:
        upstream = _upstream(look)
        led = [e for e in typed if site(typed_at(e)) in upstream]
        if led:
            yield found(
                "password_upstream",
                f"The password is typed at {typed_at(led[0])}, to which the server leads for the sign-in",
                [at(e, _typed(e)) for e in led],
            )
        elsewhere = [e for e in typed if site(typed_at(e)) not in {*map(site, issuers), *upstream}]
        if elsewhere:
            yield found(
                "password_elsewhere",
                f"A password is typed at {typed_at(elsewhere[0])}, which is not the authorization server",
                [at(e, _typed(e)) for e in elsewhere],
            )
        elif all(typed_at(e) in issuers for e in typed):
            yield found("password_only_at_as", f"The password is typed at {typed[0].host} only", [at(e, _typed(e)) for e in typed])
    elif not look.story.oauth and not look.story.of("own_login"):
        for e in look.story.of("sign_in"):
            places = [at(e, _typed(e)), at(e, "response.headers.set-cookie")]
            if any(t.places[0].entry == e.entry for t in look.access_tokens):
                yield found("own_login", "The password goes to the application itself, which answers with a token in a cookie", places)
            elif cookies := [line.partition("=")[0] for n, line in e.response.headers if n.lower() == "set-cookie"]:
                yield found(
                    "cookie_login",
                    f"The password goes to {e.host}, which answers with a cookie ({', '.join(cookies[:4])}) and with no token in the body",
                    places,
                )


def _upstream(look: Look) -> set[str]:
    """The sites to which the server leads people for the sign-in: by a redirect, or by a request of SAML."""
    issuers, story = look.story.parts.issuers, look.story
    callbacks = {x.asked.get("redirect_uri", "") for x in look.logins}
    led = {
        split(e.location).netloc.lower()
        for e in story.exchanges
        if e.host in issuers and "://" in e.location and not any(same_place(e.location, r) for r in callbacks)
    } | {e.host for e in story.exchanges if "SAMLRequest" in {*e.query, *e.form}}
    return {site(h) for h in led} - {site(h) for h in (*issuers, *story.parts.clients)}


def _own_login(look: Look, e: Exchange) -> Iterator[Finding]:
    """A login that answers with a token: the application's own, or one of a server whose API a page uses."""
    places = [at(e, _typed(e)), at(e, f"response.content.text.{next(iter(issued(e)))}")]
    if site(typed_at(e)) != site(e.host) or any(t.from_server and not t.is_id_token for t in look.tokens if t.places[0].entry == e.entry):
        yield found("login_by_api", f"A page of {typed_at(e)} sends the password to {e.host}, which answers with tokens", places)
    elif e.host not in look.story.parts.issuers or not look.story.oauth:
        yield found("own_login", "The password goes to the application itself, which answers with a token", places)


def _typed(e: Exchange) -> str:
    return f"request.postData.{password_in(e)}" if password_in(e) else "request.postData"


def offered(look: Look) -> Iterator[Finding]:
    """What the server's own metadata, as the recording has them, offer besides."""
    seen: set[str] = set()
    for e in look.story.of("metadata"):
        types, grants = e.answer.get("response_types_supported"), e.answer.get("grant_types_supported")
        issuer = str(e.answer.get("issuer"))
        if not isinstance(types, list) or issuer in seen:
            continue
        seen.add(issuer)
        with_token = [str(t) for t in types if "token" in str(t).split()]
        if with_token:
            implicit = ", and the grant implicit" if isinstance(grants, list) and "implicit" in grants else ""
            yield found(
                "server_offers_implicit",
                f"The server still offers the response types {', '.join(with_token)}{implicit}",
                [at(m, "response.content.text.response_types_supported") for m in look.story.of("metadata")],
            )
        if isinstance(grants, list) and "password" in grants:
            yield found(
                "server_offers_password",
                "The server still offers the password grant",
                [at(e, "response.content.text.grant_types_supported")],
            )
        elif isinstance(grants, list):
            typed = look.story.of("sign_in")
            if typed and all(typed_at(x) in look.story.parts.issuers for x in typed) and not look.story.of("password_grant", "own_login"):
                yield found(
                    "no_password_grant",
                    "The server offers no password grant, and the password was typed at its own page",
                    [at(typed[0], "request.postData"), at(e, "response.content.text.grant_types_supported")],
                )


def log_out(look: Look) -> Iterator[Finding]:
    """Whether the server learns of a log-out."""
    out = look.story.of("log_out")
    at_server = [e for e in out if e.host in look.story.parts.issuers]
    if at_server and look.story.oauth:
        yield found("log_out_told", "The log-out goes to the authorization server", [at(at_server[0], "request.url")])
    elif out and look.story.oauth and not look.story.of("revoke"):
        yield found(
            "log_out_local", "The log-out stays at the client: the server was not told in this recording", [at(out[0], "request.url")]
        )


RULES: tuple[Rule, ...] = (kind, pkce, state, once, nonce, issuer, redirect, password, offered, log_out)
