"""The logins of a recording, each followed from its request to its tokens: several tabs and failures are told apart by state and code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.core.wire import pairs, split
from sandbox.reality.exchanges import Exchange
from sandbox.reality.recognition import Story, _asked, issued, same_place, tokens_in


@dataclass(slots=True)
class Login:
    """One login.  Each part is None, or empty, if the recording does not have it.

    `answered`: the exchange whose Location brings the answer of the server; `callback`: the request with which it arrives.
    """

    authorize: Exchange | None = None
    answered: Exchange | None = None
    callback: Exchange | None = None
    tokens: list[Exchange] = field(default_factory=list)

    @property
    def asked(self) -> dict[str, str]:
        return _asked(self.authorize) if self.authorize else {}

    @property
    def response(self) -> dict[str, str]:
        """The parameters of the authorization response, from wherever they can be seen."""
        found: dict[str, str] = {}
        if self.answered is not None:
            url = split(self.answered.location)
            found |= dict(pairs(url.query)) | dict(pairs(url.fragment))
        if self.callback is not None:
            found |= self.callback.query | (self.callback.form if self.callback.request.method == "POST" else {})
        return found

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
    out = [Login(authorize=e) for e in _distinct(story.of("authorize"))]
    for e in story.exchanges:
        if e.location and (login := _answered_by(out, e)):
            login.answered = login.answered or e
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


def _distinct(found: Sequence[Exchange]) -> list[Exchange]:
    """Requests that a server sends on to itself are one."""
    seen: dict[tuple[str, str, str], Exchange] = {}
    for e in found:
        asked = _asked(e)
        key = (asked.get("client_id", ""), asked.get("state", "") or str(e.entry), asked.get("nonce", ""))
        seen.setdefault(key, e)
    return list(seen.values())


def _answered_by(logins: Sequence[Login], e: Exchange) -> Login | None:
    url = split(e.location)
    found = dict(pairs(url.query)) | dict(pairs(url.fragment))
    if not {"code", "error", "access_token", "id_token", "response"} & set(found):
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
