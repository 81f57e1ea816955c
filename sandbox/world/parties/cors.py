"""Cross-origin requests of pages: what a server allows, and what a browser asks first (Fetch, "CORS protocol").

The servers of the sandbox allow every origin and no cookies: who may do what is told by tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from sandbox.core.wire import FORM, Pairs, Request, Response

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, DPoP, Accept, Cache-Control, X-Requested-With, traceparent, tracestate"
LIBRARIES = ", ".join(  # what real pages and the libraries in them add; not the headers by which a gateway names a caller
    (
        *("Prefer", "Idempotency-Key", "Pragma", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"),
        *("Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id"),
        *("X-CSRF-Token", "X-XSRF-Token", "X-Request-ID", "X-Correlation-ID", "Request-Id", "Request-Context"),
        *("baggage", "sentry-trace", "b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled"),
    )
)
EXPOSED = "WWW-Authenticate, DPoP-Nonce"
REMEMBERED = 600  # seconds for which a browser need not ask again

SIMPLE_METHODS = ("GET", "HEAD", "POST")
SIMPLE_TYPES = (FORM, "multipart/form-data", "text/plain")
SIMPLE_HEADERS = ("accept", "accept-language", "content-language", "content-type", "range")
WRITTEN_BY_BROWSER = ("cookie", "origin", "referer", "user-agent", "sec-fetch-dest")


def is_preflight(request: Request) -> bool:
    """Whether a browser asks for permission, instead of asking for something."""
    return request.method == "OPTIONS" and request.header("access-control-request-method") is not None


def permission(more: str = "") -> Response:
    """The answer to a preflight: everything that a page may want to send, and more headers where pages are real."""
    allowed = (
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", f"{HEADERS}, {more}" if more else HEADERS),
        ("Access-Control-Max-Age", str(REMEMBERED)),
    )
    return Response(204, allowed)


def served(request: Request, answer: Callable[[Request], Response]) -> Response:
    """Answer a request that a page of any origin may make, with the permissions that go with it."""
    return permission() if is_preflight(request) else readable(request, answer(request))


def readable(request: Request, response: Response) -> Response:
    """The answer, with the permission to read it where a page of another origin has asked."""
    if request.header("origin") is None or response.header("access-control-allow-origin") is not None:
        return response
    allowed = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", EXPOSED))
    return replace(response, headers=(*response.headers, *allowed))


# ---------------------------------------------------------------- what the browser does


def needs_permission(request: Request) -> tuple[str, ...] | None:
    """The header names to ask permission for, in lower case and sorted; None if the request is a simple one."""
    asked = tuple(sorted(unsafe(request.headers)))
    return asked if asked or request.method not in SIMPLE_METHODS else None


def unsafe(headers: Pairs) -> Iterable[str]:
    """The headers that a page may not send elsewhere without permission (Fetch, "CORS-safelisted request-header")."""
    for name, value in headers:
        low = name.lower()
        if low in WRITTEN_BY_BROWSER:
            continue
        if low not in SIMPLE_HEADERS or (low == "content-type" and value.partition(";")[0].strip().lower() not in SIMPLE_TYPES):
            yield low


def preflight(request: Request, headers: tuple[str, ...]) -> Request:
    """The question before a request that is not simple."""
    asked: Pairs = (("Access-Control-Request-Method", request.method),)
    asked += (("Access-Control-Request-Headers", ",".join(headers)),) if headers else ()
    return Request("OPTIONS", request.url, asked)


def permits(answer: Response, origin: str, method: str, headers: tuple[str, ...]) -> bool:
    """Whether the answer to a preflight permits the request (Fetch, "CORS-preflight fetch")."""
    methods = _names(answer, "access-control-allow-methods")
    allowed = _names(answer, "access-control-allow-headers")
    return (
        answer.ok
        and may_read(answer, origin)
        and (method in SIMPLE_METHODS or method.lower() in methods or "*" in methods)
        and all(name in allowed or ("*" in allowed and name != "authorization") for name in headers)
    )


def may_read(answer: Response, origin: str, with_cookies: bool = False) -> bool:
    """Whether a page of this origin may read the answer (Fetch, "CORS check")."""
    allowed = answer.header("access-control-allow-origin")
    if with_cookies:
        return allowed == origin and answer.header("access-control-allow-credentials") == "true"
    return allowed in ("*", origin)


def lifetime(answer: Response) -> int:
    """For how many seconds a permission is remembered; five if the server does not say."""
    text = answer.header("access-control-max-age") or ""
    return min(int(text), 7200) if text.isascii() and text.isdigit() else 5


def _names(answer: Response, header: str) -> set[str]:
    return {name.strip().lower() for name in (answer.header(header) or "").split(",") if name.strip()}
