"""What is there before any script has run: words of the page's own, a picture for links, and an address that no page has."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from sandbox.app import first_answer, frame
from sandbox.app.first_answer import END, NAME, NOSCRIPT, ROOT, TITLE, FirstAnswer, heading
from sandbox.language import library
from tests.support.hostile import BAD

DOCUMENT = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
AUD = library.get("missing-aud-replay")


async def streamlit_like(scope: Scope, receive: Receive, send: Send) -> None:
    """The document at every address, as Streamlit does; a file below static; and what it was asked in a header."""
    answer: Response = HTMLResponse(DOCUMENT, headers={"ETag": '"1"', "Cache-Control": "no-cache"})
    if scope["path"].endswith("/static/a.js"):
        answer = PlainTextResponse("a file", headers={"X-Asked": Request(scope).headers.get("accept-encoding", "")})
    await answer(scope, receive, send)


@pytest.fixture
def asked() -> TestClient:
    return TestClient(FirstAnswer(streamlit_like, "/sandbox"), base_url="http://sandbox.example")


def said(text: str, name: str) -> str:
    """The content of a <meta>."""
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', text)
    return found[1] if found else ""


def test_streamlits_document_has_the_places_that_are_filled() -> None:
    assert [DOCUMENT.count(each) for each in (TITLE, ROOT, NOSCRIPT, END)] == [1, 1, 1, 1]


@pytest.mark.parametrize("page", frame.PAGES, ids=lambda page: page.path)
def test_each_page_has_a_title_a_description_and_something_to_read(asked: TestClient, page: frame.navigation.Page) -> None:
    answer = asked.get(f"/sandbox/{page.path}")
    assert answer.status_code == 200
    assert page.about
    assert said(answer.text, "description") == said(answer.text, "og:description")
    assert page.about.split(".")[0] in answer.text.partition('<div id="root">')[2]
    assert f"<title>{page.title} · {NAME}</title>" in answer.text or page is frame.PAGES[0]
    assert said(answer.text, "og:image") == ""


def test_the_browser_is_told_which_part_of_the_address_is_the_page(asked: TestClient) -> None:
    for address, page in (("/sandbox/play?scenario=x", "play"), ("/sandbox/", ""), ("/sandbox/index.html", "")):
        assert f'<script data-page="{page}">' in asked.get(address).text
    assert 'data-page=""' in asked.get('/sandbox/"><b>').text


def test_a_link_to_a_run_says_which_and_has_its_picture(asked: TestClient) -> None:
    answer = asked.get(f"/sandbox/play?scenario={AUD.id}&profile=oauth-bcp&step=3")
    assert f"<title>{AUD.title} · {NAME}</title>" in answer.text
    assert said(answer.text, "og:description") == AUD.story.replace("'", "&#x27;")
    picture = said(answer.text, "og:image")
    assert picture == f"http://sandbox.example/sandbox/front/preview/{AUD.id}.oauth-bcp.png"
    drawn = asked.get(picture)
    assert (drawn.status_code, drawn.headers["Content-Type"], drawn.content[:4]) == (200, "image/png", b"\x89PNG")
    assert struct.unpack(">II", drawn.content[16:24]) == (1200, 630), "what messengers do not crop"


@pytest.mark.parametrize(
    "name", ["nothing.png", f"{AUD.id}.png.exe", f"{AUD.id}.oauth.png", f"{AUD.id}.oauth-bcp.x.png", ".png", "%2e%2e%2fx.png"]
)
def test_no_other_picture_is_drawn(asked: TestClient, name: str) -> None:
    assert asked.get(f"/sandbox/front/preview/{name}").status_code == 404


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_an_address_brings_is_text_and_unknown_things_are_left_out(asked: TestClient, bad: str) -> None:
    bad = bad.encode("utf-8", "replace").decode()
    shown = asked.get("/sandbox/play", params={"scenario": bad, "profile": bad}).text
    assert shown == asked.get("/sandbox/play").text
    lost = asked.get("/sandbox/nosuchpage", params={"scenario": bad})
    assert lost.status_code == 404
    assert bad not in lost.text


def test_an_address_that_no_page_has_says_so_and_leads_on(asked: TestClient) -> None:
    answer = asked.get("/sandbox/nosuch<b>page/deeper")
    assert answer.status_code == 404
    assert "There is no page “nosuch&lt;b&gt;page/deeper” here." in answer.text
    assert '<a href="/sandbox/">Start</a>' in answer.text
    assert '<a href="/sandbox/attacks">Attacks</a>' in answer.text


def test_the_first_page_is_at_the_root_and_a_document_is_never_an_old_one(asked: TestClient) -> None:
    answer = asked.get("/sandbox/", headers={"If-None-Match": '"1"', "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers.get("ETag"), answer.headers["Cache-Control"]) == (200, None, "no-cache")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.text == asked.get("/sandbox/index.html", headers={"Accept-Encoding": "identity"}).text


def test_files_go_through_untouched(asked: TestClient) -> None:
    answer = asked.get("/sandbox/static/a.js", headers={"Accept-Encoding": "br"})
    assert (answer.text, answer.headers["X-Asked"]) == ("a file", "br")


def test_a_heading_is_that_of_the_tab() -> None:
    assert heading("nowhere", {}) is None
    first = heading("", {})
    assert first is not None
    assert first.full == "OAuth Sandbox: a flight simulator for OAuth 2.0 and JWTs"
    compared = heading("compare", {"scenario": AUD.id})
    assert compared is not None
    assert compared.full == f"Compare: {AUD.title} · {NAME}"


def test_a_machine_without_a_renderer_says_so(asked: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: str) -> bytes:
        raise first_answer.NoRenderer("Nothing here draws pictures.")

    monkeypatch.setattr(first_answer, "picture", none)
    assert asked.get(f"/sandbox/front/preview/{AUD.id}.png").status_code == 501
