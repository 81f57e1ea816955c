"""Short words for messages and checks: `302 to budget.example/cb`, `code=SplxlO…`, `Checks: audience fails`.

Used for the titles and second lines of moments.  Nothing here knows a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.core.text import cut, plural
from sandbox.core.wire import Pairs, Request, Response, pairs, split
from sandbox.protocol.cast import MARKER
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.protocol.trace import Checked

# The parameters that tell most about a message, the most telling first.
TELLING = (
    "error", "request_uri", "request", "client_assertion",
    "response_type", "grant_type", "username", "code", "access_token", "id_token", "refresh_token", "token", "subject_token",
    "code_verifier", "code_challenge", "code_challenge_method", "state", "scope", "resource", "nonce", "client_id", "redirect_uri", "iss",
    "token_type", "expires_in", "active", "error_description", "decision", "client_secret", "password", "bank_password",
)  # fmt: skip
TOKENS = ("access_token", "id_token", "refresh_token", "token")
IDENTITY = ("x-user-id", "x-scope")  # headers in which a gateway tells who is calling
CLIP = 24
DETAIL = 150
OPAQUE = re.compile(r"(?=.*\d)[A-Za-z0-9_.~+/=-]{17,}")


def clip(text: str, limit: int = CLIP) -> str:
    """The text, cut to `limit` characters; a long random value to so many that it can be told from others."""
    if OPAQUE.fullmatch(text):
        limit = 9
    return cut(text, limit)


def own_setting(settings: Settings) -> str:
    """The setting that a lesson has of its own, with the design that it is, or begins with."""
    design = PROFILES[settings.profile].title
    return f"This lesson's setting ({f'{design}, changed' if settings.changes else f'= {design}'})"


def setting_name(settings: Settings, own: Settings | None = None) -> str:
    """A setting in words: how it differs from its profile or, if that is shorter, from the story's own setting."""
    name, changes = PROFILES[settings.profile].title, settings.changes
    if own is not None and own.profile == settings.profile and len(beyond := settings.beyond(own)) < len(changes):
        name, changes = own_setting(own), beyond
    return f"{name} with {', '.join(f'{n}={v}' for n, v in changes)}" if changes else name


def duration(seconds: int) -> str:
    """`10 minutes`, `1 hour`, `90 seconds`: the largest unit that says it exactly."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            return plural(seconds // size, unit)
    return plural(seconds, "second")


def request_title(request: Request) -> str:
    return f"{request.method} {request.path or '/'}"


def request_detail(request: Request) -> str:
    """The most telling parameters and the credentials of a request."""
    return joined([*_params((*request.query, *request.form)), *_json_params(request.json), *_credentials(request)])


def answer_title(response: Response) -> str:
    """Status and what the answer is: an address, an error, a page, tokens, data."""
    return f"{response.status} {_what(response)}".rstrip()


def answer_detail(response: Response) -> str:
    """The most telling parameters of an answer, or the objects that it contains."""
    parts: list[str] = []
    if response.location:
        u = split(response.location)
        parts += _params((*pairs(u.query), *pairs(u.fragment)))
    body = response.json
    if isinstance(body, dict):
        parts += _json_params({k: v for k, v in body.items() if k != "error"})
    parts += list(dict.fromkeys(MARKER.findall(response.body)))[:4]
    cookies = (v.split(";")[0].partition("=") for k, v in response.headers if k.lower() == "set-cookie")
    parts += [f"Set-Cookie: {name}={clip(value)}" for name, _, value in cookies][:2]
    return joined(list(dict.fromkeys(parts)))


def checks_title(checks: Sequence[Checked], ignored: bool) -> str:
    """`Checks: audience fails`, or how many passed and how many were not performed."""
    failed = [c.check.replace("_", " ") for c in checks if c.outcome == "fail"]
    if failed:
        return f"Checks: {', '.join(failed)} {'fails' if len(failed) == 1 else 'fail'}{', and is ignored' if ignored else ''}"
    passed = sum(c.outcome == "pass" for c in checks)
    skipped = [c.check.replace("_", " ") for c in checks if c.outcome == "skipped"]
    missing = f"{', '.join(skipped) if len(skipped) <= 2 else len(skipped)} not performed" if skipped else ""
    done = f"{plural(passed, 'check')} {'passes' if passed == 1 else 'pass'}" if passed else ""
    return ", ".join(part for part in (done, missing) if part)


def listed(names: Sequence[str]) -> str:
    """At most four names, the most telling first, and how many there are besides."""
    ranked = sorted(names, key=lambda name: TELLING.index(name) if name in TELLING else len(TELLING))
    return ", ".join(ranked[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def joined(parts: Sequence[str]) -> str:
    """As many whole parts as fit into a second line."""
    out = ""
    for part in parts:
        if out and len(out) + len(part) + 2 > DETAIL:
            return out + " …"
        out = f"{out}  {part}" if out else part
    return out


def _params(values: Pairs) -> list[str]:
    have = dict(reversed(values))
    return [f"{name}={clip(have[name])}" for name in TELLING if have.get(name)]


def _json_params(body: Any) -> list[str]:
    if not isinstance(body, dict):
        return []
    return _params(tuple((str(k), str(v).lower() if isinstance(v, bool) else str(v)) for k, v in body.items() if isinstance(v, str | int)))


def _credentials(request: Request) -> Iterator[str]:
    yield from (f"{k}: {clip(v)}" for k, v in request.headers if k.lower().replace("_", "-") in IDENTITY)
    if value := request.header("authorization"):
        scheme, _, rest = value.partition(" ")
        yield f"Authorization: {scheme} {clip(rest)}"
    if proof := request.header("dpop"):
        yield f"DPoP: {clip(proof)}"
    if request.certificate:
        yield f"TLS certificate: {clip(request.certificate)}"
    if request.header("sec-fetch-dest") == "image" and (referer := request.header("referer")):
        yield f"Referer: {split(referer).netloc}{split(referer).path}"
        yield from _params(pairs(split(referer).query))
    yield from (f"Cookie: {name}={clip(value)}" for name, value in list(request.cookies.items())[:2])


def _what(response: Response) -> str:
    if response.status >= 400 and response.error:
        return response.error
    if response.location:
        u = split(response.location)
        return f"to {u.netloc or u.scheme + ':'}{u.path}"
    if response.page:
        return f"{response.page} page"
    return _body_title(response.json) if response.body else ""


def _body_title(body: Any) -> str:
    if isinstance(body, list):
        return plural(len(body), "item")
    if not isinstance(body, dict):
        return ""
    tokens = [name for name in TOKENS if name in body]
    if tokens:
        return ", ".join(tokens)
    if isinstance(body.get("active"), bool):
        return "active" if body["active"] else "inactive"
    return ", ".join(list(body)[:3])
