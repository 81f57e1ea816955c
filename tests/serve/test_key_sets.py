"""Key sets that clients publish: fetched when an unknown key signs, kept, bounded, drawn, and never from where nothing may leave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from sandbox.core.clock import Clock, WallClock
from sandbox.core.entropy import SystemEntropy
from sandbox.core.wire import FORM, Request, Response, form_request
from sandbox.protocol.client_jwts import ASSERTION_TYPE, client_assertion, request_object
from sandbox.protocol.settings import Settings
from sandbox.protocol.tokens import Key, key_for
from sandbox.protocol.trace import Answered, Noted, Sent
from sandbox.serve import Edge
from sandbox.serve.inside import Door
from sandbox.serve.key_sets import FRESH
from sandbox.serve.setup import OPEN, Served
from sandbox.serve.setup import served as put_together
from sandbox.serve.worlds import Worlds
from sandbox.world.outgoing import MOST_OUTGOING, Allowance, Outgoing, Policy
from tests.support.live_worlds import BCP, says
from tests.support.publisher import Publisher
from tests.support.real import metadata
from tests.support.real import served as really_served

pytestmark = pytest.mark.slow

BASE = "http://127.0.0.1:9000"
ONE, TWO, STRANGE = (key_for("published", name) for name in ("one", "two", "strange"))
OWN = Policy(own_machine=True)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    found = Publisher()
    found.publishes(ONE)
    yield found
    found.close()


def place(policy: Policy | None = OWN, most: int = MOST_OUTGOING, **changes: str) -> Served:
    outgoing = None if policy is None else Outgoing(policy, allowance=Allowance(Clock(), most))
    return put_together(Settings.of("oauth-bcp", OPEN | {k.replace("_", ".", 1): v for k, v in changes.items()}), BASE, fetching=outgoing)


def asked(served: Served, request: Request) -> Response:
    """The answer at the door, in an event loop."""
    return Door(Edge(served), None).handle(request)


def registered(served: Served, uri: str, **more: Any) -> Response:
    wanted = {"redirect_uris": ["http://127.0.0.1:3000/cb"], "jwks_uri": uri, "token_endpoint_auth_method": "private_key_jwt"}
    wanted |= {"grant_types": ["client_credentials", "authorization_code"]} | more
    body = json.dumps(wanted)
    return asked(served, Request("POST", f"{served.world.issuer.issuer}/register", (("Content-Type", "application/json"),), body))


def token(served: Served, client: str, key: Key, jti: str) -> Response:
    """A token in the client's own name, for an assertion that this key has signed."""
    issuer = served.world.issuer.issuer
    assertion = client_assertion(key, client, issuer, served.world.net.clock.now(), jti)
    form = {"grant_type": "client_credentials", "scope": "read", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return asked(served, form_request(f"{issuer}/token", form))


def client_of(served: Served, uri: str, **more: Any) -> str:
    answer = registered(served, uri, **more)
    assert answer.status == 201, answer.body
    assert (answer.json["jwks_uri"], "jwks" in answer.json, "client_secret" in answer.json) == (uri, False, False)
    return str(answer.json["client_id"])


def test_a_client_is_known_by_the_keys_that_it_publishes_and_they_are_kept(publisher: Publisher) -> None:
    served = place()
    client = client_of(served, publisher.uri)
    assert publisher.asked == 0, "not before a key is needed"
    assert [token(served, client, ONE, f"j{n}").status for n in range(3)] == [200, 200, 200]
    assert publisher.asked == 1


def test_for_a_key_that_is_not_known_they_are_fetched_again(publisher: Publisher) -> None:
    served = place()
    client = client_of(served, publisher.uri)
    assert token(served, client, ONE, "a").status == 200
    publisher.publishes(ONE, TWO)
    assert (token(served, client, TWO, "b").status, publisher.asked) == (200, 2)
    publisher.publishes(TWO)
    assert (token(served, client, ONE, "c").status, publisher.asked) == (200, 2), "as long as a key set is believed"
    assert served.key_sets is not None
    served.key_sets.until[client] -= FRESH
    assert (token(served, client, ONE, "d").error, publisher.asked) == ("invalid_client", 3)


def test_nobody_makes_more_than_five_requests_leave_in_a_minute(publisher: Publisher) -> None:
    served = place()
    client = client_of(served, publisher.uri)
    strange = [Key("ES256", f"kid-{n}", STRANGE.secret, STRANGE.jwk) for n in range(8)]
    assert {token(served, client, key, f"j{n}").error for n, key in enumerate(strange)} == {"invalid_client"}
    assert publisher.asked == MOST_OUTGOING
    assert token(served, client, ONE, "mine").status == 200, "who is known by now goes on"
    said = [e.response.body for e in served.trace.recent if isinstance(e, Answered) and e.sender == "external"]
    assert "requests have left within a minute" in said[-1]


def test_what_happened_is_in_the_record_before_the_request_that_needed_it(publisher: Publisher) -> None:
    served = place()
    client = client_of(served, publisher.uri)
    token(served, client, ONE, "a")
    sent = [(e.sender, e.receiver, e.request.path) for e in served.trace.recent if isinstance(e, Sent)]
    assert sent[-2:] == [("auth", "external", "/jwks"), ("outside", "auth", "/token")]
    assert next(e.text for e in served.trace.recent if isinstance(e, Noted)).endswith("1 of them can be used.")
    assert not [host for host in served.world.net.hosts if host in publisher.uri], "nothing stays connected"


def test_request_objects_are_signed_with_published_keys_too(publisher: Publisher) -> None:
    served = place()
    client, issuer = client_of(served, publisher.uri), served.world.issuer.issuer
    now = served.world.net.clock.now()
    assert served.key_sets is not None
    asks = (("response_type", "code"), ("client_id", client), ("redirect_uri", "http://127.0.0.1:3000/cb"))
    signed = request_object(ONE, client, issuer, asks, now, "r")
    for url, form in (
        (f"{issuer}/authorize?{urlencode({'client_id': client, 'request': signed})}", ""),
        (f"{issuer}/par", urlencode({"client_id": client, "request": signed})),
    ):
        found = Request("POST" if form else "GET", url, (("Content-Type", FORM),), form, mount="/auth")
        wanted = served.key_sets.wanting(found)
        assert wanted is not None
        assert wanted.client_id == client


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"keys": 3}', '{"keys": [{"kty": "oct", "k": "AA"}]}', "<html>", '{"keys": ["x"]}', "x" * 70_000]
)
def test_what_is_no_key_set_is_none_and_what_was_known_stays(publisher: Publisher, body: str) -> None:
    served = place()
    client = client_of(served, publisher.uri)
    assert token(served, client, ONE, "a").status == 200
    publisher.body = body
    assert token(served, client, TWO, "b").error == "invalid_client"
    assert token(served, client, ONE, "c").status == 200


def test_keys_for_others_in_the_set_do_no_harm(publisher: Publisher) -> None:
    rsa = {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "small"}
    publisher.body = json.dumps({"keys": [{"kty": "oct", "k": "AA"}, rsa, {**ONE.jwk, "use": "enc", "kid": "e"}, dict(ONE.jwk or {})]})
    served = place()
    assert token(served, client_of(served, publisher.uri), ONE, "a").status == 200


def test_no_redirect_is_followed(publisher: Publisher) -> None:
    publisher.status = "302 Found\r\nLocation: http://127.0.0.1:1/"
    served = place()
    assert token(served, client_of(served, publisher.uri), ONE, "a").error == "invalid_client"


@pytest.mark.parametrize(
    ("policy", "uri", "why"),
    [
        (None, "https://client.example/jwks", "jwks_uri is not supported: nothing is fetched from there"),
        (OWN, "http://client.example/jwks", "is not an https address"),
        (Policy(), "http://127.0.0.1:3000/jwks", "is not an https address"),
        (OWN, "https://u:p@client.example/", "user name"),
        (OWN, "file:///etc/passwd", "not an address"),
        (OWN, "", "must be an absolute"),
        (Policy.of([("sso.example", None)]), "https://other.example/jwks", "is not among the hosts"),
    ],
)
def test_what_cannot_be_fetched_is_refused_at_registration(policy: Policy | None, uri: str, why: str) -> None:
    answer = registered(place(policy), uri)
    assert (answer.status, answer.error) == (400, "invalid_client_metadata")
    assert why in answer.json["error_description"]


def test_keys_and_their_address_cannot_be_there_at_once() -> None:
    answer = registered(place(), "https://client.example/jwks", jwks={"keys": [dict(ONE.jwk or {})]})
    assert (answer.error, answer.json["error_description"]) == ("invalid_client_metadata", "jwks and jwks_uri cannot be there at once.")


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "fd00::1"])
def test_a_name_that_leads_inside_is_not_asked(address: str) -> None:
    """DNS rebinding: the address is looked at when it is asked, and it is the one that is asked."""
    outgoing = Outgoing(OWN, look=lambda host, port: [address])
    served = put_together(Settings.of("oauth-bcp", OPEN), BASE, fetching=outgoing)
    client = client_of(served, "https://client.example/jwks")
    assert token(served, client, ONE, "a").error == "invalid_client"
    said = next(e.response.body for e in served.trace.recent if isinstance(e, Answered) and e.sender == "external")
    assert "not a public address" in said


def test_whoever_signs_for_nobody_makes_nothing_leave(publisher: Publisher) -> None:
    served = place()
    client_of(served, publisher.uri)
    assert token(served, "nobody", ONE, "a").error == "invalid_client"
    form = {"grant_type": "client_credentials", "client_assertion": "x.y.z", "client_assertion_type": ASSERTION_TYPE}
    assert asked(served, form_request(f"{served.world.issuer.issuer}/token", form)).error == "invalid_client"
    assert publisher.asked == 0


def test_many_at_once_cause_one_fetch(publisher: Publisher) -> None:
    served = place()
    client, issuer = client_of(served, publisher.uri), served.world.issuer.issuer
    edge, now = Edge(served), served.world.net.clock.now()

    async def all_at_once() -> list[Response]:
        forms = [
            {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": client_assertion(ONE, client, issuer, now, f"j{n}"),
            }
            for n in range(8)
        ]
        return await asyncio.gather(*(Door(edge, None)._exchange(form_request(f"{issuer}/token", form)) for form in forms))

    assert {answer.status for answer in asyncio.run(all_at_once())} == {200}
    assert publisher.asked == 1


def test_on_live_keys_come_from_named_hosts_alone_and_that_is_drawn(publisher: Publisher) -> None:
    worlds = Worlds(WallClock(), SystemEntropy())
    closed = worlds.open("http://127.0.0.1:9000", BCP)
    assert "not supported" in registered(closed.served, publisher.uri).json["error_description"]
    worlds.outgoing = (("127.0.0.1", None),)
    live = worlds.open("http://127.0.0.1:9000", BCP)
    client = client_of(live.served, publisher.uri)
    issuer = live.served.world.issuer.issuer
    form = {"grant_type": "client_credentials", "scope": "read", "client_assertion_type": ASSERTION_TYPE}
    form |= {"client_assertion": client_assertion(ONE, client, issuer, live.clock.now(), "a")}
    assert Door(worlds, None).handle(form_request(f"{issuer}/token", form)).status == 200
    assert any("fetches the keys of" in sentence for sentence in says(live))
    again = type(live).again(live.blueprint(), live.clock, worlds.fetching)
    known = again.served.world.issuer.store.clients[client]
    assert (known.jwks_uri, known.keys) == (publisher.uri, ())


def test_over_real_http_serve_fetches_from_this_machine(publisher: Publisher) -> None:
    with really_served() as base:
        said = metadata(base)
        wanted = {"jwks_uri": publisher.uri, "token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"]}
        client = requests.post(said["registration_endpoint"], json=wanted, timeout=60).json()["client_id"]
        form = {"grant_type": "client_credentials", "scope": "read", "client_assertion_type": ASSERTION_TYPE}
        form |= {"client_assertion": client_assertion(ONE, client, said["issuer"], WallClock().now(), "a")}
        assert requests.post(said["token_endpoint"], form, timeout=60).status_code == 200
    assert publisher.asked == 1
