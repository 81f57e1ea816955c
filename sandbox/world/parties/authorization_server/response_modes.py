"""How the answer to an authorization request reaches the client: in the query, in the fragment, as a form that is posted, or as a message
to the page that has opened the window.

After "OAuth 2.0 Multiple Response Type Encoding Practices" and "OAuth 2.0 Form Post Response Mode", both of the OpenID Foundation.
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlencode

from sandbox.core.wire import Pairs, Response, origin, pairs, split, without_fragment
from sandbox.world.parties.pages import form, page

MODES = ("query", "fragment", "form_post")
MESSAGE = "web_message"  # offered only where as.web_message is not off
NOW = "document.forms[0].submit()"
_DIGEST = base64.b64encode(hashlib.sha256(NOW.encode()).digest()).decode()
HEADERS = (
    ("Content-Security-Policy", f"default-src 'none'; script-src 'sha256-{_DIGEST}'; base-uri 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)


def known(messages: str) -> tuple[str, ...]:
    """All modes of a server with this `as.web_message`."""
    return MODES if messages == "off" else (*MODES, MESSAGE)


def offered(response_type: str, messages: str = "off") -> tuple[str, ...]:
    """The modes of this response type, the usual one first; a token never stands in a query."""
    return known(messages)[1:] if response_type == "token" else known(messages)


def in_mode(response: Response, redirect_uri: str, response_type: str, mode: str, messages: str = "off") -> Response:
    """The redirect as the client wants it; in the usual mode of its response type if it has wished for none that is offered."""
    modes = offered(response_type, messages)
    mode = mode if mode in modes else modes[0]
    if response.location is None or not redirect_uri or mode == _mode_of(response.location):
        return response
    answer = _added(response.location, redirect_uri)
    if mode == MESSAGE:
        return _message(origin(redirect_uri) if messages == "to-the-client" else "*", answer)
    if mode == "form_post":
        return _posted(redirect_uri, answer)
    mark = "#" if mode == "fragment" else "&" if split(redirect_uri).query else "?"
    moved = f"{redirect_uri}{mark}{urlencode(answer)}"
    return Response(response.status, tuple((k, moved if k.lower() == "location" else v) for k, v in response.headers), response.body)


def _mode_of(location: str) -> str:
    return "fragment" if "#" in location else "query"


def _added(location: str, redirect_uri: str) -> Pairs:
    """What stands in the address beside the redirect URI's own query."""
    u = split(location)
    return pairs(u.query)[len(pairs(split(redirect_uri).query)) :] + pairs(u.fragment)


def _message(target: str, answer: Pairs) -> Response:
    """A page whose script gives the answer to the page that has opened its window, if that is of the origin `target` (postMessage)."""
    return page("message", "On the way back", form(target, dict(answer), button="postMessage"), *HEADERS[1:])


def _posted(redirect_uri: str, answer: Pairs) -> Response:
    body = form(without_fragment(redirect_uri), dict(answer), button="Continue") + f"<script>{NOW}</script>"
    return page("post", "On the way back", body, *HEADERS)
