"""A browser: it obeys servers and people by the rules of real ones, and remembers what real ones remember.

Redirects that change the method and inherit the fragment (RFC 9110 §15.4, §10.2.2), Origin, Referer and Referrer-Policy, CORS,
history, forms, images, frames, and the scripts of pages; its cookies are in `cookies.py`.  A script asks for one `Action` at a time,
so that a scenario can stop the browser before any of its requests.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, cast
from urllib.parse import urlencode, urlunsplit

from sandbox.core.wire import FORM, Pairs, Request, Response, form_request, joined, json_request, origin, split, without_fragment
from sandbox.protocol.checks import Checklist
from sandbox.world.network import Network
from sandbox.world.parties import cors
from sandbox.world.parties.cookies import Cookie, Jar
from sandbox.world.parties.pages import Form, read

MAX_HOPS = 20  # redirects in a row, as real browsers allow
WRITTEN_BY_BROWSERS = ("cookie", "referer", "user-agent", "origin")  # whatever a page or a person wants there
Mode = Literal["navigate", "frame", "cors", "no-cors"]  # who asks: a person or link, a frame, a script, an image or beacon
Permission = tuple[str, str, str, tuple[str, ...]]  # origin of the page, address, method, headers
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
class Held:
    """A request that was stopped before it left, and what becomes of its answer: a page ('') or a script's `then`."""

    request: Request
    then: str = ""
    script: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame in the page `top`: the address that it shows, and the page there."""

    top: str
    url: str
    page: Response


@dataclass
class Browser:
    """One browser of one person."""

    name: str
    net: Network
    owner: str
    jar: Jar = field(default_factory=Jar)
    history: list[str] = field(default_factory=list)  # of the pages that were shown
    addresses: list[str] = field(default_factory=list)  # all that it was sent to, as its extensions see them
    url: str = ""
    page: Response | None = None
    answer: Response | None = None
    held: Held | None = None
    hold: str = ""
    sent: int = 0
    inner: Frame | None = None
    opener: str = ""  # the page that has opened the window shown, if one has
    permissions: dict[Permission, int] = field(default_factory=dict)  # what servers allow pages of other origins, and until when

    def handle(self, request: Request) -> Response:
        """Nobody can call a browser."""
        return Response(404)

    def state(self) -> dict[str, str]:
        out = {"address": self.url} if self.url else {}
        out |= {"page": self.page.page} if self.page and self.page.page else {}
        out |= {"stopped before": self.held.request.url} if self.held else {}
        for host, cookies in self.jar.kept.items():
            out |= {f"cookie {name} of {host}": cookie.value for name, cookie in cookies.items()}
        return out

    # ---- what a person does
    def click(self) -> None:
        """Press what can be pressed in the frame of the page shown, believing that it belongs to that page."""
        inner = cast(Frame, self.inner)
        form = read(inner.url, inner.page.body)[0][0]
        self._go_in_frame(
            Request("POST", form.action, (("Content-Type", FORM),), urlencode(list(form.fields), errors="replace")), inner.top
        )

    def begin(self, hold: str = "") -> None:
        """A new act begins: stop before the next request to the party `hold`, but let the first request of the act go."""
        self.hold, self.sent = hold, 0

    def visit(self, url: str) -> None:
        """Type an address, or follow a link from nowhere; a request that was held here is given up."""
        self.held, self.opener = None, ""
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

    def submit_to(self, url: str, fields: dict[str, str]) -> None:
        """The page shown sends a form to this address, without asking anybody."""
        self._go(form_request(url, fields), self.url)

    def popup(self, url: str) -> None:
        """The page shown opens another window, and goes on behind it."""
        self.opener = self.url
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
            response = self.send(request, source, "navigate")
            self.answer = response
            if response.status in (204, 205):
                return  # the page that is shown stays (HTML, "process a navigate response")
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
        self.url, self.page, self.inner = url, response, None
        self.history.append(url)
        if (response.header("content-type") or "").startswith("text/html") and "<img" in response.body:
            for image in read(url, response.body)[1]:
                self.send(Request("GET", image, (IMAGE,)), url, "no-cors")
        if response.page == "message" and self.opener:
            self._message(url, response)
        script = self._script(url)
        if script is not None and response.ok:
            self._do(script.load(self, url), origin(url))

    def _message(self, url: str, response: Response) -> None:
        """A page gives a message to the page that has opened its window, if that is of the origin that the message is for (HTML,
        postMessage); whose page that is, sends home what it gets."""
        (message,), there = read(url, response.body)[0], origin(self.opener)
        target = "*" if message.action.endswith("/*") else message.action
        if Checklist(self.net.trace, self.name).test("message_origin", target in ("*", there), target.replace("*", "any page"), there):
            self.send(json_request("POST", f"{there}/collect", dict(message.fields)), self.opener)

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

    def send(self, request: Request, source: str = "", mode: Mode = "cors", cookies: bool = False, top: str = "") -> Response:
        """One request with this browser's cookies and headers; `source` is the page that caused it ('' for a typed address).

        A script's request (`cors`) across origins is asked about first where it is not a simple one, takes no cookies unless `cookies`,
        and its answer is a network error for the page (status 0) if the server does not let it read.  `top`: the page of the whole
        window, if that is another one: in a frame of another site Lax cookies do not travel (RFC 10025 §5.8.3).
        """
        across = bool(source) and mode == "cors" and origin(source) != origin(request.url)
        if across and not self._permitted(request, origin(source)):
            return self._kept_from(source, f"{origin(request.url)} does not permit this request")
        self.sent += 1
        with_cookies = not across or cookies
        response = self.net.deliver(self._dressed(request, source, mode, with_cookies, top), self.name, "front")
        if with_cookies:
            self.jar.keep(request.url, response)
        self.net.show(self.name)
        if across and not cors.may_read(response, origin(source), cookies):
            return self._kept_from(source, f"{origin(request.url)} lets no page of another origin read its answer")
        return response

    def beacon(self, url: str, body: str, source: str) -> None:
        """Send something to anywhere, without a wish to read the answer: what `navigator.sendBeacon` does for any script."""
        self.send(Request("POST", url, (("Content-Type", "text/plain;charset=UTF-8"),), body), source, "no-cors")

    def frame(self, url: str, source: str) -> tuple[str, Response | None]:
        """Open an address in a frame of the page `source`: where it ends, and what is there; no answer if it may not be framed.

        The frame is sandboxed, so the pages in it run no scripts.
        """
        request = Request("GET", url)
        for _ in range(MAX_HOPS):
            self.addresses.append(request.url)
            response = self.send(request, source, "frame")
            if not (300 <= response.status < 400 and response.location):
                return request.url, response if self._framed(response, request.url, source) else None
            request = self._redirected(request, response.status, joined(request.url, response.location))
        return request.url, None

    def show_in_frame(self, url: str) -> None:
        """The page shown opens an address in a frame that nobody sees, and that its person can click on all the same."""
        self._go_in_frame(Request("GET", url), self.url)

    def _go_in_frame(self, request: Request, top: str) -> None:
        self.inner, source = None, self.inner.url if self.inner else top
        for _ in range(MAX_HOPS):
            self.addresses.append(request.url)
            response = self.send(request, source, "frame", top=top)
            if not (300 <= response.status < 400 and response.location):
                break
            request = self._redirected(request, response.status, joined(request.url, response.location))
        checks, asked = Checklist(self.net.trace, self.name), response.header("content-security-policy") or "anybody"
        if checks.test("frame_ancestors", self._framed(response, request.url, top), f"a page that {origin(top)} may frame", asked):
            self.inner = Frame(top, request.url, response)

    def _framed(self, response: Response, url: str, source: str) -> bool:
        """Whether a page lets itself be shown in a frame of this origin (CSP `frame-ancestors`, X-Frame-Options)."""
        policy, older = response.header("content-security-policy") or "", (response.header("x-frame-options") or "").lower()
        same = origin(url) == origin(source)
        if "frame-ancestors" in policy:
            ancestors = policy.partition("frame-ancestors")[2].partition(";")[0].split()
            return ("'self'" in ancestors and same) or origin(source) in ancestors or "*" in ancestors
        return older not in ("deny", "sameorigin") or (older == "sameorigin" and same)

    def _permitted(self, request: Request, page: str) -> bool:
        """Ask the server before a request that is not simple, unless it has answered that lately (Fetch, "CORS-preflight cache")."""
        headers = cors.needs_permission(request)
        if headers is None:
            return True
        known, now = (page, without_fragment(request.url), request.method, headers), self.net.clock.now()
        if self.permissions.get(known, 0) > now:
            return True
        asked = cors.preflight(request, headers)
        answer = self.net.deliver(self._dressed(asked, f"{page}/", "cors", False), self.name, "front")
        if not cors.permits(answer, page, request.method, headers):
            return False
        self.permissions[known] = now + cors.lifetime(answer)
        return True

    def _kept_from(self, source: str, why: str) -> Response:
        self.net.noted(self.name, f"A script of {origin(source)} gets a network error: {why} (CORS).")
        return Response(0, (("Content-Type", "text/plain"),), "")

    def _dressed(self, request: Request, source: str, mode: Mode, with_cookies: bool, top: str = "") -> Request:
        headers = [h for h in request.headers if h[0].lower() not in WRITTEN_BY_BROWSERS]
        cookies = self._cookies_for(request, source, mode, top) if with_cookies else []
        if cookies:
            headers.append(("Cookie", "; ".join(f"{n}={c.value}" for n, c in cookies)))
        says = self._origin_of(request, source, mode)
        if says:
            headers.append(("Origin", says))
        referer = self._referer(source, request.url)
        if referer:
            headers.append(("Referer", referer))
        headers.append(("User-Agent", self.name))
        return replace(request, url=without_fragment(request.url), headers=tuple(headers))

    def _origin_of(self, request: Request, source: str, mode: Mode) -> str:
        """The Origin header (Fetch, "append a request `Origin` header"): with a script's request across origins, and with every method
        but GET and HEAD; `null` for what a page sends that keeps its address to itself."""
        if not split(source).netloc:
            return ""
        if mode == "cors" and (request.method not in ("GET", "HEAD") or origin(source) != origin(request.url)):
            return origin(source)
        if request.method in ("GET", "HEAD"):
            return ""
        return "null" if self._policy() == "no-referrer" else origin(source)

    def _cookies_for(self, request: Request, source: str, mode: Mode, top: str) -> list[tuple[str, Cookie]]:
        same = all(site(page) == site(request.url) for page in (source, top) if page)
        return list(self.jar.travelling(request.url, same, mode == "navigate" and request.method == "GET"))

    def _policy(self) -> str:
        """The Referrer-Policy of the page shown; without one, strict-origin-when-cross-origin."""
        return (self.page.header("referrer-policy") if self.page else None) or "strict-origin-when-cross-origin"

    def _referer(self, source: str, target: str) -> str:
        if not split(source).netloc:
            return ""
        policy, whole = self._policy(), without_fragment(source)
        if policy == "no-referrer":
            return ""
        if policy in ("unsafe-url", "no-referrer-when-downgrade") or origin(source) == origin(target):
            return whole
        return origin(source) + "/"


def resolved(url: str) -> str:
    """The address without `/./` and `/../`, which browsers resolve before they ask (RFC 3986 §5.2.4)."""
    u = split(url)
    return urlunsplit(u._replace(path=split(joined(f"{origin(url)}/", u.path)).path)) if "/." in u.path and u.netloc else url


def site(url: str) -> str:
    """The registrable domain, near enough: the last two labels of the host."""
    return ".".join(split(url).netloc.split(":")[0].split(".")[-2:])
