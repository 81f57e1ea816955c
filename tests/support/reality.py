"""Recordings of logins for tests: those that lie in tests/data/reality, or the whole set that REALITY_DIR names, and small ones of our own."""

from __future__ import annotations

import base64
import io
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from ruamel.yaml import YAML

from sandbox.reality.finding import Finding
from sandbox.reality.inspection import Inspection, inspect
from sandbox.studies import questions
from tests.support.paths import DATA

OWN = DATA / "reality"
DIR = Path(os.environ.get("REALITY_DIR") or OWN)
SPA, NAIVE, IMPLICIT, WEB, FAILED = (
    f"{n}.har" for n in ("spa-pkce.chrome", "naive-login.firefox", "implicit.playwright", "web-app.playwright", "failed-login.playwright")
)
CALLED = {  # what an answer key calls otherwise in documents of this kind
    "realm": {"pkce_not_required": "realm_pkce_not_required", "password_grant": "realm_password_grant"},
    "API description": {"implicit": "api_implicit"},
}


def keys() -> list[Path]:
    """The answer keys."""
    return sorted(DIR.rglob("*.truth.yaml"))


def about(key: Path) -> Path:
    """The file that an answer key is about."""
    return (
        key.with_name(truth(key)["file"])
        if (key.with_name(truth(key)["file"])).is_file()
        else key.with_name(key.name.removesuffix(".truth.yaml"))
    )


@cache
def truth(key: Path) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(key.read_text(encoding="utf-8"))


@cache
def inspected(*paths: Path) -> Inspection:
    """What is found in files."""
    return inspect([(p.name, io.BytesIO(p.read_bytes())) for p in paths])


def own(name: str) -> Inspection:
    """What is found in a file of tests/data/reality."""
    return inspected(OWN / name)


def ids(found: Inspection | list[Finding]) -> set[str]:
    return {f.id for f in (found.findings if isinstance(found, Inspection) else found)}


def of(found: Inspection, id: str) -> Finding:
    """The finding of that name."""
    return next(f for f in found.findings if f.id == id)


def ticked(found: Inspection) -> set[str]:
    """The answers that are ticked, `question-answer`, without those that say that nobody knows."""
    return {f"{q}-{a}" for q, given in found.answers.items() for a in given if a != questions.UNKNOWN}


def today(old: str) -> list[str]:
    """An answer of an earlier questionnaire, `signin.code`, by its names of today."""
    word = old.replace(".", "-")
    return questions.shipped().renamed.get(word, word).split(".")


def writings(value: str) -> Iterator[str]:
    """A secret in clear, URL-encoded, in base64 of both alphabets, and in hex."""
    raw = value.encode()
    yield from (value, quote(value, safe=""), quote(quote(value, safe=""), safe=""), raw.hex(), raw.hex().upper())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")


# ---------------------------------------------------------------- recordings of our own


def jwt(claims: dict[str, Any], **header: str) -> str:
    """A JWT with a signature of no key."""
    parts = [json.dumps({"alg": "RS256", "typ": "JWT"} | header), json.dumps(claims)]
    return ".".join([*(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts), "c2lnbmF0dXJlLW9mLW5vLWtleS1hdC1hbGw"])


def entry(method: str, url: str, status: int = 200, *, at: int = 0, headers: dict[str, str] | None = None, form: dict[str, str] | None = None,
          body: Any = None, sent: Any = None, back: dict[str, str] | None = None, mime: str = "application/json", kind: str = "") -> dict[str, Any]:  # fmt: skip
    """An entry of a HAR; `at` in seconds."""
    posted = (
        {"mimeType": "application/x-www-form-urlencoded", "text": urlencode(form)}
        if form
        else {"mimeType": "application/json", "text": json.dumps(sent)}
        if sent
        else None
    )
    named = lambda given: [{"name": n, "value": v} for n, v in (given or {}).items()]  # noqa: E731
    text = body if isinstance(body, str) else json.dumps(body) if body is not None else None
    return {
        "startedDateTime": f"2026-11-30T10:{at // 60:02}:{at % 60:02}.000Z",
        "request": {"method": method, "url": url, "headers": named(headers), **({"postData": posted} if posted else {})},
        "response": {
            "status": status,
            "headers": named(back),
            "content": {"mimeType": mime, **({"text": text} if text is not None else {"size": 0})},
        },
        **({"_resourceType": kind} if kind else {}),
    }


def har(*entries: dict[str, Any]) -> bytes:
    """A HAR with these entries."""
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "Test", "version": "1"}, "entries": list(entries)}}).encode()


def looked(*entries: dict[str, Any]) -> Inspection:
    """What is found in a recording of these entries."""
    return inspect([("own.har", io.BytesIO(har(*entries)))])


def document(data: Any, name: str = "own.json") -> Inspection:
    """What is found in a document."""
    return inspect([(name, io.BytesIO(data.encode() if isinstance(data, str) else json.dumps(data).encode()))])


def authorize(at: int = 0, **changed: str) -> dict[str, Any]:
    """An authorization request of a client at app.example, with everything that is good; '' takes a parameter out."""
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": "https://app.example/cb", "scope": "openid", "state": "a-State-of-19-Chars1", "nonce": "a-Nonce-of-20-Chars22",
             "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"} | changed  # fmt: skip
    return entry("GET", "https://login.example/authorize?" + urlencode({k: v for k, v in asked.items() if v}), 302, at=at, kind="document",
                 back={"location": "https://app.example/cb?" + urlencode({"code": "SplxlOBeZQQYbYS6WxSbIA", "state": asked["state"], "iss": "https://login.example"})})  # fmt: skip


def callback(at: int = 1, **changed: str) -> dict[str, Any]:
    """The answer on its way to the client."""
    given = {"code": "SplxlOBeZQQYbYS6WxSbIA", "state": "a-State-of-19-Chars1", "iss": "https://login.example"} | changed
    return entry(
        "GET",
        "https://app.example/cb?" + urlencode({k: v for k, v in given.items() if v}),
        at=at,
        mime="text/html",
        body="<p>Signed in",
        kind="document",
    )


VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B


def redeem(at: int = 2, status: int = 200, answer: Any = None, **changed: str) -> dict[str, Any]:
    """The token request of a page."""
    form = {
        "grant_type": "authorization_code",
        "code": "SplxlOBeZQQYbYS6WxSbIA",
        "client_id": "app",
        "redirect_uri": "https://app.example/cb",
        "code_verifier": VERIFIER,
    } | changed
    body = answer if answer is not None else {"access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "Bearer", "expires_in": 300}
    return entry("POST", "https://login.example/token", status, at=at, form={k: v for k, v in form.items() if v}, headers={"origin": "https://app.example"}, body=body, kind="fetch",
                 back={"cache-control": "no-store"})  # fmt: skip


def call(token: str, at: int = 3, url: str = "https://api.example/v1/orders", status: int = 200) -> dict[str, Any]:
    """A request to an API."""
    return entry(
        "GET",
        url,
        status,
        at=at,
        headers={"authorization": f"Bearer {token}", "origin": "https://app.example"},
        body={"orders": []},
        kind="fetch",
    )
