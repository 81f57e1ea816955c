"""What a browser, a crawler or a messenger gets before any script has run: a title, a description, a picture, something to read.

Streamlit answers every address with the same empty document.  Here each page's gets its own words, and an address that no page has is
said to be none.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.app import assets, cache, navigation
from sandbox.app.assets import PLACE
from sandbox.app.markup import markup
from sandbox.app.place import STREAMLIT
from sandbox.core.memo import memo
from sandbox.engine.case import Case
from sandbox.language import library
from sandbox.protocol.settings import Settings
from sandbox.protocol.switches import PROFILES
from sandbox.views import pictures
from sandbox.views.diagram.render import NoRenderer

NAME, ABOUT = "OAuth Sandbox", "A flight simulator for OAuth 2.0 and JWTs"
PICTURES, INDEX = f"{PLACE}/preview", "index.html"
A_DAY = "public, max-age=86400"
NOT_PASSED_ON = (b"accept-encoding", b"if-none-match", b"if-modified-since")  # the answer is changed: it must come, and as it is
TITLE, ROOT, NOSCRIPT = b"<title>Streamlit</title>", b'<div id="root"></div>', b"You need to enable JavaScript to run this app."
END = b"</body>"

HEAD = """<title>{title}</title>
    <meta name="description" content="{about}" />
    <meta property="og:site_name" content="{name}" />
    <meta property="og:type" content="website" />
    <meta property="og:title" content="{title}" />
    <meta property="og:description" content="{about}" />{picture_html}
    <style>{style_html}</style>
    <script data-page="{page}">{script_html}</script>"""
SHEET = "<style>{sheet_html}</style>"
PICTURE = """
    <meta property="og:image" content="{address}" />
    <meta property="og:image:width" content="1200" />
    <meta property="og:image:height" content="630" />
    <meta property="og:image:alt" content="“{of}”: how it ended, and the messages that decided" />
    <meta name="twitter:card" content="summary_large_image" />"""
READ = '<main class="before"><h1>{heading}</h1><p>{about}</p><p>{more}</p></main>'
NOWHERE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    {head_html}
  </head>
  <body>{read_html}</body>
</html>
"""
SKIP = b'<a class="skip" href="#root">Skip to the page</a>'  # before all that has the focus first
LINK = '<a href="{address}">{title}</a>'


@dataclass(frozen=True, slots=True)
class Heading:
    """What an address is about, and the scenario and profile of its picture, if it has one."""

    title: str
    about: str
    scenario: str = ""
    profile: str = ""

    @property
    def full(self) -> str:
        """The title of the browser's tab."""
        return f"{self.title} · {NAME}" if self.title != NAME else f"{NAME}: {ABOUT[0].lower()}{ABOUT[1:]}"


@memo("table", 1)
def _pages() -> dict[str, navigation.Page]:
    from sandbox.app import pages  # they import much, and each other's neighbours

    return {page.path: page for page in navigation.pages(pages)}


def heading(path: str, query: Mapping[str, str]) -> Heading | None:
    """What the page at this path is about; None if there is none.  '' is the first page."""
    first = next(iter(_pages()))
    page = _pages().get(path or first)
    if page is None:
        return None
    named = library.get(query["scenario"]) if query.get("scenario") in library.ids() else None
    if named is None:
        return Heading(NAME if page.path == first else page.title, page.about or ABOUT)
    profile = query.get("profile", "")
    title = named.title if page.path == "play" else f"{page.title}: {named.title}"
    return Heading(title, named.story, named.id, profile if profile in PROFILES else "")


@memo("run", 64)
def picture(scenario: str, profile: str) -> bytes:
    """The preview of a shipped scenario's run in a profile, or in its own setting if that is ''.  Raises KeyError and NoRenderer."""
    told = library.get(scenario)
    return pictures.preview(cache.run(Case.of(told, Settings.of(profile) if profile else None)))


def preview(scenario: str, profile: str) -> str:
    """Where that picture is, below the base path."""
    return f"{PICTURES}/{'.'.join(filter(None, (scenario, profile, 'png')))}"


class FirstAnswer:
    """Puts these words into the documents that Streamlit sends, and serves the pictures that they name."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self.app, self.base = app, base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(self.base).strip("/")
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
        elif path.startswith(f"{PICTURES}/"):
            await (await _pictured(path.removeprefix(f"{PICTURES}/")))(scope, receive, send)
        elif path != INDEX and path.split("/")[0] in (PLACE, *STREAMLIT):
            await self.app(scope, receive, send)
        else:
            await _Rewriting(self.app, self.base, path.removesuffix(INDEX))(scope, receive, send)


async def _pictured(name: str) -> Response:
    scenario, _, profile = name.removesuffix(".png").partition(".")
    if not name.endswith(".png") or scenario not in library.ids() or (profile and profile not in PROFILES):
        return PlainTextResponse("There is no such picture.", 404)
    try:
        drawn = await run_in_threadpool(picture, scenario, profile)
    except NoRenderer as error:
        return PlainTextResponse(str(error), 501)
    return Response(drawn, media_type="image/png", headers={"Cache-Control": A_DAY})


class _Rewriting:
    """One answer: held back until it is whole if it is Streamlit's document, and sent on as it comes if it is anything else."""

    def __init__(self, app: ASGIApp, base: str, path: str) -> None:
        self.app, self.base, self.path = app, base, path
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                    self.start = message
                    return
            elif self.start is not None:
                self.body += message.get("body", b"")
                if not message.get("more_body"):
                    await self._finish(scope, receive, send)
                return
            await send(message)

        whole = [(name, value) for name, value in scope["headers"] if name not in NOT_PASSED_ON]
        await self.app({**scope, "headers": whole}, receive, hold)

    async def _finish(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.start is not None
        document = ROOT in self.body and TITLE in self.body
        found = heading(self.path, dict(parse_qsl(scope["query_string"].decode("latin-1")))) if document else None
        if document and found is None:
            await _nowhere(self.base, self.path)(scope, receive, send)
            return
        if found is not None:
            self.body = _with(self.body, found, scope, self.base, self.path)
        headers = MutableHeaders(scope=self.start)
        del headers["etag"], headers["last-modified"]
        headers.add_vary_header("Accept-Encoding")
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            self.body, headers["Content-Encoding"] = gzip.compress(self.body, 6), "gzip"
        headers["Content-Length"] = str(len(self.body))
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})


def _with(document: bytes, found: Heading, scope: Scope, base: str, page: str) -> bytes:
    read = markup(READ, heading=found.title, about=found.about, more="Loading the sandbox …")
    needs = markup("{title}. {about} This page needs JavaScript.", title=found.title, about=found.about)
    out = document.replace(TITLE, _head(found, scope, base, page).encode()).replace(
        ROOT, SKIP + ROOT.replace(b"></", f">{read}</".encode())
    )
    sheet = markup(SHEET, sheet_html=assets.text("app.css"))  # behind Streamlit's own, which it puts into the head
    return out.replace(NOSCRIPT, needs.encode()).replace(END, sheet.encode() + END)


def _head(found: Heading, scope: Scope | None, base: str, page: str = "") -> str:
    shown = ""
    if found.scenario and scope is not None:
        address = URL(scope=scope).replace(path=f"{base}/{preview(found.scenario, found.profile)}", query="", fragment="")
        shown = markup(PICTURE, address=address, of=found.title)
    before = {"style_html": assets.text("first.css"), "script_html": assets.text("first.js")}
    return markup(HEAD, title=found.full, about=found.about, name=NAME, page=page, picture_html=shown, **before)


def _nowhere(base: str, path: str) -> Response:
    """There is no such page; here are those that are."""
    first, *others = (page for page in _pages().values() if page.place is not None)
    there = [(f"{base}/", first.title), *((f"{base}/{page.path}", page.title) for page in others)]  # the first is where no path is
    links = " · ".join(markup(LINK, address=address, title=title) for address, title in there)
    said = f"There is no page “{path[:80]}” here. It may have been renamed, or the link was cut."
    read = READ.replace("{more}", "{more_html}")
    head = _head(Heading("No such page", said), None, base)
    body = markup(NOWHERE, head_html=head, read_html=markup(read, heading="No such page", about=said, more_html=links))
    return HTMLResponse(body, 404, headers={"Cache-Control": "no-cache"})
