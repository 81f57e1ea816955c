"""What has to be said of the recording itself, before anything is believed of it."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.core.text import plural
from sandbox.reality.finding import Finding, found
from sandbox.reality.recognition import issued
from sandbox.reality.seen.look import Look, at


def missing(look: Look) -> Iterator[Finding]:
    """Answers without a body, where it would have mattered."""
    for e in look.redeemed:
        if 200 <= e.response.status < 300 and not issued(e) and not e.response.body:
            yield found(
                "missing_token_body",
                f"The body of a token response is not in the recording ({e.missing or 'empty'}): tokens are seen only where they are used",
                [at(e, "response.content")],
            )


def sanitized(look: Look) -> Iterator[Finding]:
    """An export that has left out cookies and Authorization headers, and nothing else."""
    if not look.story.without_credentials:
        return
    first = next((e for e in look.story.exchanges if look.story.kind(e) in ("authorize", "own_login", "token")), look.story.exchanges[0])
    yield found(
        "cookies_absent",
        "No cookie and no Authorization header anywhere, as in a sanitized export: that is no evidence that none were set",
        [at(first, "response.headers")],
    )
    secret = [at(e, "request.postData.text") for e in look.story.of("sign_in")] + [
        at(e, "response.content.text") for e in look.redeemed if issued(e)
    ]
    if secret:
        yield found(
            "sanitized_but_secret",
            "Passwords, codes or whole tokens are in the file all the same: without cookies and Authorization headers it is no less secret",
            secret,
        )


def bounds(look: Look) -> Iterator[Finding]:
    """What was not read."""
    if look.source.truncated:
        yield found("truncated", f"The file breaks off after entry {look.source.entries - 1}: what came after is not known", [])
    if look.source.too_many:
        yield found("too_many", f"Only the first {plural(look.source.entries, 'entry', 'entries')} were read", [])
    saml = [e for e in look.story.exchanges if {"SAMLRequest", "SAMLResponse"} & {*e.query, *e.form}]
    if saml:
        yield found("saml_seen", "A login by SAML: it is not read here", [at(e, "request.url") for e in saml])
    elif not look.logins and not look.story.of("own_login", "token", "refresh", "password_grant", "api", "sign_in", "device", "swap"):
        yield found("no_login", "No login was found in the recording", [])


RULES = (missing, sanitized, bounds)
