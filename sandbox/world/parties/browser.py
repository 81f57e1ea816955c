"""A browser: it obeys servers and people by the rules of real ones, and remembers what real ones remember.

Cookies by host with SameSite (RFC 10025 §5.6), redirects that change the method and inherit the fragment (RFC 9110 §15.4,
§10.2.2), Referer and Referrer-Policy, history, forms, images, and the scripts of pages.  A script asks for one `Action` at a
time, so that a scenario can stop the browser before any of its requests.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol, cast
from urllib.parse import urlencode, urlunsplit

from sandbox.core.wire import FORM, Pairs, Request, Response, joined, origin, split, without_fragment
from sandbox.world.network import Network
from sandbox.world.parties.pages import Form, read

MAX_HOPS = 20  # redirects in a row, as real browsers allow
WRITTEN_BY_BROWSERS = ("cookie", "referer", "user-agent", "origin")  # whatever a page or a person wants there
IMAGE = ("Sec-Fetch-Dest", "image")  # how browsers mark a request for an image (Fetch Metadata)


@dataclass(frozen=True, slots=True)
class Navigate:
    """Go to another page."""

    request: Request


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask a server in the background; the answer goes back to the script's `resume` under the name `then`."""

    request: Request
    then: str


@dataclass(frozen=True, slots=True)
class Show:
    """Show this, without asking anybody."""

    page: Response


Action = Navigate | Fetch | Show


class Script(Protocol):
    """A host whose pages run a script in the browser.  `load` runs when a page is shown, `submit` before a form is sent."""

    def load(self, browser: Browser, url: str) -> Action | None: ...

    def submit(self, browser: Browser, form: Form, fields: Pairs) -> Action | None: ...

    def resume(self, browser: Browser, then: str, response: Response) -> Action | None: ...


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie; `same_site` is Lax unless the server says otherwise."""

    value: str
    same_site: str = "Lax"
    http_only: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A request that was stopped before it left, and what becomes of its answer: a page ('') or a script's `then`."""

    request: Request
    then: str = ""
    script: str = ""


@dataclass
class Browser:
    """One browser of one person."""

    name: str
    net: Network
    owner: str
    cookies: dict[str, dict[str, Cookie]] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)  # of the pages that were shown
    addresses: list[str] = field(default_factory=list)  # all that it was sent to, as its extensions see them
    url: str = ""
    page: Response | None = None
    answer: Response | None = None
    held: Held | None = None
    hold: str = ""
    sent: int = 0

    def handle(self, request: Request) -> Response:
        """Nobody can call a browser."""
        return Response(404)

    def state(self) -> dict[str, str]:
        out = {"address": self.url} if self.url else {}
        out |= {"page": self.page.page} if self.page and self.page.page else {}
        out |= {"stopped before": self.held.request.url} if self.held else {}
        for host, jar in self.cookies.items():
            out |= {f"cookie {name} of {host}": cookie.value for name, cookie in jar.items()}
        return out

    # ---- what a person does
    def begin(self, hold: str = "") -> None:
        """A new act begins: stop before the next request to the party `hold`, but let the first request of the act go."""
        self.hold, self.sent = hold, 0

    def visit(self, url: str) -> None:
        """Type an address, or follow a link from nowhere; a request that was held here is given up."""
        self.held = None
        self._go(Request("GET", url), "")

    def follow(self, request: Request) -> None:
        """Let a held request go; `request` is it, changed or not."""
        held = cast(Held, self.held)
        self.held = None
        if held.then:
            self._fetch(Fetch(request, held.then), held.script)
        else:
            self._go(request, "")

    def link(self, url: str) -> None:
        """Follow a link on the page shown."""
        self._go(Request("GET", url), self.url)

    def forms(self) -> tuple[Form, ...]:
        """The forms on the page shown."""
        return read(self.url, self.page.body)[0] if self.page is not None else ()

    def submit(self, form: Form, filled: dict[str, str]) -> None:
        """Send a form of the page shown, filled in."""
        fields = tuple((name, filled.get(name, value)) for name, value in form.fields)
        script = self._script(self.url)
        action = script.submit(self, form, fields) if script else None
        if action is not None:
            self._do(action, origin(self.url))
        else:
            self._go(Request("POST", form.action, (("Content-Type", FORM),), urlencode(list(fields), errors="replace")), self.url)

    def post(self, url: str) -> None:
        """Press a button of a page at that address which posts to it."""
        self._go(Request("POST", url, (("Content-Type", FORM),)), url)

    # ---- how it obeys
    def _go(self, request: Request, source: str) -> None:
        """Navigate: send, obey redirects, show the page, run its script."""
        for _ in range(MAX_HOPS):
            request = replace(request, url=resolved(request.url))
            self.addresses.append(request.url)
            if self._stops(request):
                self.held = Held(request)
                return
            fragment = split(request.url).fragment
            response = self.send(request, source, navigation=True)
            self.answer = response
            if not (300 <= response.status < 400 and response.location):
                self._show(request.url, response)
                return
            target = joined(request.url, response.location)
            if fragment and not split(target).fragment:
                target = f"{target}#{fragment}"  # RFC 9110 §10.2.2
            request = self._redirected(request, response.status, target)
        self.page = Response(0, (("Content-Type", "text/plain"),), "Too many redirects.")

    def _redirected(self, request: Request, status: int, target: str) -> Request:
        """RFC 9110 §15.4: 307 and 308 repeat the request, body and all; the others become GET."""
        return replace(request, url=target) if status in (307, 308) else Request("GET", target)

    def _show(self, url: str, response: Response) -> None:
        self.url, self.page = url, response
        self.history.append(url)
        if (response.header("content-type") or "").startswith("text/html") and "<img" in response.body:
            for image in read(url, response.body)[1]:
                self.send(Request("GET", image, (IMAGE,)), url)
        script = self._script(url)
        if script is not None and response.ok:
            self._do(script.load(self, url), origin(url))

    def _do(self, action: Action | None, source: str) -> None:
        if isinstance(action, Navigate):
            self._go(action.request, self.url)
        elif isinstance(action, Fetch):
            self._fetch(action, source)
        elif isinstance(action, Show):
            self.page = action.page

    def _fetch(self, fetch: Fetch, source: str) -> None:
        if self._stops(fetch.request):
            self.held = Held(fetch.request, fetch.then, source)
            return
        self.answer = self.send(fetch.request, self.url)
        script = self._script(source + "/")
        if script is not None:
            self._do(script.resume(self, fetch.then, self.answer), source)

    def _script(self, url: str) -> Script | None:
        host = self.net.parties.get(self.net.owner(url, self.name))
        return cast(Script, host) if hasattr(host, "resume") else None

    def _stops(self, request: Request) -> bool:
        return bool(self.hold) and self.sent > 0 and self.net.owner(request.url, self.name) == self.hold

    def send(self, request: Request, source: str = "", navigation: bool = False) -> Response:
        """One request with this browser's cookies and headers; `source` is the page that caused it ('' for a typed address)."""
        self.sent += 1
        response = self.net.deliver(self._dressed(request, source, navigation), self.name, "front")
        self._keep_cookies(request, response)
        self.net.show(self.name)
        return response

    def _dressed(self, request: Request, source: str, navigation: bool) -> Request:
        headers = [h for h in request.headers if h[0].lower() not in WRITTEN_BY_BROWSERS]
        cookies = self._cookies_for(request, source, navigation)
        if cookies:
            headers.append(("Cookie", "; ".join(f"{n}={c.value}" for n, c in cookies)))
        if source and not navigation:
            headers.append(("Origin", origin(source)))
        referer = self._referer(source, request.url)
        if referer:
            headers.append(("Referer", referer))
        headers.append(("User-Agent", self.name))
        return replace(request, url=without_fragment(request.url), headers=tuple(headers))

    def _cookies_for(self, request: Request, source: str, navigation: bool) -> list[tuple[str, Cookie]]:
        """RFC 10025 §5.6.7: across sites, Lax cookies travel only with top-level GET navigations."""
        same = not source or site(source) == site(request.url)
        jar = self.cookies.get(split(request.url).netloc, {})
        return [
            (n, c)
            for n, c in jar.items()
            if same or c.same_site == "None" or (c.same_site == "Lax" and navigation and request.method == "GET")
        ]

    def _referer(self, source: str, target: str) -> str:
        """The Referrer-Policy of the page shown; without one, strict-origin-when-cross-origin."""
        if not split(source).netloc:
            return ""
        policy = (self.page.header("referrer-policy") if self.page else None) or "strict-origin-when-cross-origin"
        whole = without_fragment(source)
        if policy == "no-referrer":
            return ""
        if policy in ("unsafe-url", "no-referrer-when-downgrade") or origin(source) == origin(target):
            return whole
        return origin(source) + "/"

    def _keep_cookies(self, request: Request, response: Response) -> None:
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                self._keep_cookie(split(request.url).netloc, value)

    def _keep_cookie(self, host: str, text: str) -> None:
        pair, *attributes = [part.strip() for part in text.split(";")]
        name, _, value = pair.partition("=")
        given = {k.lower(): v for k, _, v in (a.partition("=") for a in attributes)}
        jar = self.cookies.setdefault(host, {})
        jar.pop(name, None)
        if given.get("max-age") != "0":
            jar[name] = Cookie(value, given.get("samesite", "Lax"), "httponly" in given)


def resolved(url: str) -> str:
    """The address without `/./` and `/../`, which browsers resolve before they ask (RFC 3986 §5.2.4)."""
    u = split(url)
    return urlunsplit(u._replace(path=split(joined(f"{origin(url)}/", u.path)).path)) if "/." in u.path and u.netloc else url


def site(url: str) -> str:
    """The registrable domain, near enough: the last two labels of the host."""
    return ".".join(split(url).netloc.split(":")[0].split(".")[-2:])
