"""A masked entry of a recording as an exchange: a request and its answer, in the form of messages that the whole product reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from sandbox.core.wire import FORM, Pairs, Request, Response, pairs, split
from sandbox.reality.masking import Masker
from sandbox.reality.shapes import as_json

Doc = dict[str, Any]
SAFE_METHOD = re.compile(r"[A-Z-]{1,20}")
SCHEMES = ("bearer", "dpop", "jwt", "token")
OWN_HEADERS = ("x-access-token", "x-auth-token", "x-authorization", "x-token", "x-jwt", "access-token", "auth-token", "token")
DEEP = 5  # objects of JSON inside each other
PART = re.compile(r'name="([^"\r\n]{1,100})"[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n([^\r\n]*)')


@dataclass(frozen=True)
class Exchange:
    """`entry`: its place in the file, from 0; `at`: milliseconds since 1970; `missing`: why there is no body, if there is none."""

    entry: int
    at: int
    request: Request
    response: Response
    resource: str = ""
    missing: str = ""
    hints: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()

    @cached_property
    def host(self) -> str:
        return split(self.request.url).netloc.lower()

    @cached_property
    def path(self) -> str:
        return split(self.request.url).path

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields that were sent: a form, or the members of a JSON object."""
        if form := self.request.form:
            return dict(form)
        if (self.request.header("content-type") or "").lower().startswith("multipart/form-data"):
            return dict(PART.findall(self.request.body)[:100])
        data = as_json(self.request.body)
        return {str(k): v for k, v in data.items() if isinstance(v, str)} if isinstance(data, dict) else {}

    @cached_property
    def sent(self) -> dict[str, str]:
        """Everything that was sent under a name, however deep in JSON; of the same name the first."""
        return self.form | texts(as_json(self.request.body))

    @cached_property
    def answer(self) -> Doc:
        """The object of JSON that came back; an empty one if none did."""
        data = as_json(self.response.body)
        return data if isinstance(data, dict) else {}

    @cached_property
    def location(self) -> str:
        return self.response.location or ""

    @cached_property
    def bearer(self) -> str:
        """The access token that was sent, wherever: in the header, in the address or in a form (RFC 6750 §2)."""
        if self.bearer_header:
            scheme, blank, value = (self.request.header(self.bearer_header) or "").partition(" ")
            return value.strip() if blank else scheme
        return self.query.get("access_token", "") or (self.form.get("access_token", "") if "grant_type" not in self.form else "")

    @cached_property
    def bearer_header(self) -> str:
        """The header in which the token was sent; '' if it was sent in none."""
        scheme, value = self.request.credential() or ("", "")
        if (scheme in SCHEMES and value) or (scheme.startswith("eyj") and not value):
            return "authorization"
        return next((n for n in OWN_HEADERS if self.request.header(n)), "")

    @property
    def bearer_place(self) -> str:
        """Where the token was sent."""
        return f"request.headers.{self.bearer_header}" if self.bearer_header else "request.queryString.access_token"

    @property
    def by_script(self) -> bool:
        """Whether a script of a page has sent it, as far as the recording says."""
        if self.resource in ("fetch", "xhr", "preflight"):
            return True
        mode, dest = self.request.header("sec-fetch-mode"), self.request.header("sec-fetch-dest")
        return mode == "cors" or dest == "empty" or bool(self.request.header("x-requested-with"))

    def place(self, where: str) -> tuple[int, str]:
        return self.entry, where


def exchanges(entries: list[Doc], masker: Masker) -> list[Exchange]:
    """The masked exchanges, in the order of time.  The masker has learned from all entries before."""
    return sorted((exchange(number, entry, masker) for number, entry in enumerate(entries)), key=lambda e: (e.at, e.entry))


def exchange(number: int, entry: Doc, masker: Masker) -> Exchange:
    """One masked exchange."""
    request, response = entry["request"], entry["response"]
    posted = request["postData"]
    headers = _headers(request["headers"], masker)
    mime = posted["mimeType"]
    text = posted["text"] or "&".join(f"{quote(p['name'], safe='')}={quote(p['value'], safe='')}" for p in posted["params"])
    if text and not any(n.lower() == "content-type" for n, _ in headers):
        headers = (*headers, ("content-type", mime or FORM))
    method = request["method"].upper()
    back = _headers(response["headers"], masker)
    if not any(n.lower() == "set-cookie" for n, _ in back):
        back += tuple(("set-cookie", masker.needles.sweep(_cookie(c, masker))) for c in response["cookies"])
    if not any(n.lower() == "location" for n, _ in back) and response["redirectURL"]:
        back += (("location", masker.needles.sweep(masker.text(response["redirectURL"]), address=True)),)
    if response["mimeType"] and not any(n.lower() == "content-type" for n, _ in back):
        back += (("content-type", response["mimeType"]),)
    return Exchange(
        number,
        _millis(entry["startedDateTime"]),
        Request(
            method if SAFE_METHOD.fullmatch(method) else "?",
            masker.needles.sweep(masker.address(request["url"]), address=True),
            headers,
            masker.needles.sweep(body(masker, text, mime)),
        ),
        Response(max(response["status"], 0), back, masker.needles.sweep(body(masker, response["text"], response["mimeType"]))),
        entry["_resourceType"],
        entry["_missing"],
        tuple(entry["_hints"]),
        tuple(masker.needles.sweep(masker.text(s)) for s in entry["_sockets"]),
    )


def body(masker: Masker, text: str, mime: str) -> str:
    """A masked body; a form is one even if it has only one field."""
    if not text:
        return ""
    return masker.pairs(text) if mime.lower().startswith(FORM) else masker.text(text)


def _headers(named: list[Doc], masker: Masker) -> Pairs:
    out: list[tuple[str, str]] = []
    for header in named:
        name, value = masker.name(header["name"]), masker.value(header["name"], header["value"])
        value = masker.needles.sweep(value, address=name.lower() in ("location", "referer"))
        if name.lower() == "set-cookie":  # several are one value where a writer has joined them
            out += [(name, line) for line in re.split(r"\r?\n|,\s*(?=[\w.-]+=)", value) if line]
        else:
            out.append((name, value))
    return tuple(out)


def _cookie(cookie: Doc, masker: Masker) -> str:
    """A Set-Cookie header from what a writer has taken apart."""
    flags = [word for key, word in (("httpOnly", "HttpOnly"), ("secure", "Secure")) if cookie.get(key) is True]
    same = [f"SameSite={cookie['sameSite']}"] if isinstance(cookie.get("sameSite"), str) else []
    return "; ".join([f"{cookie['name']}={masker.crumb(cookie['name'], str(cookie.get('value', '')))}", *flags, *same])


def _millis(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 date; 0 if it is none."""
    try:
        return max(0, int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000))
    except (ValueError, OverflowError, OSError):
        return 0


def texts(data: Any, depth: int = 0) -> dict[str, str]:
    """The texts in JSON by their names, however deep; of the same name the first that is least deep."""
    if depth > DEEP or not isinstance(data, dict | list):
        return {}
    members = list(data.items()) if isinstance(data, dict) else [("", v) for v in data[:20]]
    found = {str(k): v for k, v in members if isinstance(v, str) and k}
    for _, value in members:
        found = texts(value, depth + 1) | found
    return found


def parsed(text: str) -> dict[str, str]:
    """Parameters of a query, form or fragment."""
    return dict(pairs(text))
