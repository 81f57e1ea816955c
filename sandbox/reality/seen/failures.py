"""Logins that failed, with the causes that can be computed: invalid_grant has six, and a server names none of them (RFC 6749 §5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Evidence, Finding, found
from sandbox.reality.logins import Login
from sandbox.reality.seen.look import Look, at

LATE = 60_000  # milliseconds from the code to its use: many servers give a minute, and ten at most (RFC 6749 §4.1.2)


WAITING = ("authorization_pending", "slow_down", "use_dpop_nonce")  # not yet, or once more: no failure (RFC 8628 §3.5, RFC 9449 §8)
REFUSALS = (400, 401, 403, 422)


def refused(look: Look) -> Iterator[Finding]:
    """What was refused, and why."""
    for login in look.logins:
        if (error := login.response.get("error")) and login.answer_place:
            e, where = login.answer_place
            yield found("login_refused", f"The authorization server answers {error}", [at(e, f"{where}.error", error)])
    for e in look.story.of("sign_in"):
        if e.response.status in REFUSALS:
            yield found(
                "sign_in_refused", f"{e.host} refuses the sign-in ({e.response.status})", [at(e, "response.status", str(e.response.status))]
            )
    spent: dict[str, Exchange] = {}
    exchanged: dict[str, Exchange] = {}
    for e in look.redeemed:
        code, refresh = e.form.get("code", ""), e.form.get("refresh_token", "")
        error = str(e.answer.get("error", "no error code"))
        if e.response.status >= 400 and error not in WAITING:
            yield from _token_refused(look, e, error, spent.get(code), exchanged.get(refresh))
        elif 0 < e.response.status < 400:
            spent |= {code: e} if code else {}
            exchanged |= {refresh: e} if refresh and e.answer.get("refresh_token") not in (None, refresh) else {}


def _token_refused(look: Look, e: Exchange, error: str, spent: Exchange | None, exchanged: Exchange | None) -> Iterator[Finding]:
    """A token request that was refused, with the causes that can be computed; of `invalid_grant` also with what was ruled out."""
    login = next((x for x in look.logins if e in x.tokens), None)
    end = _end(login, e)
    yield found(
        "token_refused", f"The token endpoint answers {e.response.status} {error}; {end}", [at(e, "response.content.text.error", error)]
    )
    causes, fine = _causes(look, login, e, spent, exchanged), _fine(look, login, e)
    yield from causes
    if spent is not None and error == "invalid_grant":
        yield found(
            "code_once",
            "The server refuses a code that was used before",
            [at(spent, "request.postData.code"), at(e, "response.status")],
        )
    if error == "invalid_grant" and not causes and not (login and _wrong_verifier(look, login, e)):
        ruled = f" Ruled out: {', '.join(fine)}." if fine else ""
        yield found(
            "cause_unseen",
            f"invalid_grant has six causes.{ruled} What remains cannot be seen from here: the server's log has it",
            [at(e, "response.content.text.error", error)],
        )


def _end(login: Login | None, e: Exchange) -> str:
    """What became of it all the same."""
    if e.form.get("grant_type") == "refresh_token":
        return "nothing is renewed"
    done = [t for t in login.tokens if 200 <= t.response.status < 300] if login else []
    if any((t.at, t.entry) > (e.at, e.entry) for t in done):
        return "a later request succeeds"
    return "an earlier request had succeeded" if done else "the login does not complete"


def _fine(look: Look, login: Login | None, e: Exchange) -> list[str]:
    """The causes that the recording rules out."""
    if login is None or login.authorize is None:
        return []
    asked = login.asked
    same = [said for name, said in (("redirect_uri", "another redirect URI"), ("client_id", "another client"))
            if name in asked and e.form.get(name) == asked[name]]  # fmt: skip
    secret = look.story.masker.named(e.form.get("code_verifier", ""))
    fits = secret is not None and asked.get("code_challenge_method") == "S256" and secret.challenge == asked.get("code_challenge")
    return same + (["a wrong verifier"] if fits else [])


def _others(look: Look, e: Exchange, code: str) -> list[Evidence]:
    """Where codes came back before, if none of them is this one; nothing if it is one of them, or none came back."""
    came = [x for x in look.logins if x.response.get("code") and x.answer_place and x.answer_place[0].at <= e.at]
    if any(x.response["code"] == code for x in came):
        return []
    return [at(*x.answer_place) for x in came if x.answer_place and x.asked.get("client_id") == e.form.get("client_id")]


def _causes(look: Look, login: Login | None, e: Exchange, before: Exchange | None, exchanged: Exchange | None) -> list[Finding]:
    out = []
    if (code := e.form.get("code")) and (brought := _others(look, e, code)):
        places = [*brought, at(e, "request.postData.code")]
        out.append(
            found(
                "code_unknown", "The code is none of those that came back in this recording: cut off, altered or of another login", places
            )
        )
    if before is not None:
        places = [at(before, "request.postData.code"), at(e, "request.postData.code")]
        out.append(found("code_used_twice", "The code was redeemed before: it works once", places))
    if exchanged is not None:
        places = [at(exchanged, "request.postData.refresh_token"), at(e, "request.postData.refresh_token")]
        out.append(found("refresh_replaced", "The refresh token had been exchanged for a newer one", places))
    if login is None or login.asking is None or e.form.get("grant_type") != "authorization_code":
        return out
    asked, start = login.asked, login.asking
    for name, row, said in (
        ("redirect_uri", "redirect_differs", "The redirect URI is not the one of the authorization request"),
        ("client_id", "client_differs", "The code was issued to another client_id"),
    ):
        if name in e.form and name in asked and e.form[name] != asked[name]:
            places = [at(start, f"request.queryString.{name}", asked[name]), at(e, f"request.postData.{name}", e.form[name])]
            out.append(found(row, said, places))
    answered = login.answered or login.callback
    if answered is not None and e.at - answered.at > LATE:
        said = f"The code was {(e.at - answered.at) // 1000} s old; a server may give it a minute"
        out.append(found("code_late", said, [at(answered, "response.headers.location"), at(e, "request.postData.code")]))
    return out


def verifier(look: Look) -> Iterator[Finding]:
    """Whether a verifier fits its challenge: it can be computed, whatever the server says (RFC 7636 §4.6)."""
    for login in look.logins:
        for e in login.tokens:
            wrong = _wrong_verifier(look, login, e)
            if wrong is not None:
                yield wrong
            if wrong is not None and wrong.id == "verifier_mismatch" and e.response.status >= 400:
                status = at(e, "response.status", str(e.response.status))
                yield found("pkce_enforced", "The server checks the verifier where a challenge was given", [status])


def _wrong_verifier(look: Look, login: Login, e: Exchange) -> Finding | None:
    """A verifier that is missing, or is not that of the challenge."""
    challenge, start, sent = login.asked.get("code_challenge"), login.asking, e.form.get("code_verifier")
    if not challenge or start is None:
        return None
    asked = at(start, "request.queryString.code_challenge", challenge)
    if not sent:
        missing = e.response.status >= 400 and e.form.get("grant_type") == "authorization_code"
        return (
            found("verifier_missing", "A challenge was given, and no verifier is sent", [asked, at(e, "request.postData")])
            if missing
            else None
        )
    secret = look.story.masker.named(sent)
    method = login.asked.get("code_challenge_method")
    if secret is None or method != "S256" or not secret.challenge or secret.challenge == challenge:
        return None
    return found(
        "verifier_mismatch",
        "BASE64URL(SHA256(code_verifier)) is not the code_challenge of the authorization request",
        [asked, at(e, "request.postData.code_verifier")],
    )


RULES = (refused, verifier)
