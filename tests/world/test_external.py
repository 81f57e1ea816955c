"""The sandbox's own client and resource servers at real authorization servers that others wrote: oidc-provider for Node, and
django-oauth-toolkit."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sandbox.core.wire import Request
from sandbox.protocol.settings import Settings
from sandbox.protocol.trace import Sent
from sandbox.world.external import NEEDED, External, NotAnIssuer, use
from sandbox.world.members import REDIRECTS
from sandbox.world.outgoing import Outgoing, Policy
from sandbox.world.world import World, build
from tests.support.real import PASSWORDS, SECRET, django_issuer, node_issuer
from tests.support.worlds import failures


@pytest.fixture(scope="module", params=["ES256", "RS256"])
def issuer(request: pytest.FixtureRequest) -> Iterator[str]:
    with node_issuer(request.param, REDIRECTS["budget"]) as url:
        yield url


def world_at(issuer: str, **changes: str) -> World:
    settings = {k.replace("_", ".", 1): v for k, v in changes.items()}
    w = build(Settings.of("oauth-bcp", settings))
    use(w, External(issuer, "web", SECRET))
    return w


def connect(w: World) -> None:
    """Alice connects Budget, on the real server's own pages."""
    b = w.browsers["laptop"]
    b.visit(w.clients["budget"].start_url(scope="openid read"))
    for _ in range(4):
        if b.page is None or b.page.page is not None or not b.forms():
            break
        b.submit(b.forms()[0], {"login": "alice", "password": "anything"})


@pytest.mark.slow
def test_sign_in_and_api_call_with_every_check_of_best_practice(issuer: str) -> None:
    """Discovery, code + PKCE, state, nonce, iss, ID token, JWKS, DPoP, audience: all against a server that we did not write."""
    w = world_at(issuer)
    connect(w)
    client, browser = w.clients["budget"], w.browsers["laptop"]
    session = client.session_in(browser)
    assert session is not None
    assert session.user == "alice"
    assert session.bound, "the server has bound the token to Budget's key"
    url = w.apis["accounts"].url
    answer = client.call(session, Request("GET", f"{url}/accounts"), url, client.sender(browser))
    assert (answer.status, answer.json) == (200, {"owner": "alice", "accounts": ["alice:account-1"]})
    assert failures(w) == []


@pytest.mark.slow
def test_a_token_of_the_real_server_for_one_api_is_refused_by_another(issuer: str) -> None:
    w = world_at(issuer)
    connect(w)
    client, browser = w.clients["budget"], w.browsers["laptop"]
    session = client.session_in(browser)
    assert session is not None
    url = w.apis["transactions"].url
    answer = client.call(session, Request("GET", f"{url}/transactions"), w.apis["accounts"].url, client.sender(browser))
    assert answer.status == 401
    assert failures(w)[-1] == "transactions.audience"


def test_nothing_leaves_for_an_origin_that_was_not_named(issuer: str) -> None:
    w = world_at(issuer)
    before = w.net.parties["external"].state()
    answer = w.net.deliver(Request("GET", "http://127.0.0.1:1/"), "budget")
    assert (answer.status, answer.body) == (502, "No such host.")
    assert w.net.parties["external"].state() == before
    assert {e.receiver for e in w.net.trace.events if isinstance(e, Sent)} == {"external", "nowhere"}


@pytest.fixture(scope="module")
def django() -> Iterator[str]:
    with django_issuer(REDIRECTS["budget"]) as url:
        yield url


@pytest.mark.slow
def test_sign_in_at_a_server_that_is_written_in_python(django: str) -> None:
    """Discovery, code + PKCE, state, nonce, iss, ID token with its hash, JWKS, on Django's own login page and the toolkit's consent page."""
    w = world_at(django)
    b = w.browsers["laptop"]
    b.visit(w.clients["budget"].start_url(scope="openid read"))
    for _ in range(2):
        b.submit(b.forms()[0], {"username": "alice", "password": PASSWORDS["alice"], "allow": "Authorize"})
    session = w.clients["budget"].session_in(b)
    assert session is not None
    assert b.page is not None
    assert "Connected" in b.page.body
    assert (session.user, bool(session.access_token()), bool(session.refresh_token), failures(w)) == ("1", True, True, [])


@pytest.mark.slow
def test_its_access_tokens_are_no_jwts_and_the_apis_say_so(django: str) -> None:
    w = world_at(django)
    answer = w.net.deliver(
        Request("GET", f"{w.apis['accounts'].url}/accounts", (("Authorization", "Bearer zmRyJ7uydYkXAhAi15cULLQOhKUIYP"),)), "budget"
    )
    assert answer.status == 401
    assert failures(w) == ["accounts.format"]


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """A server that says the same to everybody."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"issuer": "https://somebody.else"}, 'are those of "https://somebody.else"'),
        ([], "has no metadata"),
        ("OWN", "lack authorization_endpoint, token_endpoint, jwks_uri"),
        ("INSIDE", "http://10.0.0.1/jwks is not an https address"),
    ],
)
def test_metadata_that_cannot_be_trusted_are_refused(said: object, complaint: str) -> None:
    body = bytearray()
    with answering(body) as url:  # type: ignore[arg-type]
        own = {"issuer": url}
        inside = own | {"authorization_endpoint": url, "token_endpoint": url, "jwks_uri": "http://10.0.0.1/jwks"}
        body += json.dumps({"OWN": own, "INSIDE": inside}[said] if isinstance(said, str) else said).encode()
        with pytest.raises(NotAnIssuer, match=complaint):
            world_at(url)


@pytest.mark.parametrize("issuer", ["http://auth.example", "ftp://127.0.0.1/", "file:///etc/passwd", "", "http://[::1"])
def test_an_issuer_must_be_https_or_on_this_machine(issuer: str) -> None:
    with pytest.raises(NotAnIssuer, match="is not an https address"):
        world_at(issuer)


@pytest.mark.parametrize("issuer", ["https://auth.example?tenant=1", "https://auth.example/#x", "http://127.0.0.1:1/?"])
def test_an_issuer_has_no_query_and_no_fragment(issuer: str) -> None:
    with pytest.raises(NotAnIssuer, match="no query and no fragment"):
        world_at(issuer)


def test_an_issuer_that_does_not_answer() -> None:
    with pytest.raises(NotAnIssuer, match="cannot be reached"):
        world_at("http://127.0.0.1:1")


def test_a_server_whose_metadata_are_known_is_not_asked_again() -> None:
    url = "https://sso.example"
    metadata = {"issuer": url} | {name: f"{url}/{name}" for name in NEEDED}
    w = build(Settings.of("oauth-bcp"))
    known = External(url, "web", alg="RS256", metadata=metadata)
    assert use(w, known) == known
    assert w.apis["accounts"].issuer.keys_at == f"{url}/jwks_uri"
    assert not list(w.net.trace.events)


def test_metadata_that_lead_to_a_host_that_was_not_named_are_refused() -> None:
    url = "https://sso.example"
    metadata = {"issuer": url} | {name: f"{url}/{name}" for name in NEEDED} | {"jwks_uri": "https://keys.example/"}
    with pytest.raises(NotAnIssuer, match=r"keys\.example:443 is not among the hosts"):
        use(build(Settings.of("oauth-bcp")), External(url, metadata=metadata), outgoing=Outgoing(Policy.of([("sso.example", None)])))
