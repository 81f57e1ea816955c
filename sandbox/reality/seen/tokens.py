"""The tokens of a recording: what they say, to whom they go, and what an API is seen to accept."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.reality import token_facts
from sandbox.reality.finding import Finding, found
from sandbox.reality.seen.look import Look, at
from sandbox.reality.token_facts import Token


def claims(look: Look) -> Iterator[Finding]:
    """What the tokens say."""
    for token in look.access_tokens:
        for f in token_facts.access(token) if not token.is_id_token else ():
            if f.id != "bearer" or look.story.oauth:  # whether it is bound is asked of an authorization server's tokens
                yield f
    for token in look.id_tokens:
        yield from token_facts.identity(token)


def audiences(look: Look) -> Iterator[Finding]:
    """To which hosts a token goes (RFC 9700 §4.10.2)."""
    took = [e for e in look.story.of("api") if e.response.status and e.response.status < 400]
    hosts = list(dict.fromkeys(e.host for e in took))
    told = list(
        dict.fromkeys(e.host for e in (*look.story.of("api"), *look.story.of("userinfo")) if e.response.status and e.response.status < 400)
    )
    for token in look.access_tokens:
        mine = [e for e in took if e.bearer == token.written]
        where = list(dict.fromkeys(e.host for e in mine))
        if len(where) > 1:
            places = [at(next(e for e in mine if e.host == h), "request.headers.authorization") for h in where]
            yield found("same_token_two_hosts", f"One and the same token is sent to {' and '.join(where)}, and accepted by both", places)
        elif len(told) > 1 and where and any(e.bearer == token.written for e in look.story.of("userinfo")):
            info = next(e for e in look.story.of("userinfo") if e.bearer == token.written)
            yield found(
                "token_sent_to_app_backend",
                f"The access token is sent to {where[0]} and to UserInfo at {info.host}: one token, two hosts",
                [at(mine[0], "request.headers.authorization"), at(info, "request.headers.authorization")],
            )
    if len(hosts) > 1:
        yield found(
            "several_apis", f"Tokens go to {', '.join(hosts)}", [at(next(e for e in took if e.host == h), "request.url") for h in hosts]
        )


def accepted(look: Look) -> Iterator[Finding]:
    """What an API cannot have checked, because it accepted a token without it (RFC 9068 §4)."""
    for token in (*look.access_tokens, *look.id_tokens):
        if not token.jwt:
            continue
        took = [
            e for e in look.story.of("api") if e.bearer == token.written and 200 <= e.response.status < 300 and e.resource != "preflight"
        ]
        if not took:
            continue
        places = [at(e, "response.status", str(e.response.status)) for e in took]
        hosts = ", ".join(dict.fromkeys(e.host for e in took))
        if token.is_id_token:
            yield found("id_token_at_api", f"{hosts} accepts an ID token, which is meant for the client", places)
            continue
        for row, missing, what in _missing(token):
            if missing:
                yield found(row, f"{hosts} answers with success to a token {what}", places)


def _missing(token: Token) -> Iterator[tuple[str, bool, str]]:
    claims, kind = token.claims, str(token.header.get("typ", "")).lower().removeprefix("application/")
    yield "accepted_without_iss", not claims.get("iss"), "without iss"
    yield "accepted_without_aud", not claims.get("aud"), "without aud"
    yield "accepted_without_typ", kind != "at+jwt", f"with typ {token.header.get('typ', '(absent)')}"
    yield "accepted_without_scope", not (claims.get("scope") or claims.get("scp")), "without scope"


def none(look: Look) -> Iterator[Finding]:
    """A login without a token: refused, or out of sight."""
    if not look.story.oauth or look.tokens or any(e.response.status < 400 for e in look.redeemed):
        return
    done = [
        x for x in look.logins if x.callback and x.response.get("code") and x.callback.response.status and x.callback.response.status < 400
    ]
    if look.redeemed:
        yield found("no_token", "No token was issued in this recording", [])
    elif done and not look.story.without_credentials:
        yield found(
            "no_token_in_browser",
            "No token reaches the browser: the code is redeemed from server to server, out of sight",
            [at(x.callback, "response") for x in done if x.callback],
        )


RULES = (claims, audiences, accepted, none)
