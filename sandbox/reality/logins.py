"""The logins of a recording, each followed from its request to its tokens: several tabs and failures are told apart by state and code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin

from sandbox.core.wire import pairs, split
from sandbox.engine.knowledge import opened
from sandbox.reality.exchanges import Exchange
from sandbox.reality.finding import Evidence
from sandbox.reality.recognition import ANSWERS, Story, _asked, issued, parameters, same_place, tokens_in


@dataclass(slots=True)
class Login:
    """One login.  Each part is None, or empty, if the recording does not have it.

    `pushed`: the request to which `request_uri` refers (RFC 9126 §4); `answered`: the exchange whose Location brings the answer of the
    server; `callback`: the request with which it arrives.
    """

    authorize: Exchange | None = None
    pushed: Exchange | None = None
    answered: Exchange | None = None
    callback: Exchange | None = None
    tokens: list[Exchange] = field(default_factory=list)

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for: in the address, pushed before, or in a signed object (RFC 9101 §4)."""
        given = _asked(self.authorize) if self.authorize else {}
        return (self.pushed.form if self.pushed else {}) | _claims(given.get("request", "")) | given

    @property
    def asking(self) -> Exchange | None:
        """The request that has the parameters."""
        return self.pushed or self.authorize

    @property
    def hidden(self) -> bool:
        """Whether what was asked for cannot be seen: it was pushed out of sight, or is encrypted."""
        given = self.asked
        return ("request_uri" in given and self.pushed is None) or ("request" in given and not _claims(given["request"]))

    @property
    def wanted(self) -> set[str]:
        """The response types; some servers take a request without one for one of a code."""
        return set(self.asked.get("response_type", "").split()) or ({"code"} if "code" in self.response else set())

    @property
    def response(self) -> dict[str, str]:
        """The parameters of the authorization response, from wherever they can be seen."""
        found: dict[str, str] = {}
        if self.answered is not None:
            url = split(self.answered.location)
            found |= dict(pairs(url.query)) | parameters(url.fragment)
        if self.callback is not None:
            found |= self.callback.query | (self.callback.form if self.callback.request.method == "POST" else {})
        return _claims(found.get("response", "")) | found  # as a JWT, by JWT Secured Authorization Response Mode

    @property
    def tokens_in_answer(self) -> dict[str, str]:
        """The tokens that came with the answer itself, through the browser."""
        return {k: v for k, v in self.response.items() if k in ("access_token", "id_token") and v}

    def place(self, name: str) -> Evidence:
        """Where a token of the answer is."""
        if self.answered is not None and name in self.in_fragment:
            return Evidence("response.headers.location (fragment)", self.answered.entry)
        exchange, where = self.answer_place or (self.asking, "response")
        return Evidence(where if "location" in where else f"{where}.{name}", exchange.entry if exchange else None)

    @property
    def posted(self) -> bool:
        """Whether the answer came by a form, and not in an address."""
        return self.asked.get("response_mode") == "form_post" or (self.callback is not None and self.callback.request.method == "POST")

    @property
    def in_fragment(self) -> dict[str, str]:
        return tokens_in(split(self.answered.location).fragment) if self.answered else {}

    @property
    def answer_place(self) -> tuple[Exchange, str] | None:
        """Where the response can be seen best, and how that place is called."""
        if self.callback is not None and (self.callback.query or self.callback.form):
            return self.callback, "request.postData" if self.callback.request.method == "POST" else "request.queryString"
        if self.answered is not None:
            fragment = " (fragment)" if split(self.answered.location).fragment else ""
            return self.answered, f"response.headers.location{fragment}"
        return None

    @property
    def completed(self) -> bool:
        return any(issued(t) or 200 <= t.response.status < 300 for t in self.tokens) or bool(self.in_fragment)


def logins(story: Story) -> list[Login]:
    """Every login, in the order in which they began."""
    pushed = {e.answer.get("request_uri"): e for e in story.of("push")}
    out = [Login(authorize=e, pushed=pushed.get(_asked(e).get("request_uri"))) for e in _distinct(story)]
    for e in story.exchanges:
        if e.location and (login := _answered_by(out, e)):
            login.answered = login.answered or e
        elif _unasked(out, e):
            out.append(Login(answered=e))
    for e in story.of("callback"):
        login = _same_state(out, e) or next(
            (x for x in out if x.callback is None and x.answered and same_place(e.request.url, x.answered.location)), None
        )
        if login is None:
            login = Login()
            out.append(login)
        login.callback = login.callback or e
    for e in story.of("token"):
        code = e.form.get("code")
        login = next((x for x in out if code and x.response.get("code") == code), None)
        if login is None and code:
            login = next(
                (x for x in reversed(out) if not x.tokens and x.authorize and x.authorize.at <= e.at and "code" not in x.response), None
            )
        if login is None:
            login = Login()
            out.append(login)
        login.tokens.append(e)
    return out


def _distinct(story: Story) -> list[Exchange]:
    """Requests that a server sends on to itself are one, unless an answer came between."""
    seen: dict[tuple[str, str, str, int], Exchange] = {}
    callbacks, led = story.of("callback"), dict[str, Exchange]()
    for e in story.of("authorize"):
        asked = _asked(e)
        first = led.get(e.request.url)
        if e.location:
            led.setdefault(urljoin(e.request.url, e.location), first or e)
        if first is not None and asked.get("client_id") == _asked(first).get("client_id"):
            continue
        state = asked.get("state", "")
        answered = sum((c.query | c.form).get("state") == state and (c.at, c.entry) < (e.at, e.entry) for c in callbacks) if state else 0
        seen.setdefault((asked.get("client_id", ""), state or str(e.entry), asked.get("nonce", ""), answered), e)
    return list(seen.values())


def _claims(token: str) -> dict[str, str]:
    """The texts that a JWT says; none if it cannot be read."""
    jwt = opened(token)
    return {str(k): v for k, v in jwt.claims.items() if isinstance(v, str)} if jwt else {}


def _unasked(logins: Sequence[Login], e: Exchange) -> bool:
    """Whether a redirect brings tokens to a place that no request of the recording has named: links in e-mails do so."""
    known = any(same_place(e.location, x.asked.get("redirect_uri", "")) for x in logins)
    return not known and bool(tokens_in(split(e.location).fragment))


def _answered_by(logins: Sequence[Login], e: Exchange) -> Login | None:
    url = split(e.location)
    found = dict(pairs(url.query)) | parameters(url.fragment)
    found = _claims(found.get("response", "")) | found
    if not ANSWERS & found.keys():
        return None
    fit = [
        x
        for x in logins
        if x.authorize and x.answered is None and same_place(e.location, x.asked.get("redirect_uri", "")) and x.authorize.at <= e.at
    ]
    return next((x for x in fit if x.asked.get("state") == found.get("state")), fit[-1] if fit else None)


def _same_state(logins: Sequence[Login], e: Exchange) -> Login | None:
    state = e.query.get("state") or e.form.get("state")
    fit = [x for x in logins if x.callback is None and x.authorize is not None]
    exact = next((x for x in fit if state and x.asked.get("state") == state), None)
    return exact or next(
        (x for x in reversed(fit) if same_place(e.request.url, x.asked.get("redirect_uri", "")) and x.answered is None), None
    )
