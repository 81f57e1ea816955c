"""Logins that failed, with the causes that can be computed: invalid_grant has six, and a server names none of them (RFC 6749 §5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Finding, found
from sandbox.reality.logins import Login
from sandbox.reality.seen.look import Look, at

LATE = 60_000  # milliseconds from the code to its use: many servers give a minute, and ten at most (RFC 6749 §4.1.2)


def refused(look: Look) -> Iterator[Finding]:
    """What was refused, and why."""
    for login in look.logins:
        if (error := login.response.get("error")) and login.answer_place:
            e, where = login.answer_place
            yield found("login_refused", f"The authorization server answers {error}", [at(e, f"{where}.error", error)])
    spent: dict[str, Exchange] = {}
    exchanged: dict[str, Exchange] = {}
    for e in look.redeemed:
        code, refresh = e.form.get("code", ""), e.form.get("refresh_token", "")
        if e.response.status >= 400:
            error = str(e.answer.get("error", "no error code"))
            yield found(
                "token_refused",
                f"The token endpoint answers {e.response.status} {error}; the login does not complete",
                [at(e, "response.content.text.error", error)],
            )
            mine = next((x for x in look.logins if e in x.tokens), None)
            causes = list(_causes(mine, e, spent.get(code), exchanged.get(refresh)))
            yield from causes
            if any(f.id == "verifier_mismatch" for f in causes):
                yield found(
                    "pkce_enforced",
                    "The server checks the verifier where a challenge was given",
                    [at(e, "response.status", str(e.response.status))],
                )
            if code in spent and error == "invalid_grant":
                yield found(
                    "code_once",
                    "The server refuses a code that was used before",
                    [at(spent[code], "request.postData.code"), at(e, "response.status")],
                )
        elif e.response.status:
            spent |= {code: e} if code else {}
            exchanged |= {refresh: e} if refresh and e.answer.get("refresh_token") not in (None, refresh) else {}


def _causes(login: Login | None, e: Exchange, before: Exchange | None, exchanged: Exchange | None) -> Iterator[Finding]:
    if before is not None:
        yield found(
            "code_used_twice",
            "The code was redeemed before: it works once",
            [at(before, "request.postData.code"), at(e, "request.postData.code")],
        )
    if exchanged is not None:
        yield found(
            "refresh_replaced",
            "The refresh token had been exchanged for a newer one",
            [at(exchanged, "request.postData.refresh_token"), at(e, "request.postData.refresh_token")],
        )
    if login is None or login.authorize is None or e.form.get("grant_type") != "authorization_code":
        return
    asked, start = login.asked, login.authorize
    for name, row, said in (
        ("redirect_uri", "redirect_differs", "The redirect URI is not the one of the authorization request"),
        ("client_id", "client_differs", "The code was issued to another client_id"),
    ):
        if name in e.form and name in asked and e.form[name] != asked[name]:
            yield found(row, said, [at(start, f"request.queryString.{name}", asked[name]), at(e, f"request.postData.{name}", e.form[name])])
    answered = login.answered or login.callback
    if answered is not None and e.at - answered.at > LATE:
        yield found(
            "code_late",
            f"The code was {(e.at - answered.at) // 1000} s old; a server may give it a minute",
            [at(answered, "response.headers.location"), at(e, "request.postData.code")],
        )


def verifier(look: Look) -> Iterator[Finding]:
    """Whether a verifier fits its challenge: it can be computed, whatever the server says (RFC 7636 §4.6)."""
    for login in look.logins:
        challenge, method = login.asked.get("code_challenge"), login.asked.get("code_challenge_method")
        for e in login.tokens if login.authorize is not None and challenge else ():
            sent = e.form.get("code_verifier")
            start = at(login.authorize, "request.queryString.code_challenge", challenge or "") if login.authorize else at(e, "")
            if not sent and e.response.status >= 400:
                yield found("verifier_missing", "A challenge was given, and no verifier is sent", [start, at(e, "request.postData")])
            secret = look.story.masker.named(sent) if sent else None
            if secret is not None and method == "S256" and secret.challenge and secret.challenge != challenge:
                yield found(
                    "verifier_mismatch",
                    "BASE64URL(SHA256(code_verifier)) is not the code_challenge of the authorization request",
                    [start, at(e, "request.postData.code_verifier")],
                )
                if e.response.status >= 400:
                    yield found(
                        "pkce_enforced",
                        "The server checks the verifier where a challenge was given",
                        [at(e, "response.status", str(e.response.status))],
                    )


RULES = (refused, verifier)
